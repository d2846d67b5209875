//! Reports in which what rows belong to stands on a line of its own above them, and may be their total below.

use polars::prelude::*;

use super::fill_down::is_given;

/// Columns from the left that may have headings.
const MOST: usize = 3;

/// Headings, at least.
const LEAST: usize = 10;

/// One value in so many may be neither a heading nor a total.
const ONE_IN: usize = 20;

/// Beginnings of totals.
const TOTALS: &[&str] = &[
    "total",
    "subtotal",
    "sub-total",
    "summe",
    "gesamt",
    "zwischensumme",
    "somme",
    "suma",
    "soma",
    "totale",
    "totaal",
];

/// The column whose values are headings of the rows below them.
pub(super) fn of_rows(rows: &DataFrame) -> Option<String> {
    let headed = rows.columns().iter().take(MOST).find(|column| has_headings(column, rows).unwrap_or(false))?;
    Some(headed.name().to_string())
}

fn has_headings(column: &Column, rows: &DataFrame) -> PolarsResult<bool> {
    let Ok(texts) = column.str() else { return Ok(false) };
    let given: Vec<usize> =
        is_given(column)?.into_iter().enumerate().filter(|(_, is)| *is).map(|(row, _)| row).collect();
    if given.len() < LEAST || given.len() * 2 > rows.height() {
        return Ok(false);
    }
    let is_total = |row: &usize| {
        let text = texts.get(*row).unwrap_or_default().trim().to_lowercase();
        TOTALS.iter().any(|start| text.starts_with(start))
    };
    let n_totals = given.iter().filter(|row| is_total(row)).count();
    let mut is_alone = vec![true; rows.height()];
    for other in rows.columns().iter().filter(|other| other.name() != column.name()) {
        for (is_alone, is_given) in is_alone.iter_mut().zip(is_given(other)?) {
            *is_alone &= !is_given;
        }
    }
    let is_heading = |row: &&usize| is_alone.get(**row) == Some(&true) && !is_total(row);
    let n_headings = given.iter().filter(is_heading).count();
    let n_others = given.len().saturating_sub(n_headings + n_totals);
    Ok(n_headings >= LEAST && n_others * ONE_IN <= given.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_on_lines_of_their_own_are_headings() {
        let of = |total: Option<&'static str>, beside: Option<&'static str>| {
            let name = |row: usize| match row % 5 {
                0 => Some(format!("Firm {row}")),
                4 => total.map(str::to_owned),
                _ => None,
            };
            let day = |row: usize| if row.is_multiple_of(5) { beside } else { (row % 5 < 4).then_some("2025-01-01") };
            let rows = df!(
                "Customer" => (0..100).map(name).collect::<Vec<_>>(),
                "Date" => (0..100).map(day).collect::<Vec<_>>(),
                "Amount" => (0..100).map(|row| (row % 5 > 0).then_some("9.50")).collect::<Vec<_>>(),
            )
            .unwrap();
            of_rows(&rows)
        };
        assert_eq!(of(Some("Total for x"), None).as_deref(), Some("Customer"));
        assert_eq!(of(None, None).as_deref(), Some("Customer"), "without totals");
        assert_eq!(of(None, Some("2025-01-01")), None, "first lines of orders");
    }
}
