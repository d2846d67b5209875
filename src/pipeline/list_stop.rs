//! Where a list stops: who is the last one worth a contact, who would be the next, and why not.

use std::collections::BTreeMap;

use serde::Serialize;

use super::list::{ListRow, RankedList};
use crate::decide::{Group, Suppression, Wanted, bring, money_in_words};
use crate::text::{counted, grouped};

/// Where a list stops. Amounts are in major units.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ListStop {
    /// Rows of the list.
    pub n_customers: u64,
    /// Those to contact; they stand first.
    pub n_contacted: u64,
    /// What their contacts are expected to bring, all costs taken off.
    pub net_gain: f64,
    /// The last one to contact: the one that brings least. Absent where nobody is.
    pub last: Option<CustomerAtStop>,
    /// The one of the others who would bring most. Absent where no action is left for any.
    pub next: Option<CustomerAtStop>,
    /// Why the next one is not contacted, as in `suppressed_code`.
    pub next_code: Option<&'static str>,
    /// Customers who are not contacted, by `suppressed_code`, and `control`.
    pub not_contacted: BTreeMap<&'static str, u64>,
    /// The same as a sentence.
    pub sentence: String,
}

/// A customer where a list stops.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CustomerAtStop {
    /// As in the list.
    pub customer_id: String,
    /// Place on the list.
    pub rank: u64,
    /// The action.
    pub action: String,
    /// What it is, or would be, expected to bring.
    pub expected_net_gain: f64,
}

impl RankedList {
    /// Where the list stops and why.
    #[must_use]
    pub fn stop(&self) -> ListStop {
        let ranked = || (1_u64..).zip(&self.rows);
        let contacted = || ranked().filter(|(_, row)| row.decision.group == Group::Treat);
        let gain_of = |row: &ListRow| row.decision.action.map_or(0.0, |action| action.net_gain);
        let last = contacted().last().and_then(|(rank, row)| {
            let planned = row.decision.action?;
            self.at_stop(rank, row, Wanted { place: planned.place, net_gain: planned.net_gain })
        });
        let others =
            ranked().filter_map(|(rank, row)| Some((rank, row, row.decision.suppressed?, row.decision.wanted?)));
        // Whom contacts drive away is not next, whatever the playbook says of the gain.
        let others = others.filter(|(_, _, why, _)| *why != Suppression::SleepingDog);
        let next = others.reduce(|best, other| if other.3.net_gain > best.3.net_gain { other } else { best });
        let mut not_contacted: BTreeMap<&'static str, u64> = BTreeMap::new();
        for row in self.rows.iter().filter(|row| row.decision.group != Group::Treat) {
            let why = row.decision.suppressed.map_or(Group::Control.name(), Suppression::name);
            *not_contacted.entry(why).or_default() += 1;
        }
        let mut stop = ListStop {
            n_customers: self.rows.len() as u64,
            n_contacted: contacted().count() as u64,
            net_gain: contacted().map(|(_, row)| gain_of(row)).sum(),
            last,
            next: next.and_then(|(rank, row, _, wanted)| self.at_stop(rank, row, wanted)),
            next_code: next.map(|(_, _, why, _)| why.name()),
            not_contacted,
            sentence: String::new(),
        };
        stop.sentence = self.sentence_of(&stop, next.map(|(_, _, why, _)| why));
        stop
    }

    fn at_stop(&self, rank: u64, row: &ListRow, wanted: Wanted) -> Option<CustomerAtStop> {
        let action = self.decisions.playbook.actions.get(wanted.place)?.name.clone();
        Some(CustomerAtStop { customer_id: row.customer_id.clone(), rank, action, expected_net_gain: wanted.net_gain })
    }

    fn sentence_of(&self, stop: &ListStop, why: Option<Suppression>) -> String {
        let money = |amount: f64| money_in_words(amount, &self.currency);
        if stop.n_customers == 0 {
            return "Nobody is on it.".to_owned();
        }
        let first = match &stop.last {
            Some(CustomerAtStop { customer_id, action, expected_net_gain, .. }) => format!(
                "Stops after {} of {}: the last one, {customer_id}, brings {} with `{action}`.",
                grouped(stop.n_contacted),
                counted(stop.n_customers, "customer"),
                money(*expected_net_gain)
            ),
            None => format!("None of {} is contacted.", counted(stop.n_customers, "customer")),
        };
        let Some((next, why)) = stop.next.as_ref().zip(why) else {
            return format!(
                "{first} {}",
                if stop.n_contacted > 0 { "Nobody else could be contacted." } else { "Nobody could be." }
            );
        };
        let which = if stop.n_contacted > 0 { "The next one" } else { "The one who would bring most" };
        let CustomerAtStop { customer_id, action, expected_net_gain, .. } = next;
        let because = match why {
            Suppression::Budget => ", but the budget goes to others who bring more for the same money".to_owned(),
            Suppression::Capacity => ", but the places go to others who bring more".to_owned(),
            Suppression::OwnerFull => ", but who looks after the customer has enough others who bring more".to_owned(),
            _ if self.decisions.summary.min_gain > 0.0 && *expected_net_gain > 0.0 => {
                format!(", less than {} (`decide.min_gain`)", money(self.decisions.summary.min_gain))
            }
            _ => String::new(),
        };
        format!(
            "{first} {which}, {customer_id}, would {} with `{action}`{because}.",
            bring(*expected_net_gain, self.decisions.summary.min_gain, &self.currency)
        )
    }
}
