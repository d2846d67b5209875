//! Whether customers of the last list were lost. Those who had opted out on it, beside what their rows say tonight: a few take
//! it back; many at once are a column that was reset, inverted, or delivered in part, and offers would go to people who want
//! none. Those who have no purchase at all any more: ids that are written in another way make everyone a new customer. Those
//! whose last order is an earlier one now: ids that were given to other customers make everyone somebody else.

use super::alarm::{Alarm, CHANGED, Level, OPT_OUTS, UNKNOWN};
use super::words::percent;
use crate::text::{counted, grouped};
use crate::timeline::date_of;

/// Customers of an earlier list, and how many of them are not tonight what they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lost {
    /// The day of the list, counted from 1970-01-01.
    pub list_day: i32,
    /// How many they are.
    pub n_before: u64,
    /// How many of them are lost.
    pub n_lost: u64,
}

/// Fewer may have taken it back.
const LEAST_OPT_OUTS: u64 = 3;
/// Fewer may have had their data erased, or given back what they bought.
const LEAST_CUSTOMERS: u64 = 10;
/// A share that nobody takes back, gives back or has erased in this many days.
const LEAST_SHARE: f64 = 0.2;
const DAYS: i32 = 90;

impl Lost {
    fn share(self) -> f64 {
        self.n_lost as f64 / (self.n_before as f64).max(1.0)
    }

    /// The share that may be lost until a day: of those who are left, as many in each further stretch.
    fn limit(self, as_of_day: i32) -> f64 {
        1.0 - (1.0 - LEAST_SHARE).powf((f64::from(as_of_day - self.list_day) / f64::from(DAYS)).max(1.0))
    }

    fn alarm(self, as_of_day: i32, (feed, column): (&'static str, &str), told: Words) -> Option<Alarm> {
        let Words { check, least, who, now, hint } = told;
        let (figure, limit) = (self.share(), self.limit(as_of_day));
        (self.n_lost >= least && figure >= limit).then(|| Alarm {
            check,
            level: Level::Stop,
            feed: Some(feed),
            column: Some(column.to_owned()),
            figure,
            limit,
            n: self.n_before,
            message: format!(
                "`{feed}.{column}`: {} of the {} {who} the list of {} {now} ({})",
                grouped(self.n_lost),
                counted(self.n_before, "customer"),
                date_of(self.list_day).unwrap_or_default(),
                percent(figure),
            ),
            hint: hint.to_owned(),
        })
    }
}

/// What is said of the lost.
#[derive(Clone, Copy)]
struct Words {
    check: &'static str,
    least: u64,
    who: &'static str,
    now: &'static str,
    hint: &'static str,
}

/// An alarm of more lost opt-outs than were taken back.
pub(super) fn look_at_opt_outs(lost: Lost, as_of_day: i32) -> Option<Alarm> {
    let told = Words {
        check: OPT_OUTS,
        least: LEAST_OPT_OUTS,
        who: "who had opted out on",
        now: "are no longer opted out",
        hint: "was the column reset or inverted, or are rows of customers missing? Deliver the opt-outs again; if so many \
               took them back, accept it",
    };
    lost.alarm(as_of_day, ("customers", "opted_out"), told)
}

/// An alarm of more customers without a purchase tonight than had their data erased.
pub(super) fn look_at_customers(lost: Lost, as_of_day: i32) -> Option<Alarm> {
    let told = Words {
        check: UNKNOWN,
        least: LEAST_CUSTOMERS,
        who: "of",
        now: "have no purchase any more",
        hint: "are the ids written in another way, as after a move to another system, are these the data of another shop, or \
               is a file missing? Deliver the purchases again with the ids of before; if so many were erased, accept it",
    };
    lost.alarm(as_of_day, ("purchases", "customer_id"), told)
}

/// An alarm of more customers whose last order is an earlier one than gave theirs back.
pub(super) fn look_at_histories(lost: Lost, as_of_day: i32) -> Option<Alarm> {
    let told = Words {
        check: CHANGED,
        least: LEAST_CUSTOMERS,
        who: "of",
        now: "bought last on an earlier day than that list says",
        hint: "have ids been given to other customers, or rows been joined with the wrong ones? Deliver the purchases again; if \
               so many orders were given back or erased, accept it",
    };
    lost.alarm(as_of_day, ("purchases", "customer_id"), told)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(n_lost: u64, n_before: u64, days: i32) -> Option<Level> {
        look_at_opt_outs(Lost { list_day: 20_000, n_before, n_lost }, 20_000 + days).map(|alarm| alarm.level)
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
        let alarm = look_at_opt_outs(Lost { list_day: 20_000, n_before: 27, n_lost: 17 }, 20_001).unwrap();
        assert!(
            alarm.message.contains("17 of the 27 customers who had opted out on the list of 2024-10-04"),
            "{alarm}"
        );
        assert!(alarm.message.ends_with("(63.0 %)") && !alarm.is_below(), "{alarm}");
    }

    #[test]
    fn customers_without_a_purchase_stop_the_list_and_a_few_that_were_erased_do_not() {
        let look = |n_lost, n_before| look_at_customers(Lost { list_day: 20_000, n_before, n_lost }, 20_001);
        assert_eq!((look(199, 1_000), look(9, 9)), (None, None));
        let histories = look_at_histories(Lost { list_day: 20_000, n_before: 900, n_lost: 400 }, 20_001).unwrap();
        assert_eq!((histories.check, histories.level), (CHANGED, Level::Stop));
        let alarm = look(200, 1_000).unwrap();
        assert_eq!((alarm.check, alarm.level), (UNKNOWN, Level::Stop));
        let told =
            "`purchases.customer_id`: 200 of the 1,000 customers of the list of 2024-10-04 have no purchase any more";
        assert!(alarm.message.starts_with(told), "{alarm}");
    }
}
