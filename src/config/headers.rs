//! Lines of orders and their headers in two files, as most databases have them: the amounts in one, who bought and when in the
//! other.

use super::found::{DraftColumn, DraftFile, DraftLookup};
use super::guess::{self, reads};
use super::looks;
use super::tables::{Kind, Table};

/// Least share of the orders of the lines that the headers have.
const MEETS: f64 = 0.9;

/// The file of headers beside a file of lines, the lookup into it by the number of the order, and the columns that it gives.
pub(super) fn header_of<'f>(
    lines: &[DraftColumn],
    beside: &'f [DraftFile],
) -> Option<(&'f DraftFile, DraftLookup, Vec<DraftColumn>)> {
    let mapping = guess::mapping(Table::Purchases, lines);
    let order = lines.iter().find(|column| mapping.get("order_id") == Some(&column.name))?;
    let required = || Table::Purchases.columns().iter().filter(|column| column.required).map(|column| column.name);
    let missing: Vec<&str> = required().filter(|name| !mapping.contains_key(name)).collect();
    if missing.is_empty() || !mapping.contains_key("amount") {
        return None;
    }
    beside.iter().find_map(|file| {
        let theirs = &file.peek.columns;
        let numbers = |column: &&DraftColumn| {
            looks::plausible(Kind::Id, column)
                && column.n_rows > 1
                && column.n_distinct == column.n_rows
                && order.share_in(column) >= MEETS
        };
        let number = theirs.iter().find(numbers)?;
        // Its number says nothing of who bought.
        let others: Vec<DraftColumn> = theirs.iter().filter(|column| column.name != number.name).cloned().collect();
        let given = guess::mapping(Table::Purchases, &others);
        if !missing.iter().all(|name| given.contains_key(name)) {
            return None;
        }
        let is_new = |column: &&DraftColumn| lines.iter().all(|own| own.name != column.name);
        let wanted: Vec<String> = missing
            .iter()
            .chain(BESIDE)
            .filter_map(|name| given.get(name))
            .flat_map(|from| reads(from, &others))
            .collect();
        let of_filter = |column: &&DraftColumn| {
            file.peek.found.iter().any(|found| {
                found.key == "filter"
                    && found.table == Some(Table::Purchases)
                    && found.readings.iter().any(|reading| reading.toml.contains(&column.name))
            })
        };
        let columns: Vec<DraftColumn> = others
            .iter()
            .filter(|column| wanted.contains(&column.name) || of_filter(column))
            .filter(is_new)
            .cloned()
            .collect();
        let lookup = DraftLookup {
            name: "order",
            paths: vec![file.path.clone()],
            key: order.name.clone(),
            their_key: Some(number.name.clone()).filter(|name| *name != order.name),
            columns: columns.iter().map(|column| column.name.clone()).collect(),
            called: None,
        };
        Some((file, lookup, columns))
    })
}

/// What a header may give beside what the lines lack.
const BESIDE: &[&str] = &["channel", "region", "currency", "recorded_at"];
