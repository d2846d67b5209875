//! From when to when there were purchases, as far as that was known at each day.

use rayon::prelude::*;

use super::calendar::Calendar;
use super::columns::{NEVER, PurchaseColumns};
use super::cutoff::Cutoff;
use crate::units::Timestamp;

/// Purchase lines that a thread looks at in one go.
const LINES_AT_ONCE: usize = 1 << 20;

/// The first and the last purchase line of a shop, as known at the end of each day on which one of them changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownSpan {
    /// Days in ascending order, with the first and the last purchase of all that was known by then.
    by_day: Vec<(i32, Timestamp, Timestamp)>,
}

impl KnownSpan {
    /// The span of purchase lines, each known from the later of when it happened and when it was recorded.
    pub(super) fn of(purchases: &PurchaseColumns, calendar: &Calendar) -> Self {
        let recorded = purchases.recorded_at.as_deref();
        let of_chunk = |(chunk, at): (usize, &[Timestamp])| {
            let mut found = Found::default();
            for (line, at) in at.iter().enumerate() {
                let recorded = recorded.map_or(*at, |recorded| recorded[chunk * LINES_AT_ONCE + line]);
                found.add(*at, (*at).max(recorded), calendar);
            }
            found
        };
        let found = purchases.purchased_at.par_chunks(LINES_AT_ONCE).enumerate().map(of_chunk);
        found.reduce(Found::default, Found::joined).finish()
    }

    /// The instants of the first and the last purchase known before a cutoff; `None` without any.
    #[must_use]
    pub fn before(&self, cutoff: Cutoff) -> Option<(Timestamp, Timestamp)> {
        let n = self.by_day.partition_point(|(day, ..)| *day < cutoff.day());
        self.by_day.get(n.checked_sub(1)?).map(|(_, first, last)| (*first, *last))
    }
}

/// The first and the last purchase that became known on each of some days that follow each other.
#[derive(Debug, Default)]
struct Found {
    first_day: i32,
    ends: Vec<Option<(Timestamp, Timestamp)>>,
}

impl Found {
    fn add(&mut self, at: Timestamp, known: Timestamp, calendar: &Calendar) {
        // What is never known is no part of any history.
        if known != NEVER {
            self.put(calendar.day(known), (at, at));
        }
    }

    fn put(&mut self, day: i32, (first, last): (Timestamp, Timestamp)) {
        if self.ends.is_empty() {
            self.first_day = day;
        }
        if let Ok(missing @ 1..) = usize::try_from(self.first_day - day) {
            self.ends.splice(0..0, std::iter::repeat_n(None, missing));
            self.first_day = day;
        }
        let place = usize::try_from(day - self.first_day).unwrap_or(0);
        if place >= self.ends.len() {
            self.ends.resize(place + 1, None);
        }
        let ends = self.ends[place].get_or_insert((first, last));
        *ends = (ends.0.min(first), ends.1.max(last));
    }

    fn joined(mut self, other: Self) -> Self {
        for (day, ends) in (other.first_day..).zip(other.ends) {
            if let Some(ends) = ends {
                self.put(day, ends);
            }
        }
        self
    }

    fn finish(self) -> KnownSpan {
        let mut by_day: Vec<(i32, Timestamp, Timestamp)> = Vec::new();
        for (day, ends) in (self.first_day..).zip(self.ends) {
            let Some((first, last)) = ends else { continue };
            let before = by_day.last().map_or((first, last), |(_, first, last)| (*first, *last));
            let reached = (before.0.min(first), before.1.max(last));
            if by_day.is_empty() || reached != before {
                by_day.push((day, reached.0, reached.1));
            }
        }
        KnownSpan { by_day }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::units::Days;

    #[test]
    fn a_purchase_extends_the_span_from_the_day_on_which_it_is_known() {
        let zone = TimeZone::get("America/Los_Angeles").unwrap();
        let start = Cutoff::at_start_of(date(2024, 1, 1), &zone);
        // An hour before midnight there, which is the next day in UTC.
        let evening = |days: u32| Timestamp(start.after(Days(days + 1), &zone).at().0 - 3_600_000_000);
        let purchases = PurchaseColumns {
            purchased_at: [20, 10, 5, 30, 7].map(evening).to_vec(),
            recorded_at: Some(vec![evening(20), evening(10), evening(40), evening(30), NEVER]),
            ..PurchaseColumns::default()
        };
        let span = KnownSpan::of(&purchases, &Calendar::new(&zone));
        let before = |days| span.before(start.after(Days(days), &zone));
        assert_eq!([before(0), before(10)], [None; 2], "the day is not over");
        assert_eq!(before(11), Some((evening(10), evening(10))));
        assert_eq!(before(40), Some((evening(10), evening(30))), "not recorded yet");
        assert_eq!([before(41), before(9_999)], [Some((evening(5), evening(30))); 2]);
    }
}
