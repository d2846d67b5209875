//! Conditional heads as they are stored: from features to the probability that a customer never comes back, or has bought a
//! last time, given what the label window brings.

use serde::{Deserialize, Serialize};

use super::Calibrator;
use crate::checked::{self, Checked, Flaw};
use crate::dataset::Dataset;
use crate::learn::{LearnError, Model};
use crate::units::Days;

/// A model with its calibrator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalibratedModel {
    /// From features to log-odds.
    pub model: Model,
    /// From log-odds to probabilities.
    pub calibrator: Calibrator,
}

/// Both heads of a version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Heads {
    /// Length of the follow-up behind the label window.
    pub follow_up: Days,
    /// That nothing is bought in the follow-up, given no purchase in the label window.
    pub never: CalibratedModel,
    /// That nothing is bought in the follow-up, given a purchase in the label window.
    pub last: CalibratedModel,
}

impl CalibratedModel {
    /// Calibrated probabilities of some rows.
    ///
    /// # Errors
    /// `LearnError::MissingFeature` if the dataset lacks a feature of the model.
    pub fn probabilities(&self, dataset: &Dataset, rows: &[usize]) -> Result<Vec<f64>, LearnError> {
        probabilities(&self.model, &self.calibrator, dataset, rows)
    }
}

/// Calibrated probabilities of some rows.
///
/// # Errors
/// `LearnError::MissingFeature` if the dataset lacks a feature of the model.
pub fn probabilities(
    model: &Model,
    calibrator: &Calibrator,
    dataset: &Dataset,
    rows: &[usize],
) -> Result<Vec<f64>, LearnError> {
    let levels: Vec<_> = dataset.cutoffs.iter().map(|cutoff| calibrator.at(model.base_log_odds(*cutoff))).collect();
    let calibrated = |(row, raw): (&usize, f64)| levels[usize::from(dataset.cutoff_idx[*row])].probability(raw);
    Ok(rows.iter().zip(model.log_odds(dataset, rows)?).map(calibrated).collect())
}

impl Heads {
    /// Both models.
    #[must_use]
    pub const fn models(&self) -> [&CalibratedModel; 2] {
        [&self.never, &self.last]
    }
}

impl Checked for CalibratedModel {
    fn check(&self) -> Result<(), Flaw> {
        checked::within("model", &self.model)?;
        checked::within("calibrator", &self.calibrator)
    }
}

impl Checked for Heads {
    fn check(&self) -> Result<(), Flaw> {
        checked::number("follow_up", f64::from(self.follow_up.0), &(1.0..=1825.0))?;
        checked::within("never", &self.never)?;
        checked::within("last", &self.last)
    }
}
