//! Exports of products that many shops use: by which columns each is known, and how it is mapped. One entry per kind of
//! export; a new one needs nothing else.
//!
//! Expressions name columns in double quotes. What reads a column that a file does not have, or that is empty in it, is left
//! out.

mod shops;
mod systems;
mod template;
mod tickets;

use super::found::DraftColumn;
use super::tables::Table;

pub(super) use template::{Template, TemplateLookup};

/// All templates.
pub(super) fn all() -> impl Iterator<Item = &'static Template> {
    [shops::ALL, systems::ALL, tickets::ALL].into_iter().flatten()
}

/// The products that have templates, in alphabetical order.
#[must_use]
pub fn products() -> Vec<&'static str> {
    let mut products: Vec<_> = all().map(|template| template.product).collect();
    products.sort_unstable();
    products.dedup();
    products
}

/// The template whose columns a source has; of several the one that asks for most.
pub(super) fn recognised(columns: &[DraftColumn]) -> Option<&'static Template> {
    all().filter(|template| has_all(columns, template.tells)).max_by_key(|template| template.tells.len())
}

/// The template of a product that fits a source best: at least half of its columns are there.
pub(super) fn of_product(product: &str, table: Option<Table>, columns: &[DraftColumn]) -> Option<&'static Template> {
    let share = |template: &&Template| {
        let found = template.tells.iter().filter(|name| find(columns, name).is_some()).count();
        (found * 1000 / template.tells.len().max(1), template.tells.len())
    };
    let fits = |template: &&Template| template.product == product && table.is_none_or(|table| template.table == table);
    all().filter(fits).filter(|template| share(template).0 >= 500).max_by_key(share)
}

/// Whether a source has all columns of these names.
pub(super) fn has_all(columns: &[DraftColumn], names: &[&str]) -> bool {
    names.iter().all(|name| find(columns, name).is_some())
}

/// The column of that name, whatever the case of its letters.
pub(super) fn find<'c>(columns: &'c [DraftColumn], name: &str) -> Option<&'c DraftColumn> {
    let wanted = name.to_lowercase();
    let exact = columns.iter().find(|column| column.name == name);
    exact.or_else(|| columns.iter().find(|column| column.name.trim().to_lowercase() == wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::expressions::names_in;

    #[test]
    fn templates_map_known_columns_and_are_told_apart() {
        for template in all() {
            let name = template.looks_like;
            let known = |column: &str| template.table.column(column).is_some();
            assert!(template.mapping.iter().all(|(ours, from)| known(ours) && !from.is_empty()), "{name}");
            let maps = |column: &str| template.mapping.iter().any(|(ours, _)| *ours == column);
            let required = template.table.columns().iter().filter(|column| column.required);
            let open: Vec<_> = required.filter(|column| !maps(column.name)).map(|column| column.name).collect();
            assert!(open.is_empty() || name.contains("all-orders"), "{name}: {open:?}");
            let expressions = template.mapping.iter().flat_map(|(_, from)| *from).chain(template.filter);
            for expression in expressions {
                assert!(!names_in(expression).is_empty(), "{name}: {expression} quotes no column");
            }
            let columns: Vec<_> = template
                .tells
                .iter()
                .map(|name| DraftColumn { name: name.to_uppercase(), ..DraftColumn::default() })
                .collect();
            let found = recognised(&columns).unwrap();
            assert_eq!(found.looks_like, name, "known by its columns, whatever their case");
        }
    }
}
