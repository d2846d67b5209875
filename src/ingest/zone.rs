//! From local times to instants, ten million at a time: the offsets of a zone are looked up once, not once per row.

use jiff::Timestamp as Instant;
use jiff::tz::TimeZone;

use crate::units::MICROS_PER_DAY;

/// 1900-01-01T00:00:00Z: no earlier time is believed.
pub(crate) const EARLIEST: i64 = -25_567 * MICROS_PER_DAY;
/// 2200-01-01T00:00:00Z: no time from then on is believed.
pub(crate) const LATEST: i64 = 84_006 * MICROS_PER_DAY;

/// The offsets of a zone between 1900 and 2200, ready for binary search by local time.
#[derive(Debug, Clone)]
pub(crate) struct LocalClock {
    /// First local time, in microseconds, of each stretch; ascending, the first is `i64::MIN`.
    starts: Vec<i64>,
    /// Offset from UTC during the stretch, in microseconds.
    offsets: Vec<i64>,
}

impl LocalClock {
    /// The clock of a zone.
    ///
    /// A stretch ends at the later of the two local times of its transition. So a local time that a jump of the clock
    /// leaves out is read with the offset before the jump (which lands after it), and a local time that occurs twice
    /// is the earlier of the two instants.
    pub(crate) fn new(zone: &TimeZone) -> Self {
        let first = Instant::from_microsecond(EARLIEST).unwrap_or(Instant::UNIX_EPOCH);
        let mut before = micros_of(zone.to_offset(first).seconds());
        let mut clock = Self { starts: vec![i64::MIN], offsets: vec![before] };
        for transition in zone.following(first) {
            let at = transition.timestamp().as_microsecond();
            if at >= LATEST {
                break;
            }
            let after = micros_of(transition.offset().seconds());
            if after != before {
                clock.starts.push(at + before.max(after));
                clock.offsets.push(after);
                before = after;
            }
        }
        clock
    }

    /// The instant, in microseconds of UTC, of a local time written as if it were UTC.
    pub(crate) fn to_utc(&self, local: i64) -> i64 {
        let stretch = self.starts.partition_point(|start| *start <= local).saturating_sub(1);
        local - self.offsets.get(stretch).copied().unwrap_or(0)
    }
}

/// Whether an instant lies in the years that are believed.
pub(crate) const fn is_believable(instant: i64) -> bool {
    EARLIEST <= instant && instant < LATEST
}

const fn micros_of(seconds: i32) -> i64 {
    seconds as i64 * 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::DateTime;

    fn utc(clock: &LocalClock, local: &str) -> String {
        let local: DateTime = local.parse().unwrap();
        let as_utc = local.to_zoned(TimeZone::UTC).unwrap().timestamp().as_microsecond();
        Instant::from_microsecond(clock.to_utc(as_utc)).unwrap().to_string()
    }

    #[test]
    fn bounds_are_the_years_they_say() {
        assert_eq!(Instant::from_microsecond(EARLIEST).unwrap().to_string(), "1900-01-01T00:00:00Z");
        assert_eq!(Instant::from_microsecond(LATEST).unwrap().to_string(), "2200-01-01T00:00:00Z");
        assert!(is_believable(EARLIEST) && !is_believable(EARLIEST - 1) && !is_believable(LATEST));
    }

    #[test]
    fn summer_time_gap_moves_later_and_fold_takes_the_earlier() {
        let clock = LocalClock::new(&TimeZone::get("Europe/London").unwrap());
        assert_eq!(utc(&clock, "2011-01-15T12:00:00"), "2011-01-15T12:00:00Z");
        assert_eq!(utc(&clock, "2011-07-15T12:00:00"), "2011-07-15T11:00:00Z");
        assert_eq!(utc(&clock, "2011-03-27T01:30:00"), "2011-03-27T01:30:00Z", "skipped hour: 02:30 summer time");
        assert_eq!(utc(&clock, "2011-10-30T01:30:00"), "2011-10-30T00:30:00Z", "repeated hour: the first of the two");
        assert_eq!(utc(&clock, "2011-10-30T02:00:00"), "2011-10-30T02:00:00Z");
    }

    #[test]
    fn the_clock_agrees_with_the_zone_library_on_every_hour_of_a_century() {
        for name in ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"] {
            let zone = TimeZone::get(name).unwrap();
            let clock = LocalClock::new(&zone);
            let mut local = EARLIEST + 50 * 365 * MICROS_PER_DAY;
            while local < EARLIEST + 150 * 365 * MICROS_PER_DAY {
                let civil = Instant::from_microsecond(local).unwrap().to_zoned(TimeZone::UTC).datetime();
                let expected = zone.to_zoned(civil).unwrap().timestamp().as_microsecond();
                assert_eq!(clock.to_utc(local), expected, "{name} {civil}");
                local += 5_400_000_000 * 7;
            }
        }
    }
}
