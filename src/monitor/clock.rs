//! The hours of the day at which rows happen: a shifted time zone moves them all.

use super::alarm::{Alarm, CLOCK, Level};
use super::census::{Counts, Feed};
use super::words::days;
use crate::text::grouped;

/// Lengths of the windows that end on the last day, in days.
const LENGTHS: [usize; 2] = [1, 7];
/// Days before the last ones that are no reference.
const RECENT: usize = 28;
const LEAST_WINDOWS: usize = 20;
/// Rows of a window that say something of its hours.
const LEAST_ROWS: u32 = 10;
/// The widest swing of the past is allowed this many times.
const MARGIN: f64 = 1.25;
/// Hours by which summer time moves clocks, and a bit less: a smaller shift does not matter.
const LEAST_HOURS: f64 = 0.75;
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

/// How far the hours moved in windows with half as many rows at least, because the mean of fewer swings further; in all windows
/// where there are too few of them.
fn alike(swings: &[(u32, f64)], n_rows: u32) -> Vec<f64> {
    let large: Vec<f64> = swings.iter().filter(|(rows, _)| rows * 2 >= n_rows).map(|(_, moved)| *moved).collect();
    if large.len() >= LEAST_WINDOWS { large } else { swings.iter().map(|(_, moved)| *moved).collect() }
}

/// From one hour to another the short way round, from -12 to 12.
pub(super) fn hours_between(from: f64, to: f64) -> f64 {
    (to - from + 36.0).rem_euclid(24.0) - 12.0
}

/// An alarm of moved hours.
pub(super) fn look(feed: &Feed) -> Option<Alarm> {
    LENGTHS.iter().find_map(|length| {
        let last = feed.days.len();
        let now_rows = feed.window(last, *length)?;
        let now = mean_hour(&now_rows)?;
        let before = last.checked_sub(RECENT)?;
        let usual = mean_hour(&feed.window(before, before)?)?;
        let ends = (*length..=before).step_by(*length);
        let windows = ends.filter_map(|end| feed.window(end, *length));
        let swings = windows.filter_map(|window| Some((window.rows, hours_between(usual, mean_hour(&window)?).abs())));
        let past = alike(&swings.collect::<Vec<_>>(), now_rows.rows);
        let widest = past.iter().copied().fold(0.0, f64::max);
        let (moved, limit) = (hours_between(usual, now), (MARGIN * widest).max(LEAST_HOURS));
        (past.len() >= LEAST_WINDOWS && moved.abs() > limit).then(|| Alarm {
            check: CLOCK,
            level: Level::Warn,
            feed: Some(feed.name),
            column: None,
            figure: moved,
            limit: limit * moved.signum(),
            n: u64::from(now_rows.rows),
            message: format!(
                "`{}`: the {} rows on {} happen {:.1} hours {} in the day than usual; the mean hour of {} earlier windows \
                 never moved by more than {widest:.1} hours",
                feed.name,
                grouped(u64::from(now_rows.rows)),
                days(feed, *length),
                moved.abs(),
                if moved > 0.0 { "later" } else { "earlier" },
                grouped(past.len() as u64),
            ),
            hint: "are times delivered in another zone than before? State the zone of the source, or deliver the rows again"
                .to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows around an hour that wanders by a bit.
    fn feed(last_hour: f64) -> Feed {
        let day = |day: usize| {
            let wander = f64::from(u32::try_from(day * 7_919 % 10).unwrap()) / 20.0;
            let hour = if day == 199 { last_hour } else { 14.0 + wander };
            let angle = hour * std::f64::consts::TAU / 24.0;
            #[expect(clippy::cast_possible_truncation)]
            let clock = [angle.cos(), angle.sin()].map(|part| (part * 600.0 * 50.0) as i64);
            Counts { rows: 50, clock, cells: Vec::new() }
        };
        let days = (0..200).map(day).collect();
        Feed { name: "purchases", columns: Vec::new(), first: 19_000, days, total: Counts::default() }
    }

    #[test]
    fn a_shift_of_the_zone_is_seen_on_its_first_day_with_its_size() {
        assert_eq!(look(&feed(14.6)), None);
        let alarm = look(&feed(21.2)).unwrap();
        assert!(alarm.message.contains("7.0 hours later") && (alarm.figure - 7.0).abs() < 0.1, "{alarm}");
        assert!(look(&feed(12.2)).unwrap().message.contains("2.0 hours earlier"));
    }

    #[test]
    fn small_days_that_swing_widely_do_not_hide_the_shift_of_a_usual_one() {
        let with_small_days = |last_hour: f64| {
            let mut feed = feed(last_hour);
            for day in feed.days.iter_mut().step_by(9) {
                let angle = 22.0 * std::f64::consts::TAU / 24.0;
                #[expect(clippy::cast_possible_truncation)]
                let clock = [angle.cos(), angle.sin()].map(|part| (part * 600.0 * 12.0) as i64);
                *day = Counts { rows: 12, clock, cells: Vec::new() };
            }
            feed
        };
        assert_eq!(look(&with_small_days(14.6)), None);
        assert!(look(&with_small_days(21.2)).is_some());
    }

    #[test]
    fn hours_go_the_short_way_round() {
        assert!((hours_between(23.0, 1.0) - 2.0).abs() < 1e-9 && (hours_between(1.0, 23.0) + 2.0).abs() < 1e-9);
    }

    #[test]
    fn days_without_times_say_nothing() {
        let mut dates = feed(14.0);
        dates.days.iter_mut().for_each(|day| day.clock = [50_000, 0]);
        assert_eq!(look(&dates), None);
    }
}
