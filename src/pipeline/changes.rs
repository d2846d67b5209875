//! What changed since an earlier list: who is to be contacted anew, who no longer and why, whose probability moved and by which
//! fact.

use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;
use rayon::prelude::*;
use serde::Serialize;

use super::change_facts::{Between, Facts};
use super::earlier::{Change, EarlierList, EarlierRow, Moved, RowChange};
use super::list::{ListRow, Lists};
use crate::config::Config;
use crate::decide::{Group, Suppression, day_in_words, pause_why};
use crate::timeline::{Cutoff, EventLog, date_of};
use crate::units::Days;

/// Probabilities of churning that differ by at least so much have moved.
pub const MOVE: f64 = 0.10;

/// The word for a customer who is on neither list any more.
pub(super) const GONE: &str = "gone";

/// A customer of the earlier list who is on neither list now.
#[derive(Debug, Clone, PartialEq)]
pub struct GoneCustomer {
    /// As in the shop's tables.
    pub customer_id: String,
    /// The row of the earlier list.
    pub before: EarlierRow,
    /// Why.
    pub why: String,
}

/// All changes in figures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ChangeCounts {
    /// Customers by what happened to them.
    pub customers: BTreeMap<&'static str, u64>,
    /// Those to contact now who were not to be contacted then, new customers among them.
    pub asked_anew: u64,
    /// Those who were to be contacted and are not any more, by why.
    pub no_longer_because: BTreeMap<&'static str, u64>,
}

/// Both lists beside an earlier one.
#[derive(Debug, Clone, PartialEq)]
pub struct Changes {
    /// The day of the earlier list.
    pub since: Date,
    /// All in figures.
    pub counts: ChangeCounts,
    /// Who is on neither list any more, in the earlier order.
    pub gone: Vec<GoneCustomer>,
}

/// Gives each row what changed since an earlier list, and tells the whole.
pub fn compare(config: &Config, log: &EventLog, lists: &mut Lists, earlier: &EarlierList) -> Changes {
    let day = |date| Cutoff::at_start_of(date, &config.timezone);
    let is_other_model = earlier.model_version != lists.list.model_version;
    let between = Between { log, then: day(earlier.as_of), now: day(lists.list.as_of), is_other_model };
    let mut counts = ChangeCounts::default();
    for (list, is_winback) in [(&mut lists.list, false), (&mut lists.winback, true)] {
        let of_row = |row: &mut ListRow| {
            let before = earlier.rows.get(&row.customer_id).copied();
            let facts = between.facts(row, before.as_ref());
            let told = told(row, is_winback, before.as_ref(), (&facts, between.now.date()));
            let is_treated = row.decision.group == Group::Treat;
            let found = (
                told.as_ref().map(|(change, _)| change.name()),
                is_treated && !before.is_some_and(|before| before.is_treated),
                before.and_then(|before| cause(row, is_winback, &before, &facts)),
            );
            row.change = Some(Box::new(row_change(row, told, before, between.now.date())));
            found
        };
        let found: Vec<_> = list.rows.par_iter_mut().map(of_row).collect();
        for (change, is_asked_anew, cause) in found {
            counts.asked_anew += u64::from(is_asked_anew);
            if let Some(change) = change {
                *counts.customers.entry(change).or_default() += 1;
            }
            if let Some(cause) = cause {
                *counts.no_longer_because.entry(cause).or_default() += 1;
            }
        }
    }
    let gone = gone(lists, earlier, between.now, config.churn.active_days);
    if !gone.is_empty() {
        counts.customers.insert(GONE, gone.len() as u64);
    }
    let n_asked = gone.iter().filter(|gone| gone.before.is_treated).count() as u64;
    if n_asked > 0 {
        counts.no_longer_because.insert("no_longer_a_customer", n_asked);
    }
    Changes { since: earlier.as_of, counts, gone }
}

/// A row beside the earlier one.
fn row_change(row: &ListRow, told: Option<(Change, String)>, before: Option<EarlierRow>, today: Date) -> RowChange {
    let stage = before.and_then(|before| Moved::to(row.stage, before.stage, before.stage_moved, today));
    let rfm = before.and_then(|before| Moved::to(row.segments.rfm, before.rfm, before.rfm_moved, today));
    RowChange { told, before, stage, rfm }
}

/// What is worth telling of a row, and why it happened.
fn told(
    row: &ListRow,
    is_winback: bool,
    before: Option<&EarlierRow>,
    (facts, as_of): (&Facts, Date),
) -> Option<(Change, String)> {
    let Some(before) = before else { return Some((Change::New, facts.why_new())) };
    let is_treated = row.decision.group == Group::Treat;
    let by = row.prospect.churn_probability - before.churn_probability;
    match (before.is_winback, is_winback) {
        (false, true) => Some((Change::ToWinback, facts.why_riskier())),
        (true, false) => Some((Change::FromWinback, facts.why_safer())),
        _ if is_treated && !before.is_treated => Some((Change::ToContact, why_to_contact(before, by, facts))),
        _ if before.is_treated && !is_treated => Some((Change::NoLonger, why_no_longer(row, facts, as_of))),
        _ if by >= MOVE => Some((Change::Riskier, facts.why_riskier())),
        _ if by <= -MOVE => Some((Change::Safer, facts.why_safer())),
        _ => None,
    }
}

/// Why a customer is to be contacted now; a complaint, and what held the contact up, come before all else.
fn why_to_contact(before: &EarlierRow, by: f64, facts: &Facts) -> String {
    let why = || if by < 0.0 { facts.why_any() } else { facts.why_riskier() };
    match before.suppressed {
        Some(Suppression::OptedOut) => "no longer opted out".to_owned(),
        _ if facts.has_complained() => facts.why_riskier(),
        Some(Suppression::CoolDown) => "the pause after the last contact is over".to_owned(),
        Some(Suppression::Budget | Suppression::Capacity | Suppression::OwnerFull) => {
            "there was no place and no money left for it then".to_owned()
        }
        Some(Suppression::NoGain) => format!("a contact is expected to bring enough now: {}", why()),
        _ => why(),
    }
}

/// Why a customer is not to be contacted any more; what the customer did comes before what the plan did.
fn why_no_longer(row: &ListRow, facts: &Facts, as_of: Date) -> String {
    match row.decision.suppressed {
        Some(Suppression::OptedOut) => "asked not to be contacted".to_owned(),
        _ if facts.has_bought() => facts.why_safer(),
        Some(Suppression::CoolDown) => {
            let pause = row.decision.pause.and_then(|pause| pause_why(&pause, &row.contacts, as_of));
            pause.map_or_else(String::new, |why| why.trim_end_matches('.').to_owned())
        }
        Some(Suppression::Budget | Suppression::Capacity | Suppression::OwnerFull) => {
            "others bring more in the same places or for the same money".to_owned()
        }
        Some(Suppression::SleepingDog) => "contacts drive such customers away, by your own control group".to_owned(),
        Some(Suppression::NoActionFits) => format!("no action of the playbook fits any more: {}", facts.why_any()),
        _ => format!("a contact is no longer expected to bring enough: {}", facts.why_any()),
    }
}

/// The word for why a customer who was to be contacted is not any more.
fn cause(row: &ListRow, is_winback: bool, before: &EarlierRow, facts: &Facts) -> Option<&'static str> {
    if !before.is_treated || row.decision.group == Group::Treat {
        return None;
    }
    Some(match row.decision.suppressed {
        Some(Suppression::OptedOut) => "opted_out",
        _ if facts.has_bought() => "bought",
        _ if is_winback && !before.is_winback => Change::ToWinback.name(),
        _ if before.is_winback && !is_winback => Change::FromWinback.name(),
        Some(why) => why.name(),
        None => "control",
    })
}

/// Customers of the earlier list who are on neither list now.
fn gone(lists: &Lists, earlier: &EarlierList, now: Cutoff, active: Days) -> Vec<GoneCustomer> {
    let here: HashSet<&str> = lists.rows().map(|row| row.customer_id.as_str()).collect();
    let last_day = |before: &EarlierRow| {
        let then = i64::from(crate::timeline::day_of(earlier.as_of));
        i32::try_from(then - before.days_since_last_order).ok()
    };
    let why = |before: &EarlierRow| match last_day(before) {
        Some(last) if i64::from(now.day() - last) > i64::from(active.0) => {
            let day = date_of(last).map_or_else(String::new, |day| format!(" of {}", day_in_words(day)));
            format!("aged out: the last order{day} is more than {active} ago")
        }
        _ => "orders were given back or are no longer in the purchases".to_owned(),
    };
    let left = earlier.rows.iter().filter(|(id, _)| !here.contains(id.as_str()));
    let one = |(id, before): (&String, &EarlierRow)| GoneCustomer {
        customer_id: id.clone(),
        before: *before,
        why: why(before),
    };
    let mut gone: Vec<GoneCustomer> = left.map(one).collect();
    gone.sort_by_key(|gone| (gone.before.is_winback, gone.before.rank));
    gone
}
