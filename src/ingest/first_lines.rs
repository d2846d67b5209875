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

/// Notices, for each source column, lines of orders that are used otherwise and that are set aside because the column is
/// empty there.
///
/// # Errors
/// An error of the table engine.
pub(super) fn notice(read: &mut TypedTable, source: &DataFrame, mapping: &Mapping) -> Result<(), IngestError> {
    if read.event_keys().is_empty() {
        return Ok(());
    }
    let lost = engine::ask(|| lost(read, source, mapping)).map_err(IngestError::engine("looking at empty values"))?;
    if lost.iter().all(|(_, rows)| rows.is_empty()) {
        return Ok(());
    }
    let keys = read.event_keys();
    let used: FxHashSet<u64> = read.used_rows().filter_map(|row| keys.get(row)).filter(|key| **key != 0).copied().collect();
    let is_of_used = |row: &usize| keys.get(*row).is_some_and(|key| used.contains(key));
    let mut facts = Vec::new();
    for (place, rows) in lost {
        let rows: Vec<usize> = rows.into_iter().filter(is_of_used).collect();
        if !rows.is_empty() {
            let examples = rows.iter().take(Example::SHOWN).map(|row| read.mentioned(*row)).collect();
            facts.push(Fact { rule: FactRule::FirstLineOnly, place, count: rows.len() as u64, examples });
        }
    }
    read.facts.extend(facts);
    Ok(())
}

/// Source columns, and the rows that are lost where they are empty.
fn lost(read: &TypedTable, source: &DataFrame, mapping: &Mapping) -> PolarsResult<Vec<(String, Vec<usize>)>> {
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
        let mut rows = rejected(&[Reason::FILTER, Reason::FILTER_WITHOUT_CUSTOMER]);
        rows.retain(is_empty);
        lost.push((name.clone(), rows));
    }
    for (spec, mapped) in mapping.columns.iter().filter(|(spec, mapped)| spec.required && mapped.is_plain) {
        let missing = Reason::of_column("missing", spec.name);
        let reasons = if missing == Reason::NO_CUSTOMER { vec![missing, Reason::FILTER_WITHOUT_CUSTOMER] } else { vec![missing] };
        if read.rejections_of(&reasons) > 0 {
            lost.push((mapped.text.clone(), rejected(&reasons)));
        }
    }
    Ok(lost)
}
