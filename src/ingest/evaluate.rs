//! Values of expressions, row by row.

use polars::prelude::*;

use super::decimal::number_written;
use super::engine;
use super::error::IngestError;
use super::marks::Marks;
use super::resolve::{Mapped, NUMBER, number_name, text_columns};
use crate::text::{printable, shortened};

/// The value of an expression in every row.
pub(super) fn evaluate(source: &DataFrame, mapped: &Mapped) -> Result<Column, IngestError> {
    let n_rows = source.height();
    let bad = |error: PolarsError| IngestError::BadExpression {
        key: mapped.key.clone(),
        expression: mapped.text.clone(),
        detail: texts_as_numbers(source, mapped, &error).unwrap_or_else(|| plain_sentence(&error)),
        available: mapped.reads.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    };
    if mapped.is_plain {
        return source.column(&mapped.text).cloned().map_err(bad);
    }
    let value = source.clone().lazy().select([mapped.expression.clone().alias("value")]);
    let value = engine::ask(|| value.collect()).map_err(bad)?;
    let column = value.column("value").map_err(bad)?.clone();
    match column.len() {
        n if n == n_rows => Ok(column),
        1 if mapped.reads.is_empty() => Ok(column.new_from_index(0, n_rows)),
        _ => Err(IngestError::NotRowWise { key: mapped.key.clone(), expression: mapped.text.clone() }),
    }
}

/// What the engine says, without names that are ours alone.
fn plain_sentence(error: &PolarsError) -> String {
    error.to_string().lines().next().unwrap_or_default().replace(NUMBER, "")
}

/// The columns of texts that an expression reckons with, each with a value.
fn texts_as_numbers(source: &DataFrame, mapped: &Mapped, error: &PolarsError) -> Option<String> {
    let is_arithmetic = ["arithmetic", "numeric"].iter().any(|word| error.to_string().contains(word));
    let as_text = text_columns(&mapped.expression);
    let shown = |name: &String| {
        let texts = source.column(name).ok()?.str().ok()?;
        let value =
            texts.iter().flatten().map(str::trim).find(|text| number_written(text, Marks::default()).is_none())?;
        Some(format!("`{name}` holds texts such as `{}`", shortened(&printable(value), 40)))
    };
    let is_reckoned = |name: &&String| !as_text.contains(name) && source.column(&number_name(name)).is_err();
    let texts: Vec<String> = mapped.reads.iter().filter(is_reckoned).filter_map(shown).collect();
    (is_arithmetic && !texts.is_empty()).then(|| format!("it reckons with numbers, and {}", texts.join(", ")))
}

/// The answer of a condition in every row.
pub(super) fn answer(source: &DataFrame, filter: &Mapped) -> Result<BooleanChunked, IngestError> {
    let answer = evaluate(source, filter)?;
    let wrong = |_| IngestError::WrongType {
        key: filter.key.clone(),
        expression: filter.text.clone(),
        dtype: answer.dtype().to_string(),
        allowed: "true or false",
    };
    Ok(answer.bool().map_err(wrong)?.rechunk().into_owned())
}
