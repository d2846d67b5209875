//! Columns of money that nothing reads: what the first rows of the first file say of their size, to hold amounts against.

use polars::prelude::*;

use super::number_census::{GivenMarks, NumberCensus, NumberColumn, settle};
use super::state_names::of_name;
use super::state_words::Says;
use super::typing::{money, plain};
use super::values::{ABSENT, Values};
use crate::config::{in_words, speaks_of_money};

/// A column of money with cents that no mapping reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoneyBeside {
    /// Its name.
    pub name: String,
    /// The median of the sizes of its values that are not zero, in minor units.
    pub median_minor: u64,
    /// Whether it is an amount of the same kind, and not a tax or the like, which is a small share of one.
    pub is_amount: bool,
}

/// Fewer values tell nothing.
const LEAST_VALUES: usize = 20;

/// Beginnings of words that name what is added to an amount.
const ADDED: &[&str] = &[
    "tax",
    "vat",
    "mwst",
    "steuer",
    "iva",
    "tva",
    "btw",
    "freight",
    "fracht",
    "shipping",
    "versand",
    "porto",
    "fee",
    "geb\u{fc}hr",
    "frais",
    "envio",
];

/// Beginnings of words that name what amounts are not to be held against.
const OTHER: &[&str] = &["discount", "rabatt", "refund", "erstatt", "remise", "compare", "cost", "credit", "limit"];

/// Whether a column of that name has amounts.
pub(super) fn is_of_money(name: &str) -> bool {
    speaks_of_money(&in_words(name))
}

/// The columns of money with cents among the first rows of columns that nothing reads.
pub(super) fn of_columns(columns: &[Column], decimals: u32) -> Vec<MoneyBeside> {
    columns.iter().filter_map(|column| of_column(column, decimals)).collect()
}

fn of_column(column: &Column, decimals: u32) -> Option<MoneyBeside> {
    let name = column.name().to_string();
    let words = in_words(&name);
    let starts = |known: &[&str]| words.iter().any(|word| known.iter().any(|start| word.starts_with(start)));
    let is_added = starts(ADDED);
    let is_total = of_name(&name) == Some(Says::Total);
    if starts(OTHER) || !(is_added || is_total || is_of_money(&name)) {
        return None;
    }
    let minor_per_major = 10_u64.checked_pow(decimals)?;
    let mut sizes = sizes(column, decimals)?;
    let n_with_cents = sizes.iter().filter(|size| !size.is_multiple_of(minor_per_major)).count();
    if sizes.len() < LEAST_VALUES || n_with_cents * 2 < sizes.len() {
        return None;
    }
    sizes.sort_unstable();
    let median_minor = sizes.get(sizes.len() / 2).copied()?;
    // The price of a piece may be far below the amount of a line of many.
    let is_price = starts(&["price", "preis", "prix", "prezzo", "precio"]);
    Some(MoneyBeside { name, median_minor, is_amount: !is_added && !is_price })
}

/// The sizes of the values that are not zero.
fn sizes(column: &Column, decimals: u32) -> Option<Vec<u64>> {
    let given = minor_values(column, decimals)?.into_iter().filter(|amount| *amount != 0 && *amount != ABSENT);
    Some(given.map(i64::unsigned_abs).collect())
}

/// The numbers of a column that nothing is known of, in steps of so many decimals; [`ABSENT`] where there is none.
pub(super) fn minor_values(column: &Column, decimals: u32) -> Option<Vec<i64>> {
    let marks = column.str().ok().map(|texts| {
        let census = NumberCensus::of(texts);
        let column = NumberColumn { label: String::new(), decimals: Some(decimals), census };
        column.census.are_numbers().then(|| settle(&[&column], GivenMarks::default()).first().map(|own| own.marks()))
    });
    let marks = match marks {
        Some(settled) => settled??,
        None => super::marks::Marks::default(),
    };
    match money(&plain(column).ok()?, marks, decimals).ok()? {
        (Values::Money(money), _) => Some(money),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_money_with_cents_are_seen_and_others_are_not() {
        let texts = |text: fn(usize) -> String| (0..40).map(text).collect::<Vec<_>>();
        let rows = df!(
            "Steuerbetrag" => texts(|n| format!("1.{:03},{:02}", n, n + 1)),
            "Gross Sales" => texts(|n| format!("${n}.99")),
            "Unit Price" => texts(|n| format!("{n}.50")),
            "Total" => texts(|n| format!("{}", n * 1_000)),
            "Discount" => texts(|n| format!("{n}.99")),
            "Name" => texts(|n| format!("x{n}")),
        )
        .unwrap();
        let found = of_columns(rows.columns(), 2);
        let seen: Vec<(&str, u64, bool)> =
            found.iter().map(|own| (own.name.as_str(), own.median_minor, own.is_amount)).collect();
        assert_eq!(
            seen,
            [("Steuerbetrag", 102_021, false), ("Gross Sales", 2_099, true), ("Unit Price", 2_050, false)]
        );
    }
}
