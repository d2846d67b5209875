//! Columns that contradict the mapping: purchases that the source calls cancelled, failed or a test, and money that was given
//! back, while nothing of the config looks at them.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use super::finding::{Finding, Severity};
use super::mending::filter;
use super::newest_rows::FlaggedDays;
use crate::config::{Config, Table};
use crate::ingest::{
    ABSENT, ColumnForm, NoPurchases, Says, TypedTable, WatchedColumn, are_flags, gives_back, is_empty_or, is_purchase,
    none_of, sql_name, sql_text, tells_of_rows, toml_text,
};
use crate::text::{counted, grouped, verb};

/// Values of a column up to which it can hold states; a column of more is none.
const MOST_VALUES: usize = 100;

/// Values of a column up to which those that nobody has named are told.
const MOST_UNNAMED: usize = 20;

/// Per cent of the purchases of which a part may be given back while a filter sets aside what was given back as a whole.
const LITTLE_PERCENT: f64 = 5.0;

/// One row in so many that is a payment with a minus: more are not set aside with a warning.
const PAID_BACK_ONE_IN: u64 = 10;

/// States that a message shows.
const SHOWN: usize = 5;

/// What a column says of the used purchases.
#[derive(Debug, Clone, Default)]
struct Sign {
    /// Rows with each value that speaks against a purchase.
    against: BTreeMap<String, u64>,
    /// Rows with each value that is usual for a purchase, and with each that nobody has named.
    usual: BTreeMap<String, u64>,
    unnamed: BTreeMap<String, u64>,
    /// Values of what was undone that say that nothing was, such as `0000-00-00`.
    nothing: BTreeSet<String>,
    /// Payments with a minus: they would be returns of what they pay.
    paid_back: u64,
    /// The days of flags that speak against a purchase.
    days: FlaggedDays,
    /// Whether there are more than can be states.
    are_many: bool,
    form: ColumnForm,
}

/// What the columns that nothing reads say.
#[derive(Debug, Clone, Default)]
pub(super) struct OrderSigns(BTreeMap<(String, Says), Sign>);

impl OrderSigns {
    pub(super) fn of(purchases: &TypedTable) -> Self {
        let is_of_order = |column: &&WatchedColumn| {
            !matches!(
                column.watched.says,
                Says::Total
                    | Says::Consent
                    | Says::Instalment
                    | Says::PaidOn
                    | Says::PartOf
                    | Says::OrderOf
                    | Says::TakenOff
            )
        };
        let columns = purchases.watched.iter().filter(is_of_order);
        Self(columns.map(|own| ((own.watched.name.clone(), own.watched.says), sign(purchases, own))).collect())
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        for (column, own) in other.0 {
            let sum = self.0.entry(column).or_default();
            add(&mut sum.against, own.against);
            add(&mut sum.usual, own.usual);
            add(&mut sum.unnamed, own.unnamed);
            sum.nothing.extend(own.nothing);
            sum.paid_back += own.paid_back;
            sum.days.add(own.days);
            sum.are_many |= own.are_many || sum.against.len() > MOST_VALUES;
            sum.form.has_empty |= own.form.has_empty;
            sum.form.is_text |= own.form.is_text;
        }
    }

    /// Whether payments are taken for returns of what they pay.
    pub(super) fn pays_back(&self) -> bool {
        self.0.values().any(|sign| sign.paid_back > 0)
    }

    pub(super) fn findings(&self, config: &Config, used: u64) -> Vec<Finding> {
        let found = self.0.iter().filter_map(|((name, says), sign)| {
            if matches!(says, Says::Done | Says::Undone) && sign.days.are_newest() {
                None
            } else if sign.against.is_empty() {
                unnamed(config, used, name, sign)
            } else {
                Some(finding(config, used, (name, *says), sign))
            }
        });
        found.collect()
    }
}

fn add(sum: &mut BTreeMap<String, u64>, other: BTreeMap<String, u64>) {
    for (value, count) in other {
        *sum.entry(value).or_default() += count;
    }
}

/// Values that may mean no purchase, while none is known to: `R` beside `S`, or the states of another language.
fn unnamed(config: &Config, used: u64, name: &str, sign: &Sign) -> Option<Finding> {
    let is_known = |value: &String| config.purchases.known_values.iter().any(|known| known.trim() == value.as_str());
    let values: Vec<(&String, u64)> =
        sign.unnamed.iter().filter(|(value, _)| !is_known(value)).map(|(value, count)| (value, *count)).collect();
    let all: Vec<&str> = sign.usual.keys().chain(sign.unnamed.keys()).map(String::as_str).collect();
    if values.is_empty() || all.len() < 2 || all.len() > MOST_UNNAMED || !tells_of_rows(name, &all) {
        return None;
    }
    let mut sorted = values;
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let count = sorted.iter().map(|(_, count)| count).sum();
    let percent = |count: u64| 100.0 * count as f64 / used.max(1) as f64;
    let listed = |(value, count): &(&String, u64)| format!("`{value}` {} ({:.1} %)", grouped(*count), percent(*count));
    let shown: Vec<String> = sorted.iter().take(SHOWN).map(listed).collect();
    let more = sorted.len().saturating_sub(SHOWN);
    let message = format!(
        "nothing in the config looks at `{name}`, which may say that a row is no purchase: {}{}",
        shown.join(", "),
        if more > 0 { format!(" and {more} more") } else { String::new() }
    );
    // Most rows are purchases.
    let rest: Vec<&str> =
        sorted.iter().skip(usize::from(sign.usual.is_empty())).map(|(value, _)| value.as_str()).collect();
    let texts: Vec<String> = sorted.iter().map(|(value, _)| toml_text(value)).collect();
    let quoted: Vec<String> = rest.iter().map(|value| sql_text(value)).collect();
    let is_return = toml_text(&format!("{} IN ({})", sql_name(name), quoted.join(", ")));
    let hint = format!(
        "name those that are none, for example {}, or `is_return = {is_return}` in `[purchases.columns]` for what was given back; \
         if all are purchases, write `known_values = [{}]` in `[purchases]`",
        filter(config, &none_of(name, &rest, sign.form)),
        texts.join(", ")
    );
    let finding = Finding::new("unknown_state", Table::Purchases.name(), Severity::Warning, message);
    Some(finding.of_column(name).counting(count).with_hint(hint))
}

fn sign(purchases: &TypedTable, column: &WatchedColumn) -> Sign {
    let mut sign = Sign { form: ColumnForm { is_text: column.is_text, has_empty: false }, ..Sign::default() };
    let is_bought = purchases.bought();
    if matches!(column.watched.says, Says::GivenBack | Says::PiecesBack) {
        let bought = purchases.used_rows().filter(|row| is_bought.holds(*row));
        let count = bought.filter(|row| column.money(*row).is_some_and(|amount| amount != 0)).count() as u64;
        sign.against.extend((count > 0).then(|| (String::new(), count)));
        return sign;
    }
    let mut rows: BTreeMap<u32, [u64; 2]> = BTreeMap::new();
    for (row, code) in purchases.used_rows().filter_map(|row| Some((row, column.code(row)?))) {
        let [bought, given_back] = rows.entry(code).or_default();
        *(if is_bought.holds(row) { bought } else { given_back }) += 1;
    }
    let no_purchases = NoPurchases::beside(rows.keys().filter_map(|code| column.word_of(*code)));
    // What the first rows have may be a flag, and an amount in others.
    let is_flag = column.watched.says != Says::Done || are_flags(rows.keys().filter_map(|code| column.word_of(*code)));
    if !is_flag {
        return sign;
    }
    // What is read as given back is no purchase already; a payment with a minus gives nothing back.
    let pays = |code: u32| {
        column.watched.says == Says::State && column.word_of(code).is_some_and(|word| no_purchases.pays(word))
    };
    sign.paid_back = rows.iter().filter(|(code, _)| pays(**code)).map(|(_, [_, given_back])| given_back).sum();
    let counted = |(code, [bought, given_back]): (u32, [u64; 2])| {
        let count = if pays(code) { bought + given_back } else { bought };
        (count > 0).then_some((code, count))
    };
    let counts: BTreeMap<u32, u64> = rows.into_iter().filter_map(counted).collect();
    let mut against: FxHashSet<u32> = FxHashSet::default();
    for (code, count) in counts {
        let Some(word) = column.word_of(code) else {
            sign.form.has_empty = true;
            continue;
        };
        let place = match column.watched.says {
            says if says.speaks(word, &no_purchases) => {
                against.insert(code);
                &mut sign.against
            }
            Says::State | Says::Delivery if is_purchase(word) => &mut sign.usual,
            Says::State | Says::Delivery if sign.unnamed.len() <= MOST_UNNAMED => &mut sign.unnamed,
            Says::Undone if sign.nothing.len() <= MOST_UNNAMED => {
                sign.nothing.insert(word.to_owned());
                continue;
            }
            _ => continue,
        };
        *place.entry(word.to_owned()).or_default() += count;
    }
    if matches!(column.watched.says, Says::Done | Says::Undone) {
        sign.days = flagged_days(purchases, |row| column.code(row).is_some_and(|code| against.contains(&code)));
    }
    if sign.against.len() > MOST_VALUES {
        // Such as times: that there is one counts, not which.
        let total = sign.against.values().sum();
        sign = Sign { against: BTreeMap::from([(String::new(), total)]), are_many: true, ..sign };
    }
    sign
}

/// The days of all purchases, and of those with a flag.
fn flagged_days(purchases: &TypedTable, is_flagged: impl Fn(usize) -> bool) -> FlaggedDays {
    let (times, is_bought) = (purchases.times("purchased_at"), purchases.bought());
    let time = |row: usize| times.get(row).copied().filter(|at| *at != ABSENT);
    let bought = purchases.used_rows().filter(|row| is_bought.holds(*row));
    FlaggedDays::of(bought.filter_map(|row| Some((time(row)?, is_flagged(row)))))
}

/// How to take money that was given back from what was bought.
fn less_money(config: &Config, name: &str) -> String {
    format!(
        "subtract it in `amount` if it stands once for each line, or set orders that were given back as a whole aside: their column of \
         states, or {}, as a filter",
        filter(config, &format!("COALESCE({}, '0') IN ('', '0', '0.00')", sql_name(name)))
    )
}

/// How to take pieces that came back from what was bought: with the line that does where the amount is reckoned from a quantity.
fn less_pieces(config: &Config, name: &str) -> String {
    let columns = &config.purchases.columns;
    let amount = columns.get("amount").map_or("", String::as_str);
    let quantity = columns.get("quantity").map_or("", String::as_str);
    let written = [sql_name(quantity), quantity.to_owned()];
    let read =
        written.iter().find(|read| !quantity.is_empty() && amount.contains('*') && amount.contains(read.as_str()));
    let Some(read) = read else {
        return "subtract them: what they cost from `amount`, or their number from the quantity that it is reckoned from".to_owned();
    };
    let left = format!("({read} - COALESCE({}, 0))", sql_name(name));
    let amount = toml_text(&amount.replacen(read.as_str(), &left, 1));
    format!("take them from what was bought: write `amount = {amount}` in `[purchases.columns]`")
}

/// The line of config that makes rows with some of the values returns.
fn returns(name: &str, values: &[&str]) -> String {
    let is_return = |value: &&&str| {
        let small = value.to_lowercase();
        gives_back(value) || RETURNS.iter().any(|word| small.contains(word))
    };
    let given_back: Vec<String> = values.iter().filter(is_return).map(|value| sql_text(value)).collect();
    if given_back.is_empty() {
        return String::new();
    }
    let line = toml_text(&format!("{} IN ({})", sql_name(name), given_back.join(", ")));
    format!("; if something was given back, write `is_return = {line}` in `[purchases.columns]`")
}

/// Parts of words for what was given back.
const RETURNS: &[&str] = &[
    "refund",
    "return",
    "retour",
    "credit",
    "gutschrift",
    "erstatt",
    "avoir",
    "rembours",
    "reembols",
    "devol",
    "reso",
];

fn finding(config: &Config, used: u64, (name, says): (&str, Says), sign: &Sign) -> Finding {
    let total: u64 = sign.against.values().sum();
    let percent = |count: u64| 100.0 * count as f64 / used.max(1) as f64;
    let mut values: Vec<(&String, u64)> = sign.against.iter().map(|(value, count)| (value, *count)).collect();
    values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let are_listed = !sign.are_many && sign.against.len() <= 2 * SHOWN && !sign.against.contains_key("");
    let listed = |(value, count): &(&String, u64)| format!("`{value}` {} ({:.1} %)", grouped(*count), percent(*count));
    let listed: Vec<String> = values.iter().take(SHOWN).map(listed).collect();
    let (found, of, are) = (grouped(total), counted(used, "purchase"), verb(total, "is", "are"));
    let have = verb(total, "has", "have");
    let texts: Vec<&str> = values.iter().map(|(value, _)| value.as_str()).collect();
    let (rule, message, condition) = match says {
        Says::GivenBack | Says::PiecesBack => (
            "refunds_not_looked_at",
            format!(
                "of {found} of {of} ({:.1} %) {}, as `{name}` says; nothing in the config looks at it",
                percent(total),
                if says == Says::GivenBack { "money was given back" } else { "pieces came back or were cancelled" }
            ),
            None,
        ),
        Says::State | Says::Delivery | Says::Done | Says::TakenBack => (
            "status_not_looked_at",
            format!(
                "{found} of {of} that are used ({:.1} %) {are} none by their `{name}`: {}; nothing in the config looks at it",
                percent(total),
                listed.join(", ")
            ),
            Some(none_of(name, &texts, sign.form)),
        ),
        _ => (
            "status_not_looked_at",
            format!(
                "{found} of {of} that are used ({:.1} %) {have} a `{name}`{}; nothing in the config looks at it",
                percent(total),
                if are_listed { format!(": {}", listed.join(", ")) } else { String::new() }
            ),
            Some(if are_listed && sign.form.is_text {
                none_of(name, &texts, sign.form)
            } else {
                let nothing: Vec<&str> = sign.nothing.iter().map(String::as_str).collect();
                is_empty_or(name, &nothing, sign.form)
            }),
        ),
    };
    let hint = condition.map_or_else(
        || if says == Says::PiecesBack { less_pieces(config, name) } else { less_money(config, name) },
        |condition| format!("if they are no purchases, write {}{}", filter(config, &condition), returns(name, &texts)),
    );
    let severity = severity(config, (says, sign.paid_back), used, percent(total));
    Finding::new(rule, Table::Purchases.name(), severity, message).of_column(name).counting(total).with_hint(hint)
}

/// How grave it is that nothing looks at a column that speaks against this share of the purchases.
fn severity(config: &Config, (says, paid_back): (Says, u64), used: u64, percent: f64) -> Severity {
    // Orders that were given back as a whole are looked at: what is left is a part of few.
    let are_set_aside =
        config.purchases.filter.as_deref().is_some_and(|filter| filter.to_lowercase().contains("refund"));
    if says == Says::GivenBack && are_set_aside && percent < LITTLE_PERCENT {
        return Severity::Recommendation;
    }
    // What was bought is taken back by being paid.
    if paid_back * PAID_BACK_ONE_IN >= used.max(1) { Severity::Error } else { Severity::Warning }
}
