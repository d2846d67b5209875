use proptest::prelude::*;

use super::super::chances::Chances;
use super::super::decision::Group;
use super::super::gain::Stakes;
use super::super::outcomes::Conditionals;
use super::super::reckoning::LimitKind;
use super::super::segments::{Quadrant, RfmSegment, Segments};
use super::super::stage::Stage;
use super::*;
use crate::config::Playbook;
use crate::maths::random::noise::draw;

fn terms(playbook: Playbook) -> DecideConfig {
    DecideConfig {
        playbook_path: None,
        playbook,
        budget: None,
        control_share: 0.1,
        campaign: "retention".to_owned(),
        salt: "1".to_owned(),
        cool_down: crate::units::Days(14),
        min_gain: 0.0,
        measured_rates: false,
        owners: None,
        high_value_share: 0.2,
        high_growth_share: 0.5,
    }
}

fn default_terms() -> DecideConfig {
    terms(Playbook::default_one().unwrap())
}

fn ids(n: usize) -> Vec<String> {
    (0..n).map(|customer| format!("C{customer:05}")).collect()
}

fn candidates<'a>(ids: &'a [String], seed: u64) -> Vec<Candidate<'a>> {
    const STAGES: [Stage; 6] = [Stage::New, Stage::Repeat, Stage::Loyal, Stage::WonBack, Stage::AtRisk, Stage::Dormant];
    let candidate = |(place, id): (usize, &'a String)| {
        let number = |what: u64| draw(seed * 7_919 + place as u64 * 17 + what);
        let value = 400.0 * number(1);
        Candidate {
            id,
            chances: Chances {
                churn: number(2),
                heads: Some(Conditionals { never: 0.4 + 0.6 * number(3), last: 0.1 * number(5) }),
                gone_share: 0.5 * number(4),
            },
            log_odds_sd: 0.3,
            stakes: Stakes { value_at_stake: value, value_after_return: value / 2.0, usual_order: 60.0 * number(6) },
            clv_historic: 100.0,
            days_since_last_order: 10,
            stage: STAGES[place % STAGES.len()],
            segments: Segments { rfm: RfmSegment::Promising, quadrant: Quadrant::I },
            cause: None,
            open_complaints: Some(i64::from(number(7) < 0.1)),
            has_grievance: number(8) < 0.1,
            is_opted_out: number(9) < 0.05,
            contacts: &[],
            owner: None,
            holds: &[],
            has_next_category: number(10) < 0.5,
        }
    };
    ids.iter().enumerate().map(candidate).collect()
}

#[test]
fn everyone_is_contacted_left_alone_or_suppressed_with_a_reason() {
    let (terms, ids) = (default_terms(), ids(3_000));
    let candidates = candidates(&ids, 1);
    let plan = Planner::new(&terms, 1).plan(&candidates);
    let summary = &plan.summary;
    for (candidate, decision) in candidates.iter().zip(&plan.decisions) {
        assert_eq!(decision.action.is_some(), decision.group != Group::Suppressed);
        assert_eq!(decision.suppressed.is_some(), decision.group == Group::Suppressed);
        assert_eq!(decision.suppressed == Some(Suppression::OptedOut), candidate.is_opted_out);
        let Some(action) = decision.action else { continue };
        let own = &terms.playbook.actions[action.place];
        assert_eq!(own.resolves(), candidate.has_grievance, "a complaint gets its settlement and nothing else");
        assert!(!own.resolves() || action.spending.incentive.abs() < 1e-300);
        assert!(action.net_gain > 0.0 && (0.0..=1.0).contains(&action.gain_probability));
    }
    let n = |place: usize| summary.actions[place].n;
    let calls = terms.playbook.actions.iter().position(|action| action.name == "personal_call").unwrap();
    assert_eq!((n(calls), summary.binding_limits[0].name.as_str()), (50, "phone"), "{summary:?}");
    assert!(summary.gap < 1e-3 && summary.net_gain > 0.0);
    assert!(summary.net_gain_interval[0] < summary.net_gain && summary.net_gain < summary.net_gain_interval[1]);
    assert!(summary.balance.sample_ratio_p > 0.001, "{summary:?}");
    assert!(summary.first_hundred_with_half.n == 100 && summary.first_hundred_with_half.n_kept > 10);
}

#[test]
fn nobody_is_left_alone_with_a_complaint_and_the_arms_are_of_the_others() {
    let (terms, ids) = (default_terms(), ids(3_000));
    let candidates = candidates(&ids, 1);
    let plan = Planner::new(&terms, 1).plan(&candidates);
    let n = |group, has_grievance| {
        let pairs = candidates.iter().zip(&plan.decisions);
        pairs.filter(|(one, own)| own.group == group && one.has_grievance == has_grievance).count() as u64
    };
    assert!(n(Group::Treat, true) > 50 && n(Group::Control, true) == 0);
    let balance = &plan.summary.balance;
    assert_eq!((balance.treat.n, balance.control.n), (n(Group::Treat, false), n(Group::Control, false)));
}

#[test]
fn the_control_group_depends_on_the_customer_alone() {
    let ids = ids(2_000);
    // Whoever has a complaint is in no draw.
    let by_draw = |seed| {
        let calm = |candidate| Candidate { open_complaints: Some(0), has_grievance: false, ..candidate };
        candidates(&ids, seed).into_iter().map(calm).collect::<Vec<_>>()
    };
    let (terms, everyone) = (default_terms(), by_draw(1));
    let groups = |terms: &DecideConfig, candidates: &[Candidate<'_>]| {
        let plan = Planner::new(terms, 1).plan(candidates);
        let pairs = candidates.iter().zip(&plan.decisions).filter(|(_, decision)| decision.action.is_some());
        pairs.map(|(candidate, decision)| (candidate.id.to_owned(), decision.group)).collect::<Vec<_>>()
    };
    let same = |one: &[(String, Group)], other: &[(String, Group)]| {
        let mut n_shared = 0;
        for (id, group) in one {
            if let Some((_, theirs)) = other.iter().find(|(their, _)| their == id) {
                assert_eq!(theirs, group, "{id}");
                n_shared += 1;
            }
        }
        assert!(n_shared > 50, "{n_shared}");
    };
    let usual = groups(&terms, &everyone);
    // Other scores, another order of the playbook, another budget, fewer customers.
    same(&usual, &groups(&terms, &by_draw(2)));
    let mut turned = default_terms();
    turned.playbook.actions.reverse();
    turned.budget = Some(400.0);
    same(&usual, &groups(&turned, &everyone));
    same(&usual, &groups(&terms, &everyone[..700]));
    let threads = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
    let plan = || Planner::new(&turned, 1).plan(&everyone);
    assert_eq!(threads(1).install(plan), threads(3).install(plan));
    let mut other = default_terms();
    other.salt = "2".to_owned();
    let another = groups(&other, &everyone);
    assert!(usual.iter().any(|(id, group)| another.iter().any(|(their, theirs)| their == id && theirs != group)));
}

#[test]
fn whoever_is_left_alone_for_one_action_uses_no_budget_of_another() {
    let (mut terms, ids) = (default_terms(), ids(4_000));
    let everyone = candidates(&ids, 3);
    terms.budget = Some(600.0);
    for (place, action) in terms.playbook.actions.iter_mut().enumerate() {
        action.control_share = Some(if place % 2 == 0 { 0.5 } else { 0.0 });
    }
    let plan = Planner::new(&terms, 1).plan(&everyone);
    let treated = plan.decisions.iter().filter(|decision| decision.group == Group::Treat);
    let spent: f64 = treated.filter_map(|decision| decision.action.as_ref()).map(|action| action.expected_cost).sum();
    assert!(spent > 0.98 * 600.0 && spent <= 600.0 + 1e-9, "{spent}");
}

#[test]
fn a_limit_that_ends_the_list_is_named_with_what_more_would_bring() {
    let (mut terms, ids) = (default_terms(), ids(1_000));
    let everyone = candidates(&ids, 4);
    terms.playbook.channels.clear();
    let free = Planner::new(&terms, 1).plan(&everyone).summary;
    assert!(
        free.binding_limits.is_empty() && free.n_left_out == 0 && free.marginal_net_gain.is_some_and(|gain| gain > 0.0)
    );
    terms.budget = Some(200.0);
    let bound = Planner::new(&terms, 1).plan(&everyone).summary;
    assert!(bound.contact_cost + bound.incentive_cost <= 200.0 + 1e-6);
    assert!(bound.net_gain < free.net_gain && bound.n_left_out > 0);
    assert_eq!(bound.binding_limits[0].limit, LimitKind::Budget);
    terms.budget = Some(220.0);
    let more = Planner::new(&terms, 1).plan(&everyone).summary.net_gain - bound.net_gain;
    assert!((more / 20.0 / bound.binding_limits[0].price - 1.0).abs() < 0.3, "{more} {:?}", bound.binding_limits);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn a_suppressed_customer_never_gets_an_action(seed in 0_u64..1_000, budget in 0.0..200.0_f64) {
        let (mut terms, ids) = (default_terms(), ids(60));
        terms.budget = Some(budget);
        let everyone = candidates(&ids, seed);
        let plan = Planner::new(&terms, seed).plan(&everyone);
        for (candidate, decision) in everyone.iter().zip(&plan.decisions) {
            prop_assert!(!candidate.is_opted_out || decision.action.is_none());
            prop_assert!(decision.suppressed.is_none() || decision.action.is_none());
            prop_assert!(decision.suppressed.is_some() || decision.action.is_some());
        }
    }
}
