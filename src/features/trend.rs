//! More or less than before. What decays does so by the days of the shop's calendar from an order to the cutoff.

use super::sentences::{HALVES, NEWCOMER, QUARTERS, SPEND_HALVES, SPEND_QUARTERS};
use super::spec::{Family, Feature, Unit, count, ratio};
use super::telling::{Fact, Side, Split};
use crate::timeline::History;
use crate::units::Days;

const fn trend(name: &'static str, unit: Unit, meaning: &'static str) -> Feature {
    Feature::new(name, Family::Trend, unit).meaning(meaning)
}

/// Change of the number of orders between two windows of `days`, from -1 (all gone) to 1 (all new).
pub(super) fn change_of_orders(history: &History<'_>, days: u32) -> f64 {
    let recent = count(history.orders_aged(Days(0), Days(days)).len());
    let earlier = count(history.orders_aged(Days(days), Days(2 * days)).len());
    contrast(recent, earlier)
}

/// The same of spend, returns not deducted.
fn change_of_spend(history: &History<'_>, days: u32) -> f64 {
    let of = |from, to| history.amount_of(history.orders_aged(Days(from), Days(to)));
    contrast(of(0, days), of(days, 2 * days))
}

const AMOUNT: &[&str] = &["purchases.amount"];

/// `(a - b) / (a + b)`, 0 where both are zero.
fn contrast(a: f64, b: f64) -> f64 {
    let sum = a + b;
    if sum > 0.0 { (a - b) / sum } else { 0.0 }
}

pub(super) const FEATURES: &[Feature] = &[
    // Who has none because there was no customer then is new, not fading.
    trend("orders_before_90d_count", Unit::Count, "Orders placed 90 to 180 days ago.")
        .tells(Fact::FewerOrders, Side::Low, NEWCOMER)
        .over(crate::timeline::Window::Days90)
        .is(|h, _| count(h.orders_aged(Days(90), Days(180)).len())),
    trend(
        "orders_30d_change_ratio",
        Unit::Ratio,
        "Orders of the last 30 days against the 30 before: difference over sum.",
    )
    .tells(
        Fact::FewerOrders,
        Side::Low,
        "[orders_30d_count<orders_60d_count-orders_30d_count]{orders_30d_count order} in the \
        last 30 days after {orders_60d_count-orders_30d_count} in the 30 days before",
    )
    .recent(30)
    .is(|h, _| change_of_orders(h, 30)),
    trend(
        "orders_90d_change_ratio",
        Unit::Ratio,
        "Orders of the last 90 days against the 90 before: difference over sum.",
    )
    .tells(Fact::FewerOrders, Side::Low, QUARTERS)
    .recent(90)
    .is(|h, _| change_of_orders(h, 90)),
    trend(
        "orders_180d_change_ratio",
        Unit::Ratio,
        "Orders of the last 180 days against the 180 before: difference over sum.",
    )
    .tells(Fact::FewerOrders, Side::Low, HALVES)
    .recent(180)
    .is(|h, _| change_of_orders(h, 180)),
    trend(
        "spend_90d_change_ratio",
        Unit::Ratio,
        "Spend of the last 90 days against the 90 before: difference over sum.",
    )
    .tells(Fact::SpendFell, Side::Low, SPEND_QUARTERS)
    .recent(90)
    .also(AMOUNT)
    .is(|h, _| change_of_spend(h, 90)),
    trend(
        "orders_decayed_30_count",
        Unit::Count,
        "Orders, each counting half as much every 30 days from its day to the cutoff.",
    )
    .adds_to(Fact::FewOrders)
    .split(Split::Decay { half_life_days: 30 })
    .revised(2)
    .is(|h, _| h.decayed_orders()[2]),
    trend(
        "orders_decayed_90_count",
        Unit::Count,
        "Orders, each counting half as much every 90 days from its day to the cutoff.",
    )
    .adds_to(Fact::FewOrders)
    .split(Split::Decay { half_life_days: 90 })
    .revised(2)
    .is(|h, _| h.decayed_orders()[1]),
    trend(
        "orders_decayed_180_count",
        Unit::Count,
        "Orders, each counting half as much every 180 days from its day to the cutoff.",
    )
    .adds_to(Fact::FewOrders)
    .split(Split::Decay { half_life_days: 180 })
    .revised(2)
    .is(|h, _| h.decayed_orders()[0]),
    trend(
        "spend_decayed_90_amount",
        Unit::Amount,
        "Spend, each order counting half as much every 90 days from its day to the cutoff.",
    )
    .adds_to(Fact::LowSpend)
    .split(Split::Decay { half_life_days: 90 })
    .revised(2)
    .is(|h, _| h.decayed_amounts()[1]),
    trend(
        "last_gap_to_median_ratio",
        Unit::Ratio,
        "Days between the last two visits over the median of the days between visits: above \
        1 the customer slows down.",
    )
    .tells(
        Fact::FewerOrders,
        Side::High,
        "[3<order_days_all_count, gap_median_days<gap_last_days]the last two orders were \
        {gap_last_days day} apart, usually {gap_median_days gap}",
    )
    .or_missing()
    .revised(2)
    .is(|h, _| h.gaps().map_or(f64::NAN, |g| ratio(g.last_days, g.median_days))),
    trend(
        "orders_60d_change_ratio",
        Unit::Ratio,
        "Orders of the last 60 days against the 60 before: difference over sum.",
    )
    .adds_to(Fact::FewerOrders)
    .recent(60)
    .is(|h, _| change_of_orders(h, 60)),
    trend(
        "spend_30d_change_ratio",
        Unit::Ratio,
        "Spend of the last 30 days against the 30 before: difference over sum.",
    )
    .tells(
        Fact::SpendFell,
        Side::Low,
        "[net_spend_30d_amount<net_spend_60d_amount-net_spend_30d_amount]spent \
        {net_spend_30d_amount} in the last 30 days, \
        {net_spend_60d_amount-net_spend_30d_amount} in the 30 days before",
    )
    .recent(30)
    .also(AMOUNT)
    .is(|h, _| change_of_spend(h, 30)),
    trend(
        "spend_180d_change_ratio",
        Unit::Ratio,
        "Spend of the last 180 days against the 180 before: difference over sum.",
    )
    .tells(Fact::SpendFell, Side::Low, SPEND_HALVES)
    .recent(180)
    .also(AMOUNT)
    .is(|h, _| change_of_spend(h, 180)),
    trend(
        "orders_decayed_15_count",
        Unit::Count,
        "Orders, each counting half as much every 15 days from its day to the cutoff.",
    )
    .adds_to(Fact::FewOrders)
    .split(Split::Decay { half_life_days: 15 })
    .revised(2)
    .is(|h, _| h.decayed_orders_briefly()[1]),
    trend(
        "orders_decayed_60_count",
        Unit::Count,
        "Orders, each counting half as much every 60 days from its day to the cutoff.",
    )
    .adds_to(Fact::FewOrders)
    .split(Split::Decay { half_life_days: 60 })
    .revised(2)
    .is(|h, _| h.decayed_orders_briefly()[0]),
    trend(
        "spend_decayed_30_amount",
        Unit::Amount,
        "Spend, each order counting half as much every 30 days from its day to the cutoff.",
    )
    .adds_to(Fact::LowSpend)
    .split(Split::Decay { half_life_days: 30 })
    .revised(2)
    .is(|h, _| h.decayed_amounts()[2]),
    trend(
        "spend_decayed_180_amount",
        Unit::Amount,
        "Spend, each order counting half as much every 180 days from its day to the cutoff.",
    )
    .adds_to(Fact::LowSpend)
    .split(Split::Decay { half_life_days: 180 })
    .revised(2)
    .is(|h, _| h.decayed_amounts()[0]),
    trend(
        "orders_momentum_ratio",
        Unit::Ratio,
        "Rate of visits decayed over 30 days over that decayed over 180: above 1 the \
        customer is busier than usual.",
    )
    .adds_to(Fact::FewerOrders)
    .split(Split::Decay { half_life_days: 36 })
    .revised(2)
    .is(|h, _| {
        let [by_180, by_30] = h.decayed_visits();
        by_30 * 6.0 / by_180
    }),
    trend(
        "orders_slope_180d_per_month",
        Unit::PerMonth,
        "Slope of the orders per month of 30 days through the last six months.",
    )
    .tells(Fact::FewerOrders, Side::Low, QUARTERS)
    .recent(90)
    .over(crate::timeline::Window::Days180)
    .is(|h, _| h.half_year_slope().orders),
    trend(
        "orders_slope_year_per_month",
        Unit::PerMonth,
        "Slope of the orders per month of 30 days through the last twelve months.",
    )
    .tells(Fact::FewerOrders, Side::Low, HALVES)
    .recent(180)
    .is(|h, _| h.year_slope().orders),
    trend(
        "spend_slope_180d_amount",
        Unit::Amount,
        "Slope of the spend per month of 30 days through the last six months, before returns.",
    )
    .tells(Fact::SpendFell, Side::Low, SPEND_QUARTERS)
    .recent(90)
    .over(crate::timeline::Window::Days180)
    .is(|h, _| h.half_year_slope().amount),
    trend(
        "orders_90d_to_usual_ratio",
        Unit::Ratio,
        "Orders of the last 90 days over those of 90 average days since that of the first \
        order (at least 90 days).",
    )
    .tells(Fact::FewerOrders, Side::Low, QUARTERS)
    .recent(90)
    .over(crate::timeline::Window::Days90)
    .revised(2)
    .is(|h, window| {
        let usual = count(h.order_count(crate::timeline::Window::All)) * 90.0 / h.tenure_days().max(90.0);
        ratio(count(h.order_count(window)), usual)
    }),
];
