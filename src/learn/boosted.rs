//! The learner whose log-odds are a sum of trees over the features as they are, missing values included. The trees tell
//! customers of one cutoff apart; how many leave at a cutoff is its level, as in the linear learner.

use rayon::prelude::*;

use super::boosted_model::{BoostedModel, Grown, Reader, Trees};
use super::boosting::{Grower, Growth};
use super::cutoff_weights::CutoffWeightsRecord;
use super::error::LearnError;
use super::feature_selection::{FeatureSelection, FeatureSelections, RISING};
use super::fold_losses::{FoldLosses, fold_losses, gain_on_folds, weighted};
use super::folds::Fold;
use super::intercepts::Intercepts;
use super::level::{Level, LevelPoint};
use super::log_odds::OutOfTime;
use super::logistic::{Convergence, GRADIENT_LIMIT};
use super::rows::{check_classes, latest, mean, results_of, rows_per_customer};
use super::shared_fits::FitKey;
use super::training::{Choice, Learner, Member, Trained, Training, TrainingNotes};
use super::tuning::{BoostingSettings, TuningRecord, TuningTrial, clear_errors};
use super::{MeasuredOn, Model, NestedLoss};
use crate::dataset::Dataset;
use crate::timeline::Cutoff;
use crate::units::Days;

/// Trees at most, and those that are grown where no fold can say how many are best.
const MOST_TREES: usize = 300;
const DEFAULT_TREES: usize = 150;

/// Numbers of trees that are tried: every so many.
const TREES_STEP: usize = 25;

/// Steps without a lower loss after which no more trees are tried.
const PATIENCE: usize = 2;

/// Share of the rows and of the features that a tree sees: what differs from tree to tree averages out.
const ROW_SHARE: f64 = 0.6;
const FEATURE_SHARE: f64 = 0.4;

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
    /// Whether it is trained in backtests and where the config asks for it, and not otherwise.
    pub is_on_request: bool,
}

impl Learner for BoostedLearner {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn is_on_request(&self) -> bool {
        self.is_on_request
    }

    fn train(
        &self,
        training: &Training<'_>,
        selections: &FeatureSelections,
        _members: &[Member<'_>],
    ) -> Result<Trained, LearnError> {
        let rows = training.rows;
        check_classes(self.name, &training.labels(rows, training.as_of))?;
        let usual = OnFolds::grow(self, training, (selections, BoostingSettings::USUAL))?;
        let (on_folds, tuning) = self.tune(training, selections, usual)?;
        let n_trees = on_folds.n_trees;
        let mut grown = Growing::start((self, tuning.used), training, (rows, training.as_of), &selections.whole.used)?;
        grown.advance(n_trees)?;
        grown.share(training);
        let grown = grown.cut(n_trees);
        let (level, gradient_per_row) = grown.level(training.horizon);
        let notes = TrainingNotes {
            n_rows: rows.len(),
            n_columns: grown.trees.features().len(),
            choice: Choice::Trees(n_trees),
            fold_log_loss: on_folds.log_loss,
            measured_on: MeasuredOn::DecidingCutoffs,
            nested: on_folds.nested,
            convergence: Convergence { gradient_per_row, limit: GRADIENT_LIMIT },
            selection: selections.whole.record.clone(),
            cutoff_weights: CutoffWeightsRecord::default(),
            tuning,
        };
        let model = Model::Boosted(BoostedModel::new(grown.trees, level));
        Ok(Trained { model, out_of_time: on_folds.out_of_time, notes, uncertainty: None })
    }
}

/// What some settings gave on the folds.
struct OnFolds {
    settings: BoostingSettings,
    /// The number of trees with the lowest loss.
    n_trees: usize,
    /// Mean loss for each number of trees.
    log_loss: Vec<(f64, f64)>,
    /// What the choice of that number is worth, among the numbers that were tried.
    nested: Option<NestedLoss>,
    /// What was said of the validation rows with the best number.
    out_of_time: Vec<OutOfTime>,
}

impl OnFolds {
    fn grow(
        learner: &BoostedLearner,
        training: &Training<'_>,
        (selections, settings): (&FeatureSelections, BoostingSettings),
    ) -> Result<Self, LearnError> {
        let folds: Vec<(&Fold, &FeatureSelection)> = training.folds.iter().zip(&selections.folds).collect();
        let n_cells = training.rows.len() * selections.whole.used.len();
        let mut on_folds = results_of(&folds, n_cells, |(fold, selection)| {
            Growing::start((learner, settings), training, (&fold.training, fold.cutoff), &selection.used)
        })?;
        let losses = grow_on_folds(training, &mut on_folds)?;
        let mean =
            |folds: &[usize], step: usize| weighted(folds.iter().map(|fold| &losses[*fold]), |losses| losses[step]).0;
        let all: Vec<usize> = (0..losses.len()).collect();
        let n_steps = losses.first().map_or(0, |fold| fold.losses.len());
        let best = |folds: &[usize]| (0..n_steps).min_by(|a, b| mean(folds, *a).total_cmp(&mean(folds, *b)));
        let n_trees = best(&all).map_or(DEFAULT_TREES, trees_after);
        let log_loss = (0..n_steps).map(|step| (trees_after(step) as f64, mean(&all, step))).collect();
        let step = |folds: &[usize]| best(folds).unwrap_or(0);
        let nested = NestedLoss::on_folds(training.folds, step, |fold, step| losses[fold].losses[step]);
        for grown in &on_folds {
            grown.share(training);
        }
        let predict = |(fold, grown): (&Fold, Growing<'_>)| grown.cut(n_trees).predict(training, fold);
        let out_of_time = training.folds.par_iter().zip(on_folds).map(predict).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { settings, n_trees, log_loss, nested, out_of_time })
    }

    fn trial(&self, training: &Training<'_>, usual: &[Vec<f64>], own: &[Vec<f64>]) -> TuningTrial {
        let (gain, standard_error) = gain_on_folds(training, usual, own);
        let log_loss = self.log_loss.iter().map(|(_, loss)| *loss).fold(f64::INFINITY, f64::min);
        TuningTrial { settings: self.settings, trees: self.n_trees, log_loss, gain, standard_error }
    }
}

/// Trees that grow on some rows, and the levels of their cutoffs around the trees.
struct Growing<'a> {
    learner: &'a BoostedLearner,
    dataset: &'a Dataset,
    rows: &'a [usize],
    churned: Vec<bool>,
    weights: Vec<f64>,
    growth: Growth,
    /// Made when the first tree has to grow.
    grower: Option<Grower>,
    /// All that have grown, here or in another training on the same rows.
    grown: Grown,
    /// What the first `n_summed` trees say of each row.
    sums: Vec<f64>,
    n_summed: usize,
    /// What these fits are shared by.
    key: FitKey,
}

impl<'a> Growing<'a> {
    /// Reads labels as known at `as_of`.
    fn start(
        (learner, settings): (&'a BoostedLearner, BoostingSettings),
        training: &Training<'a>,
        (rows, as_of): (&'a [usize], Cutoff),
        features: &[String],
    ) -> Result<Self, LearnError> {
        let dataset = training.dataset;
        let churned = training.labels(rows, as_of);
        let growth = learner.growth(settings, features, rows_per_customer(dataset, rows));
        let weights = training.weights(rows, as_of);
        let BoostingSettings { depth, learning_rate, penalty, leaf_information } = settings;
        let key = FitKey::new(learner.name).target(training.target).as_of(as_of).rows(rows).features(features);
        let key = key.numbers(weights.iter().copied());
        let key = key.numbers([depth as f64, learning_rate, penalty, leaf_information]);
        let none = || Grown { trees: Trees::over(features.to_vec()), levels: Vec::new() };
        let grown = training.shared.trees.get(&key).unwrap_or_else(none);
        let sums = vec![0.0; rows.len()];
        let mut started =
            Self { learner, dataset, rows, churned, weights, growth, grower: None, grown, sums, n_summed: 0, key };
        // Folds are binned a few at a time, as far as memory allows, and not when they all grow.
        if started.grown.levels.is_empty() {
            started.bin()?;
        }
        Ok(started)
    }

    /// Bins the rows, if trees may grow on them.
    fn bin(&mut self) -> Result<(), LearnError> {
        let features = self.grown.trees.features();
        if self.grower.is_none() && !features.is_empty() {
            let values = Reader::of(self.dataset, features)?.read_all(self.rows);
            let counted = (self.churned.as_slice(), self.weights.clone());
            self.grower = Some(Grower::new(self.learner.name, values, features.len(), counted)?);
        }
        Ok(())
    }

    /// Grows to at least a number of trees. After every few of them the levels are fitted anew around what the trees say by
    /// then, so that both together come near their best.
    fn advance(&mut self, n_trees: usize) -> Result<(), LearnError> {
        while self.grown.trees.n_trees() < n_trees && !self.grown.trees.features().is_empty() {
            self.bin()?;
            let first = self.grown.trees.n_trees();
            self.sum_up(first)?;
            // All cutoffs start alike, so that the customers explain what they can before the calendar does.
            let alike = || Intercepts::alike(self.dataset, &self.churned);
            let levels = self.grown.levels.last().cloned().unwrap_or_else(alike);
            let base = |(row, sum): (&usize, &f64)| levels.of(self.dataset, *row) + sum;
            let base: Vec<f64> = self.rows.iter().zip(&self.sums).map(base).collect();
            let seed = self.learner.seed.wrapping_mul(1_000_003).wrapping_add(first as u64);
            let Some(grower) = &self.grower else { break };
            let grown = grower.grow(&base, &self.growth, TREES_STEP, seed)?;
            let damaged = |message| LearnError::Boosting { learner: self.learner.name, message };
            self.grown.trees.forest_mut().extend(grown).map_err(damaged)?;
            self.sum_up(first + TREES_STEP)?;
            self.grown.levels.push(Intercepts::fit(self.dataset, self.rows, &self.sums, &self.churned));
        }
        Ok(())
    }

    /// Adds up what the first trees say of each row, in the same steps always, so that the sums have the same bits.
    fn sum_up(&mut self, n_trees: usize) -> Result<(), LearnError> {
        while self.n_summed < n_trees {
            let step = self.n_summed..self.n_summed + TREES_STEP;
            self.grown.trees.add(step.clone(), self.dataset, self.rows, &mut self.sums)?;
            self.n_summed = step.end;
        }
        Ok(())
    }

    /// Lets other trainings have what has grown, unless they had more.
    fn share(&self, training: &Training<'_>) {
        let n_steps = self.grown.levels.len();
        training.shared.trees.keep_unless(self.key, &self.grown, |known| known.levels.len() >= n_steps);
    }

    /// The first trees, and the levels around them.
    fn cut(self, n_trees: usize) -> Cut<'a> {
        let Grown { mut trees, levels } = self.grown;
        trees.forest_mut().truncate(n_trees);
        let around = (trees.n_trees() / TREES_STEP).checked_sub(1);
        let levels = around.and_then(|step| levels.into_iter().nth(step));
        let levels = levels.unwrap_or_else(|| Intercepts::alike(self.dataset, &self.churned));
        Cut { dataset: self.dataset, rows: self.rows, trees, levels }
    }
}

/// So many trees as were chosen.
struct Cut<'a> {
    dataset: &'a Dataset,
    rows: &'a [usize],
    trees: Trees,
    levels: Intercepts,
}

impl Cut<'_> {
    /// The level of churn over the calendar around the trees, and the gradient per row that its fit left.
    fn level(&self, horizon: Days) -> (Level, f64) {
        let mean = self.trees.mean();
        let of_average = |point: LevelPoint| LevelPoint { log_odds: point.log_odds + mean, ..point };
        let points: Vec<LevelPoint> = self.levels.points().into_iter().map(of_average).collect();
        (Level::learn(&points, horizon), self.levels.gradient_per_row)
    }

    /// What is said of the validation rows of the fold on whose training rows the trees grew.
    fn predict(&self, training: &Training<'_>, fold: &Fold) -> Result<OutOfTime, LearnError> {
        let level = self.level(training.horizon).0.at(fold.cutoff.date());
        let deviations = self.trees.deviations(self.dataset, &fold.validation)?;
        let drift = mean(&self.trees.deviations(self.dataset, &latest(self.dataset, self.rows))?);
        Ok(OutOfTime { log_odds: deviations.into_iter().map(|deviation| level + deviation).collect(), level, drift })
    }
}

impl BoostedLearner {
    /// Tries other settings on the folds, and keeps the usual ones unless one of them is clearly better.
    fn tune(
        &self,
        training: &Training<'_>,
        selections: &FeatureSelections,
        usual: OnFolds,
    ) -> Result<(OnFolds, TuningRecord), LearnError> {
        if training.trials == 0 || training.folds.is_empty() {
            return Ok((usual, TuningRecord::default()));
        }
        let losses = fold_losses(training, &usual.out_of_time);
        let mut record = TuningRecord::default();
        record.trials.push(usual.trial(training, &losses, &losses));
        let mut best: Option<(f64, OnFolds)> = None;
        for trial in 0..training.trials {
            let other = OnFolds::grow(self, training, (selections, BoostingSettings::of_trial(trial)))?;
            let tried = other.trial(training, &losses, &fold_losses(training, &other.out_of_time));
            let is_clear = tried.gain > clear_errors(training.trials) * tried.standard_error;
            if is_clear && best.as_ref().is_none_or(|(gain, _)| tried.gain > *gain) {
                record.used = tried.settings;
                best = Some((tried.gain, other));
            }
            record.trials.push(tried);
        }
        Ok((best.map_or(usual, |(_, best)| best), record))
    }

    fn growth(&self, settings: BoostingSettings, features: &[String], repetition: f64) -> Growth {
        Growth {
            depth: settings.depth,
            learning_rate: settings.learning_rate,
            penalty: settings.penalty * repetition,
            leaf_information: settings.leaf_information * repetition,
            row_share: ROW_SHARE,
            feature_share: FEATURE_SHARE,
            one_feature_a_tree: self.one_feature_a_tree,
            rising: features.iter().map(|feature| RISING.contains(&feature.as_str())).collect(),
        }
    }
}

/// Trees after a step, counted from 0.
const fn trees_after(step: usize) -> usize {
    (step + 1) * TREES_STEP
}

/// Grows trees on all folds step by step until the mean loss over the folds has not become less for a while; returns the
/// losses of each fold after each step.
fn grow_on_folds(training: &Training<'_>, on_folds: &mut [Growing<'_>]) -> Result<Vec<FoldLosses>, LearnError> {
    let mut sums: Vec<Vec<f64>> = training.folds.iter().map(|fold| vec![0.0; fold.validation.len()]).collect();
    let mut all: Vec<FoldLosses> =
        training.folds.iter().map(|fold| FoldLosses { weight: fold.weight(), losses: Vec::new() }).collect();
    let mut means: Vec<f64> = Vec::new();
    while !on_folds.is_empty() && means.len() * TREES_STEP < MOST_TREES && !has_turned(&means) {
        let first = means.len() * TREES_STEP;
        let step = |((fold, growing), sums): ((&Fold, &mut Growing<'_>), &mut Vec<f64>)| {
            growing.advance(first + TREES_STEP)?;
            if growing.grown.trees.n_trees() > first {
                growing.grown.trees.add(first..first + TREES_STEP, training.dataset, &fold.validation, sums)?;
            }
            Ok(FoldLosses::of(training, fold, [sums.as_slice()].into_iter()))
        };
        let folds = training.folds.par_iter().zip(on_folds.par_iter_mut()).zip(sums.par_iter_mut());
        let losses = folds.map(step).collect::<Result<Vec<_>, LearnError>>()?;
        all.iter_mut().zip(losses).for_each(|(fold, mut now)| fold.losses.append(&mut now.losses));
        means.push(weighted(all.iter(), |losses| losses.last().copied().unwrap_or(f64::INFINITY)).0);
    }
    Ok(all)
}

/// Whether the last steps brought nothing.
fn has_turned(means: &[f64]) -> bool {
    let best = (0..means.len()).min_by(|a, b| means[*a].total_cmp(&means[*b]));
    best.is_some_and(|best| means.len() - best > PATIENCE)
}
