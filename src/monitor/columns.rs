//! The columns of a feed in the last days beside all earlier windows of the same length: new nulls, one value alone, a
//! shifted unit, new levels. An alarm needs more than the widest swing that the column ever had, and by a margin.

use super::alarm::{Alarm, CONSTANT, LEVELS, Level, NULLS, UNIT};
use super::census::{Cell, Counts, Feed};
use super::feeds::Kind;
use super::words::{by_factor, days, percent};
use crate::maths::quantiles::median;
use crate::text::grouped;

/// Lengths of the windows that end on the last day, in days.
const LENGTHS: [usize; 2] = [1, 7];
/// Days before the last ones that are no reference: a fault of last week is no habit.
const RECENT: usize = 28;
/// Days at the beginning in which every level is new.
const WARM_UP: usize = 90;
/// Windows that have to be known.
const LEAST_WINDOWS: usize = 20;
/// Days in windows that say how far a column swings: of fewer the widest is soon exceeded by chance.
const LEAST_DAYS: usize = 100;
/// Values of a window that say something.
const LEAST_VALUES: u32 = 10;
/// The widest swing of the past is allowed this many times.
const MARGIN: f64 = 1.5;
/// A share that changes by less does not matter.
const LEAST_SHARE: f64 = 0.1;
/// Sizes that change by a smaller factor are prices, not units.
const LEAST_FACTOR: f64 = std::f64::consts::LN_2;

/// Alarms about the last days of each column, one for a column at most.
pub(super) fn look(feed: &Feed) -> Vec<Alarm> {
    let of_column = |(place, column): (usize, &super::census::ColumnName)| {
        let is_judged = !column.is_late;
        is_judged.then(|| LENGTHS.iter().find_map(|length| of_window(feed, place, *length)))?
    };
    feed.columns.iter().enumerate().filter_map(of_column).collect()
}

/// The windows of a column: the last one, and those that it is held against.
struct Windows {
    /// Days in each.
    length: usize,
    now: (u32, Cell),
    past: Vec<(u32, Cell)>,
}

/// What is measured of a window, if it holds enough.
type Measure = fn(&(u32, Cell)) -> Option<f64>;

impl Windows {
    fn of(feed: &Feed, place: usize, length: usize) -> Option<Self> {
        let cell = |counts: Counts| Some((counts.rows, *counts.cells.get(place)?));
        let last = feed.days.len();
        let ends = (WARM_UP + length..=last.checked_sub(RECENT)?).step_by(length);
        let past = ends.filter_map(|end| cell(feed.window(end, length)?)).collect();
        Some(Self { length, now: cell(feed.window(last, length)?)?, past })
    }

    /// The last window by some measure, beside the middle and the widest swing of the earlier ones.
    fn beside(&self, measure: Measure) -> Option<Beside> {
        let now = measure(&self.now)?;
        let past: Vec<f64> = self.past.iter().filter_map(measure).collect();
        if past.len() < LEAST_WINDOWS || past.len() * self.length < LEAST_DAYS {
            return None;
        }
        let usual = median(past.iter().copied())?;
        let swing = past.iter().map(|value| (value - usual).abs()).fold(0.0, f64::max);
        Some(Beside { now, usual, swing, n_past: past.len() })
    }
}

/// A figure of the last days beside those of the past.
#[derive(Debug, Clone, Copy)]
struct Beside {
    now: f64,
    usual: f64,
    swing: f64,
    n_past: usize,
}

impl Beside {
    fn allowed(self, least: f64) -> f64 {
        (MARGIN * self.swing).max(least)
    }
}

fn filled_share((rows, cell): &(u32, Cell)) -> Option<f64> {
    (*rows >= LEAST_VALUES).then(|| f64::from(cell.filled) / f64::from(*rows))
}

fn novel_share((_, cell): &(u32, Cell)) -> Option<f64> {
    (cell.filled >= LEAST_VALUES).then(|| f64::from(cell.novel) / f64::from(cell.filled))
}

fn mean_log((_, cell): &(u32, Cell)) -> Option<f64> {
    cell.mean_log().filter(|_| cell.sized >= LEAST_VALUES)
}

fn of_window(feed: &Feed, place: usize, length: usize) -> Option<Alarm> {
    let windows = Windows::of(feed, place, length)?;
    let column = feed.columns.get(place)?;
    let about = About { feed, column: &column.name, span: days(feed, length), length };
    let nulls = windows.beside(filled_share).filter(|beside| beside.usual - beside.now > beside.allowed(LEAST_SHARE));
    if let Some(beside) = nulls {
        return Some(about.nulls(beside, windows.now.0));
    }
    let is_of_sizes = column.kind == Kind::Sized;
    let sizes = windows.beside(mean_log).filter(|_| is_of_sizes);
    if let Some(beside) = sizes.filter(|beside| (beside.now - beside.usual).abs() > beside.allowed(LEAST_FACTOR)) {
        return Some(about.unit(beside, windows.now.1.sized));
    }
    let is_of_levels = column.kind == Kind::Levels;
    let novel = windows.beside(novel_share).filter(|_| is_of_levels);
    if let Some(beside) = novel.filter(|beside| beside.now - beside.usual > beside.allowed(LEAST_SHARE)) {
        return Some(about.levels(beside, windows.now.1.novel));
    }
    // Among few values a rare one is easily absent: that so few vary is known from windows that had no more.
    let is_as_small = |window: &&(u32, Cell)| (2..=windows.now.1.filled).contains(&window.1.filled);
    let past: Vec<_> = windows.past.iter().filter(is_as_small).collect();
    let always_varied = past.len() * length >= LEAST_DAYS && past.iter().all(|(_, cell)| !cell.is_constant());
    let is_constant = windows.now.1.filled >= LEAST_VALUES && windows.now.1.is_constant();
    (is_constant && always_varied && column.kind != Kind::Other).then(|| about.constant(windows.now.1, past.len()))
}

/// What an alarm is about.
struct About<'f> {
    feed: &'f Feed,
    column: &'f str,
    span: String,
    length: usize,
}

impl About<'_> {
    fn alarm(
        &self,
        check: &'static str,
        (figure, limit, n): (f64, f64, u32),
        (message, hint): (String, &str),
    ) -> Alarm {
        Alarm {
            check,
            level: Level::Warn,
            feed: Some(self.feed.name),
            column: Some(self.column.to_owned()),
            figure,
            limit,
            n: u64::from(n),
            message: format!("`{}.{}`: {message}", self.feed.name, self.column),
            hint: hint.to_owned(),
        }
    }

    /// The windows that the last one was held against.
    fn past(&self, n: usize) -> String {
        format!(
            "{} earlier windows of {} day{}",
            grouped(n as u64),
            self.length,
            if self.length == 1 { "" } else { "s" }
        )
    }

    fn nulls(&self, beside: Beside, rows: u32) -> Alarm {
        let message = format!(
            "{} of {} rows on {} have a value; usual are {}, and in {} never under {}",
            percent(beside.now),
            grouped(u64::from(rows)),
            self.span,
            percent(beside.usual),
            self.past(beside.n_past),
            percent(beside.usual - beside.swing),
        );
        let hint = "has the source stopped to deliver the column, or has it another name there? Deliver the rows again";
        self.alarm(NULLS, (beside.now, beside.usual - beside.allowed(LEAST_SHARE), rows), (message, hint))
    }

    fn unit(&self, beside: Beside, n: u32) -> Alarm {
        let change = beside.now - beside.usual;
        let message = format!(
            "values on {} are {} than usual (geometric mean of {}); in {} they never moved by a factor above {:.2}",
            self.span,
            by_factor(change),
            grouped(u64::from(n)),
            self.past(beside.n_past),
            beside.swing.exp(),
        );
        let hint = "is it another unit, such as cents for euros, or another currency? Correct the rows or the mapping";
        let limit = beside.allowed(LEAST_FACTOR);
        // What customers spend is in most features: a list of wrong amounts helps nobody.
        let level = if self.column == "amount" && self.feed.name == "purchases" { Level::Stop } else { Level::Warn };
        Alarm { level, ..self.alarm(UNIT, (change.exp(), (limit * change.signum()).exp(), n), (message, hint)) }
    }

    fn levels(&self, beside: Beside, n: u32) -> Alarm {
        let message = format!(
            "{} of the values on {} were never seen before ({} rows); in {} it was never more than {}",
            percent(beside.now),
            self.span,
            grouped(u64::from(n)),
            self.past(beside.n_past),
            percent(beside.usual + beside.swing),
        );
        let hint =
            "are values written in another way than before? If the range is new, train a model with `retain run`";
        self.alarm(LEVELS, (beside.now, beside.usual + beside.allowed(LEAST_SHARE), n), (message, hint))
    }

    fn constant(&self, cell: Cell, n_past: usize) -> Alarm {
        let message = format!(
            "all {} values on {} are equal; in {} they never were",
            grouped(u64::from(cell.filled)),
            self.span,
            self.past(n_past)
        );
        let hint = "has the source put a default in place of the values? Deliver the rows again";
        self.alarm(CONSTANT, (1.0, 2.0, cell.filled), (message, hint))
    }
}

#[cfg(test)]
mod tests {
    use super::super::census::ColumnName;
    use super::*;

    /// Three hundred days of forty rows; the last ones are changed.
    fn feed(kind: Kind, last: Cell, n_last: usize) -> Feed {
        let usual = |day: usize| Cell {
            filled: 36 + u32::try_from(day * 7_919 % 5).unwrap(),
            sized: 36,
            log_milli: 36 * (3_000 + i64::try_from(day * 104_729 % 200).unwrap()),
            novel: u32::try_from(day % 2).unwrap(),
            range: [1.0, 9.0],
        };
        let n_days = 300;
        let day = |day: usize| Counts {
            rows: 40,
            cells: vec![if day + n_last >= n_days { last } else { usual(day) }],
            ..Counts::default()
        };
        let columns = vec![ColumnName { name: "amount".into(), kind, is_late: false }];
        let days = (0..n_days).map(day).collect();
        Feed { name: "purchases", columns, first: 19_000, days, total: Counts::of_columns(1) }
    }

    fn checks(kind: Kind, last: Cell, n_last: usize) -> Vec<(&'static str, Level)> {
        look(&feed(kind, last, n_last)).into_iter().map(|alarm| (alarm.check, alarm.level)).collect()
    }

    const USUAL: Cell = Cell { filled: 38, sized: 36, log_milli: 36 * 3_100, novel: 1, range: [1.0, 9.0] };

    #[test]
    fn each_fault_is_one_alarm_on_its_first_day() {
        assert_eq!(checks(Kind::Sized, USUAL, 1), []);
        let empty = Cell::default();
        assert_eq!(checks(Kind::Sized, empty, 1), [(NULLS, Level::Warn)]);
        let cents = Cell { log_milli: 36 * (3_100 + 4_605), range: [100.0, 900.0], ..USUAL };
        assert_eq!(checks(Kind::Sized, cents, 1), [(UNIT, Level::Stop)]);
        let renamed = Cell { novel: 38, ..USUAL };
        assert_eq!(checks(Kind::Levels, renamed, 1), [(LEVELS, Level::Warn)]);
        let constant = Cell { range: [2.0, 2.0], ..USUAL };
        assert_eq!(checks(Kind::Levels, constant, 1), [(CONSTANT, Level::Warn)]);
    }

    #[test]
    fn a_fault_is_still_told_on_the_nights_that_follow_and_dear_days_are_quiet() {
        assert_eq!(checks(Kind::Sized, Cell::default(), 10), [(NULLS, Level::Warn)]);
        let dear = Cell { log_milli: 36 * (3_100 + 400), ..USUAL };
        assert_eq!(checks(Kind::Sized, dear, 7), []);
    }

    #[test]
    fn the_message_has_figure_level_and_sample() {
        let cents = Cell { log_milli: 36 * (3_100 + 4_605), range: [100.0, 900.0], ..USUAL };
        let alarm = look(&feed(Kind::Sized, cents, 1)).remove(0);
        assert!(alarm.message.starts_with("`purchases.amount`: values on 2022-"), "{alarm}");
        assert!(alarm.message.contains("larger by a factor of 100 than usual (geometric mean of 36)"), "{alarm}");
        assert!(alarm.figure > alarm.limit && alarm.n == 36);
    }
}
