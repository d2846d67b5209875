//! The learner whose log-odds are linear in prepared columns: the main logistic regression over all features, and the
//! baselines over one to three of them.

use ndarray::Array1;

use super::cutoff_weights::CutoffWeightsRecord;
use super::design::Design;
use super::error::LearnError;
use super::feature_selection::{FeatureSelection, FeatureSelections};
use super::fold_losses::{FoldLosses, weighted};
use super::folds::Fold;
use super::level::Level;
use super::linear_model::LinearModel;
use super::log_odds::OutOfTime;
use super::preparation::Preparation;
use super::rows::{check_classes, latest, mean, results_of, rows_per_customer};
use super::shared_fits::FitKey;
use super::standard_errors::standard_errors;
use super::training::{Choice, Learner, Member, Trained, Training, TrainingNotes};
use super::tuning::penalty_of_trial;
use super::uncertainty::{self, Uncertainty};
use super::{MeasuredOn, Model, NestedLoss, TuningRecord, logistic};
use crate::maths::logistic::{Curvature, Problem};

/// L2 penalties that are tried, the strongest first. As precisions of a prior they do not grow with the number of
/// customers; but rows of one customer repeat each other, so each counts times the rows that a customer has on average.
pub const PENALTIES: &[f64] = &[300.0, 100.0, 30.0, 10.0, 3.0, 1.0];

/// The penalty that is kept unless the folds speak clearly for another.
const DEFAULT_PENALTY: f64 = 10.0;

/// Standard errors by which another penalty must beat the default.
const CLEAR_ERRORS: f64 = 2.0;

/// Precision of the fits on folds, which only rank penalties and make out-of-time predictions.
const FOLD_TOLERANCE: f64 = 1e-5;

/// Which features a linear learner uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Columns {
    /// All that the selection leaves.
    All,
    /// These, as far as the schema has them.
    Only(&'static [&'static str]),
}

/// A logistic regression over some features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinearLearner {
    /// Its name in files.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it uses.
    pub columns: Columns,
}

impl Learner for LinearLearner {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn is_baseline(&self) -> bool {
        matches!(self.columns, Columns::Only(_))
    }

    fn train(
        &self,
        training: &Training<'_>,
        selections: &FeatureSelections,
        _members: &[Member<'_>],
    ) -> Result<Trained, LearnError> {
        let churned = training.labels(training.rows, training.as_of);
        check_classes(self.name, &churned)?;
        let chosen = self.choose_penalty(training, selections)?;
        let design = Design::learn(training.dataset, training.rows, &self.features(&selections.whole))?;
        let alpha = chosen.penalty * rows_per_customer(training.dataset, training.rows);
        let weights = training.weights(training.rows, training.as_of);
        let problem = Problem { x: design.x.view(), churned: &churned, alpha, weights: &weights };
        let fit = logistic::fit(self.name, &problem)?;
        let notes = TrainingNotes {
            n_rows: churned.len(),
            n_columns: design.preparation.n_columns(),
            choice: Choice::Penalty(chosen.penalty),
            fold_log_loss: chosen.fold_log_loss,
            measured_on: MeasuredOn::DecidingCutoffs,
            nested: chosen.nested,
            convergence: fit.convergence,
            selection: selections.whole.record.clone(),
            cutoff_weights: CutoffWeightsRecord::default(),
            tuning: TuningRecord::default(),
        };
        let level = design.level(&fit.parameters, training.horizon);
        let weights = design.weights(&fit.parameters).to_vec();
        let customers: Vec<u32> = training.rows.iter().map(|row| training.dataset.customers[*row]).collect();
        let mut standard_errors = standard_errors(&problem, fit.parameters.view(), &customers).unwrap_or_default();
        standard_errors.truncate(weights.len());
        let uncertainty = match self.columns {
            Columns::All => Self::uncertainty(training, &problem, (&fit.parameters, &design.preparation, &level)),
            Columns::Only(_) => None,
        };
        let model = LinearModel { preparation: design.preparation, weights, standard_errors, level };
        Ok(Trained { model: Model::Linear(model), out_of_time: chosen.out_of_time, notes, uncertainty })
    }
}

/// The penalty, the mean log-loss over the folds of each, and the predictions made on the way.
struct Chosen {
    penalty: f64,
    fold_log_loss: Vec<(f64, f64)>,
    nested: Option<NestedLoss>,
    out_of_time: Vec<OutOfTime>,
}

impl LinearLearner {
    /// A rule uses what it names, whatever else says the same.
    fn features(&self, selection: &FeatureSelection) -> Vec<String> {
        match self.columns {
            Columns::All => selection.used.clone(),
            Columns::Only(names) => {
                selection.varying.iter().filter(|name| names.contains(&name.as_str())).cloned().collect()
            }
        }
    }

    /// How uncertain the log-odds of a fit are.
    fn uncertainty(
        training: &Training<'_>,
        problem: &Problem<'_>,
        (parameters, preparation, level): (&Array1<f64>, &Preparation, &Level),
    ) -> Option<Uncertainty> {
        let customers: Vec<u32> = training.rows.iter().map(|row| training.dataset.customers[*row]).collect();
        let fit = uncertainty::Fit { problem, parameters, customers: &customers };
        Uncertainty::learn(&fit, preparation, level)
    }

    fn choose_penalty(&self, training: &Training<'_>, selections: &FeatureSelections) -> Result<Chosen, LearnError> {
        let penalties = penalties(training.trials);
        let folds: Vec<(&Fold, Vec<String>)> =
            training.folds.iter().zip(&selections.folds).map(|(fold, known)| (fold, self.features(known))).collect();
        let n_cells = training.rows.len() * self.features(&selections.whole).len();
        let path = |(fold, features): &(&Fold, Vec<String>)| {
            let weights = training.weights(&fold.training, fold.cutoff);
            let key = FitKey::new(self.name)
                .target(training.target)
                .as_of(fold.cutoff)
                .rows(&fold.training)
                .rows(&fold.validation);
            let key = key.features(features).numbers(penalties.iter().copied()).numbers(weights.iter().copied());
            let path = || predict_path(training, fold, PathOf { features, penalties: &penalties, weights: &weights });
            training.shared.paths.get_or(key, path)
        };
        let mut paths = results_of(&folds, n_cells, path)?;
        let losses_of = |(fold, path): (&Fold, &Vec<OutOfTime>)| {
            FoldLosses::of(training, fold, path.iter().map(|predicted| predicted.log_odds.as_slice()))
        };
        let losses: Vec<FoldLosses> = training.folds.iter().zip(&paths).map(losses_of).collect();
        let of = |folds: &[usize]| choose(&penalties, &folds.iter().map(|fold| &losses[*fold]).collect::<Vec<_>>());
        let chosen = of(&(0..losses.len()).collect::<Vec<_>>());
        Ok(Chosen {
            penalty: penalties[chosen],
            nested: NestedLoss::on_folds(training.folds, of, |fold, penalty| losses[fold].losses[penalty]),
            fold_log_loss: if losses.is_empty() { Vec::new() } else { mean_losses(&penalties, &losses) },
            out_of_time: paths.iter_mut().map(|path| path.swap_remove(chosen)).collect(),
        })
    }
}

/// The usual penalties and those of the trials asked for, the strongest first.
fn penalties(trials: u32) -> Vec<f64> {
    let mut penalties: Vec<f64> = PENALTIES.iter().copied().chain((0..trials).map(penalty_of_trial)).collect();
    penalties.sort_by(|a, b| b.total_cmp(a));
    penalties
}

fn mean_losses(penalties: &[f64], folds: &[FoldLosses]) -> Vec<(f64, f64)> {
    let of = |(position, penalty): (usize, &f64)| (*penalty, weighted(folds.iter(), |losses| losses[position]).0);
    penalties.iter().enumerate().map(of).collect()
}

/// The penalty with the lowest mean loss, if it is lower than that of the default by more than chance; folds are few and
/// say little about small differences.
fn choose(penalties: &[f64], folds: &[&FoldLosses]) -> usize {
    let default = penalties.iter().position(|penalty| penalty.total_cmp(&DEFAULT_PENALTY).is_eq()).unwrap_or(0);
    let gain = |other: usize| weighted(folds.iter().copied(), |losses| losses[default] - losses[other]);
    let candidates = (0..penalties.len()).filter(|_| !folds.is_empty());
    let best = candidates.max_by(|a, b| gain(*a).0.total_cmp(&gain(*b).0)).unwrap_or(default);
    let (mean, error) = gain(best);
    if mean > CLEAR_ERRORS * error { best } else { default }
}

/// What the fits of a fold differ in, and what they have in common.
#[derive(Clone, Copy)]
struct PathOf<'a> {
    features: &'a [String],
    penalties: &'a [f64],
    /// Of the training rows; empty if all count alike.
    weights: &'a [f64],
}

/// What is predicted of a fold's validation rows for each penalty, each fit starting where the one before ended.
fn predict_path(training: &Training<'_>, fold: &Fold, path: PathOf<'_>) -> Result<Vec<OutOfTime>, LearnError> {
    let PathOf { features, penalties, weights } = path;
    let dataset = training.dataset;
    let design = Design::learn(dataset, &fold.training, features)?;
    let validation = design.preparation.apply(dataset, &fold.validation)?;
    let recent = design.preparation.apply(dataset, &latest(dataset, &fold.training))?;
    let churned = training.labels(&fold.training, fold.cutoff);
    let repetition = rows_per_customer(dataset, &fold.training);
    let mut at = Array1::zeros(design.x.ncols() + 1);
    let mut curvature = Curvature::default();
    let mut path = Vec::with_capacity(penalties.len());
    for penalty in penalties {
        let problem = Problem { x: design.x.view(), churned: &churned, alpha: penalty * repetition, weights };
        at = problem.solve_with(at, FOLD_TOLERANCE, &mut curvature);
        let level = design.level(&at, training.horizon).at(fold.cutoff.date());
        let weights = design.weights(&at);
        let drift = mean(&recent.dot(&weights).to_vec());
        path.push(OutOfTime { log_odds: (validation.dot(&weights) + level).to_vec(), level, drift });
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: gains of .1 and .3 have a mean of .2 and an error of .071, which is more than two errors; -.1 and .5 have
    /// one of .212.
    #[test]
    fn another_penalty_needs_more_than_one_fold_and_more_than_chance() {
        let fold = |usual, other| FoldLosses { weight: 1.0, losses: vec![usual, other] };
        let chosen = |folds: &[FoldLosses]| choose(&[DEFAULT_PENALTY, 3.0], &folds.iter().collect::<Vec<_>>());
        assert_eq!(chosen(&[fold(0.6, 0.5), fold(0.8, 0.5)]), 1);
        assert_eq!(chosen(&[fold(0.6, 0.7), fold(1.0, 0.5)]), 0);
        assert_eq!(chosen(&[fold(0.6, 0.5)]), 0, "one fold cannot tell how folds differ");
        assert_eq!(chosen(&[]), 0);
    }
}
