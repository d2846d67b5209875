//! What each part of a probability adds to its log-odds, where the probability is made of several: of churn, of the heads, and
//! of the share of those never coming back who have left already.
//!
//! All parts move together, straight from those of an average customer to those of this one, and each adds what the log-odds
//! change through it on the way. Nothing is lost: what the parts add sums to the whole difference.

use crate::decide::{Conditionals, OutcomeProbabilities};
use crate::maths::quadrature::Nodes;
use crate::maths::special::probability;

/// A probability that is no surer than this has log-odds that can be reckoned with.
const SUREST: f64 = 1e-9;

/// The probability that the reasons of a row explain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Of not coming back, in the list: an action gains from keeping who is leaving as from bringing back who has left, and
    /// one number that is about both does not call a long silence a good sign.
    Lost,
    /// Of having left, in the win-back list.
    Gone,
}

impl Risk {
    /// That of a customer.
    #[must_use]
    pub fn of(outcome: &OutcomeProbabilities) -> Self {
        if outcome.is_gone() { Self::Gone } else { Self::Lost }
    }

    /// The probability.
    #[must_use]
    pub const fn probability(self, outcome: &OutcomeProbabilities) -> f64 {
        match self {
            Self::Lost => outcome.lost(),
            Self::Gone => outcome.gone,
        }
    }
}

/// The parts of an average customer and of this one: log-odds of churn, of never coming back and of a last purchase, and the
/// share of those gone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Path {
    pub(super) from: [f64; 4],
    pub(super) to: [f64; 4],
}

impl Path {
    /// The log-odds at both ends.
    pub(super) fn ends(&self, risk: Risk) -> [f64; 2] {
        [self.from, self.to].map(|parts| {
            let [churn, never, last, gone_share] = parts;
            log_odds(whole(risk, [probability(churn), probability(never), probability(last), gone_share]))
        })
    }

    /// How steeply the log-odds rise with each part, on average over the way.
    ///
    /// # Source
    /// Aumann and Shapley (1974), Values of Non-Atomic Games; Sundararajan, Taly and Yan (2017), Axiomatic Attribution for
    /// Deep Networks, equation 1.
    pub(super) fn steepness(&self, risk: Risk) -> [f64; 4] {
        let mut sums = [0.0; 4];
        for (t, weight) in Nodes::Sixteen.rule() {
            let at: [f64; 4] = std::array::from_fn(|part| self.from[part] + t * (self.to[part] - self.from[part]));
            let [churn, never, last] = [at[0], at[1], at[2]].map(probability);
            let parts = [churn, never, last, at[3]];
            let q = whole(risk, parts).clamp(SUREST, 1.0 - SUREST);
            for (part, sum) in sums.iter_mut().enumerate() {
                // The probability is a straight line in each of its parts.
                let with = |value: f64| {
                    let mut changed = parts;
                    changed[part] = value;
                    whole(risk, changed)
                };
                let of_log_odds = if part < 3 { parts[part] * (1.0 - parts[part]) } else { 1.0 };
                *sum += weight * (with(1.0) - with(0.0)) * of_log_odds / (q * (1.0 - q));
            }
        }
        sums
    }
}

fn whole(risk: Risk, [churn, never, last, gone_share]: [f64; 4]) -> f64 {
    risk.probability(&OutcomeProbabilities::of(churn, Some(Conditionals { never, last }), gone_share))
}

/// Log-odds, none of them beyond what can be reckoned with.
pub(super) fn log_odds(p: f64) -> f64 {
    let p = p.clamp(SUREST, 1.0 - SUREST);
    (p / (1.0 - p)).ln()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_parts_add_up_to_the_whole_difference(
            from in prop::array::uniform3(-3.0_f64..3.0), to in prop::array::uniform3(-5.0_f64..5.0),
            shares in prop::array::uniform2(0.05_f64..0.98),
        ) {
            let path = Path {
                from: [from[0], from[1], from[2], shares[0]],
                to: [to[0], to[1], to[2], shares[1]],
            };
            for risk in [Risk::Lost, Risk::Gone] {
                let [start, end] = path.ends(risk);
                let steepness = path.steepness(risk);
                let sum: f64 = (0..4).map(|part| steepness[part] * (path.to[part] - path.from[part])).sum();
                prop_assert!((end - start - sum).abs() < 1e-4, "{risk:?}: {end} - {start} against {sum}");
            }
        }
    }

    #[test]
    fn what_a_rule_says_of_everyone_adds_nothing() {
        let path = Path { from: [0.0, 40.0, -40.0, 0.5], to: [1.0, 40.0, -40.0, 0.7] };
        let [churn, never, last, share] = path.steepness(Risk::Gone);
        assert!(churn > 0.0 && share > 0.0 && never.abs() < 1e-12 && last.abs() < 1e-12);
        let [churn, _, _, share] = path.steepness(Risk::Lost);
        assert!(churn > 0.0 && share.abs() < 1e-12, "who is lost is lost, whether already gone or not");
    }
}
