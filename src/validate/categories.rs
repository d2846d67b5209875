//! Margins by category: those of categories that no purchase has.

use std::collections::BTreeSet;

use super::finding::{Finding, Severity};
use crate::config::{Config, Table};
use crate::ingest::TypedTable;
use crate::text::grouped;

/// The categories with a margin of their own that used rows have.
pub(super) fn with_margins(purchases: &TypedTable, config: &Config) -> BTreeSet<String> {
    let margins = &config.value.category_margins;
    if margins.is_empty() {
        return BTreeSet::new();
    }
    names_in_use(purchases).into_iter().filter(|name| margins.contains_key(*name)).map(str::to_owned).collect()
}

/// A finding only: a margin that is never used changes nothing, but its category is probably written otherwise.
pub(super) fn unknown(bought: &BTreeSet<String>, config: &Config) -> Option<Finding> {
    let margins = &config.value.category_margins;
    let unknown: Vec<&String> = margins.keys().filter(|name| !bought.contains(*name)).collect();
    if unknown.is_empty() {
        return None;
    }
    let message = format!(
        "{} of {} categories in `value.category_margins` occur in no purchase",
        grouped(unknown.len() as u64),
        grouped(margins.len() as u64)
    );
    let finding = Finding::new("unknown_category", Table::Purchases.name(), Severity::Warning, message)
        .of_column("category")
        .counting(unknown.len() as u64)
        .with_examples(unknown.iter().map(|name| format!("`{name}`")))
        .with_hint("write categories exactly as in the purchases; capitals and spaces count");
    Some(finding)
}

/// The categories of used rows.
fn names_in_use(table: &TypedTable) -> Vec<&str> {
    let codes = table.codes("category");
    let mut is_used = vec![false; table.names("category").len()];
    for row in table.used_rows() {
        let code = codes.get(row).and_then(|code| usize::try_from(*code).ok());
        if let Some(is_used) = code.and_then(|code| is_used.get_mut(code)) {
            *is_used = true;
        }
    }
    table.names("category").iter().zip(is_used).filter(|(_, used)| *used).map(|(name, _)| name.as_str()).collect()
}
