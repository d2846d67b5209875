//! How much the rows of each training cutoff count: all alike, or more the nearer a cutoff is in time or in season.

use jiff::civil::Date;
use ndarray::Array1;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::chain::Fold;
use super::design::Design;
use super::error::LearnError;
use super::rows::{Paired, labels, losses_at_own_level, paired_gain, rows_per_customer};
use super::selection::{Selection, Selections};
use super::{MeasuredOn, Training};
use crate::dataset::Dataset;
use crate::maths::logistic::Problem;
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

/// What is tried beside equal weights. Few and far apart: folds say little about small differences.
const CANDIDATES: &[CutoffWeights] = &[
    CutoffWeights { half_life_days: Some(365.0), in_season: 1.0 },
    CutoffWeights { half_life_days: Some(150.0), in_season: 1.0 },
    CutoffWeights { half_life_days: None, in_season: 2.0 },
    CutoffWeights { half_life_days: Some(365.0), in_season: 2.0 },
];

/// Days apart in the year up to which two cutoffs are of the same season.
const SEASON_DAYS: f64 = 45.0;
const YEAR_DAYS: f64 = 365.25;

/// Standard errors by which other weights must beat equal ones.
const CLEAR_ERRORS: f64 = 1.0;

/// The penalty under which weights are compared, before it is multiplied by the rows of an average customer.
const PENALTY: f64 = 10.0;
const TOLERANCE: f64 = 1e-5;

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

/// Chooses by forward chaining with a logistic regression, which is cheap and whose needs are those of the others: they
/// learn from the same rows.
///
/// # Errors
/// A feature that the dataset lacks.
pub(super) fn choose(training: &Training<'_>, selections: &Selections) -> Result<CutoffWeightsRecord, LearnError> {
    match training.cutoff_weights {
        CutoffWeightsPolicy::Given(used) => return Ok(CutoffWeightsRecord { used, ..CutoffWeightsRecord::default() }),
        CutoffWeightsPolicy::Choose if training.folds.is_empty() => return Ok(CutoffWeightsRecord::default()),
        CutoffWeightsPolicy::Choose => {}
    }
    let folds = training.folds.par_iter().zip(&selections.folds);
    let compared = folds.map(|(fold, selection)| FoldLosses::of(training, fold, selection));
    let folds = compared.collect::<Result<Vec<_>, LearnError>>()?;
    let trial = |(tried, cutoff_weights): (usize, &CutoffWeights)| {
        let (gain, standard_error) = gain(training, &folds, tried);
        CutoffWeightsTrial { cutoff_weights: *cutoff_weights, log_loss: mean_loss(&folds, tried), gain, standard_error }
    };
    let tried: Vec<CutoffWeightsTrial> = all().iter().enumerate().map(trial).collect();
    let clear = tried.iter().filter(|trial| trial.gain > CLEAR_ERRORS * trial.standard_error);
    let best = clear.max_by(|a, b| a.gain.total_cmp(&b.gain));
    let used = best.map_or(CutoffWeights::EQUAL, |best| best.cutoff_weights);
    Ok(CutoffWeightsRecord { used, tried, measured_on: MeasuredOn::DecidingCutoffs })
}

/// Equal weights, then the candidates.
fn all() -> Vec<CutoffWeights> {
    [CutoffWeights::EQUAL].iter().chain(CANDIDATES).copied().collect()
}

/// Losses of the validation rows of a fold under each set of weights.
struct FoldLosses<'a> {
    fold: &'a Fold,
    losses: Vec<Vec<f64>>,
}

impl<'a> FoldLosses<'a> {
    fn of(training: &Training<'_>, fold: &'a Fold, selection: &Selection) -> Result<Self, LearnError> {
        let dataset = training.dataset;
        let design = Design::learn(dataset, &fold.training, &selection.used)?;
        let validation = design.preparation.apply(dataset, &fold.validation)?;
        let known = labels(dataset, &fold.training, fold.cutoff);
        let came = labels(dataset, &fold.validation, training.as_of);
        let alpha = PENALTY * rows_per_customer(dataset, &fold.training);
        let mut at = Array1::zeros(design.x.ncols() + 1);
        let mut losses = Vec::new();
        for cutoff_weights in all() {
            let weights = cutoff_weights.weights(dataset, &fold.training, fold.cutoff);
            let problem = Problem { x: design.x.view(), churned: &known, alpha, weights: &weights };
            at = problem.solve(at, TOLERANCE);
            let deviations = validation.dot(&design.weights(&at)).to_vec();
            losses.push(losses_at_own_level(&deviations, &came));
        }
        Ok(Self { fold, losses })
    }

    fn paired(&self, tried: usize) -> Paired<'_> {
        Paired { fold: self.fold, usual: &self.losses[0], other: &self.losses[tried] }
    }

    fn mean(&self, tried: usize) -> f64 {
        self.losses[tried].iter().sum::<f64>() / (self.fold.validation.len() as f64).max(1.0)
    }
}

fn mean_loss(folds: &[FoldLosses<'_>], tried: usize) -> f64 {
    let total: f64 = folds.iter().map(|losses| losses.fold.weight()).sum();
    folds.iter().map(|losses| losses.fold.weight() / total * losses.mean(tried)).sum()
}

/// By how much some weights are better than equal ones, and the standard error.
fn gain(training: &Training<'_>, folds: &[FoldLosses<'_>], tried: usize) -> (f64, f64) {
    let paired: Vec<Paired<'_>> = folds.iter().map(|losses| losses.paired(tried)).collect();
    paired_gain(training.dataset, &paired)
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
