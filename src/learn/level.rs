//! The level of churn at a cutoff, predicted from its levels at earlier cutoffs.
//!
//! How many customers leave depends on the time of the year and drifts; who leaves depends on the customer. Each training
//! cutoff therefore has an intercept of its own, and that of a later cutoff is predicted by a Gaussian process over the
//! calendar: what is one year apart is alike, what is near in time is alike. Without either pattern the predicted level is
//! the mean; the strength of the pattern is the one under which the levels seen are most likely.

use std::f64::consts::PI;

use jiff::civil::Date;
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use super::log_odds::{ERRORS, LOG_ODDS};
use crate::checked::{self, Checked, Flaw};
use crate::maths::cholesky::Cholesky;
use crate::units::Days;

/// Share of the pattern that is seasonal; the rest is drift.
const SEASONAL_SHARE: f64 = 0.5;
/// Width of the season in the periodic kernel: levels two months apart in the year are hardly alike.
const SEASON_WIDTH: f64 = 0.5;
const YEAR_DAYS: f64 = 365.25;
/// Days over which drift is forgotten, as a multiple of the horizon.
const MEMORY_HORIZONS: f64 = 4.0 / 3.0;
/// Variances of the level in log-odds that are tried.
const VARIANCES: &[f64] = &[0.001, 0.01, 0.03, 0.1, 0.3, 1.0];

/// Levels that are read at most: a predicted one costs the cube of their number.
const MOST_LEVELS: usize = 10_000;

/// The level at one training cutoff.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct LevelPoint {
    /// The day of the cutoff.
    pub(super) date: Date,
    /// Log-odds of a customer who is average in everything.
    pub(super) log_odds: f64,
    /// Sampling variance of `log_odds`.
    pub(super) variance: f64,
}

/// Levels of the past, and how strongly they vary.
///
/// # Source
/// Rasmussen and Williams (2006), Gaussian Processes for Machine Learning, sections 2.2 and 4.2.3 (periodic kernel), 2.7
/// (mean by generalised least squares).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Level {
    memory_days: f64,
    mean: f64,
    /// Variance of the pattern around the mean.
    variance: f64,
    dates: Vec<Date>,
    /// What each past level adds to a predicted one, before the kernel.
    weights: Vec<f64>,
    /// The past levels and their sampling variances, from which the error of a predicted one is reckoned.
    #[serde(default)]
    past: Vec<[f64; 2]>,
}

impl Level {
    /// Learns from the levels of the training cutoffs.
    pub(super) fn learn(points: &[LevelPoint], horizon: Days) -> Self {
        let memory_days = MEMORY_HORIZONS * f64::from(horizon.0);
        let fits = VARIANCES.iter().filter_map(|variance| Fit::of(points, *variance, memory_days));
        let best = fits.max_by(|a, b| a.log_likelihood.total_cmp(&b.log_likelihood));
        let plain = points.iter().map(|point| point.log_odds).sum::<f64>() / (points.len() as f64).max(1.0);
        let dates = points.iter().map(|point| point.date).collect();
        let past = points.iter().map(|point| [point.log_odds, point.variance]).collect();
        match best {
            Some(fit) => {
                Self { memory_days, mean: fit.mean, variance: fit.variance, dates, weights: fit.weights.to_vec(), past }
            }
            None => Self { memory_days, mean: plain, variance: 0.0, weights: vec![0.0; points.len()], dates, past },
        }
    }

    /// The level predicted for a cutoff at `date`, in log-odds.
    #[must_use]
    pub fn at(&self, date: Date) -> f64 {
        let part =
            |(past, weight): (&Date, &f64)| weight * self.variance * likeness(days(*past, date), self.memory_days);
        self.mean + self.dates.iter().zip(&self.weights).map(part).sum::<f64>()
    }

    /// Expected square of the error of the level predicted for a cutoff at `date`. How strong the pattern is, is not known
    /// either: the strengths tried count as their likelihoods say. `None` without past levels.
    ///
    /// # Source
    /// Rasmussen and Williams (2006), equation 2.42 (variance with an estimated mean); `MacKay` (1992), Neural Computation
    /// 4, 415-447 (strengths averaged by their evidence).
    #[must_use]
    pub fn variance_at(&self, date: Date) -> Option<f64> {
        let point = |(date, [log_odds, variance]): (&Date, &[f64; 2])| LevelPoint {
            date: *date,
            log_odds: *log_odds,
            variance: *variance,
        };
        let points: Vec<LevelPoint> = self.dates.iter().zip(&self.past).map(point).collect();
        let fits: Vec<Fit> =
            VARIANCES.iter().filter_map(|variance| Fit::of(&points, *variance, self.memory_days)).collect();
        let most = fits.iter().map(|fit| fit.log_likelihood).fold(f64::NEG_INFINITY, f64::max);
        let predicted = self.at(date);
        let (mut sum, mut total) = (0.0, 0.0);
        for fit in &fits {
            let likelihood = (fit.log_likelihood - most).exp();
            let (mean, variance) = fit.predict(&points, date, self.memory_days);
            sum += likelihood * (variance + (mean - predicted).powi(2));
            total += likelihood;
        }
        (total > 0.0).then(|| sum / total)
    }
}

impl Checked for Level {
    fn check(&self) -> Result<(), Flaw> {
        checked::number("memory_days", self.memory_days, &(1.0..=1e5))?;
        checked::number("mean", self.mean, &LOG_ODDS)?;
        checked::number("variance", self.variance, &(0.0..=1e3))?;
        checked::at_most("dates", self.dates.len(), MOST_LEVELS)?;
        checked::ascending("dates", &self.dates)?;
        checked::length("weights", self.weights.len(), self.dates.len())?;
        checked::numbers("weights", self.weights.iter().copied(), &(-1e12..=1e12))?;
        let n_past = if self.past.is_empty() { 0 } else { self.dates.len() };
        checked::length("past", self.past.len(), n_past)?;
        checked::numbers("past", self.past.iter().map(|[log_odds, _]| *log_odds), &LOG_ODDS)?;
        checked::numbers("past", self.past.iter().map(|[_, variance]| *variance), &ERRORS)
    }
}

struct Fit {
    log_likelihood: f64,
    variance: f64,
    mean: f64,
    weights: Array1<f64>,
    factor: Cholesky,
    /// The solution for a vector of ones.
    ones: Array1<f64>,
}

impl Fit {
    /// The process of a given variance; `None` without levels.
    fn of(points: &[LevelPoint], variance: f64, memory_days: f64) -> Option<Self> {
        let n = points.len();
        let covariance = Array2::from_shape_fn((n, n), |(i, j)| {
            let noise = if i == j { points[i].variance } else { 0.0 };
            variance * likeness(days(points[i].date, points[j].date), memory_days) + noise
        });
        let factor = Cholesky::of(covariance).filter(|_| n > 0)?;
        let ones = factor.solve(&Array1::ones(n));
        let levels: Array1<f64> = points.iter().map(|point| point.log_odds).collect();
        let mean = ones.dot(&levels) / ones.sum();
        let residual = levels - mean;
        let weights = factor.solve(&residual);
        let log_likelihood = -0.5 * (residual.dot(&weights) + factor.log_determinant());
        Some(Self { log_likelihood, variance, mean, weights, factor, ones })
    }

    /// Mean and variance of the level at a day.
    fn predict(&self, points: &[LevelPoint], date: Date, memory_days: f64) -> (f64, f64) {
        let with = |point: &LevelPoint| self.variance * likeness(days(point.date, date), memory_days);
        let covariance: Array1<f64> = points.iter().map(with).collect();
        let unexplained = self.variance - covariance.dot(&self.factor.solve(&covariance));
        let of_mean = (1.0 - self.ones.dot(&covariance)).powi(2) / self.ones.sum();
        (self.mean + covariance.dot(&self.weights), unexplained.max(0.0) + of_mean)
    }
}

/// Correlation of the levels of two cutoffs some days apart.
fn likeness(days: f64, memory_days: f64) -> f64 {
    let in_season = (-2.0 * ((PI * days / YEAR_DAYS).sin() / SEASON_WIDTH).powi(2)).exp();
    SEASONAL_SHARE * in_season + (1.0 - SEASONAL_SHARE) * (-days.abs() / memory_days).exp()
}

fn days(from: Date, to: Date) -> f64 {
    from.until(to).map_or(0.0, |span| f64::from(span.get_days()))
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;

    use super::*;
    use crate::maths::random::noise::even;

    /// Monthly levels over `n` months from January 2023.
    fn learn(n: i32, level: impl Fn(f64) -> f64) -> Level {
        let start = date(2023, 1, 1);
        let point = |month: i32| {
            let date = start.saturating_add((30 * month).days());
            LevelPoint { date, log_odds: level(days(start, date)), variance: 0.002 }
        };
        Level::learn(&(0..n).map(point).collect::<Vec<_>>(), Days(90))
    }

    #[test]
    fn a_season_comes_back_a_year_later() {
        let season = |day: f64| -0.3 + 0.8 * (2.0 * PI * day / YEAR_DAYS).cos();
        let level = learn(12, season);
        let start = date(2023, 1, 1);
        for ahead in [380, 420, 450] {
            let predicted = level.at(start.saturating_add(ahead.days()));
            let truth = season(f64::from(ahead));
            assert!((predicted - truth).abs() < 0.25, "{ahead}: {predicted} for {truth}");
            assert!((predicted - truth).abs() < (-0.3 - truth).abs(), "{ahead}: the mean would be better");
        }
    }

    #[test]
    fn a_steady_level_stays_and_a_lone_one_is_repeated() {
        let level = learn(10, |_| 0.7);
        assert!((level.at(date(2030, 6, 1)) - 0.7).abs() < 1e-9);
        assert!((learn(1, |_| -0.2).at(date(2024, 1, 1)) + 0.2).abs() < 1e-9);
        assert!(learn(0, |_| 0.0).at(date(2024, 1, 1)).abs() < 1e-12);
    }

    /// Levels without pattern around a mean: four in five of the intervals hold what comes.
    #[test]
    fn the_error_of_a_predicted_level_is_as_large_as_it_says() {
        let draw = |i: i32| {
            let uniform = |j: i32| even((i * 97 + j).unsigned_abs());
            (0..12).map(uniform).sum::<f64>() - 6.0
        };
        let start = date(2023, 1, 1);
        let (mut held, mut squares) = (0, 0.0);
        for shop in 0..200 {
            let months = (0..12).map(f64::from);
            let at = |day: f64| months.clone().position(|month| (month * 30.0 - day).abs() < 15.0).unwrap();
            let level = learn(12, |day| 0.3 * draw(shop * 40 + i32::try_from(at(day)).unwrap()));
            let ahead = start.saturating_add(450.days());
            let error = 0.3 * draw(shop * 40 + 15) - level.at(ahead);
            let variance = level.variance_at(ahead).unwrap();
            held += i32::from(error.abs() < 1.281_552 * variance.sqrt());
            squares += error * error / variance / 200.0;
        }
        assert!((140..=185).contains(&held) && (0.5..1.5).contains(&squares), "{held} {squares}");
        assert!(learn(0, |_| 0.0).variance_at(start).is_none());
    }

    #[test]
    fn far_ahead_is_less_certain_than_near() {
        let level = learn(10, |day| (day / 40.0).sin() * 0.4);
        let variance = |year: i16, month: i8| level.variance_at(date(year, month, 1)).unwrap();
        assert!(variance(2023, 11) < variance(2026, 4), "{} {}", variance(2023, 11), variance(2026, 4));
    }

    #[test]
    fn drift_is_followed_and_then_forgotten() {
        let level = learn(8, |day| 0.002 * day);
        let (soon, far) = (level.at(date(2023, 8, 15)), level.at(date(2040, 2, 10)));
        assert!(soon > level.mean + 0.05 && (far - level.mean).abs() < 0.3, "{soon} {far} {}", level.mean);
    }
}
