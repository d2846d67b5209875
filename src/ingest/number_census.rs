//! How the values of a column of numbers are written, counted over all of them, and what that settles.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::gather::in_pieces;
use super::marks::{Apart, Marks, Shows};
use crate::config::{DecimalMark, ThousandsMark};

/// Values with one mark and three digits behind it that tell, beside short whole numbers, that the mark is one of thousands.
const LEAST_OPEN: u64 = 20;

/// Of so many values one may contradict the others and be taken for a slip.
pub(super) const SLIPS: u64 = 200;

/// Something said of each of the two marks that can stand before decimals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OfMarks<T> {
    point: T,
    comma: T,
}

impl<T> OfMarks<T> {
    pub(crate) const fn of(&self, mark: DecimalMark) -> &T {
        match mark {
            DecimalMark::Point => &self.point,
            DecimalMark::Comma => &self.comma,
        }
    }

    const fn of_mut(&mut self, mark: DecimalMark) -> &mut T {
        match mark {
            DecimalMark::Point => &mut self.point,
            DecimalMark::Comma => &mut self.comma,
        }
    }
}

/// How many values show something, and the first of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) n: u64,
    pub(crate) example: String,
}

impl Count {
    pub(super) fn see(&mut self, text: &str) {
        if self.n == 0 {
            text.clone_into(&mut self.example);
        }
        self.n += 1;
    }

    pub(super) fn add(&mut self, other: Self) {
        if self.n == 0 {
            self.example = other.example;
        }
        self.n += other.n;
    }
}

/// How the values of a column are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct NumberCensus {
    pub(crate) numbers: u64,
    /// Neither numbers nor absent; numbers with leading zeros are among them.
    others: u64,
    leading_zeros: u64,
    /// Whole numbers without marks of up to three digits, and of more.
    short: u64,
    long: u64,
    /// Values that prove which mark stands before decimals.
    proves: OfMarks<Count>,
    /// Those of them with two digits behind the mark, as amounts have.
    cents: OfMarks<u64>,
    /// Values with one mark that stands before decimals or between thousands.
    open: OfMarks<Count>,
    /// Signs and codes of currencies.
    pub(crate) currencies: BTreeMap<String, u64>,
}

/// The other of the two marks.
pub(super) const fn other(mark: DecimalMark) -> DecimalMark {
    match mark {
        DecimalMark::Point => DecimalMark::Comma,
        DecimalMark::Comma => DecimalMark::Point,
    }
}

/// The mark as it is written.
pub(super) const fn letter(mark: DecimalMark) -> char {
    match mark {
        DecimalMark::Point => '.',
        DecimalMark::Comma => ',',
    }
}

/// The number that a text is with a mark before decimals.
pub(super) fn read_with(text: &str, decimal: DecimalMark) -> String {
    let plain = Apart::new(text).and_then(|apart| apart.plain(Marks { decimal, thousands: None }));
    plain.map_or_else(|| "nothing".to_owned(), |plain| plain.text().to_owned())
}

impl NumberCensus {
    /// Counts the values of a column.
    pub(crate) fn of(texts: &StringChunked) -> Self {
        let mut whole = Self::default();
        let pieces = in_pieces(texts, |values| {
            let mut census = Self::default();
            values.flatten().for_each(|text| census.see(text));
            census
        });
        for piece in pieces {
            whole.add(piece);
        }
        whole
    }

    fn see(&mut self, text: &str) {
        if self.see_plain(text.as_bytes()) {
            return;
        }
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let Some((apart, shows)) = Apart::new(text).and_then(|apart| Some((apart, apart.shows()?))) else {
            self.others += 1;
            return;
        };
        if apart.has_leading_zero() {
            self.leading_zeros += 1;
            self.others += 1;
            return;
        }
        self.numbers += 1;
        if let Some(mark) = apart.currency {
            *self.currencies.entry(mark.to_owned()).or_default() += 1;
        }
        match shows {
            Shows::Whole { n_digits } if (1..=3).contains(&n_digits) => self.short += 1,
            Shows::Whole { n_digits } => self.long += u64::from(n_digits > 3),
            Shows::Decimal(mark) => {
                *self.cents.of_mut(mark) += u64::from(apart.n_decimals() == 2);
                self.proves.of_mut(mark).see(text);
            }
            Shows::Thousands(mark) => self.proves.of_mut(other(mark)).see(text),
            Shows::Open(mark) => self.open.of_mut(mark).see(text),
        }
    }

    /// The usual case in few steps: digits, and a point that can only stand before decimals. Whether it was one.
    fn see_plain(&mut self, text: &[u8]) -> bool {
        let digits = text.strip_prefix(b"-").unwrap_or(text);
        let point = digits.iter().position(|byte| *byte == b'.');
        let (whole, behind) = digits.split_at(point.unwrap_or(digits.len()));
        let is_plain =
            !whole.is_empty() && whole.iter().all(u8::is_ascii_digit) && (whole[0] != b'0' || whole.len() == 1);
        match behind {
            [] if is_plain => {
                if whole.len() > 3 {
                    self.long += 1;
                } else {
                    self.short += 1;
                }
            }
            [_, rest @ ..] if is_plain && rest.len() != 3 && rest.iter().all(u8::is_ascii_digit) => {
                if self.proves.point.n == 0 {
                    self.proves.point.example = String::from_utf8_lossy(text).into_owned();
                }
                self.proves.point.n += 1;
                self.cents.point += u64::from(rest.len() == 2);
            }
            _ => return false,
        }
        self.numbers += 1;
        true
    }

    /// Adds later rows.
    pub(crate) fn add(&mut self, later: Self) {
        self.numbers += later.numbers;
        self.others += later.others;
        self.leading_zeros += later.leading_zeros;
        self.short += later.short;
        self.long += later.long;
        self.cents.point += later.cents.point;
        self.cents.comma += later.cents.comma;
        self.proves.point.add(later.proves.point);
        self.proves.comma.add(later.proves.comma);
        self.open.point.add(later.open.point);
        self.open.comma.add(later.open.comma);
        for (mark, n) in later.currencies {
            *self.currencies.entry(mark).or_default() += n;
        }
    }

    /// Whether the column counts as numbers.
    pub(crate) const fn are_numbers(&self) -> bool {
        self.leading_zeros == 0 && self.others * 10 <= self.numbers + self.others
    }

    /// How many values can be read in two ways by a mark.
    pub(super) const fn n_open(&self, mark: DecimalMark) -> u64 {
        self.open.of(mark).n
    }

    /// How many values prove that a mark stands before decimals.
    pub(super) const fn n_proving(&self, mark: DecimalMark) -> u64 {
        self.proves.of(mark).n
    }

    /// Whether a mark stands before two digits in some amounts, and in others before three, which are thousands: amounts have two
    /// decimals, or as many as they need.
    fn is_both(&self, mark: DecimalMark) -> bool {
        let (open, proving, cents) = (self.open.of(mark).n, self.proves.of(mark).n, *self.cents.of(mark));
        open >= LEAST_OPEN && proving >= LEAST_OPEN && cents == proving && open * 20 >= self.numbers
    }

    /// The mark that its values prove to stand before decimals.
    fn proved(&self) -> Proved {
        let (point, comma) = (self.proves.point.n, self.proves.comma.n);
        let most = if comma > point { DecimalMark::Comma } else { DecimalMark::Point };
        match point.min(comma) {
            _ if point + comma == 0 => Proved::Nothing,
            least if least * SLIPS > point + comma => Proved::Both,
            _ => Proved::Mark(most),
        }
    }
}

/// What values prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Proved {
    Nothing,
    Mark(DecimalMark),
    Both,
}

/// A column of numbers, with what it is used for.
#[derive(Debug, Clone)]
pub(crate) struct NumberColumn {
    /// As messages call it.
    pub(crate) label: String,
    /// Decimals of the currency where it holds amounts.
    pub(crate) decimals: Option<u32>,
    pub(crate) census: NumberCensus,
}

/// How a column is read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NumberVerdict {
    /// As programs write numbers, or as the config says.
    Plain(Marks),
    /// As its values prove: a value, for an example.
    Proved(Marks, String),
    /// Its values leave two readings: the mark, how many values have it, and one of them.
    Open(DecimalMark, Count),
    /// Some values prove a point before decimals, others a comma.
    Mixed(Count, Count),
    /// Some values have the mark before two decimals, others before three digits, which may be thousands.
    Grouped(Marks, Count, Count),
}

impl NumberVerdict {
    /// The marks with which the column is read.
    pub(crate) const fn marks(&self) -> Marks {
        match self {
            Self::Plain(marks) | Self::Proved(marks, _) | Self::Grouped(marks, ..) => *marks,
            Self::Open(..) | Self::Mixed(..) => Marks { decimal: DecimalMark::Point, thousands: None },
        }
    }
}

/// What the config says.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct GivenMarks {
    pub(crate) decimal: Option<DecimalMark>,
    pub(crate) thousands: Option<ThousandsMark>,
}

impl GivenMarks {
    const fn with(self, decimal: DecimalMark) -> Marks {
        Marks { decimal, thousands: self.thousands }
    }

    /// The mark before decimals, which a mark between thousands gives away.
    pub(super) const fn decimal(self) -> Option<DecimalMark> {
        match (self.decimal, self.thousands) {
            (None, Some(ThousandsMark::Point)) => Some(DecimalMark::Comma),
            (None, Some(ThousandsMark::Comma)) => Some(DecimalMark::Point),
            (given, _) => given,
        }
    }
}

/// How each of the columns of a table is read.
pub(crate) fn settle(columns: &[&NumberColumn], given: GivenMarks) -> Vec<NumberVerdict> {
    let proved: Vec<Proved> = columns.iter().map(|column| column.census.proved()).collect();
    let by_others = |place: usize| {
        let mut others = proved.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, proved)| *proved);
        let first = others.by_ref().find(|proved| *proved != Proved::Nothing);
        first.filter(|first| others.all(|other| other == Proved::Nothing || other == *first))
    };
    columns.iter().enumerate().map(|(place, column)| verdict(column, by_others(place), given)).collect()
}

fn verdict(column: &NumberColumn, by_others: Option<Proved>, given: GivenMarks) -> NumberVerdict {
    let census = &column.census;
    let proved = |mark| NumberVerdict::Proved(given.with(mark), census.proves.of(mark).example.clone());
    match (census.proved(), given.decimal()) {
        (Proved::Both, _) => NumberVerdict::Mixed(census.proves.point.clone(), census.proves.comma.clone()),
        (Proved::Mark(mark), Some(said)) if mark == said => NumberVerdict::Plain(given.with(mark)),
        (Proved::Mark(mark), _) if column.decimals == Some(2) && census.is_both(mark) => {
            let marks = Marks { decimal: mark, thousands: None };
            NumberVerdict::Grouped(marks, census.proves.of(mark).clone(), census.open.of(mark).clone())
        }
        (Proved::Mark(mark), Some(_)) => {
            NumberVerdict::Proved(Marks { decimal: mark, thousands: None }, census.proves.of(mark).example.clone())
        }
        (Proved::Mark(DecimalMark::Point), None) => NumberVerdict::Plain(given.with(DecimalMark::Point)),
        (Proved::Mark(mark), None) => proved(mark),
        (Proved::Nothing, Some(said)) => NumberVerdict::Plain(given.with(said)),
        (Proved::Nothing, None) => unproved(column, by_others, given),
    }
}

/// A column of which no value proves the mark before decimals alone.
fn unproved(column: &NumberColumn, by_others: Option<Proved>, given: GivenMarks) -> NumberVerdict {
    let census = &column.census;
    let mark = match (census.open.point.n, census.open.comma.n) {
        (0, 0) => return NumberVerdict::Plain(given.with(DecimalMark::Point)),
        (_, 0) => DecimalMark::Point,
        (0, _) => DecimalMark::Comma,
        _ => return NumberVerdict::Mixed(census.open.point.clone(), census.open.comma.clone()),
    };
    let open = census.open.of(mark);
    let read = |decimal| match decimal {
        DecimalMark::Point if mark == DecimalMark::Point => NumberVerdict::Plain(given.with(decimal)),
        decimal => NumberVerdict::Proved(given.with(decimal), open.example.clone()),
    };
    let (as_decimal, as_thousands) = (read(mark), read(other(mark)));
    let has_whole = census.short + census.long > 0;
    let looks_grouped = census.long == 0 && (column.decimals == Some(0) || (open.n >= LEAST_OPEN && census.short > 0));
    // Among so many amounts none has the decimals of the currency, and some would have more: that cannot be meant.
    let cannot_be_decimals = column.decimals.is_some_and(|decimals| decimals < 3) && census.numbers >= LEAST_OPEN;
    match by_others {
        // Three decimals that are always written.
        _ if column.decimals == Some(3) && !has_whole => as_decimal,
        Some(Proved::Mark(decimal)) if decimal == mark && !looks_grouped && !cannot_be_decimals => as_decimal,
        Some(Proved::Mark(decimal)) if decimal != mark => as_thousands,
        None if looks_grouped && column.decimals != Some(3) => as_thousands,
        _ => NumberVerdict::Open(mark, open.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(texts: &[&str], decimals: Option<u32>) -> NumberColumn {
        let census = NumberCensus::of(&texts.iter().map(|text| Some(*text)).collect());
        NumberColumn { label: "amount".into(), decimals, census }
    }

    fn decimal(texts: &[&str], decimals: Option<u32>) -> Option<DecimalMark> {
        match settle(&[&column(texts, decimals)], GivenMarks::default()).remove(0) {
            NumberVerdict::Plain(marks) | NumberVerdict::Proved(marks, _) => Some(marks.decimal),
            NumberVerdict::Open(..) | NumberVerdict::Mixed(..) | NumberVerdict::Grouped(..) => None,
        }
    }

    #[test]
    fn values_prove_the_mark_before_decimals() {
        use DecimalMark::{Comma, Point};
        let money = Some(2);
        assert_eq!(decimal(&["12.50", "3", "1,299"], money), Some(Point));
        assert_eq!(decimal(&["1.299,00", "3"], money), Some(Comma));
        assert_eq!(decimal(&["1.234.567", "1.299"], money), Some(Comma));
        assert_eq!(decimal(&["12", "1299"], money), Some(Point));
        assert_eq!(decimal(&["1,299.00", "1.299,00"], money), None, "both");
        assert_eq!(decimal(&["1.299"], money), None);
        let many = |mark: &str, more: &[&'static str]| {
            let open: Vec<String> = (0..20).map(|n| format!("{}{mark}299", n + 1)).collect();
            let texts: Vec<&str> = open.iter().map(String::as_str).chain(more.iter().copied()).collect();
            [decimal(&texts, Some(0)), decimal(&texts, Some(2)), decimal(&texts, Some(3)), decimal(&texts, None)]
        };
        assert_eq!(many(".", &["201"]), [Some(Comma), Some(Comma), None, Some(Comma)]);
        assert_eq!(many(",", &["201"]), [Some(Point), Some(Point), None, Some(Point)]);
        assert_eq!(many(".", &[]), [Some(Comma), None, Some(Point), None], "each value has three decimals, or none");
        assert_eq!(many(".", &["1299"]), [None, None, None, None], "a thousand without a mark");
    }

    #[test]
    fn one_amount_with_three_decimals_among_whole_ones_is_open_whatever_other_columns_say() {
        let whole: Vec<String> = (1..40).map(|n| n.to_string()).chain(["1.299".to_owned()]).collect();
        let amounts = column(&whole.iter().map(String::as_str).collect::<Vec<_>>(), Some(2));
        let pieces = column(&["2.0", "1.5"], None);
        let verdict = settle(&[&amounts, &pieces], GivenMarks::default()).remove(0);
        assert!(matches!(verdict, NumberVerdict::Open(DecimalMark::Point, Count { n: 1, .. })), "{verdict:?}");
    }

    #[test]
    fn another_column_of_the_table_decides_and_the_config_does() {
        let (open, comma) = (column(&["1.299", "5"], Some(2)), column(&["0,5"], None));
        let verdicts = settle(&[&open, &comma], GivenMarks::default());
        assert_eq!(verdicts[0].marks().decimal, DecimalMark::Comma);
        let given = GivenMarks { decimal: Some(DecimalMark::Point), thousands: None };
        assert_eq!(settle(&[&open], given), [NumberVerdict::Plain(Marks::default())]);
        assert!(matches!(settle(&[&open], GivenMarks::default())[0], NumberVerdict::Open(DecimalMark::Point, _)));
    }

    #[test]
    fn pieces_add_up_to_the_whole() {
        let texts = ["1.299", "12,5", "x", "007", "$3", "1299"];
        let mut added = NumberCensus::default();
        for text in texts {
            added.add(NumberCensus::of(&[Some(text)].into_iter().collect()));
        }
        assert_eq!(added, NumberCensus::of(&texts.iter().map(|text| Some(*text)).collect()));
        assert_eq!((added.numbers, added.others, added.leading_zeros), (4, 2, 1));
    }
}
