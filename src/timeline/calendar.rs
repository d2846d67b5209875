//! The days of the shop's zone: the one place that says on which day something happened.

use jiff::Timestamp as Instant;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span};

use crate::units::{MICROS_PER_DAY, Timestamp};

/// The days that are known: from a little before 1900 to a little after 2200, beyond which `ingest` believes no time.
const FIRST_DAY: i32 = -25_570;
const LAST_DAY: i32 = 84_010;

/// When each day of a zone begins, ready for tens of millions of look-ups.
///
/// A day begins at its local midnight, where the clocks skip that at the first instant behind it, and lasts until the next
/// one begins: so an instant before the cutoff of a day never counts to that day or a later one, whatever the clocks do.
///
/// ```
/// use jiff::tz::TimeZone;
/// use retain::timeline::Calendar;
/// use retain::units::Timestamp;
/// let late_evening = Timestamp(23 * 3_600 * 1_000_000);
/// let berlin = Calendar::new(&TimeZone::get("Europe/Berlin").unwrap());
/// let days = [Calendar::new(&TimeZone::UTC), berlin].map(|calendar| calendar.day(late_evening));
/// assert_eq!(days, [0, 1]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// First instant of each day from [`FIRST_DAY`] on, in microseconds, never descending.
    begins: Vec<i64>,
}

impl Calendar {
    /// The days of a zone.
    #[must_use]
    pub fn new(zone: &TimeZone) -> Self {
        let first = Instant::from_microsecond(i64::from(FIRST_DAY - 1) * MICROS_PER_DAY).unwrap_or(Instant::MIN);
        let mut calendar = Self { begins: Vec::with_capacity(n_days()) };
        let (mut from, mut offset) = (first.as_microsecond(), zone.to_offset(first).seconds());
        for transition in zone.following(first) {
            let until = transition.timestamp().as_microsecond();
            calendar.extend((from, until), offset);
            if calendar.begins.len() == n_days() {
                break;
            }
            (from, offset) = (until, transition.offset().seconds());
        }
        calendar.extend((from, i64::MAX), offset);
        calendar
    }

    /// Adds the days whose midnight lies in a stretch of time with one offset from UTC, in seconds. A midnight that comes
    /// twice is the first one, and one that was skipped before is the start of the stretch.
    fn extend(&mut self, (from, until): (i64, i64), offset: i32) {
        while self.begins.len() < n_days() {
            let day = FIRST_DAY + i32::try_from(self.begins.len()).unwrap_or(0);
            let midnight = i64::from(day) * MICROS_PER_DAY - i64::from(offset) * 1_000_000;
            if midnight >= until {
                return;
            }
            self.begins.push(midnight.max(from));
        }
    }

    /// Number of the day of an instant, counted from 1970-01-01; the first or last day there is for one outside the years
    /// 1900 to 2200.
    #[must_use]
    pub fn day(&self, at: Timestamp) -> i32 {
        // The offset from UTC is less than a day: the day is that of UTC, or one beside it.
        let in_utc = at.0.div_euclid(MICROS_PER_DAY) - i64::from(FIRST_DAY);
        let mut place = usize::try_from(in_utc + 1).unwrap_or(0).min(self.begins.len().saturating_sub(1));
        while place > 0 && self.begins[place] > at.0 {
            place -= 1;
        }
        FIRST_DAY + i32::try_from(place).unwrap_or(0)
    }
}

fn n_days() -> usize {
    usize::try_from(LAST_DAY - FIRST_DAY).unwrap_or(0)
}

/// Number of a date, counted from 1970-01-01.
#[must_use]
pub fn day_of(date: Date) -> i32 {
    let since: SignedDuration = date.duration_since(EPOCH);
    i32::try_from(since.as_hours() / 24).unwrap_or(0)
}

/// The date of a day, counted from 1970-01-01; `None` outside the years that can be written.
#[must_use]
pub fn date_of(day: i32) -> Option<Date> {
    EPOCH.checked_add(Span::new().try_days(day).ok()?).ok()
}

const EPOCH: Date = date(1970, 1, 1);

/// An instant as the clocks of a zone show it, with their offset from UTC, to the second.
///
/// ```
/// use jiff::tz::TimeZone;
/// use retain::{timeline::local_time, units::Timestamp};
/// let tokyo = TimeZone::get("Asia/Tokyo").unwrap();
/// assert_eq!(local_time(Timestamp(0), &tokyo), "1970-01-01T09:00:00+09:00");
/// ```
#[must_use]
pub fn local_time(at: Timestamp, zone: &TimeZone) -> String {
    let zoned = Instant::from_microsecond(at.0).map(|instant| instant.to_zoned(zone.clone()));
    zoned.map_or_else(|_| at.to_string(), |zoned| zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

#[cfg(test)]
mod tests {
    use super::super::Cutoff;
    use super::*;

    #[test]
    fn a_day_begins_at_its_cutoff_and_ends_at_the_next_in_every_zone() {
        // Clocks that are changed at midnight, a day that was left out, and half hours among them.
        for name in [
            "UTC",
            "Asia/Tokyo",
            "America/Los_Angeles",
            "Europe/London",
            "America/Sao_Paulo",
            "America/Havana",
            "America/St_Johns",
            "Asia/Beirut",
            "Pacific/Apia",
            "Pacific/Kiritimati",
            "Australia/Lord_Howe",
        ] {
            let zone = TimeZone::get(name).unwrap();
            let calendar = Calendar::new(&zone);
            for day in day_of(date(1985, 1, 1))..day_of(date(2031, 1, 1)) {
                let begins = Cutoff::at_start_of(date_of(day).unwrap(), &zone).at();
                let next = Cutoff::at_start_of(date_of(day + 1).unwrap(), &zone).at();
                assert!(calendar.day(Timestamp(begins.0 - 1)) < day, "{name} before {:?}", date_of(day));
                if begins < next {
                    assert_eq!([calendar.day(begins), calendar.day(Timestamp(next.0 - 1))], [day; 2], "{name}");
                }
            }
        }
    }

    #[test]
    fn days_are_those_of_the_clock() {
        let zone = TimeZone::get("America/Los_Angeles").unwrap();
        let calendar = Calendar::new(&zone);
        for hours in 0..40_000_i64 {
            let at = Timestamp(1_600_000_000_000_000 + hours * 3_600_000_000);
            let local = Instant::from_microsecond(at.0).unwrap().to_zoned(zone.clone()).date();
            assert_eq!(date_of(calendar.day(at)), Some(local));
        }
    }

    #[test]
    fn instants_that_nobody_believes_count_to_the_first_or_last_day() {
        let calendar = Calendar::new(&TimeZone::UTC);
        assert_eq!(calendar.day(Timestamp(i64::MIN)), FIRST_DAY);
        assert_eq!(calendar.day(Timestamp(i64::MAX)), LAST_DAY - 1);
        assert_eq!(date_of(i32::MAX), None);
    }
}
