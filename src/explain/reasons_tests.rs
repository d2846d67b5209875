//! What facts add, and which of them are told.

use std::collections::BTreeMap;

use super::super::medians::Medians;
use super::super::passing::Added;
use super::*;
use crate::clv::{ModelKind, PurchaseModel};
use crate::features;
use crate::maths::random::SplitMix64;
use crate::units::Days;

fn medians(of: impl Fn(&str) -> f64) -> Medians {
    let all: BTreeMap<&str, f64> = features::catalogue().map(|feature| (feature.name, of(feature.name))).collect();
    serde_json::from_value(serde_json::to_value(all).unwrap()).unwrap()
}

fn everything() -> FeatureSchema {
    FeatureSchema::for_inputs(&features::catalogue().filter_map(|feature| feature.needs).collect())
}

fn purchases() -> PurchaseModel {
    ModelKind::MbgCnbd { regularity: 1 }.with_parameters(&[0.6, 40.0, 0.8, 2.0]).unwrap()
}

/// Reasons of a customer of whom these values are known, by what these features add.
struct Case<'a> {
    medians: Medians,
    model: Option<&'a PurchaseModel>,
    parts: Vec<(&'a str, f64)>,
    /// What these features add for the median customer.
    usual: BTreeMap<&'a str, f64>,
    values: BTreeMap<&'a str, f64>,
    has_money: bool,
}

impl<'a> Case<'a> {
    fn of(parts: &[(&'a str, f64)], values: &[(&'a str, f64)]) -> Self {
        let (parts, values) = (parts.to_vec(), values.iter().copied().collect());
        Self { medians: medians(|_| 10.0), model: None, parts, usual: BTreeMap::new(), values, has_money: true }
    }

    fn reasons(&self) -> (Vec<Reason>, Ledger) {
        let (schema, currency) = (everything(), Currency::from_code("GBP").unwrap());
        let names: Vec<String> = self.parts.iter().map(|(name, _)| (*name).to_owned()).collect();
        let columns: Vec<f64> = schema.names().map(|name| self.values.get(name).copied().unwrap_or(f64::NAN)).collect();
        let background = Background {
            medians: &self.medians,
            purchases: self.model,
            gap: Days(0),
            horizon: Days(60),
            has_money: self.has_money,
        };
        let passing = Passing::of(&names, &schema, background);
        let mut desk = Desk::default();
        let value = |column: usize| columns[column];
        let added = self.parts.iter().map(|(name, part)| {
            let usual = self.usual.get(name).copied().unwrap_or(0.0);
            Added { log_odds: *part, beside_median: part - usual }
        });
        passing.enter(added, &value, &mut desk.ledger);
        let reasons = desk.strongest(&passing, &value, &currency);
        (reasons, desk.ledger)
    }

    fn told(&self) -> Vec<String> {
        self.reasons().0.into_iter().map(|reason| format!("{}: {}", reason.family.code(), reason.sentence)).collect()
    }
}

#[test]
fn one_fact_is_told_once_with_the_sum_of_its_features() {
    let values =
        [("recency_days", 124.0), ("gap_median_days", 26.0), ("overdue_ratio", 12.0), ("order_days_all_count", 14.0)];
    let case = Case::of(&[("recency_days", 0.5), ("overdue_ratio", 0.2), ("gap_median_days", 0.1)], &values);
    let (reasons, _) = case.reasons();
    assert_eq!(case.told(), ["cadence: usually buys every 26 days, silent for 124 days"], "the rhythm goes first");
    assert!((reasons[0].log_odds - 0.7).abs() < 1e-12);
    let without_rhythm = Case::of(&case.parts, &values[..1]);
    assert_eq!(without_rhythm.told(), ["recency: no order for 124 days"]);
}

#[test]
fn told_is_what_raises_the_odds_on_its_side_of_the_median_and_matters() {
    let told = |parts: &[(&'static str, f64)], silence| Case::of(parts, &[("recency_days", silence)]).told();
    assert_eq!(told(&[("recency_days", 0.5)], 124.0).len(), 1);
    assert_eq!(told(&[("recency_days", 0.5)], 9.0).len(), 0, "below the median of 10");
    assert_eq!(told(&[("recency_days", -0.5)], 124.0).len(), 0);
    assert_eq!(
        told(&[("recency_days", 0.5), ("recency_of_tenure_share", -0.6)], 124.0).len(),
        0,
        "the fact lowers them"
    );
    assert_eq!(told(&[("recency_days", -0.1), ("recency_of_tenure_share", 0.6)], 124.0).len(), 0, "its teller does");
    let beside = |order_mean: f64| {
        let values = [("recency_days", 124.0), ("order_mean_amount", order_mean)];
        Case::of(&[("recency_days", 0.09), ("order_mean_amount", 0.95)], &values).told()
    };
    assert_eq!(beside(5.0), ["monetary: spends GBP 5.00 on an average order"], "less than a tenth");
    assert_eq!(beside(15.0), ["recency: no order for 124 days"], "what cannot be told hides nothing");
    assert_eq!(told(&[("recency_days", 0.04)], 124.0).len(), 0, "next to nothing");
    let mut old = Case::of(&[("recency_days", 0.5)], &[("recency_days", 9.0)]);
    old.medians = Medians::default();
    assert_eq!(old.told().len(), 1, "a model of before knows no medians");
}

#[test]
fn what_the_median_customer_has_as_well_is_no_reason() {
    let parts = [("recency_days", 0.5), ("order_mean_amount", 0.3)];
    let mut case = Case::of(&parts, &[("recency_days", 124.0), ("order_mean_amount", 5.0)]);
    assert_eq!(case.told(), ["recency: no order for 124 days", "monetary: spends GBP 5.00 on an average order"]);
    case.usual = BTreeMap::from([("recency_days", 0.6)]);
    assert_eq!(
        case.told(),
        ["monetary: spends GBP 5.00 on an average order"],
        "with the median silence the risk is higher"
    );
    case.usual = BTreeMap::from([("recency_days", 0.6), ("order_mean_amount", 0.2)]);
    assert_eq!(case.told(), ["monetary: spends GBP 5.00 on an average order"]);
}

#[test]
fn a_number_that_stands_for_each_purchase_is_never_told_as_money() {
    let parts = [("order_mean_amount", 0.5), ("spend_90d_change_ratio", 0.4), ("recency_days", 0.3)];
    let values = [
        ("order_mean_amount", 1.0),
        ("net_spend_90d_amount", 1.0),
        ("net_spend_180d_amount", 4.0),
        ("spend_90d_change_ratio", -0.5),
        ("recency_days", 12.0),
    ];
    let mut case = Case::of(&parts, &values);
    assert_eq!(case.told().len(), 3);
    case.has_money = false;
    assert_eq!(case.told(), ["recency: no order for 12 days"]);
}

#[test]
fn after_a_longer_silence_recent_days_say_no_more_than_the_silence() {
    let parts = [("orders_90d_change_ratio", 0.5), ("recency_days", 0.1)];
    let case = |silence| {
        let values = [("orders_90d_count", 1.0), ("orders_before_90d_count", 4.0), ("orders_90d_change_ratio", -0.6)];
        Case::of(&parts, &[&values[..], &[("recency_days", silence)]].concat())
    };
    let recent = case(30.0).told();
    assert_eq!(
        recent,
        ["trend: 1 order in the last 90 days after 4 in the 90 days before", "recency: no order for 30 days"]
    );
    assert_eq!(case(91.0).told(), ["recency: no order for 91 days"]);
}

#[test]
fn forecasts_and_seasons_are_never_told_but_what_they_are_made_of_is() {
    let parts = [("model_no_purchase_share", 0.6), ("season_index_ratio", 0.4), ("home_region_customers_share", 0.3)];
    let values = [("recency_days", 90.0), ("order_days_all_count", 10.0), ("tenure_days", 300.0)];
    let mut case = Case::of(&parts, &values);
    assert!(case.told().is_empty(), "without a purchase model a forecast is not taken apart");
    let model = purchases();
    case.medians = medians(|name| match name {
        "recency_days" => 20.0,
        "tenure_days" => 250.0,
        _ => 9.0,
    });
    case.model = Some(&model);
    let (_, ledger) = case.reasons();
    assert_eq!(case.told(), ["recency: no order for 90 days"]);
    assert!(ledger.facts[Fact::Silence as usize] > 0.55, "{ledger:?}");
    assert!((ledger.context - 0.7).abs() < 1e-12);
}

#[test]
fn two_visits_are_told_once() {
    let parts = [("orders_all_count", 0.5), ("overdue_ratio", 0.4)];
    let values = [
        ("orders_all_count", 2.0),
        ("order_days_all_count", 2.0),
        ("tenure_days", 176.0),
        ("recency_days", 136.0),
        ("gap_max_days", 40.0),
        ("overdue_ratio", 12.0),
    ];
    assert_eq!(
        Case::of(&parts, &values).told(),
        ["frequency: 2 orders in 6 months", "cadence: silent for 136 days, the only break before was 40 days"]
    );
}

#[test]
fn who_is_new_is_not_said_to_fade() {
    let told = |parts: &[(&'static str, f64)], tenure| {
        let values = [
            ("orders_before_90d_count", 0.0),
            ("orders_all_count", 3.0),
            ("order_days_all_count", 2.0),
            ("tenure_days", tenure),
        ];
        Case::of(parts, &values).told()
    };
    let parts = [("orders_before_90d_count", 0.5), ("orders_all_count", 0.4)];
    assert_eq!(told(&parts[..1], 38.0), ["trend: first order only 5 weeks ago"]);
    assert_eq!(told(&parts, 38.0), ["trend: first order only 5 weeks ago"], "once");
    assert_eq!(told(&parts, 75.0), ["frequency: 3 orders in 11 weeks"], "which says since when, too");
    assert_eq!(told(&parts[..1], 400.0).len(), 0);
}

#[test]
fn a_long_break_is_told_where_it_is_none_of_the_usual_ones() {
    let told_with = |longest, last, quartile, silence| {
        let values = [
            ("gap_max_days", longest),
            ("gap_last_days", last),
            ("gap_upper_quartile_days", quartile),
            ("order_days_all_count", 6.0),
            ("recency_days", silence),
        ];
        Case::of(&[("gap_max_days", 0.5)], &values).told()
    };
    let told = |longest, quartile, silence| told_with(longest, 20.0, quartile, silence);
    assert_eq!(told_with(328.0, 328.0, 30.0, 36.0), ["cadence: came back after 11 months"]);
    assert_eq!(told(328.0, 30.0, 36.0), ["cadence: stayed away for 11 months once"]);
    assert_eq!(told(328.0, 300.0, 36.0).len(), 0, "usual");
    assert_eq!(told(328.0, 30.0, 340.0).len(), 0, "the silence is longer");
    assert_eq!(told(170.0, 30.0, 36.0).len(), 0, "not long");
}

#[test]
fn a_sentence_that_another_one_contains_is_not_told() {
    let values = [
        ("net_spend_180d_amount", 5.0),
        ("net_spend_365d_amount", 500.0),
        ("spend_180d_change_ratio", -0.9),
        ("recency_days", 100.0),
        ("tenure_days", 900.0),
    ];
    for [low, fell] in [[0.5, 0.4], [0.4, 0.5]] {
        let parts = [("net_spend_180d_amount", low), ("spend_180d_change_ratio", fell), ("recency_days", 0.2)];
        assert_eq!(
            Case::of(&parts, &values).told(),
            [
                "trend: spent GBP 5.00 in the last six months, GBP 495 in the six months before",
                "recency: no order for 100 days"
            ],
            "the fuller one stays, whichever adds more"
        );
    }
    let parts = [("recency_days", 0.5), ("net_spend_180d_amount", 0.4), ("spend_180d_change_ratio", 0.3)];
    let (reasons, _) = Case::of(&parts, &values).reasons();
    assert_eq!(reasons.iter().map(|reason| reason.fact).collect::<Vec<_>>(), [Fact::SpendFell, Fact::Silence]);
    assert!((reasons[0].log_odds - 0.7).abs() < 1e-12, "with what both add");
    let parts = [("tenure_days", 0.5), ("net_spend_all_amount", 0.4)];
    let mut young = [("tenure_days", 9.0), ("order_days_all_count", 2.0), ("net_spend_all_amount", 7.0)];
    let told = |values: &[(&'static str, f64)]| {
        let mut case = Case::of(&parts, values);
        case.medians = medians(|_| 200.0);
        case.told().len()
    };
    assert_eq!(told(&young), 1, "nobody has spent much in 9 days");
    young[0].1 = 65.0;
    assert_eq!(told(&young), 2, "spend of so many days is another fact than the first order");
}

#[test]
fn one_complaint_is_told_once() {
    let told = |mention: &'static str, value: f64, open_days: f64| {
        let parts = [(mention, 0.5), ("oldest_open_complaint_days", 0.4)];
        let values = [(mention, value), ("oldest_open_complaint_days", open_days), ("open_complaints_count", 1.0)];
        let mut case = Case::of(&parts, &values);
        case.medians = Medians::default();
        case.told()
    };
    assert_eq!(told("complaint_recency_days", 93.4, 93.4), ["complaints: a complaint open for 94 days"]);
    assert_eq!(told("complaint_recency_days", 12.4, 93.4).len(), 2, "a later one, which is settled");
    assert_eq!(told("complaints_180d_count", 1.0, 93.4), ["complaints: a complaint open for 94 days"]);
    assert_eq!(told("complaints_90d_count", 1.0, 93.4).len(), 2, "another one");
    assert_eq!(told("complaints_180d_count", 2.0, 93.4).len(), 2);
}

/// Whatever the values are, missing ones included.
#[test]
fn facts_and_context_sum_to_what_the_features_add() {
    let model = purchases();
    let mut draws = SplitMix64::new(19);
    for round in 0..300 {
        let mut number = |scale: f64| {
            let draw = draws.uniform();
            if draw < 0.1 {
                0.0
            } else if draw > 0.95 {
                f64::NAN
            } else {
                (scale * draw).floor()
            }
        };
        let values: BTreeMap<&str, f64> = features::catalogue().map(|feature| (feature.name, number(400.0))).collect();
        let parts: Vec<(&str, f64)> =
            features::catalogue().map(|f| (f.name, (number(200.0) - 100.0) / 100.0)).collect();
        let parts: Vec<_> = parts.into_iter().map(|(name, x)| (name, if x.is_finite() { x } else { 0.0 })).collect();
        let mut typical: BTreeMap<&str, f64> = features::catalogue().map(|f| (f.name, number(100.0))).collect();
        typical.retain(|_, median| median.is_finite());
        let medians = serde_json::from_value(serde_json::to_value(typical).unwrap()).unwrap();
        let sum: f64 = parts.iter().map(|(_, part)| part).sum();
        let (reasons, ledger) =
            Case { medians, model: Some(&model), parts, usual: BTreeMap::new(), values, has_money: true }.reasons();
        let told = ledger.facts.iter().sum::<f64>() + ledger.context;
        assert!((told - sum).abs() < 1e-6, "round {round}: {told} for {sum}");
        let mut facts: Vec<Fact> = reasons.iter().map(|reason| reason.fact).collect();
        facts.sort_unstable();
        facts.dedup();
        assert_eq!(facts.len(), reasons.len(), "round {round}: a fact is told twice");
    }
}
