//! Whether a model may be promoted: not too good to be true, not worse than a rule, good enough for the shop, and not
//! shown to be worse than the model that scores.

use crate::config::{GateConfig, LowestGrade};
use crate::evaluate::grade::with_bounds;
use crate::evaluate::{Evaluation, Grade};
use crate::registry::ChallengeRecord;

/// What the gate says of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GateVerdict {
    /// The model may score.
    Passed {
        /// The grade, in a sentence.
        why: String,
    },
    /// The model may not score.
    Refused {
        /// What it failed.
        why: String,
    },
}

/// Judges a model by its out-of-time figures, then by what came of its challenge.
#[must_use]
pub fn judge(evaluation: &Evaluation, gate: &GateConfig, challenge: &ChallengeRecord) -> GateVerdict {
    match judge_alone(evaluation, gate) {
        GateVerdict::Passed { why } if challenge.outcome.takes_over() => {
            GateVerdict::Passed { why: format!("{why}; {}", challenge.sentence) }
        }
        GateVerdict::Passed { .. } => GateVerdict::Refused { why: challenge.sentence.clone() },
        refused @ GateVerdict::Refused { .. } => refused,
    }
}

fn judge_alone(evaluation: &Evaluation, gate: &GateConfig) -> GateVerdict {
    let verdict = &evaluation.verdict;
    let lowest = match gate.min_grade {
        LowestGrade::A => Grade::A,
        LowestGrade::B => Grade::B,
        LowestGrade::C => Grade::C,
    };
    let too_good = verdict.auc.filter(|auc| auc.estimate > gate.max_auc);
    let behind = verdict.difference.filter(|difference| difference.high < 0.0);
    let why = if let Some(auc) = too_good {
        format!(
            "AUC {} is above `gate.max_auc` = {}; a feature probably knows what came after the cutoff",
            with_bounds(auc),
            gate.max_auc
        )
    } else if let Some(difference) = behind {
        let baseline = verdict.best_baseline.as_deref().unwrap_or("the best baseline");
        format!("its AUC is {} from that of {baseline}, which is simpler", with_bounds(difference))
    } else if verdict.grade > lowest {
        format!("grade {} is below `gate.min_grade` = {lowest}", verdict.sentence)
    } else {
        return GateVerdict::Passed { why: format!("grade {}", verdict.sentence) };
    };
    GateVerdict::Refused { why }
}
