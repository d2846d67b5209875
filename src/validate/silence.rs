//! Silence of the feed up to the day of a run: longer than the shop was ever silent before, by its own daily history. Whoever
//! is asked about then has bought nothing only because nothing was delivered.

use jiff::civil::Date;

use super::error::DataError;
use super::pace::{AsOf, Pace, require_usual_pace};
use crate::config::ValidateConfig;
use crate::timeline::{Cutoff, date_of};

/// Days with purchases before a silence, from which it is known how long silences of the shop are.
const LEAST_DAYS: usize = 20;

/// Days that a usual rate of purchases is taken from at most.
const RATE_DAYS: i64 = 365;

/// A day with purchases, the day of the next ones, and what was usual by then.
#[derive(Debug, Clone, Copy)]
struct Silence {
    last: i64,
    next: i64,
    /// Days without any between two with some before, at most.
    longest: i64,
    /// The longest silence that says nothing.
    allowed: i64,
}

impl Silence {
    const fn days(&self) -> i64 {
        self.next - self.last - 1
    }
}

/// Refuses a day before which the feed has ended, by the usual pace and by the silences of the shop. A silence that is no
/// longer than one before it is believed, and every one where `validate.min_recent_share` is 0.
///
/// # Errors
/// As the check of the usual pace, or `DataError::Silent` with the last usual day and the silences.
pub fn require_a_feed(pace: &Pace, as_of: AsOf, limits: &ValidateConfig) -> Result<(), DataError> {
    if limits.min_recent_share <= 0.0 || is_known(pace, as_of.day, limits) {
        return Ok(());
    }
    require_usual_pace(pace, as_of, limits)?;
    require_no_silence(pace, as_of.day, limits)
}

/// Whether the shop is silent up to a day, and was so before for as long, and longer than is allowed in any case.
fn is_known(pace: &Pace, as_of: Cutoff, limits: &ValidateConfig) -> bool {
    let (end, floor) = (i64::from(as_of.day()), i64::from(limits.max_feed_gap_days.0));
    let days: Vec<i64> = pace.before(end).map(|(day, _)| day).collect();
    let longest = days.windows(2).map(|pair| pair[1] - pair[0] - 1).max().unwrap_or(0);
    let is_known = |last: &i64| (floor + 1..=longest).contains(&(end - last - 1));
    days.len() >= LEAST_DAYS && days.last().is_some_and(is_known)
}

/// Refuses a day before which the shop is silent for longer than ever before, a few stray purchases aside. The shop's longest
/// silence and one of its usual breaks more are allowed, and `validate.max_feed_gap_days` in any case.
fn require_no_silence(pace: &Pace, as_of: Cutoff, limits: &ValidateConfig) -> Result<(), DataError> {
    let end = i64::from(as_of.day());
    let days: Vec<(i64, u64)> = pace.before(end).collect();
    let is_tail = |silence: &Silence| {
        let after: u64 = days.iter().filter(|(day, _)| *day > silence.last).map(|(_, purchases)| purchases).sum();
        after == 0 || (after as f64) < limits.min_recent_share * usual(&days, silence.last, end)
    };
    let silences = silences(&days, end, i64::from(limits.max_feed_gap_days.0));
    let Some(silence) = silences.into_iter().rev().find(is_tail) else { return Ok(()) };
    let date = |day: i64| i32::try_from(day).ok().and_then(date_of).unwrap_or(Date::MIN);
    Err(DataError::Silent {
        as_of: as_of.date(),
        last: date(silence.last),
        usual_until: date(silence.last + 1),
        stray: days.iter().filter(|(day, _)| *day > silence.last).map(|(_, purchases)| purchases).sum(),
        silent_days: silence.days(),
        longest_days: silence.longest,
        allowed_days: silence.allowed,
    })
}

/// The silences that are longer than allowed by what was known before each, the earliest first.
fn silences(days: &[(i64, u64)], end: i64, floor: i64) -> Vec<Silence> {
    let nexts = days.iter().skip(1).map(|(day, _)| *day).chain([end]);
    let mut breaks: Vec<i64> = Vec::new();
    let mut longest = 0;
    let mut found = Vec::new();
    for ((last, _), next) in days.iter().zip(nexts) {
        let silent = next - last - 1;
        if silent > floor.max(longest) && breaks.len() + 1 >= LEAST_DAYS {
            breaks.sort_unstable();
            let usual_break = breaks.get(breaks.len() / 2).copied().unwrap_or(1);
            let silence = Silence { last: *last, next, longest, allowed: floor.max(longest + usual_break) };
            found.extend((silent > silence.allowed).then_some(silence));
        }
        longest = longest.max(silent);
        breaks.push(next - last);
    }
    found
}

/// Purchases that are usual from a day on until another, by the rate of the year before.
fn usual(days: &[(i64, u64)], last: i64, end: i64) -> f64 {
    let first = days.first().map_or(last, |(day, _)| *day).max(last - RATE_DAYS + 1);
    let before = days.iter().filter(|(day, _)| (first..=last).contains(day)).map(|(_, purchases)| purchases);
    before.sum::<u64>() as f64 / (last - first + 1) as f64 * (end - last - 1) as f64
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::units::Days;

    fn limits() -> ValidateConfig {
        ValidateConfig {
            min_customers: 1,
            min_span_horizons: 2.0,
            max_feed_gap_days: Days(14),
            absurd_amount_factor: 100.0,
            max_rejected_share: 0.5,
            max_age_days: Days(45),
            min_recent_share: 0.05,
            silent_opt_outs: crate::config::SilentOptOuts::Refuse,
            max_guest_share: 1.0,
            placeholder_ids: crate::config::PlaceholderIds::Refuse,
            whole_amounts: crate::config::WholeAmounts::Doubt,
        }
    }

    fn day(of: Date) -> i64 {
        i64::from(Cutoff::at_start_of(of, &TimeZone::UTC).day())
    }

    /// So many purchases every so many days from 2023-01-01 up to a day, and others.
    fn shop(each: u64, step: usize, until: Date, others: &[(Date, u64)]) -> Pace {
        let days = (day(date(2023, 1, 1))..day(until)).step_by(step).map(|day| (day, each));
        Pace::of(days.chain(others.iter().map(|(of, purchases)| (day(*of), *purchases))).collect::<BTreeMap<_, _>>())
    }

    /// The days of silence and the last usual day that are named, if the day is refused.
    fn refused(pace: &Pace, as_of: Date) -> Option<(i64, Date)> {
        match require_no_silence(pace, Cutoff::at_start_of(as_of, &TimeZone::UTC), &limits()) {
            Ok(()) => None,
            Err(DataError::Silent { silent_days, usual_until, .. }) => Some((silent_days, usual_until)),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_feed_silent_for_longer_than_ever_is_refused() {
        let daily = shop(5, 1, date(2024, 6, 1), &[]);
        assert_eq!(refused(&daily, date(2024, 6, 28)), Some((27, date(2024, 6, 1))));
        assert_eq!(refused(&daily, date(2024, 6, 15)), None, "a fortnight says nothing");
        assert_eq!(refused(&daily, date(2024, 6, 16)), Some((15, date(2024, 6, 1))));
        assert_eq!(refused(&daily, date(2024, 3, 1)), None, "what comes later is not known then");
    }

    #[test]
    fn a_shop_that_was_as_silent_before_goes_on() {
        let mut closed: BTreeMap<_, _> = shop(5, 1, date(2024, 6, 1), &[]).before(i64::MAX).collect();
        closed.retain(|at, _| !(day(date(2023, 8, 1))..day(date(2023, 8, 28))).contains(at));
        let closed = Pace::of(closed);
        assert_eq!(refused(&closed, date(2024, 6, 28)), None, "27 days, as in August");
        assert_eq!(refused(&closed, date(2024, 7, 1)), Some((30, date(2024, 6, 1))));
        // Christmas, and a shop that sells on one day of the week.
        assert_eq!(refused(&shop(5, 1, date(2023, 12, 22), &[]), date(2024, 1, 4)), None);
        let weekly = shop(40, 7, date(2024, 6, 1), &[]);
        assert_eq!((refused(&weekly, date(2024, 6, 6)), refused(&weekly, date(2024, 6, 14)).is_some()), (None, true));
    }

    #[test]
    fn stray_purchases_do_not_end_a_silence_and_a_feed_that_is_back_does() {
        let stray = shop(5, 1, date(2024, 6, 1), &[(date(2024, 6, 21), 1)]);
        assert_eq!(refused(&stray, date(2024, 6, 22)), Some((20, date(2024, 6, 1))));
        let back: Vec<(Date, u64)> = (21..26).map(|of| (date(2024, 6, of), 5)).collect();
        assert_eq!(refused(&shop(5, 1, date(2024, 6, 1), &back), date(2024, 6, 26)), None);
    }

    #[test]
    fn a_shop_of_few_days_is_not_judged() {
        assert_eq!(refused(&shop(5, 1, date(2023, 1, 15), &[]), date(2023, 3, 1)), None);
    }
}
