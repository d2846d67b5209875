//! Mapped columns as they came, for examples in messages and for reject files.

use polars::prelude::*;
use rustc_hash::FxHashMap;

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
            engine::ask(|| as_texts(&taken)).or_else(as_number)
        }
        (Raw::Words(words), _) | (Raw::AsTyped, Some(words)) => {
            let texts: StringChunked = rows.iter().map(|row| words.get(*row)).collect();
            Ok(texts.into_column())
        }
        (Raw::AsTyped, None) => Ok(Column::full_null("".into(), rows.len(), &DataType::String)),
    }
}

/// The values as text. Times are written once each: many rows have the same ones, and the engine takes long for each.
fn as_texts(column: &Column) -> PolarsResult<Column> {
    if !column.dtype().is_temporal() {
        return column.cast(&DataType::String);
    }
    let as_numbers = |column: &Column| column.to_physical_repr().cast(&DataType::Int64);
    let different = column.unique()?;
    let (numbers, texts) = (as_numbers(&different)?, different.cast(&DataType::String)?);
    let texts: FxHashMap<Option<i64>, Option<&str>> = numbers.i64()?.iter().zip(texts.str()?.iter()).collect();
    let number = as_numbers(column)?;
    let written: StringChunked = number.i64()?.iter().map(|number| texts.get(&number).copied().flatten()).collect();
    Ok(written.with_name(column.name().clone()).into_column())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_the_engine_writes_them() {
        let micros = [Some(1_259_653_500_000_000_i64), None, Some(0), Some(1_259_653_500_000_000), Some(-1)];
        let days = [Some(14_579_i32), None, Some(-1), Some(14_579)];
        let times = Column::new("at".into(), micros).cast(&DataType::Datetime(TimeUnit::Microseconds, None)).unwrap();
        let dates = Column::new("on".into(), days).cast(&DataType::Date).unwrap();
        for column in [times, dates, Column::new("n".into(), [1.5, 2.0])] {
            let written = as_texts(&column).unwrap();
            assert!(written.equals_missing(&column.cast(&DataType::String).unwrap()), "{written:?}");
        }
    }
}
