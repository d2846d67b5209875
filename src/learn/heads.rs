//! The learners of the conditional heads: who never comes back, and whose purchase was the last.

use super::blend::BlendLearner;
use super::boosted::BoostedLearner;
use super::error::LearnError;
use super::linear::{Columns, LinearLearner};
use super::training::{Learner, Member, Trained, Training};

/// The learner of both heads. Boosting alone stays too near the mean for the most loyal, whose values are the largest.
const HEAD: BlendLearner = BlendLearner { name: "blend", title: "blend", members: &["logistic", "boosting"] };

/// What it is made of.
const LOGISTIC: LinearLearner = LinearLearner { name: "logistic", title: "logistic regression", columns: Columns::All };
const BOOSTING: BoostedLearner = BoostedLearner {
    name: "boosting",
    title: "gradient boosting",
    one_feature_a_tree: false,
    seed: 1,
    is_on_request: false,
};

/// The rules that it has to beat.
const RULES: [LinearLearner; 2] = [
    LinearLearner { name: "silence", title: "own-rhythm silence", columns: Columns::Only(&["overdue_ratio"]) },
    LinearLearner { name: "alive", title: "P(alive)", columns: Columns::Only(&["model_active_share"]) },
];

/// Trains the learner of a head, and behind it its members and the rules that it has to beat, as far as the shop has their
/// features; the rows and folds are those of whom the target is asked.
///
/// # Errors
/// Too little to learn from, or an optimiser that did not converge.
pub fn train_head(training: &Training<'_>) -> Result<Vec<(&'static str, Trained)>, LearnError> {
    let selections = training.selections()?;
    let varies = |rule: &&LinearLearner| match rule.columns {
        Columns::All => true,
        Columns::Only(names) => names.iter().all(|name| selections.whole.varying.iter().any(|other| other == name)),
    };
    let rules = RULES.iter().filter(varies).map(|rule| rule as &dyn Learner);
    let train = |learner: &dyn Learner| Ok((learner.name(), learner.train(training, &selections, &[])?));
    let alone = [&LOGISTIC as &dyn Learner, &BOOSTING].into_iter().chain(rules);
    let mut trained = alone.map(train).collect::<Result<Vec<(&'static str, Trained)>, LearnError>>()?;
    let is_member = |(name, _): &&(&'static str, Trained)| HEAD.members.contains(name);
    let members: Vec<Member<'_>> =
        trained.iter().filter(is_member).map(|(name, trained)| Member { name, trained }).collect();
    let head = HEAD.train(training, &selections, &members)?;
    trained.insert(0, (HEAD.name, head));
    Ok(trained)
}
