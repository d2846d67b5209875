//! Owns the learners behind one trait. A learner sees prepared columns and labels, never events; whether its optimiser
//! converged is a value that is stored.

mod attribution;
mod blend;
mod blend_model;
mod boosted;
mod boosting;
mod card;
mod chain;
mod curves;
mod cutoff_weights;
mod design;
mod ensemble;
mod error;
mod explainer;
mod forecast;
mod forest;
mod in_selection;
mod intercepts;
mod level;
mod linear;
mod logistic;
mod model;
mod preparation;
mod rows;
mod scores;
mod selection;
mod shared_fits;
mod stability;
mod standard_errors;
mod tuning;
mod uncertainty;
mod walk;
mod weights;
mod xgboost;

use std::ops::RangeInclusive;

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use self::shared_fits::FitKey;
use crate::dataset::Dataset;
use crate::maths::logistic::Problem;
use crate::maths::newton::{Limits, shift_to};
use crate::maths::special::softplus;
use crate::timeline::Cutoff;
use crate::units::Days;

pub use blend::BlendLearner;
pub use blend_model::{BlendMember, BlendModel};
pub use boosted::{BoostedLearner, RISING};
pub use card::{Coefficient, ColumnKind, ModelCard};
pub use chain::{Fold, forward_chain};
pub use curves::Curve;
pub use cutoff_weights::{CutoffWeights, CutoffWeightsPolicy, CutoffWeightsRecord, CutoffWeightsTrial};
pub use ensemble::BoostedModel;
pub use error::LearnError;
pub use explainer::{Explained, Explainer};
pub use forecast::{ForecastLearner, ForecastModel};
pub use in_selection::{MeasuredOn, NestedLoss};
pub use level::Level;
pub use linear::{Columns, LinearLearner, LinearModel, PENALTIES};
pub use logistic::Convergence;
pub use model::Model;
pub use preparation::Preparation;
pub use selection::{FeatureNote, Selection, SelectionPolicy, SelectionRecord, Selections, Why};
pub use shared_fits::SharedFits;
pub use stability::{Stability, stability_index};
pub use tuning::{BoostingSettings, TuningRecord, TuningTrial};
pub use uncertainty::Uncertainty;

/// Every learner, the main one first, then the baselines it has to beat.
pub const LEARNERS: &[&dyn Learner] = &[
    &BlendLearner { name: "blend", title: "blend", members: &["logistic", "boosting", "mbg_nbd"] },
    &LinearLearner { name: "logistic", title: "logistic regression", columns: Columns::All },
    &BoostedLearner {
        name: "boosting",
        title: "gradient boosting",
        one_feature_a_tree: false,
        seed: 1,
        is_on_request: false,
    },
    &BoostedLearner {
        name: READABLE_LEARNER,
        title: "explainable boosting",
        one_feature_a_tree: true,
        seed: 1,
        is_on_request: true,
    },
    &LinearLearner { name: "recency", title: "recency rule", columns: Columns::Only(&["recency_days"]) },
    &LinearLearner { name: "overdue", title: "overdue rule", columns: Columns::Only(&["overdue_ratio"]) },
    &LinearLearner {
        name: "rfm",
        title: "recency, frequency, monetary",
        columns: Columns::Only(&["recency_days", "orders_365d_count", "net_spend_365d_amount"]),
    },
    &ForecastLearner { name: "mbg_nbd", title: "MBG/NBD", feature: "model_no_purchase_share" },
];

/// The learner whose probabilities make the list.
pub const MAIN_LEARNER: &str = "blend";

/// The learner whose model is a sum of one curve a feature, which a person can read.
pub const READABLE_LEARNER: &str = "ebm";

/// Log-odds, and what adds to them, that a stored model may have.
const LOG_ODDS: RangeInclusive<f64> = -1e6..=1e6;

/// Variances and standard errors that a stored model may have.
const ERRORS: RangeInclusive<f64> = 0.0..=1e100;

/// Something that learns log-odds of churning from a dataset.
pub trait Learner: Sync {
    /// Its name in files: `p_<name>`.
    fn name(&self) -> &'static str;

    /// Its name for people.
    fn title(&self) -> &'static str;

    /// Whether it is so plain that the main learner has to beat it.
    fn is_baseline(&self) -> bool {
        false
    }

    /// Whether it is trained in backtests and where the config asks for it, and not otherwise.
    fn is_on_request(&self) -> bool {
        false
    }

    /// The learners on which it builds, which are trained before it.
    fn members(&self) -> &'static [&'static str] {
        &[]
    }

    /// Learns from the training rows and the features selected for them; chooses its own settings on the folds. `members`
    /// are those it builds on.
    ///
    /// # Errors
    /// Too little to learn from, or an optimiser that did not converge.
    fn train(
        &self,
        training: &Training<'_>,
        selections: &Selections,
        members: &[Member<'_>],
    ) -> Result<Trained, LearnError>;
}

/// A learner on which another builds.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// Its name in files.
    pub name: &'static str,
    /// What it learnt from the same rows and folds.
    pub trained: &'a Trained,
}

/// Trains learners and those on which they build, each once; they come in the order of [`LEARNERS`].
///
/// # Errors
/// The first learner that could not learn.
pub fn train(training: &Training<'_>, names: &[&str]) -> Result<Vec<(&'static str, Trained)>, LearnError> {
    let is_wanted = |learner: &&&dyn Learner| names.contains(&learner.name());
    let builds_on = |name: &str| LEARNERS.iter().filter(is_wanted).any(|other| other.members().contains(&name));
    let needed: Vec<&dyn Learner> =
        LEARNERS.iter().copied().filter(|learner| is_wanted(&learner) || builds_on(learner.name())).collect();
    let (alone, composed): (Vec<&dyn Learner>, Vec<&dyn Learner>) =
        needed.iter().copied().partition(|learner| learner.members().is_empty());
    let selections = training.selections()?;
    let cutoff_weights = cutoff_weights::choose(training, &selections)?;
    let training = &Training { cutoff_weights: CutoffWeightsPolicy::Given(cutoff_weights.used), ..*training };
    let train_alone = |learner: &&dyn Learner| Ok((learner.name(), learner.train(training, &selections, &[])?));
    let n_cells = training.rows.len() * selections.whole.used.len();
    let mut trained: Vec<(&'static str, Trained)> = rows::results_of(&alone, n_cells, train_alone)?;
    for learner in composed {
        let is_member = |(name, _): &&(&'static str, Trained)| learner.members().contains(name);
        let members: Vec<Member<'_>> =
            trained.iter().filter(is_member).map(|(name, trained)| Member { name, trained }).collect();
        let composite = learner.train(training, &selections, &members)?;
        trained.push((learner.name(), composite));
    }
    for (_, trained) in &mut trained {
        trained.notes.cutoff_weights = cutoff_weights.clone();
    }
    trained.sort_by_key(|(name, _)| LEARNERS.iter().position(|learner| learner.name() == *name));
    Ok(trained)
}

/// What a learner may learn from at an as-of day.
#[derive(Debug, Clone, Copy)]
pub struct Training<'a> {
    /// Rows of all cutoffs.
    pub dataset: &'a Dataset,
    /// The day at which labels are read: later purchases are not known.
    pub as_of: Cutoff,
    /// Length of the label window.
    pub horizon: Days,
    /// The rows of the matured cutoffs.
    pub rows: &'a [usize],
    /// Earlier as-of days with their own training and validation rows, in ascending time.
    pub folds: &'a [Fold],
    /// Which features are left out.
    pub policy: &'a SelectionPolicy,
    /// Whether some cutoffs count more than others.
    pub cutoff_weights: CutoffWeightsPolicy,
    /// Settings that are tried beside the usual ones.
    pub trials: u32,
    /// What trainings on the same dataset have fitted so far.
    pub shared: &'a SharedFits,
}

impl Training<'_> {
    /// How much some rows count for a model as of a day; empty if all count alike.
    fn weights(&self, rows: &[usize], as_of: Cutoff) -> Vec<f64> {
        match self.cutoff_weights {
            CutoffWeightsPolicy::Given(cutoff_weights) => cutoff_weights.weights(self.dataset, rows, as_of),
            CutoffWeightsPolicy::Choose => Vec::new(),
        }
    }

    /// The features of the training rows, and of those of each fold.
    fn selections(&self) -> Result<Selections, LearnError> {
        let of = |rows: &[usize]| {
            let key = FitKey::new("selection").rows(rows);
            self.shared.selections.get_or(key, || Selection::learn(self.dataset, rows, self.policy))
        };
        let folds = self.folds.iter().map(|fold| of(&fold.training)).collect::<Result<_, _>>()?;
        Ok(Selections { whole: of(self.rows)?, folds })
    }
}

/// What a learner has learnt.
#[derive(Debug, Clone)]
pub struct Trained {
    /// The model, learnt from all training rows.
    pub model: Model,
    /// For each fold, what a model that learnt from the fold's training rows alone says of its validation rows.
    pub out_of_time: Vec<OutOfTime>,
    /// What the learner chose and how the fit went.
    pub notes: TrainingNotes,
    /// How uncertain the log-odds are, where the learner can tell.
    pub uncertainty: Option<Uncertainty>,
}

/// What a model says of some rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LogOddsPrediction {
    /// Their log-odds.
    pub log_odds: Vec<f64>,
    /// Variance between the members of a blend in how far each row is from average, counted by their weights; 0 for a
    /// model without members.
    pub between_members: Vec<f64>,
}

impl LogOddsPrediction {
    /// Nothing yet, with room for so many rows.
    #[must_use]
    pub fn with_capacity(n_rows: usize) -> Self {
        Self { log_odds: Vec::with_capacity(n_rows), between_members: Vec::with_capacity(n_rows) }
    }

    /// Adds what was said of more rows.
    pub fn append(&mut self, mut more: Self) {
        self.log_odds.append(&mut more.log_odds);
        self.between_members.append(&mut more.between_members);
    }
}

/// What was said at an earlier cutoff by a model that had learnt from nothing after it. Its settings (penalty, number of
/// trees) are those that all folds chose, later ones too: few numbers, of which [`NestedLoss`] tells what they gain by it.
#[derive(Debug, Clone, PartialEq)]
pub struct OutOfTime {
    /// Log-odds of the rows.
    pub log_odds: Vec<f64>,
    /// Log-odds of a customer who is average in everything.
    pub level: f64,
    /// How far from average the customers of the latest training cutoff were, in log-odds: features drift.
    pub drift: f64,
}

/// What the learner chose and how the fit went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainingNotes {
    /// Rows learnt from.
    pub n_rows: usize,
    /// Columns after preparation.
    pub n_columns: usize,
    /// The setting that the folds decided.
    pub choice: Choice,
    /// Mean log-loss over the folds for each setting tried, each fold at its own level; of a blend, for its members in
    /// turn and then for the mixture of all.
    pub fold_log_loss: Vec<(f64, f64)>,
    /// What `fold_log_loss` and the figures of `cutoff_weights` and `tuning` were measured on.
    #[serde(default)]
    pub measured_on: MeasuredOn,
    /// What the choice is worth on folds that had no say in it; absent where there are too few, and in earlier versions.
    #[serde(default)]
    pub nested: Option<NestedLoss>,
    /// How the optimiser of the final fit stopped.
    pub convergence: Convergence,
    /// What became of the features.
    #[serde(default)]
    pub selection: SelectionRecord,
    /// How much the training cutoffs count, and what else was tried.
    #[serde(default)]
    pub cutoff_weights: CutoffWeightsRecord,
    /// Settings of boosting that were tried; of a blend, those of its member.
    #[serde(default)]
    pub tuning: TuningRecord,
}

/// A setting that the folds decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// L2 penalty of a linear learner, before it is multiplied by the rows of an average customer.
    Penalty(f64),
    /// Number of trees.
    Trees(usize),
    /// There is none.
    Nothing,
    /// Members of a blend and their weights.
    Weights(Vec<(String, f64)>),
}

/// Fits a logistic regression to prepared columns, `(n_rows, n_columns)`: the weights, then the intercept, at the minimum of
/// `sum of log-losses + alpha / 2 * |weights|^2`.
///
/// # Errors
/// No rows or one outcome only, values that are not finite, or no convergence.
pub fn fit_logistic(
    x: ArrayView2<'_, f64>,
    churned: &[bool],
    alpha: f64,
) -> Result<(Vec<f64>, Convergence), LearnError> {
    rows::check_classes("logistic", churned)?;
    let fit = logistic::fit("logistic", &Problem { x: x.view(), churned, alpha, weights: &[] })?;
    Ok((fit.parameters.to_vec(), fit.convergence))
}

/// Mean log-loss of log-odds, computed without ever rounding a probability to 0 or 1.
#[must_use]
pub fn mean_log_loss(log_odds: &[f64], churned: &[bool]) -> f64 {
    let loss = |(log_odds, churned): (&f64, &bool)| softplus(if *churned { -log_odds } else { *log_odds });
    log_odds.iter().zip(churned).map(loss).sum::<f64>() / (churned.len() as f64).max(1.0)
}

/// Mean log-loss of log-odds after the one shift that makes it least: what is lost for another reason than the level.
#[must_use]
pub fn log_loss_at_own_level(log_odds: &[f64], churned: &[bool]) -> f64 {
    let shift = own_shift(log_odds, churned);
    let shifted: Vec<f64> = log_odds.iter().map(|z| z + shift).collect();
    mean_log_loss(&shifted, churned)
}

/// The shift of log-odds that makes their log-loss least; 0 with one outcome only.
fn own_shift(log_odds: &[f64], churned: &[bool]) -> f64 {
    let n = churned.len() as f64;
    let observed = churned.iter().filter(|churned| **churned).count() as f64;
    // With one outcome only the search would run away.
    if observed > 0.0 && observed < n { shift_to(observed, log_odds, SHIFT_LIMITS) } else { 0.0 }
}

/// Twelve steps are enough from anywhere, and no step is spared: losses are compared to their last digits.
const SHIFT_LIMITS: Limits = Limits { steps: 12, longest: 2.0, step: 0.0, gradient: 0.0 };
