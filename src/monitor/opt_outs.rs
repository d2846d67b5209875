//! Whether opt-outs were lost: who had opted out on the last list, beside what their rows say tonight. A few take it back;
//! many at once are a column that was reset, inverted, or delivered in part, and offers would go to people who want none.

use super::alarm::{Alarm, Level, OPT_OUTS};
use super::words::percent;
use crate::text::{counted, grouped};
use crate::timeline::date_of;

/// Fewer may have taken it back.
const LEAST: u64 = 3;
/// A share of them that nobody takes back in this many days.
const LEAST_SHARE: f64 = 0.2;
const DAYS: i32 = 90;

/// Those who had opted out on an earlier list and are customers still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarlierOptOuts {
    /// The day of the list, counted from 1970-01-01.
    pub list_day: i32,
    /// How many they are.
    pub n_before: u64,
    /// How many of them are not opted out tonight.
    pub n_lost: u64,
}

/// An alarm of more lost opt-outs than were taken back.
pub(super) fn look(earlier: EarlierOptOuts, as_of_day: i32) -> Option<Alarm> {
    let EarlierOptOuts { list_day, n_before, n_lost } = earlier;
    let share = n_lost as f64 / (n_before as f64).max(1.0);
    let limit = plausible(as_of_day - list_day);
    (n_lost >= LEAST && share >= limit).then(|| Alarm {
        check: OPT_OUTS,
        level: Level::Stop,
        feed: Some("customers"),
        column: Some("opted_out".to_owned()),
        figure: share,
        limit,
        n: n_before,
        message: format!(
            "`customers.opted_out`: {} of the {} who had opted out on the list of {} are no longer opted out ({})",
            grouped(n_lost),
            counted(n_before, "customer"),
            date_of(list_day).unwrap_or_default(),
            percent(share),
        ),
        hint: "was the column reset or inverted, or are rows of customers missing? Deliver the opt-outs again; if so many \
               took them back, accept it"
            .to_owned(),
    })
}

/// The share that may take it back in some days: of those who are left, as many in each further stretch.
fn plausible(days: i32) -> f64 {
    1.0 - (1.0 - LEAST_SHARE).powf((f64::from(days) / f64::from(DAYS)).max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(n_lost: u64, n_before: u64, days: i32) -> Option<Level> {
        look(EarlierOptOuts { list_day: 20_000, n_before, n_lost }, 20_000 + days).map(|alarm| alarm.level)
    }

    #[test]
    fn many_lost_opt_outs_stop_the_list_and_a_few_that_are_taken_back_do_not() {
        assert_eq!(level(27, 27, 1), Some(Level::Stop));
        assert_eq!(level(5, 25, 1), Some(Level::Stop), "a fifth is told");
        assert_eq!(level(3, 3, 1), Some(Level::Stop));
        assert_eq!(level(2, 2, 1), None, "two may have taken it back");
        assert_eq!(level(4, 25, 1), None);
        assert_eq!(level(0, 0, 1), None);
    }

    #[test]
    fn in_a_year_more_may_take_it_back_than_in_a_night() {
        assert_eq!(level(10, 25, 360), None);
        assert_eq!(level(25, 25, 360), Some(Level::Stop));
    }

    #[test]
    fn the_message_says_how_many_of_how_many_and_since_when() {
        let alarm = look(EarlierOptOuts { list_day: 20_000, n_before: 27, n_lost: 17 }, 20_001).unwrap();
        assert!(
            alarm.message.contains("17 of the 27 customers who had opted out on the list of 2024-10-04"),
            "{alarm}"
        );
        assert!(alarm.message.ends_with("(63.0 %)") && !alarm.is_below(), "{alarm}");
    }
}
