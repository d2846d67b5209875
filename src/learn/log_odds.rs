//! Log-odds that a model predicts, and what stored ones may be.

use std::ops::RangeInclusive;

/// Log-odds, and what adds to them, that a stored model may have.
pub(super) const LOG_ODDS: RangeInclusive<f64> = -1e6..=1e6;

/// Variances and standard errors that a stored model may have.
pub(super) const ERRORS: RangeInclusive<f64> = 0.0..=1e100;

/// What a model says of some rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LogOddsPrediction {
    /// Their log-odds.
    pub log_odds: Vec<f64>,
    /// Variance between the members of a blend in how far each row is from average, counted by their weights; 0 for a
    /// model without members.
    pub between_members: Vec<f64>,
}

impl LogOddsPrediction {
    /// Nothing yet, with room for so many rows.
    #[must_use]
    pub fn with_capacity(n_rows: usize) -> Self {
        Self { log_odds: Vec::with_capacity(n_rows), between_members: Vec::with_capacity(n_rows) }
    }

    /// Adds what was said of more rows.
    pub fn append(&mut self, mut more: Self) {
        self.log_odds.append(&mut more.log_odds);
        self.between_members.append(&mut more.between_members);
    }
}

/// What was said at an earlier cutoff by a model that had learnt from nothing after it. Its settings (penalty, number of
/// trees) are those that all folds chose, later ones too: few numbers, of which [`NestedLoss`](super::NestedLoss) tells what they gain by it.
#[derive(Debug, Clone, PartialEq)]
pub struct OutOfTime {
    /// Log-odds of the rows.
    pub log_odds: Vec<f64>,
    /// Log-odds of a customer who is average in everything.
    pub level: f64,
    /// How far from average the customers of the latest training cutoff were, in log-odds: features drift.
    pub drift: f64,
}
