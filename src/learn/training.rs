//! What a learner is given, and what it gives back.

use serde::{Deserialize, Serialize};

use super::cutoff_weights::{CutoffWeightsPolicy, CutoffWeightsRecord};
use super::error::LearnError;
use super::feature_selection::{FeatureSelection, FeatureSelections, SelectionPolicy, SelectionRecord};
use super::folds::Fold;
use super::log_odds::OutOfTime;
use super::logistic::Convergence;
use super::model::Model;
use super::selection_optimism::{MeasuredOn, NestedLoss};
use super::shared_fits::{FitKey, SharedFits};
use super::target::Target;
use super::tuning::TuningRecord;
use super::uncertainty::Uncertainty;
use crate::dataset::Dataset;
use crate::timeline::Cutoff;
use crate::units::Days;

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
        selections: &FeatureSelections,
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

/// What a learner may learn from at an as-of day.
#[derive(Debug, Clone, Copy)]
pub struct Training<'a> {
    /// Rows of all cutoffs.
    pub dataset: &'a Dataset,
    /// What is predicted.
    pub target: Target,
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
    /// Whether the target came true for each row, as far as was known at a day.
    pub(super) fn labels(&self, rows: &[usize], as_of: Cutoff) -> Vec<bool> {
        rows.iter().map(|row| self.target.is_true(self.dataset, *row, as_of)).collect()
    }

    /// How much some rows count for a model as of a day; empty if all count alike.
    pub(super) fn weights(&self, rows: &[usize], as_of: Cutoff) -> Vec<f64> {
        match self.cutoff_weights {
            CutoffWeightsPolicy::Given(cutoff_weights) => cutoff_weights.weights(self.dataset, rows, as_of),
            CutoffWeightsPolicy::Choose => Vec::new(),
        }
    }

    /// The features of the training rows, and of those of each fold.
    pub(super) fn selections(&self) -> Result<FeatureSelections, LearnError> {
        let of = |rows: &[usize]| {
            let key = FitKey::new("selection").rows(rows);
            self.shared.selections.get_or(key, || FeatureSelection::learn(self.dataset, rows, self.policy))
        };
        let folds = self.folds.iter().map(|fold| of(&fold.training)).collect::<Result<_, _>>()?;
        Ok(FeatureSelections { whole: of(self.rows)?, folds })
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
    #[serde(default, alias = "emphasis")]
    pub cutoff_weights: CutoffWeightsRecord,
    /// Settings of boosting that were tried; of a blend, those of its member.
    #[serde(default)]
    pub tuning: TuningRecord,
}

/// A setting that the folds decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
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

impl std::fmt::Display for Choice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Penalty(penalty) => write!(f, "penalty {penalty}"),
            Self::Trees(trees) => write!(f, "{trees} trees"),
            Self::Nothing => write!(f, "nothing to choose"),
            Self::Weights(members) => {
                let each = members.iter().map(|(name, weight)| format!("{:.0} % {name}", 100.0 * weight));
                write!(f, "{}", each.collect::<Vec<_>>().join(", "))
            }
        }
    }
}
