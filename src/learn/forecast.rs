//! The learner that repeats what a value model says: one feature is a probability of churning already.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::cutoff_weights::CutoffWeightsRecord;
use super::error::LearnError;
use super::logistic::Convergence;
use super::preparation::position;
use super::rows::{check_classes, labels, latest, matrix, mean};
use super::selection::Selections;
use super::{
    Choice, LOG_ODDS, Learner, MeasuredOn, Member, Model, OutOfTime, Trained, Training, TrainingNotes, TuningRecord,
};
use crate::checked::{self, Checked, Flaw};
use crate::dataset::Dataset;

/// Probabilities nearer to 0 or 1 than this count as this: log-odds stay finite.
const EDGE: f64 = 1e-6;

/// Log-odds are those of a feature that is a probability.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForecastLearner {
    /// Its name in files.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// The feature.
    pub feature: &'static str,
}

/// The feature, and what is said where it is missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ForecastModel {
    /// One name.
    features: Vec<String>,
    /// Mean of the log-odds over the training rows.
    centre: f64,
}

impl Learner for ForecastLearner {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn is_baseline(&self) -> bool {
        true
    }

    fn train(
        &self,
        training: &Training<'_>,
        selections: &Selections,
        _members: &[Member<'_>],
    ) -> Result<Trained, LearnError> {
        let churned = labels(training.dataset, training.rows, training.as_of);
        check_classes(self.name, &churned)?;
        let model = self.learn(training.dataset, training.rows, &churned)?;
        let mut out_of_time = Vec::with_capacity(training.folds.len());
        for fold in training.folds {
            let churned = labels(training.dataset, &fold.training, fold.cutoff);
            let then = self.learn(training.dataset, &fold.training, &churned)?;
            let log_odds = then.log_odds(training.dataset, &fold.validation)?;
            let drift = mean(&then.deviations(training.dataset, &latest(training.dataset, &fold.training))?);
            out_of_time.push(OutOfTime { log_odds, level: then.centre, drift });
        }
        let notes = TrainingNotes {
            n_rows: churned.len(),
            n_columns: 1,
            choice: Choice::Nothing,
            fold_log_loss: Vec::new(),
            measured_on: MeasuredOn::DecidingCutoffs,
            nested: None,
            // The model was fitted before the features were made; there is no search here.
            convergence: Convergence { gradient_per_row: 0.0, limit: f64::MIN_POSITIVE },
            selection: selections.whole.record.clone(),
            cutoff_weights: CutoffWeightsRecord::default(),
            tuning: TuningRecord::default(),
        };
        Ok(Trained { model: Model::Forecast(model), out_of_time, notes, uncertainty: None })
    }
}

impl ForecastLearner {
    /// The centre of the rows; where all of them lack the feature, the log-odds of churning.
    fn learn(&self, dataset: &Dataset, rows: &[usize], churned: &[bool]) -> Result<ForecastModel, LearnError> {
        let column = position(dataset, self.feature)?;
        let (mut sum, mut n) = (0.0, 0.0);
        for row in rows {
            let value = dataset.value(*row, column);
            if value.is_infinite() {
                return Err(LearnError::NotFinite { feature: self.feature.to_owned(), row: *row });
            }
            if !value.is_nan() {
                sum += log_odds(value);
                n += 1.0;
            }
        }
        let n_churned = churned.iter().filter(|churned| **churned).count() as f64;
        let plain = ((n_churned + 0.5) / (churned.len() as f64 - n_churned + 0.5)).ln();
        let centre = if n > 0.0 { sum / n } else { plain };
        Ok(ForecastModel { features: vec![self.feature.to_owned()], centre })
    }
}

fn log_odds(probability: f64) -> f64 {
    let p = probability.clamp(EDGE, 1.0 - EDGE);
    (p / (1.0 - p)).ln()
}

impl Checked for ForecastModel {
    fn check(&self) -> Result<(), Flaw> {
        checked::length("features", self.features.len(), 1)?;
        checked::number("centre", self.centre, &LOG_ODDS)
    }
}

impl ForecastModel {
    /// How far the log-odds of each row are from the centre; 0 where the feature is missing.
    fn deviations(&self, dataset: &Dataset, rows: &[usize]) -> Result<Vec<f64>, LearnError> {
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
