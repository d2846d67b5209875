//! Columns of the answer to a query: as which type each is asked for, and how its values are kept. NULL stays apart from ''.

use polars::prelude::{Column, DataType, IntoColumn, NamedFrom, PlSmallStr, PolarsResult, Series, TimeUnit, TimeZone};
use postgres::binary_copy::BinaryCopyOutRow;
use postgres::types::{FromSql, Type};

use crate::units::MICROS_PER_DAY;

/// Days from 1970, from which we count, to 2000, from which PostgreSQL does.
const DAYS_TO_2000: i32 = 10_957;

/// Digits before the decimal point up to which a number of any length is read exactly enough.
const MOST_DIGITS: usize = 15;

/// A column of the answer, and the values that were added since the last block.
pub(super) struct AnswerColumn {
    pub(super) name: String,
    /// What PostgreSQL is asked to make of it, behind the name of the column.
    cast: &'static str,
    values: Values,
}

enum Values {
    Integers(Vec<Option<i64>>),
    Numbers(Vec<Option<f64>>),
    /// Numbers of any length, sent as text.
    Decimals(Vec<Option<f64>>),
    Flags(Vec<Option<bool>>),
    Texts(Vec<Option<String>>),
    Days(Vec<Option<i32>>),
    /// Microseconds of a local clock.
    Local(Vec<Option<i64>>),
    /// Microseconds in UTC.
    Instants(Vec<Option<i64>>),
}

impl AnswerColumn {
    pub(super) fn new(column: &postgres::Column) -> Self {
        let (cast, values) = match *column.type_() {
            Type::BOOL => ("", Values::Flags(Vec::new())),
            Type::INT2 | Type::INT4 | Type::INT8 | Type::OID => ("::int8", Values::Integers(Vec::new())),
            Type::FLOAT8 => ("", Values::Numbers(Vec::new())),
            // By its shortest text, so that 0.1 stays 0.1.
            Type::FLOAT4 => ("::text::float8", Values::Numbers(Vec::new())),
            Type::NUMERIC => ("::text", Values::Decimals(Vec::new())),
            Type::MONEY => ("::numeric::text", Values::Decimals(Vec::new())),
            Type::DATE => ("", Values::Days(Vec::new())),
            Type::TIMESTAMP => ("", Values::Local(Vec::new())),
            Type::TIMESTAMPTZ => ("", Values::Instants(Vec::new())),
            _ => ("::text", Values::Texts(Vec::new())),
        };
        Self { name: column.name().to_owned(), cast, values }
    }

    /// What is asked for in its place.
    pub(super) fn selected(&self, place: usize) -> String {
        format!("c{place}{}", self.cast)
    }

    /// The type in which it is sent.
    pub(super) fn sent_as(&self) -> Type {
        match self.values {
            Values::Integers(_) => Type::INT8,
            Values::Numbers(_) => Type::FLOAT8,
            Values::Flags(_) => Type::BOOL,
            Values::Texts(_) | Values::Decimals(_) => Type::TEXT,
            Values::Days(_) => Type::DATE,
            Values::Local(_) => Type::TIMESTAMP,
            Values::Instants(_) => Type::TIMESTAMPTZ,
        }
    }

    /// Takes the value of a row over; the error says what is wrong with it.
    pub(super) fn add(&mut self, row: &BinaryCopyOutRow, place: usize) -> Result<(), String> {
        match &mut self.values {
            Values::Integers(values) => values.push(cell(row, place)?),
            Values::Numbers(values) => values.push(cell(row, place)?),
            Values::Decimals(values) => values.push(cell(row, place)?.map(number).transpose()?),
            Values::Flags(values) => values.push(cell(row, place)?),
            Values::Texts(values) => values.push(cell(row, place)?),
            Values::Days(values) => values.push(cell::<RawDay>(row, place)?.map(|day| day.since_1970()).transpose()?),
            Values::Local(values) | Values::Instants(values) => {
                values.push(cell::<RawTime>(row, place)?.map(|time| time.since_1970()).transpose()?);
            }
        }
        Ok(())
    }

    /// Rows that were added since the last block.
    pub(super) const fn len(&self) -> usize {
        match &self.values {
            Values::Integers(values) | Values::Local(values) | Values::Instants(values) => values.len(),
            Values::Numbers(values) | Values::Decimals(values) => values.len(),
            Values::Flags(values) => values.len(),
            Values::Texts(values) => values.len(),
            Values::Days(values) => values.len(),
        }
    }

    /// Hands these rows over.
    pub(super) fn take(&mut self) -> PolarsResult<Column> {
        let name: PlSmallStr = self.name.as_str().into();
        let times = |values: &mut Vec<Option<i64>>, zone| {
            Series::new(name.clone(), std::mem::take(values)).cast(&DataType::Datetime(TimeUnit::Microseconds, zone))
        };
        let series = match &mut self.values {
            Values::Integers(values) => Series::new(name, std::mem::take(values)),
            Values::Numbers(values) | Values::Decimals(values) => Series::new(name, std::mem::take(values)),
            Values::Flags(values) => Series::new(name, std::mem::take(values)),
            Values::Texts(values) => Series::new(name, std::mem::take(values)),
            Values::Days(values) => Series::new(name, std::mem::take(values)).cast(&DataType::Date)?,
            Values::Local(values) => times(values, None)?,
            Values::Instants(values) => times(values, Some(TimeZone::UTC))?,
        };
        Ok(series.into_column())
    }
}

/// A name as messages show it.
pub(super) fn quoted(name: &str) -> String {
    format!("`{name}`")
}

fn cell<'r, T: FromSql<'r>>(row: &'r BinaryCopyOutRow, place: usize) -> Result<Option<T>, String> {
    row.try_get(place).map_err(|error| format!("it cannot be read ({error})"))
}

/// A number of any length. What stands behind the decimal point may be rounded; what stands before it may not.
fn number(text: &str) -> Result<f64, String> {
    let digits = text.trim_start_matches('-').split('.').next().unwrap_or_default();
    if digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.len() > MOST_DIGITS {
        return Err(format!(
            "a number has {} digits, at most {MOST_DIGITS} are read exactly; ids of that length are selected as text, with `::text`",
            digits.len()
        ));
    }
    text.parse().map_err(|_| "it is no number".to_owned())
}

const INFINITE: &str = "the time is `infinity`, which no calendar has; say what it stands for, as with \
                        `NULLIF(column, 'infinity')`";

/// Days since 2000.
struct RawDay(i32);

impl RawDay {
    fn since_1970(&self) -> Result<i32, String> {
        let day = self.0.checked_add(DAYS_TO_2000).filter(|_| self.0 != i32::MIN);
        day.ok_or_else(|| INFINITE.to_owned())
    }
}

impl<'r> FromSql<'r> for RawDay {
    fn from_sql(_: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(i32::from_be_bytes(raw.try_into()?)))
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::DATE
    }
}

/// Microseconds since 2000.
struct RawTime(i64);

impl RawTime {
    fn since_1970(&self) -> Result<i64, String> {
        let micros = self.0.checked_add(i64::from(DAYS_TO_2000) * MICROS_PER_DAY).filter(|_| self.0 != i64::MIN);
        micros.ok_or_else(|| INFINITE.to_owned())
    }
}

impl<'r> FromSql<'r> for RawTime {
    fn from_sql(_: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(i64::from_be_bytes(raw.try_into()?)))
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::TIMESTAMP | Type::TIMESTAMPTZ)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_length_are_read_unless_whole_digits_would_be_lost() {
        assert_eq!(number("-12.50"), Ok(-12.5));
        assert_eq!(number("123456789012345.3333333333333333"), Ok(123_456_789_012_345.33));
        assert!(number("1234567890123456").unwrap_err().contains("16 digits"));
        assert!(number("NaN").unwrap().is_nan());
    }

    #[test]
    fn days_and_times_count_from_1970_and_infinity_is_refused() {
        assert_eq!(RawDay(0).since_1970(), Ok(10_957));
        assert_eq!(RawTime(1).since_1970(), Ok(946_684_800_000_001));
        for refused in [RawDay(i32::MAX).since_1970().err(), RawDay(i32::MIN).since_1970().err()] {
            assert!(refused.unwrap().contains("infinity"));
        }
        assert!(RawTime(i64::MAX).since_1970().is_err() && RawTime(i64::MIN).since_1970().is_err());
    }
}
