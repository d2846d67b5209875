//! What is given back: a return is a service failure.

use super::sentences::{RETURNED, RETURNED_LATELY, RETURNED_YEAR};
use super::spec::{Family, Feature, Unit, count};
use super::telling::{Fact, Side};
use crate::timeline::{Available, Window};

const fn returned(name: &'static str, unit: Unit, meaning: &'static str) -> Feature {
    Feature::new(name, Family::Returns, unit).needs(Available::Returns).meaning(meaning)
}

pub(super) const FEATURES: &[Feature] = &[
    returned("returns_90d_count", Unit::Count, "Return lines in the last 90 days.")
        .tells(Fact::Returns, Side::High, RETURNED_YEAR)
        .over(Window::Days90)
        .is(|h, window| count(h.return_count(window))),
    returned("returns_365d_count", Unit::Count, "Return lines in the last 365 days.")
        .tells(Fact::Returns, Side::High, RETURNED_YEAR)
        .over(Window::Days365)
        .is(|h, window| count(h.return_count(window))),
    returned("returns_30d_count", Unit::Count, "Return lines in the last 30 days.")
        .tells(Fact::Returns, Side::High, RETURNED_YEAR)
        .over(Window::Days30)
        .is(|h, window| count(h.return_count(window))),
    returned("returns_180d_count", Unit::Count, "Return lines in the last 180 days.")
        .tells(Fact::Returns, Side::High, RETURNED_YEAR)
        .over(Window::Days180)
        .is(|h, window| count(h.return_count(window))),
    returned("returns_all_count", Unit::Count, "Return lines so far.")
        .tells(Fact::Returns, Side::High, RETURNED)
        .is(|h, window| count(h.return_count(window))),
    returned("returned_all_amount", Unit::Amount, "Amount given back so far, with orders given back as a whole.")
        .tells(Fact::Returns, Side::High, RETURNED)
        .revised(2)
        .is(|h, window| h.given_back(window)),
    returned(
        "returned_365d_share",
        Unit::Share,
        "Amount given back over amount bought in the last 365 days, orders given back as a whole among both, at most 1.",
    )
    .tells(Fact::Returns, Side::High, RETURNED_YEAR)
    .over(Window::Days365)
    .also(&["purchases.amount"])
    .or_missing()
    .revised(2)
    .is(|h, window| h.returned_share(window)),
    returned(
        "returned_share",
        Unit::Share,
        "Amount given back over amount bought, orders given back as a whole among both, at most 1.",
    )
    .tells(Fact::Returns, Side::High, RETURNED)
    .also(&["purchases.amount"])
    .or_missing()
    .revised(2)
    .is(|h, window| h.returned_share(window)),
    returned("return_recency_days", Unit::Days, "Days since the latest return.")
        .tells(Fact::Returns, Side::Low, RETURNED_LATELY)
        .or_missing()
        .is(|h, _| h.return_recency_days().unwrap_or(f64::NAN)),
];
