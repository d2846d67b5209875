//! More or less than before.

use super::spec::{Family, Feature, Unit, count, ratio};
use crate::timeline::History;
use crate::units::Days;

const QUARTERS: &str = "{orders_90d_count order} in the last 90 days, {orders_before_90d_count} in the 90 days before";

const fn trend(name: &'static str, unit: Unit, meaning: &'static str, reason: &'static str) -> Feature {
    Feature::new(name, Family::Trend, unit).meaning(meaning).reason(reason)
}

/// Change of the number of orders between two windows of `days`, from -1 (all gone) to 1 (all new).
fn change_of_orders(history: &History<'_>, days: u32) -> f64 {
    let recent = count(history.orders_aged(Days(0), Days(days)).len());
    let earlier = count(history.orders_aged(Days(days), Days(2 * days)).len());
    contrast(recent, earlier)
}

/// `(a - b) / (a + b)`, 0 where both are zero.
fn contrast(a: f64, b: f64) -> f64 {
    let sum = a + b;
    if sum > 0.0 { (a - b) / sum } else { 0.0 }
}

pub(super) const FEATURES: &[Feature] = &[
    trend("orders_before_90d_count", Unit::Count, "Orders placed 90 to 180 days ago.", QUARTERS)
        .over(crate::timeline::Window::Days90)
        .is(|h, _| count(h.orders_aged(Days(90), Days(180)).len())),
    trend(
        "orders_30d_change_ratio",
        Unit::Ratio,
        "Orders of the last 30 days against the 30 before: difference over sum.",
        "{orders_30d_count order} in the last 30 days, {orders_60d_count} in the last 60",
    )
    .is(|h, _| change_of_orders(h, 30)),
    trend(
        "orders_90d_change_ratio",
        Unit::Ratio,
        "Orders of the last 90 days against the 90 before: difference over sum.",
        QUARTERS,
    )
    .is(|h, _| change_of_orders(h, 90)),
    trend(
        "orders_180d_change_ratio",
        Unit::Ratio,
        "Orders of the last 180 days against the 180 before: difference over sum.",
        "{orders_180d_count order} in the last 180 days, {orders_365d_count} in the past year",
    )
    .is(|h, _| change_of_orders(h, 180)),
    trend(
        "spend_90d_change_ratio",
        Unit::Ratio,
        "Spend of the last 90 days against the 90 before: difference over sum.",
        "spent {net_spend_90d_amount} in the last 90 days, {net_spend_180d_amount} in the last 180",
    )
    .is(|h, _| {
        let of = |from, to| h.amount_of(h.orders_aged(Days(from), Days(to)));
        contrast(of(0, 90), of(90, 180))
    }),
    trend(
        "orders_decayed_30_count",
        Unit::Count,
        "Orders, each counting half as much every 30 days.",
        "{orders_30d_count order} in the last 30 days",
    )
    .is(|h, _| h.decayed_orders()[2]),
    trend("orders_decayed_90_count", Unit::Count, "Orders, each counting half as much every 90 days.", QUARTERS)
        .is(|h, _| h.decayed_orders()[1]),
    trend("orders_decayed_180_count", Unit::Count, "Orders, each counting half as much every 180 days.", QUARTERS)
        .is(|h, _| h.decayed_orders()[0]),
    trend(
        "spend_decayed_90_amount",
        Unit::Amount,
        "Spend, each order counting half as much every 90 days.",
        "spent {net_spend_90d_amount} in the last 90 days",
    )
    .is(|h, _| h.decayed_amount()),
    trend(
        "last_gap_to_median_ratio",
        Unit::Ratio,
        "Time between the last two orders over the median gap: above 1 the customer slows down.",
        "the last two orders lay {gap_last_days day} apart, usually {gap_median_days}",
    )
    .or_missing()
    .is(|h, _| h.gaps().map_or(f64::NAN, |g| ratio(g.last_days, g.median_days))),
];
