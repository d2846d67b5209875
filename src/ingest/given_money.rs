//! Money that rows of some kinds give back in a column of its own, where they have no amount: the refunds of an export of events.

use polars::prelude::*;

use super::beside::{is_of_money, minor_values};
use super::state_names::of_name;
use super::state_words::Says;
use super::values::ABSENT;
use super::words::Words;
use crate::config::GivenMoney;

/// Rows that give something back, at least.
const LEAST_ROWS: usize = 5;

/// One row in so many may lack what others have, or have what others lack.
const ONE_IN: usize = 10;

/// The column of what rows with some values of a column of kinds give back, and the columns of money that they lack.
pub(super) fn of_kinds(rows: &DataFrame, kinds: &Column, values: &[String]) -> Option<GivenMoney> {
    let words = Words::of_column(kinds)?;
    let is_back: Vec<bool> = (0..rows.height())
        .map(|row| words.get(row).is_some_and(|word| values.iter().any(|value| value == word.trim())))
        .collect();
    let n_back = is_back.iter().filter(|is_back| **is_back).count();
    if n_back < LEAST_ROWS {
        return None;
    }
    // Rows that give something back with an amount, and others with one.
    let counts = |column: &Column| {
        let values = minor_values(column, 2)?;
        let given = values.iter().zip(&is_back).filter(|(value, _)| !matches!(**value, 0 | ABSENT));
        Some(given.fold(
            (0, 0),
            |(back, others), (_, is_back)| {
                if *is_back { (back + 1, others) } else { (back, others + 1) }
            },
        ))
    };
    let is_refund = |column: &&Column| of_name(column.name()) == Some(Says::GivenBack);
    let has_it = |column: &&Column| {
        counts(column).is_some_and(|(back, others)| back * ONE_IN >= n_back * (ONE_IN - 1) && others * ONE_IN <= back)
    };
    let column = rows.columns().iter().filter(is_refund).find(has_it)?;
    let lacks_it = |column: &&Column| {
        is_of_money(column.name()) && counts(column).is_some_and(|(back, others)| back * ONE_IN <= n_back && others > 0)
    };
    let lacking = rows.columns().iter().filter(lacks_it).map(|column| column.name().to_string()).collect();
    Some(GivenMoney { column: column.name().to_string(), lacking })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refunds_have_a_column_of_their_own() {
        let is_back = |row: usize| row.is_multiple_of(9);
        let given = |row: usize, wanted: bool| if is_back(row) == wanted { "9.50" } else { "" };
        let rows = df!(
            "event" => (0..90).map(|row| if is_back(row) { "refund" } else { "purchase" }).collect::<Vec<_>>(),
            "revenue" => (0..90).map(|row| given(row, false)).collect::<Vec<_>>(),
            "refund_value" => (0..90).map(|row| given(row, true)).collect::<Vec<_>>(),
        )
        .unwrap();
        let of = |rows: &DataFrame| of_kinds(rows, rows.column("event").unwrap(), &["refund".to_owned()]);
        let expected = GivenMoney { column: "refund_value".to_owned(), lacking: vec!["revenue".to_owned()] };
        assert_eq!(of(&rows), Some(expected));
        assert_eq!(of(&rows.drop("refund_value").unwrap()), None);
    }
}
