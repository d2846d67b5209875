//! The form in which the times of a column are written, and how a text is read in it.

use std::fmt;

use jiff::fmt::strtime::BrokenDownTime;

use super::dates::{self, Order};
use super::iso::{self, Written};
use crate::units::MICROS_PER_DAY;

/// How the times of a column are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TimeForm {
    /// ISO 8601.
    Iso,
    /// ISO 8601, names of months, digits without marks, and numbers with marks in one order.
    Dates(Order),
    /// A count from a fixed day.
    Clock(Clock),
    /// A `strftime` format.
    Pattern(String),
}

/// What is counted from a fixed day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// Days from the end of 1899, as spreadsheets count them.
    Excel,
    Seconds,
    Milliseconds,
    Microseconds,
}

impl Clock {
    pub(super) const ALL: [Self; 4] = [Self::Excel, Self::Seconds, Self::Milliseconds, Self::Microseconds];

    const fn word(self) -> &'static str {
        match self {
            Self::Excel => "excel",
            Self::Seconds => "epoch_seconds",
            Self::Milliseconds => "epoch_milliseconds",
            Self::Microseconds => "epoch_microseconds",
        }
    }

    /// The count that a number is by its size alone.
    pub(super) fn of(text: &str) -> Option<Self> {
        let (whole, _) = count(text)?;
        match whole {
            10_000..=73_050 => Some(Self::Excel),
            100_000_000..=7_258_118_399 => Some(Self::Seconds),
            100_000_000_000..=7_258_118_399_999 => Some(Self::Milliseconds),
            100_000_000_000_000..=7_258_118_399_999_999 => Some(Self::Microseconds),
            _ => None,
        }
    }

    fn read(self, text: &str) -> Option<Written> {
        let (whole, millionths) = count(text)?;
        let since_epoch = |micros: Option<i64>| Some(Written { clock: micros?, offset: Some(0) });
        match self {
            Self::Excel => {
                let days = whole.checked_sub(EXCEL_EPOCH)?.checked_mul(MICROS_PER_DAY)?;
                let of_day = millionths.checked_mul(MICROS_PER_DAY / 1_000_000)?;
                // Parts of a day as decimals are not exact; nobody means less than a tenth of a second.
                let clock = days.checked_add((of_day + 50_000) / 100_000 * 100_000)?;
                Some(Written { clock, offset: None })
            }
            Self::Seconds => {
                since_epoch(whole.checked_mul(1_000_000).and_then(|micros| micros.checked_add(millionths)))
            }
            Self::Milliseconds => since_epoch(whole.checked_mul(1000)),
            Self::Microseconds => since_epoch(Some(whole)),
        }
    }
}

/// The day 1970-01-01 in a spreadsheet.
const EXCEL_EPOCH: i64 = 25_569;

/// A number without sign: its whole part and the millionths behind a point or comma.
fn count(text: &str) -> Option<(i64, i64)> {
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(part) {
        return None;
    }
    let millionths = part.bytes().chain(std::iter::repeat(b'0')).take(6);
    let mut millionths = millionths.fold(0, |sum, byte| sum * 10 + i64::from(byte - b'0'));
    millionths += i64::from(part.as_bytes().get(6).copied().is_some_and(|byte| byte >= b'5'));
    Some((whole.parse().ok()?, millionths))
}

impl TimeForm {
    /// The form of a word or format of the config.
    pub(crate) fn given(text: &str) -> Self {
        match text {
            "iso" => Self::Iso,
            "day_first" => Self::Dates(Order::DayFirst),
            "month_first" => Self::Dates(Order::MonthFirst),
            "year_first" => Self::Dates(Order::YearFirst),
            word => match Clock::ALL.into_iter().find(|clock| clock.word() == word) {
                Some(clock) => Self::Clock(clock),
                None => Self::Pattern(text.to_owned()),
            },
        }
    }

    /// Reads a text without blanks at its ends.
    pub(crate) fn read(&self, text: &str) -> Option<Written> {
        match self {
            Self::Iso => iso::parse(text),
            Self::Dates(order) => iso::parse(text).or_else(|| dates::apart(text)?.written(*order)),
            Self::Clock(clock) => clock.read(text),
            Self::Pattern(format) => with_format(format, text),
        }
    }

    /// The order of day and month that the form implies, if it has any.
    pub(super) fn order(&self) -> Option<Order> {
        match self {
            Self::Dates(order) => Some(*order),
            Self::Pattern(format) => {
                let place = |letters: &[&str]| letters.iter().filter_map(|letter| format.find(letter)).min();
                let (day, month) = (place(&["%d", "%e", "%-d"])?, place(&["%m", "%-m"])?);
                Some(if day < month { Order::DayFirst } else { Order::MonthFirst })
            }
            Self::Iso | Self::Clock(_) => None,
        }
    }
}

impl fmt::Display for TimeForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Iso => "iso",
            Self::Dates(Order::DayFirst) => "day_first",
            Self::Dates(Order::MonthFirst) => "month_first",
            Self::Dates(Order::YearFirst) => "year_first",
            Self::Clock(clock) => clock.word(),
            Self::Pattern(format) => format,
        })
    }
}

/// A time in a `strftime` format; a format without hours means midnight.
fn with_format(format: &str, text: &str) -> Option<Written> {
    let parsed = BrokenDownTime::parse(format, text).ok()?;
    if let Ok(instant) = parsed.to_timestamp() {
        return Some(Written { clock: instant.as_microsecond(), offset: Some(0) });
    }
    let midnight = || parsed.to_date().ok().map(|date| date.to_datetime(jiff::civil::Time::midnight()));
    let local = parsed.to_datetime().ok().or_else(midnight)?;
    let clock = jiff::tz::Offset::UTC.to_timestamp(local).ok()?.as_microsecond();
    Some(Written { clock, offset: None })
}

/// The format with day and month exchanged; `None` if it does not have both as numbers.
pub(super) fn exchanged(format: &str) -> Option<String> {
    let (day, month) = (format.find("%d")?, format.find("%m")?);
    let mut exchanged = format.to_owned();
    exchanged.replace_range(day..day + 2, "%m");
    exchanged.replace_range(month..month + 2, "%d");
    Some(exchanged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_told_apart_by_their_size_and_read() {
        let read = |form: &str, text| {
            let written = TimeForm::given(form).read(text)?;
            Some(jiff::Timestamp::from_microsecond(written.clock).unwrap().to_string())
        };
        for (word, text, expected) in [
            ("excel", "45292", "2024-01-01T00:00:00Z"),
            ("excel", "45292.354166666664", "2024-01-01T08:30:00Z"),
            ("excel", "45292,5", "2024-01-01T12:00:00Z"),
            ("epoch_seconds", "1704096000", "2024-01-01T08:00:00Z"),
            ("epoch_seconds", "1704096000.5", "2024-01-01T08:00:00.5Z"),
            ("epoch_milliseconds", "1704096000123", "2024-01-01T08:00:00.123Z"),
            ("epoch_microseconds", "1704096000123456", "2024-01-01T08:00:00.123456Z"),
        ] {
            assert_eq!(read(word, text).as_deref(), Some(expected), "{text}");
            assert_eq!(Clock::of(text).map(Clock::word), Some(word), "{text}");
        }
        assert_eq!(read("excel", "-5"), None);
        assert_eq!((Clock::of("1985"), Clock::of("99999999")), (None, None));
        assert_eq!(read("epoch_seconds", "99999999999999999999"), None);
    }

    #[test]
    fn forms_have_words_and_formats_an_order() {
        for word in ["iso", "day_first", "month_first", "year_first", "excel", "epoch_seconds", "%d.%m.%Y"] {
            assert_eq!(TimeForm::given(word).to_string(), word);
        }
        assert_eq!(TimeForm::given("%d.%m.%Y").order(), Some(Order::DayFirst));
        assert_eq!(TimeForm::given("%m/%d/%Y").order(), Some(Order::MonthFirst));
        assert_eq!(exchanged("%d.%m.%Y %H:%M").as_deref(), Some("%m.%d.%Y %H:%M"));
        assert_eq!(exchanged("%b %d"), None);
    }
}
