//! Exports that have an order's rows once for each of its states: a column that tells the versions apart.

use std::collections::BTreeMap;

use polars::prelude::*;
use rustc_hash::FxHashMap;

use super::beside::is_of_money;
use super::conditions::toml_text;
use super::versions::begins_with_a_year;
use super::words::Words;
use crate::config::{FoundKey, Table, in_words, means};
use crate::maths::hash::with_value;

/// Orders of several versions that have to be there.
const LEAST_ORDERS: usize = 20;

/// Of those, so many in a hundred have the same lines in each version: edited orders are few.
const SAME_PERCENT: usize = 80;

/// Parts of names of columns that grow when a row is written anew.
const LATER: &[&str] = &[
    "updated",
    "update",
    "modified",
    "changed",
    "version",
    "revision",
    "geändert",
    "geaendert",
    "modifié",
    "modificado",
    "gewijzigd",
    "snapshot",
    "exported",
];

/// The key that names the column by which versions of orders are told apart.
pub(super) fn of_rows(rows: &DataFrame) -> Option<FoundKey> {
    let orders = rows.columns().iter().find(|column| means("order_id", column.name())).and_then(words)?;
    let lines = lines(rows)?;
    let may_be = |column: &&Column| in_words(column.name()).iter().any(|word| LATER.contains(&word.as_str()));
    let found = rows.columns().iter().filter(may_be).find_map(|column| {
        let versions = words(column).filter(has_an_order)?;
        let n_orders = repeated(&orders, &versions, &lines)?;
        Some((column.name().to_string(), n_orders))
    });
    let (name, n_orders) = found?;
    let why = format!("the lines of {n_orders} orders stand once for each value of it; the latest count");
    Some(FoundKey::settled("latest_by", toml_text(&name), why).of_table(Table::Purchases))
}

fn words(column: &Column) -> Option<Words> {
    let text = column.cast(&DataType::String).ok()?;
    Some(Words::from_text(text.str().ok()?))
}

/// Whether the values can be put in an order without knowing more of their form.
fn has_an_order(versions: &Words) -> bool {
    let mut given = versions.names.iter().map(|name| name.trim()).filter(|name| !name.is_empty());
    given.clone().all(|name| name.parse::<f64>().is_ok()) || given.all(begins_with_a_year)
}

/// What each row is a line of: its product, and all that is money.
fn lines(rows: &DataFrame) -> Option<Vec<u64>> {
    let is_of_line = |column: &&Column| is_of_money(column.name()) || means("product_id", column.name());
    let columns: Vec<Words> = rows.columns().iter().filter(is_of_line).filter_map(words).collect();
    let code = |column: &Words, row: usize| column.codes.get(row).map_or(u64::MAX, |code| u64::from(*code));
    let line = |row: usize| columns.iter().fold(0, |hash, column| with_value(hash, code(column, row)));
    (!columns.is_empty()).then(|| (0..rows.height()).map(line).collect())
}

/// The orders of several versions, if nearly all have the same lines in each.
fn repeated(orders: &Words, versions: &Words, lines: &[u64]) -> Option<usize> {
    let mut by_order: FxHashMap<u32, BTreeMap<u32, Vec<u64>>> = FxHashMap::default();
    for ((order, version), line) in orders.codes.iter().zip(&versions.codes).zip(lines) {
        let is_given =
            |words: &Words, code: u32| words.names.get(code as usize).is_some_and(|name| !name.trim().is_empty());
        if is_given(orders, *order) && is_given(versions, *version) {
            by_order.entry(*order).or_default().entry(*version).or_default().push(*line);
        }
    }
    let several: Vec<Vec<Vec<u64>>> = by_order
        .into_values()
        .filter(|versions| versions.len() > 1)
        .map(|versions| versions.into_values().collect())
        .collect();
    let is_same = |versions: &&Vec<Vec<u64>>| {
        let mut sorted = versions.iter().map(|lines| {
            let mut lines = lines.clone();
            lines.sort_unstable();
            lines
        });
        let first = sorted.next();
        sorted.all(|other| Some(other) == first)
    };
    let n_same = several.iter().filter(is_same).count();
    (several.len() >= LEAST_ORDERS && n_same * 100 >= several.len() * SAME_PERCENT).then_some(several.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Orders with a row for each state and line.
    fn rows(n_orders: usize, lines: &[&'static str], amount: impl Fn(usize, usize) -> String) -> DataFrame {
        let (mut order, mut sku, mut at, mut money) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for number in 0..n_orders {
            for version in 0..3 {
                for (place, line) in lines.iter().enumerate() {
                    order.push(format!("o{number}"));
                    sku.push(*line);
                    at.push(format!("2024-0{}-1{version} 08:00", 1 + number % 9));
                    money.push(amount(place, version));
                }
            }
        }
        df!("order_id" => order, "sku" => sku, "updated_at" => at, "total" => money).unwrap()
    }

    #[test]
    fn rows_of_each_state_are_versions_and_lines_with_times_of_their_own_are_none() {
        let same = |place: usize, _: usize| format!("{place}.50");
        for lines in [&["p1"][..], &["p1", "p2"]] {
            let found = of_rows(&rows(30, lines, same)).unwrap();
            assert_eq!((found.key, found.readings[0].toml.as_str()), ("latest_by", "\"updated_at\""));
        }
        assert_eq!(of_rows(&rows(10, &["p1"], same)), None, "too few");
        assert_eq!(of_rows(&rows(30, &["p1"], |_, version| format!("{version}.50"))), None, "lines of their own");
    }
}
