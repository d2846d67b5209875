//! The cutoff: a local midnight that parts what is known from what is to be predicted, and schedules of cutoffs.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use serde::{Deserialize, Serialize};

use super::calendar::day_of;
use crate::units::{Days, Timestamp};

/// The local midnight at the start of `date`: everything strictly before it is history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cutoff {
    date: Date,
    at: Timestamp,
}

impl Cutoff {
    /// The cutoff at the start of `date` in `zone`. Where the clocks skip midnight, the first instant of the day.
    ///
    /// ```
    /// use jiff::{civil::date, tz::TimeZone};
    /// use retain::timeline::Cutoff;
    /// let cutoff = Cutoff::at_start_of(date(2011, 9, 10), &TimeZone::get("Europe/London").unwrap());
    /// assert_eq!(cutoff.at().to_string(), "2011-09-09T23:00:00Z");
    /// ```
    #[must_use]
    pub fn at_start_of(date: Date, zone: &TimeZone) -> Self {
        Self { date, at: midnight(date, zone) }
    }

    /// The day that starts at the cutoff.
    #[must_use]
    pub const fn date(self) -> Date {
        self.date
    }

    /// The instant.
    #[must_use]
    pub const fn at(self) -> Timestamp {
        self.at
    }

    /// Number of the day that starts at the cutoff, counted from 1970-01-01.
    #[must_use]
    pub fn day(self) -> i32 {
        day_of(self.date)
    }

    /// The local midnight `days` calendar days later.
    #[must_use]
    pub fn after(self, days: Days, zone: &TimeZone) -> Self {
        self.shifted(i64::from(days.0), zone)
    }

    /// The local midnight `days` calendar days earlier.
    #[must_use]
    pub fn before(self, days: Days, zone: &TimeZone) -> Self {
        self.shifted(-i64::from(days.0), zone)
    }

    fn shifted(self, days: i64, zone: &TimeZone) -> Self {
        let span: Span = days.days();
        let date = self.date.checked_add(span).unwrap_or(if days < 0 { Date::MIN } else { Date::MAX });
        Self::at_start_of(date, zone)
    }
}

impl std::fmt::Display for Cutoff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.date.fmt(f)
    }
}

fn midnight(date: Date, zone: &TimeZone) -> Timestamp {
    let instant = zone.to_ambiguous_zoned(date.at(0, 0, 0, 0)).compatible().map(|zoned| zoned.timestamp());
    // Only the last day that can be written has no instant in a zone west of Greenwich.
    instant.map_or(Timestamp(i64::MAX), |instant| Timestamp(instant.as_microsecond()))
}

/// Cutoffs whose label window has ended at `as_of`, in ascending order: from the latest such day back in steps of
/// `step`, none before `earliest`.
///
/// `matures_after` is gap plus horizon. A cutoff is used only if `cutoff + gap + horizon <= as_of`.
#[must_use]
pub fn matured_cutoffs(
    as_of: Cutoff,
    matures_after: Days,
    step: Days,
    earliest: Timestamp,
    zone: &TimeZone,
) -> Vec<Cutoff> {
    let latest = as_of.before(matures_after, zone);
    let step = Days(step.0.max(1));
    let mut cutoffs: Vec<_> = std::iter::successors(Some(latest), |cutoff| Some(cutoff.before(step, zone)))
        .take_while(|cutoff| cutoff.at() >= earliest && cutoff.date() > Date::MIN)
        .collect();
    cutoffs.reverse();
    cutoffs
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn windows_are_counted_in_calendar_days_across_a_clock_change() {
        let zone = TimeZone::get("Europe/London").unwrap();
        let cutoff = Cutoff::at_start_of(date(2011, 9, 10), &zone);
        assert_eq!(cutoff.after(Days(90), &zone).at().to_string(), "2011-12-09T00:00:00Z");
        assert_eq!(cutoff.before(Days(180), &zone).at().to_string(), "2011-03-14T00:00:00Z");
    }

    #[test]
    fn a_cutoff_is_matured_when_its_label_window_ends_at_the_as_of_day() {
        let zone = TimeZone::UTC;
        let as_of = Cutoff::at_start_of(date(2024, 4, 30), &zone);
        let earliest = Cutoff::at_start_of(date(2023, 12, 3), &zone).at();
        let cutoffs = matured_cutoffs(as_of, Days(90), Days(30), earliest, &zone);
        let dates: Vec<_> = cutoffs.iter().map(ToString::to_string).collect();
        assert_eq!(dates, ["2024-01-01", "2024-01-31"]);
    }

    #[test]
    fn no_cutoff_is_matured_in_too_short_a_history() {
        let zone = TimeZone::UTC;
        let as_of = Cutoff::at_start_of(date(2024, 4, 30), &zone);
        assert!(matured_cutoffs(as_of, Days(90), Days(30), as_of.at(), &zone).is_empty());
    }
}
