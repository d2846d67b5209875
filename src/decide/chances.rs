//! What may become of a customer, for any probability of churning.

use super::outcomes::{Conditionals, OutcomeProbabilities};

/// What the outcomes of a customer follow from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chances {
    /// Calibrated probability that nothing is bought in the label window.
    pub churn: f64,
    /// What the heads say; `None` without any.
    pub heads: Option<Conditionals>,
    /// Of those who never come back, the share of those like this customer who had left before the day.
    pub gone_share: f64,
}

impl Chances {
    /// The same customer if another probability of churning were right.
    #[must_use]
    pub const fn at(self, churn: f64) -> Self {
        Self { churn, ..self }
    }

    /// The four outcomes.
    #[must_use]
    pub fn outcome(&self) -> OutcomeProbabilities {
        OutcomeProbabilities::of(self.churn, self.heads, self.gone_share)
    }
}
