use jiff::civil::date;

use super::super::sentence::cause_why;
use super::*;
use crate::config::Playbook;

fn complaint() -> ComplaintRecord {
    ComplaintRecord {
        opened: date(2026, 5, 3),
        days_ago: 29,
        category: Some("delivery".to_owned()),
        is_open: false,
        is_reopened: false,
        response_days: Some(0.5),
        resolution_days: Some(3.0),
        rating: None,
        visits_since: 0,
        of_same_kind: 1,
    }
}

const SLOW: SlowFrom = SlowFrom { response_days: Some(1.0), resolution_days: Some(6.0) };

/// A customer who bought every 20 days and is silent for 100.
fn signs<'a>(complaints: &'a [ComplaintRecord], told: &'a [ToldFact]) -> Signs<'a> {
    Signs {
        complaints,
        slow: SLOW,
        is_at_risk: true,
        told,
        visits: 8.0,
        gap_median_days: Some(20.0),
        recent_gap_days: Some(22.0),
        silence_days: 100.0,
    }
}

fn told(facts: &[(Fact, f64)]) -> Vec<ToldFact> {
    facts.iter().map(|(fact, log_odds)| ToldFact { fact: *fact, log_odds: *log_odds, is_pattern: true }).collect()
}

fn of(complaints: &[ComplaintRecord], facts: &[(Fact, f64)]) -> Option<Cause> {
    cause_of(&signs(complaints, &told(facts))).map(|found| found.cause)
}

/// Each line: what is known, the cause, and its sentence.
#[test]
fn each_rule_says_its_cause_and_its_sentence() {
    let records = [
        ComplaintRecord { category: Some("moved abroad".to_owned()), ..complaint() },
        ComplaintRecord { is_open: true, is_reopened: true, ..complaint() },
        ComplaintRecord { is_open: true, category: None, days_ago: 1, ..complaint() },
        ComplaintRecord { rating: Some(1.5), ..complaint() },
        ComplaintRecord { of_same_kind: 3, category: Some("broken glass".to_owned()), ..complaint() },
        ComplaintRecord { of_same_kind: 2, category: Some("C17".to_owned()), ..complaint() },
        ComplaintRecord { response_days: Some(1.75), ..complaint() },
        ComplaintRecord { resolution_days: Some(12.2), category: Some("price".to_owned()), ..complaint() },
    ];
    let mut page: Vec<String> = Vec::new();
    let mut say = |found: Option<FoundCause>, reasons: &[&str]| {
        let why = cause_why(found.as_ref(), reasons.iter().copied());
        let cause = found.map_or("none", |found| found.cause.name());
        page.push(format!("{cause}: {why}"));
    };
    for record in &records {
        say(cause_of(&signs(std::slice::from_ref(record), &told(&[(Fact::Complaints, 0.1)]))), &[]);
    }
    let settled = [ComplaintRecord { category: Some("invoice".to_owned()), ..complaint() }];
    say(cause_of(&signs(&settled, &told(&[(Fact::Complaints, 0.1)]))), &[]);
    let slow = Signs { recent_gap_days: Some(47.3), ..signs(&[], &[]) };
    say(cause_of(&slow), &[]);
    let never = [ComplaintRecord { is_open: true, days_ago: 500, visits_since: 6, ..complaint() }];
    say(cause_of(&signs(&never, &told(&[(Fact::OpenComplaint, 0.1)]))), &[]);
    for (fact, reason) in [
        (Fact::Silence, "usually buys every 20 days, silent for 100 days"),
        (Fact::FewerOrders, "1 order in the last 90 days after 4 in the 90 before"),
        (Fact::SpendFell, "spent EUR 20 in the last six months, EUR 90 in the six before"),
        (Fact::CategoryStopped, "has bought no `toys` for 90 days, usually every 30"),
        (Fact::Discounts, "bought at 22 % off on average"),
        (Fact::Returns, "returned 30 % of what was bought so far"),
        (Fact::FewOrders, "2 orders in the past year"),
    ] {
        say(cause_of(&signs(&[], &told(&[(Fact::LowSpend, 0.2), (fact, 0.3)]))), &["spends little", reason]);
    }
    insta::assert_snapshot!(page.join("\n"));
}

#[test]
fn a_complaint_that_was_got_over_is_no_cause() {
    let open = ComplaintRecord { is_open: true, ..complaint() };
    assert_eq!(of(&[ComplaintRecord { visits_since: 5, ..open.clone() }], &[]), Some(Cause::UnresolvedComplaint));
    let old = ComplaintRecord { days_ago: 400, ..open };
    assert_eq!(of(&[ComplaintRecord { visits_since: 0, ..old.clone() }], &[]), Some(Cause::UnresolvedComplaint));
    assert_eq!(of(&[ComplaintRecord { visits_since: 1, ..old }], &[]), None);
    let badly = ComplaintRecord { rating: Some(1.0), ..complaint() };
    assert_eq!(of(&[ComplaintRecord { visits_since: 2, ..badly.clone() }], &[]), None);
    assert_eq!(of(&[ComplaintRecord { days_ago: 181, ..badly }], &[]), None);
    assert_eq!(of(&[complaint()], &[]), None, "settled well, and complaints do not raise the risk");
    assert_eq!(of(&[complaint()], &[(Fact::Complaints, 0.1)]), Some(Cause::ServiceResponse));
}

#[test]
fn what_owes_most_comes_first_and_records_before_reasons() {
    let open = ComplaintRecord { is_open: true, category: Some("quality".to_owned()), ..complaint() };
    let badly = ComplaintRecord { rating: Some(1.0), ..complaint() };
    assert_eq!(of(&[badly, open.clone()], &[(Fact::Silence, 9.0)]), Some(Cause::UnresolvedComplaint));
    let gone = ComplaintRecord { category: Some("deceased".to_owned()), ..complaint() };
    assert_eq!(of(&[open, gone], &[]), Some(Cause::Uncontrollable));
}

#[test]
fn thin_evidence_gives_no_cause() {
    assert_eq!(of(&[], &[]), None);
    assert_eq!(of(&[], &[(Fact::FewOrders, 1.0)]), None, "few orders go with any cause");
    assert_eq!(of(&[], &[(Fact::FewOrders, 1.0), (Fact::Discounts, 0.3)]), None, "less than a quarter");
    assert_eq!(of(&[], &[(Fact::FewOrders, 0.9), (Fact::Discounts, 0.3)]), Some(Cause::Price));
    assert_eq!(of(&[], &[(Fact::ComplaintHandling, 1.0)]), None, "no complaint of late bears it out");
    let silent = told(&[(Fact::Silence, 1.0)]);
    let one_visit = Signs { visits: 2.0, ..signs(&[], &silent) };
    assert_eq!(cause_of(&one_visit), None, "two visits are no rhythm");
    let in_time = Signs { silence_days: 40.0, ..signs(&[], &silent) };
    assert_eq!(cause_of(&in_time), None, "not late by the own rhythm");
    let fewer = told(&[(Fact::FewerOrders, 1.0)]);
    assert_eq!(cause_of(&signs(&[], &fewer)).map(|found| found.cause), Some(Cause::FadedNeed));
    assert_eq!(cause_of(&Signs { visits: 2.0, ..signs(&[], &fewer) }), None, "no need of two visits has faded");
    let one_order = [ToldFact { fact: Fact::SpendFell, log_odds: 1.0, is_pattern: false }];
    assert_eq!(cause_of(&signs(&[], &one_order)), None, "one small order is no change of a habit");
}

#[test]
fn a_customer_at_no_risk_has_a_cause_only_where_something_is_owed() {
    let facts = told(&[(Fact::Silence, 1.0), (Fact::Complaints, 1.0)]);
    let safe = |record: &ComplaintRecord| {
        let records = std::slice::from_ref(record);
        cause_of(&Signs { is_at_risk: false, ..signs(records, &facts) }).map(|found| found.cause)
    };
    assert_eq!(safe(&ComplaintRecord { response_days: Some(9.0), of_same_kind: 5, ..complaint() }), None);
    assert_eq!(safe(&ComplaintRecord { is_open: true, ..complaint() }), Some(Cause::UnresolvedComplaint));
    let old = [ComplaintRecord { is_open: true, days_ago: 500, visits_since: 6, ..complaint() }];
    let of_old =
        |facts: &[ToldFact]| cause_of(&Signs { is_at_risk: false, ..signs(&old, facts) }).map(|found| found.cause);
    assert_eq!(of_old(&facts), None);
    let open = told(&[(Fact::OpenComplaint, 0.1)]);
    assert_eq!(of_old(&open), Some(Cause::UnresolvedComplaint), "the list tells it as the reason");
    assert_eq!(safe(&ComplaintRecord { rating: Some(1.0), ..complaint() }), Some(Cause::ServiceResponse));
}

#[test]
fn a_need_fades_over_several_orders() {
    let facts = told(&[(Fact::Silence, 1.0)]);
    let cause = |(visits, recent): (f64, f64)| {
        let slowing = Signs { visits, recent_gap_days: Some(recent), ..signs(&[], &facts) };
        cause_of(&slowing).map(|found| found.cause)
    };
    let found = [(5.0, 41.0), (4.0, 41.0), (5.0, 40.0)].map(cause);
    assert_eq!(found, [Cause::FadedNeed, Cause::BrokenRhythm, Cause::BrokenRhythm].map(Some));
}

#[test]
fn no_need_fades_of_a_customer_who_was_there_within_the_usual_gap() {
    let facts = told(&[(Fact::FewerOrders, 1.0)]);
    let cause = |silence_days: f64, recent: f64| {
        let back = Signs { silence_days, recent_gap_days: Some(recent), ..signs(&[], &facts) };
        cause_of(&back).map(|found| found.cause)
    };
    assert_eq!([cause(20.0, 22.0), cause(20.0, 60.0)], [None, None]);
    assert_eq!([cause(21.0, 22.0), cause(21.0, 60.0)], [Some(Cause::FadedNeed); 2]);
}

#[test]
fn of_reasons_the_heavier_cause_wins() {
    let facts = told(&[(Fact::Silence, 0.5), (Fact::FewerOrders, 0.3), (Fact::SpendFell, 0.3)]);
    let found = cause_of(&signs(&[], &facts)).unwrap();
    assert_eq!(found, FoundCause { cause: Cause::FadedNeed, evidence: Evidence::Reason(1) });
    assert_eq!(of(&[], &[(Fact::Silence, 0.7), (Fact::FewerOrders, 0.3)]), Some(Cause::BrokenRhythm));
}

#[test]
fn the_default_playbook_gives_discounts_for_no_fault_of_the_shop_and_leaves_alone_who_cannot_be_kept() {
    let playbook = Playbook::default_one().unwrap();
    let allows = |action: &crate::config::playbook::Action, cause: Cause| {
        action.causes.is_empty() || action.causes.iter().any(|word| word == cause.name())
    };
    for action in &playbook.actions {
        let gives = action.incentive != crate::config::playbook::Incentive::None;
        for fault in [Cause::Quality, Cause::ServiceResponse, Cause::UnresolvedComplaint] {
            assert!(!gives || !allows(action, fault), "{} gives a discount for {}", action.name, fault.name());
        }
        assert!(action.resolves() || !allows(action, Cause::Uncontrollable), "{}", action.name);
        assert!(!gives || allows(action, Cause::Price), "{}", action.name);
    }
}
