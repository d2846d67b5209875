//! Text that a spreadsheet would run: a cell of a CSV file that begins like a formula gets an apostrophe in front.

use std::borrow::Cow;

use polars::prelude::{Column, DataFrame, DataType, IntoColumn, PolarsResult, StringChunked};
use rayon::prelude::*;

/// The rows with every text as it may stand in a spreadsheet.
pub(super) fn without_formulas(rows: &DataFrame) -> PolarsResult<DataFrame> {
    let of_column = |column: &Column| {
        let texts = match column.dtype() {
            DataType::String => column.str()?,
            _ => return Ok(column.clone()),
        };
        if texts.iter().flatten().all(|text| matches!(harmless(text), Cow::Borrowed(_))) {
            return Ok(column.clone());
        }
        let texts: StringChunked = texts.iter().map(|text| text.map(harmless)).collect();
        Ok(texts.with_name(column.name().clone()).into_column())
    };
    DataFrame::new(rows.height(), rows.columns().par_iter().map(of_column).collect::<PolarsResult<_>>()?)
}

/// The text as it may stand in a cell of a CSV file.
///
/// Numbers and telephone numbers (`-3.50`, `+44 20 7946 0018`) stay as they are.
///
/// # Source
/// OWASP, CSV injection: cells beginning with `=`, `+`, `-`, `@`, tab or carriage return.
pub(super) fn harmless(text: &str) -> Cow<'_, str> {
    let is_formula = match text.chars().next() {
        Some('=' | '@' | '\t' | '\r') => true,
        Some('+' | '-') => !text[1..].chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '.' | ',' | '-')),
        _ => false,
    };
    if is_formula { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text_and_numbers_stay() {
        for dangerous in ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "\t=1", "-x"] {
            assert_eq!(harmless(dangerous), format!("'{dangerous}"));
        }
        for harmless_text in ["", "12680", "-3.50", "+44 20 7946 0018", "a=b", "C-1"] {
            assert_eq!(harmless(harmless_text), harmless_text);
        }
    }
}
