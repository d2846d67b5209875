//! What a model says of rows and what each feature adds to it.

use ndarray::Array2;

use super::log_odds::LogOddsPrediction;

/// What a model says of some rows, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// Their log-odds.
    pub prediction: LogOddsPrediction,
    /// What each of the model's contributing features adds to them: `(n_rows, n_features)`, in log-odds.
    pub contributions: Array2<f64>,
    /// The variances of a uncertainty that was asked along; empty without one.
    pub variances: Vec<f64>,
}

impl Explained {
    /// What a model without members says.
    pub(super) fn alone((log_odds, contributions): (Vec<f64>, Array2<f64>)) -> Self {
        let between_members = vec![0.0; log_odds.len()];
        Self { prediction: LogOddsPrediction { log_odds, between_members }, contributions, variances: Vec::new() }
    }
}
