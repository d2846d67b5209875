//! What is decided about the rows of a list, and the order that follows.

use rayon::prelude::*;

use super::facts::Facts;
use super::score_uncertainty::log_odds_sd;
use crate::config::DecideConfig;
use crate::decide::{
    Candidate, Cause, Chances, Decision, Group, MatrixCuts, PastContact, Prospect, Segments, Shopper, Stakes,
    Suppression, segments,
};
use crate::explain::Forecast;

/// The segments of everyone on a list.
pub(super) fn segments_of(facts: &[Facts], prospects: &[Prospect], terms: &DecideConfig) -> Vec<Segments> {
    let shopper = |(facts, prospect): (&Facts, &Prospect)| Shopper {
        recency_days: facts.days_since_last_order as f64,
        visits: facts.visits,
        past_year_margin: facts.past_year_margin,
        coming_margin: prospect.value_at_stake,
    };
    let shoppers: Vec<Shopper> = facts.iter().zip(prospects).map(shopper).collect();
    let DecideConfig { high_value_share, high_growth_share, .. } = terms;
    let (high_value_share, high_growth_share) = (*high_value_share, *high_growth_share);
    segments(&shoppers, MatrixCuts { high_value_share, high_growth_share })
}

/// What is said of a customer's coming time, and how sure.
#[derive(Clone, Copy)]
pub(super) struct Likely<'a> {
    pub(super) forecast: &'a Forecast,
    /// Bounds of the probability of churning.
    pub(super) churn_interval: Option<[f64; 2]>,
}

/// What is known of a customer beside features.
#[derive(Clone, Copy)]
pub(super) struct OneAside<'a> {
    /// Why the customer is probably lost or about to be.
    pub(super) cause: Option<Cause>,
    /// Whether a complaint must be settled before anything else.
    pub(super) has_grievance: bool,
    pub(super) contacts: &'a [PastContact],
    pub(super) owner: Option<u32>,
}

/// A row before it is one: what decides about the customer.
pub(super) fn candidate<'a>(
    id: &'a str,
    (facts, segments): (&Facts, Segments),
    prospect: &Prospect,
    Likely { forecast, churn_interval }: Likely<'_>,
    OneAside { cause, has_grievance, contacts, owner }: OneAside<'a>,
) -> Candidate<'a> {
    Candidate {
        id,
        chances: Chances { churn: forecast.churn, heads: forecast.conditionals, gone_share: forecast.gone_share },
        log_odds_sd: churn_interval.map_or(0.0, log_odds_sd),
        stakes: Stakes {
            value_at_stake: prospect.value_at_stake,
            value_after_return: prospect.value_after_return,
            usual_order: facts.usual_order,
        },
        clv_historic: facts.clv_historic,
        days_since_last_order: facts.days_since_last_order,
        stage: facts.stage,
        segments,
        cause,
        open_complaints: facts.open_complaints,
        has_grievance,
        is_opted_out: prospect.suppressed == Some(Suppression::OptedOut),
        contacts,
        owner,
        holds: &[],
        has_next_category: false,
    }
}

/// The order of a list with those who are contacted first, the largest expected net gain first, ties by customer id; the
/// others keep theirs.
pub(super) fn contacted_first(order: Vec<usize>, decisions: &[Decision]) -> Vec<usize> {
    let gain = |place: &usize| decisions.get(*place).and_then(net_gain_of_contact);
    let (mut contacted, others): (Vec<usize>, Vec<usize>) = order.into_iter().partition(|place| gain(place).is_some());
    let key = |place: &usize| gain(place).unwrap_or(f64::NEG_INFINITY);
    contacted.par_sort_by(|a, b| key(b).total_cmp(&key(a)).then(a.cmp(b)));
    contacted.extend(others);
    contacted
}

fn net_gain_of_contact(decision: &Decision) -> Option<f64> {
    decision.action.filter(|_| decision.group == Group::Treat).map(|action| action.net_gain)
}
