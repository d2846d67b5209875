//! Reads times written as text in the forms of ISO 8601, without allocation: a date, or a date and a time, with or
//! without seconds, fractions, `Z` or an offset.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::timeline::day_of;
use crate::units::MICROS_PER_DAY;

/// A time as written: the clock it shows and the offset, if it names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Written {
    /// What the clock shows, in microseconds as if it were UTC.
    pub(crate) clock: i64,
    /// Microseconds ahead of UTC; `None` for a local time.
    pub(crate) offset: Option<i64>,
}

/// Reads `2011-06-12`, `2011-06-12T08:30`, `2011-06-12 08:30:15.25`, `2011-06-12T08:30:15Z`, `…+01:00`, `…+0100`,
/// `…+01`; `None` for anything else, impossible dates included.
pub(crate) fn parse(text: &str) -> Option<Written> {
    let mut rest = Cursor(text.as_bytes());
    let (year, month, day) = (rest.digits(4)?, rest.after(b'-')?.digits(2)?, rest.after(b'-')?.digits(2)?);
    let date = midnight(year, month, day)?;
    if rest.0.is_empty() {
        return Some(Written { clock: date, offset: None });
    }
    rest.one_of(b"T t")?;
    let (hour, minute) = (rest.digits(2)?, rest.after(b':')?.digits(2)?);
    let (second, fraction) = rest.seconds()?;
    if !is_of_a_day(hour, minute, second) {
        return None;
    }
    let clock = date + ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction;
    let offset = rest.offset()?;
    rest.0.is_empty().then_some(Written { clock, offset })
}

/// Whether a clock shows it; a day ends at 24:00.
pub(super) const fn is_of_a_day(hour: i64, minute: i64, second: i64) -> bool {
    (hour <= 23 && minute <= 59 && second <= 59) || (hour == 24 && minute == 0 && second == 0)
}

/// What is left to read.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn digits(&mut self, n: usize) -> Option<i64> {
        let (head, tail) = self.0.split_at_checked(n)?;
        let mut value = 0;
        for byte in head {
            value = value * 10 + i64::from(byte.is_ascii_digit().then(|| byte - b'0')?);
        }
        self.0 = tail;
        Some(value)
    }

    fn one_of(&mut self, allowed: &[u8]) -> Option<u8> {
        let (first, tail) = self.0.split_first()?;
        allowed.contains(first).then(|| {
            self.0 = tail;
            *first
        })
    }

    fn after(&mut self, byte: u8) -> Option<&mut Self> {
        self.one_of(&[byte]).map(|_| self)
    }

    /// `:SS` and a fraction of any length, cut after microseconds; both may be absent.
    fn seconds(&mut self) -> Option<(i64, i64)> {
        if self.one_of(b":").is_none() {
            return Some((0, 0));
        }
        let second = self.digits(2)?;
        if self.one_of(b".,").is_none() {
            return Some((second, 0));
        }
        let (mut fraction, mut unit, mut n_digits) = (0, 100_000, 0);
        while let Some(digit) = self.one_of(b"0123456789") {
            fraction += i64::from(digit - b'0') * unit;
            unit /= 10;
            n_digits += 1;
        }
        (n_digits > 0).then_some((second, fraction))
    }

    /// `Z`, `+HH:MM`, `+HHMM`, `+HH` (also `-`, and after one blank), or nothing.
    #[expect(clippy::option_option, reason = "outer: readable at all; inner: an offset is given")]
    fn offset(&mut self) -> Option<Option<i64>> {
        if self.0.is_empty() {
            return Some(None);
        }
        let _ = self.one_of(b" ");
        let sign = match self.one_of(b"Zz+-")? {
            b'+' => 1,
            b'-' => -1,
            _ => return Some(Some(0)),
        };
        let hours = self.digits(2)?;
        let colon = self.one_of(b":").is_some();
        let minutes = if self.0.is_empty() && !colon { 0 } else { self.digits(2)? };
        (hours <= 23 && minutes <= 59).then_some(Some(sign * (hours * 60 + minutes) * 60_000_000))
    }
}

/// Midnight of a date as if it were UTC, in microseconds; `None` for an impossible date.
pub(super) fn midnight(year: i64, month: i64, day: i64) -> Option<i64> {
    let date = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    // The instants of `jiff` end a day before its dates do.
    let beyond = |_| i64::from(day_of(date)) * MICROS_PER_DAY;
    Some(Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).map_or_else(beyond, Timestamp::as_microsecond))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(text: &str) -> Option<String> {
        parse(text).map(|w| jiff::Timestamp::from_microsecond(w.clock).unwrap().to_string())
    }

    #[test]
    fn every_stated_form_is_read() {
        assert_eq!(clock("2011-06-12").as_deref(), Some("2011-06-12T00:00:00Z"));
        // Of the Buddhist calendar, or a slip of the hand: one value does not tell, and such years are refused by who types a column.
        assert_eq!(clock("2524-02-28").as_deref(), Some("2524-02-28T00:00:00Z"));
        assert_eq!(clock("2011-12-31 24:00").as_deref(), Some("2012-01-01T00:00:00Z"), "the end of the day");
        assert_eq!(clock("2011-06-12T08:30").as_deref(), Some("2011-06-12T08:30:00Z"));
        assert_eq!(clock("2011-06-12 08:30:15.25").as_deref(), Some("2011-06-12T08:30:15.25Z"));
        assert_eq!(clock("2012-02-29 23:59:59.123456789").as_deref(), Some("2012-02-29T23:59:59.123456Z"));
        assert_eq!(parse("0000-02-29").map(|written| written.clock), Some(-719_469 * MICROS_PER_DAY));
        assert_eq!(parse("9999-12-31").map(|written| written.clock), Some(2_932_896 * MICROS_PER_DAY));
        let offset = |text| parse(text).unwrap().offset.map(|o| o / 60_000_000);
        assert_eq!(offset("2011-06-12T08:30:15Z"), Some(0));
        assert_eq!(offset("2011-06-12T08:30+01:00"), Some(60));
        assert_eq!(offset("2011-06-12 08:30:15 -0530"), Some(-330));
        assert_eq!(offset("2011-06-12 08:30:15+02"), Some(120));
        assert_eq!(offset("2011-06-12 08:30:15"), None);
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            "12/06/2011",
            "2011-6-12",
            "2011-02-29",
            "2011-13-01",
            "2011-06-31",
            "2011-06-12T",
            "2011-06-12T24:01",
            "2011-06-12T25:00",
            "2011-06-12T08",
            "2011-06-12T08:60",
            "2011-06-12T08:30:15.",
            "2011-06-12T08:30x",
            "2011-06-12Z",
            "2011-06-12T08:30+1",
            "20110612",
            "2011-06-12T08:30+01:",
            "٢011-06-12",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
