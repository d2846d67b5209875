//! What a model of repeat purchases expects: the customer's history beside those of all customers, until the cutoff.

use super::spec::{Family, Feature, Unit};
use crate::timeline::Window;

const fn value_model(name: &'static str, unit: Unit, meaning: &'static str, reason: &'static str) -> Feature {
    Feature::new(name, Family::ValueModel, unit).over(Window::All).or_missing().meaning(meaning).reason(reason)
}

const STAY_AWAY: &str = "{model_no_purchase_share} of customers with such a history buy nothing in the coming weeks";

pub(super) const FEATURES: &[Feature] = &[
    value_model(
        "model_no_purchase_share",
        Unit::Share,
        "Probability of no purchase in the label window by MBG/NBD, fitted as of the cutoff on at most 20,000 customers \
         (those with the lowest hashes of their ids); missing if fewer than 10 of them had come back or the fit did not \
         converge.",
        STAY_AWAY,
    )
    .revised(2).is(|h, _| h.forecast().map_or(f64::NAN, |forecast| forecast.probability_no_purchase)),
    value_model(
        "model_purchases_count",
        Unit::Count,
        "Expected visits (days with a purchase) in the label window, by the same model.",
        "{model_purchases_count purchase} expected in the coming weeks of customers with such a history",
    )
    .revised(2).is(|h, _| h.forecast().map_or(f64::NAN, |forecast| forecast.expected_purchases)),
    value_model(
        "model_active_share",
        Unit::Share,
        "Probability of still being active at the cutoff, by the same model.",
        "{model_active_share} of customers with such a history are still active",
    )
    .revised(2).is(|h, _| h.forecast().map_or(f64::NAN, |forecast| forecast.probability_active)),
];
