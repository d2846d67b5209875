//! Whether amounts are in the unit that the config says: cents taken for whole units, in one file or in all, and numbers of
//! documents taken for amounts.

use std::collections::BTreeMap;

use super::finding::{Finding, Severity};
use crate::config::{Config, Table, WholeAmounts};
use crate::ingest::{MoneyBeside, sql_name, toml_text};
use crate::text::counted;
use crate::units::Currency;

/// Fewer amounts tell nothing.
const LEAST_AMOUNTS: u64 = 50;

/// Per cent of the amounts that are whole where cents were taken for units: what is subtracted from some may have cents.
const WHOLE_PERCENT: u64 = 90;

/// Per cent of the amounts of other files that may be whole, and how many times their median that of a file in cents is.
const OTHERS_WHOLE_PERCENT: u64 = 50;
const TIMES_OTHERS: std::ops::RangeInclusive<f64> = 30.0..=300.0;

/// How many times the median of another amount of the row, or of a tax or the like, the median of amounts cannot be.
const TIMES_AMOUNT: f64 = 50.0;
const TIMES_ADDED: f64 = 200.0;

/// Units from which on whole amounts are large, and from which on numbers of one length are those of documents.
const LARGE: u64 = 100;
const LIKE_DOCUMENTS: u64 = 1_000_000;

/// Currencies with cents by the standard and prices in thousands.
const SMALL_UNITS: &[&str] = &[
    "AOA", "ARS", "CDF", "COP", "CRC", "GNF", "HUF", "IDR", "IRR", "KHR", "LAK", "LBP", "MGA", "MMK", "MNT", "MWK",
    "NGN", "RSD", "SLE", "SLL", "SYP", "TZS", "UZS", "YER", "ZMW", "ZWL",
];

/// The sizes of the amounts of a file that are not zero.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Scale {
    /// How many, and how many of them have no cents.
    n: u64,
    whole: u64,
    least: Option<u64>,
    most: u64,
    /// How many there are of each size, to eleven bits.
    bins: BTreeMap<u64, u64>,
}

impl Scale {
    /// Counts an amount.
    pub(super) fn see(&mut self, size: u64, minor_per_major: u64) {
        if size > 0 {
            self.n += 1;
            self.whole += u64::from(size.is_multiple_of(minor_per_major));
            self.least = Some(self.least.map_or(size, |least| least.min(size)));
            self.most = self.most.max(size);
        }
    }

    /// Takes how many amounts have a size.
    pub(super) fn add_bin(&mut self, size: u64, count: u64) {
        if size > 0 {
            *self.bins.entry(size).or_default() += count;
        }
    }

    /// Adds other amounts.
    pub(super) fn add(&mut self, other: &Self) {
        self.n += other.n;
        self.whole += other.whole;
        self.least = [self.least, other.least].into_iter().flatten().min();
        self.most = self.most.max(other.most);
        for (size, count) in &other.bins {
            self.add_bin(*size, *count);
        }
    }

    fn are_whole(&self) -> bool {
        self.n >= LEAST_AMOUNTS && self.whole * 100 >= self.n * WHOLE_PERCENT
    }

    /// How many of the amounts are whole.
    fn in_words(&self) -> String {
        let amounts = counted(self.n, "amount");
        let share = 100.0 * self.whole as f64 / self.n.max(1) as f64;
        if self.whole == self.n { format!("all {amounts}") } else { format!("{share:.0} % of {amounts}") }
    }

    fn median(&self) -> u64 {
        let mut rank = self.n / 2;
        let is_here = |(_, count): &(&u64, &u64)| {
            let is_here = rank < **count;
            rank -= if is_here { 0 } else { **count };
            is_here
        };
        self.bins.iter().find(is_here).map_or(0, |(size, _)| *size)
    }

    /// Whether all are whole and have as many digits, more than the sums of goods have.
    fn are_like_documents(&self, minor_per_major: u64) -> bool {
        let Some(least) = self.least else { return false };
        let digits = |size: u64| (size / minor_per_major).checked_ilog10();
        let is_large = least / minor_per_major >= LIKE_DOCUMENTS;
        self.n >= LEAST_AMOUNTS && self.whole == self.n && is_large && digits(least) == digits(self.most)
    }
}

/// The amounts of each file, and the columns of money beside them.
#[derive(Debug, Clone, Default)]
pub(super) struct Scales {
    pub(super) files: BTreeMap<String, Scale>,
    pub(super) beside: Vec<MoneyBeside>,
}

impl Scales {
    /// Adds the amounts of other customers.
    pub(super) fn add(&mut self, other: &Self) {
        for (file, scale) in &other.files {
            self.files.entry(file.clone()).or_default().add(scale);
        }
        // What the first rows say is the same in each part.
        if self.beside.is_empty() {
            self.beside.clone_from(&other.beside);
        }
    }

    /// What makes doubt that amounts are in units of the currency.
    pub(super) fn findings(&self, config: &Config) -> Vec<Finding> {
        let minor_per_major = 10_u64.pow(config.currency.decimals());
        if config.validate.whole_amounts == WholeAmounts::Accept {
            return Vec::new();
        }
        let all = self.files.values().fold(Scale::default(), |mut all, own| {
            all.add(own);
            all
        });
        let unit = Unit { currency: &config.currency, source: source(config) };
        if all.are_like_documents(minor_per_major) && !SMALL_UNITS.contains(&config.currency.code()) {
            return vec![unit.documents(&all)];
        }
        if minor_per_major == 1 {
            return Vec::new();
        }
        let files = self.files_in_cents(&unit);
        if files.is_empty() { self.whole(&all, &unit).into_iter().collect() } else { files }
    }

    /// Files whose amounts are whole and a hundred times those of the others, which have cents.
    fn files_in_cents(&self, unit: &Unit<'_>) -> Vec<Finding> {
        let mut others = Scale::default();
        self.files.values().filter(|own| !own.are_whole()).for_each(|own| others.add(own));
        if others.n < LEAST_AMOUNTS || others.whole * 100 > others.n * OTHERS_WHOLE_PERCENT {
            return Vec::new();
        }
        let is_apart = |own: &Scale| {
            own.are_whole() && TIMES_OTHERS.contains(&(own.median() as f64 / others.median().max(1) as f64))
        };
        let found = self.files.iter().filter(|(_, own)| is_apart(own));
        found.map(|(file, own)| unit.file_in_cents(file, own, &others)).collect()
    }

    /// Amounts that are whole in all files.
    fn whole(&self, all: &Scale, unit: &Unit<'_>) -> Option<Finding> {
        let median = all.median();
        if !all.are_whole() || SMALL_UNITS.contains(&unit.currency.code()) {
            return None;
        }
        let times = |own: &&MoneyBeside| median as f64 / own.median_minor.max(1) as f64;
        let limit = |own: &MoneyBeside| if own.is_amount { TIMES_AMOUNT } else { TIMES_ADDED };
        let contradict = self.beside.iter().filter(|own| times(own) >= limit(own));
        match contradict.max_by(|a, b| times(a).total_cmp(&times(b))) {
            Some(other) => Some(unit.contradicted(all, other)),
            None if median >= LARGE * 10_u64.pow(unit.currency.decimals()) => Some(unit.doubted(all)),
            None => None,
        }
    }
}

/// What the config maps to `amount`.
fn source(config: &Config) -> &str {
    config.purchases.columns.get("amount").map_or("amount", String::as_str)
}

/// The unit of amounts, and where they come from.
struct Unit<'c> {
    currency: &'c Currency,
    source: &'c str,
}

impl Unit<'_> {
    fn money(&self, minor: u64) -> String {
        format!("{} {}", self.currency.digits(minor.into()), self.currency.code())
    }

    /// The line of config that reads cents.
    fn hundredth(&self) -> String {
        let is_name = |letter: char| letter.is_alphanumeric() || matches!(letter, ' ' | '_' | '-' | '.' | '#');
        let name = if self.source.chars().all(is_name) { sql_name(self.source) } else { format!("({})", self.source) };
        let divisor = 10_u64.pow(self.currency.decimals());
        format!("`amount = {}` in `[purchases.columns]`", toml_text(&format!("{name} / {divisor}")))
    }

    fn doubted(&self, all: &Scale) -> Finding {
        let message = format!(
            "{} are whole numbers, half of them above {}, though {} has cents: are they cents?",
            all.in_words(),
            self.money(all.median()),
            self.currency.code()
        );
        let hint = format!("if they are, write {}; {ACCEPT}", self.hundredth());
        finding("whole_amounts", Severity::Warning, message, all.n).with_hint(hint)
    }

    fn contradicted(&self, all: &Scale, other: &MoneyBeside) -> Finding {
        let message = format!(
            "{} are whole numbers, half of them above {}, while `{}` of the same rows has cents and is above {} in half of them: \
             the amounts seem to be cents",
            all.in_words(),
            self.money(all.median()),
            other.name,
            self.money(other.median_minor)
        );
        let hint = format!("if they are, write {}; {ACCEPT}", self.hundredth());
        finding("whole_amounts", Severity::Error, message, all.n).with_hint(hint)
    }

    fn file_in_cents(&self, file: &str, own: &Scale, others: &Scale) -> Finding {
        let message = format!(
            "`{file}` seems to be in cents: {} in it are whole numbers, half of them above {}; in the other files {:.0} % are whole, \
             and half are above {}",
            own.in_words(),
            self.money(own.median()),
            100.0 * others.whole as f64 / others.n.max(1) as f64,
            self.money(others.median())
        );
        let hint = format!("export the file again in the unit of the others; {ACCEPT}");
        finding("file_in_cents", Severity::Error, message, own.n).of_column(file).with_hint(hint)
    }

    fn documents(&self, all: &Scale) -> Finding {
        let message = format!(
            "all {} are whole numbers of one length, from {} to {}: they look like numbers of documents",
            counted(all.n, "amount"),
            self.money(all.least.unwrap_or(0)),
            self.money(all.most)
        );
        let hint = format!("map `amount` to the column of amounts (now `{}`); {ACCEPT}", self.source);
        finding("amounts_like_numbers", Severity::Error, message, all.n).with_hint(hint)
    }
}

/// How to say that amounts are right.
const ACCEPT: &str = "if the amounts are right, write `whole_amounts = \"accept\"` in `[validate]`";

fn finding(rule: &'static str, severity: Severity, message: String, count: u64) -> Finding {
    Finding::new(rule, Table::Purchases.name(), severity, message).of_column("amount").counting(count)
}
