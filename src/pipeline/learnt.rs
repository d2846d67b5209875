//! What can be learnt at an as-of day: every learner trained on the matured cutoffs, and calibrated out of time.

use super::frame::Frame;
use crate::calibrate::{Calibration, CutoffPredictions, calibrate, probabilities};
use crate::dataset::Dataset;
use crate::error::Failure;
use crate::learn::{self, Fold, LearnError, OutOfTime, SharedFits, Target, Trained, Training, forward_chain};
use crate::registry::TrainingRecord;
use crate::timeline::Cutoff;

/// Folds on which learners choose their settings and calibrators are learnt.
pub(super) const FOLDS: usize = 4;

/// What was learnt at an as-of day.
pub(super) struct Learnt {
    pub(super) learners: Vec<LearntModel>,
    pub(super) record: TrainingRecord,
}

/// One learner's model and its calibrator.
pub(super) struct LearntModel {
    pub(super) name: &'static str,
    pub(super) trained: Trained,
    pub(super) calibration: Calibration,
}

impl LearntModel {
    /// Calibrated churn probabilities of some rows.
    pub(super) fn probabilities(&self, dataset: &Dataset, rows: &[usize]) -> Result<Vec<f64>, LearnError> {
        probabilities(&self.trained.model, &self.calibration.calibrator, dataset, rows)
    }
}

/// What all trainings of a command learn from, and what they have fitted so far.
pub(super) struct Trainings<'a> {
    pub(super) dataset: &'a Dataset,
    pub(super) frame: &'a Frame,
    pub(super) shared: SharedFits,
}

impl<'a> Trainings<'a> {
    pub(super) fn on(dataset: &'a Dataset, frame: &'a Frame) -> Self {
        Self { dataset, frame, shared: SharedFits::default() }
    }

    /// Trains learners, and those on which they build, on what was known at `as_of`.
    pub(super) fn learn_at(&self, as_of: Cutoff, learners: &[&str]) -> Result<Learnt, Failure> {
        let Self { dataset, frame, shared } = self;
        let cutoffs = frame.training_cutoffs(as_of)?;
        let rows = dataset.panel_rows_at(|cutoff| cutoffs.contains(&cutoff));
        let folds = forward_chain(dataset, &cutoffs, frame.matures_after(), FOLDS, frame.zone());
        let horizon = frame.settings.rule.horizon;
        let training = Training {
            target: Target::Churn,
            dataset,
            as_of,
            horizon,
            rows: &rows,
            folds: &folds,
            policy: &frame.policy,
            cutoff_weights: frame.cutoff_weights,
            trials: frame.trials,
            shared,
        };
        let calibrated = |(name, trained): (&'static str, Trained)| {
            let calibration = calibrate(&predicted(&training, &trained), frame.matures_after(), frame.zone());
            LearntModel { name, trained, calibration }
        };
        let learners = learn::train(&training, learners)?.into_iter().map(calibrated).collect();
        Ok(Learnt { learners, record: record(&training, frame, &cutoffs) })
    }
}

/// The predictions that a learner made on the way for rows that it had not seen.
pub(super) fn predicted(training: &Training<'_>, trained: &Trained) -> Vec<CutoffPredictions> {
    let of_fold = |(fold, predicted): (&Fold, &OutOfTime)| CutoffPredictions {
        cutoff: fold.cutoff,
        customers: fold.validation.iter().map(|row| training.dataset.customers[*row]).collect(),
        log_odds: predicted.log_odds.clone(),
        level: predicted.level,
        churned: fold
            .validation
            .iter()
            .map(|row| training.target.is_true(training.dataset, *row, training.as_of))
            .collect(),
    };
    training.folds.iter().zip(&trained.out_of_time).map(of_fold).collect()
}

fn record(training: &Training<'_>, frame: &Frame, cutoffs: &[Cutoff]) -> TrainingRecord {
    let n_rows = training.rows.len();
    let n_churned = training.rows.iter().filter(|row| training.dataset.churned(**row, training.as_of)).count();
    TrainingRecord {
        population: frame.settings.rule.population(),
        question: frame.settings.rule.question(),
        cutoffs: cutoffs.iter().map(|cutoff| cutoff.date()).collect(),
        n_rows,
        churn_rate: if n_rows == 0 { 0.0 } else { n_churned as f64 / n_rows as f64 },
        fold_cutoffs: training.folds.iter().map(|fold| fold.cutoff.date()).collect(),
        sampled: training.dataset.sampled(),
    }
}
