//! The problem: choices of customers, and limits that they share.

use std::ops::Range;

/// An action that a customer may get.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// What it gains, in major units; above 0.
    pub gain: f64,
    /// What it costs of the budget, in major units; not negative.
    pub cost: f64,
    /// Place of the action in the playbook.
    pub action: usize,
}

/// What customers compete for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Limits {
    /// Largest sum of costs, in major units.
    pub budget: Option<f64>,
    /// Largest numbers of customers, each for some actions.
    pub capacities: Vec<u32>,
    /// For each action, the capacities that a customer of it uses.
    pub of_action: Vec<Vec<usize>>,
}

/// What one more unit of each limit would bring.
#[derive(Debug, Clone, PartialEq)]
pub struct Prices {
    /// Gain of one more major unit of budget; 0 without one.
    pub budget: f64,
    /// Gain of one more customer in each capacity.
    pub capacities: Vec<f64>,
}

/// Customers with their choices.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    pub(super) choices: Vec<Choice>,
    /// Where the choices of each customer begin, and where the last one's end.
    pub(super) starts: Vec<usize>,
    pub(super) limits: Limits,
}

/// What is left of each limit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Left {
    pub(super) budget: f64,
    pub(super) capacities: Vec<u32>,
}

/// Part of a budget by which rounding may exceed it.
const ROUNDING: f64 = 1e-12;

impl Problem {
    /// A problem without customers.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { choices: Vec::new(), starts: vec![0], limits }
    }

    /// Adds a customer with the choices that gain something.
    pub fn add(&mut self, choices: impl IntoIterator<Item = Choice>) {
        self.choices.extend(choices.into_iter().filter(|choice| choice.gain > 0.0));
        self.starts.push(self.choices.len());
    }

    /// What customers compete for.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How many customers there are.
    #[must_use]
    pub fn n_customers(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// A choice by its place.
    #[must_use]
    pub fn choice(&self, place: usize) -> Option<&Choice> {
        self.choices.get(place)
    }

    /// The choices of a customer, by their places.
    #[must_use]
    pub fn places(&self, customer: usize) -> Range<usize> {
        match self.starts.get(customer..customer + 2) {
            Some([start, end]) => *start..*end,
            _ => 0..0,
        }
    }

    pub(super) fn of(&self, customer: usize) -> &[Choice] {
        self.choices.get(self.places(customer)).unwrap_or_default()
    }

    /// Sum of gains, in the order of the customers.
    pub(super) fn gain(&self, chosen: &[Option<usize>]) -> f64 {
        chosen.iter().flatten().filter_map(|place| self.choice(*place)).map(|choice| choice.gain).sum()
    }

    /// Sum of costs.
    pub(super) fn cost(&self, chosen: &[Option<usize>]) -> f64 {
        chosen.iter().flatten().filter_map(|place| self.choice(*place)).map(|choice| choice.cost).sum()
    }

    pub(super) fn everything(&self) -> Left {
        Left {
            budget: self.limits.budget.map_or(f64::INFINITY, |budget| budget * (1.0 + ROUNDING)),
            capacities: self.limits.capacities.clone(),
        }
    }

    pub(super) fn capacities_of(&self, action: usize) -> &[usize] {
        self.limits.of_action.get(action).map_or(&[], Vec::as_slice)
    }

    /// Whether what is left suffices for a choice.
    pub(super) fn fits(&self, choice: &Choice, left: &Left) -> bool {
        let has_room = |capacity: &usize| left.capacities.get(*capacity).is_none_or(|room| *room > 0);
        choice.cost <= left.budget && self.capacities_of(choice.action).iter().all(has_room)
    }

    /// Takes what a choice uses.
    pub(super) fn take(&self, choice: &Choice, left: &mut Left) {
        left.budget -= choice.cost;
        for capacity in self.capacities_of(choice.action) {
            left.capacities.get_mut(*capacity).into_iter().for_each(|room| *room = room.saturating_sub(1));
        }
    }
}

impl Prices {
    /// What a choice gains beyond what it uses.
    #[must_use]
    pub fn reduced(&self, choice: &Choice, limits: &Limits) -> f64 {
        choice.gain - self.budget * choice.cost - self.of_action(choice.action, limits)
    }

    /// What a customer of an action pays for capacities.
    #[must_use]
    pub fn of_action(&self, action: usize, limits: &Limits) -> f64 {
        let capacities = limits.of_action.get(action).map_or(&[][..], Vec::as_slice);
        capacities.iter().filter_map(|capacity| self.capacities.get(*capacity)).sum()
    }

    /// What a customer of each action pays for capacities.
    pub(super) fn of_actions(&self, limits: &Limits) -> Vec<f64> {
        (0..limits.of_action.len()).map(|action| self.of_action(action, limits)).collect()
    }
}
