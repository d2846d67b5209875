//! Mapped columns as they came, for examples in messages and for reject files.

use polars::prelude::*;

use super::words::Words;

/// One of our columns before it was typed.
#[derive(Debug)]
pub(super) enum Raw {
    /// As the table engine has it.
    Column(Column),
    /// Text that is nothing but words, as written.
    Words(Words),
    /// The same, where no word had to be tidied: as it was typed.
    AsTyped,
}

/// A cell as it came, for an example in a message.
pub(super) fn cell(raw: &Raw, typed: Option<&Words>, row: usize) -> String {
    let nothing = || "nothing".to_owned();
    match (raw, typed) {
        (Raw::Column(column), _) => match column.get(row) {
            Err(_) | Ok(AnyValue::Null) => nothing(),
            Ok(AnyValue::String(text)) => text.trim().to_owned(),
            Ok(other) => other.to_string(),
        },
        (Raw::Words(words), _) | (Raw::AsTyped, Some(words)) => {
            words.get(row).map_or_else(nothing, |text| text.trim().to_owned())
        }
        (Raw::AsTyped, None) => nothing(),
    }
}

/// Some rows as text.
pub(super) fn texts(raw: &Raw, typed: Option<&Words>, rows: &[usize]) -> PolarsResult<Column> {
    match (raw, typed) {
        (Raw::Column(column), _) => {
            let taken: IdxCa = rows.iter().map(|row| IdxSize::try_from(*row).ok()).collect();
            column.take(&taken)?.cast(&DataType::String)
        }
        (Raw::Words(words), _) | (Raw::AsTyped, Some(words)) => {
            let texts: StringChunked = rows.iter().map(|row| words.get(*row)).collect();
            Ok(texts.into_column())
        }
        (Raw::AsTyped, None) => Ok(Column::full_null("".into(), rows.len(), &DataType::String)),
    }
}
