//! How long since the last order and since the first, in days of the shop's calendar.

use super::spec::{Family, Feature, Unit, ratio};
use crate::timeline::Available;

const SILENCE: &str = "last ordered {recency_days day} ago";
const TENURE: &str = "customer for {tenure_days day}";

pub(super) const FEATURES: &[Feature] = &[
    Feature::new("recency_days", Family::Recency, Unit::Days)
        .meaning("Days from that of the last order to that of the cutoff: the strongest single sign of leaving.")
        .reason(SILENCE)
        .revised(2)
        .is(|h, _| h.recency_days()),
    Feature::new("tenure_days", Family::Recency, Unit::Days)
        .meaning("Days from that of the first order to that of the cutoff: long-standing customers leave less.")
        .reason(TENURE)
        .revised(2)
        .is(|h, _| h.tenure_days()),
    Feature::new("recency_of_tenure_share", Family::Recency, Unit::Share)
        .meaning("Share of the days as a customer that have passed since that of the last order.")
        .reason("last ordered {recency_days day} ago, customer for {tenure_days day}")
        .revised(2)
        .is(|h, _| ratio(h.recency_days(), h.tenure_days()).max(0.0)),
    Feature::new("signup_tenure_days", Family::Recency, Unit::Days)
        .needs(Available::SignUp)
        .meaning("Days from signing up to the cutoff.")
        .or_missing()
        .reason("signed up {signup_tenure_days day} ago")
        .is(|h, _| h.signup_tenure_days().unwrap_or(f64::NAN)),
];
