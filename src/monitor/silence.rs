//! A feed beside the purchases that has died: its silence up to the day of the list, held against the longest one before and
//! against its own pace. Such feeds are small, so that a week without a row says nothing, and a month may say a lot.

use super::alarm::{Alarm, Level, SILENT};
use super::census::{Counts, Feed};
use super::night::Night;
use super::words::whole;
use crate::text::counted;
use crate::timeline::date_of;

/// The feed that says whether the shop goes on; missing days of its own are another check.
const SHOP: &str = "purchases";
/// A silence that chance explains less often than this is none of chance.
const RARE: f64 = 1e-4;
/// Stretches before the silence that say how many days have rows: the slower pace counts, because a feed may fade.
const LENGTHS: [usize; 2] = [364, 91];
/// Days with rows that say something of a pace.
const LEAST_DAYS: usize = 20;
/// A silence so many times as long as what is told stops the list.
const STOPS: f64 = 2.0;
/// Nights before the silence that have to be known before anything is stopped: they say how late the feed is delivered.
const LEAST_NIGHTS: usize = 5;

/// An alarm of a silence that nothing before explains. `shop` are the purchases: what is silent while they are is closed.
pub(super) fn look(feed: &Feed, shop: Option<&Feed>, nights: &[&Night], as_of_day: i32) -> Option<Alarm> {
    let lag = feed.lag_days();
    let silent = f64::from(lag.saturating_sub(shop?.lag_days()));
    let known = feed.days.get(..feed.days.len().checked_sub(lag as usize)?)?;
    if feed.name == SHOP || n_with_rows(known) < LEAST_DAYS {
        return None;
    }
    let lags = lags_before(feed, nights, as_of_day - days(lag));
    let longest = longest_silence(known).max(lags.iter().copied().max().unwrap_or(0));
    let limit = f64::from(longest).max(by_chance(known)?);
    let is_long = silent >= STOPS * limit && lags.len() >= LEAST_NIGHTS;
    let level = if is_long { Level::Stop } else { Level::Warn };
    (silent > limit).then(|| alarm(feed, level, (silent, limit, longest), as_of_day - days(lag) - 1))
}

fn days(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn n_with_rows(days: &[Counts]) -> usize {
    days.iter().filter(|day| day.rows > 0).count()
}

/// The days without a row before each earlier night, of those before this silence: `ended` is the day after its last row.
fn lags_before(feed: &Feed, nights: &[&Night], ended: i32) -> Vec<u32> {
    let of_night = |night: &&Night| {
        let lag = night.shop.lag_days(feed.name)?;
        (night.as_of_day - days(lag) < ended).then_some(lag)
    };
    nights.iter().filter_map(of_night).collect()
}

/// The most days in a row without a row.
fn longest_silence(days: &[Counts]) -> u32 {
    let runs = days.split(|day| day.rows > 0).map(<[Counts]>::len);
    runs.max().and_then(|longest| u32::try_from(longest).ok()).unwrap_or(0)
}

/// The longest silence that chance explains. Days with rows are counted, not rows, because rows come in batches.
fn by_chance(known: &[Counts]) -> Option<f64> {
    let of_length = |length: &usize| {
        let last = known.get(known.len().saturating_sub(*length)..)?;
        let pace = n_with_rows(last) as f64 / (last.len() + 1) as f64;
        Some(RARE.ln() / (1.0 - pace).ln())
    };
    let limits: Vec<f64> = LENGTHS.iter().map(of_length).collect::<Option<_>>()?;
    limits.into_iter().reduce(f64::max).filter(|limit| limit.is_finite())
}

fn alarm(feed: &Feed, level: Level, (silent, limit, longest): (f64, f64, u32), last: i32) -> Alarm {
    let n = u64::from(feed.total.rows);
    Alarm {
        check: SILENT,
        level,
        feed: Some(feed.name),
        column: None,
        figure: silent,
        limit,
        n,
        message: format!(
            "`{}`: {} without a row while purchases went on (the last row is of {}); the longest silence before was {}, and \
             at its pace one of more than {} comes by chance less than once in 10,000 times",
            feed.name,
            counted(whole(silent), "day"),
            date_of(last).unwrap_or_default(),
            counted(u64::from(longest), "day"),
            counted(whole(limit.floor()), "day"),
        ),
        hint: "is the table still delivered, or the same file each night? Deliver the missing days; what is open or solved \
               since is not known without them"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::night::{NIGHT_FORMAT, Scores};
    use super::super::profile::ShopProfile;
    use super::*;
    use crate::monitor::Census;

    const FIRST: i32 = 19_000;

    fn feed(name: &'static str, rows: &[u32]) -> Feed {
        let days: Vec<Counts> = rows.iter().map(|rows| Counts { rows: *rows, ..Counts::default() }).collect();
        let total = Counts { rows: rows.iter().sum(), ..Counts::default() };
        Feed { name, columns: Vec::new(), first: FIRST, days, total }
    }

    /// Rows on about half of the days, and then silence.
    fn rows(n_days: usize, silent: usize) -> Vec<u32> {
        let day = |day: usize| u32::from(day + silent < n_days && day * 7_919 % 13 < 7);
        (0..n_days).map(day).collect()
    }

    fn night(rows: &[u32]) -> Night {
        let as_of = FIRST + i32::try_from(rows.len()).unwrap();
        let census = Census { as_of, feeds: vec![feed("complaints", rows)], delivered: Vec::new() };
        Night {
            format: NIGHT_FORMAT,
            as_of_day: as_of,
            model_version: String::new(),
            shop: ShopProfile::of(&census),
            scores: Scores::default(),
            features: None,
            told: Vec::new(),
            performance: Vec::new(),
        }
    }

    fn level(rows: &[u32], shop: &[u32], nights: &[Night]) -> Option<Level> {
        let as_of = FIRST + i32::try_from(rows.len()).unwrap();
        let nights: Vec<&Night> = nights.iter().collect();
        look(&feed("complaints", rows), Some(&feed("purchases", shop)), &nights, as_of).map(|alarm| alarm.level)
    }

    /// Nights on which the feed was on time, before day 490.
    fn on_time() -> Vec<Night> {
        (480..490).map(|n_days| night(&rows(n_days, 0))).collect()
    }

    #[test]
    fn a_dead_feed_is_told_after_two_weeks_and_stops_after_four() {
        let of = |silent: usize| level(&rows(490 + silent, silent), &[9; 530][..490 + silent], &on_time());
        assert_eq!((0..13).find_map(of), None);
        assert_eq!((of(16), of(40)), (Some(Level::Warn), Some(Level::Stop)));
        assert_eq!(level(&rows(530, 40), &[9; 530], &[]), Some(Level::Warn), "how late it is delivered is not known");
    }

    #[test]
    fn the_same_silence_is_no_habit_however_many_nights_saw_it() {
        let mut nights = on_time();
        nights.extend((491..530).map(|n_days| night(&rows(n_days, n_days - 490))));
        assert_eq!(level(&rows(530, 40), &[9; 530], &nights), Some(Level::Stop));
    }

    #[test]
    fn a_feed_that_comes_once_a_month_or_is_small_or_a_shop_that_is_closed_is_quiet() {
        let monthly: Vec<Night> = (460..490).map(|n_days| night(&rows(n_days, n_days - 459))).collect();
        assert_eq!(level(&rows(515, 25), &[9; 515], &monthly), None);
        let rare: Vec<u32> = (0..500).map(|day| u32::from(day % 30 == 0 && day < 450)).collect();
        assert_eq!(level(&rare, &[9; 500], &[]), None, "few days with rows");
        let closed: Vec<u32> = (0..530).map(|day| if day < 492 { 9 } else { 0 }).collect();
        assert_eq!(level(&rows(530, 40), &closed, &on_time()), None);
        let mut august = rows(530, 30);
        august[300..335].fill(0);
        assert_eq!(level(&august, &[9; 530], &on_time()), None, "as long as once before");
    }

    #[test]
    fn the_message_has_the_last_day_and_both_levels() {
        let (feed, shop) = (feed("complaints", &rows(506, 16)), feed("purchases", &[9; 506]));
        let alarm = look(&feed, Some(&shop), &[], FIRST + 506).unwrap();
        assert!(
            alarm.message.contains("days without a row while purchases went on (the last row is of 2023-"),
            "{alarm}"
        );
        assert!(alarm.message.contains("by chance less than once in 10,000 times"), "{alarm}");
    }
}
