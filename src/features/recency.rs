//! How long since the last order and since the first, in days of the shop's calendar.

use super::spec::{Family, Feature, Unit, ratio};
use super::telling::{Fact, Side};
use crate::timeline::Available;

pub(super) const FEATURES: &[Feature] = &[
    Feature::new("recency_days", Family::Recency, Unit::Days)
        .tells(Fact::Silence, Side::High, "no order for {recency_days day}")
        .meaning("Days from that of the last order to that of the cutoff: the strongest single sign of leaving.")
        .revised(2)
        .is(|h, _| h.recency_days()),
    Feature::new("tenure_days", Family::Recency, Unit::Days)
        .tells(Fact::FewOrders, Side::Low, "[1<order_days_all_count]first order only {tenure_days span} ago")
        .meaning("Days from that of the first order to that of the cutoff: long-standing customers leave less.")
        .revised(2)
        .is(|h, _| h.tenure_days()),
    Feature::new("recency_of_tenure_share", Family::Recency, Unit::Share)
        .adds_to(Fact::Silence)
        .meaning("Share of the days as a customer that have passed since that of the last order.")
        .revised(2)
        .is(|h, _| ratio(h.recency_days(), h.tenure_days()).max(0.0)),
    Feature::new("signup_tenure_days", Family::Recency, Unit::Days)
        .adds_to(Fact::FewOrders)
        .needs(Available::SignUp)
        .meaning("Days from signing up to the cutoff.")
        .or_missing()
        .is(|h, _| h.signup_tenure_days().unwrap_or(f64::NAN)),
];
