//! A model that takes the forecast of a feature as it is.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::error::LearnError;
use super::log_odds::LOG_ODDS;
use super::preparation::position;
use super::rows::matrix;
use crate::checked::{self, Checked, Flaw};
use crate::dataset::Dataset;

/// The feature, and what is said where it is missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ForecastModel {
    /// One name.
    pub(super) features: Vec<String>,
    /// Mean of the log-odds over the training rows.
    pub(super) centre: f64,
}

impl Checked for ForecastModel {
    fn check(&self) -> Result<(), Flaw> {
        checked::length("features", self.features.len(), 1)?;
        checked::number("centre", self.centre, &LOG_ODDS)
    }
}

impl ForecastModel {
    /// How far the log-odds of each row are from the centre; 0 where the feature is missing.
    pub(super) fn deviations(&self, dataset: &Dataset, rows: &[usize]) -> Result<Vec<f64>, LearnError> {
        let column = position(dataset, self.features.first().map_or("", String::as_str))?;
        let deviation = |row: &usize| {
            let value = dataset.value(*row, column);
            if value.is_nan() { 0.0 } else { log_odds(value) - self.centre }
        };
        Ok(rows.iter().map(deviation).collect())
    }

    pub(super) fn log_odds(&self, dataset: &Dataset, rows: &[usize]) -> Result<Vec<f64>, LearnError> {
        Ok(self.explained(dataset, rows)?.0)
    }

    /// The log-odds of rows and what the feature adds to them.
    pub(super) fn explained(&self, dataset: &Dataset, rows: &[usize]) -> Result<(Vec<f64>, Array2<f64>), LearnError> {
        let deviations = self.deviations(dataset, rows)?;
        let log_odds = deviations.iter().map(|deviation| self.centre + deviation).collect();
        Ok((log_odds, matrix((rows.len(), 1), deviations)?))
    }

    pub(super) fn features(&self) -> &[String] {
        &self.features
    }

    /// The same at every cutoff: the feature itself tells how many leave.
    pub(super) const fn base_log_odds(&self) -> f64 {
        self.centre
    }
}

/// Probabilities nearer to 0 or 1 than this count as this: log-odds stay finite.
pub(super) const EDGE: f64 = 1e-6;

pub(super) fn log_odds(probability: f64) -> f64 {
    let p = probability.clamp(EDGE, 1.0 - EDGE);
    (p / (1.0 - p)).ln()
}
