//! Columns in which customers say that they must not be contacted, while nothing of the config looks at them.

use std::collections::BTreeMap;

use super::finding::{Finding, Severity};
use super::opt_outs;
use crate::config::{Config, Consent, Table, Values, is_never_filled};
use crate::ingest::{Says, TypedTable, WatchedColumn, toml_text};
use crate::text::{counted, grouped, verb};

/// Values of a column up to which they are words; a column of more has days.
const MOST_WORDS: usize = 40;

/// What a column says of the used rows.
#[derive(Debug, Clone, Default)]
struct Said {
    /// Rows with each value; none where there are more than words.
    words: BTreeMap<String, u64>,
    /// Rows with each day of nothing, as written: without a value, or with a refusal whose day nobody knows.
    no_days: BTreeMap<String, u64>,
    /// Rows with another value, and without one.
    filled: u64,
    empty: u64,
    are_many: bool,
    is_text: bool,
}

/// What the columns of consent say that nothing reads, by table and name.
#[derive(Debug, Clone, Default)]
pub(super) struct Consents(BTreeMap<(Table, String), Said>);

impl Consents {
    pub(super) fn of(tables: &[TypedTable]) -> Self {
        let of_table = |table: &TypedTable| {
            let own = table.watched.iter().filter(|column| column.watched.says == Says::Consent);
            own.map(|column| ((table.table(), column.watched.name.clone()), said(table, column))).collect::<Vec<_>>()
        };
        Self(tables.iter().flat_map(of_table).collect())
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        for (column, own) in other.0 {
            let sum = self.0.entry(column).or_default();
            sum.filled += own.filled;
            sum.empty += own.empty;
            sum.is_text |= own.is_text;
            sum.are_many |= own.are_many;
            for (day, count) in own.no_days {
                *sum.no_days.entry(day).or_default() += count;
            }
            for (word, count) in own.words {
                *sum.words.entry(word).or_default() += count;
            }
            sum.are_many |= sum.words.len() > MOST_WORDS;
        }
    }

    /// A warning for each column in which somebody refuses, if nothing is mapped that says so.
    pub(super) fn findings(&self, config: &Config) -> Vec<Finding> {
        let is_told = |section: &crate::config::TableConfig| section.columns.contains_key(opt_outs::COLUMN);
        if config.customers.as_ref().is_some_and(is_told) {
            return Vec::new();
        }
        self.0.iter().filter_map(|((table, name), said)| finding(config, *table, name, &said.settled())).collect()
    }
}

impl Said {
    /// With each day of nothing among the values or the gaps, as the rows without a value tell.
    fn settled(&self) -> Self {
        let has_gaps = self.empty > 0;
        let mut settled = Self { no_days: BTreeMap::new(), ..self.clone() };
        for (day, count) in &self.no_days {
            if is_never_filled(day, has_gaps) {
                settled.empty += count;
                settled.no_days.insert(day.clone(), *count);
            } else {
                settled.filled += count;
                settled.words.insert(day.clone(), *count);
            }
        }
        settled
    }
}

fn said(table: &TypedTable, column: &WatchedColumn) -> Said {
    let mut said = Said { is_text: column.is_text, ..Said::default() };
    for row in table.used_rows() {
        let Some(word) = column.word(row) else {
            said.empty += 1;
            continue;
        };
        // There are few ways to write them.
        if is_never_filled(word, false) {
            *said.no_days.entry(word.to_owned()).or_default() += 1;
            continue;
        }
        said.filled += 1;
        if !said.are_many {
            *said.words.entry(word.to_owned()).or_default() += 1;
            said.are_many = said.words.len() > MOST_WORDS;
        }
    }
    said
}

/// Whether a value can be a day: no word has so many digits.
fn is_day(word: &str) -> bool {
    word.bytes().filter(u8::is_ascii_digit).count() >= 4
}

fn finding(config: &Config, table: Table, name: &str, said: &Said) -> Option<Finding> {
    let consent = if table == Table::Customers { Consent::of_customers(name) } else { Consent::of_name(name) }?;
    let are_days = said.are_many || said.words.keys().all(|word| is_day(word));
    let texts = || said.words.keys().map(String::as_str).collect();
    let no_days = || said.no_days.keys().map(String::as_str).collect();
    let values = if are_days { Values::Days(no_days()) } else { Values::Words(texts()) };
    let condition = consent.condition(name, &values, said.is_text)?;
    let refuses = |word: &String| consent.refuses(word) == Some(true);
    let count: u64 = match (are_days, consent) {
        (true, Consent::Refused) => said.filled,
        // A column that was never filled in says nothing.
        (true, Consent::Given) => {
            if said.filled == 0 {
                0
            } else {
                said.empty
            }
        }
        (true, Consent::Standing) => 0,
        (false, _) => said.words.iter().filter(|(word, _)| refuses(word)).map(|(_, count)| count).sum(),
    };
    if count == 0 {
        return None;
    }
    let of = counted(said.filled + said.empty, "row");
    let (found, says) = (grouped(count), verb(count, "says", "say"));
    let message = format!(
        "{found} of {of} of `{}` {says} by `{name}` that the customer must not be contacted; nothing in the config looks at it, \
         and they are recommended like everybody else",
        table.name()
    );
    let line = format!("`{} = {}`", opt_outs::COLUMN, toml_text(&condition));
    let hint = if table == Table::Customers {
        format!(
            "write {line} in `[customers.columns]`; if it is no refusal, `{} = \"FALSE\"` says that nobody refused",
            opt_outs::COLUMN
        )
    } else {
        let of_purchases = |ours: &str| toml_text(config.purchases.columns.get(ours).map_or("", String::as_str));
        format!(
            "add a section `[customers]` with the `path` of `[purchases]`, and in `[customers.columns]` `customer_id = {}`, \
             `valid_from = {}` and {line}; if it is no refusal, `{} = \"FALSE\"` says that nobody refused",
            of_purchases("customer_id"),
            of_purchases("purchased_at"),
            opt_outs::COLUMN
        )
    };
    let finding = Finding::new("consent_not_looked_at", table.name(), Severity::Warning, message);
    Some(finding.of_column(name).counting(count).with_hint(hint))
}
