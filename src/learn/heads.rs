//! The learners of the conditional heads: who never comes back, and whose purchase was the last.

use super::boosted::BoostedLearner;
use super::error::LearnError;
use super::linear::{Columns, LinearLearner};
use super::training::{Learner, Trained, Training};

/// The learner of both heads.
const HEAD: BoostedLearner = BoostedLearner {
    name: "boosting",
    title: "gradient boosting",
    one_feature_a_tree: false,
    seed: 1,
    is_on_request: false,
};

/// The rules that it has to beat.
const BASELINES: [LinearLearner; 2] = [
    LinearLearner { name: "silence", title: "own-rhythm silence", columns: Columns::Only(&["overdue_ratio"]) },
    LinearLearner { name: "alive", title: "P(alive)", columns: Columns::Only(&["model_active_share"]) },
];

/// What a head learnt, and the rules beside it.
#[derive(Debug, Clone)]
pub struct HeadTrained {
    /// The name of the learner in files.
    pub learner: &'static str,
    /// What it learnt.
    pub trained: Trained,
    /// The rules by name, as far as the shop has their features.
    pub baselines: Vec<(&'static str, Trained)>,
}

/// Trains a head and its baselines; the rows and folds are those of whom its target is asked.
///
/// # Errors
/// Too little to learn from, or an optimiser that did not converge.
pub fn train_head(training: &Training<'_>) -> Result<HeadTrained, LearnError> {
    let selections = training.selections()?;
    let varies = |rule: &&LinearLearner| match rule.columns {
        Columns::All => true,
        Columns::Only(names) => names.iter().all(|name| selections.whole.varying.iter().any(|other| other == name)),
    };
    let of_rule = |rule: &LinearLearner| Ok((rule.name, rule.train(training, &selections, &[])?));
    Ok(HeadTrained {
        learner: HEAD.name,
        trained: HEAD.train(training, &selections, &[])?,
        baselines: BASELINES.iter().filter(varies).map(of_rule).collect::<Result<_, LearnError>>()?,
    })
}
