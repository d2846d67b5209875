//! Whether the last days of a feed are whole: their rows beside those of the same weekdays before. How far a count may lie
//! off is taken from the shop's own past, and a day as low a year ago is a season or a holiday.

use super::alarm::{Alarm, Level, MISSING, SURPLUS};
use super::census::Feed;
use super::feasts;
use super::words::{days, rows, whole};
use crate::maths::quantiles::median;
use crate::text::{counted, grouped, verb};

/// Lengths of the windows that end on the last day, in days: a busy feed shows a lack after one, a quiet one after a week.
const LENGTHS: [usize; 4] = [1, 2, 4, 7];
/// Weeks that say what is usual of a weekday.
const WEEKS: usize = 8;
/// Days before the last ones that say nothing of what is usual: a fault of last week is no habit.
const RECENT: usize = 28;
/// Windows that have to be known.
const LEAST_WINDOWS: usize = 60;
/// A window is unusual beyond so many standard deviations of the windows of the past.
const FAR: f64 = 4.0;
/// A window of a year ago with many rows explains one of today if it was off by this share of what is unusual.
const HALF: f64 = 0.5;
/// A window without any row is unusual beyond so many standard deviations, where none of the past with at least half as many
/// usual rows was empty.
const FAR_AND_EMPTY: f64 = 3.0;
/// A window that is empty by chance more often than this says nothing: the distance of small counts exaggerates.
const RARE: f64 = 1e-2;
/// Windows of the past that have to be known to say that none was empty.
const LEAST_FULL: usize = 180;
/// Unusual windows are a habit of the shop if there are more of them a year.
const HABIT_PER_YEAR: f64 = 2.0;
/// Days to the same weekday a year ago.
const YEAR: usize = 364;
/// Windows that end at most so many days from that day lie in the same season.
const SEASON: usize = 10;
/// Windows that end at most so many days from the same date a year ago are of that date: a leap day may lie between.
const DATE: usize = 1;
/// Windows that end at most so many days from the day as far from a feast, the last time, lie in the same season.
const FEAST: usize = 2;
/// A shop without a row for so many days, in which so many rows are usual, is closed or its feed has stopped.
const LEAST_CLOSED: usize = 3;
const LEAST_LACKING: f64 = 20.0;
/// A feed of purchases with less than this share of its usual rows has stopped.
const STOPPED: f64 = 0.2;
/// Nights that say how late the feed is delivered, and how many of them have to be known.
const NIGHTS: usize = 28;
const LEAST_NIGHTS: usize = 5;
/// A day on which fewer rows are usual is a closed one.
const CLOSED: f64 = 0.5;
/// A feed as late on one of so many nights, and not once alone, is always delivered like that.
const HABIT: usize = 10;
const LEAST_LATE: usize = 2;

/// Rows of a window beside what is usual.
#[derive(Debug, Clone, Copy)]
struct Held {
    found: f64,
    usual: f64,
}

impl Held {
    /// Distance in standard deviations of a Poisson count.
    ///
    /// # Source
    /// Anscombe (1948), Biometrika 35, 246-254: the square root of a count plus 3/8 has a variance near 1/4.
    fn distance(self) -> f64 {
        2.0 * ((self.found + 0.375).sqrt() - (self.usual + 0.375).sqrt())
    }

    /// The same rows beside those of a window that is off by as much as an earlier one.
    fn beside(self, then: Self) -> Self {
        Self { found: self.found, usual: self.usual * then.found / then.usual.max(1.0) }
    }

    /// Whether rows that lie off like those of an earlier window would be as far off as these.
    fn is_as_far_as(self, then: Self, limit: f64) -> bool {
        let side = (self.found - self.usual).signum();
        self.beside(then).distance() * side <= limit
    }

    /// Whether it has at least half of the rows that one off by as much as an earlier window would have, but for half a row, or lies
    /// below them by no more than both may by chance: one day long ago tells what a holiday brings no better than one day today.
    fn is_like(self, then: Self, limit: f64) -> bool {
        let alike = self.beside(then);
        let both = (1.0 + self.usual / then.usual.max(1.0)).sqrt();
        (self.found + 0.5) * 2.0 >= alike.usual || -alike.distance() <= limit * both
    }

    /// Whether it lies off by a factor that matters.
    fn matters(self) -> bool {
        self.found * 2.0 <= self.usual || (self.found >= self.usual * 2.0 && self.usual >= 5.0)
    }
}

/// An alarm of too few or too many rows in the last days of a feed. `lags` are the days without a row before each of the
/// nights before, the earliest first.
pub(super) fn look(feed: &Feed, lags: &[u32]) -> Option<Alarm> {
    let lags = lags.get(lags.len().saturating_sub(NIGHTS)..).unwrap_or_default();
    let lag = feed.lag_days();
    let n_as_late = lags.iter().filter(|before| **before >= lag).count();
    let is_usual = lag > 0 && n_as_late >= LEAST_LATE && n_as_late * HABIT >= lags.len();
    let counts: Vec<f64> = feed.days.iter().map(|day| f64::from(day.rows)).collect();
    let usual: Vec<Option<f64>> = (0..counts.len()).map(|day| usual(&counts, day)).collect();
    let is_closed = is_closed_again(&counts, &usual, lag as usize);
    LENGTHS.iter().find_map(|length| {
        let held = |end: usize| held(&counts, &usual, end, *length);
        let now = unusual(feed, *length, &held).filter(|now| !(is_usual || is_closed) || now.found > now.usual)?;
        let a_year = counts.len().checked_sub(YEAR + SEASON).is_some_and(|end| held(end).is_some());
        let (length, now) = if now.found > 0.0 { (*length, now) } else { whole_lack(&usual, lag, (*length, now)) };
        Some(alarm(feed, length, now, Knows { a_year, nights: lags.len() >= LEAST_NIGHTS }))
    })
}

/// Names the rejected rows of tonight where they could be the ones that lack: rows that came cannot be delivered again.
pub(super) fn with_rejected(mut alarm: Alarm, rejected: u64) -> Alarm {
    // The limit is half of what is usual.
    let lacking = 2.0 * alarm.limit - alarm.figure;
    if alarm.check == MISSING && rejected as f64 * 2.0 >= lacking {
        alarm.hint = format!(
            "{} of the feed {} rejected tonight, perhaps the ones that lack: `retain check` says why; mend them, or deliver the \
             missing days, and run again",
            counted(rejected, "row"),
            verb(rejected, "is", "are")
        );
    }
    alarm
}

/// Whether the shop was without a row for as long a year ago: one that closes for its holidays closes again. How many rows were
/// usual then says nothing, for it may have grown.
fn is_closed_again(counts: &[f64], usual: &[Option<f64>], lag: usize) -> bool {
    let was_closed = |shift: usize| {
        let end = counts.len().checked_sub(shift)?;
        let days = end.checked_sub(lag)?..end;
        let usual = usual.get(days.clone())?.iter().copied().sum::<Option<f64>>()?;
        Some(usual >= LEAST_LACKING && counts.get(days)?.iter().all(|rows| *rows <= 0.0))
    };
    lag >= LEAST_CLOSED && (YEAR - SEASON..=YEAR + SEASON).any(|shift| was_closed(shift).unwrap_or(false))
}

/// All days that lack, from the first one on which rows are usual, where the last window has none: the file may be older.
fn whole_lack(usual: &[Option<f64>], lag: u32, (length, now): (usize, Held)) -> (usize, Held) {
    let from = usual.len().saturating_sub(lag as usize);
    let days = usual.get(from..).unwrap_or_default();
    let is_closed = |usual: &&Option<f64>| usual.is_some_and(|usual| usual < CLOSED);
    let lacking = days.get(days.iter().take_while(is_closed).count()..).unwrap_or_default();
    match lacking.iter().copied().sum::<Option<f64>>() {
        Some(sum) if !lacking.is_empty() => (lacking.len(), Held { found: 0.0, usual: sum }),
        _ => (length, now),
    }
}

/// What is usual on the weekday of a day: the mean of the weeks before without the highest and the lowest.
fn usual(counts: &[f64], day: usize) -> Option<f64> {
    let mut weeks: Vec<f64> = (1..=WEEKS).map_while(|week| counts.get(day.checked_sub(7 * week)?).copied()).collect();
    if weeks.len() < WEEKS {
        return None;
    }
    weeks.sort_by(f64::total_cmp);
    let middle = weeks.get(1..WEEKS - 1)?;
    Some(middle.iter().sum::<f64>() / middle.len() as f64)
}

fn held(counts: &[f64], usual: &[Option<f64>], end: usize, length: usize) -> Option<Held> {
    let from = end.checked_sub(length)?;
    let found = counts.get(from..end)?.iter().sum();
    let usual = usual.get(from..end)?.iter().copied().sum::<Option<f64>>()?;
    Some(Held { found, usual })
}

/// The last window, if the shop's past does not explain it.
fn unusual(feed: &Feed, length: usize, held: &impl Fn(usize) -> Option<Held>) -> Option<Held> {
    let n_days = feed.days.len();
    let now = held(n_days)?;
    if !now.matters() {
        return None;
    }
    let past: Vec<(usize, Held)> =
        (0..(n_days + 1).saturating_sub(RECENT)).filter_map(|end| Some((end, held(end)?))).collect();
    if past.len() < LEAST_WINDOWS {
        return None;
    }
    let centre = median(past.iter().map(|(_, held)| held.distance()))?;
    let spread = median(past.iter().map(|(_, held)| (held.distance() - centre).abs()))? * 1.4826;
    // Rows come in orders: what swings more than a Poisson count says as much as one of fewer rows.
    let is_empty = now.found <= 0.0 && (-now.usual / spread.max(1.0).powi(2)).exp() <= RARE;
    // A shop that was small once had empty days then, which say nothing of one with as many rows as today's.
    let alike = || past.iter().filter(|(_, held)| held.usual * 2.0 >= now.usual);
    let is_new = is_empty && alike().count() >= LEAST_FULL && alike().all(|(_, held)| held.found > 0.0);
    let limit = if is_new { FAR_AND_EMPTY } else { FAR } * spread.max(1.0);
    let side = (now.distance() - centre).signum();
    let is_far = |held: &Held| (held.distance() - centre) * side > limit && held.matters();
    if !is_far(&now) {
        return None;
    }
    // A quiet week of holidays does not explain a day without any row. A Friday of 1.9 times the rows does explain one of 2.1
    // times, and a holiday with a third of the rows one with a sixth, or with as few as chance makes of both; of days that are not of
    // that date, one of few rows by chance explains no feed that has stopped.
    let is_near = |then: &Held| (then.distance() - centre) * side > limit * HALF;
    let explains = |then: &Held, is_of_the_day: bool| {
        let may_be_near = side > 0.0 || (is_of_the_day && now.found > 0.0 && now.is_like(*then, limit * HALF));
        // Christmas Eve is no reason for a day without any row a week before it.
        let may_be_empty = is_of_the_day || now.found > 0.0 || then.found <= 0.0;
        may_be_empty && (is_far(then) || (may_be_near && is_near(then))) && now.is_as_far_as(*then, limit)
    };
    let is_season = same_seasons(feed).any(|Season { end, around, is_of_the_day }| {
        (end.saturating_sub(around)..=end + around).filter_map(held).any(|then| explains(&then, is_of_the_day))
    });
    let ends: Vec<usize> = past.iter().filter(|(_, held)| is_far(held)).map(|(end, _)| *end).collect();
    let per_year = episodes(&ends, length.max(SEASON)) as f64 * 365.0 / past.len() as f64;
    // Days of few rows are no habit of days without any.
    (!is_season && (is_new || per_year <= HABIT_PER_YEAR)).then_some(now)
}

/// Windows of the past that lay in the same season as the last one.
#[derive(Debug, Clone, Copy)]
struct Season {
    /// Where the middle one ends.
    end: usize,
    /// Days around it at which others end.
    around: usize,
    /// Whether they are of the same day of the year, or as far from a feast.
    is_of_the_day: bool,
}

/// A year ago, on the same date a year ago, and as far from a feast that moves.
fn same_seasons(feed: &Feed) -> impl Iterator<Item = Season> {
    let n_days = feed.days.len();
    let last = i32::try_from(n_days).unwrap_or(0) + feed.first - 1;
    let at_feast = feasts::same_days_the_last_time(last).filter_map(|day| usize::try_from(day - feed.first + 1).ok());
    let of_the_day = |around: usize| move |end: usize| Season { end, around, is_of_the_day: true };
    let year = n_days.checked_sub(YEAR).map(|end| Season { end, around: SEASON, is_of_the_day: false });
    let date = n_days.checked_sub(YEAR + 1).map(of_the_day(DATE));
    year.into_iter().chain(date).chain(at_feast.map(of_the_day(FEAST)))
}

/// Stretches of at most `length` days that hold them all: the windows of one season are one, and its start is no habit.
fn episodes(ends: &[usize], length: usize) -> usize {
    let mut last: Option<usize> = None;
    let mut count = 0;
    for end in ends {
        if last.is_none_or(|last| *end >= last + length) {
            (last, count) = (Some(*end), count + 1);
        }
    }
    count
}

/// What is known of the past, without which nothing is stopped.
#[derive(Debug, Clone, Copy)]
struct Knows {
    a_year: bool,
    nights: bool,
}

fn alarm(feed: &Feed, length: usize, Held { found, usual }: Held, knows: Knows) -> Alarm {
    let is_missing = found < usual;
    let (name, span) = (feed.name, days(feed, length));
    let has_stopped = is_missing && found < STOPPED * usual && name == "purchases" && knows.a_year && knows.nights;
    let season = if knows.a_year { "; a year ago it was not so" } else { "; a year ago is not known" };
    let message = format!(
        "`{name}`: {} on {span}, and about {} are usual on these weekdays (the {WEEKS} weeks before){season}",
        rows(found),
        grouped(whole(usual)),
    );
    let hint = if is_missing {
        "was the feed delivered to its end, and were rows rejected? Deliver the missing days and run again"
    } else {
        "was a file delivered twice, or were late rows delivered at once? If it was a campaign, the list is right"
    };
    Alarm {
        check: if is_missing { MISSING } else { SURPLUS },
        level: if has_stopped { Level::Stop } else { Level::Warn },
        feed: Some(name),
        column: None,
        figure: found,
        limit: if is_missing { usual / 2.0 } else { usual * 2.0 },
        n: whole(found),
        message,
        hint: hint.to_owned(),
    }
}

#[cfg(test)]
#[path = "completeness_tests.rs"]
mod tests;
