//! How well a list is expected to do before anybody knows what comes of it, from its probabilities alone. It is right as far
//! as they are calibrated: a shop that has changed shows only once labels have matured.

use serde::{Deserialize, Serialize};

/// What is said beside every such figure.
pub const CAVEAT: &str = "from the probabilities alone, and right only as far as they are calibrated: a shop that changes what its \
                          customers do shows only in realised figures";

/// Probabilities are kept this far from 0 and 1, as in the metrics of the tests.
pub(super) const CLIP: f64 = 1e-6;

/// Expected figures of a list.
///
/// # Source
/// Białek, Kivimäki, Kuberski and Perrakis (2024), Estimating Model Performance Under Covariate Shift Without Labels,
/// arXiv:2401.08348: confidence-based performance estimation (CBPE).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    /// Customers.
    pub n: u64,
    /// Of whom so many are expected to leave.
    pub churned: f64,
    /// Variance of that number if they leave independently.
    pub variance: f64,
    /// Area under the receiver operating characteristic; `None` where all are certain to leave or to stay.
    pub auc: Option<f64>,
    /// Mean negative log-likelihood in nats.
    pub log_loss: f64,
}

impl Expected {
    /// The figures that calibrated probabilities would have.
    #[must_use]
    pub fn of(probabilities: &[f64]) -> Self {
        let mut sorted: Vec<f64> = probabilities.iter().map(|p| p.clamp(CLIP, 1.0 - CLIP)).collect();
        sorted.sort_by(f64::total_cmp);
        let n = sorted.len();
        let churned: f64 = sorted.iter().sum();
        let entropy: f64 = sorted.iter().map(|p| -(p * p.ln() + (1.0 - p) * (1.0 - p).ln())).sum();
        let (mut staying_below, mut concordant) = (0.0, 0.0);
        // Rows of one probability are ties: each counts one half.
        for tied in sorted.chunk_by(|a, b| a.total_cmp(b).is_eq()) {
            let (leaving, staying): (f64, f64) = (tied.iter().sum(), tied.iter().map(|p| 1.0 - p).sum());
            concordant += leaving * (staying_below + 0.5 * staying);
            staying_below += staying;
        }
        let pairs = churned * (n as f64 - churned);
        Self {
            n: n as u64,
            churned,
            variance: sorted.iter().map(|p| p * (1.0 - p)).sum(),
            auc: (n > 1 && pairs > 0.0).then(|| concordant / pairs),
            log_loss: entropy / (n as f64).max(1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expected_figures_are_those_of_many_draws() {
        use crate::evaluate::{metrics::Metrics, prepared::Sample};
        use crate::maths::random::Random;
        let mut random = Random::new(7, 1);
        let p: Vec<f64> = (0..40_000).map(|_| random.uniform().powi(2)).collect();
        let churned: Vec<bool> = p.iter().map(|p| random.uniform() < *p).collect();
        let value = vec![1.0; p.len()];
        let realised =
            Metrics::of(&Sample { churned: &churned, scores: &p, value: &value, is_probability: true }).unwrap();
        let expected = Expected::of(&p);
        assert!((expected.auc.unwrap() - realised.auc.unwrap()).abs() < 0.006, "{expected:?}");
        assert!((expected.log_loss - realised.log_loss.unwrap()).abs() < 0.006, "{expected:?}");
    }

    #[test]
    fn ties_alone_are_chance_and_nobody_has_no_figures() {
        assert!((Expected::of(&[0.3; 9]).auc.unwrap() - 0.5).abs() < 1e-12);
        assert_eq!(Expected::of(&[]).auc, None);
    }
}
