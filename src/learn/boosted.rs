//! The learner whose log-odds are a sum of trees over the features as they are, missing values included. The trees tell
//! customers of one cutoff apart; how many leave at a cutoff is its level, as in the linear learner.

use rayon::prelude::*;

use super::boosting::{self, Growth, Rows};
use super::chain::Fold;
use super::ensemble::{BoostedModel, Reader, Trees};
use super::error::LearnError;
use super::forest::Forest;
use super::intercepts::Intercepts;
use super::level::Level;
use super::logistic::{Convergence, GRADIENT_LIMIT};
use super::preparation::varying_features;
use super::rows::{FoldLosses, check_classes, labels, rows_per_customer, weighted};
use super::{Choice, Learner, Member, Model, OutOfTime, Trained, Training, TrainingNotes};
use crate::dataset::Dataset;
use crate::timeline::Cutoff;
use crate::units::Days;

/// Trees at most, and those that are grown where no fold can say how many are best.
const MOST_TREES: usize = 300;
const DEFAULT_TREES: usize = 150;

/// Numbers of trees that are tried: every so many.
const TREES_STEP: usize = 25;

/// What each tree adds of what it found.
const LEARNING_RATE: f64 = 0.04;

/// Share of the rows and of the features that a tree sees: what differs from tree to tree averages out.
const ROW_SHARE: f64 = 0.6;
const FEATURE_SHARE: f64 = 0.4;

/// L2 penalty of a leaf, and least information in it (about 40 customers at even odds), before they are multiplied by
/// the rows of an average customer.
const PENALTY: f64 = 10.0;
const LEAF_INFORMATION: f64 = 10.0;

/// Tests on the way to a leaf: as many features can act together.
const DEPTH: usize = 4;

/// More of these never lowers the risk, whatever a few customers did: a complaint that is still open, and its age.
pub const RISING: &[&str] = &["open_complaints_count", "oldest_open_complaint_days", "unanswered_complaints_count"];

/// Gradient boosting with trees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoostedLearner {
    /// Its name in files.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// Whether a tree may test one feature only, which makes the model a sum of curves that a person can read.
    pub one_feature_a_tree: bool,
    /// Which rows and features each tree sees.
    pub seed: u64,
}

impl Learner for BoostedLearner {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn train(&self, training: &Training<'_>, _members: &[Member<'_>]) -> Result<Trained, LearnError> {
        let (dataset, rows) = (training.dataset, training.rows);
        check_classes(self.name, &labels(dataset, rows, training.as_of))?;
        let grow = |fold: &Fold| self.grow(dataset, &fold.training, fold.cutoff, MOST_TREES);
        let mut on_folds = training.folds.par_iter().map(grow).collect::<Result<Vec<_>, _>>()?;
        let (n_trees, fold_log_loss) = choose_size(training, &on_folds)?;
        on_folds.iter_mut().for_each(|grown| grown.trees.truncate(n_trees));
        let foretell = |(fold, grown): (&Fold, &Grown)| grown.foretell(training, fold);
        let out_of_time = training.folds.par_iter().zip(&on_folds).map(foretell).collect::<Result<Vec<_>, _>>()?;
        let grown = self.grow(dataset, rows, training.as_of, n_trees)?;
        let (level, gradient_per_row) = grown.level(dataset, rows, training.horizon)?;
        let notes = TrainingNotes {
            n_rows: rows.len(),
            n_columns: grown.trees.features().len(),
            choice: Choice::Trees(n_trees),
            fold_log_loss,
            convergence: Convergence { gradient_per_row, limit: GRADIENT_LIMIT },
        };
        Ok(Trained { model: Model::Boosted(BoostedModel::new(grown.trees, level)), out_of_time, notes })
    }
}

/// Trees grown on some rows, before the levels around them are learnt.
struct Grown {
    trees: Trees,
    churned: Vec<bool>,
}

impl BoostedLearner {
    /// Grows trees around the level of each cutoff; labels are read as known at `as_of`.
    fn grow(&self, dataset: &Dataset, rows: &[usize], as_of: Cutoff, n_trees: usize) -> Result<Grown, LearnError> {
        let features = varying_features(dataset, rows)?;
        let churned = labels(dataset, rows, as_of);
        let growth = self.growth(&features, rows_per_customer(dataset, rows), n_trees);
        let forest = if features.is_empty() {
            Forest::default()
        } else {
            let flat = Intercepts::fit(dataset, rows, &vec![0.0; rows.len()], &churned);
            let base: Vec<f64> = rows.iter().map(|row| flat.of(dataset, *row)).collect();
            let values = Reader::of(dataset, &features)?.read_all(rows);
            let rows = Rows { values, n_features: features.len(), churned: &churned, base_log_odds: &base };
            boosting::grow(self.name, rows, &growth)?
        };
        Ok(Grown { trees: Trees::new(features, forest), churned })
    }

    fn growth(&self, features: &[String], repetition: f64, n_trees: usize) -> Growth {
        Growth {
            seed: self.seed,
            n_trees,
            depth: DEPTH,
            learning_rate: LEARNING_RATE,
            penalty: PENALTY * repetition,
            leaf_information: LEAF_INFORMATION * repetition,
            row_share: ROW_SHARE,
            feature_share: FEATURE_SHARE,
            one_feature_a_tree: self.one_feature_a_tree,
            rising: features.iter().map(|feature| RISING.contains(&feature.as_str())).collect(),
        }
    }
}

impl Grown {
    /// The level of churn over the calendar around the trees, and the gradient per row that its fit left.
    fn level(&self, dataset: &Dataset, rows: &[usize], horizon: Days) -> Result<(Level, f64), LearnError> {
        let deviations = self.trees.deviations(dataset, rows)?;
        let intercepts = Intercepts::fit(dataset, rows, &deviations, &self.churned);
        Ok((Level::learn(&intercepts.points(), horizon), intercepts.gradient_per_row))
    }

    /// What is said of the validation rows of the fold on which the trees were grown.
    fn foretell(&self, training: &Training<'_>, fold: &Fold) -> Result<OutOfTime, LearnError> {
        let (level, _) = self.level(training.dataset, &fold.training, training.horizon)?;
        let level = level.at(fold.cutoff.date());
        let deviations = self.trees.deviations(training.dataset, &fold.validation)?;
        Ok(OutOfTime { log_odds: deviations.into_iter().map(|deviation| level + deviation).collect(), level })
    }
}

/// The number of trees with the lowest mean loss over the folds, and the loss of each number tried.
fn choose_size(training: &Training<'_>, on_folds: &[Grown]) -> Result<(usize, Vec<(f64, f64)>), LearnError> {
    let losses = |(fold, grown): (&Fold, &Grown)| {
        let stages = grown.trees.staged_deviations(training.dataset, &fold.validation, TREES_STEP)?;
        Ok(FoldLosses::of(training, fold, stages.iter().map(Vec::as_slice)))
    };
    let losses = training.folds.par_iter().zip(on_folds).map(losses).collect::<Result<Vec<_>, LearnError>>()?;
    let n_stages = losses.iter().map(|fold| fold.losses.len()).min().unwrap_or(0);
    let mean = |stage: usize| weighted(&losses, |losses| losses[stage]).0;
    let tried: Vec<(f64, f64)> =
        (0..n_stages).map(|stage| (((stage + 1) * TREES_STEP) as f64, mean(stage))).collect();
    let best = (0..n_stages).min_by(|a, b| tried[*a].1.total_cmp(&tried[*b].1));
    Ok((best.map_or(DEFAULT_TREES, |stage| (stage + 1) * TREES_STEP), tried))
}
