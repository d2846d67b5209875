//! The learner whose log-odds are linear in prepared columns: the main logistic regression over all features, and the
//! baselines over one to three of them.

use ndarray::{Array1, Array2, s};
use serde::{Deserialize, Serialize};

use super::chain::Fold;
use super::error::LearnError;
use super::logistic;
use super::newton::Problem;
use super::preparation::Preparation;
use super::{Learner, Model, Trained, Training, TrainingNotes, mean_log_loss};
use crate::dataset::Dataset;
use crate::timeline::Cutoff;

/// L2 penalties per row that are tried, the strongest first.
pub const PENALTIES: &[f64] = &[1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 1e-4];

/// The penalty where there are no folds to choose one on.
const DEFAULT_PENALTY: f64 = 1e-3;

/// Precision of the fits on folds, which only rank penalties and make out-of-time predictions.
const FOLD_TOLERANCE: f64 = 1e-5;

/// Which features a linear learner uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Columns {
    /// All of the schema.
    All,
    /// These, as far as the schema has them.
    Only(&'static [&'static str]),
}

/// A logistic regression over some features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinearLearner {
    /// Its name in files.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it uses.
    pub columns: Columns,
}

/// Prepared columns, weights and intercept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinearModel {
    preparation: Preparation,
    weights: Vec<f64>,
    intercept: f64,
}

impl Learner for LinearLearner {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn train(&self, training: &Training<'_>) -> Result<Trained, LearnError> {
        let features = self.features(training.dataset);
        let churned = labels(training.dataset, training.rows, training.as_of);
        self.check_classes(&churned)?;
        let chosen = Self::choose_penalty(training, &features)?;
        let preparation = Preparation::learn(training.dataset, training.rows, &features)?;
        let x = preparation.apply(training.dataset, training.rows)?;
        let alpha = chosen.penalty * churned.len() as f64;
        let fit = logistic::fit(self.name, &Problem { x: x.view(), churned: &churned, alpha })?;
        let notes = TrainingNotes {
            n_rows: churned.len(),
            n_columns: x.ncols(),
            penalty_per_row: chosen.penalty,
            fold_log_loss: chosen.fold_log_loss,
            convergence: fit.convergence,
        };
        let model = LinearModel { preparation, weights: fit.weights.to_vec(), intercept: fit.intercept };
        Ok(Trained { model: Model::Linear(model), out_of_time: chosen.out_of_time, notes })
    }
}

/// The penalty with the lowest mean log-loss over the folds, and the predictions made on the way.
struct Chosen {
    penalty: f64,
    fold_log_loss: Vec<(f64, f64)>,
    out_of_time: Vec<Vec<f64>>,
}

impl LinearLearner {
    fn features<'d>(&self, dataset: &'d Dataset) -> Vec<&'d str> {
        let used = |name: &&str| match self.columns {
            Columns::All => true,
            Columns::Only(names) => names.contains(name),
        };
        dataset.schema.names().filter(used).collect()
    }

    fn check_classes(&self, churned: &[bool]) -> Result<(), LearnError> {
        let Some(first) = churned.first() else { return Err(LearnError::NoRows { learner: self.name }) };
        if churned.iter().all(|other| other == first) {
            return Err(LearnError::SingleClass { learner: self.name, n_rows: churned.len(), churned: *first });
        }
        Ok(())
    }

    fn choose_penalty(training: &Training<'_>, features: &[&str]) -> Result<Chosen, LearnError> {
        let mut losses = vec![0.0; PENALTIES.len()];
        let mut paths = Vec::with_capacity(training.folds.len());
        for fold in training.folds {
            let path = predict_path(training.dataset, fold, features)?;
            let churned = labels(training.dataset, &fold.validation, training.as_of);
            for (loss, log_odds) in losses.iter_mut().zip(&path) {
                *loss += mean_log_loss(log_odds, &churned) / training.folds.len() as f64;
            }
            paths.push(path);
        }
        let best = (0..losses.len()).min_by(|a, b| losses[*a].total_cmp(&losses[*b])).filter(|_| !paths.is_empty());
        Ok(Chosen {
            penalty: best.map_or(DEFAULT_PENALTY, |best| PENALTIES[best]),
            fold_log_loss: if best.is_some() { PENALTIES.iter().copied().zip(losses).collect() } else { Vec::new() },
            out_of_time: paths.into_iter().map(|mut path| path.swap_remove(best.unwrap_or(0))).collect(),
        })
    }
}

/// Log-odds of a fold's validation rows for each penalty, each fit starting where the one before ended.
fn predict_path(dataset: &Dataset, fold: &Fold, features: &[&str]) -> Result<Vec<Vec<f64>>, LearnError> {
    let preparation = Preparation::learn(dataset, &fold.training, features)?;
    let x = preparation.apply(dataset, &fold.training)?;
    let validation = preparation.apply(dataset, &fold.validation)?;
    let churned = labels(dataset, &fold.training, fold.cutoff);
    let mut at = Array1::zeros(x.ncols() + 1);
    let mut path = Vec::with_capacity(PENALTIES.len());
    for penalty in PENALTIES {
        let problem = Problem { x: x.view(), churned: &churned, alpha: penalty * churned.len() as f64 };
        at = problem.solve(at, FOLD_TOLERANCE);
        path.push((validation.dot(&at.slice(s![..x.ncols()])) + at[x.ncols()]).to_vec());
    }
    Ok(path)
}

fn labels(dataset: &Dataset, rows: &[usize], as_of: Cutoff) -> Vec<bool> {
    rows.iter().map(|row| dataset.churned(*row, as_of)).collect()
}

impl LinearModel {
    pub(super) fn log_odds(&self, dataset: &Dataset, rows: &[usize]) -> Result<Vec<f64>, LearnError> {
        let x = self.preparation.apply(dataset, rows)?;
        // Row by row, so that one customer alone gets the same bits as in company.
        let of_row = |row: ndarray::ArrayView1<'_, f64>| {
            row.iter().zip(&self.weights).fold(self.intercept, |sum, (value, weight)| sum + value * weight)
        };
        Ok(x.outer_iter().map(of_row).collect())
    }

    pub(super) fn contributions(&self, dataset: &Dataset, rows: &[usize]) -> Result<Array2<f64>, LearnError> {
        let x = self.preparation.apply(dataset, rows)?;
        let mut contributions = Array2::zeros((rows.len(), self.features().len()));
        for (mut out, row) in contributions.outer_iter_mut().zip(x.outer_iter()) {
            for (column, (value, weight)) in row.iter().zip(&self.weights).enumerate() {
                out[self.preparation.feature_of(column)] += value * weight;
            }
        }
        Ok(contributions)
    }

    pub(super) fn features(&self) -> &[String] {
        self.preparation.features()
    }

    pub(super) const fn intercept(&self) -> f64 {
        self.intercept
    }
}
