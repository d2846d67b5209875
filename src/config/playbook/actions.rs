//! What a playbook holds, checked.

use serde::Serialize;

use super::condition::Condition;
use crate::units::Days;

/// Words for the life-cycle stages of customers, as the list has them.
pub const STAGE_WORDS: &[&str] = &["new", "repeat", "loyal", "won_back", "at_risk", "dormant"];

/// Words for the segments of customers by recency and frequency, as the list has them.
pub const SEGMENT_WORDS: &[&str] = &[
    "champions",
    "loyal_customers",
    "potential_loyalists",
    "new_customers",
    "promising",
    "need_attention",
    "about_to_sleep",
    "at_risk",
    "cannot_lose_them",
    "hibernating",
];

/// Words for the quadrants of the value matrix, as the list has them.
pub const QUADRANT_WORDS: &[&str] = &["I", "II", "III", "IV"];

/// The word of playbooks for customers of whom no cause stands out.
pub const NO_CAUSE_WORD: &str = "none";

/// Words for why customers leave, as the list has them, and the one for no cause.
pub const CAUSE_WORDS: &[&str] = &[
    "price",
    "quality",
    "service_response",
    "unresolved_complaint",
    "faded_need",
    "broken_rhythm",
    "uncontrollable",
    NO_CAUSE_WORD,
];

/// What a shop can do for its customers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Playbook {
    /// Whether it is the one that comes with `retain`.
    pub is_default: bool,
    /// The currency that its amounts are still to be changed from, if it names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// How its amounts were changed into the shop's currency, if they were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub converted: Option<Converted>,
    /// The ways on which customers are reached, in the order of their names.
    pub channels: Vec<Channel>,
    /// The actions, in the order of the file; at least one.
    pub actions: Vec<Action>,
}

/// By what the amounts of a playbook were taken.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Converted {
    /// The currency that the playbook is written in.
    pub from: String,
    /// Units of the shop's currency for one of it, roughly.
    pub units: f64,
}

/// A way on which customers are reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Channel {
    /// Its name.
    pub name: String,
    /// Customers it can reach in one run.
    pub capacity: u32,
}

/// One thing to do for a customer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Action {
    /// Its name in lists.
    pub name: String,
    /// What kind of bond it strengthens.
    pub level: Level,
    /// The way on which the customer is reached, if it is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// What it has to do with complaints that are open or were closed badly.
    pub complaints: Complaints,
    /// Stages of the customers it is for; empty for all.
    pub stages: Vec<String>,
    /// Segments of the customers it is for; empty for all.
    pub segments: Vec<String>,
    /// Quadrants of the value matrix of the customers it is for; empty for all.
    pub quadrants: Vec<String>,
    /// Causes of the customers it is for; empty for all.
    pub causes: Vec<String>,
    /// What must hold of the customer's row, all of it.
    pub conditions: Vec<Condition>,
    /// What else must hold of it, as SQL over columns of the list; read where tables are.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Whether it suggests the next category: it is only for customers with one.
    pub suggests_category: bool,
    /// Cost of one contact in major units.
    pub contact_cost: f64,
    /// What the customer is given, if anything.
    pub incentive: Incentive,
    /// Probability that a customer who is leaving stays because of it.
    pub save_rate: Rate,
    /// Probability that a customer who would have bought anyway takes the incentive.
    pub take_rate: Rate,
    /// Probability that a customer who is gone comes back because of it.
    pub winback_rate: Rate,
    /// Probability that a customer who would have stayed leaves because of it.
    pub wake_rate: Rate,
    /// Customers it can be done for in one run; `None` for any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// Share of its customers who are left alone to measure by; `None` for that of the config.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control_share: Option<f64>,
    /// How long it is not done again for the same customer; `None` for as long as after any contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cool_down: Option<Days>,
    /// What to say, for the person who does it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// What kind of bond an action strengthens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// An offer.
    Financial,
    /// Personal contact, recognition.
    Social,
    /// Solving a problem, better service.
    Structural,
}

/// Which customers an action is for, by their complaints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Complaints {
    /// It settles complaints: only for customers with one that is open or was closed badly.
    Resolve,
    /// Only for customers without.
    None,
}

/// What the customer is given.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Incentive {
    /// Nothing.
    None,
    /// An amount in major units.
    Amount(f64),
    /// A share of a usual order of the customer.
    ShareOfOrder {
        /// The share.
        share: f64,
        /// At most so much, in major units.
        #[serde(skip_serializing_if = "Option::is_none")]
        ceiling: Option<f64>,
    },
}

/// Of the share of an order that an incentive stands for, the least that its ceiling may leave: 15 off an order of 2,000 is no
/// offer of a tenth.
const FELT_SHARE: f64 = 0.25;

impl Incentive {
    /// Whether it is one to a customer, and not lost in the order.
    ///
    /// * `usual_order` - revenue of a usual order of the customer, in major units.
    #[must_use]
    pub fn is_felt(self, usual_order: f64) -> bool {
        match self {
            Self::None | Self::Amount(_) => true,
            Self::ShareOfOrder { share, .. } => self.amount(usual_order) >= FELT_SHARE * share * usual_order,
        }
    }

    /// What it is worth to a customer, in major units.
    ///
    /// * `usual_order` - revenue of a usual order of the customer, in major units.
    #[must_use]
    pub fn amount(self, usual_order: f64) -> f64 {
        match self {
            Self::None => 0.0,
            Self::Amount(amount) => amount,
            Self::ShareOfOrder { share, ceiling } => {
                (share * usual_order.max(0.0)).min(ceiling.unwrap_or(f64::INFINITY))
            }
        }
    }
}

/// A probability that is not known exactly: a beta distribution.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rate {
    /// Its mean.
    pub mean: f64,
    /// Customers that the knowledge of it weighs as much as: the sum of the two parameters of the distribution.
    pub weight: f64,
    /// Where it comes from.
    pub evidence: Evidence,
}

impl Rate {
    /// The rate of what an action does not do.
    pub const NONE: Self = Self { mean: 0.0, weight: 1.0, evidence: Evidence::Assumed };
}

/// Where a rate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// Somebody thinks so.
    Assumed,
    /// A published experiment of another firm.
    Benchmark,
    /// An experiment of this shop.
    Measured,
}

impl Action {
    /// Whether it settles complaints.
    #[must_use]
    pub fn resolves(&self) -> bool {
        self.complaints == Complaints::Resolve
    }
}

impl Level {
    /// The word in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Financial => "financial",
            Self::Social => "social",
            Self::Structural => "structural",
        }
    }
}

impl Playbook {
    /// The channel of an action, if its capacity is limited.
    #[must_use]
    pub fn channel_of(&self, action: &Action) -> Option<usize> {
        let name = action.channel.as_deref()?;
        self.channels.iter().position(|channel| channel.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_lost_in_a_large_order_is_none() {
        let tenth = Incentive::ShareOfOrder { share: 0.1, ceiling: Some(15.0) };
        assert_eq!(
            [0.0, 60.0, 600.0, 601.0, 2_000.0].map(|order| tenth.is_felt(order)),
            [true, true, true, false, false]
        );
        let unlimited = Incentive::ShareOfOrder { share: 0.1, ceiling: None };
        assert!(
            [unlimited, Incentive::Amount(5.0), Incentive::None]
                .into_iter()
                .all(|incentive| incentive.is_felt(9_000.0))
        );
    }
}
