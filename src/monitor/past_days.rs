//! Days that are past do not change: the rows of each day, as the last lists had them, are held against tonight's. Rows lost
//! or doubled in the middle of the past year show there, where neither the year as a whole nor the last days do.

use super::alarm::{Alarm, Level, REWRITTEN};
use super::census::Feed;
use super::profile::{FeedProfile, ShopProfile};
use super::words::{rows, span, whole};
use crate::maths::quantiles::median;
use crate::text::grouped;
use crate::timeline::date_of;

/// Lengths of the stretches that are compared, in days.
const LENGTHS: [usize; 3] = [1, 7, 28];
/// The last night may have seen its last day in part.
const UNFINISHED: i32 = 1;
/// Late rows still come in so many days more, beyond the days by which the feed is late.
const LATE: i32 = 7;
/// Rows that say something.
const LEAST_ROWS: f64 = 10.0;
/// Cancelled orders and deleted customers take less of a stretch, and late rows bring less.
const LEAST_GONE: f64 = 0.25;
const LEAST_COME: f64 = 0.5;
/// What the past nights lost or got is allowed this many times.
const MARGIN: f64 = 1.5;
/// Nights that have to be known before less than half of a stretch stops a list.
const LEAST_NIGHTS: usize = 5;
/// A loss that is none of cancelled orders, whatever is known of the nights before.
const HALF: f64 = 0.4;
/// Days around a stretch that say what is usual there.
const AROUND: usize = 56;
/// A day whose rows changed by less is not named.
const NAMED: f64 = 0.2;

/// Rows of the same days then and now, the earliest first.
struct Days {
    first: i32,
    then: Vec<f64>,
    now: Vec<f64>,
}

/// Which way rows went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Gone,
    Come,
}

impl Way {
    const fn least(self) -> f64 {
        match self {
            Self::Gone => LEAST_GONE,
            Self::Come => LEAST_COME,
        }
    }

    /// Days before a night of which it may have known less than there was.
    fn unsettled(self, lag: u32) -> i32 {
        match self {
            Self::Gone => UNFINISHED,
            Self::Come => LATE + i32::try_from(lag).unwrap_or(i32::MAX / 2),
        }
    }
}

/// An alarm of a feed whose known days lost or got rows. `before` are the last nights, or the training alone, the latest
/// first: tonight has to differ from each of them, so that one odd night does not make the next one look wrong.
pub(super) fn look(feed: &Feed, before: &[&ShopProfile]) -> Option<Alarm> {
    let profiles: Vec<(i32, &FeedProfile)> = before
        .iter()
        .filter_map(|shop| Some((shop.as_of_day, shop.feed(feed.name)?)))
        .filter(|(_, feed)| !feed.days.is_empty())
        .collect();
    let now: Vec<u32> = feed.days.iter().map(|day| day.rows).collect();
    [Way::Gone, Way::Come].into_iter().find_map(|way| {
        let days = Days::of(&profiles, (feed.first, &now), way)?;
        let limits = LENGTHS.map(|length| way.least().max(MARGIN * habit(&profiles, way, length)));
        Some(alarm(feed, &profiles, &days.changed(way, limits)?, way))
    })
}

/// The widest change of a stretch between two successive nights, but for one: a single fault is no habit.
fn habit(profiles: &[(i32, &FeedProfile)], way: Way, length: usize) -> f64 {
    let of_pair = |pair: &[(i32, &FeedProfile)]| {
        let [(day, later), earlier] = pair else { return None };
        let first = day - i32::try_from(later.days.len()).ok()?;
        let days = Days::of(&[*earlier], (first, &later.days), way)?;
        Some(days.windows(length).filter_map(|(from, to)| days.change(way, from, to)).fold(0.0, f64::max))
    };
    let mut changes: Vec<f64> = profiles.windows(2).filter_map(of_pair).collect();
    changes.sort_by(f64::total_cmp);
    changes.len().checked_sub(2).and_then(|second| changes.get(second)).copied().unwrap_or(0.0)
}

impl Days {
    /// The days that the latest two profiles had settled and that are known now; of what several had, what is nearest to now.
    fn of(profiles: &[(i32, &FeedProfile)], (first_now, now): (i32, &[u32]), way: Way) -> Option<Self> {
        let latest = profiles.first()?;
        let settled = |(as_of, profile): (i32, &FeedProfile)| as_of - way.unsettled(profile.lag_days);
        let first = first_now.max(first_of(*latest));
        // What an odd night alone knew of a day is not believed.
        let end = profiles.iter().take(2).map(|profile| settled(*profile)).min()?;
        let both: Vec<(f64, f64)> = (first..end)
            .map_while(|day| {
                let now = f64::from(*now.get(usize::try_from(day - first_now).ok()?)?);
                let known = profiles.iter().filter(|profile| day < settled(**profile));
                let then = known.filter_map(|profile| rows_of(*profile, day));
                let nearest = then.min_by(|a, b| (a - now).abs().total_cmp(&(b - now).abs()))?;
                Some((nearest, now))
            })
            .collect();
        let (then, now) = both.into_iter().unzip();
        Some(Self { first, then, now })
    }

    /// All stretches of a length, by their first day and the one after their last.
    fn windows(&self, length: usize) -> impl Iterator<Item = (usize, usize)> {
        (length..=self.then.len()).map(move |to| (to - length, to))
    }

    /// The share of the rows of a stretch that went one way; `None` if they are few, or are what was missing then.
    fn change(&self, way: Way, from: usize, to: usize) -> Option<f64> {
        let sum = |days: &[f64]| days.get(from..to).map(|days| days.iter().sum::<f64>());
        let (then, now) = (sum(&self.then)?, sum(&self.now)?);
        let by = if way == Way::Gone { then - now } else { now - then };
        let is_mended =
            || way == Way::Come && self.usual(from, to).is_some_and(|usual| now < LEAST_COME.mul_add(usual, usual));
        let share = by / then.max(1.0);
        let is_told = by >= LEAST_ROWS && share >= way.least() && !is_mended();
        is_told.then_some(share)
    }

    /// What stretches of this length around it held then, in the middle.
    fn usual(&self, from: usize, to: usize) -> Option<f64> {
        let length = to - from;
        let starts =
            (from.saturating_sub(AROUND)..=from + AROUND).filter(|start| start + length <= from || *start >= to);
        median(starts.filter_map(|start| Some(self.then.get(start..start + length)?.iter().sum())))
    }

    /// The days of all stretches whose rows went one way, from the first to the last.
    fn changed(&self, way: Way, limits: [f64; LENGTHS.len()]) -> Option<Changed> {
        let mut is_in = vec![false; self.then.len()];
        for (length, limit) in LENGTHS.into_iter().zip(limits) {
            for (from, to) in self.windows(length) {
                if self.change(way, from, to).is_some_and(|share| share >= limit) {
                    is_in.get_mut(from..to)?.fill(true);
                }
            }
        }
        let differs = |day: &usize| {
            let (then, now) = (self.then.get(*day).copied().unwrap_or(0.0), self.now.get(*day).copied().unwrap_or(0.0));
            let by = if way == Way::Gone { then - now } else { now - then };
            by > 0.0 && by >= NAMED * then
        };
        let days: Vec<usize> = (0..is_in.len()).filter(|day| is_in.get(*day) == Some(&true)).filter(differs).collect();
        let (from, to) = (*days.first()?, *days.last()? + 1);
        let sum = |days: &[f64]| days.get(from..to).map(|days| days.iter().sum::<f64>());
        let first = self.first + i32::try_from(from).ok()?;
        Some(Changed { first, length: to - from, then: sum(&self.then)?, now: sum(&self.now)? })
    }
}

/// The first day of which a profile knows the rows.
fn first_of((as_of, profile): (i32, &FeedProfile)) -> i32 {
    as_of - i32::try_from(profile.days.len()).unwrap_or(0)
}

fn rows_of((as_of, profile): (i32, &FeedProfile), day: i32) -> Option<f64> {
    let place = usize::try_from(day - first_of((as_of, profile))).ok()?;
    profile.days.get(place).map(|rows| f64::from(*rows))
}

/// The days between the first and the last that changed.
struct Changed {
    first: i32,
    length: usize,
    then: f64,
    now: f64,
}

fn alarm(feed: &Feed, profiles: &[(i32, &FeedProfile)], found: &Changed, way: Way) -> Alarm {
    let Changed { first, length, then, now } = *found;
    let since = profiles.first().map_or(0, |(as_of, _)| *as_of);
    let is_sure = profiles.len() >= LEAST_NIGHTS || (way == Way::Gone && now <= (1.0 - HALF) * then);
    let what = match now / then.max(1.0) {
        ratio if (1.9..2.1).contains(&ratio) => ": twice as many, as if a file was delivered twice",
        _ => "",
    };
    let hint = match way {
        Way::Gone => {
            "is a file of these days missing from the input, or were rows rejected? Deliver them again; if they are gone for \
             good, accept it"
        }
        Way::Come => {
            "is a file of these days among the input twice? Keep each row once; if the rows are right, accept it"
        }
    };
    Alarm {
        check: REWRITTEN,
        level: if is_sure && feed.name == "purchases" { Level::Stop } else { Level::Warn },
        feed: Some(feed.name),
        column: None,
        figure: now,
        limit: then * if way == Way::Gone { 1.0 - LEAST_GONE } else { 1.0 + LEAST_COME },
        n: whole(now),
        message: format!(
            "`{}`: {} had {} on {}, and now {}{what}",
            feed.name,
            span(first, length),
            rows(then),
            date_of(since).unwrap_or_default(),
            grouped(whole(now)),
        ),
        hint: hint.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::census::{Census, Counts};
    use super::*;

    const FIRST: i32 = 19_600;
    const N_DAYS: usize = 400;

    fn feed(n_days: usize, rows: impl Fn(usize) -> u32) -> Feed {
        let days: Vec<Counts> = (0..n_days).map(|day| Counts { rows: rows(day), ..Counts::default() }).collect();
        Feed { name: "purchases", columns: Vec::new(), first: FIRST, days, total: Counts::default() }
    }

    fn profile(n_days: usize, rows: impl Fn(usize) -> u32) -> ShopProfile {
        let as_of = FIRST + i32::try_from(n_days).unwrap();
        ShopProfile::of(&Census { as_of, feeds: vec![feed(n_days, rows)], delivered: Vec::new() })
    }

    fn usual(day: usize) -> u32 {
        12 + u32::try_from(day * 7_919 % 9).unwrap()
    }

    /// Alarm of a night with such rows, after ten usual nights.
    fn told(rows: impl Fn(usize) -> u32) -> Option<Alarm> {
        let nights: Vec<ShopProfile> = (1..=10).map(|back| profile(N_DAYS - back, usual)).collect();
        look(&feed(N_DAYS, rows), &nights.iter().collect::<Vec<_>>())
    }

    #[test]
    fn rows_lost_or_doubled_in_the_middle_stop_the_list_and_are_named_by_day() {
        let of = |days: std::ops::Range<usize>, change: fn(u32) -> u32| {
            told(|day| if days.contains(&day) { change(usual(day)) } else { usual(day) })
        };
        assert_eq!(of(0..0, |rows| rows), None);
        for days in [370..393, 340..360, 100..125, 393..396] {
            let alarm = of(days.clone(), |_| 0).unwrap();
            assert_eq!((alarm.check, alarm.level), (REWRITTEN, Level::Stop), "{days:?}");
            assert!(alarm.message.contains(&format!("the {} days from", days.len())), "{alarm}");
            assert!(alarm.message.ends_with("and now 0"), "{alarm}");
        }
        assert!(of(370..393, |rows| rows / 2).is_some_and(|alarm| alarm.level == Level::Stop));
        let twice = of(365..385, |rows| 2 * rows).unwrap();
        assert!(twice.level == Level::Stop && twice.message.contains("the 20 days from"), "{twice}");
        assert!(twice.message.ends_with("as if a file was delivered twice"), "{twice}");
        assert!(of(380..381, |_| 0).unwrap().message.starts_with("`purchases`: 2024-09-14 had"), "one day is named");
    }

    #[test]
    fn cancelled_orders_late_rows_and_rows_of_the_last_days_are_quiet() {
        assert_eq!(told(|day| usual(day) - usual(day) / 8), None);
        assert_eq!(told(|day| if day > 392 { 3 * usual(day) } else { usual(day) }), None, "they still fill");
        assert_eq!(told(|day| if day == 200 { usual(day) + 6 } else { usual(day) }), None);
    }

    #[test]
    fn days_that_were_missing_then_and_are_mended_are_quiet() {
        let lost = |day: usize| if (360..375).contains(&day) { 0 } else { usual(day) };
        let nights: Vec<ShopProfile> = (1..=10).map(|back| profile(N_DAYS - back, lost)).collect();
        assert_eq!(look(&feed(N_DAYS, usual), &nights.iter().collect::<Vec<_>>()), None);
    }

    #[test]
    fn one_odd_night_does_not_make_the_next_look_wrong() {
        let odd = |day: usize| if (360..380).contains(&day) { 2 * usual(day) } else { usual(day) };
        let mut nights: Vec<ShopProfile> = (1..=10).map(|back| profile(N_DAYS - back, usual)).collect();
        nights[0] = profile(N_DAYS - 1, odd);
        assert_eq!(look(&feed(N_DAYS, usual), &nights.iter().collect::<Vec<_>>()), None);
        assert_eq!(look(&feed(N_DAYS, odd), &nights.iter().collect::<Vec<_>>()), None, "it was told or accepted then");
    }

    #[test]
    fn a_source_that_always_cancels_many_orders_or_fills_late_is_quiet() {
        // Each night the eleventh day before it loses a third of its rows.
        let cancels = |n_days: usize| move |day: usize| if day + 11 < n_days { 10 } else { 30 };
        let nights: Vec<ShopProfile> = (1..=10).map(|back| profile(N_DAYS - back, cancels(N_DAYS - back))).collect();
        assert_eq!(look(&feed(N_DAYS, cancels(N_DAYS)), &nights.iter().collect::<Vec<_>>()), None);
        let first = profile(N_DAYS - 1, usual);
        let third = look(&feed(N_DAYS, |day| if day < 350 { usual(day) } else { usual(day) * 2 / 3 }), &[&first]);
        assert!(third.is_some_and(|alarm| alarm.level == Level::Warn), "one night says little of what is usual");
    }

    #[test]
    fn a_list_of_an_earlier_version_and_a_source_that_keeps_less_are_quiet() {
        let mut old = profile(N_DAYS - 1, usual);
        old.feeds[0].days.clear();
        assert_eq!(look(&feed(N_DAYS, |_| 0), &[&old]), None);
        let mut shorter = feed(N_DAYS, usual);
        shorter.days.drain(..200);
        shorter.first += 200;
        assert_eq!(look(&shorter, &[&profile(N_DAYS - 1, usual)]), None);
    }
}
