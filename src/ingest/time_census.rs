//! How the values of a column of times are written, counted over all of them.

use polars::prelude::*;

use super::dates::{self, Day, Order};
use super::gather::in_pieces;
use super::iso;
use super::number_census::Count;
use super::time_form::{Clock, TimeForm};
use super::zone::is_believable;
use crate::units::MICROS_PER_DAY;

/// What the census is held against.
#[derive(Debug, Clone, Default)]
pub(crate) struct Against {
    /// The form that the config gives.
    pub(crate) given: Option<TimeForm>,
    /// Local midnight of the as-of day in microseconds, if there is one.
    pub(crate) as_of: Option<i64>,
}

/// How the values of a column of times are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TimeCensus {
    /// Values that are not absent.
    pub(crate) values: u64,
    pub(crate) iso: u64,
    /// Those of days above 12, and one of a day up to 12.
    pub(crate) iso_above_12: u64,
    pub(crate) iso_example: String,
    /// Dates that need no order: names of months, digits without marks.
    pub(crate) known: Count,
    /// Dates of numbers with marks that can only be read in one order, and those that can be read in both.
    pub(crate) day_first: Count,
    pub(crate) month_first: Count,
    pub(crate) either: Count,
    /// Those that are the same day in both.
    pub(crate) same: u64,
    /// Numbers that count from a fixed day.
    pub(crate) clocks: [Count; 4],
    /// What the form of the config cannot read, and is a time nevertheless.
    pub(crate) missed: Count,
    /// The days in the order of the file, if the day or the month comes first.
    pub(crate) days: Runs,
    pub(crate) months: Runs,
    pub(crate) short_years: ShortYears,
}

/// Days in the order of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Runs {
    first: Option<i64>,
    last: Option<i64>,
    ups: u64,
    downs: u64,
    /// Days after the as-of day.
    pub(crate) later: u64,
}

/// Changes of day that tell whether a file is in order.
const LEAST_CHANGES: u64 = 20;

impl Runs {
    fn see(&mut self, day: i64, as_of: Option<i64>) {
        self.step(day);
        self.first.get_or_insert(day);
        self.last = Some(day);
        self.later += u64::from(as_of.is_some_and(|as_of| day >= as_of));
    }

    fn step(&mut self, day: i64) {
        match self.last {
            Some(last) if day > last => self.ups += 1,
            Some(last) if day < last => self.downs += 1,
            _ => {}
        }
    }

    fn add(&mut self, later: &Self) {
        if let Some(first) = later.first {
            self.step(first);
            self.first.get_or_insert(first);
        }
        self.last = later.last.or(self.last);
        self.ups += later.ups;
        self.downs += later.downs;
        self.later += later.later;
    }

    /// Whether the file is in order, or clearly is not; `None` if nobody can tell.
    pub(crate) const fn is_in_order(&self) -> Option<bool> {
        let (changes, least) = (self.ups + self.downs, if self.ups < self.downs { self.ups } else { self.downs });
        match changes {
            0..LEAST_CHANGES => None,
            _ if least * 200 <= changes => Some(true),
            _ if least * 20 >= changes => Some(false),
            _ => None,
        }
    }
}

/// The numbers of dates with years of two digits: the year may stand first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ShortYears {
    first: Span,
    second: Span,
    third: Span,
    pub(crate) example: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Span(Option<(i64, i64)>);

impl Span {
    fn see(&mut self, value: i64) {
        let (low, high) = self.0.unwrap_or((value, value));
        self.0 = Some((low.min(value), high.max(value)));
    }

    fn add(&mut self, other: &Self) {
        if let Some((low, high)) = other.0 {
            self.see(low);
            self.see(high);
        }
    }

    /// How far apart its ends are, and the upper one.
    fn width(&self) -> (i64, i64) {
        self.0.map_or((0, 0), |(low, high)| (high - low, high))
    }
}

impl ShortYears {
    fn see(&mut self, (first, second, third): (i64, i64, i64), text: &str) {
        if self.first.0.is_none() {
            text.clone_into(&mut self.example);
        }
        self.first.see(first);
        self.second.see(second);
        self.third.see(third);
    }

    fn add(&mut self, other: Self) {
        if self.first.0.is_none() {
            self.example = other.example;
        }
        self.first.add(&other.first);
        self.second.add(&other.second);
        self.third.add(&other.third);
    }

    /// Whether the first number is like a year, and the last like a day: few different ones there, many here.
    pub(crate) fn stand_first(&self) -> bool {
        let ((first, _), (_, second), (third, last)) = (self.first.width(), self.second.width(), self.third.width());
        first <= 15 && second <= 12 && last <= 31 && third >= 20
    }
}

impl TimeCensus {
    /// Counts the values of a column of texts.
    pub(crate) fn of(texts: &StringChunked, against: &Against) -> Self {
        let mut whole = Self::default();
        let pieces = in_pieces(texts, |values| {
            let mut census = Self::default();
            values.flatten().for_each(|text| census.see(text.trim(), against));
            census
        });
        for piece in pieces {
            whole.add(piece);
        }
        whole
    }

    fn see(&mut self, text: &str, against: &Against) {
        if text.is_empty() {
            return;
        }
        if iso::parse(text).is_some() {
            self.iso += 1;
            if text.as_bytes().get(8..10).is_some_and(|day| day > b"12".as_slice()) {
                self.iso_above_12 += 1;
            } else if self.iso_example.is_empty() {
                text.clone_into(&mut self.iso_example);
            }
        } else if dates::is_no_date(text) {
            return;
        } else if !self.see_other(text, against.as_of) {
            self.values += 1;
            return;
        }
        self.values += 1;
        if against
            .given
            .as_ref()
            .is_some_and(|given| given.read(text).is_none_or(|written| !is_believable(written.clock)))
        {
            self.missed.see(text);
        }
    }

    /// Counts what is not written as in ISO 8601; whether it is a time.
    fn see_other(&mut self, text: &str, as_of: Option<i64>) -> bool {
        let Some(apart) = dates::apart(text) else { return self.see_clock(text) };
        if let Day::Known(..) = apart.day {
            return match apart.written(Order::DayFirst) {
                Some(_) => {
                    self.known.see(text);
                    true
                }
                None => self.see_clock(text),
            };
        }
        let midnight =
            |order| apart.written(order).map(|written| written.clock.div_euclid(MICROS_PER_DAY) * MICROS_PER_DAY);
        let (day_first, month_first) = (midnight(Order::DayFirst), midnight(Order::MonthFirst));
        match (day_first, month_first) {
            (Some(one), Some(other)) if one == other => self.same += 1,
            (Some(_), Some(_)) => self.either.see(text),
            (Some(_), None) => self.day_first.see(text),
            (None, Some(_)) => self.month_first.see(text),
            (None, None) if apart.written(Order::YearFirst).is_none() => return false,
            (None, None) => {}
        }
        if let Some(day) = day_first {
            self.days.see(day, as_of);
        }
        if let Some(day) = month_first {
            self.months.see(day, as_of);
        }
        if let Day::ShortNumbers(first, second, third) = apart.day {
            self.short_years.see((first, second, third), text);
        }
        true
    }

    fn see_clock(&mut self, text: &str) -> bool {
        let clock = Clock::of(text).and_then(|own| Clock::ALL.iter().position(|clock| *clock == own));
        match clock.and_then(|place| self.clocks.get_mut(place)) {
            Some(count) => {
                count.see(text);
                true
            }
            None => false,
        }
    }

    /// Adds later rows.
    pub(crate) fn add(&mut self, later: Self) {
        self.values += later.values;
        self.iso += later.iso;
        self.iso_above_12 += later.iso_above_12;
        if self.iso_example.is_empty() {
            self.iso_example = later.iso_example;
        }
        self.known.add(later.known);
        self.day_first.add(later.day_first);
        self.month_first.add(later.month_first);
        self.either.add(later.either);
        self.same += later.same;
        for (own, other) in self.clocks.iter_mut().zip(later.clocks) {
            own.add(other);
        }
        self.missed.add(later.missed);
        self.days.add(&later.days);
        self.months.add(&later.months);
        self.short_years.add(later.short_years);
    }

    /// Values that are dates, whatever their order.
    pub(crate) const fn dates(&self) -> u64 {
        self.iso + self.known.n + self.ordered()
    }

    /// Values of numbers with marks.
    pub(crate) const fn ordered(&self) -> u64 {
        self.day_first.n + self.month_first.n + self.either.n + self.same
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_add_up_to_the_whole() {
        let texts = [
            "2024-01-02",
            "02.03.2024",
            "13/02/2024",
            "02/13/24",
            "5 Nov 2024",
            "45292",
            "1704096000",
            "soon",
            "",
            "00.00.0000",
            "01/01/24",
            "01.02.2024",
        ];
        let against = Against { given: Some(TimeForm::given("%d.%m.%Y")), as_of: Some(0) };
        let mut added = TimeCensus::default();
        for text in texts {
            added.add(TimeCensus::of(&[Some(text)].into_iter().collect(), &against));
        }
        let whole = TimeCensus::of(&texts.iter().map(|text| Some(*text)).collect(), &against);
        assert_eq!(added, whole);
        assert_eq!((whole.values, whole.iso, whole.known.n, whole.either.n, whole.same), (10, 1, 1, 2, 1));
        assert_eq!((whole.day_first.n, whole.month_first.n), (1, 1));
        assert_eq!((whole.clocks[0].n, whole.clocks[1].n, whole.missed.n), (1, 1, 7));
        assert_eq!(whole.days.later, 4);
    }
}
