//! A fitted linear model of log-odds.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::card::Coefficient;
use super::error::LearnError;
use super::explained::Explained;
use super::level::Level;
use super::log_odds::{ERRORS, LOG_ODDS};
use super::preparation::Preparation;
use super::uncertainty::Uncertainty;
use crate::checked::{self, Checked, Flaw};
use crate::dataset::Dataset;
use crate::timeline::Cutoff;

/// Prepared columns, their weights, and the level of churn over the calendar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinearModel {
    pub(super) preparation: Preparation,
    pub(super) weights: Vec<f64>,
    /// Standard errors of the weights, clustered by customer; empty in models of before and where none can be had.
    #[serde(default)]
    pub(super) standard_errors: Vec<f64>,
    pub(super) level: Level,
}

impl Checked for LinearModel {
    fn check(&self) -> Result<(), Flaw> {
        checked::within("preparation", &self.preparation)?;
        let n_columns = self.preparation.n_columns();
        checked::length("weights", self.weights.len(), n_columns)?;
        checked::numbers("weights", self.weights.iter().copied(), &LOG_ODDS)?;
        let n_errors = if self.standard_errors.is_empty() { 0 } else { n_columns };
        checked::length("standard_errors", self.standard_errors.len(), n_errors)?;
        checked::numbers("standard_errors", self.standard_errors.iter().copied(), &ERRORS)?;
        checked::within("level", &self.level)
    }
}

impl LinearModel {
    pub(super) fn log_odds(&self, dataset: &Dataset, rows: &[usize]) -> Result<Vec<f64>, LearnError> {
        Ok(self.log_odds_of(&self.preparation.apply(dataset, rows)?, dataset, rows))
    }

    /// The log-odds of prepared rows.
    fn log_odds_of(&self, x: &Array2<f64>, dataset: &Dataset, rows: &[usize]) -> Vec<f64> {
        let levels: Vec<f64> = dataset.cutoffs.iter().map(|cutoff| self.base_log_odds(*cutoff)).collect();
        // Row by row, so that one customer alone gets the same bits as in company.
        let of_row = |(row, values): (&usize, ndarray::ArrayView1<'_, f64>)| {
            let level = levels[usize::from(dataset.cutoff_idx[*row])];
            values.iter().zip(&self.weights).fold(level, |sum, (value, weight)| sum + value * weight)
        };
        rows.iter().zip(x.outer_iter()).map(of_row).collect()
    }

    pub(super) const fn preparation(&self) -> &Preparation {
        &self.preparation
    }

    /// The log-odds of rows and what each feature adds to them; the variances of a uncertainty about the same columns.
    pub(super) fn explained(
        &self,
        dataset: &Dataset,
        rows: &[usize],
        uncertainty: Option<&Uncertainty>,
    ) -> Result<Explained, LearnError> {
        let x = self.preparation.apply(dataset, rows)?;
        let mut contributions = Array2::zeros((rows.len(), self.features().len()));
        for (mut out, row) in contributions.outer_iter_mut().zip(x.outer_iter()) {
            for (column, (value, weight)) in row.iter().zip(&self.weights).enumerate() {
                out[self.preparation.feature_of(column)] += value * weight;
            }
        }
        let explained = Explained::alone((self.log_odds_of(&x, dataset, rows), contributions));
        let uncertainty = uncertainty.filter(|uncertainty| uncertainty.reads_columns_of(&self.preparation));
        Ok(Explained {
            variances: uncertainty.map_or_else(Vec::new, |uncertainty| uncertainty.variances_of(&x)),
            ..explained
        })
    }

    /// The weights with their errors, those farthest from zero in standard errors first.
    pub(super) fn coefficients(&self) -> Vec<Coefficient> {
        let coefficient = |(column, (weight, error)): (usize, (&f64, &f64))| {
            let (kind, mean, sd) = self.preparation.described(column);
            Coefficient {
                feature: self.features()[self.preparation.feature_of(column)].clone(),
                column: kind,
                mean,
                sd,
                log_odds_per_sd: *weight,
                standard_error: *error,
                z: if *error > 0.0 { weight / error } else { 0.0 },
            }
        };
        let mut all: Vec<Coefficient> =
            self.weights.iter().zip(&self.standard_errors).enumerate().map(coefficient).collect();
        all.sort_by(|a, b| b.z.abs().total_cmp(&a.z.abs()));
        all
    }

    pub(super) fn features(&self) -> &[String] {
        self.preparation.features()
    }

    pub(super) fn base_log_odds(&self, cutoff: Cutoff) -> f64 {
        self.level.at(cutoff.date())
    }
}
