//! Orders that were given back as a whole. They count as none, but the customer remembers them: a reason that speaks of a silence
//! in which there was one names it.

use rayon::prelude::*;

use super::facts::Facts;
use crate::decide::day_in_words;
use crate::explain::Reason;
use crate::features::{Fact, FeatureSchema};
use crate::text::counted;
use crate::timeline::{Cutoff, EventLog, date_of};

/// The feature whose sentence tells how far apart the last two visits were.
const LAST_GAP: &str = "last_gap_to_median_ratio";

/// A shop at the day of a list.
pub(super) struct GivenBack<'a> {
    log: &'a EventLog,
    as_of: Cutoff,
    minor_per_major: f64,
    last_gap: Option<usize>,
}

impl<'a> GivenBack<'a> {
    pub(super) fn of((log, schema): (&'a EventLog, &FeatureSchema), as_of: Cutoff, minor_per_major: f64) -> Self {
        Self { log, as_of, minor_per_major, last_gap: schema.position(LAST_GAP) }
    }

    /// Names such orders in the reasons of all rows, each once.
    pub(super) fn name_in(&self, facts: &[Facts], reasons: &mut [Vec<Reason>]) {
        facts.par_iter().zip(reasons).for_each(|(facts, reasons)| {
            let is_once = facts.visits < 2.0;
            let may_name = |reason: &Reason| {
                reason.fact == Fact::Silence
                    || reason.fact == Fact::FewOrders && is_once
                    || Some(reason.column) == self.last_gap
            };
            if !reasons.iter().any(may_name) {
                return;
            }
            let void = self.void_days(facts.customer);
            if void.is_empty() {
                return;
            }
            let [before, last] = self.last_visits(facts.customer);
            let mut is_named = false;
            for reason in reasons.iter_mut().filter(|reason| may_name(reason)) {
                let is_gap = Some(reason.column) == self.last_gap;
                let is_meant = |day: &&i32| {
                    if is_gap { before < **day && **day < last } else { last < **day || is_once && **day < last }
                };
                let place = if is_gap { " in between" } else { "" };
                if let Some(note) = note(void.iter().filter(is_meant), place).filter(|_| is_gap || !is_named) {
                    reason.sentence = format!("{}; {note}", reason.sentence).into();
                    is_named |= !is_gap;
                }
            }
        });
    }

    /// The days on which such orders were placed, in ascending order.
    fn void_days(&self, customer: u32) -> Vec<i32> {
        let calendar = self.log.calendar();
        let orders = self.log.void_orders_at(customer, self.as_of);
        let mut days: Vec<i32> = orders.iter().map(|order| calendar.day(order.at)).collect();
        days.sort_unstable();
        days
    }

    /// The days of the last two visits.
    fn last_visits(&self, customer: u32) -> [i32; 2] {
        let mut last = [i32::MIN; 2];
        self.log.visit(customer, self.as_of, self.minor_per_major, |history| {
            for (place, day) in last.iter_mut().rev().zip(history.visit_days().iter().rev()) {
                *place = *day;
            }
        });
        last
    }
}

/// Orders of these days as a part of a sentence; `None` without any.
fn note<'d>(days: impl Iterator<Item = &'d i32>, where_: &str) -> Option<String> {
    let days: Vec<i32> = days.copied().collect();
    let last = day_in_words(date_of(*days.last()?)?);
    Some(match days.len() {
        1 => format!("an order of {last}{where_} was given back"),
        n => format!("{}{where_}, the last of {last}, were given back", counted(n as u64, "order")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::day_of;

    #[test]
    fn one_order_and_several_are_told_otherwise() {
        let days = [(2025, 4, 11), (2025, 5, 14)].map(|(y, m, d)| day_of(jiff::civil::date(y, m, d)));
        let said = |n: usize, place| note(days.iter().take(n), place);
        assert_eq!(said(0, ""), None);
        assert_eq!(said(1, "").as_deref(), Some("an order of 11 April 2025 was given back"));
        assert_eq!(
            said(2, " in between").as_deref(),
            Some("2 orders in between, the last of 14 May 2025, were given back")
        );
    }
}
