//! The order of the lists: who is to be kept and who to be won back, who first, and who is not to be contacted.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::outcomes::OutcomeProbabilities;

/// Why a customer is not to be contacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suppression {
    /// Asked not to be contacted.
    OptedOut,
    /// No action of the playbook is meant for the customer.
    NoActionFits,
    /// Contacts drive such customers away, by the shop's own control group.
    SleepingDog,
    /// Contacted lately.
    CoolDown,
    /// No action that fits is expected to bring enough.
    NoGain,
    /// What others bring for the same money is more.
    Budget,
    /// What others bring in the same places is more.
    Capacity,
    /// Who looks after the customer has enough others, who bring more.
    OwnerFull,
}

impl Suppression {
    const ALL: [Self; 8] = [
        Self::OptedOut,
        Self::NoActionFits,
        Self::SleepingDog,
        Self::CoolDown,
        Self::NoGain,
        Self::Budget,
        Self::Capacity,
        Self::OwnerFull,
    ];

    /// The one with a word of files.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == word)
    }

    /// The word in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OptedOut => "opted_out",
            Self::NoActionFits => "no_action_fits",
            Self::SleepingDog => "sleeping_dog",
            Self::CoolDown => "cool_down",
            Self::NoGain => "no_gain",
            Self::Budget => "budget",
            Self::Capacity => "capacity",
            Self::OwnerFull => "owner_full",
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
    /// What is to come of the customer.
    pub outcome: OutcomeProbabilities,
    /// Margin of the coming time of a customer who is active at the day, in major units, not negative: lost if the customer
    /// leaves, gained if one who has left comes back.
    pub value_at_stake: f64,
    /// Margin of the coming time of the customer after a return, in major units, not negative.
    pub value_after_return: f64,
    /// Why the customer is not to be contacted, if so.
    pub suppressed: Option<Suppression>,
}

impl Prospect {
    /// What the customer's list is ranked by, in major units: the probability of leaving times the value, and for a customer
    /// who has more likely left than not, the probability of having left times the value after a return.
    #[must_use]
    pub fn expected_loss(&self) -> f64 {
        let OutcomeProbabilities { gone, leaving, .. } = self.outcome;
        if self.outcome.is_gone() { gone * self.value_after_return } else { leaving * self.value_at_stake }
    }
}

/// Customers in the order in which they are worth the retention team's time: those to be kept, and those to be won back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Order {
    /// Places of those who are here, in the order of the list.
    pub list: Vec<usize>,
    /// Places of those who have more likely left than not, in the order of the win-back list.
    pub winback: Vec<usize>,
}

/// Orders prospects: in each list those who may be contacted first, the largest expected loss first, ties by customer id.
/// Everyone stands in one of the two.
#[must_use]
pub fn rank(prospects: &[Prospect]) -> Order {
    let (mut winback, mut list): (Vec<usize>, Vec<usize>) =
        (0..prospects.len()).partition(|place| prospects[*place].outcome.is_gone());
    for order in [&mut list, &mut winback] {
        // No two are equal, so that the order does not depend on how it is found.
        order.par_sort_unstable_by(|a, b| {
            let (a, b) = (&prospects[*a], &prospects[*b]);
            let by_contact = a.suppressed.is_some().cmp(&b.suppressed.is_some());
            by_contact.then(b.expected_loss().total_cmp(&a.expected_loss())).then(a.customer.cmp(&b.customer))
        });
    }
    Order { list, winback }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prospect(customer: u32, leaving: f64, value: f64, suppressed: Option<Suppression>) -> Prospect {
        let outcome = OutcomeProbabilities { gone: 0.05, leaving, quiet: None };
        let (value_at_stake, value_after_return) = (value, value / 2.0);
        Prospect { customer, churn_probability: leaving, outcome, value_at_stake, value_after_return, suppressed }
    }

    #[test]
    fn the_largest_expected_loss_comes_first_and_the_suppressed_last() {
        let prospects = [
            prospect(0, 0.9, 10.0, None),
            prospect(1, 0.3, 100.0, None),
            prospect(2, 0.9, 1e6, Some(Suppression::OptedOut)),
            prospect(3, 0.6, 15.0, None),
        ];
        let order = rank(&prospects);
        assert_eq!(order.list, [1, 0, 3, 2], "customers 0 and 3 tie at 9 and stand in the order of their ids");
        assert!(order.winback.is_empty());
    }

    #[test]
    fn who_has_more_likely_left_than_not_is_to_be_won_back() {
        let gone = |customer, gone, value, suppressed| Prospect {
            outcome: OutcomeProbabilities { gone, leaving: 0.3, quiet: Some(0.1) },
            ..prospect(customer, 0.3, value, suppressed)
        };
        let prospects = [
            prospect(0, 0.4, 10.0, None),
            gone(1, 0.6, 10.0, None),
            gone(2, 0.55, 100.0, None),
            gone(3, 0.9, 1e6, Some(Suppression::OptedOut)),
            gone(4, 0.5, 1e6, None),
        ];
        let order = rank(&prospects);
        assert_eq!((order.list, order.winback), (vec![4, 0], vec![2, 1, 3]), "one half is not more likely than not");
        assert!(
            (prospects[1].expected_loss() - 3.0).abs() < 1e-12 && (prospects[4].expected_loss() - 3e5).abs() < 1e-6
        );
    }
}
