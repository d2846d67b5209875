//! The choice of cutoff weights on the folds.

use ndarray::Array1;
use rayon::prelude::*;

use super::cutoff_weights::{CutoffWeights, CutoffWeightsPolicy, CutoffWeightsRecord, CutoffWeightsTrial};
use super::design::Design;
use super::error::LearnError;
use super::feature_selection::{FeatureSelection, FeatureSelections};
use super::fold_losses::{Paired, losses_at_own_level, paired_gain};
use super::folds::Fold;
use super::rows::rows_per_customer;
use super::selection_optimism::MeasuredOn;
use super::training::Training;
use crate::maths::logistic::Problem;

/// What is tried beside equal weights. Few and far apart: folds say little about small differences.
const CANDIDATES: &[CutoffWeights] = &[
    CutoffWeights { half_life_days: Some(365.0), in_season: 1.0 },
    CutoffWeights { half_life_days: Some(150.0), in_season: 1.0 },
    CutoffWeights { half_life_days: None, in_season: 2.0 },
    CutoffWeights { half_life_days: Some(365.0), in_season: 2.0 },
];

/// Standard errors by which other weights must beat equal ones.
const CLEAR_ERRORS: f64 = 1.0;

/// The penalty under which weights are compared, before it is multiplied by the rows of an average customer.
const PENALTY: f64 = 10.0;

const TOLERANCE: f64 = 1e-5;

/// Chooses by forward chaining with a logistic regression, which is cheap and whose needs are those of the others: they
/// learn from the same rows.
///
/// # Errors
/// A feature that the dataset lacks.
pub(super) fn choose(
    training: &Training<'_>,
    selections: &FeatureSelections,
) -> Result<CutoffWeightsRecord, LearnError> {
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
    fn of(training: &Training<'_>, fold: &'a Fold, selection: &FeatureSelection) -> Result<Self, LearnError> {
        let dataset = training.dataset;
        let design = Design::learn(dataset, &fold.training, &selection.used)?;
        let validation = design.preparation.apply(dataset, &fold.validation)?;
        let known = training.labels(&fold.training, fold.cutoff);
        let came = training.labels(&fold.validation, training.as_of);
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
