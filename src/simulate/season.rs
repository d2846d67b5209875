//! Owns the shop's clock: how season time, in which every customer buys at an even pace, maps to calendar time.
//!
//! Season time runs faster when the shop is busy: over the year, before Christmas, on some weekdays, in some hours. A
//! customer's gaps are drawn in season time and read off in calendar time, so that cadence and season both hold.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::params::{SeasonParams, ShopParams};
use crate::units::{MICROS_PER_DAY, Timestamp};

/// Mean length of a year in days.
const YEAR_DAYS: f64 = 365.25;

/// Maps season days to calendar days since the start, and those to instants.
#[derive(Debug)]
pub(super) struct Clock {
    start: Timestamp,
    /// Season time at the start of each day, and at the end of the last.
    season_at: Vec<f64>,
    /// Share of a day's season time that has passed at the start of each hour, and at the end of the day.
    hour_share: Vec<f64>,
    /// Month of each day, 1 to 12.
    month: Vec<i8>,
}

impl Clock {
    /// The clock of a shop.
    pub(super) fn new(params: &ShopParams) -> Self {
        let n_days = usize::try_from(params.days).unwrap_or(usize::MAX);
        let dates: Vec<Date> = params.start.series(1.day()).take(n_days).collect();
        let paces = paces(&params.season, &dates);
        let since_epoch = params.start.duration_since(date(1970, 1, 1));
        Self {
            start: Timestamp(since_epoch.as_secs() * 1_000_000),
            season_at: sums(&paces),
            hour_share: shares(&params.season.hour_weights),
            month: dates.iter().map(|date| date.month()).collect(),
        }
    }

    /// The end in calendar days since the start.
    pub(super) fn end_days(&self) -> f64 {
        self.month.len() as f64
    }

    /// The end in season days.
    pub(super) fn end_season(&self) -> f64 {
        self.season_at.last().copied().unwrap_or(0.0)
    }

    /// Calendar days since the start at a season time; infinite from the end on.
    pub(super) fn calendar(&self, season: f64) -> f64 {
        match locate(&self.season_at, season) {
            Some((day, share_of_day)) => day as f64 + self.time_of_day(share_of_day),
            None => f64::INFINITY,
        }
    }

    /// Share of the calendar day that has passed when a share of the day's season time has.
    fn time_of_day(&self, share: f64) -> f64 {
        let n_hours = self.hour_share.len() as f64 - 1.0;
        locate(&self.hour_share, share).map_or(0.0, |(hour, within)| (hour as f64 + within) / n_hours)
    }

    /// The instant, cut to the second.
    #[expect(clippy::cast_possible_truncation, reason = "days are finite and below 36,500 when they reach this")]
    pub(super) fn instant(&self, days: f64) -> Timestamp {
        let seconds = (days * 86_400.0).floor() as i64;
        Timestamp(self.start.0 + seconds * (MICROS_PER_DAY / 86_400))
    }

    /// The instant if it lies before the end.
    pub(super) fn instant_before_end(&self, days: f64) -> Option<Timestamp> {
        (days < self.end_days()).then(|| self.instant(days))
    }

    /// Month of the day, 1 to 12.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "days lie within the simulated span")]
    pub(super) fn month(&self, days: f64) -> i8 {
        self.month.get(days as usize).copied().unwrap_or(1)
    }
}

/// Pace of every day; the mean over a whole year is about 1.
fn paces(season: &SeasonParams, dates: &[Date]) -> Vec<f64> {
    let yearly_mean = (1..=365).map(|day| yearly(season, f64::from(day))).sum::<f64>() / 365.0;
    let weekly_mean = season.weekday_weights.iter().sum::<f64>() / 7.0;
    let pace = |date: &Date| {
        let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        let weekly = season.weekday_weights.get(weekday).copied().unwrap_or(weekly_mean);
        yearly(season, f64::from(date.day_of_year())) / yearly_mean * weekly / weekly_mean
    };
    dates.iter().map(pace).collect()
}

/// Pace by day of the year: a wave, and a bump before Christmas.
fn yearly(season: &SeasonParams, day_of_year: f64) -> f64 {
    let angle = std::f64::consts::TAU * (day_of_year - season.yearly_peak_day) / YEAR_DAYS;
    let from_peak = (day_of_year - season.christmas_peak_day) / season.christmas_width_days;
    1.0 + season.yearly_amplitude * libm::cos(angle) + season.christmas_height * libm::exp(-from_peak * from_peak / 2.0)
}

/// Running sums, beginning with zero.
fn sums(values: &[f64]) -> Vec<f64> {
    let mut total = 0.0;
    let running = values.iter().map(|value| {
        total += value;
        total
    });
    std::iter::once(0.0).chain(running).collect()
}

/// Running shares of the total, from zero to one.
fn shares(weights: &[f64]) -> Vec<f64> {
    let total: f64 = weights.iter().sum();
    sums(weights).into_iter().map(|sum| sum / total).collect()
}

/// The step in which a value falls and how far into it; `None` from the last edge on. Values below zero count as zero.
fn locate(edges: &[f64], value: f64) -> Option<(usize, f64)> {
    let value = value.max(0.0);
    let after = edges.partition_point(|&edge| edge <= value);
    let (low, high) = (*edges.get(after.checked_sub(1)?)?, *edges.get(after)?);
    Some((after - 1, (value - low) / (high - low)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_only_moves_forward_and_ends() {
        let clock = Clock::new(&ShopParams::default());
        let end = clock.end_season();
        assert!((end / clock.end_days() - 1.0).abs() < 0.1, "season time is calendar time on average, not {end}");
        let days: Vec<f64> = (0..10_000).map(|step| clock.calendar(f64::from(step) * end / 10_000.0)).collect();
        assert!(days.is_sorted_by(|a, b| a < b));
        assert!(days.iter().all(|&day| (0.0..clock.end_days()).contains(&day)));
        assert!(clock.calendar(end).is_infinite());
    }

    #[test]
    fn december_is_busier_than_august_and_noon_than_night() {
        let clock = Clock::new(&ShopParams::default());
        let busy = |day: usize| clock.season_at[day + 7] - clock.season_at[day];
        assert!(busy(335) > 1.4 * busy(220));
        assert!(clock.time_of_day(0.02) > 0.1, "little happens in the first hours");
    }

    #[test]
    fn instants_count_from_midnight_of_the_start() {
        let clock = Clock::new(&ShopParams::default());
        assert_eq!(clock.instant(1.5).to_string(), "2023-01-02T12:00:00Z");
        assert_eq!(clock.month(31.0), 2);
        assert_eq!(clock.instant_before_end(913.0), None);
    }
}
