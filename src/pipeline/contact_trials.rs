//! What customers did after they were contacted, or left alone to measure by: the trials by which actions are judged. None of
//! it is a feature.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::config::Config;
use crate::decide::{Behaviour, ContactEvidence, ContactTrial, Stage};
use crate::label::ChurnRule;
use crate::maths::quantiles::median;
use crate::timeline::{ContactArm, ContactLog, Cutoff, EventLog, FirstContact};
use crate::units::Timestamp;

/// Why a row is not compared.
const ANOTHER_ACTION: &str = "action_not_in_playbook";
const NO_ARM: &str = "arm_not_stated";
const TOO_LATE: &str = "horizon_not_over";
const NO_ORDER: &str = "no_order_before";

/// What the shop's own contacts say by what was known at a day; `None` where none are recorded.
pub(super) fn contact_evidence(
    config: &Config,
    (log, contacts): (&EventLog, &ContactLog),
    rule: &ChurnRule,
    as_of: Cutoff,
) -> Option<ContactEvidence> {
    if !contacts.are_recorded() {
        return None;
    }
    let first = contacts.first_contacts_at(as_of);
    let trials = Trials { config, log, rule, as_of };
    let own: Vec<&[FirstContact<'_>]> = first.chunk_by(|a, b| a.customer_id == b.customer_id).collect();
    let found: Vec<Result<ContactTrial, &'static str>> =
        own.into_par_iter().flat_map_iter(|own| trials.of_customer(own)).collect();
    let mut left_out: BTreeMap<&'static str, u64> = BTreeMap::new();
    for why in found.iter().filter_map(|trial| trial.err()) {
        *left_out.entry(why).or_default() += 1;
    }
    let compared: Vec<ContactTrial> = found.into_iter().flatten().collect();
    let days = rule.horizon.0;
    let population = format!(
        "customers by the first row that the table of contacts has of them for an action, known before {as_of} and at least {days} \
         days old; later rows may follow from the first"
    );
    Some(ContactEvidence::of(&compared, &config.decide.playbook, (days, population), left_out))
}

/// What trials are read from.
#[derive(Clone, Copy)]
struct Trials<'a> {
    config: &'a Config,
    log: &'a EventLog,
    rule: &'a ChurnRule,
    as_of: Cutoff,
}

impl Trials<'_> {
    /// The trials of one customer, one for each action, or why there is none.
    fn of_customer(&self, contacts: &[FirstContact<'_>]) -> Vec<Result<ContactTrial, &'static str>> {
        let id = contacts.first().map_or("", |contact| contact.customer_id);
        let customer = self.log.customer_ids().binary_search_by(|known| known.as_str().cmp(id));
        let mut orders: Vec<Timestamp> = Vec::new();
        if let Some(customer) = customer.ok().and_then(|place| u32::try_from(place).ok()) {
            self.log.visit(customer, self.as_of, 1.0, |history| orders.extend(history.orders().map(|(at, _)| at)));
        }
        contacts.iter().map(|contact| self.trial(contact, &orders)).collect()
    }

    fn trial(&self, contact: &FirstContact<'_>, orders: &[Timestamp]) -> Result<ContactTrial, &'static str> {
        let actions = &self.config.decide.playbook.actions;
        let action = actions.iter().position(|action| action.name == contact.action).ok_or(ANOTHER_ACTION)?;
        let is_control = match contact.arm {
            ContactArm::Treated => false,
            ContactArm::Control => true,
            ContactArm::Unknown => return Err(NO_ARM),
        };
        let day = |at: Timestamp| self.log.calendar().day(at);
        let (on, horizon) = (day(contact.contacted_at), i32::try_from(self.rule.horizon.0).unwrap_or(i32::MAX));
        if on.saturating_add(horizon) > self.as_of.day() {
            return Err(TOO_LATE);
        }
        let (before, after): (Vec<Timestamp>, Vec<Timestamp>) =
            orders.iter().partition(|at| **at < contact.contacted_at);
        let days_before: Vec<i32> = before.into_iter().map(day).collect();
        let stage = stage_of(&days_before, on, self.rule).ok_or(NO_ORDER)?;
        let bought = after.into_iter().any(|at| day(at) < on.saturating_add(horizon));
        let bought_before = days_before.iter().any(|day| *day >= on.saturating_sub(horizon));
        Ok(ContactTrial { action, stage, is_control, bought, bought_before })
    }
}

/// The life-cycle stage by the days with an order up to a day, in ascending order; `None` without any.
fn stage_of(days: &[i32], on: i32, rule: &ChurnRule) -> Option<Stage> {
    let mut visits = days.to_vec();
    visits.dedup();
    let gaps: Vec<f64> =
        visits.iter().zip(visits.iter().skip(1)).map(|(earlier, later)| f64::from(later - earlier)).collect();
    let behaviour = Behaviour {
        visits: visits.len() as f64,
        recency_days: f64::from(on - visits.last()?),
        gap_median_days: median(gaps.iter().copied()),
        gap_last_days: gaps.last().copied(),
    };
    Some(Stage::of(&behaviour, rule.horizon, rule.active))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Days;

    const RULE: ChurnRule = ChurnRule { horizon: Days(60), gap: Days(0), active: Days(180), min_purchases: 1 };

    #[test]
    fn the_stage_is_that_of_the_day() {
        let stage = |days: &[i32], on| stage_of(days, on, &RULE).map(Stage::name);
        assert_eq!(stage(&[], 10), None);
        assert_eq!(stage(&[5, 5], 10), Some("new"));
        assert_eq!(stage(&[5], 66), Some("dormant"));
        assert_eq!(stage(&[0, 20, 40], 60), Some("repeat"));
        assert_eq!(stage(&[0, 20, 40], 90), Some("repeat"));
        assert_eq!(stage(&[0, 20, 40], 101), Some("at_risk"));
        assert_eq!(stage(&[0, 20, 40, 60, 80], 85), Some("loyal"));
        assert_eq!(stage(&[0, 300], 310), Some("won_back"));
    }
}
