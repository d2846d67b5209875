//! The learner that repeats what a value model says: one feature is a probability of churning already.

use super::cutoff_weights::CutoffWeightsRecord;
use super::error::LearnError;
use super::feature_selection::FeatureSelections;
use super::forecast_model::{ForecastModel, log_odds};
use super::log_odds::OutOfTime;
use super::logistic::Convergence;
use super::preparation::position;
use super::rows::{check_classes, latest, mean};
use super::training::{Choice, Learner, Member, Trained, Training, TrainingNotes};
use super::{MeasuredOn, Model, TuningRecord};
use crate::dataset::Dataset;

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
        selections: &FeatureSelections,
        _members: &[Member<'_>],
    ) -> Result<Trained, LearnError> {
        let churned = training.labels(training.rows, training.as_of);
        check_classes(self.name, &churned)?;
        let model = self.learn(training.dataset, training.rows, &churned)?;
        let mut out_of_time = Vec::with_capacity(training.folds.len());
        for fold in training.folds {
            let churned = training.labels(&fold.training, fold.cutoff);
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
