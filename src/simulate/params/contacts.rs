//! Owns the figures of contacts: how often the shop contacts whom, and what that does.

use serde::Serialize;

/// How the shop contacts its customers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ContactParams {
    /// Actions, of which each contact is one.
    pub actions: Vec<ContactAction>,
    /// Mean days between two contacts of a customer, beyond the least; default 120.
    pub gap_days_mean: f64,
    /// Least days between two contacts of a customer; default 20.
    pub gap_days_least: f64,
    /// Days after an order for which a customer is contacted; default 180.
    pub active_days: f64,
    /// Share of contacts that are not made, to measure by; default 0.2.
    pub control_share: f64,
    /// Share of customers whom contacts help; default 0.25.
    pub helped_share: f64,
    /// Share of customers whom a contact wakes, so that more of them leave; default 0.05.
    pub woken_share: f64,
    /// Days for which a contact has an effect; default 60.
    pub effect_days: f64,
    /// What a contact adds to a hazard of 1 of those whom it wakes; default 1, so that every action keeps more than it wakes.
    pub woken_excess: f64,
}

/// One thing that the shop does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ContactAction {
    /// Its name, as in the default playbook.
    pub name: String,
    /// How often it is done, beside the others.
    pub weight: f64,
    /// Cost of one contact in major units.
    pub cost: f64,
    /// Factor on the hazard of those whom it helps.
    pub helped_factor: f64,
}

impl Default for ContactParams {
    fn default() -> Self {
        let action = |name: &str, weight, cost, helped_factor| ContactAction {
            name: name.to_owned(),
            weight,
            cost,
            helped_factor,
        };
        Self {
            actions: vec![
                action("personal_call", 0.15, 5.0, 0.3),
                action("personal_message", 0.5, 0.5, 0.7),
                action("offer", 0.35, 0.5, 0.5),
            ],
            gap_days_mean: 120.0,
            gap_days_least: 20.0,
            active_days: 180.0,
            control_share: 0.2,
            helped_share: 0.25,
            woken_share: 0.05,
            effect_days: 60.0,
            woken_excess: 1.0,
        }
    }
}
