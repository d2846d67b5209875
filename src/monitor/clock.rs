//! The hours of the day at which rows happen: a shifted time zone moves them all.

use super::alarm::{Alarm, CLOCK, Level};
use super::census::{Counts, Feed};
use super::words::days;
use crate::text::{counted, grouped};

/// Lengths of the windows that end on the last day, in days.
const LENGTHS: [usize; 2] = [1, 7];
/// Days before the last ones that are no reference.
const RECENT: usize = 28;
const LEAST_WINDOWS: usize = 20;
/// Rows of a window that say something of its hours.
const LEAST_ROWS: u32 = 10;
/// What looked most like a move in the past may be exceeded by so much.
const MARGIN: f64 = 1.25;
/// Logarithm of how much more likely the hours are as moved ones, below which nothing is said: of rows that come by
/// themselves, none of 23 moves gets there by chance in nine hundred nights.
const LEAST_EVIDENCE: f64 = 10.0;
/// Rows that each hour has beside those that were seen there.
const SMOOTHING: f64 = 0.5;
/// Length of the mean direction under which rows happen at any hour.
const LEAST_LENGTH: f64 = 0.1;

/// The mean hour on the circle, and how much of a mean there is.
///
/// # Source
/// Mardia and Jupp (2000), Directional Statistics, equations 2.2.3 and 2.2.4.
pub(super) fn mean_hour(counts: &Counts) -> Option<f64> {
    let [cosine, sine] = counts.clock.map(|sum| sum as f64 / 1000.0 / f64::from(counts.rows.max(1)));
    let is_a_mean = counts.rows >= LEAST_ROWS && cosine.hypot(sine) >= LEAST_LENGTH;
    is_a_mean.then(|| sine.atan2(cosine) * 24.0 / std::f64::consts::TAU)
}

/// From one hour to another the short way round, from -12 to 12.
pub(super) fn hours_between(from: f64, to: f64) -> f64 {
    (to - from + 36.0).rem_euclid(24.0) - 12.0
}

/// The logarithm of the usual share of rows of each hour.
struct Usual([f64; 24]);

/// The move of the usual hours that explains others best.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Move {
    /// Later by so many hours, earlier if more than twelve.
    hours: usize,
    /// Logarithm of how much more likely the hours are than without a move; 0 if nothing explains them better.
    evidence: f64,
}

impl Usual {
    fn of(counts: &Counts) -> Self {
        let n = counts.hours.iter().map(|rows| f64::from(*rows) + SMOOTHING).sum::<f64>();
        Self(counts.hours.map(|rows| ((f64::from(rows) + SMOOTHING) / n).ln()))
    }

    /// How well the rows of a window fit, moved later by so many hours.
    fn log_likelihood(&self, window: &Counts, moved: usize) -> f64 {
        let usual = self.0.iter().cycle().skip(24 - moved);
        window.hours.iter().zip(usual).map(|(rows, log_share)| f64::from(*rows) * log_share).sum()
    }

    fn best_move(&self, window: &Counts) -> Move {
        let unmoved = self.log_likelihood(window, 0);
        let moves = (1..24).map(|hours| Move { hours, evidence: self.log_likelihood(window, hours) - unmoved });
        moves.fold(
            Move { hours: 0, evidence: 0.0 },
            |best, other| if other.evidence > best.evidence { other } else { best },
        )
    }
}

/// An alarm of moved hours.
pub(super) fn look(feed: &Feed) -> Option<Alarm> {
    LENGTHS.iter().find_map(|length| {
        let last = feed.days.len();
        let now = feed.window(last, *length).filter(|window| window.rows >= LEAST_ROWS)?;
        let before = last.checked_sub(RECENT)?;
        let usual = Usual::of(&feed.window(before, before)?);
        let ends = (*length..=before).step_by(*length);
        let windows = ends.filter_map(|end| feed.window(end, *length)).filter(|window| window.rows >= LEAST_ROWS);
        let past: Vec<f64> = windows.map(|window| usual.best_move(&window).evidence).collect();
        let (moved, most) = (usual.best_move(&now), past.iter().copied().fold(0.0, f64::max));
        let limit = (MARGIN * most).max(LEAST_EVIDENCE);
        (past.len() >= LEAST_WINDOWS && moved.evidence > limit).then(|| Alarm {
            check: CLOCK,
            level: Level::Warn,
            feed: Some(feed.name),
            column: None,
            figure: moved.evidence,
            limit,
            n: u64::from(now.rows),
            message: format!(
                "`{}`: the {} rows on {} happen at the usual hours moved by {}; nothing in {} windows before looked as \
                 much like a move",
                feed.name,
                grouped(u64::from(now.rows)),
                days(feed, *length),
                in_words(moved.hours),
                grouped(past.len() as u64),
            ),
            hint: "are times delivered in another zone than before? State the zone of the source, or deliver the rows again"
                .to_owned(),
        })
    })
}

/// A move the short way round.
fn in_words(hours: usize) -> String {
    let (hours, direction) = if hours > 12 { (24 - hours, "earlier") } else { (hours, "later") };
    format!("{} to {direction}", counted(hours as u64, "hour"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maths::random::SplitMix64;

    /// Rows by hour of a shop that sells from morning to night, a few at any hour; in per cent.
    const SHARES: [u32; 24] = [1, 1, 0, 0, 0, 1, 1, 2, 4, 5, 6, 6, 7, 6, 6, 6, 6, 6, 7, 8, 8, 7, 4, 2];

    fn drawn(draws: &mut SplitMix64) -> usize {
        let mut left = (draws.uniform() * f64::from(SHARES.iter().sum::<u32>())).floor();
        SHARES
            .iter()
            .position(|share| {
                left -= f64::from(*share);
                left < 0.0
            })
            .unwrap_or(23)
    }

    /// Days of so many orders with two lines each, the last day moved.
    fn feed(seed: u64, orders: u32, moved: usize) -> Feed {
        let mut draws = SplitMix64::new(seed);
        let mut day = |moved: usize| {
            let mut hours = [0; 24];
            for _ in 0..orders {
                hours[(drawn(&mut draws) + moved) % 24] += 2;
            }
            Counts { rows: 2 * orders, hours, ..Counts::default() }
        };
        let days = (0..400).map(|place| day(if place == 399 { moved } else { 0 })).collect();
        Feed { name: "purchases", columns: Vec::new(), first: 19_000, days, total: Counts::default() }
    }

    #[test]
    fn a_moved_zone_is_seen_on_its_first_day_with_its_size() {
        let alarm = look(&feed(1, 40, 15)).unwrap();
        assert!(alarm.message.contains("moved by 9 hours to earlier"), "{alarm}");
        let alarm = look(&feed(2, 1_000, 2)).unwrap();
        assert!(alarm.message.contains("moved by 2 hours to later"), "{alarm}");
    }

    #[test]
    fn small_days_show_a_move_and_usual_ones_are_none() {
        let found = (10..40).filter(|seed| look(&feed(*seed, 13, 15)).is_some()).count();
        assert!(found >= 24, "{found} of 30");
        let false_alarms = (10..110).filter(|seed| look(&feed(*seed, 13, 0)).is_some()).count();
        assert!(false_alarms <= 1, "{false_alarms} of 100");
    }

    #[test]
    fn hours_go_the_short_way_round() {
        assert!((hours_between(23.0, 1.0) - 2.0).abs() < 1e-9 && (hours_between(1.0, 23.0) + 2.0).abs() < 1e-9);
        assert_eq!(
            [1, 12, 15, 23].map(in_words),
            ["1 hour to later", "12 hours to later", "9 hours to earlier", "1 hour to earlier"]
        );
    }

    #[test]
    fn days_without_times_say_nothing() {
        let mut dates = feed(3, 40, 15);
        for day in &mut dates.days {
            day.hours = [0; 24];
            day.hours[0] = day.rows;
        }
        assert_eq!(look(&dates), None);
    }
}
