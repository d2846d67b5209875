//! How numbers are written: the mark before decimals, marks between thousands, signs, currencies and per cents around them.

use crate::config::is_currency_mark;
use crate::config::{DecimalMark, ThousandsMark};

/// A mark between digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    Point,
    Comma,
    Blank,
    Apostrophe,
}

impl Mark {
    const fn of(letter: char) -> Option<Self> {
        Some(match letter {
            '.' => Self::Point,
            ',' => Self::Comma,
            ' ' | '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}' => Self::Blank,
            '\'' | '\u{2019}' => Self::Apostrophe,
            _ => return None,
        })
    }

    const fn as_decimal(self) -> Option<DecimalMark> {
        match self {
            Self::Point => Some(DecimalMark::Point),
            Self::Comma => Some(DecimalMark::Comma),
            Self::Blank | Self::Apostrophe => None,
        }
    }

    const fn is_of(self, thousands: ThousandsMark) -> bool {
        matches!(
            (self, thousands),
            (Self::Point, ThousandsMark::Point)
                | (Self::Comma, ThousandsMark::Comma)
                | (Self::Blank, ThousandsMark::Blank)
                | (Self::Apostrophe, ThousandsMark::Apostrophe)
        )
    }
}

/// How the numbers of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Marks {
    pub(crate) decimal: DecimalMark,
    /// Any mark but that before decimals if it is not given.
    pub(crate) thousands: Option<ThousandsMark>,
}

impl Default for Marks {
    fn default() -> Self {
        Self { decimal: DecimalMark::Point, thousands: None }
    }
}

/// What one number shows of how numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shows {
    /// Digits without any mark that counts.
    Whole { n_digits: usize },
    /// A mark that can only stand before decimals.
    Decimal(DecimalMark),
    /// A mark that can only stand between thousands.
    Thousands(DecimalMark),
    /// One mark with three digits behind it: before decimals, or between thousands.
    Open(DecimalMark),
}

/// Longest number that is read, in digits.
const MOST_DIGITS: usize = 40;
/// Most groups of digits.
const MOST_GROUPS: usize = 14;

/// A number taken apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Apart<'t> {
    is_negative: bool,
    pub(crate) is_percent: bool,
    /// The sign or code of a currency beside it.
    pub(crate) currency: Option<&'t str>,
    digits: [u8; MOST_DIGITS],
    n_digits: usize,
    /// Digits of each group, and the mark before each but the first.
    lengths: [usize; MOST_GROUPS],
    marks: [Mark; MOST_GROUPS],
    n_groups: usize,
    exponent: &'t str,
}

impl<'t> Apart<'t> {
    /// Takes a text apart; `None` if it is no number whatever its marks mean.
    pub(crate) fn new(text: &'t str) -> Option<Self> {
        let mut apart = Self {
            is_negative: false,
            is_percent: false,
            currency: None,
            digits: [b'0'; MOST_DIGITS],
            n_digits: 0,
            lengths: [0; MOST_GROUPS],
            marks: [Mark::Point; MOST_GROUPS],
            n_groups: 1,
            exponent: "",
        };
        let rest = apart.before(text.trim())?;
        let rest = apart.number(rest)?;
        apart.behind(rest.trim())?;
        (apart.n_digits > 0).then_some(apart)
    }

    /// Takes sign, bracket and currency before the digits; returns what follows.
    fn before(&mut self, text: &'t str) -> Option<&'t str> {
        let mut rest = text;
        if let Some(inner) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            self.is_negative = true;
            rest = inner.trim();
        }
        loop {
            rest = rest.trim_start();
            let first = rest.chars().next()?;
            let second = rest.chars().nth(1);
            if first.is_ascii_digit()
                || (matches!(first, '.' | ',') && second.is_some_and(|next| next.is_ascii_digit()))
            {
                return Some(rest);
            }
            match first {
                '-' | '\u{2212}' | '\u{2013}' if !self.is_negative => self.is_negative = true,
                '+' => {}
                '(' if !self.is_negative && rest.ends_with(')') => {
                    self.is_negative = true;
                    rest = rest.get(..rest.len() - 1)?;
                }
                _ => {
                    let end = rest.find(|letter: char| letter.is_ascii_digit() || "+-(\u{2212}".contains(letter))?;
                    let run = rest.get(..end)?;
                    let mark = [run, run.trim_end_matches(['.', ','])]
                        .map(str::trim)
                        .into_iter()
                        .find(|mark| is_currency_mark(mark));
                    let mark = mark.filter(|_| self.currency.is_none())?;
                    self.currency = Some(mark);
                    rest = rest.get(mark.len()..)?;
                    continue;
                }
            }
            rest = rest.get(first.len_utf8()..)?;
        }
    }

    /// Takes digits and the marks between them; returns what follows.
    fn number(&mut self, text: &'t str) -> Option<&'t str> {
        let mut letters = text.char_indices().peekable();
        while let Some((place, letter)) = letters.next() {
            if letter.is_ascii_digit() {
                *self.digits.get_mut(self.n_digits)? = u8::try_from(letter).ok()?;
                self.n_digits += 1;
                *self.lengths.get_mut(self.n_groups - 1)? += 1;
                continue;
            }
            let rest = text.get(place..)?;
            let is_followed = letters.peek().is_some_and(|(_, next)| next.is_ascii_digit());
            match Mark::of(letter) {
                Some(mark) if is_followed || (mark.as_decimal().is_some() && rest.len() == 1) => {
                    *self.marks.get_mut(self.n_groups)? = mark;
                    self.n_groups += 1;
                    if self.n_groups > MOST_GROUPS {
                        return None;
                    }
                }
                _ => return Some(self.exponent(rest)),
            }
        }
        Some("")
    }

    /// Takes an exponent such as `E+05`.
    fn exponent(&mut self, rest: &'t str) -> &'t str {
        let Some(power) = rest.strip_prefix(['e', 'E']) else { return rest };
        let unsigned = power.strip_prefix(['+', '-']).unwrap_or(power);
        let n_digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
        let end = 1 + power.len() - unsigned.len() + n_digits;
        match (rest.get(..end), rest.get(end..)) {
            (Some(exponent), Some(rest)) if n_digits > 0 => {
                self.exponent = exponent;
                rest
            }
            _ => rest,
        }
    }

    /// Takes what may stand behind the digits.
    fn behind(&mut self, text: &'t str) -> Option<()> {
        // `12,-` says that there are no decimals.
        let mut rest = [",-", ".-", ",\u{2013}", ".\u{2013}", ",\u{2014}"]
            .iter()
            .find_map(|none| text.strip_prefix(none))
            .unwrap_or(text)
            .trim();
        // Ledgers write the side of the account behind the amount: a credit lowers what a customer owes.
        if let Some((amount, is_credit)) = without_side(rest) {
            if is_credit && self.is_negative {
                return None;
            }
            self.is_negative |= is_credit;
            rest = amount;
        }
        while let Some(first) = rest.chars().next() {
            let mut length = first.len_utf8();
            match first {
                '-' | '\u{2212}' if !self.is_negative => self.is_negative = true,
                '%' if !self.is_percent => self.is_percent = true,
                _ => {
                    let run = rest.trim_end_matches(['-', '\u{2212}', ' ']);
                    if self.currency.is_some() || !is_currency_mark(run) {
                        return None;
                    }
                    self.currency = Some(run);
                    length = run.len();
                }
            }
            rest = rest.get(length..)?.trim();
        }
        Some(())
    }

    /// Whether it begins like an id, as in `007`.
    pub(crate) fn has_leading_zero(&self) -> bool {
        self.digits[0] == b'0' && self.lengths[0] > 1
    }

    /// Digits behind the last mark; 0 without one.
    pub(crate) fn n_decimals(&self) -> usize {
        if self.n_groups > 1 { self.lengths[self.n_groups - 1] } else { 0 }
    }

    /// What it shows of how numbers are written; `None` if its marks make no number.
    pub(crate) fn shows(&self) -> Option<Shows> {
        let (n, last) = (self.n_groups, self.marks[self.n_groups - 1]);
        if n == 1 {
            return Some(Shows::Whole { n_digits: self.lengths[0] });
        }
        let Some(decimal) = last.as_decimal() else {
            return self.is_grouped(1, n).then_some(Shows::Whole { n_digits: 0 });
        };
        if n == 2 {
            let may_group = self.is_grouped(1, 2) && self.digits[0] != b'0' && self.exponent.is_empty();
            return Some(if may_group { Shows::Open(decimal) } else { Shows::Decimal(decimal) });
        }
        if self.marks[1] == last {
            return self.is_grouped(1, n).then_some(Shows::Thousands(decimal));
        }
        self.is_grouped(1, n - 1).then_some(Shows::Decimal(decimal))
    }

    /// Whether the groups from `first` to before `end` and the one before them are thousands with one mark between them. In
    /// India groups before the last have two digits.
    fn is_grouped(&self, first: usize, end: usize) -> bool {
        let (Some(lengths), Some(marks)) = (self.lengths.get(first - 1..end), self.marks.get(first..end)) else {
            return false;
        };
        let Some((head, rest)) = lengths.split_first() else { return false };
        let Some((tail, middle)) = rest.split_last() else { return true };
        (1..=3).contains(head)
            && *tail == 3
            && (middle.iter().all(|length| *length == 3) || middle.iter().all(|length| *length == 2))
            && marks.windows(2).all(|pair| pair[0] == pair[1])
    }

    /// The number in the plain form `-1299.00`, as the marks say.
    pub(crate) fn plain(&self, marks: Marks) -> Option<Plain> {
        let n = self.n_groups;
        let has_decimals = n > 1 && self.marks[n - 1].as_decimal() == Some(marks.decimal);
        let whole_end = if has_decimals { n - 1 } else { n };
        if whole_end > 1 {
            let mark = self.marks[1];
            let fits = mark.as_decimal() != Some(marks.decimal)
                && marks.thousands.is_none_or(|thousands| mark.is_of(thousands))
                && self.is_grouped(1, whole_end);
            if !fits {
                return None;
            }
        }
        let n_whole: usize = self.lengths.iter().take(whole_end).sum();
        let mut plain = Plain::default();
        if self.is_negative {
            plain.push(b'-')?;
        }
        for (place, digit) in self.digits.iter().take(self.n_digits).enumerate() {
            if place == n_whole {
                plain.push(b'.')?;
            }
            plain.push(*digit)?;
        }
        self.exponent.bytes().try_for_each(|byte| plain.push(byte))?;
        Some(plain)
    }
}

/// A text without `Cr` or `Dr` at its end, and whether it was `Cr`.
fn without_side(text: &str) -> Option<(&str, bool)> {
    let text = text.trim_end_matches('.');
    let (rest, side) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let is_apart = !rest.ends_with(char::is_alphabetic);
    let is_credit = side.eq_ignore_ascii_case("cr");
    (is_apart && (is_credit || side.eq_ignore_ascii_case("dr"))).then(|| (rest.trim_end(), is_credit))
}

/// A number in the plain form of programs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plain {
    bytes: [u8; MOST_DIGITS + 12],
    length: usize,
}

impl Default for Plain {
    fn default() -> Self {
        Self { bytes: [0; MOST_DIGITS + 12], length: 0 }
    }
}

impl Plain {
    fn push(&mut self, byte: u8) -> Option<()> {
        *self.bytes.get_mut(self.length)? = byte;
        self.length += 1;
        Some(())
    }

    pub(crate) fn text(&self) -> &str {
        self.bytes.get(..self.length).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMA: Marks = Marks { decimal: DecimalMark::Comma, thousands: None };

    fn plain(text: &str, marks: Marks) -> Option<String> {
        Some(Apart::new(text)?.plain(marks)?.text().to_owned())
    }

    #[test]
    fn signs_currencies_and_marks_are_taken_apart() {
        for (text, value) in [
            ("$1,299.00", "1299.00"),
            ("-$0.45", "-0.45"),
            ("$-0.45", "-0.45"),
            ("($1,299.00)", "-1299.00"),
            ("\u{2212}5", "-5"),
            ("+.5", "0.5"),
            ("1 299.50", "1299.50"),
            ("1\u{202f}299\u{a0}000", "1299000"),
            ("1'299.00", "1299.00"),
            ("12.50-", "-12.50"),
            ("US$ 3", "3"),
            ("Rs. 500", "500"),
            ("Rs.500", "500"),
            ("12,34,567.5", "1234567.5"),
            ("1.5E+3", "1.5E+3"),
            ("12 EUR", "12"),
            ("12EUR", "12"),
            ("7.", "7."),
            ("12.-", "12"),
            ("12.50 Cr", "-12.50"),
            ("1,299.00CR.", "-1299.00"),
            ("12.50 Dr", "12.50"),
            ("12 EUR Dr", "12"),
        ] {
            let value = value.trim_start_matches("0.5").to_owned() + if value == "0.5" { ".5" } else { "" };
            let value = if value == "7." { "7".to_owned() } else { value };
            assert_eq!(plain(text, Marks::default()), Some(value), "{text}");
        }
        for (text, value) in [
            ("1.299,00", "1299.00"),
            ("EUR 12,50", "12.50"),
            ("12,50 €", "12.50"),
            ("R$ 1.299", "1299"),
            ("1 299,00 kr", "1299.00"),
            ("1.234,56-", "-1234.56"),
            ("12,-", "12"),
            ("1.5E3", ""),
        ] {
            assert_eq!(plain(text, COMMA), Some(value.to_owned()).filter(|value| !value.is_empty()), "{text}");
        }
    }

    #[test]
    fn what_makes_no_number_is_none() {
        for text in [
            "", ".", "-", "nan", "inf", "1.2.3", "--1", "1.-2", "12x", "C489434", "two", "1,23,45", "12,50", "(5",
            "1 2", "-12 Cr", "12 XCr", "12 Cr Dr",
        ] {
            assert_eq!(plain(text, Marks::default()), None, "{text}");
        }
        let none = Marks { thousands: Some(ThousandsMark::None), ..Marks::default() };
        assert_eq!((plain("1,299", none), plain("1299", none)), (None, Some("1299".to_owned())));
    }

    #[test]
    fn a_number_shows_what_its_marks_can_be() {
        use DecimalMark::{Comma, Point};
        for (text, shows) in [
            ("201", Shows::Whole { n_digits: 3 }),
            ("1.299", Shows::Open(Point)),
            ("1,299", Shows::Open(Comma)),
            ("0.299", Shows::Decimal(Point)),
            ("1299.500", Shows::Decimal(Point)),
            ("12.5", Shows::Decimal(Point)),
            ("1.299,00", Shows::Decimal(Comma)),
            ("1,299.000", Shows::Decimal(Point)),
            ("1.234.567", Shows::Thousands(Point)),
            ("1 299", Shows::Whole { n_digits: 0 }),
        ] {
            assert_eq!(Apart::new(text).and_then(|apart| apart.shows()), Some(shows), "{text}");
        }
    }
}
