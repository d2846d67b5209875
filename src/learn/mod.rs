//! Owns the learners behind one trait. A learner sees prepared columns and labels, never events; whether its optimiser
//! converged is a value that is stored.

mod chain;
mod error;
mod linear;
mod logistic;
mod newton;
mod preparation;

use ndarray::{Array1, Array2, Axis};
use serde::{Deserialize, Serialize};

use crate::dataset::Dataset;
use crate::timeline::Cutoff;

pub use chain::{Fold, forward_chain};
pub use error::LearnError;
pub use linear::{Columns, LinearLearner, LinearModel, PENALTIES};
pub use logistic::Convergence;
pub use preparation::Preparation;

/// Every learner, the main one first, then the baselines it has to beat.
pub const LEARNERS: &[&dyn Learner] = &[
    &LinearLearner { name: "logistic", title: "logistic regression", columns: Columns::All },
    &LinearLearner { name: "recency", title: "recency rule", columns: Columns::Only(&["recency_days"]) },
    &LinearLearner { name: "overdue", title: "overdue rule", columns: Columns::Only(&["overdue_ratio"]) },
    &LinearLearner {
        name: "rfm",
        title: "recency, frequency, monetary",
        columns: Columns::Only(&["recency_days", "orders_365d_count", "net_spend_365d_amount"]),
    },
];

/// The learner whose probabilities make the list.
pub const MAIN_LEARNER: &str = "logistic";

/// Something that learns log-odds of churning from a dataset.
pub trait Learner: Sync {
    /// Its name in files: `p_<name>`.
    fn name(&self) -> &'static str;

    /// Its name for people.
    fn title(&self) -> &'static str;

    /// Learns from the training rows; chooses its own settings on the folds.
    ///
    /// # Errors
    /// Too little to learn from, or an optimiser that did not converge.
    fn train(&self, training: &Training<'_>) -> Result<Trained, LearnError>;
}

/// What a learner may learn from at an as-of day.
#[derive(Debug, Clone, Copy)]
pub struct Training<'a> {
    /// Rows of all cutoffs.
    pub dataset: &'a Dataset,
    /// The day at which labels are read: later purchases are not known.
    pub as_of: Cutoff,
    /// The rows of the matured cutoffs.
    pub rows: &'a [usize],
    /// Earlier as-of days with their own training and validation rows, in ascending time.
    pub folds: &'a [Fold],
}

/// What a learner has learnt.
#[derive(Debug, Clone)]
pub struct Trained {
    /// The model, learnt from all training rows.
    pub model: Model,
    /// For each fold, the log-odds of its validation rows by a model that saw only the fold's training rows.
    pub out_of_time: Vec<Vec<f64>>,
    /// What the learner chose and how the fit went.
    pub notes: TrainingNotes,
}

/// What the learner chose and how the fit went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainingNotes {
    /// Rows learnt from.
    pub n_rows: usize,
    /// Columns after preparation.
    pub n_columns: usize,
    /// L2 penalty per row.
    pub penalty_per_row: f64,
    /// Mean log-loss over the folds for each penalty tried.
    pub fold_log_loss: Vec<(f64, f64)>,
    /// How the optimiser of the final fit stopped.
    pub convergence: Convergence,
}

/// A fitted model, stored as plain numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Model {
    /// Log-odds linear in the prepared columns.
    Linear(LinearModel),
}

impl Model {
    /// Log-odds of churning for some rows.
    ///
    /// # Errors
    /// `LearnError::MissingFeature` if the dataset lacks a feature of the model.
    pub fn log_odds(&self, dataset: &Dataset, rows: &[usize]) -> Result<Vec<f64>, LearnError> {
        match self {
            Self::Linear(model) => model.log_odds(dataset, rows),
        }
    }

    /// For each row, what each feature adds to the log-odds; with `base_log_odds` they sum to the log-odds.
    ///
    /// # Errors
    /// `LearnError::MissingFeature` if the dataset lacks a feature of the model.
    pub fn contributions(&self, dataset: &Dataset, rows: &[usize]) -> Result<Array2<f64>, LearnError> {
        match self {
            Self::Linear(model) => model.contributions(dataset, rows),
        }
    }

    /// The features of the columns of `contributions`.
    #[must_use]
    pub fn contributing_features(&self) -> &[String] {
        match self {
            Self::Linear(model) => model.features(),
        }
    }

    /// Log-odds of a customer with average values everywhere.
    #[must_use]
    pub const fn base_log_odds(&self) -> f64 {
        match self {
            Self::Linear(model) => model.intercept(),
        }
    }
}

/// Probability of given log-odds.
///
/// ```
/// assert_eq!(retain::learn::probability(0.0), 0.5);
/// ```
#[must_use]
pub fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// Mean log-loss of log-odds, computed without ever rounding a probability to 0 or 1.
#[must_use]
pub fn mean_log_loss(log_odds: &[f64], churned: &[bool]) -> f64 {
    let loss = |(log_odds, churned): (&f64, &bool)| softplus(if *churned { -log_odds } else { *log_odds });
    log_odds.iter().zip(churned).map(loss).sum::<f64>() / (churned.len() as f64).max(1.0)
}

/// Slope and intercept of the logistic line from log-odds to outcomes; `None` with one outcome only or without spread.
#[must_use]
pub fn fit_line(log_odds: &[f64], churned: &[bool]) -> Option<(f64, f64)> {
    let n = churned.len() as f64;
    let (mean, both) = (log_odds.iter().sum::<f64>() / n, churned.contains(&true) && churned.contains(&false));
    let sd = (log_odds.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / n).sqrt();
    if !both || sd.is_nan() || sd < 1e-9 {
        return None;
    }
    let x: Array2<f64> = log_odds.iter().map(|z| (z - mean) / sd).collect::<Array1<f64>>().insert_axis(Axis(1));
    let at = newton::Problem { x: x.view(), churned, alpha: LINE_PENALTY }.solve(Array1::zeros(2), LINE_TOLERANCE);
    let slope = at[0] / sd;
    Some((slope, at[1] - slope * mean))
}

/// Keeps the slope finite where a threshold separates the outcomes; nothing to a thousand rows.
const LINE_PENALTY: f64 = 1e-3;
const LINE_TOLERANCE: f64 = 1e-10;

/// `ln(1 + exp(x))` without overflow.
pub(crate) fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}
