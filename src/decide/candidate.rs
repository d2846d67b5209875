//! A customer about whom is decided, and for which actions of a playbook.

use super::causes::Cause;
use super::chances::Chances;
use super::cool_down::{PastContact, Pause, pause};
use super::gain::Stakes;
use super::segments::Segments;
use super::stage::Stage;
use crate::config::playbook::{Action, ConditionColumn, Incentive, NO_CAUSE_WORD};
use crate::units::Days;

/// What decisions need to know of one customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate<'a> {
    /// As in the shop's tables.
    pub id: &'a str,
    /// What may become of the customer.
    pub chances: Chances,
    /// Standard deviation of what is not known of the log-odds of churning.
    pub log_odds_sd: f64,
    /// What is won or lost.
    pub stakes: Stakes,
    /// Margin so far, in major units.
    pub clv_historic: f64,
    /// Days since the last order.
    pub days_since_last_order: i64,
    /// The life-cycle stage.
    pub stage: Stage,
    /// The segments.
    pub segments: Segments,
    /// Why the customer is probably lost or about to be, if a cause stands out.
    pub cause: Option<Cause>,
    /// Complaints waiting for a resolution; `None` if the shop does not record resolutions.
    pub open_complaints: Option<i64>,
    /// Whether a complaint must be settled before anything else.
    pub has_grievance: bool,
    /// Whether the customer asked not to be contacted.
    pub is_opted_out: bool,
    /// The latest contact with each action, the latest first.
    pub contacts: &'a [PastContact],
    /// Who looks after the customer, if the shop says so.
    pub owner: Option<u32>,
    /// For each action, whether its SQL condition holds of the customer; empty where no action has one.
    pub holds: &'a [bool],
    /// Whether a category is known that the customer is likely to want next.
    pub has_next_category: bool,
}

impl Candidate<'_> {
    /// Whether an action is meant for the customer.
    ///
    /// * `place` - of the action in the playbook.
    #[must_use]
    pub fn is_meant_by(&self, place: usize, action: &Action) -> bool {
        action.resolves() == self.has_grievance
            // One that was left open long ago is no longer waited for, but an offer would still read as a bribe.
            && !(self.open_complaints.is_some_and(|open| open > 0) && action.incentive != Incentive::None)
            && action.incentive.is_felt(self.stakes.usual_order)
            && self.holds.get(place).is_none_or(|holds| *holds)
            && (self.has_next_category || !action.suggests_category)
            && is_named(&action.stages, self.stage.name())
            && is_named(&action.segments, self.segments.rfm.name())
            && is_named(&action.quadrants, self.segments.quadrant.name())
            && is_named(&action.causes, self.cause.map_or(NO_CAUSE_WORD, Cause::name))
            && action.conditions.iter().all(|condition| condition.holds(self.value(condition.column)))
    }

    /// What keeps the customer from an action, if anything does.
    #[must_use]
    pub fn pause(&self, action: &Action, general: Days) -> Option<Pause> {
        pause(self.contacts, action, general)
    }

    #[expect(clippy::cast_precision_loss, reason = "days and complaints are few")]
    fn value(&self, column: ConditionColumn) -> Option<f64> {
        match column {
            ConditionColumn::ChurnProbability => Some(self.chances.churn),
            ConditionColumn::LeavingProbability => Some(self.chances.outcome().leaving),
            ConditionColumn::GoneProbability => Some(self.chances.outcome().gone),
            ConditionColumn::ValueAtStake => Some(self.stakes.value_at_stake),
            ConditionColumn::ClvHistoric => Some(self.clv_historic),
            ConditionColumn::DaysSinceLastOrder => Some(self.days_since_last_order as f64),
            ConditionColumn::OpenComplaints => self.open_complaints.map(|open| open as f64),
        }
    }
}

/// Whether a word is among those that a playbook names; where it names none, every word is.
fn is_named(named: &[String], word: &str) -> bool {
    named.is_empty() || named.iter().any(|name| name == word)
}
