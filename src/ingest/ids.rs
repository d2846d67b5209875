//! Ids: what counts as the same id, and stable 64-bit keys of ids that are only compared.
//!
//! The same rules hold in every table, so that tables written by different programs join:
//! blanks at both ends are dropped; `12680.0`, which is how a spreadsheet writes the number 12680, is `12680`;
//! `007` is not `7`.

use polars::prelude::*;

use super::facts::Example;
use super::gather::{Cell, gather};
use super::words::Words;
use crate::maths::hash::key;

/// The id behind a text; `None` if there is nothing but blanks.
pub(crate) fn tidy(text: &str) -> Option<&str> {
    let id = text.trim();
    let id = if is_spreadsheet_float(id) { id.trim_end_matches(".0") } else { id };
    (!id.is_empty()).then_some(id)
}

/// Whether the text is a whole number written as a float: digits and `.0`.
pub(crate) fn is_spreadsheet_float(text: &str) -> bool {
    text.trim()
        .strip_suffix(".0")
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A column of ids: text, or whole numbers, which need no text until the end.
#[derive(Debug, Clone)]
pub(crate) enum IdColumn {
    /// Written as text.
    Text(StringChunked),
    /// Stored as whole numbers.
    Integers(Int64Chunked),
    /// Stored as whole numbers of half the size.
    Small(Int32Chunked),
}

impl IdColumn {
    /// The id column behind a column of text, whole numbers, or floats (each a whole number, else as written).
    pub(crate) fn new(column: &Column) -> PolarsResult<Self> {
        let dtype = column.dtype();
        if *dtype == DataType::Int32 {
            return Ok(Self::Small(column.i32()?.clone()));
        }
        if dtype.is_integer() && *dtype != DataType::UInt64 {
            return Ok(Self::Integers(column.cast(&DataType::Int64)?.i64()?.clone()));
        }
        if dtype.is_float() {
            // NaN is how a program without other absent numbers writes that there is none.
            let floats = column.cast(&DataType::Float64)?;
            let floats: Float64Chunked = floats.f64()?.iter().map(|id| id.filter(|id| !id.is_nan())).collect();
            if floats.iter().flatten().all(|value| whole(value).is_some()) {
                return Ok(Self::Integers(floats.iter().map(|value| value.and_then(whole)).collect()));
            }
            // Each by itself, so that what an id is called depends on no other row.
            let written = column.cast(&DataType::String)?;
            let written = written.str()?.iter().zip(floats.iter());
            let id = |(text, value): (Option<&str>, Option<f64>)| match value.map(|value| (whole(value), text)) {
                Some((Some(number), _)) => Some(number.to_string()),
                Some((None, text)) => text.map(str::to_owned),
                None => None,
            };
            return Ok(Self::Text(written.map(id).collect()));
        }
        Ok(Self::Text(column.cast(&DataType::String)?.str()?.clone()))
    }

    /// The ids as words, and how many rows were written like `12680.0`.
    pub(crate) fn words(&self) -> (Words, SpreadsheetIds) {
        match self {
            Self::Integers(column) => (Words::from_integers(column), SpreadsheetIds::default()),
            Self::Small(column) => (Words::from_integers(column), SpreadsheetIds::default()),
            Self::Text(column) => {
                let words = Words::from_text(column);
                let found = SpreadsheetIds::in_words(&words);
                (words.rewritten(tidy), found)
            }
        }
    }

    /// The ids as keys; 0 where there is none.
    pub(crate) fn keys(&self) -> (Vec<u64>, SpreadsheetIds) {
        match self {
            Self::Integers(column) => {
                let (keys, _) = gather(column, 0, |value| Cell::Value(key_of_integer(value)));
                (keys, SpreadsheetIds::default())
            }
            Self::Small(column) => {
                let (keys, _) = gather(column, 0, |value| Cell::Value(key_of_integer(i64::from(value))));
                (keys, SpreadsheetIds::default())
            }
            Self::Text(column) => {
                let (keys, _) =
                    gather(column, 0, |text| tidy(text).map_or(Cell::Absent, |id| Cell::Value(key(id.as_bytes()))));
                (keys, SpreadsheetIds::in_texts(column.iter().flatten()))
            }
        }
    }
}

/// The whole number that a float is, if it is one.
fn whole(value: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "within the range, checked in the same expression")]
    (value.fract().abs() < f64::MIN_POSITIVE && value.abs() < 9.2e18).then_some(value as i64)
}

/// How many rows carried ids like `12680.0`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SpreadsheetIds {
    /// Rows.
    pub(crate) count: u64,
    /// The first three different ones by their bytes, as written.
    pub(crate) examples: Vec<String>,
}

impl SpreadsheetIds {
    pub(super) fn in_words(words: &Words) -> Self {
        let affected: Vec<bool> = words.names.iter().map(|name| is_spreadsheet_float(name)).collect();
        if !affected.contains(&true) {
            return Self::default();
        }
        let is_affected = |code: &&u32| usize::try_from(**code).is_ok_and(|code| affected.get(code) == Some(&true));
        let mut found = Self { count: words.codes.iter().filter(is_affected).count() as u64, ..Self::default() };
        words.names.iter().filter(|name| is_spreadsheet_float(name)).for_each(|name| found.show(name));
        found
    }

    fn in_texts<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut found = Self::default();
        for text in texts.filter(|text| is_spreadsheet_float(text)) {
            found.count += 1;
            found.show(text);
        }
        found
    }

    /// Keeps a text if it is among the first by its bytes: which these are depends on no order of the rows.
    fn show(&mut self, text: &str) {
        let place = self.examples.binary_search_by(|example| example.as_str().cmp(text));
        if let Some(place) = place.err().filter(|place| *place < Example::SHOWN) {
            self.examples.insert(place, text.to_owned());
            self.examples.truncate(Example::SHOWN);
        }
    }
}

/// The key of the digits of a whole number, without writing them out.
fn key_of_integer(value: i64) -> u64 {
    let mut digits = [0_u8; 20];
    let mut rest = value.unsigned_abs();
    let mut first = digits.len();
    for (position, place) in digits.iter_mut().enumerate().rev() {
        let digit = (rest % 10) as u8;
        *place = b'0' + digit;
        first = position;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if let Some(sign) = first.checked_sub(1).filter(|_| value < 0) {
        digits[sign] = b'-';
        first = sign;
    }
    key(digits.get(first..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreadsheet_floats_lose_their_zero_and_nothing_else_changes() {
        let tidied: Vec<_> =
            ["12680.0", " 007 ", "1.50", "a.0", "12680.00", ".0", "-5.0", "  ", "v2.0"].map(tidy).to_vec();
        let expected = ["12680", "007", "1.50", "a.0", "12680.00", ".0", "-5.0", "", "v2.0"];
        assert_eq!(tidied, expected.map(|id| Some(id).filter(|id| !id.is_empty())));
    }

    #[test]
    fn one_id_has_one_key_however_it_is_stored() {
        let text = Column::new("id".into(), ["536365", "536365.0", " 536365", "-7", "0"]);
        let (keys, found) = IdColumn::new(&text).unwrap().keys();
        assert_eq!(found.count, 1);
        assert!(keys[..3].iter().all(|other| *other == keys[0]));
        let numbers = Column::new("id".into(), [536_365_i64, 536_365, 536_365, -7, 0]);
        assert_eq!(IdColumn::new(&numbers).unwrap().keys().0, keys);
        let small = Column::new("id".into(), [536_365_i32, 536_365, 536_365, -7, 0]);
        assert_eq!(IdColumn::new(&small).unwrap().keys().0, keys);
        let names = |column: &Column| {
            let (words, _) = IdColumn::new(column).unwrap().words();
            (0..5).map(|row| words.get(row).map(str::to_owned)).collect::<Vec<_>>()
        };
        assert_eq!(names(&small), names(&numbers));
        let floats = Column::new("id".into(), [536_365.0, 536_365.0, 536_365.0, -7.0, 0.0]);
        assert_eq!(IdColumn::new(&floats).unwrap().keys().0, keys);
        assert_eq!(key_of_integer(i64::MIN), key(b"-9223372036854775808"));
    }

    #[test]
    fn a_whole_float_is_written_alike_beside_others_and_alone() {
        let column = Column::new("id".into(), [Some(12_680.0), Some(1.5), None, Some(1e16)]);
        let (words, found) = IdColumn::new(&column).unwrap().words();
        let written: Vec<_> = (0..4).map(|row| words.get(row)).collect();
        assert_eq!(written, [Some("12680"), Some("1.5"), None, Some("10000000000000000")]);
        assert_eq!(found, SpreadsheetIds::default());
    }

    #[test]
    fn floats_with_gaps_stay_whole_numbers() {
        for (last, read) in [(12_681.0, "12681"), (0.5, "0.5")] {
            let column = Column::new("id".into(), [Some(12_680.0), None, Some(f64::NAN), Some(last)]);
            let (words, _) = IdColumn::new(&column).unwrap().words();
            assert_eq!([0, 1, 2, 3].map(|row| words.get(row)), [Some("12680"), None, None, Some(read)]);
            assert_eq!(IdColumn::new(&column).unwrap().keys().0[1..3], [0, 0]);
        }
    }
}
