//! Settings of the learners that are tried beside the usual ones, spread evenly over what is sensible.

use serde::{Deserialize, Serialize};

use super::MeasuredOn;

/// Settings of gradient boosting beside the number of trees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BoostingSettings {
    /// Tests on the way to a leaf: as many features can act together.
    pub depth: usize,
    /// What each tree adds of what it found.
    pub learning_rate: f64,
    /// L2 penalty of a leaf, before it is multiplied by the rows of an average customer.
    pub penalty: f64,
    /// Least information in a leaf (four times as many customers at even odds), before it is multiplied likewise.
    pub leaf_information: f64,
}

impl BoostingSettings {
    /// What is used unless the folds speak clearly for something else.
    pub const USUAL: Self = Self { depth: 4, learning_rate: 0.04, penalty: 10.0, leaf_information: 10.0 };

    /// The settings of a trial, the same for a number always.
    pub(super) fn of_trial(trial: u32) -> Self {
        let [depth, rate, penalty, information] = point(trial);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 2 to 6")]
        let depth = (2.0 + 5.0 * depth).floor() as usize;
        Self {
            depth: depth.min(6),
            learning_rate: between(0.02, 0.1, rate),
            penalty: between(1.0, 100.0, penalty),
            leaf_information: between(2.5, 40.0, information),
        }
    }
}

/// What was tried and what is used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TuningRecord {
    /// The settings used.
    pub used: BoostingSettings,
    /// Every trial, the usual settings first; empty where none was asked for.
    pub trials: Vec<TuningTrial>,
    /// What the figures of `trials` were measured on.
    #[serde(default)]
    pub measured_on: MeasuredOn,
}

impl Default for TuningRecord {
    fn default() -> Self {
        Self { used: BoostingSettings::USUAL, trials: Vec::new(), measured_on: MeasuredOn::DecidingCutoffs }
    }
}

/// How some settings did on the folds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TuningTrial {
    /// The settings.
    pub settings: BoostingSettings,
    /// The number of trees with the lowest loss.
    pub trees: usize,
    /// Mean log-loss over the folds with so many trees, each fold at its own level.
    pub log_loss: f64,
    /// By how much that is below the one of the usual settings.
    pub gain: f64,
    /// Standard error of the gain, from one customer to the next.
    pub standard_error: f64,
}

/// Standard errors by which a trial must beat the usual settings. The best of many trials looks better than it is, so the
/// more are made, the more it takes: the best of so many without merit passes at most once in six times, as a single one
/// does with one standard error.
///
/// # Source
/// Bonferroni's inequality with a bound on the normal tail.
pub(super) fn clear_errors(n_trials: u32) -> f64 {
    let n = f64::from(n_trials.max(1));
    (1.0 + 2.0 * n.ln()).sqrt()
}

/// L2 penalties of a linear learner that are tried beside the usual ones.
pub(super) fn penalty_of_trial(trial: u32) -> f64 {
    between(0.5, 600.0, point(trial)[2])
}

fn between(low: f64, high: f64, share: f64) -> f64 {
    low * (high / low).powf(share)
}

/// A point of the unit cube in four dimensions; those of the first numbers are spread more evenly than chance would.
///
/// # Source
/// Kronecker sequence with powers of the root of `x^5 = x + 1` (Roberts 2018, "The unreasonable effectiveness of
/// quasirandom sequences").
fn point(trial: u32) -> [f64; 4] {
    const ROOT: f64 = 1.167_303_978_261_418_7;
    std::array::from_fn(|dimension| {
        let step = ROOT.powi(-(i32::try_from(dimension).unwrap_or(0) + 1));
        (0.5 + step * (f64::from(trial) + 1.0)).fract()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trials_lie_in_range_and_are_spread() {
        let trials: Vec<BoostingSettings> = (0..40).map(BoostingSettings::of_trial).collect();
        for depth in 2..=6 {
            let n = trials.iter().filter(|trial| trial.depth == depth).count();
            assert!((5..=11).contains(&n), "{depth}: {n}");
        }
        let quarter = trials.iter().filter(|trial| trial.penalty < 10.0 && trial.learning_rate < 0.0447).count();
        assert!((7..=13).contains(&quarter), "{quarter}");
        assert!(trials.iter().all(|trial| (0.02..=0.1).contains(&trial.learning_rate)));
        assert!(trials.iter().all(|trial| (2.5..=40.0).contains(&trial.leaf_information)));
        assert!((0..40).all(|trial| (0.5..=600.0).contains(&penalty_of_trial(trial))));
    }

    #[test]
    fn more_trials_need_a_clearer_gain() {
        assert!((clear_errors(1) - 1.0).abs() < 1e-12 && (clear_errors(20) - 2.64).abs() < 0.01);
    }
}
