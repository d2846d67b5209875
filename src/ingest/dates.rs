//! Reads dates as people and programs write them: numbers with any mark between them, names of months, digits without marks,
//! times with or without seconds, halves of days and zones. Which of two numbers is the day is for the whole column to say.

use super::calendars;
use super::date_words::Word;
use super::iso::{Written, is_of_a_day, midnight};

/// Which number of a date comes first where all are short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::enum_variant_names, reason = "as the config calls them")]
pub(crate) enum Order {
    DayFirst,
    MonthFirst,
    YearFirst,
}

/// The day of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Day {
    /// Year, month and day, whatever the order.
    Known(i64, i64, i64),
    /// Three numbers; the last is a year unless the year comes first. Years of two digits are completed.
    Numbers(i64, i64, i64),
    /// The same with a year of two digits.
    ShortNumbers(i64, i64, i64),
}

/// A date taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Apart {
    pub(crate) day: Day,
    /// Time of day in microseconds.
    time: i64,
    /// Microseconds ahead of UTC, if it says.
    offset: Option<i64>,
}

const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_HOUR: i64 = 3600 * MICROS_PER_SECOND;

impl Apart {
    /// The time as written; `None` for an impossible day.
    pub(crate) fn written(&self, order: Order) -> Option<Written> {
        let (year, month, day) = match (self.day, order) {
            (Day::Known(year, month, day), _)
            | (Day::Numbers(day, month, year), Order::DayFirst)
            | (Day::Numbers(month, day, year), Order::MonthFirst) => (year, month, day),
            (Day::ShortNumbers(year, month, day), Order::YearFirst)
            | (Day::ShortNumbers(day, month, year), Order::DayFirst)
            | (Day::ShortNumbers(month, day, year), Order::MonthFirst) => (full_year(year), month, day),
            (Day::Numbers(..), Order::YearFirst) => return None,
        };
        Some(Written { clock: midnight(year, month, day)? + self.time, offset: self.offset })
    }
}

/// The year of two digits, from 1969 to 2068.
const fn full_year(year: i64) -> i64 {
    if year < 69 { 2000 + year } else { 1900 + year }
}

/// Takes a date apart; `None` if it is none.
pub(crate) fn apart(text: &str) -> Option<Apart> {
    let mut rest = Rest(text.trim());
    let day = match calendars::day(rest.0) {
        Some(((year, month, day), after)) => {
            rest.0 = after;
            Day::Known(year, month, day)
        }
        None => rest.day()?,
    };
    rest.skip_to_time();
    let time = if rest.digit_follows() { rest.time()? } else { 0 };
    let offset = rest.offset()?;
    rest.blanks();
    (rest.0.is_empty() || (rest.0.starts_with('(') && rest.0.ends_with(')'))).then_some(Apart { day, time, offset })
}

/// Whether a text stands for no date at all, as `00.00.0000` and the first day of a spreadsheet do.
pub(crate) fn is_no_date(text: &str) -> bool {
    const NONE: &[&str] =
        &["1900-01-00", "1900-01-01", "1899-12-30", "1899-12-31", "01.01.1900", "01/01/1900", "00.01.1900"];
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    let has_marks = day.len() >= 8;
    (has_marks && day.bytes().all(|byte| matches!(byte, b'0' | b'.' | b'/' | b'-'))) || NONE.contains(&day)
}

/// What is left to read.
#[derive(Clone, Copy)]
struct Rest<'t>(&'t str);

impl Rest<'_> {
    fn blanks(&mut self) {
        self.0 = self.0.trim_start();
    }

    fn digit_follows(&self) -> bool {
        self.0.starts_with(|letter: char| letter.is_ascii_digit())
    }

    /// Takes one of some letters.
    fn one_of(&mut self, letters: &[char]) -> Option<char> {
        let first = self.0.chars().next().filter(|first| letters.contains(first))?;
        self.0 = self.0.get(first.len_utf8()..)?;
        Some(first)
    }

    /// Takes a word that `fits`.
    fn word<T>(&mut self, fits: impl Fn(&Word) -> Option<T>) -> Option<T> {
        let (word, rest) = Word::take(self.0)?;
        let found = fits(&word)?;
        self.0 = rest;
        Some(found)
    }

    fn skip_word(&mut self, fits: impl Fn(&Word) -> bool) -> bool {
        self.word(|word| fits(word).then_some(())).is_some()
    }

    /// Takes all digits that follow: their value and how many they are.
    fn number(&mut self) -> Option<(i64, usize)> {
        let end = self.0.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(self.0.len());
        let (digits, rest) = self.0.split_at_checked(end)?;
        let value = digits.parse().ok()?;
        self.0 = rest;
        Some((value, digits.len()))
    }

    /// Takes a number of at most two digits.
    fn short(&mut self) -> Option<i64> {
        self.number().filter(|(_, n_digits)| *n_digits <= 2).map(|(value, _)| value)
    }

    /// Takes marks and small words between the parts of a date with a name.
    fn between(&mut self) {
        loop {
            self.blanks();
            let is_taken = self.one_of(&['.', ',', '-', '/', '\'', '年', '月', '년', '월']).is_some()
                || self.skip_word(Word::joins);
            if !is_taken {
                return;
            }
        }
    }

    fn day(&mut self) -> Option<Day> {
        if self.digit_follows() {
            return self.day_of_numbers();
        }
        // `mar. 5 nov. 2024` is a Tuesday in France, and `Mar 5, 2024` a month.
        let mut named = *self;
        if let Some(day) = named.month_day_year() {
            *self = named;
            return Some(day);
        }
        if !self.skip_word(Word::is_weekday) {
            return None;
        }
        self.between();
        if self.digit_follows() { self.day_of_numbers() } else { self.month_day_year() }
    }

    /// `Nov 1, 2024`
    fn month_day_year(&mut self) -> Option<Day> {
        let month = self.word(Word::month)?;
        self.between();
        let day = self.short()?;
        self.skip_word(Word::counts);
        self.between();
        Some(Day::Known(self.year()?, month, day))
    }

    /// A year of four digits, or of two.
    fn year(&mut self) -> Option<i64> {
        match self.number()? {
            (year, 4) => Some(year),
            (year, 2) => Some(full_year(year)),
            _ => None,
        }
    }

    fn day_of_numbers(&mut self) -> Option<Day> {
        let digits = self.0;
        let (first, n_digits) = self.number()?;
        match n_digits {
            8 => Some(Day::Known(first / 10_000, first / 100 % 100, first % 100)),
            12 | 14 => {
                // Digits of a day and of a time that follows at once.
                self.0 = digits.get(8..)?;
                let date: i64 = digits.get(..8)?.parse().ok()?;
                Some(Day::Known(date / 10_000, date / 100 % 100, date % 100))
            }
            4 => {
                self.between();
                let month = self.word(Word::month).or_else(|| self.short())?;
                self.between();
                let day = self.short()?;
                self.one_of(&['日', '일']);
                Some(Day::Known(first, month, day))
            }
            1 | 2 => self.day_of_short_numbers(first),
            _ => None,
        }
    }

    fn day_of_short_numbers(&mut self, first: i64) -> Option<Day> {
        self.skip_word(Word::counts);
        let mut named = *self;
        named.between();
        if let Some(month) = named.word(Word::month) {
            *self = named;
            self.between();
            return Some(Day::Known(self.year()?, month, first));
        }
        let mark = self.one_of(&['/', '.', '-'])?;
        self.blanks();
        let second = self.short()?;
        self.one_of(&[mark])?;
        self.blanks();
        match self.number()? {
            (year, 4) => Some(Day::Numbers(first, second, year)),
            (year, 2) => Some(Day::ShortNumbers(first, second, year)),
            _ => None,
        }
    }

    /// Takes what stands between a day and a time.
    fn skip_to_time(&mut self) {
        loop {
            self.blanks();
            if self.digit_follows() {
                return;
            }
            let mut next = *self;
            let is_taken = next.one_of(&[',', '.', '-', 'T']).is_some() || next.skip_word(Word::leads_to_time);
            next.blanks();
            let goes_on =
                next.digit_follows() || next.0.starts_with(|letter: char| letter.is_alphabetic() || letter == ',');
            if !is_taken || !goes_on || next.0.is_empty() {
                // A full stop or comma may end a date.
                self.one_of(&['.', ',']);
                return;
            }
            *self = next;
        }
    }

    fn time(&mut self) -> Option<i64> {
        let (first, n_digits) = self.number()?;
        let has_marks = n_digits <= 2;
        let (hour, minute, second) = if has_marks && self.one_of(&['時', '时']).is_some() {
            (first, self.followed_by('分')?, self.followed_by('秒')?)
        } else if has_marks && self.one_of(&[':', '.', 'h']).is_some() {
            let minute = self.number().filter(|(_, n_digits)| *n_digits == 2)?.0;
            let mut seconds = *self;
            let second =
                seconds.one_of(&[':', '.']).and_then(|_| seconds.number()).filter(|(_, n_digits)| *n_digits == 2);
            if second.is_some() {
                *self = seconds;
            }
            (first, minute, second.map_or(0, |(second, _)| second))
        } else {
            match n_digits {
                // A time as a number has lost its zeros: `915` is 9:15, and `5` five minutes after midnight.
                1 | 2 if self.half_follows() => (first, 0, 0),
                1..=4 => (first / 100, first % 100, 0),
                5 | 6 => (first / 10_000, first / 100 % 100, first % 100),
                _ => return None,
            }
        };
        let fraction = self.fraction();
        self.blanks();
        let hour = match self.half() {
            None => hour,
            Some(_) if !(1..=12).contains(&hour) => return None,
            Some(is_second) => hour % 12 + if is_second { 12 } else { 0 },
        };
        if self.skip_word(Word::is_clock) {
            self.one_of(&['.']);
        }
        is_of_a_day(hour, minute, second)
            .then_some(hour * MICROS_PER_HOUR + (minute * 60 + second) * MICROS_PER_SECOND + fraction)
    }

    /// A number with a sign behind it, as in `8時07分`; 0 at the end.
    fn followed_by(&mut self, sign: char) -> Option<i64> {
        if !self.digit_follows() {
            return Some(0);
        }
        let (number, _) = self.number()?;
        self.one_of(&[sign]).map(|_| number)
    }

    /// A part of a second, cut after microseconds.
    fn fraction(&mut self) -> i64 {
        let mut rest = *self;
        if rest.one_of(&['.', ',']).is_none() || !rest.digit_follows() {
            return 0;
        }
        let (mut micros, mut unit) = (0, 100_000);
        while let Some(digit) = rest.one_of(&['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) {
            micros += digit.to_digit(10).map_or(0, i64::from) * unit;
            unit /= 10;
        }
        *self = rest;
        micros
    }

    fn half_follows(&self) -> bool {
        let mut rest = *self;
        rest.blanks();
        rest.half().is_some()
    }

    /// Takes `AM`, `pm`, `a.m.`: whether it is the second half of the day.
    fn half(&mut self) -> Option<bool> {
        let mut rest = *self;
        let (is_second, is_whole) = rest.word(Word::half)?;
        if !is_whole {
            rest.one_of(&['.'])?;
            rest.blanks();
            rest.0 = rest.0.strip_prefix(['m', 'M'])?;
            rest.one_of(&['.']);
        }
        *self = rest;
        Some(is_second)
    }

    /// `Z`, `UTC`, `PDT`, `+02:00`, `GMT+2`, or nothing.
    #[expect(clippy::option_option, reason = "outer: readable at all; inner: an offset is given")]
    fn offset(&mut self) -> Option<Option<i64>> {
        self.blanks();
        let named = self.word(Word::zone_hours);
        self.blanks();
        let Some(sign) = self.one_of(&['+', '-', '\u{2212}']) else {
            return Some(named.map(|hours| hours * MICROS_PER_HOUR));
        };
        let sign = if sign == '+' { 1 } else { -1 };
        let (value, n_digits) = self.number()?;
        let (hours, minutes) = match n_digits {
            1 | 2 if self.one_of(&[':']).is_some() => (value, self.short()?),
            1 | 2 => (value, 0),
            4 => (value / 100, value % 100),
            _ => return None,
        };
        (hours <= 23 && minutes <= 59).then_some(Some(sign * (hours * 60 + minutes) * 60 * MICROS_PER_SECOND))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, order: Order) -> Option<String> {
        let written = apart(text)?.written(order)?;
        let instant = jiff::Timestamp::from_microsecond(written.clock - written.offset.unwrap_or(0)).unwrap();
        Some(instant.to_string().trim_end_matches('Z').replace("T00:00:00", ""))
    }

    #[test]
    fn dates_are_read_in_the_order_of_the_column() {
        for (text, day_first, month_first) in [
            ("05/01/2024", Some("2024-01-05"), Some("2024-05-01")),
            ("5/1/2024 12:44", Some("2024-01-05T12:44:00"), Some("2024-05-01T12:44:00")),
            ("12/18/24", None, Some("2024-12-18")),
            ("31.12.2024 08:06:23", Some("2024-12-31T08:06:23"), None),
            ("1. 2. 2024", Some("2024-02-01"), Some("2024-01-02")),
            ("11/01/24 8:06 PM", Some("2024-01-11T20:06:00"), Some("2024-11-01T20:06:00")),
            ("01-02-2024T10:00:00.25", Some("2024-02-01T10:00:00.25"), Some("2024-01-02T10:00:00.25")),
        ] {
            assert_eq!(read(text, Order::DayFirst).as_deref(), day_first, "{text}");
            assert_eq!(read(text, Order::MonthFirst).as_deref(), month_first, "{text}");
        }
        assert_eq!(read("24/11/05", Order::YearFirst).as_deref(), Some("2024-11-05"));
    }

    #[test]
    fn names_digits_and_zones_need_no_order() {
        for (text, expected) in [
            ("Nov 1, 2024 8:06:23 AM", "2024-11-01T08:06:23"),
            ("Nov 1, 2024, 8:06:23\u{202f}PM", "2024-11-01T20:06:23"),
            ("Nov 1, 2024 8:06:23 AM PDT", "2024-11-01T15:06:23"),
            ("18-Dec-2024", "2024-12-18"),
            ("18-Dec-24 07:15", "2024-12-18T07:15:00"),
            ("1 Nov 2024", "2024-11-01"),
            ("1. März 2024 um 8.30 Uhr", "2024-03-01T08:30:00"),
            ("1er août 2024", "2024-08-01"),
            ("12 de janeiro de 2024 14:30 hs.", "2024-01-12T14:30:00"),
            ("31.12.2024 24:00", "2025-01-01"),
            ("令和6年2月3日 8時07分", "2024-02-03T08:07:00"),
            ("R6.2.3", "2024-02-03"),
            ("2024-W05-3", "2024-01-31"),
            ("1 de noviembre de 2024", "2024-11-01"),
            ("Fri, 01 Nov 2024 08:06:23 +0200", "2024-11-01T06:06:23"),
            ("Fri, 01 Nov 2024 08:06:23 GMT", "2024-11-01T08:06:23"),
            ("Friday, November 1, 2024 at 8 pm", "2024-11-01T20:00:00"),
            ("mar. 5 nov. 2024", "2024-11-05"),
            ("20240131", "2024-01-31"),
            ("20240131 0915", "2024-01-31T09:15:00"),
            ("20240131 915", "2024-01-31T09:15:00"),
            ("20240131 5", "2024-01-31T00:05:00"),
            ("20240131T091523Z", "2024-01-31T09:15:23"),
            ("202401310915", "2024-01-31T09:15:00"),
            ("20240131091523", "2024-01-31T09:15:23"),
            ("2024/1/5", "2024-01-05"),
            ("2024.01.05 12:00 a.m.", "2024-01-05"),
            ("2024-Nov-01", "2024-11-01"),
            ("2024年4月2日 8時07分", "2024-04-02T08:07:00"),
            ("2024年4月12日18時7分30秒", "2024-04-12T18:07:30"),
            ("2024年4月2日 8时", "2024-04-02T08:00:00"),
            ("2024-11-01 08:06:23 UTC", "2024-11-01T08:06:23"),
            ("2024-11-01 08:06:23 GMT+02:00", "2024-11-01T06:06:23"),
        ] {
            assert_eq!(read(text, Order::DayFirst).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "soon",
            "12",
            "2024",
            "1/2",
            "31.02.2024",
            "01/02/2024 25:00",
            "1/2/2024 x",
            "May",
            "13:45",
            "99999999",
        ] {
            assert_eq!(read(text, Order::DayFirst), None, "{text}");
        }
        for text in ["00.00.0000", "0000-00-00", "0000-00-00 00:00:00", "00000000", "1900-01-00", "1900-01-01"] {
            assert!(is_no_date(text), "{text}");
        }
        assert!(!is_no_date("0") && !is_no_date("2024-01-01"));
    }
}
