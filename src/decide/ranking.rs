//! The order of the list: who is worth the retention team's time first, and who is not to be contacted.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Why a customer is not to be contacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suppression {
    /// Asked not to be contacted.
    OptedOut,
}

impl Suppression {
    /// The word in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OptedOut => "opted_out",
        }
    }
}

/// Churn probability in three words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskBand {
    /// Below 1/3.
    Low,
    /// From 1/3 to below 2/3.
    Medium,
    /// From 2/3.
    High,
}

impl RiskBand {
    /// The band of a probability.
    ///
    /// ```
    /// use retain::decide::RiskBand;
    /// assert_eq!([0.2, 0.5, 0.9].map(|p| RiskBand::of(p).name()), ["low", "medium", "high"]);
    /// ```
    #[must_use]
    pub fn of(churn_probability: f64) -> Self {
        if churn_probability < 1.0 / 3.0 {
            Self::Low
        } else if churn_probability < 2.0 / 3.0 {
            Self::Medium
        } else {
            Self::High
        }
    }

    /// The word in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// What ranking needs to know of a customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prospect {
    /// The customer's number: customers are numbered in the order of their ids.
    pub customer: u32,
    /// Calibrated probability of churning.
    pub churn_probability: f64,
    /// Margin that is lost if the customer leaves, in major units, not negative.
    pub value_at_stake: f64,
    /// Why the customer is not to be contacted, if so.
    pub suppressed: Option<Suppression>,
}

impl Prospect {
    /// Margin expected to be lost: probability times value, in major units.
    #[must_use]
    pub fn expected_loss(&self) -> f64 {
        self.churn_probability * self.value_at_stake
    }
}

/// The places of prospects in the order of the list: those who may be contacted first, the largest expected loss first,
/// ties by customer id.
#[must_use]
pub fn rank(prospects: &[Prospect]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..prospects.len()).collect();
    // No two are equal, so that the order does not depend on how it is found.
    order.par_sort_unstable_by(|a, b| {
        let (a, b) = (&prospects[*a], &prospects[*b]);
        let by_contact = a.suppressed.is_some().cmp(&b.suppressed.is_some());
        by_contact.then(b.expected_loss().total_cmp(&a.expected_loss())).then(a.customer.cmp(&b.customer))
    });
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prospect(customer: u32, p: f64, value: f64, suppressed: Option<Suppression>) -> Prospect {
        Prospect { customer, churn_probability: p, value_at_stake: value, suppressed }
    }

    #[test]
    fn the_largest_expected_loss_comes_first_and_the_suppressed_last() {
        let prospects = [
            prospect(0, 0.9, 10.0, None),
            prospect(1, 0.3, 100.0, None),
            prospect(2, 0.9, 1e6, Some(Suppression::OptedOut)),
            prospect(3, 0.6, 15.0, None),
        ];
        assert_eq!(rank(&prospects), [1, 0, 3, 2], "customers 0 and 3 tie at 9 and stand in the order of their ids");
    }
}
