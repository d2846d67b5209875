//! Losses on the folds: of settings, and of one setting beside another.

use std::collections::BTreeMap;

use super::folds::Fold;
use super::log_odds::OutOfTime;
use super::losses::{log_loss_at_own_level, own_shift};
use super::training::Training;
use crate::dataset::Dataset;
use crate::maths::special::softplus;

/// Log-losses of a fold for each setting tried, and the weight of the fold.
pub(super) struct FoldLosses {
    pub(super) weight: f64,
    pub(super) losses: Vec<f64>,
}

impl FoldLosses {
    /// Losses of predictions for the validation rows of a fold, each at its own level.
    pub(super) fn of<'p>(training: &Training<'_>, fold: &Fold, settings: impl Iterator<Item = &'p [f64]>) -> Self {
        let churned = training.labels(&fold.validation, training.as_of);
        Self {
            weight: fold.weight(),
            losses: settings.map(|predicted| log_loss_at_own_level(predicted, &churned)).collect(),
        }
    }
}

/// Log-losses of the rows of a fold under two settings.
pub(super) struct Paired<'a> {
    pub(super) fold: &'a Fold,
    pub(super) usual: &'a [f64],
    pub(super) other: &'a [f64],
}

impl Paired<'_> {
    fn gain(&self) -> f64 {
        self.usual.iter().zip(self.other).map(|(usual, other)| usual - other).sum::<f64>()
            / (self.usual.len() as f64).max(1.0)
    }
}

/// By how much the other setting is better over the folds, and the standard error of that from one customer to the next: a
/// customer's rows at several folds are not independent.
pub(super) fn paired_gain(dataset: &Dataset, folds: &[Paired<'_>]) -> (f64, f64) {
    let total: f64 = folds.iter().map(|paired| paired.fold.weight()).sum();
    let gain = folds.iter().map(|paired| paired.fold.weight() / total * paired.gain()).sum();
    let mut by_customer = BTreeMap::<u32, f64>::new();
    for paired in folds {
        let (centre, n) = (paired.gain(), (paired.fold.validation.len() as f64).max(1.0));
        let share = paired.fold.weight() / total / n;
        for (row, (usual, other)) in paired.fold.validation.iter().zip(paired.usual.iter().zip(paired.other)) {
            *by_customer.entry(dataset.customers[*row]).or_default() += share * (usual - other - centre);
        }
    }
    (gain, by_customer.values().map(|part| part * part).sum::<f64>().sqrt())
}

/// Log-loss of each row after the one shift of all that makes their sum least.
pub(super) fn losses_at_own_level(log_odds: &[f64], churned: &[bool]) -> Vec<f64> {
    let shift = own_shift(log_odds, churned);
    let loss = |(z, churned): (&f64, &bool)| softplus(if *churned { -(z + shift) } else { z + shift });
    log_odds.iter().zip(churned).map(loss).collect()
}

/// Losses of the validation rows of each fold, each fold at its own level.
pub(super) fn fold_losses(training: &Training<'_>, predicted: &[OutOfTime]) -> Vec<Vec<f64>> {
    let of_fold = |(fold, predicted): (&Fold, &OutOfTime)| {
        losses_at_own_level(&predicted.log_odds, &training.labels(&fold.validation, training.as_of))
    };
    training.folds.iter().zip(predicted).map(of_fold).collect()
}

/// By how much the other losses on the folds are better than the usual ones, and the standard error of that.
pub(super) fn gain_on_folds(training: &Training<'_>, usual: &[Vec<f64>], other: &[Vec<f64>]) -> (f64, f64) {
    let pairs = training.folds.iter().zip(usual.iter().zip(other));
    let paired: Vec<Paired<'_>> = pairs.map(|(fold, (usual, other))| Paired { fold, usual, other }).collect();
    paired_gain(training.dataset, &paired)
}

/// Weighted mean over the folds and its standard error, as if folds were independent; infinite for one fold, which cannot
/// tell how folds differ.
pub(super) fn weighted<'f>(
    folds: impl Iterator<Item = &'f FoldLosses> + Clone,
    of: impl Fn(&[f64]) -> f64,
) -> (f64, f64) {
    let total: f64 = folds.clone().map(|fold| fold.weight).sum();
    let mean = folds.clone().map(|fold| fold.weight * of(&fold.losses)).sum::<f64>() / total;
    if folds.clone().count() < 2 {
        return (mean, f64::INFINITY);
    }
    let squares = folds.map(|fold| (fold.weight / total * (of(&fold.losses) - mean)).powi(2)).sum::<f64>();
    (mean, squares.sqrt())
}
