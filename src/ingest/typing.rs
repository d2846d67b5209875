//! From source columns to typed columns, one function per kind; types are ours from here on.

use jiff::fmt::strtime::BrokenDownTime;
use polars::prelude::*;

use super::decimal::{minor_from_float, minor_from_text, number_from_text};
use super::gather::{Cell, gather, gather_numbers};
use super::ids::{IdColumn, SpreadsheetIds, tidy};
use super::iso::{self, Written};
use super::values::{ABSENT, NO_FLAG, Values};
use super::words::{Words, trimmed};
use super::zone::{LocalClock, is_believable};
use crate::config::{ColumnSpec, Kind};
use crate::units::{Currency, MICROS_PER_DAY};

/// What typing needs to know beside the column.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    /// Zone of local times.
    pub(crate) clock: LocalClock,
    /// Format of times written as text; ISO 8601 without it.
    pub(crate) time_format: Option<String>,
    /// The currency of amounts.
    pub(crate) currency: Currency,
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
pub(crate) fn typed(column: &Column, spec: &ColumnSpec, rules: &Rules) -> Result<Typed, TypeProblem> {
    let column = &plain(column)?;
    match spec.kind {
        Kind::Id => ids(column, spec),
        Kind::Text => words(column),
        Kind::Time => times(column, rules).map(Typed::new),
        Kind::Money => money(column, &rules.currency).map(Typed::new),
        Kind::Number => numbers(column).map(Typed::new),
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

fn times(column: &Column, rules: &Rules) -> Result<(Values, Vec<usize>), TypeProblem> {
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
            let numbers_fit = dtype.is_integer() && rules.time_format.is_some();
            check(column, numbers_fit, "a time, a date, text, or whole numbers with a `time_format`")?;
            let text = column.cast(&DataType::String)?;
            let written = |text: &str| match &rules.time_format {
                Some(format) => with_format(format, text),
                None => iso::parse(text),
            };
            let utc = |w: Written| w.offset.map_or_else(|| rules.clock.to_utc(w.clock), |offset| w.clock - offset);
            gather(text.str()?, ABSENT, |text| match text.trim() {
                "" => Cell::Absent,
                text => written(text).map_or(Cell::Unreadable, |written| believed(utc(written))),
            })
        }
    };
    Ok((Values::Times(values), unreadable))
}

/// A time in a `strftime` format; a format without hours means midnight.
pub(super) fn with_format(format: &str, text: &str) -> Option<Written> {
    let parsed = BrokenDownTime::parse(format, text).ok()?;
    if let Ok(instant) = parsed.to_timestamp() {
        return Some(Written { clock: instant.as_microsecond(), offset: Some(0) });
    }
    let midnight = || parsed.to_date().ok().map(|date| date.to_datetime(jiff::civil::Time::midnight()));
    let local = parsed.to_datetime().ok().or_else(midnight)?;
    let clock = jiff::tz::Offset::UTC.to_timestamp(local).ok()?.as_microsecond();
    Some(Written { clock, offset: None })
}

/// Amounts in minor units, and the rows that hold something else.
pub(super) fn money(column: &Column, currency: &Currency) -> Result<(Values, Vec<usize>), TypeProblem> {
    check(column, column.dtype().is_primitive_numeric(), "a number")?;
    let (values, unreadable) = if column.dtype().is_string() {
        gather(column.str()?, ABSENT, |text| match text.trim() {
            "" => Cell::Absent,
            text => Cell::read(minor_from_text(text, currency.decimals())),
        })
    } else {
        let minor_per_major = currency.minor_per_major();
        let read = |amount| Cell::read(minor_from_float(amount, minor_per_major));
        gather_numbers(column, ABSENT, read)?
    };
    Ok((Values::Money(values), unreadable))
}

#[expect(clippy::cast_possible_truncation, reason = "quantities and grades need no more than the digits of f32")]
fn numbers(column: &Column) -> Result<(Values, Vec<usize>), TypeProblem> {
    let (values, unreadable) =
        numbers_as(column, f32::NAN, |number| Some(number as f32).filter(|number| number.is_finite()))?;
    Ok((Values::Numbers(values), unreadable))
}

/// Numbers with all their digits, NaN where there is none, and the rows that hold something else.
pub(super) fn real_numbers(column: &Column) -> Result<(Vec<f64>, Vec<usize>), TypeProblem> {
    // The same range as for other numbers, so that sums stay finite; both zeros are one value.
    numbers_as(column, f64::NAN, |number| (number.abs() <= f64::from(f32::MAX)).then_some(number + 0.0))
}

fn numbers_as<T: Copy + Default + Send + Sync>(
    column: &Column,
    absent: T,
    accept: impl Fn(f64) -> Option<T> + Sync,
) -> Result<(Vec<T>, Vec<usize>), TypeProblem> {
    check(column, column.dtype().is_primitive_numeric(), "a number")?;
    let accept = |number: f64| Cell::read(accept(number));
    Ok(if column.dtype().is_string() {
        gather(column.str()?, absent, |text| match text.trim() {
            "" => Cell::Absent,
            text => number_from_text(text).map_or(Cell::Unreadable, &accept),
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
