//! The feeds of a shop, counted by the day on which each row became known, before the day of the list: a feed that records
//! its rows days later is as whole as it ever was. All counts are whole numbers, so that neither the order of rows nor threads
//! change a bit.

use jiff::tz::TimeZone;
use rayon::prelude::*;

use super::delivered::Delivered;
use super::feeds::{Column, FeedTable, Kind, feeds};
use crate::timeline::columns::Tables;
use crate::timeline::{Calendar, Cutoff, date_of};
use crate::units::Timestamp;

/// Days before the day of the list that are counted; older ones say little of today.
const DAYS: i32 = 1_100;

const MICROS_PER_HOUR: i64 = 3_600_000_000;

/// What some rows hold in a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cell {
    /// Rows with a value.
    pub(super) filled: u32,
    /// Rows with a value other than zero, of a column with sizes.
    pub(super) sized: u32,
    /// Sum of the natural logarithms of their sizes, in thousandths.
    pub(super) log_milli: i64,
    /// Rows with a level that no earlier day had.
    pub(super) novel: u32,
    /// The least and the greatest value.
    pub(super) range: [f64; 2],
}

impl Default for Cell {
    fn default() -> Self {
        Self { filled: 0, sized: 0, log_milli: 0, novel: 0, range: [f64::INFINITY, f64::NEG_INFINITY] }
    }
}

impl Cell {
    fn count(&mut self, value: f64, kind: Kind) {
        self.filled += 1;
        self.range = [self.range[0].min(value), self.range[1].max(value)];
        if kind == Kind::Sized && value != 0.0 {
            self.sized += 1;
            self.log_milli += milli(value.abs().ln());
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.filled += other.filled;
        self.sized += other.sized;
        self.log_milli += other.log_milli;
        self.novel += other.novel;
        self.range = [self.range[0].min(other.range[0]), self.range[1].max(other.range[1])];
    }

    /// Mean of the logarithms of the sizes.
    pub(super) fn mean_log(&self) -> Option<f64> {
        (self.sized > 0).then(|| self.log_milli as f64 / 1000.0 / f64::from(self.sized))
    }

    /// Whether all of its values are one.
    pub(super) fn is_constant(&self) -> bool {
        self.range[0] >= self.range[1]
    }
}

/// Rows of a stretch of days.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Counts {
    pub(super) rows: u32,
    /// Sums of cosine and sine of the hours of the day, in thousandths.
    pub(super) clock: [i64; 2],
    /// Rows of each hour of the day; none in a profile of an earlier night.
    pub(super) hours: [u32; 24],
    pub(super) cells: Vec<Cell>,
}

impl Counts {
    pub(super) fn of_columns(n_columns: usize) -> Self {
        Self { cells: vec![Cell::default(); n_columns], ..Self::default() }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.clock = [self.clock[0] + other.clock[0], self.clock[1] + other.clock[1]];
        self.hours.iter_mut().zip(other.hours).for_each(|(own, other)| *own += other);
        self.cells.iter_mut().zip(&other.cells).for_each(|(own, other)| own.add(other));
    }
}

/// A feed by day.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Feed {
    pub(super) name: &'static str,
    pub(super) columns: Vec<ColumnName>,
    /// The first day, counted from 1970-01-01; the last one is the day before the list.
    pub(super) first: i32,
    /// Each day from the first on; empty for facts without a time.
    pub(super) days: Vec<Counts>,
    /// All rows that were known.
    pub(super) total: Counts,
}

/// A column of a feed, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ColumnName {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) is_late: bool,
}

impl Feed {
    /// Whole days without a row before the day of the list.
    pub(super) fn lag_days(&self) -> u32 {
        let empty = self.days.iter().rev().take_while(|day| day.rows == 0).count();
        u32::try_from(empty).unwrap_or(u32::MAX)
    }

    /// What `length` days hold that end before place `end`; `None` if they are not all counted.
    pub(super) fn window(&self, end: usize, length: usize) -> Option<Counts> {
        let days = self.days.get(end.checked_sub(length)?..end)?;
        let mut sum = Counts::of_columns(self.columns.len());
        for day in days {
            sum.add(day);
        }
        Some(sum)
    }
}

/// All feeds of a shop on the day of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Census {
    /// The day of the list, counted from 1970-01-01.
    pub(super) as_of: i32,
    pub(super) feeds: Vec<Feed>,
    /// How many rows came in and how many of them repeat others.
    pub(super) delivered: Vec<Delivered>,
}

impl Census {
    /// Counts what was known before `as_of`, by days of `zone`.
    #[must_use]
    pub fn of(tables: &Tables, delivered: Vec<Delivered>, as_of: Cutoff, zone: &TimeZone) -> Self {
        let days = Days::before(as_of, zone);
        let feeds = feeds(tables).iter().map(|table| days.count(table)).collect();
        Self { as_of: as_of.day(), feeds, delivered }
    }

    /// Rows of a feed that were known before its day, and how many of them have a value in each column.
    #[must_use]
    pub fn filled(&self, feed: &str) -> Option<(u64, Vec<(&str, u64)>)> {
        let feed = self.feeds.iter().find(|other| other.name == feed)?;
        let cells = feed.columns.iter().zip(&feed.total.cells);
        let filled = cells.map(|(column, cell)| (column.name.as_str(), u64::from(cell.filled))).collect();
        Some((u64::from(feed.total.rows), filled))
    }
}

/// The days that are counted.
struct Days {
    calendar: Calendar,
    first: i32,
    /// When each begins.
    begins: Vec<Timestamp>,
    as_of: Timestamp,
}

/// Not counted by day, because it is older than the days that are.
const OLD: u32 = u32::MAX;
/// Not known before the day of the list.
const UNKNOWN: u32 = u32::MAX - 1;

impl Days {
    fn before(as_of: Cutoff, zone: &TimeZone) -> Self {
        let first = as_of.day() - DAYS;
        let begin = |day: i32| date_of(day).map_or(as_of, |date| Cutoff::at_start_of(date, zone)).at();
        let begins = (first..as_of.day()).map(begin).collect();
        Self { calendar: Calendar::new(zone), first, begins, as_of: as_of.at() }
    }

    /// The place of the day of each row.
    fn places(&self, table: &FeedTable<'_>) -> Vec<u32> {
        let is_known = |at: Option<&Timestamp>| at.is_none_or(|at| *at < self.as_of);
        let place = |row: usize| {
            let at = table.at.and_then(|at| at.get(row));
            let recorded = table.recorded_at.and_then(|at| at.get(row));
            if !is_known(at) || !is_known(recorded) {
                return UNKNOWN;
            }
            at.map_or(OLD, |at| self.place(*recorded.unwrap_or(at).max(at)))
        };
        (0..table.n_rows).into_par_iter().map(place).collect()
    }

    /// The place of the day of an instant.
    fn place(&self, at: Timestamp) -> u32 {
        u32::try_from(self.calendar.day(at) - self.first).unwrap_or(OLD)
    }

    fn count(&self, table: &FeedTable<'_>) -> Feed {
        let places = self.places(table);
        let names = table.columns.iter().map(|column| ColumnName {
            name: column.name.clone(),
            kind: column.kind,
            is_late: column.is_late,
        });
        let (mut days, old) = self.rows(table, &places);
        let counted: Vec<(Vec<Cell>, Cell)> =
            table.columns.par_iter().map(|column| cells(column, &places, self.begins.len())).collect();
        let mut total = old;
        for (of_days, of_old) in counted {
            days.iter_mut().zip(of_days).for_each(|(day, cell)| day.cells.push(cell));
            total.cells.push(of_old);
        }
        for day in &days {
            total.add(day);
        }
        let n_before = days.iter().take_while(|day| day.rows == 0).count();
        let days = if table.at.is_some() { days.split_off(n_before) } else { Vec::new() };
        let first = self.first + i32::try_from(n_before).unwrap_or(0);
        Feed { name: table.name, columns: names.collect(), first, days, total }
    }

    /// Rows and clocks of each day, and the rows before them.
    fn rows(&self, table: &FeedTable<'_>, places: &[u32]) -> (Vec<Counts>, Counts) {
        let clock: Vec<[i64; 2]> = (0..24).map(on_the_circle).collect();
        let (mut days, mut old) = (vec![Counts::default(); self.begins.len()], Counts::default());
        for (row, place) in places.iter().enumerate().filter(|(_, place)| **place != UNKNOWN) {
            let day = days.get_mut(*place as usize).unwrap_or(&mut old);
            day.rows += 1;
            let Some(at) = table.at.and_then(|at| at.get(row)) else { continue };
            let begin = self.begins.get(self.place(*at) as usize).unwrap_or(at);
            let since = at.0 - begin.0;
            let hour = usize::try_from(since / MICROS_PER_HOUR).unwrap_or(0).min(23);
            if let Some(([cosine, sine], rows)) = clock.get(hour).zip(day.hours.get_mut(hour)) {
                *rows += 1;
                day.clock = [day.clock[0] + cosine, day.clock[1] + sine];
            }
        }
        (days, old)
    }
}

/// An hour of the day on the circle, in thousandths.
fn on_the_circle(hour: u32) -> [i64; 2] {
    let angle = std::f64::consts::TAU * f64::from(hour) / 24.0;
    [milli(angle.cos()), milli(angle.sin())]
}

/// A number in thousandths.
#[expect(clippy::cast_possible_truncation, reason = "logarithms and cosines are small")]
fn milli(value: f64) -> i64 {
    (value * 1000.0).round() as i64
}

/// The code behind a value of a column with levels.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it was a code before")]
const fn code(value: f64) -> usize {
    value as usize
}

/// What a column holds on each day, and before them.
fn cells(column: &Column<'_>, places: &[u32], n_days: usize) -> (Vec<Cell>, Cell) {
    let (mut days, mut old) = (vec![Cell::default(); n_days], Cell::default());
    let known = || places.iter().enumerate().filter(|(_, place)| **place != UNKNOWN);
    for (row, place) in known() {
        let Some(value) = (column.value)(row) else { continue };
        days.get_mut(*place as usize).unwrap_or(&mut old).count(value, column.kind);
    }
    if column.kind == Kind::Levels {
        let day_of = |place: u32| if place == OLD { -1 } else { i64::from(place) };
        // Codes count up from 0.
        let mut first_seen: Vec<i64> = Vec::new();
        for (row, place) in known() {
            let Some(code) = (column.value)(row).map(code) else { continue };
            if code >= first_seen.len() {
                first_seen.resize(code + 1, i64::MAX);
            }
            if let Some(first) = first_seen.get_mut(code) {
                *first = (*first).min(day_of(*place));
            }
        }
        for (row, place) in known() {
            let Some(code) = (column.value)(row).map(code) else { continue };
            if let Some(day) = days.get_mut(*place as usize)
                && first_seen.get(code) == Some(&day_of(*place))
            {
                day.novel += 1;
            }
        }
    }
    (days, old)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::timeline::columns::PurchaseColumns;
    use crate::units::{MICROS_PER_DAY, Money};

    #[test]
    fn rows_count_on_the_day_they_became_known_and_never_at_or_after_the_day_of_the_list() {
        let as_of = Cutoff::at_start_of(date(2024, 6, 1), &TimeZone::UTC);
        let ago = |days: f64| {
            #[expect(clippy::cast_possible_truncation)]
            let micros = (days * MICROS_PER_DAY as f64) as i64;
            Timestamp(as_of.at().0 - micros)
        };
        let happened = [3.5, 3.5, 2.5, 0.5, 0.0, 2_000.0];
        let recorded = [3.5, 1.5, -1.0, 0.5, 0.0, 2_000.0];
        let purchases = PurchaseColumns {
            customer: vec![0; 6],
            purchased_at: happened.map(ago).to_vec(),
            recorded_at: Some(recorded.map(ago).to_vec()),
            amount: [100, 200, 0, 400, 500, 600].map(Money).to_vec(),
            is_return: vec![false; 6],
            channel: Some(vec![0, 1, 2, 1, 3, 4]),
            ..PurchaseColumns::default()
        };
        let tables = Tables { customer_ids: vec!["a".into()], purchases, ..Tables::default() };
        let census = Census::of(&tables, Vec::new(), as_of, &TimeZone::UTC);
        let feed = &census.feeds[0];
        assert_eq!(feed.days.iter().map(|day| day.rows).collect::<Vec<_>>(), [1, 0, 1, 1]);
        assert_eq!((feed.first, feed.total.rows), (as_of.day() - 4, 4));
        let channel = feed.columns.iter().position(|column| column.name == "channel").unwrap();
        assert_eq!(feed.days.iter().map(|day| day.cells[channel].novel).collect::<Vec<_>>(), [1, 0, 1, 0]);
        assert_eq!(feed.total.cells[0].range.map(|bound| bound.to_string()), ["100", "600"]);
    }
}
