//! Values of states that nobody has named: rows with them are used, or set aside, without anyone having said so.

use std::collections::BTreeMap;

use super::finding::{Finding, Severity};
use super::mending::filter;
use crate::config::{Config, Table};
use crate::ingest::{Account, ColumnForm, ComparedColumn, TypedTable, is_no_purchase, none_of, toml_text};
use crate::text::{counted, grouped, verb};

/// Values that a message shows.
const SHOWN: usize = 5;

/// Different values of a column that can be states.
const MOST_STATES: usize = 40;

/// Rows with each value that nobody has named.
#[derive(Debug, Clone, Default)]
struct Unknown {
    used: BTreeMap<String, u64>,
    aside: BTreeMap<String, u64>,
    /// Rows without a value that the filter sets aside.
    empty_aside: u64,
    are_many: bool,
}

impl Unknown {
    /// The values of which every row is set aside: what another condition takes away is not taken for its state.
    fn all_aside(&self) -> BTreeMap<String, u64> {
        let all = self.aside.iter().filter(|(value, _)| !self.used.contains_key(*value));
        all.map(|(value, count)| (value.clone(), *count)).collect()
    }
}

/// One row in so many without a state is usual: a line of another kind, an order that was never finished.
const USUAL_EMPTY: u64 = 100;

/// The columns of states that the filter or the mapping compares with texts.
#[derive(Debug, Clone, Default)]
pub(super) struct UnknownStates(BTreeMap<String, Unknown>);

impl UnknownStates {
    pub(super) fn of(purchases: &TypedTable) -> Self {
        Self(purchases.compared.iter().map(|own| (own.name.clone(), unknown(purchases, own))).collect())
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        for (column, own) in other.0 {
            let sum = self.0.entry(column).or_default();
            add(&mut sum.used, own.used);
            add(&mut sum.aside, own.aside);
            sum.empty_aside += own.empty_aside;
            sum.are_many |= own.are_many;
        }
    }

    /// A finding for each column with values that nobody has named.
    pub(super) fn findings(&self, config: &Config, account: Option<&Account>) -> Vec<Finding> {
        let told = self.0.iter().filter(|(_, own)| !own.are_many && own.used.len() + own.aside.len() <= MOST_STATES);
        told.flat_map(|(name, own)| {
            let (used, rows) = account.map_or((0, 0), |account| (account.used, account.rows_in));
            [
                of_used(config, name, &own.used, used),
                of_aside(name, &own.all_aside(), rows),
                of_empty(name, own.empty_aside, rows),
            ]
        })
        .flatten()
        .collect()
    }
}

fn add(sum: &mut BTreeMap<String, u64>, other: BTreeMap<String, u64>) {
    for (value, count) in other {
        *sum.entry(value).or_default() += count;
    }
}

fn unknown(purchases: &TypedTable, column: &ComparedColumn) -> Unknown {
    let mut found = Unknown { are_many: column.are_many, ..Unknown::default() };
    if column.are_many {
        return found;
    }
    let is_aside = |row: usize| purchases.reason(row).is_some_and(crate::ingest::Reason::is_filter);
    found.empty_aside = (0..purchases.n_rows()).filter(|row| column.is_empty(*row) && is_aside(*row)).count() as u64;
    if column.are_all_known() {
        return found;
    }
    // By code first: a column has few values and many rows.
    let mut counts: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    let bought = purchases.bought();
    for row in 0..purchases.n_rows() {
        let Some(code) = column.unknown(row) else { continue };
        let reason = purchases.reason(row);
        let count = counts.entry(code).or_default();
        // What is read as given back is known to be no purchase.
        count.0 += u64::from(reason.is_none() && bought.holds(row));
        count.1 += u64::from(reason.is_some_and(crate::ingest::Reason::is_filter));
    }
    for (code, (used, aside)) in counts {
        let Some(word) = column.word_of(code) else { continue };
        if used > 0 {
            *found.used.entry(word.to_owned()).or_default() += used;
        }
        // That such rows are no purchases needs no mention.
        if aside > 0 && !is_no_purchase(word) {
            *found.aside.entry(word.to_owned()).or_default() += aside;
        }
    }
    found
}

/// The values with their shares, the most frequent first.
fn listed(values: &BTreeMap<String, u64>, of: u64) -> String {
    let mut sorted: Vec<(&String, &u64)> = values.iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    let share = |count: u64| 100.0 * count as f64 / of.max(1) as f64;
    let shown = |(value, count): &(&String, &u64)| format!("`{value}` {} ({:.1} %)", grouped(**count), share(**count));
    let shown: Vec<String> = sorted.iter().take(SHOWN).map(shown).collect();
    let n_more = sorted.len().saturating_sub(SHOWN);
    shown.join(", ") + &if n_more > 0 { format!(" and {n_more} more") } else { String::new() }
}

fn of_used(config: &Config, name: &str, values: &BTreeMap<String, u64>, used: u64) -> Option<Finding> {
    // What most purchases have is what purchases have.
    let is_usual = |(value, count): (&String, &u64)| 2 * *count > used && !is_no_purchase(value);
    let others = values.iter().filter(|own| !is_usual(*own));
    let values: &BTreeMap<String, u64> = &others.map(|(value, count)| (value.clone(), *count)).collect();
    let texts: Vec<&str> = values.keys().map(String::as_str).collect();
    let count = values.values().sum();
    let (have, are) = (verb(count, "has", "have"), verb(count, "is", "are"));
    let against = texts.iter().any(|text| is_no_purchase(text));
    let message = format!(
        "{} {have} a value in `{name}` that neither the filter nor the mapping names{}, and {are} used: {}",
        counted(count, "purchase"),
        if against { ", some of which mean no purchase" } else { "" },
        listed(values, used)
    );
    let mend = filter(config, &none_of(name, &texts, ColumnForm { is_text: true, has_empty: true }));
    let hint = format!("if they are no purchases, write {mend}; if they are, write {}", known(&texts));
    (!values.is_empty()).then(|| finding(name, message, count).with_hint(hint))
}

fn of_aside(name: &str, values: &BTreeMap<String, u64>, rows: u64) -> Option<Finding> {
    let texts: Vec<&str> = values.keys().map(String::as_str).collect();
    let count = values.values().sum();
    let message = format!(
        "{} {} set aside by the filter for a value in `{name}` that it does not name: {}",
        counted(count, "row"),
        verb(count, "is", "are"),
        listed(values, rows)
    );
    let hint =
        format!("if they are purchases, name these values in the filter; if they are not, write {}", known(&texts));
    (!values.is_empty()).then(|| finding(name, message, count).with_hint(hint))
}

/// Rows without a state that the filter drops: a column that was not filled takes its purchases along.
fn of_empty(name: &str, count: u64, rows: u64) -> Option<Finding> {
    let share = 100.0 * count as f64 / rows.max(1) as f64;
    let message = format!(
        "{} {} set aside by the filter because `{name}` is empty ({share:.1} % of the rows)",
        counted(count, "row"),
        verb(count, "is", "are"),
    );
    let hint = format!(
        "was `{name}` exported whole? If these rows are purchases, ask for them in the filter: `... OR \"{name}\" IS NULL`"
    );
    (rows > 0 && count * USUAL_EMPTY > rows).then(|| finding(name, message, count).with_hint(hint))
}

/// The line of config that says that values are known.
fn known(texts: &[&str]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| toml_text(text)).collect();
    format!("`known_values = [{}]` in `[purchases]`", texts.join(", "))
}

fn finding(name: &str, message: String, count: u64) -> Finding {
    Finding::new("unknown_state", Table::Purchases.name(), Severity::Warning, message).of_column(name).counting(count)
}
