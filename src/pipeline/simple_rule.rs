//! The best simple rule of the tests, learnt and calibrated like any model: it makes the list while no learnt model has
//! passed the gate.

use super::learnt::Trainings;
use crate::error::Failure;
use crate::evaluate::grade::with_bounds;
use crate::evaluate::{Evaluation, Grade, Verdict};
use crate::learn::{LEARNERS, LearnError, Learner};
use crate::registry::{StoredModel, Version};
use crate::timeline::Cutoff;

/// The rule that is taken where the tests tell no AUC.
const PLAINEST: &str = "recency";

/// The rule that did best in the tests of a refused model, as a version of its own, which is never the champion.
///
/// # Errors
/// Whatever a room could not do.
pub(super) fn stand_in(refused: &Version, trainings: &Trainings<'_>, as_of: Cutoff) -> Result<Version, Failure> {
    let rule = best(&refused.evaluation);
    let learnt = trainings.learn_at(as_of, &[rule.name()])?;
    let model = learnt.learners.into_iter().find(|model| model.name == rule.name());
    let model = model.ok_or(LearnError::NoRows { learner: rule.name() })?;
    let mut version = refused.clone();
    version.manifest.simple_rule = Some(rule.name().to_owned());
    version.manifest.training = learnt.record;
    version.manifest.notes = model.trained.notes;
    version.manifest.card = model.trained.model.card();
    version.manifest.calibration = model.calibration.clone();
    version.manifest.verdict = verdict(rule, &refused.evaluation);
    version.manifest.heads = None;
    version.model = StoredModel {
        heads: None,
        learner: rule.name().to_owned(),
        model: model.trained.model,
        calibrator: model.calibration.calibrator,
        uncertainty: model.trained.uncertainty,
        ..refused.model.clone()
    };
    Ok(version)
}

/// The baseline of the highest AUC in the tests.
fn best(evaluation: &Evaluation) -> &'static dyn Learner {
    let name = evaluation.verdict.best_baseline.as_deref().unwrap_or(PLAINEST);
    let of_name = |name: &str| LEARNERS.iter().copied().find(|learner| learner.is_baseline() && learner.name() == name);
    // `LEARNERS` has the plainest rule, as a test says.
    of_name(name).or_else(|| of_name(PLAINEST)).unwrap_or(LEARNERS[0])
}

/// What the tests say of the rule: it beats no rule, and so has the lowest grade.
fn verdict(rule: &dyn Learner, evaluation: &Evaluation) -> Verdict {
    let report = evaluation.learners.iter().find(|report| report.name == rule.name());
    let auc = report.and_then(|report| report.mean.auc);
    let (grade, title) = (Grade::C, rule.title());
    let sentence = match auc {
        Some(auc) => format!("{grade}: the simple rule `{}` ({title}), AUC {}", rule.name(), with_bounds(auc)),
        None => format!("{grade}: the simple rule `{}` ({title}); the tests tell no AUC", rule.name()),
    };
    let (best_baseline, population) = (Some(rule.name().to_owned()), evaluation.verdict.population.clone());
    Verdict { grade, auc, best_baseline, difference: None, sentence, population }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plainest_rule_is_a_baseline() {
        assert!(LEARNERS.iter().any(|learner| learner.is_baseline() && learner.name() == PLAINEST));
    }
}
