//! Pieces that come back: which sign money has where the quantity has a minus.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::beside::is_of_money;
use super::line_values::Numbers;
use crate::config::{BesideMinus, means};

/// Rows with a quantity below zero, at least.
const LEAST_ROWS: usize = 5;

/// One row with such a quantity in so many may have another sign, and one in so many rows may be such a row at most: more are what a
/// stock has lost, and are sold.
const ONE_IN: usize = 10;
const MOST_ONE_IN: usize = 3;

/// Columns that are looked at, at most.
const MOST: usize = 10;

/// The sign of each column of money where the quantity has a minus, where it is one.
pub(super) fn of_rows(rows: &DataFrame) -> BTreeMap<String, BesideMinus> {
    let named = rows.columns().iter().find(|column| means("quantity", column.name()));
    let Some(quantity) = named.and_then(Numbers::of) else { return BTreeMap::new() };
    let back: Vec<usize> =
        (0..rows.height()).filter(|row| quantity.steps(*row).is_some_and(|pieces| pieces < 0)).collect();
    if back.len() < LEAST_ROWS || back.len() * MOST_ONE_IN > rows.height() {
        return BTreeMap::new();
    }
    let is_money = |column: &&Column| is_of_money(column.name()) && column.name().as_str() != quantity.name;
    let sign = |own: Numbers| {
        let n = |is: fn(i64) -> bool| back.iter().filter(|row| own.steps(**row).is_some_and(is)).count();
        let (above, below) = (n(|value| value > 0), n(|value| value < 0));
        let is_above = above > below;
        let is_clear = above.max(below) >= LEAST_ROWS && above.min(below) * ONE_IN <= above.max(below);
        is_clear.then(|| (own.name, BesideMinus { quantity: quantity.name.clone(), is_above }))
    };
    rows.columns().iter().filter(is_money).filter_map(Numbers::of).take(MOST).filter_map(sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_beside_a_minus_are_told_where_they_are_one() {
        let back = |row: usize| row.is_multiple_of(9);
        let rows = |most: bool, price: fn(usize) -> String| {
            let is_minus = |row: usize| back(row) != most;
            df!(
                "Qty" => (0..90).map(|row| if is_minus(row) { "-2" } else { "1" }).collect::<Vec<_>>(),
                "Amount" => (0..90).map(price).collect::<Vec<_>>(),
            )
            .unwrap()
        };
        let above = |rows: &DataFrame| of_rows(rows).remove("Amount").map(|own| own.is_above);
        assert_eq!(above(&rows(false, |row| format!("{row}.50"))), Some(true));
        assert_eq!(above(&rows(false, |row| format!("-{row}.50"))), Some(false));
        assert_eq!(above(&rows(true, |row| format!("{row}.50"))), None, "a stock");
        assert_eq!(above(&rows(false, |row| format!("{}{row}.50", ["", "-"][row % 2]))), None, "either");
    }
}
