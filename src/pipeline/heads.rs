//! The conditional heads of a day: learnt from the cutoffs whose outcomes were known, calibrated and tested out of time.

use super::learnt::{FOLDS, Trainings, predicted};
use crate::calibrate::{CalibratedModel, Calibration, Calibrator, Heads, calibrate};
use crate::decide::{Conditionals, OutcomeProbabilities};
use crate::error::Failure;
use crate::evaluate::Metrics;
use crate::evaluate::prepared::Sample;
use crate::explain::{Medians, RhythmReader};
use crate::learn::{
    CutoffWeightsPolicy, Fold, Target, Trained, Training, forward_chain, log_loss_at_own_level, train_head,
};
use crate::maths::special::probability;
use crate::profile::FollowUp;
use crate::registry::{HeadFigures, HeadRecord, HeadsRecord};
use crate::timeline::Cutoff;

/// Rows of either answer from which a head is learnt, at least.
const LEAST_ROWS: usize = 100;
/// Rows of either answer that a fold learns from, at least.
const LEAST_FOLD_ROWS: usize = 30;

/// Heads, where they could be learnt, and what is said of them in the manifest.
pub(super) struct LearntHeads {
    pub(super) heads: Option<Heads>,
    pub(super) record: HeadsRecord,
}

/// One head and how it came about.
struct LearntHead {
    model: CalibratedModel,
    record: HeadRecord,
}

impl Trainings<'_> {
    /// Learns both heads from what was known at `as_of`; neither where history is too short for one of them.
    pub(super) fn heads_at(&self, as_of: Cutoff) -> Result<LearntHeads, Failure> {
        let cutoffs = self.frame.outcome_cutoffs(as_of);
        let mut record = HeadsRecord {
            follow_up: self.frame.follow_up,
            cutoffs: cutoffs.iter().map(|cutoff| cutoff.date()).collect(),
            never: None,
            last: None,
            fallback: None,
        };
        let Some(follow_up) = self.frame.follow_up else { return Ok(LearntHeads { heads: None, record }) };
        let (never, last) =
            (self.head_at(as_of, &cutoffs, Target::Never)?, self.head_at(as_of, &cutoffs, Target::Last)?);
        let heads = match (never, last) {
            (Ok(never), Ok(last)) => {
                (record.never, record.last) = (Some(never.record), Some(last.record));
                Some(Heads { follow_up: follow_up.days, never: never.model, last: last.model })
            }
            (never, last) => {
                record.fallback = never.err().or_else(|| last.err()).map(|why| why.in_words(follow_up));
                None
            }
        };
        Ok(LearntHeads { heads, record })
    }

    fn head_at(
        &self,
        as_of: Cutoff,
        cutoffs: &[Cutoff],
        target: Target,
    ) -> Result<Result<LearntHead, TooLittle>, Failure> {
        let (dataset, frame) = (self.dataset, self.frame);
        let mut rows = dataset.panel_rows_at(|cutoff| cutoffs.contains(&cutoff));
        rows.retain(|row| target.is_asked(dataset, *row, as_of));
        let settles_after = frame.settles_after();
        let mut folds = forward_chain(dataset, cutoffs, settles_after, FOLDS, frame.zone());
        let few = |rows: &[usize], as_of: Cutoff, least: usize| {
            let n_true = rows.iter().filter(|row| target.is_true(dataset, **row, as_of)).count();
            n_true.min(rows.len() - n_true) < least
        };
        for fold in &mut folds {
            fold.training.retain(|row| target.is_asked(dataset, *row, fold.cutoff));
            fold.validation.retain(|row| target.is_asked(dataset, *row, as_of));
        }
        folds.retain(|fold| !few(&fold.training, fold.cutoff, LEAST_FOLD_ROWS) && !few(&fold.validation, as_of, 1));
        let too_little = TooLittle { n_cutoffs: cutoffs.len(), n_rows: rows.len(), has_folds: !folds.is_empty() };
        if folds.is_empty() || few(&rows, as_of, LEAST_ROWS) {
            return Ok(Err(too_little));
        }
        let training = Training {
            target,
            dataset,
            as_of,
            horizon: frame.settings.rule.horizon,
            rows: &rows,
            folds: &folds,
            policy: &frame.policy,
            cutoff_weights: CutoffWeightsPolicy::default(),
            trials: 0,
            shared: &self.shared,
        };
        let candidates: Vec<Candidate> = train_head(&training)?
            .into_iter()
            .map(|(learner, trained)| Candidate { figures: figures(&training, learner, &trained), learner, trained })
            .collect();
        let all_figures = candidates.iter().filter_map(|candidate| candidate.figures.clone()).collect();
        // The first is the learner, the others the rules that it has to beat; of equal losses the learner's stands.
        let best = candidates.into_iter().reduce(|best, other| if other.loss() < best.loss() { other } else { best });
        let Some(Candidate { learner, trained, .. }) = best else { return Ok(Err(too_little)) };
        let calibration = calibrate(&predicted(&training, &trained), settles_after, frame.zone());
        let n_true = rows.iter().filter(|row| target.is_true(dataset, **row, as_of)).count();
        Ok(Ok(LearntHead {
            record: HeadRecord {
                n_rows: rows.len(),
                rate: n_true as f64 / rows.len() as f64,
                learner: learner.to_owned(),
                setting: trained.notes.choice.clone(),
                fold_cutoffs: folds.iter().map(|fold| fold.cutoff.date()).collect(),
                figures: all_figures,
                calibration: Calibration { calibrator: Calibrator::NONE, ..calibration.clone() },
            },
            model: CalibratedModel { model: trained.model, calibrator: calibration.calibrator },
        }))
    }
}

/// What was expected of a customer at a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Expected {
    /// What the heads said of the follow-up; `None` without any.
    pub(super) said: Option<Conditionals>,
    /// What was to come.
    pub(super) outcome: OutcomeProbabilities,
}

/// What a list of a day needs beside the model of churn.
pub(super) struct DayHeads {
    pub(super) heads: Option<Heads>,
    /// What customers were like in training.
    pub(super) medians: Medians,
}

impl Trainings<'_> {
    /// The heads of a day, and what customers were like in its training.
    pub(super) fn day_heads(&self, cutoff: Cutoff) -> Result<DayHeads, Failure> {
        let latest = self.frame.training_cutoffs(cutoff)?.last().copied();
        let medians = Medians::of(self.dataset, &self.dataset.panel_rows_at(|other| Some(other) == latest));
        Ok(DayHeads { heads: self.heads_at(cutoff)?.heads, medians })
    }

    /// What is said of the customers at a cutoff, as a list of that day would have said it with these probabilities of churn.
    pub(super) fn outcomes_at(&self, cutoff: Cutoff, day: &DayHeads, churn: &[f64]) -> Result<Vec<Expected>, Failure> {
        let (dataset, rule) = (self.dataset, &self.frame.settings.rule);
        let rows = dataset.rows_at(|other| other == cutoff);
        let rhythm = RhythmReader::of(&day.medians, rule.horizon, &dataset.schema);
        let said = match &day.heads {
            Some(Heads { never, last, .. }) => {
                Some((never.probabilities(dataset, &rows)?, last.probabilities(dataset, &rows)?))
            }
            None => None,
        };
        let follow_up_days = day.heads.as_ref().map_or(0.0, |heads| f64::from(heads.follow_up.0));
        let expected = |(place, (row, churn)): (usize, (&usize, &f64))| {
            let of_heads = said.as_ref().and_then(|(never, last)| never.get(place).zip(last.get(place)));
            let said = of_heads.map(|(never, last)| Conditionals { never: *never, last: *last });
            let rhythm = rhythm.of_row(dataset, *row);
            let lasting = said.map(|said| said.lasting(rhythm.silent_share(follow_up_days)));
            Expected { said, outcome: OutcomeProbabilities::of(*churn, lasting, rhythm.gone_share()) }
        };
        Ok(rows.iter().zip(churn).enumerate().map(expected).collect())
    }
}

/// A learner of a head, and how it did on the folds.
struct Candidate {
    learner: &'static str,
    trained: Trained,
    figures: Option<HeadFigures>,
}

impl Candidate {
    fn loss(&self) -> f64 {
        self.figures.as_ref().map_or(f64::INFINITY, |figures| figures.log_loss)
    }
}

/// AUC and log-loss over the folds, each weighted by its rows; `None` where a fold has no figure.
fn figures(training: &Training<'_>, learner: &'static str, trained: &Trained) -> Option<HeadFigures> {
    let (mut n_rows, mut auc, mut log_loss) = (0, 0.0, 0.0);
    for (Fold { validation, .. }, predicted) in training.folds.iter().zip(&trained.out_of_time) {
        let came = |row: &usize| training.target.is_true(training.dataset, *row, training.as_of);
        let came: Vec<bool> = validation.iter().map(came).collect();
        let scores: Vec<f64> = predicted.log_odds.iter().map(|log_odds| probability(*log_odds)).collect();
        let value = vec![1.0; came.len()];
        let metrics = Metrics::of(&Sample { churned: &came, scores: &scores, value: &value, is_probability: true })?;
        let weight = came.len() as f64;
        n_rows += came.len();
        auc += weight * metrics.auc?;
        log_loss += weight * log_loss_at_own_level(&predicted.log_odds, &came);
    }
    let total = n_rows as f64;
    Some(HeadFigures { learner: learner.to_owned(), n_rows, auc: auc / total, log_loss: log_loss / total })
}

/// Why a head could not be learnt.
struct TooLittle {
    n_cutoffs: usize,
    n_rows: usize,
    has_folds: bool,
}

impl TooLittle {
    fn in_words(&self, follow_up: FollowUp) -> String {
        let Self { n_cutoffs, n_rows, has_folds } = self;
        let days = follow_up.days;
        if *n_cutoffs == 0 {
            format!("no training cutoff has a follow-up of {days} that has ended")
        } else if *has_folds {
            format!("of {n_rows} rows with a known outcome, fewer than {LEAST_ROWS} came back, or fewer stayed away")
        } else {
            format!(
                "history has {n_cutoffs} training cutoffs with a known outcome, none of them late enough to test the others"
            )
        }
    }
}
