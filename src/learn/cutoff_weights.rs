//! How much the rows of each training cutoff count: all alike, or more the nearer a cutoff is in time or in season.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::MeasuredOn;
use crate::dataset::Dataset;
use crate::timeline::Cutoff;

/// How much cutoffs count.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CutoffWeights {
    /// Days by which a cutoff lies back that counts half; `None` if age makes no difference.
    pub half_life_days: Option<f64>,
    /// What a cutoff of the same season counts beside one of another.
    pub in_season: f64,
}

/// Whether the weights of cutoffs are given or chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CutoffWeightsPolicy {
    /// This one.
    Given(CutoffWeights),
    /// The folds decide, and equal weights stand unless they speak clearly for another.
    Choose,
}

impl Default for CutoffWeightsPolicy {
    fn default() -> Self {
        Self::Given(CutoffWeights::EQUAL)
    }
}

/// What was chosen, and why.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CutoffWeightsRecord {
    /// What is used.
    pub used: CutoffWeights,
    /// Everything that was tried, equal weights first; empty where nothing was to be chosen.
    pub tried: Vec<CutoffWeightsTrial>,
    /// What the figures of `tried` were measured on.
    #[serde(default)]
    pub measured_on: MeasuredOn,
}

/// How one set of weights did on the folds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CutoffWeightsTrial {
    /// The weights.
    #[serde(alias = "emphasis")]
    pub cutoff_weights: CutoffWeights,
    /// Mean log-loss of a logistic regression over the folds, each at its own level.
    pub log_loss: f64,
    /// By how much that is below the one of equal weights.
    pub gain: f64,
    /// Standard error of the gain, from one customer to the next.
    pub standard_error: f64,
}

impl Default for CutoffWeights {
    fn default() -> Self {
        Self::EQUAL
    }
}

/// Days apart in the year up to which two cutoffs are of the same season.
const SEASON_DAYS: f64 = 45.0;
const YEAR_DAYS: f64 = 365.25;

impl CutoffWeights {
    /// All cutoffs alike.
    pub const EQUAL: Self = Self { half_life_days: None, in_season: 1.0 };

    /// Whether all cutoffs count alike.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        *self == Self::EQUAL
    }

    /// What a cutoff counts for a model of another day, before weights are brought to a mean of 1.
    fn of(&self, cutoff: Date, as_of: Date) -> f64 {
        let age = cutoff.until(as_of).map_or(0.0, |span| f64::from(span.get_days()));
        let fading = self.half_life_days.map_or(1.0, |half_life| 0.5_f64.powf(age / half_life));
        let apart = (age + YEAR_DAYS / 2.0).rem_euclid(YEAR_DAYS) - YEAR_DAYS / 2.0;
        if apart.abs() <= SEASON_DAYS { fading * self.in_season } else { fading }
    }

    /// The weights of some rows for a model as of a day, with a mean of 1, so that a penalty means what it meant; empty if
    /// all count alike.
    pub(super) fn weights(&self, dataset: &Dataset, rows: &[usize], as_of: Cutoff) -> Vec<f64> {
        if self.is_equal() || rows.is_empty() {
            return Vec::new();
        }
        let of_cutoff: Vec<f64> = dataset.cutoffs.iter().map(|cutoff| self.of(cutoff.date(), as_of.date())).collect();
        let weights: Vec<f64> = rows.iter().map(|row| of_cutoff[usize::from(dataset.cutoff_idx[*row])]).collect();
        let mean = weights.iter().sum::<f64>() / weights.len() as f64;
        weights.into_iter().map(|weight| weight / mean).collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn weights_halve_with_age_and_rise_in_season() {
        let fading = CutoffWeights { half_life_days: Some(100.0), in_season: 1.0 };
        let of = |cutoff_weights: CutoffWeights, cutoff| cutoff_weights.of(cutoff, date(2024, 6, 1));
        assert!((of(fading, date(2024, 2, 22)) - 0.5).abs() < 1e-12);
        let season = CutoffWeights { half_life_days: None, in_season: 2.0 };
        for (cutoff, weight) in [
            (date(2023, 6, 1), 2.0),
            (date(2023, 5, 1), 2.0),
            (date(2022, 7, 10), 2.0),
            (date(2023, 12, 1), 1.0),
            (date(2024, 2, 1), 1.0),
        ] {
            assert!((of(season, cutoff) - weight).abs() < 1e-12, "{cutoff}");
        }
        assert!((of(CutoffWeights::EQUAL, date(2020, 1, 1)) - 1.0).abs() < 1e-12);
    }
}
