//! What is decided about a customer.

use serde::Serialize;

use super::cool_down::Pause;
use super::gain::Spending;
use super::ranking::Suppression;

/// What is decided about a customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decision {
    /// The group.
    pub group: Group,
    /// What is done, or would be done for a customer of the control group.
    pub action: Option<PlannedAction>,
    /// Why the customer is not to be contacted, if so for another reason than the control group.
    pub suppressed: Option<Suppression>,
    /// The contact of late that keeps the customer from another one, where that is why.
    pub pause: Option<Pause>,
    /// The action that would bring most for a customer who is not contacted, if one is meant for the customer.
    pub wanted: Option<Wanted>,
}

/// An action that a customer does not get.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wanted {
    /// Its place in the playbook.
    pub place: usize,
    /// What it would be expected to gain, in major units.
    pub net_gain: f64,
}

impl Decision {
    /// A contact, or the contact that a customer of the control group does not get.
    pub(super) const fn of(group: Group, action: PlannedAction) -> Self {
        Self { group, action: Some(action), suppressed: None, pause: None, wanted: None }
    }

    /// No contact.
    pub(super) const fn none(why: Suppression, wanted: Option<Wanted>) -> Self {
        Self { group: Group::Suppressed, action: None, suppressed: Some(why), pause: None, wanted }
    }
}

/// Whether a customer is contacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Contacted.
    Treat,
    /// Worth a contact, and left alone to measure by.
    Control,
    /// Not contacted.
    Suppressed,
}

impl Group {
    /// The word in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Treat => "treat",
            Self::Control => "control",
            Self::Suppressed => "suppressed",
        }
    }
}

/// An action for a customer, money in major units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlannedAction {
    /// Its place in the playbook.
    pub place: usize,
    /// What it is expected to gain, all costs included.
    pub net_gain: f64,
    /// Probability that the gain is positive, by what is known of rates and of the probability of churning.
    pub gain_probability: f64,
    /// What it spends.
    pub spending: Spending,
    /// What it is expected to cost, incentives included.
    pub expected_cost: f64,
    /// Probability of the group that the customer is in.
    pub group_probability: f64,
}

/// An action beside others, for the explanation of a customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alternative {
    /// Its place in the playbook.
    pub place: usize,
    /// What it is expected to gain, in major units; `None` if it is not meant for the customer.
    pub net_gain: Option<f64>,
}

/// Those who are contacted, by their places.
pub(super) fn contacted(decisions: &[Decision]) -> impl Iterator<Item = (usize, PlannedAction)> {
    let treated = decisions.iter().enumerate().filter(|(_, decision)| decision.group == Group::Treat);
    treated.filter_map(|(at, decision)| Some((at, decision.action?)))
}
