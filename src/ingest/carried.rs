//! Columns of customers that go from the source to the list as they are. They are personal data: nothing else reads them.

use std::collections::HashMap;

use polars::prelude::*;

use super::engine;
use super::error::IngestError;
use super::evaluate::evaluate;
use super::mapping::Mapping;
use super::table::TypedTable;
use super::values::ABSENT;
use super::words::{Words, trimmed};
use crate::config::Table;
use crate::timeline::Cutoff;

/// A column for the list: how the config names it, and the text of each row where there is any.
pub type CarriedColumn = (String, Vec<Option<String>>);

/// What the config asks to be carried to the list, for every row of customers that is used.
#[derive(Default)]
pub struct Carried {
    columns: Vec<(String, Words)>,
    rows: Vec<CarriedRow>,
}

/// Tells nothing of what it holds.
impl std::fmt::Debug for Carried {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Carried").field("columns", &self.columns.len()).field("rows", &self.rows.len()).finish()
    }
}

struct CarriedRow {
    customer: String,
    row: usize,
    valid_from: i64,
    known: i64,
}

impl Carried {
    /// What the used rows of customers carry.
    pub(crate) fn of(tables: &[TypedTable]) -> Self {
        let customers = tables.iter().find(|table| table.table() == Table::Customers && !table.carried.is_empty());
        let Some(customers) = customers else { return Self::default() };
        let (ids, codes) = (customers.names("customer_id"), customers.codes("customer_id"));
        let (from, recorded) = (customers.times("valid_from"), customers.times("recorded_at"));
        let time = |times: &[i64], row: usize| times.get(row).copied().filter(|at| *at != ABSENT).unwrap_or(i64::MIN);
        let one = |row: usize| {
            let customer = ids.get(usize::try_from(*codes.get(row)?).ok()?)?.clone();
            let valid_from = time(from, row);
            Some(CarriedRow { customer, row, valid_from, known: time(recorded, row).max(valid_from) })
        };
        Self { columns: customers.carried.clone(), rows: customers.used_rows().filter_map(one).collect() }
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// The columns for some customers, from the version of each that held and was known before a day; of equal versions the
    /// last of the source.
    #[must_use]
    pub fn at<'c>(&self, as_of: Cutoff, customers: impl Iterator<Item = &'c str>) -> Vec<CarriedColumn> {
        let mut latest: HashMap<&str, &CarriedRow> = HashMap::new();
        for row in self.rows.iter().filter(|row| row.known < as_of.at().0) {
            let place = latest.entry(&row.customer).or_insert(row);
            if (row.valid_from, row.known) >= (place.valid_from, place.known) {
                *place = row;
            }
        }
        let rows: Vec<Option<usize>> = customers.map(|customer| latest.get(customer).map(|row| row.row)).collect();
        let texts = |words: &Words| rows.iter().map(|row| words.get((*row)?).map(str::to_owned)).collect();
        self.columns.iter().map(|(name, words)| (name.clone(), texts(words))).collect()
    }
}

/// Reads what is carried of a table, as text without blanks at its ends.
///
/// # Errors
/// `IngestError::BadExpression` or `NotRowWise`, naming the key, or what the table engine says.
pub(super) fn read_all(read: &mut TypedTable, source: &DataFrame, mapping: &Mapping) -> Result<(), IngestError> {
    for mapped in &mapping.carried {
        let column = evaluate(source, mapped)?;
        let failed = || IngestError::engine(format!("reading `{}`", mapped.key));
        let words = engine::ask(|| Ok(Words::from_text(column.cast(&DataType::String)?.str()?)));
        read.carried.push((mapped.text.clone(), words.map_err(failed())?.rewritten(trimmed)));
    }
    Ok(())
}
