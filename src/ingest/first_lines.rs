//! Lines of an order that are lost because a field of the order is written on its first line alone.

use polars::prelude::*;
use rustc_hash::FxHashSet;

use super::account::Reason;
use super::engine;
use super::error::IngestError;
use super::facts::{Example, Fact, FactRule};
use super::fill_down::is_given;
use super::mapping::Mapping;
use super::table::TypedTable;

/// Fewer lines without a number of their order are no form of the file.
const LEAST_WITHOUT: usize = 20;

/// Lines that are set aside because a source column is empty there.
struct Lost {
    column: String,
    rows: Vec<usize>,
    /// For each row of the table, whether the column has a value.
    is_given: Vec<bool>,
    is_amount: bool,
}

/// Notices, for each source column, lines that are set aside because the column is empty there, while another line of their
/// order has a value, and some line of such an order is used.
///
/// # Errors
/// An error of the table engine.
pub(super) fn notice(read: &mut TypedTable, source: &DataFrame, mapping: &Mapping) -> Result<(), IngestError> {
    if read.event_keys().is_empty() {
        return Ok(());
    }
    let lost = engine::ask(|| lost(read, source, mapping)).map_err(IngestError::engine("looking at empty values"))?;
    let is_without_number = lost.iter().any(|lost| lost.is_without_number(read));
    let mut facts: Vec<Fact> = lost.into_iter().filter_map(|lost| fact(read, lost)).collect();
    // The number comes first: it says whose lines the others are.
    let number = mapping.order().filter(|order| is_without_number && order.is_plain);
    if let (Some(number), Some(first)) = (number, facts.first()) {
        facts.insert(0, Fact { place: number.text.clone(), ..first.clone() });
    }
    read.facts.extend(facts);
    Ok(())
}

impl Lost {
    /// Whether these lines lack the number of their order too. What has no amount may be a line of another kind, and a few
    /// lines without a number may be nobody's.
    fn is_without_number(&self, read: &TypedTable) -> bool {
        let n_without = self.rows.iter().filter(|row| read.event_keys().get(**row) == Some(&0)).count();
        !self.is_amount && n_without >= LEAST_WITHOUT.max(read.n_rows() / 100)
    }
}

fn fact(read: &TypedTable, lost: Lost) -> Option<Fact> {
    lost.rows.first()?;
    let keys =
        if lost.is_without_number(read) { with_those_above(read, &lost.rows) } else { read.event_keys().to_vec() };
    let Lost { column, rows, is_given, .. } = lost;
    let key = |row: usize| keys.get(row).copied().filter(|key| *key != 0);
    let given_rows = is_given.iter().enumerate().filter(|(_, is_given)| **is_given).map(|(row, _)| row);
    let given: FxHashSet<u64> = given_rows.filter_map(key).collect();
    let used: FxHashSet<u64> = read.used_rows().filter_map(key).collect();
    let rows: Vec<usize> = rows.into_iter().filter(|row| key(*row).is_some_and(|key| given.contains(&key))).collect();
    let is_used = |row: &usize| key(*row).is_some_and(|key| used.contains(&key));
    let examples = rows.iter().filter(|row| is_used(row)).take(Example::SHOWN).map(|row| read.mentioned(*row));
    let examples: Vec<Example> = examples.collect();
    let count = rows.len() as u64;
    (!examples.is_empty()).then_some(Fact { rule: FactRule::FirstLineOnly, place: column, count, examples })
}

/// The order of each row; a lost row without a number goes on with the order above it.
fn with_those_above(read: &TypedTable, lost: &[usize]) -> Vec<u64> {
    let mut keys = read.event_keys().to_vec();
    for row in lost {
        let above = row.checked_sub(1).and_then(|above| keys.get(above)).copied();
        if let (Some(key @ 0), Some(above)) = (keys.get_mut(*row), above) {
            *key = above;
        }
    }
    keys
}

/// Source columns, and the rows that are lost where they are empty.
fn lost(read: &TypedTable, source: &DataFrame, mapping: &Mapping) -> PolarsResult<Vec<Lost>> {
    let rejected = |wanted: &[Reason]| -> Vec<usize> {
        let is_wanted = |row: &usize| read.reason(*row).is_some_and(|reason| wanted.contains(&reason));
        (0..read.n_rows()).filter(is_wanted).collect()
    };
    let mut lost = Vec::new();
    for name in mapping.filter.iter().flat_map(|filter| &filter.reads) {
        let column = source.column(name)?;
        if column.null_count() == 0 && !column.dtype().is_string() {
            continue;
        }
        let is_given = is_given(column)?;
        let is_empty = |row: &usize| is_given.get(*row) == Some(&false);
        // Where an empty value is no reason to set a row aside, it is none for others.
        if read.used_rows().any(|row| is_empty(&row)) {
            continue;
        }
        let mut rows = rejected(&[Reason::FILTER]);
        rows.retain(is_empty);
        lost.push(Lost { column: name.clone(), rows, is_given, is_amount: false });
    }
    for (spec, mapped) in mapping.columns.iter().filter(|(spec, mapped)| spec.required && mapped.is_plain) {
        let missing = Reason::of_column("missing", spec.name);
        let outside = (missing == Reason::NO_CUSTOMER).then_some(Reason::FILTER_WITHOUT_CUSTOMER);
        let reasons: Vec<Reason> = std::iter::once(missing).chain(outside).collect();
        let Some(values) = read.columns.get(spec.name).filter(|_| read.rejections_of(&reasons) > 0) else { continue };
        let is_given = (0..read.n_rows()).map(|row| !values.is_absent(row)).collect();
        let is_amount = spec.name == "amount";
        lost.push(Lost { column: mapped.text.clone(), rows: rejected(&reasons), is_given, is_amount });
    }
    Ok(lost)
}
