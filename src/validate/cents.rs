//! Amounts that are in cents from a day on, up to a day, or for some of the rows, while the others are in whole units: nothing
//! in the file says so, and the later half of the shop would weigh a hundred times the earlier.

use std::collections::BTreeMap;

use super::finding::{Finding, Severity};
use super::magnitudes::{Amounts, Seen, SizeTally, Split};
use super::mending;
use crate::config::{Config, Kind, Table, WholeAmounts};
use crate::ingest::{TypedTable, sql_text, toml_text};
use crate::text::{counted, grouped};
use crate::timeline::{Calendar, date_of};
use crate::units::{Currency, Timestamp};

/// Fewer amounts on either side tell nothing; of rows that no day tells apart, more are asked for.
const LEAST_AMOUNTS: u64 = 50;
const LEAST_MIXED: u64 = 100;

/// Per cent of the other amounts that may be whole.
const OTHERS_WHOLE_PERCENT: u64 = 50;

/// How many times the median of the others that of amounts in cents is, where decimals tell them apart, and where nothing but
/// the size does.
const TIMES: std::ops::RangeInclusive<f64> = 40.0..=250.0;
const TIMES_BY_SIZE: std::ops::RangeInclusive<f64> = 60.0..=170.0;

/// Values of a column that may tell rows in cents from others, at most.
const MOST_VALUES: usize = 12;

/// Rows whose times are looked at to see how days are written.
const LOOKED_AT: usize = 100;

/// Whether most of a number of amounts have decimals.
const fn have_decimals(amounts: &Split) -> bool {
    amounts.n() >= LEAST_AMOUNTS && amounts.whole.n * 100 <= amounts.n() * OTHERS_WHOLE_PERCENT
}

/// The amounts of each day, and of each value of the columns of few values.
#[derive(Debug, Clone, Default)]
pub(super) struct Cents {
    days: BTreeMap<i32, Split>,
    values: BTreeMap<(&'static str, String), Split>,
    /// Rows whose time does not begin with its day, as ISO 8601 writes it.
    n_other_days: u64,
}

/// Amounts that seem to be in cents, and the others.
struct Apart {
    cents: Amounts,
    others: Split,
    /// Which they are, for the sentence: "from 2024-07-01 on".
    which: String,
    /// The same as a condition of SQL, where it can be said.
    condition: Option<String>,
}

impl Cents {
    pub(super) fn of(purchases: &TypedTable, config: &Config) -> Self {
        let mut all = Self::default();
        if config.currency.decimals() != 2 {
            return all;
        }
        let (times, amounts, calendar) =
            (purchases.times("purchased_at"), purchases.money("amount"), Calendar::new(&config.timezone));
        let few = few_valued(purchases);
        // By number first: there are few days, values and sizes, and many rows.
        let mut days = SizeTally::default();
        let mut values = vec![SizeTally::default(); few.len()];
        for (place, row) in purchases.used_rows().enumerate() {
            let (Some(time), Some(amount)) = (times.get(row), amounts.get(row)) else { continue };
            let (day, size) = (calendar.day(Timestamp(*time)), amount.unsigned_abs());
            if size == 0 {
                continue;
            }
            let seen = Seen::of(size, MINOR_PER_MAJOR);
            days.see(day, seen);
            if place < LOOKED_AT {
                let is_iso = purchases.cell("purchased_at", row).starts_with(&day_text(day));
                all.n_other_days += u64::from(!is_iso);
            }
            for ((_, codes), values) in few.iter().zip(&mut values) {
                if let Some(code) = codes.get(row) {
                    values.see(*code, seen);
                }
            }
        }
        all.days = days.splits().collect();
        for ((column, _), values) in few.iter().zip(values) {
            let names = purchases.names(column);
            let name = |code: u32| names.get(usize::try_from(code).ok()?).cloned();
            let of_column = values.splits().filter_map(|(code, own)| Some(((*column, name(code)?), own)));
            all.values.extend(of_column);
        }
        all
    }

    /// Adds the amounts of other customers.
    pub(super) fn add(&mut self, other: Self) {
        for (day, own) in other.days {
            self.days.entry(day).or_default().add(&own);
        }
        for (value, own) in other.values {
            self.values.entry(value).or_default().add(&own);
        }
        self.n_other_days += other.n_other_days;
    }

    /// What makes sure that some of the amounts are in cents.
    pub(super) fn finding(&self, config: &Config) -> Option<Finding> {
        if config.validate.whole_amounts == WholeAmounts::Accept {
            return None;
        }
        let found = self.by_decimals(config).or_else(|| self.by_size(config)).or_else(|| self.mixed(config))?;
        Some(worded(&found, config))
    }

    /// Days on which all amounts are whole, and a hundred times those of the others, which have decimals.
    fn by_decimals(&self, config: &Config) -> Option<Apart> {
        let runs = self.whole_runs();
        let (cents, others) = self.sides(&runs);
        if runs.is_empty() || !have_decimals(&others) || !TIMES.contains(&cents.times(&others.all(), 50)) {
            return None;
        }
        // A day of few amounts may be whole by chance.
        let between = (cents.quantile(50) * others.all().quantile(50)).sqrt();
        let is_large = |day: &&i32| self.days.get(day).is_some_and(|own| own.whole.quantile(50) > between);
        let ends = |(first, last): &(i32, i32)| {
            let mut days = self.days.range(*first..=*last).map(|(day, _)| day);
            let first = *days.find(is_large)?;
            Some((first, days.rfind(is_large).copied().unwrap_or(first)))
        };
        let runs: Vec<(i32, i32)> = runs.iter().filter_map(ends).collect();
        Some(self.apart(self.sides(&runs), &runs, config))
    }

    /// Stretches of days on which all amounts are whole, and enough.
    fn whole_runs(&self) -> Vec<(i32, i32)> {
        let mut runs: Vec<(i32, i32, u64)> = Vec::new();
        let mut is_open = false;
        for (day, own) in &self.days {
            let goes_on = own.others.n == 0;
            match runs.last_mut().filter(|_| is_open && goes_on) {
                Some(run) => (run.1, run.2) = (*day, run.2 + own.whole.n),
                None if goes_on => runs.push((*day, *day, own.whole.n)),
                None => {}
            }
            is_open = goes_on;
        }
        runs.into_iter().filter(|run| run.2 >= LEAST_AMOUNTS).map(|(first, last, _)| (first, last)).collect()
    }

    /// The amounts of some stretches of days, and all others.
    fn sides(&self, stretches: &[(i32, i32)]) -> (Amounts, Split) {
        let (mut own, mut others) = (Amounts::default(), Split::default());
        for (day, amounts) in &self.days {
            if stretches.iter().any(|(first, last)| (*first..=*last).contains(day)) {
                own.add(&amounts.all());
            } else {
                others.add(amounts);
            }
        }
        (own, others)
    }

    /// A day at which whole amounts become a hundred times as large, or small, for good.
    fn by_size(&self, config: &Config) -> Option<Apart> {
        let (first, last) = (*self.days.keys().next()?, *self.days.keys().next_back()?);
        let mut all = Split::default();
        self.days.values().for_each(|own| all.add(own));
        let mut before = Split::default();
        let mut best: Option<(u64, (i32, i32))> = None;
        for (day, own) in &self.days {
            let rest = all.without(&before);
            for (upper, lower, stretch) in [(&rest, &before, (*day, last)), (&before, &rest, (first, *day - 1))] {
                let n_mixed = if upper.others.n == 0 { n_mixed(&upper.all(), &lower.all()) } else { None };
                if let Some(n_mixed) = n_mixed.filter(|n| best.is_none_or(|(least, _)| *n < least)) {
                    best = Some((n_mixed, stretch));
                }
            }
            before.add(own);
        }
        let (_, stretch) = best?;
        Some(self.apart(self.sides(&[stretch]), &[stretch], config))
    }

    /// Whole amounts that are spread as the others are, a hundred times as large.
    fn mixed(&self, config: &Config) -> Option<Apart> {
        let mut all = Split::default();
        self.days.values().for_each(|own| all.add(own));
        let is_spread_alike =
            || [25, 50, 75, 90].iter().all(|percent| TIMES_BY_SIZE.contains(&all.whole.times(&all.others, *percent)));
        if all.whole.n < LEAST_MIXED || all.others.n < LEAST_MIXED || !is_spread_alike() {
            return None;
        }
        let (which, condition) = self.value_in_cents(config).unzip();
        let which = which.unwrap_or_else(|| "of some of the rows".to_owned());
        let others = Split { others: all.others, ..Split::default() };
        Some(Apart { cents: all.whole, others, which, condition })
    }

    /// The value of a column that the rows in cents have and no others: in words and in SQL.
    fn value_in_cents(&self, config: &Config) -> Option<(String, String)> {
        let is_in_cents = |own: &Split| own.whole.n >= LEAST_AMOUNTS && own.others.n == 0;
        let ((column, value), _) = self.values.iter().find(|((column, _), own)| {
            let mut others = self.values.iter().filter(|((other, _), own)| other == column && !is_in_cents(own));
            is_in_cents(own) && others.any(|(_, own)| have_decimals(own))
        })?;
        let source = mending::column(&config.purchases, column);
        Some((format!("where `{column}` is `{value}`"), format!("{source} = {}", sql_text(value))))
    }

    /// Amounts of some stretches of days and of the others.
    fn apart(&self, (cents, others): (Amounts, Split), stretches: &[(i32, i32)], config: &Config) -> Apart {
        let ends = self.days.keys().next().zip(self.days.keys().next_back());
        let (first, last) = ends.map_or((0, 0), |(first, last)| (*first, *last));
        let source = mending::column(&config.purchases, "purchased_at");
        let from = |day: i32| format!("{source} >= '{}'", day_text(day));
        let until = |day: i32| format!("{source} < '{}'", day_text(day + 1));
        let said = |(from_day, to): &(i32, i32)| match (*from_day == first, *to == last) {
            (_, true) => (format!("from {} on", day_text(*from_day)), from(*from_day)),
            (true, _) => (format!("up to {}", day_text(*to)), until(*to)),
            _ => (
                format!("from {} to {}", day_text(*from_day), day_text(*to)),
                format!("({} AND {})", from(*from_day), until(*to)),
            ),
        };
        let (which, conditions): (Vec<String>, Vec<String>) = stretches.iter().map(said).unzip();
        let condition = (self.n_other_days == 0).then(|| conditions.join(" OR "));
        Apart { cents, others, which: which.join(", and "), condition }
    }
}

/// Minor units of a currency with cents.
const MINOR_PER_MAJOR: u64 = 100;

/// How many of some amounts lie among others, where nearly all of them are above nearly all of these, by about a hundred times.
fn n_mixed(upper: &Amounts, lower: &Amounts) -> Option<u64> {
    let is_apart = upper.n >= LEAST_AMOUNTS
        && lower.n >= LEAST_AMOUNTS
        && TIMES_BY_SIZE.contains(&upper.times(lower, 50))
        && upper.quantile(5) > lower.quantile(95);
    let between = (upper.quantile(50) * lower.quantile(50)).sqrt();
    is_apart.then(|| upper.n_below(between) + lower.n - lower.n_below(between))
}

fn day_text(day: i32) -> String {
    date_of(day).unwrap_or_default().to_string()
}

/// The columns of text that have few values, and each row's position among these.
fn few_valued(purchases: &TypedTable) -> Vec<(&'static str, &[u32])> {
    let texts = Table::Purchases.columns().iter().filter(|spec| spec.kind == Kind::Text).map(|spec| spec.name);
    let few = texts.filter(|column| (2..=MOST_VALUES).contains(&purchases.names(column).len()));
    few.map(|column| (column, purchases.codes(column))).collect()
}

fn worded(apart: &Apart, config: &Config) -> Finding {
    let Apart { cents, others, which, condition } = apart;
    let all = others.all();
    let message = format!(
        "{} {which} {} whole numbers, half of them above {}; of {} others {:.0} % are whole, and half are above {}: the first seem to \
         be in cents",
        counted(cents.n, "amount"),
        if cents.n == 1 { "is a" } else { "are" },
        money(cents.quantile(50), &config.currency),
        grouped(all.n),
        100.0 * others.whole.n as f64 / all.n.max(1) as f64,
        money(all.quantile(50), &config.currency),
    );
    let amount = mending::number(&config.purchases, "amount");
    let line = |condition: &str| {
        let case = format!("CASE WHEN {condition} THEN {amount} / {MINOR_PER_MAJOR} ELSE {amount} END");
        format!("`amount = {}` in `[purchases.columns]`", toml_text(&case))
    };
    let mended = match condition {
        Some(condition) => format!("if they are, write {}", line(condition)),
        None => format!(
            "if they are, write {}, with the column and the value that tell these rows, or export them again in the unit of the \
             others",
            line("\"column\" = 'value'")
        ),
    };
    let hint = format!("{mended}; if the amounts are right, write `whole_amounts = \"accept\"` in `[validate]`");
    let finding = Finding::new("amounts_in_cents", Table::Purchases.name(), Severity::Error, message);
    finding.of_column("amount").counting(cents.n).with_hint(hint)
}

fn money(minor: f64, currency: &Currency) -> String {
    format!("{} {}", currency.major_digits(minor / currency.minor_per_major()), currency.code())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Days of twenty amounts of 8 to 600 units, some of them in cents.
    fn shop(is_in_cents: impl Fn(i32, u64) -> bool, are_whole: bool) -> Cents {
        let mut cents = Cents::default();
        for day in 0..60 {
            for place in 0..20_u64 {
                let number = u64::try_from(day).unwrap() * 20 + place;
                let minor = 800 + number * 7_919 % 20_000;
                let minor = if are_whole { minor / 100 * 100 } else { minor };
                let minor = if is_in_cents(day, number) { minor * 100 } else { minor };
                let seen = Seen::of(minor, 100);
                cents.days.entry(19_000 + day).or_default().see(seen, 1);
            }
        }
        cents
    }

    fn said(cents: &Cents) -> Option<String> {
        let toml = "name = 'x'\ncurrency = 'EUR'\n[churn]\nhorizon_days = 90\n[purchases]\npath = 'p.csv'\n\
                    [purchases.columns]\ncustomer_id = 'c'\npurchased_at = 'day'\namount = 'total'\n";
        let config = Config::from_toml(toml, std::path::Path::new("retain.toml")).unwrap();
        let finding = cents.finding(&config)?;
        Some(format!("{} {}", finding.message, finding.hint.unwrap_or_default()))
    }

    #[test]
    fn days_in_cents_are_told_with_the_line_that_mends_them() {
        let late = said(&shop(|day, _| day >= 40, false)).unwrap();
        assert!(late.contains("400 amounts from 2022-02-17 on are whole numbers"), "{late}");
        assert!(
            late.contains(r#"CASE WHEN \"day\" >= '2022-02-17' THEN \"total\" / 100 ELSE \"total\" END"#),
            "{late}"
        );
        let early = said(&shop(|day, _| day < 20, false)).unwrap();
        assert!(early.contains("up to 2022-01-27 are") && early.contains(r#"\"day\" < '2022-01-28'"#), "{early}");
        let middle = said(&shop(|day, _| (20..40).contains(&day), false)).unwrap();
        assert!(middle.contains("from 2022-01-28 to 2022-02-16"), "{middle}");
        // Without a decimal anywhere the jump tells.
        let whole = said(&shop(|day, _| day >= 40, true)).unwrap();
        assert!(whole.contains("from 2022-02-17 on") && whole.contains("100 % are whole"), "{whole}");
        let some = said(&shop(|_, number| number % 10 == 3, false)).unwrap();
        assert!(some.contains("of some of the rows") && some.contains(r#"\"column\" = 'value'"#), "{some}");
    }

    #[test]
    fn sound_amounts_are_left_alone() {
        assert_eq!(said(&shop(|_, _| false, false)), None);
        assert_eq!(said(&shop(|_, _| false, true)), None);
        assert_eq!(said(&shop(|_, _| true, false)), None);
        // A sale of a single day, and prices that become whole without becoming large.
        assert_eq!(said(&shop(|day, _| day == 30, false)), None);
        let mut priced_anew = shop(|_, _| false, false);
        priced_anew.days.extend(shop(|_, _| false, true).days.into_iter().map(|(day, own)| (day + 60, own)));
        assert_eq!(said(&priced_anew), None);
    }
}
