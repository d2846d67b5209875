//! From source columns to typed columns, one function per kind; types are ours from here on.

use polars::prelude::*;

use super::dates::is_no_date;
use super::decimal::{minor_from_float, minor_written, number_written};
use super::gather::{Cell, gather, gather_numbers};
use super::ids::{IdColumn, SpreadsheetIds, tidy};
use super::iso::Written;
use super::marks::Marks;
use super::time_form::TimeForm;
use super::values::{ABSENT, NO_FLAG, Values};
use super::words::{Words, trimmed};
use super::zone::{EARLIEST, LocalClock, is_believable};
use crate::config::{ColumnSpec, Kind};
use crate::units::MICROS_PER_DAY;

/// What typing needs to know beside the column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules<'r> {
    /// Zone of local times.
    pub(crate) clock: &'r LocalClock,
    /// Form of times written as text or numbers.
    pub(crate) time: &'r TimeForm,
    /// Marks of numbers written as text.
    pub(crate) marks: Marks,
    /// Decimals of the units in which amounts are counted.
    pub(crate) decimals: u32,
}

/// A typed column and what was noticed on the way.
#[derive(Debug)]
pub(crate) struct Typed {
    /// The values.
    pub(crate) values: Values,
    /// Rows that hold something that is no value of the kind; ascending. They are absent in `values`.
    pub(crate) unreadable: Vec<usize>,
    /// Ids written by spreadsheets.
    pub(crate) spreadsheet: SpreadsheetIds,
}

impl Typed {
    fn new((values, unreadable): (Values, Vec<usize>)) -> Self {
        Self { values, unreadable, spreadsheet: SpreadsheetIds::default() }
    }

    /// Words as the ids or words of one of our columns.
    pub(crate) fn of_words(words: Words, kind: Kind) -> Self {
        let spreadsheet = if kind == Kind::Id { SpreadsheetIds::in_words(&words) } else { SpreadsheetIds::default() };
        Self { values: Values::Words(words.rewritten(tidier(kind))), unreadable: Vec::new(), spreadsheet }
    }
}

/// What is left of a word in a column of ids or of words; `None` if nothing is.
pub(super) fn tidier(kind: Kind) -> fn(&str) -> Option<&str> {
    if kind == Kind::Id { tidy } else { trimmed }
}

/// Whether a column is kept as words: ids that are only compared become keys instead.
pub(super) fn becomes_words(spec: &ColumnSpec) -> bool {
    match spec.kind {
        Kind::Id => !matches!(spec.name, "order_id" | "complaint_id"),
        // What customers wrote is read for nothing.
        Kind::Text => spec.name != "text",
        Kind::Time | Kind::Money | Kind::Number | Kind::Flag => false,
    }
}

/// Why a column cannot be typed.
#[derive(Debug)]
pub(crate) enum TypeProblem {
    /// Its type does not fit; the text says what does.
    WrongType(&'static str),
    /// The table engine failed.
    Engine(PolarsError),
}

impl From<PolarsError> for TypeProblem {
    fn from(error: PolarsError) -> Self {
        Self::Engine(error)
    }
}

/// Reads a source column as the kind of one of our columns.
///
/// # Errors
/// `TypeProblem` if the type of the column has nothing to do with the kind.
pub(crate) fn typed(column: &Column, spec: &ColumnSpec, rules: &Rules<'_>) -> Result<Typed, TypeProblem> {
    let column = &plain(column)?;
    match spec.kind {
        Kind::Id => ids(column, spec),
        Kind::Text => words(column),
        Kind::Time => times(column, rules).map(Typed::new),
        Kind::Money => money(column, rules.marks, rules.decimals).map(Typed::new),
        Kind::Number => numbers(column, rules.marks).map(Typed::new),
        Kind::Flag => flags(column).map(Typed::new),
    }
}

/// The column without types that mean nothing to us.
pub(super) fn plain(column: &Column) -> PolarsResult<Column> {
    match column.dtype() {
        dtype if dtype.is_null() => column.cast(&DataType::String),
        dtype if dtype.is_decimal() => column.cast(&DataType::Float64),
        _ => Ok(column.clone()),
    }
}

fn check(column: &Column, fits: bool, allowed: &'static str) -> Result<(), TypeProblem> {
    let dtype = column.dtype();
    (fits || dtype.is_string()).then_some(()).ok_or(TypeProblem::WrongType(allowed))
}

/// Ids that are only compared become keys, those that are shown or counted become words.
fn ids(column: &Column, spec: &ColumnSpec) -> Result<Typed, TypeProblem> {
    let dtype = column.dtype();
    check(column, dtype.is_primitive_numeric() || dtype.is_categorical() || dtype.is_enum(), "text or whole numbers")?;
    let column = IdColumn::new(column)?;
    let (values, spreadsheet) = if becomes_words(spec) {
        let (words, spreadsheet) = column.words();
        (Values::Words(words), spreadsheet)
    } else {
        let (keys, spreadsheet) = column.keys();
        (Values::Keys(keys), spreadsheet)
    };
    Ok(Typed { values, unreadable: Vec::new(), spreadsheet })
}

/// The words of a column of text, numbers or flags, blanks at both ends removed.
pub(super) fn words(column: &Column) -> Result<Typed, TypeProblem> {
    let dtype = column.dtype();
    if dtype.is_primitive_numeric() {
        let (words, _) = IdColumn::new(column)?.words();
        return Ok(Typed::new((Values::Words(words), Vec::new())));
    }
    check(column, dtype.is_categorical() || dtype.is_enum() || dtype.is_bool(), "text")?;
    let text = column.cast(&DataType::String)?;
    Ok(Typed::of_words(Words::from_text(text.str()?), Kind::Text))
}

fn times(column: &Column, rules: &Rules<'_>) -> Result<(Values, Vec<usize>), TypeProblem> {
    let dtype = column.dtype();
    let believed = |micros: i64| Cell::read(Some(micros).filter(|micros| is_believable(*micros)));
    let (values, unreadable) = match dtype {
        DataType::Datetime(_, zone) => {
            let micros = column.cast(&DataType::Datetime(TimeUnit::Microseconds, zone.clone()))?;
            let is_local = zone.is_none();
            let utc = |micros| if is_local { rules.clock.to_utc(micros) } else { micros };
            gather(micros.datetime()?.physical(), ABSENT, |micros| believed(utc(micros)))
        }
        DataType::Date => {
            let utc = |day: i32| rules.clock.to_utc(i64::from(day).saturating_mul(MICROS_PER_DAY));
            gather(column.date()?.physical(), ABSENT, |day| believed(utc(day)))
        }
        _ => {
            let text = time_texts(column).ok_or(TypeProblem::WrongType("a time, a date, text, or numbers"))?;
            let utc = |w: Written| w.offset.map_or_else(|| rules.clock.to_utc(w.clock), |offset| w.clock - offset);
            gather(&text, ABSENT, |text| match text.trim() {
                "" => Cell::Absent,
                text => match rules.time.read(text) {
                    // The first day that a spreadsheet has stands for none.
                    Some(written) if written.clock == EARLIEST => Cell::Absent,
                    Some(written) => believed(utc(written)),
                    None if is_no_date(text) => Cell::Absent,
                    None => Cell::Unreadable,
                },
            })
        }
    };
    Ok((Values::Times(values), unreadable))
}

/// The times of a column as texts, if they are texts or numbers.
pub(super) fn time_texts(column: &Column) -> Option<StringChunked> {
    let texts = match column.dtype() {
        dtype if dtype.is_string() || dtype.is_integer() => column.cast(&DataType::String),
        // The table engine would write large numbers with an exponent.
        dtype if dtype.is_float() => column.cast(&DataType::Float64).and_then(|numbers| {
            let text = |number: f64| (!number.is_nan()).then(|| number.to_string());
            let texts: StringChunked = numbers.f64()?.iter().map(|number| number.and_then(text)).collect();
            Ok(texts.into_column())
        }),
        _ => return None,
    };
    texts.ok()?.str().ok().cloned()
}

/// Amounts in minor units, and the rows that hold something else.
pub(super) fn money(column: &Column, marks: Marks, decimals: u32) -> Result<(Values, Vec<usize>), TypeProblem> {
    check(column, column.dtype().is_primitive_numeric(), "a number")?;
    let (values, unreadable) = if column.dtype().is_string() {
        gather(column.str()?, ABSENT, |text| match text.trim() {
            "" => Cell::Absent,
            text => Cell::read(minor_written(text, marks, decimals)),
        })
    } else {
        let minor_per_major = f64::from(10_u32.pow(decimals));
        let read = |amount| Cell::read(minor_from_float(amount, minor_per_major));
        gather_numbers(column, ABSENT, read)?
    };
    Ok((Values::Money(values), unreadable))
}

#[expect(clippy::cast_possible_truncation, reason = "quantities and grades need no more than the digits of f32")]
fn numbers(column: &Column, marks: Marks) -> Result<(Values, Vec<usize>), TypeProblem> {
    let (values, unreadable) =
        numbers_as(column, marks, f32::NAN, |number| Some(number as f32).filter(|number| number.is_finite()))?;
    Ok((Values::Numbers(values), unreadable))
}

/// Numbers with all their digits, NaN where there is none, and the rows that hold something else.
pub(super) fn real_numbers(column: &Column, marks: Marks) -> Result<(Vec<f64>, Vec<usize>), TypeProblem> {
    // The same range as for other numbers, so that sums stay finite; both zeros are one value.
    numbers_as(column, marks, f64::NAN, |number| (number.abs() <= f64::from(f32::MAX)).then_some(number + 0.0))
}

fn numbers_as<T: Copy + Default + Send + Sync>(
    column: &Column,
    marks: Marks,
    absent: T,
    accept: impl Fn(f64) -> Option<T> + Sync,
) -> Result<(Vec<T>, Vec<usize>), TypeProblem> {
    check(column, column.dtype().is_primitive_numeric(), "a number")?;
    let accept = |number: f64| Cell::read(accept(number));
    Ok(if column.dtype().is_string() {
        gather(column.str()?, absent, |text| match text.trim() {
            "" => Cell::Absent,
            text => number_written(text, marks).map_or(Cell::Unreadable, &accept),
        })
    } else {
        let read = |number: f64| if number.is_nan() { Cell::Absent } else { accept(number) };
        gather_numbers(column, absent, read)?
    })
}

fn flags(column: &Column) -> Result<(Values, Vec<usize>), TypeProblem> {
    let dtype = column.dtype();
    check(column, dtype.is_bool() || dtype.is_primitive_numeric(), "true and false, 1 and 0, or yes and no")?;
    let (values, unreadable) = if dtype.is_bool() {
        gather(column.bool()?, NO_FLAG, |flag| Cell::Value(u8::from(flag)))
    } else {
        let text = column.cast(&DataType::String)?;
        gather(text.str()?, NO_FLAG, |word| match word.trim() {
            "" => Cell::Absent,
            // What a float column holds where there is nothing.
            "NaN" if dtype.is_float() => Cell::Absent,
            word if is_one_of(word, YES) || word == "1.0" => Cell::Value(1),
            word if is_one_of(word, NO) || word == "0.0" => Cell::Value(0),
            _ => Cell::Unreadable,
        })
    };
    Ok((Values::Flags(values), unreadable))
}

/// Words that mean yes, in any letters.
pub const YES: &[&str] = &["yes", "true", "y", "t", "1"];
/// Words that mean no, in any letters.
pub const NO: &[&str] = &["no", "false", "n", "f", "0"];

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

#[cfg(test)]
#[path = "typing_tests.rs"]
mod tests;
