//! What every learner asks of its rows and folds.

use std::collections::BTreeMap;

use ndarray::Array2;
use rayon::prelude::*;

use super::chain::Fold;
use super::error::LearnError;
use super::{OutOfTime, Training, log_loss_at_own_level, own_shift};
use crate::dataset::Dataset;
use crate::maths::special::softplus;
use crate::timeline::Cutoff;

/// Whether the customer of each row left, as far as was known at `as_of`.
pub(super) fn labels(dataset: &Dataset, rows: &[usize], as_of: Cutoff) -> Vec<bool> {
    rows.iter().map(|row| dataset.churned(*row, as_of)).collect()
}

/// Those of the rows that are at the latest cutoff among them.
pub(super) fn latest(dataset: &Dataset, rows: &[usize]) -> Vec<usize> {
    let cutoff = |row: &usize| dataset.cutoff_idx[*row];
    let last = rows.iter().map(cutoff).max();
    rows.iter().copied().filter(|row| Some(cutoff(row)) == last).collect()
}

/// The mean; 0 of nothing.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / (values.len() as f64).max(1.0)
}

/// The matrix that rows of numbers one after the other fill.
///
/// # Errors
/// `LearnError::Shape` for too few numbers or too many: an empty matrix in their place would be a wrong answer.
pub(super) fn matrix<T>((n_rows, n_columns): (usize, usize), values: Vec<T>) -> Result<Array2<T>, LearnError> {
    let found = values.len();
    Array2::from_shape_vec((n_rows, n_columns), values).map_err(|_| LearnError::Shape { n_rows, n_columns, found })
}

/// Refuses rows from which nothing can be learnt.
///
/// # Errors
/// No rows, or one outcome only.
pub(super) fn check_classes(learner: &'static str, churned: &[bool]) -> Result<(), LearnError> {
    let Some(first) = churned.first() else { return Err(LearnError::NoRows { learner }) };
    if churned.iter().all(|other| other == first) {
        return Err(LearnError::SingleClass { learner, n_rows: churned.len(), churned: *first });
    }
    Ok(())
}

/// Rows for each customer on average; rows come customer after customer. Rows of one customer repeat each other, so what
/// counts evidence counts each row as one part in so many.
pub(super) fn rows_per_customer(dataset: &Dataset, rows: &[usize]) -> f64 {
    let n_customers = rows.chunk_by(|a, b| dataset.customers[*a] == dataset.customers[*b]).count();
    rows.len() as f64 / (n_customers as f64).max(1.0)
}

/// Cells (rows times features) to learn from up to which pieces of work are done side by side. Beyond, each keeps all cores
/// busy by itself, and together they would need the memory of all at once.
const SIDE_BY_SIDE_CELLS: usize = 1 << 24;

/// The results of pieces of work on so many cells; the same side by side and one after the other.
pub(super) fn results_of<A: Sync, T: Send>(
    pieces: &[A],
    n_cells: usize,
    work: impl Fn(&A) -> Result<T, LearnError> + Sync,
) -> Result<Vec<T>, LearnError> {
    if n_cells > SIDE_BY_SIDE_CELLS {
        pieces.iter().map(&work).collect()
    } else {
        pieces.par_iter().map(&work).collect()
    }
}

/// Log-losses of a fold for each setting tried, and the weight of the fold.
pub(super) struct FoldLosses {
    pub(super) weight: f64,
    pub(super) losses: Vec<f64>,
}

impl FoldLosses {
    /// Losses of predictions for the validation rows of a fold, each at its own level.
    pub(super) fn of<'p>(training: &Training<'_>, fold: &Fold, settings: impl Iterator<Item = &'p [f64]>) -> Self {
        let churned = labels(training.dataset, &fold.validation, training.as_of);
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
        losses_at_own_level(&predicted.log_odds, &labels(training.dataset, &fold.validation, training.as_of))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Report;

    #[test]
    fn numbers_that_do_not_fill_their_matrix_are_an_error() {
        assert_eq!(matrix((2, 2), vec![1, 2, 3, 4]).unwrap()[[1, 0]], 3);
        assert_eq!(matrix((2, 2), vec![1, 2, 3]).unwrap_err().code(), "E428");
    }
}
