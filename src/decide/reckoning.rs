//! What each action costs and gains for each customer by a playbook, and the limits that customers share.

use serde::Serialize;

use super::allocation::{Choice, Limits};
use super::candidate::Candidate;
use super::contact_evidence::ContactEvidence;
use super::decision::PlannedAction;
use super::draws::{DRAWS, Draws, Uncertain};
use super::gain::{Rates, Spending, expected_cost, expected_net_gain};
use crate::config::DecideConfig;
use crate::config::playbook::{Action, Playbook};

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitKind {
    /// Money.
    Budget,
    /// A channel.
    Channel,
    /// An action.
    Action,
}

/// What plans are reckoned from.
pub(super) struct Reckoning<'a> {
    pub(super) terms: &'a DecideConfig,
    rates: Vec<Rates>,
    pub(super) draws: Draws,
    /// What the shop's own contacts say; `None` without any.
    pub(super) evidence: Option<&'a ContactEvidence>,
}

impl<'a> Reckoning<'a> {
    /// By a config; `seed` draws what is not known.
    pub(super) fn new(terms: &'a DecideConfig, seed: u64) -> Self {
        let actions = &terms.playbook.actions;
        Self {
            terms,
            rates: actions.iter().map(Rates::expected).collect(),
            draws: Draws::of(actions, seed),
            evidence: None,
        }
    }

    /// The actions of the playbook.
    pub(super) fn actions(&self) -> &'a [Action] {
        &self.terms.playbook.actions
    }

    /// What an action is expected to do.
    pub(super) fn rates_of(&self, place: usize) -> Rates {
        self.rates.get(place).copied().unwrap_or(Rates { save: 0.0, take: 0.0, winback: 0.0, wake: 0.0 })
    }

    /// The share of an action's customers who are left alone.
    pub(super) fn control_share(&self, place: usize) -> f64 {
        self.actions().get(place).and_then(|action| action.control_share).unwrap_or(self.terms.control_share)
    }

    /// What an action is expected to gain for a customer.
    pub(super) fn gain(&self, candidate: &Candidate<'_>, place: usize, action: &Action) -> f64 {
        let spending = Spending::of(action, &candidate.stakes);
        expected_net_gain(&candidate.chances, &candidate.stakes, spending, &self.rates_of(place))
    }

    /// The actions that are meant for a customer, with their places, those aside that drive such customers away.
    pub(super) fn meant<'c>(&'c self, candidate: &'c Candidate<'_>) -> impl Iterator<Item = (usize, &'a Action)> + 'c {
        self.actions().iter().enumerate().filter(move |(place, action)| {
            candidate.is_meant_by(*place, action) && !self.is_harmful(candidate, *place, action)
        })
    }

    /// Whether an action drives customers like this one away.
    pub(super) fn is_harmful(&self, candidate: &Candidate<'_>, place: usize, action: &Action) -> bool {
        self.evidence.is_some_and(|evidence| evidence.harm(place, action, candidate.stage).is_some())
    }

    /// The actions that may be done for a customer who was not contacted lately, with gains of any sign.
    ///
    /// * `strength` - factor of what is kept and won back.
    pub(super) fn choices_of(&self, candidate: &Candidate<'_>, strength: f64) -> Vec<Choice> {
        if candidate.is_opted_out {
            return Vec::new();
        }
        let rested =
            self.meant(candidate).filter(|(_, action)| candidate.pause(action, self.terms.cool_down).is_none());
        let choice = |(place, action): (usize, &Action)| {
            let spending = Spending::of(action, &candidate.stakes);
            let rates = self.rates_of(place).weaker(strength);
            Choice {
                gain: expected_net_gain(&candidate.chances, &candidate.stakes, spending, &rates),
                cost: expected_cost(&candidate.chances, spending, &rates),
                action: place,
            }
        };
        rested.map(choice).collect()
    }

    /// Whether an action brings enough to be done.
    pub(super) fn is_enough(&self, gain: f64) -> bool {
        gain > 0.0 && gain >= self.terms.min_gain
    }

    /// Capacities: first those of channels, then those of actions that have one.
    pub(super) fn limits(&self) -> Limits {
        let playbook = &self.terms.playbook;
        let mut capacities: Vec<u32> = playbook.channels.iter().map(|channel| channel.capacity).collect();
        let mut of_action = Vec::with_capacity(playbook.actions.len());
        for action in &playbook.actions {
            let mut own: Vec<usize> = playbook.channel_of(action).into_iter().collect();
            if let Some(capacity) = action.capacity {
                own.push(capacities.len());
                capacities.push(capacity);
            }
            of_action.push(own);
        }
        Limits { budget: self.terms.budget, capacities, of_action }
    }

    /// The names of the capacities of [`Self::limits`].
    pub(super) fn limit_names(&self) -> Vec<(LimitKind, String)> {
        let Playbook { channels, actions, .. } = &self.terms.playbook;
        let channels = channels.iter().map(|channel| (LimitKind::Channel, channel.name.clone()));
        let limited = actions.iter().filter(|action| action.capacity.is_some());
        channels.chain(limited.map(|action| (LimitKind::Action, action.name.clone()))).collect()
    }

    /// A choice in full.
    pub(super) fn planned(&self, candidate: &Candidate<'_>, choice: &Choice, group_probability: f64) -> PlannedAction {
        let Candidate { chances, stakes, log_odds_sd, .. } = candidate;
        let spending = self.actions().get(choice.action).map(|action| Spending::of(action, stakes));
        let spending = spending.unwrap_or(Spending { contact_cost: 0.0, incentive: 0.0 });
        let subject = Uncertain { chances, log_odds_sd: *log_odds_sd, stakes };
        let gains = self.draws.gains(choice.action, spending, &subject);
        PlannedAction {
            place: choice.action,
            net_gain: choice.gain,
            gain_probability: gains.filter(|gain| *gain > 0.0).count() as f64 / DRAWS as f64,
            spending,
            expected_cost: choice.cost,
            group_probability,
        }
    }
}
