//! The pace of the shop before the day of a run: where practically nothing was sold, the day is one that a stray order or
//! the command line has set after the feed ended, and everybody would seem to leave.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::error::DataError;
use crate::config::ValidateConfig;
use crate::timeline::Cutoff;
use crate::units::Days;

/// Fewer purchases in a usual window say nothing of a pace.
const LEAST_USUAL: u64 = 20;

/// Windows with purchases before the last one that a usual pace is taken from at least.
const LEAST_WINDOWS: usize = 3;

/// Shops that sell on fewer days of a usual window are not judged by days.
const LEAST_DAYS: u64 = 10;

/// Purchases of each day of the shop's zone that has any.
#[derive(Debug, Clone, Default)]
pub struct Pace {
    days: BTreeMap<i64, u64>,
}

/// What a window holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Held {
    purchases: u64,
    /// Days with any.
    days: u64,
}

impl Held {
    /// Whether it is not far below another.
    const fn is_near(self, usual: Self) -> bool {
        self.purchases * 4 >= usual.purchases && self.days * 4 >= usual.days
    }
}

impl Pace {
    /// The purchases of each day.
    pub(super) const fn of(days: BTreeMap<i64, u64>) -> Self {
        Self { days }
    }

    /// Adds the purchases of other customers.
    pub(super) fn add(&mut self, other: &Self) {
        for (day, purchases) in &other.days {
            *self.days.entry(*day).or_default() += purchases;
        }
    }

    /// All days with purchases, and how many each has.
    pub(super) fn all(&self) -> impl Iterator<Item = (i64, u64)> + '_ {
        self.days.iter().map(|(day, purchases)| (*day, *purchases))
    }

    /// The days with purchases before a day, and how many each has.
    pub(super) fn before(&self, day: i64) -> impl Iterator<Item = (i64, u64)> + '_ {
        self.days.range(..day).map(|(day, purchases)| (*day, *purchases))
    }

    /// What the `window` days before a day hold.
    fn held(&self, before: i64, window: i64) -> Held {
        let days = self.days.range(before - window..before);
        days.fold(Held { purchases: 0, days: 0 }, |held, (_, purchases)| Held {
            purchases: held.purchases + purchases,
            days: held.days + 1,
        })
    }

    /// Days from one day with purchases to the next, the middle one before a day: a shop that bills monthly is quiet for weeks.
    fn usual_break(&self, before: i64) -> i64 {
        let days: Vec<i64> = self.days.range(..before).map(|(day, _)| *day).collect();
        let mut breaks: Vec<i64> = days.windows(2).map(|pair| pair[1] - pair[0]).collect();
        breaks.sort_unstable();
        breaks.get(breaks.len() / 2).copied().unwrap_or(1)
    }

    /// What a usual window before a day holds: the middle one of those that hold anything, the last aside.
    fn usual(&self, before: i64, window: i64) -> Option<Held> {
        let first = *self.days.first_key_value()?.0;
        let ends = (1..).map(|n| before - n * window).take_while(|end| end - window >= first);
        let mut held: Vec<Held> = ends.map(|end| self.held(end, window)).filter(|held| held.days > 0).collect();
        if held.len() < LEAST_WINDOWS {
            return None;
        }
        held.sort_unstable_by_key(|held| (held.purchases, held.days));
        held.get(held.len() / 2).copied()
    }

    /// The last day before a day up to which the shop sold as usual: the last with purchases whose window is not far below.
    fn last_usual_day(&self, before: i64, window: i64, usual: Held) -> Option<i64> {
        let is_usual = |day: &i64| self.held(day + 1, window).is_near(usual);
        self.days.range(..before).map(|(day, _)| *day).rev().find(is_usual)
    }
}

/// The day whose data are looked at.
#[derive(Debug, Clone, Copy)]
pub struct AsOf {
    /// Its local midnight.
    pub day: Cutoff,
    /// Whether the clock gave it, and not the config or the data.
    pub is_of_the_clock: bool,
}

/// Refuses a day before which practically nothing was sold, beside what the shop sells usually. A shop that was as quiet a
/// year before, and sold in between, is in its season. A day of the clock may be as long after the feed as scoring allows.
///
/// # Errors
/// `DataError::Quiet` with the window, what it holds, what is usual, and the last day of the usual pace.
pub(super) fn require_usual_pace(
    pace: &Pace,
    AsOf { day: as_of, is_of_the_clock }: AsOf,
    limits: &ValidateConfig,
) -> Result<(), DataError> {
    let window = 2 * i64::from(limits.max_feed_gap_days.0);
    let window = if is_of_the_clock { window.max(i64::from(limits.max_age_days.0)) } else { window };
    let end = i64::from(as_of.day());
    let window = window.max(2 * pace.usual_break(end));
    let Some(usual) = pace.usual(end, window).filter(|usual| usual.purchases >= LEAST_USUAL) else { return Ok(()) };
    let is_quiet = |held: Held| {
        let share = |found: u64, of: u64| found as f64 / of as f64;
        share(held.purchases, usual.purchases) < limits.min_recent_share
            || (usual.days >= LEAST_DAYS && share(held.days, usual.days) < limits.min_recent_share)
    };
    let found = pace.held(end, window);
    let year_before = pace.held(end - 365, window);
    let is_known = pace.days.first_key_value().is_some_and(|(first, _)| *first <= end - 365 - window);
    let mut between = (1..).map(|n| end - n * window).take_while(|day| *day > end - 365);
    let mut has_season =
        || is_known && is_quiet(year_before) && between.any(|day| pace.held(day, window).is_near(usual));
    if !is_quiet(found) || has_season() {
        return Ok(());
    }
    let last_usual = pace.last_usual_day(end, window, usual).and_then(|day| {
        let back = jiff::Span::new().try_days(end - day - 1).ok()?;
        as_of.date().checked_sub(back).ok()
    });
    Err(DataError::Quiet {
        as_of: as_of.date(),
        window: Days(u32::try_from(window).unwrap_or(u32::MAX)),
        found: found.purchases,
        usual: usual.purchases,
        usual_until: last_usual.unwrap_or(Date::MIN),
        allowed: limits.min_recent_share,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;

    fn limits() -> ValidateConfig {
        ValidateConfig {
            min_customers: 1,
            min_span_horizons: 2.0,
            max_feed_gap_days: Days(14),
            absurd_amount_factor: 100.0,
            max_rejected_share: 0.5,
            max_guest_share: 1.0,
            placeholder_ids: crate::config::PlaceholderIds::Refuse,
            whole_amounts: crate::config::WholeAmounts::Doubt,
            max_age_days: Days(45),
            min_recent_share: 0.05,
            silent_opt_outs: crate::config::SilentOptOuts::Refuse,
        }
    }

    /// So many purchases on every day from 2022-01-01 up to a day, and others.
    fn pace(each: u64, until: Date, others: &[(Date, u64)]) -> Pace {
        let number = |day: Date| i64::from(day.since(date(1970, 1, 1)).unwrap().get_days());
        let mut days: BTreeMap<i64, u64> = (number(date(2022, 1, 1))..number(until)).map(|day| (day, each)).collect();
        for (day, purchases) in others {
            days.insert(number(*day), *purchases);
        }
        Pace { days }
    }

    fn refused(pace: &Pace, day: Date) -> Option<Date> {
        match require_usual_pace(
            pace,
            AsOf { day: Cutoff::at_start_of(day, &TimeZone::UTC), is_of_the_clock: false },
            &limits(),
        ) {
            Ok(()) => None,
            Err(DataError::Quiet { usual_until, .. }) => Some(usual_until),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_day_after_the_end_of_the_feed_is_refused_whoever_sets_it() {
        let end = date(2024, 1, 1);
        // Many lines of one order are one day.
        for lines in [1, 60] {
            let stray = pace(3, end, &[(date(2024, 3, 5), lines)]);
            for day in [date(2024, 3, 6), date(2024, 2, 20), date(2027, 1, 1)] {
                assert_eq!(refused(&stray, day), Some(date(2024, 1, 1)), "{lines} {day}");
            }
            let clock = |day| Cutoff::at_start_of(day, &TimeZone::UTC);
            let scores =
                |day| require_usual_pace(&stray, AsOf { day: clock(day), is_of_the_clock: true }, &limits()).is_ok();
            assert!(scores(date(2024, 2, 5)) && !scores(date(2024, 3, 6)), "36 days after the feed, and 66");
            assert_eq!(refused(&stray, date(2024, 1, 1)), None);
            assert_eq!(refused(&stray, date(2024, 1, 20)), None, "part of the window is as usual");
        }
    }

    #[test]
    fn a_shop_that_bills_on_the_first_of_each_month_is_as_usual_all_month() {
        let firsts: Vec<(Date, u64)> =
            (0..24).map(|month| (date(2022 + month / 12, 1 + i8::try_from(month % 12).unwrap(), 1), 40)).collect();
        let monthly = pace(0, date(2022, 1, 1), &firsts);
        for day in [date(2023, 12, 1), date(2023, 12, 2), date(2023, 12, 31)] {
            assert_eq!(refused(&monthly, day), None, "{day}");
        }
        assert!(refused(&monthly, date(2024, 4, 1)).is_some(), "three months without");
    }

    #[test]
    fn a_season_and_a_small_shop_are_not_refused() {
        // Nothing from May on, in both years.
        let number = |day: Date| i64::from(day.since(date(1970, 1, 1)).unwrap().get_days());
        let mut seasonal = pace(3, date(2024, 1, 1), &[]);
        for year in [2022, 2023] {
            let summer = number(date(year, 5, 1))..number(date(year, 9, 1));
            seasonal.days.retain(|day, _| !summer.contains(day));
        }
        assert_eq!(refused(&seasonal, date(2023, 7, 1)), None);
        let weekly: BTreeMap<i64, u64> = (0..100).map(|week| (19_000 + 7 * week, 4)).collect();
        assert_eq!(refused(&Pace { days: weekly }, date(2024, 6, 1)), None, "16 purchases in a usual window");
    }
}
