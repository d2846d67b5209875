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

/// The text as it may stand in a cell of a CSV file. A number (`-3.50`, `+44`) stays as it is.
///
/// # Source
/// OWASP, CSV injection: cells beginning with `=`, `+`, `-`, `@`, tab or carriage return, and their full-width forms. Blanks
/// in front are left out when a file is opened, and what stands behind them is then first.
pub(super) fn harmless(text: &str) -> Cow<'_, str> {
    // What most cells begin with.
    if text.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric) {
        return Cow::Borrowed(text);
    }
    let first = |c: char| !c.is_whitespace() && !c.is_control();
    let seen = text.find(first).and_then(|start| text.get(start..)).unwrap_or_default();
    let is_formula = match seen.chars().next() {
        Some('=' | '@' | '\u{FF1D}' | '\u{FF20}' | '\u{FF0B}' | '\u{FF0D}' | '\u{2212}' | '\u{FE62}' | '\u{FE63}') => {
            true
        }
        Some('+' | '-') => !is_number(seen.trim_end()),
        _ => text.starts_with(['\t', '\r']),
    };
    if is_formula { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Whether a text is a sign, digits, and at most one point among them.
fn is_number(text: &str) -> bool {
    let digits = text.get(1..).unwrap_or_default();
    digits.bytes().any(|byte| byte.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.bytes().filter(|byte| *byte == b'.').count() <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text_and_numbers_stay() {
        for dangerous in [
            "=1+1",
            "@SUM(A1)",
            "+cmd|' /C calc'!A0",
            "-2+3",
            "\t=1",
            "-x",
            "-1-1",
            "+1 1",
            "--1",
            "-1,2-3",
            "-",
            " =1+1",
            "\r\n=1+1",
            "\u{A0}-1-1",
            "\t1",
            "\0=1",
            "\u{FF1D}1+1",
            "\u{FF0B}1",
            "\u{FF0D}1",
            "\u{FF20}SUM(1)",
            "+44 20 7946 0018",
            "-1.2.3",
        ] {
            assert_eq!(harmless(dangerous), format!("'{dangerous}"));
        }
        for harmless_text in ["", " ", "12680", "-3.50", "+44", "-.5", "a=b", "C-1", "1-1", " x"] {
            assert_eq!(harmless(harmless_text), harmless_text);
        }
    }
}
