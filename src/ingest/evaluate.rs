//! Values of expressions, row by row.

use polars::prelude::*;

use super::engine;
use super::error::IngestError;
use super::resolve::Mapped;

/// The value of an expression in every row.
pub(super) fn evaluate(source: &DataFrame, mapped: &Mapped) -> Result<Column, IngestError> {
    let n_rows = source.height();
    let bad = |error: PolarsError| IngestError::BadExpression {
        key: mapped.key.clone(),
        expression: mapped.text.clone(),
        detail: error.to_string().lines().next().unwrap_or_default().to_owned(),
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
