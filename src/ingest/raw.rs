//! Mapped columns as they came, for examples in messages and for reject files.

use polars::prelude::*;

use super::engine;
use super::words::Words;
use crate::text::{printable, shortened};

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

/// Characters of a cell that a message shows.
const SHOWN: usize = 80;

/// A cell as it came, for an example in a message: not more of it than tells it apart, and nothing that steers a terminal.
pub(super) fn cell(raw: &Raw, typed: Option<&Words>, row: usize) -> String {
    printable(&shortened(&whole_cell(raw, typed, row), SHOWN)).into_owned()
}

fn whole_cell(raw: &Raw, typed: Option<&Words>, row: usize) -> String {
    let nothing = || "nothing".to_owned();
    match (raw, typed) {
        (Raw::Column(column), _) => match column.get(row) {
            Err(_) | Ok(AnyValue::Null) => nothing(),
            Ok(AnyValue::String(text)) => text.trim().to_owned(),
            Ok(other) => shown(&other),
        },
        (Raw::Words(words), _) | (Raw::AsTyped, Some(words)) => {
            words.get(row).map_or_else(nothing, |text| text.trim().to_owned())
        }
        (Raw::AsTyped, None) => nothing(),
    }
}

/// A value as text; the engine cannot write every time that a file can hold.
pub(super) fn shown(value: &AnyValue<'_>) -> String {
    engine::caught(|| value.to_string()).unwrap_or_else(|_| "a time out of range".to_owned())
}

/// Some rows as text.
pub(super) fn texts(raw: &Raw, typed: Option<&Words>, rows: &[usize]) -> PolarsResult<Column> {
    match (raw, typed) {
        (Raw::Column(column), _) => {
            let taken: IdxCa = rows.iter().map(|row| IdxSize::try_from(*row).ok()).collect();
            let taken = column.take(&taken)?;
            // A time that no calendar has is reported as the number that it is stored as.
            let as_number = |_| engine::ask(|| taken.to_physical_repr().cast(&DataType::String));
            engine::ask(|| taken.cast(&DataType::String)).or_else(as_number)
        }
        (Raw::Words(words), _) | (Raw::AsTyped, Some(words)) => {
            let texts: StringChunked = rows.iter().map(|row| words.get(*row)).collect();
            Ok(texts.into_column())
        }
        (Raw::AsTyped, None) => Ok(Column::full_null("".into(), rows.len(), &DataType::String)),
    }
}
