//! Money that adds up to nothing within the numbers of another column, as the postings of a journal do.

use std::collections::BTreeMap;

use polars::prelude::*;
use rustc_hash::FxHashMap;

use super::beside::is_of_money;
use super::line_values::Numbers;
use super::words::Words;
use crate::config::{in_words, means};
use crate::timeline::columns::NO_CODE;

/// Columns that are looked at, at most, so that wide files take no longer.
const MOST_MONEY: usize = 3;
const MOST_NUMBERS: usize = 4;

/// Numbers of several rows, at least; one of them in so many may add up to something.
const LEAST_NUMBERS: usize = 20;
const ONE_IN: usize = 20;

/// Words of names of columns that may number postings.
const NUMBERS: &[&str] = &[
    "journal",
    "jnl",
    "trans",
    "transaction",
    "txn",
    "trx",
    "entry",
    "document",
    "doc",
    "voucher",
    "beleg",
    "belegnr",
    "belegnummer",
    "buchung",
    "buchungsnummer",
    "posting",
    "piece",
    "pièce",
    "écriture",
    "asiento",
    "comprobante",
    "reference",
    "ref",
];

/// By the name of each column of money that adds up to nothing, the column of the numbers.
pub(super) fn of_rows(rows: &DataFrame) -> BTreeMap<String, String> {
    let money = rows.columns().iter().filter(|column| is_of_money(column.name())).take(MOST_MONEY);
    let has_minus = |own: &Numbers| (0..rows.height()).any(|row| own.steps(row).is_some_and(|value| value < 0));
    let money: Vec<Numbers> = money.filter_map(Numbers::of).filter(has_minus).collect();
    if money.is_empty() {
        return BTreeMap::new();
    }
    let is_number = |column: &&Column| {
        let words = in_words(column.name());
        means("order_id", column.name()) || words.iter().any(|word| NUMBERS.contains(&word.as_str()))
    };
    let named = |column: &Column| Some((column.name().to_string(), Words::of_column(column)?));
    let numbers: Vec<_> = rows.columns().iter().filter(is_number).filter_map(named).take(MOST_NUMBERS).collect();
    let balanced = |own: Numbers| {
        let (name, _) = numbers.iter().find(|(name, words)| *name != own.name && balances(&own, words))?;
        Some((own.name.clone(), name.clone()))
    };
    money.into_iter().filter_map(balanced).collect()
}

/// Whether the amounts of nearly each number add up to nothing, and nearly each row stands with others.
fn balances(amounts: &Numbers, numbers: &Words) -> bool {
    let mut sums: FxHashMap<u32, (i64, usize)> = FxHashMap::default();
    for (row, code) in numbers.codes.iter().enumerate().filter(|(_, code)| **code != NO_CODE) {
        if let Some(amount) = amounts.steps(row).filter(|amount| *amount != 0) {
            let (sum, n) = sums.entry(*code).or_default();
            (*sum, *n) = (sum.saturating_add(amount), *n + 1);
        }
    }
    let several = || sums.values().filter(|(_, n)| *n > 1);
    let n_open = several().filter(|(sum, _)| *sum != 0).count();
    let n_rows: usize = several().map(|(_, n)| n).sum();
    several().count() >= LEAST_NUMBERS && n_open * ONE_IN <= several().count() && n_rows * 10 >= numbers.codes.len() * 9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postings_of_a_journal_are_told_from_lines_of_orders() {
        let of = |amount: fn(i64) -> i64| {
            let rows = df!(
                "Journal No" => (0..200).map(|row| row / 2).collect::<Vec<i32>>(),
                "Amount" => (0..200).map(|row| format!("{}.50", amount(row))).collect::<Vec<_>>(),
            )
            .unwrap();
            of_rows(&rows)
        };
        let both = |row| (row / 2 + 3) * if row % 2 == 0 { 1 } else { -1 };
        assert_eq!(of(both), BTreeMap::from([("Amount".to_owned(), "Journal No".to_owned())]));
        assert!(of(|row| row + 3).is_empty(), "no minus");
        assert!(of(|row| if row % 9 == 0 { -5 } else { 7 }).is_empty(), "returns");
    }
}
