//! What decisions know of customers beside features: who was contacted when, and who looks after whom.

use std::collections::BTreeSet;

use super::eligibility::Holds;
use crate::decide::PastContact;
use crate::timeline::{ContactLog, Cutoff, EventLog};

/// What is known of customers beside the event log. No feature sees it.
#[derive(Clone, Copy)]
pub struct Beside<'a> {
    /// Who was contacted when.
    pub contacts: &'a ContactLog,
    /// Who looks after each customer, by customer number; empty where the config names no column.
    pub owners: &'a [Option<String>],
    /// For whom the SQL conditions of the playbook hold; `None` where no action has one.
    pub holds: Option<Holds<'a>>,
}

impl Beside<'_> {
    /// The latest contact with each action before a day, the latest first.
    pub(super) fn contacts_of(&self, log: &EventLog, customer: u32, as_of: Cutoff) -> Vec<PastContact> {
        let Some(id) = log.customer_ids().get(customer as usize) else { return Vec::new() };
        let mut latest: Vec<PastContact> = Vec::new();
        for known in self.contacts.known_at(id, as_of) {
            latest.retain(|contact| contact.action.as_deref() != known.action);
            let days_ago = as_of.day() - log.calendar().day(known.contacted_at);
            latest.push(PastContact { days_ago, action: known.action.map(str::to_owned) });
        }
        latest.reverse();
        latest
    }

    /// A number for who looks after each customer.
    pub(super) fn owner_numbers(&self) -> Vec<Option<u32>> {
        let names: BTreeSet<&str> = self.owners.iter().flatten().map(String::as_str).collect();
        let names: Vec<&str> = names.into_iter().collect();
        let number = |name: &str| u32::try_from(names.binary_search(&name).ok()?).ok();
        self.owners.iter().map(|owner| number(owner.as_deref()?)).collect()
    }
}
