//! How much money the customer spends, net of what came back.

use super::spec::{Family, Feature, Unit, count, ratio};
use super::telling::{Fact, Side};
use crate::timeline::{History, Window};

const fn spend(name: &'static str, window: Window, meaning: &'static str) -> Feature {
    Feature::new(name, Family::Monetary, Unit::Amount).over(window).meaning(meaning).is(|h, window| h.net_spend(window))
}

const fn mean(name: &'static str, window: Window, meaning: &'static str) -> Feature {
    Feature::new(name, Family::Monetary, Unit::Amount).over(window).meaning(meaning).or_missing().is(mean_of)
}

/// Mean amount of an order of the window, before returns.
fn mean_of(history: &History<'_>, window: Window) -> f64 {
    ratio(history.gross_spend(window), count(history.order_count(window)))
}

pub(super) const FEATURES: &[Feature] = &[
    spend("net_spend_7d_amount", Window::Days7, "Spend in the last 7 days less returns.")
        .adds_to(Fact::LowSpend)
        .recent(7),
    spend("net_spend_30d_amount", Window::Days30, "Spend in the last 30 days less returns.")
        .adds_to(Fact::LowSpend)
        .recent(30),
    spend("net_spend_60d_amount", Window::Days60, "Spend in the last 60 days less returns.")
        .adds_to(Fact::LowSpend)
        .recent(60),
    spend("net_spend_90d_amount", Window::Days90, "Spend in the last 90 days less returns.")
        .tells(Fact::LowSpend, Side::Low, "[89<tenure_days]spent {net_spend_90d_amount} in the last 90 days")
        .recent(90),
    spend("net_spend_180d_amount", Window::Days180, "Spend in the last 180 days less returns.")
        .tells(Fact::LowSpend, Side::Low, "[179<tenure_days]spent {net_spend_180d_amount} in the last six months")
        .recent(180),
    spend("net_spend_365d_amount", Window::Days365, "Spend in the last 365 days less returns.")
        .tells(Fact::LowSpend, Side::Low, "[364<tenure_days]spent {net_spend_365d_amount} in the past year")
        .recent(365),
    spend("net_spend_all_amount", Window::All, "Spend so far less returns.").tells(
        Fact::LowSpend,
        Side::Low,
        "[60<tenure_days]spent {net_spend_all_amount} in {tenure_days span}",
    ),
    Feature::new("order_mean_amount", Family::Monetary, Unit::Amount)
        .tells(Fact::LowSpend, Side::Low, "spends {order_mean_amount} on an average order")
        .meaning("Mean amount of an order, before returns.")
        .is(|h, window| ratio(h.gross_spend(window), count(h.order_count(window)))),
    Feature::new("order_sd_amount", Family::Monetary, Unit::Amount)
        .adds_to(Fact::LowSpend)
        .meaning("Standard deviation of the order amounts.")
        .or_missing()
        .is(|h, _| h.order_amount_sd().unwrap_or(f64::NAN)),
    Feature::new("order_max_amount", Family::Monetary, Unit::Amount)
        .adds_to(Fact::LowSpend)
        .meaning("Amount of the largest order.")
        .is(|h, _| h.max_order_amount()),
    Feature::new("last_visit_amount", Family::Monetary, Unit::Amount)
        .adds_to(Fact::LowSpend)
        .meaning("Amount of the orders of the last day with any, before returns.")
        .is(|h, _| h.last_visit_amount()),
    Feature::new("last_visit_to_mean_share", Family::Monetary, Unit::Share)
        .tells(
            Fact::SpendFell,
            Side::Low,
            "[2<order_days_all_count, orders_30d_count<2, last_visit_to_mean_share<0.5]spent {last_visit_amount} the last time, \
             {last_visit_to_mean_share} of the usual",
        )
        .meaning("Amount of the orders of the last day with any over the mean of such days.")
        .or_missing()
        .is(|h, window| ratio(h.last_visit_amount() * count(h.visit_days().len()), h.gross_spend(window))),
    mean("order_mean_90d_amount", Window::Days90, "Mean amount of the orders of the last 90 days, before returns.")
        .adds_to(Fact::LowSpend)
        .recent(90),
    mean(
        "order_mean_365d_amount",
        Window::Days365,
        "Mean amount of the orders of the last 365 days, before \
        returns.",
    )
    .adds_to(Fact::LowSpend),
    Feature::new("first_order_amount", Family::Monetary, Unit::Amount)
        .adds_to(Fact::LowSpend)
        .meaning("Amount of the first order.")
        .is(|h, _| h.first_order_amount()),
    Feature::new("order_variation_ratio", Family::Monetary, Unit::Ratio)
        .adds_to(Fact::LowSpend)
        .meaning("Standard deviation of the order amounts over their mean.")
        .or_missing()
        .is(|h, window| {
            ratio(h.order_amount_sd().unwrap_or(f64::NAN) * count(h.order_count(window)), h.gross_spend(window))
        }),
    Feature::new("order_mean_90d_to_all_ratio", Family::Monetary, Unit::Ratio)
        .tells(
            Fact::SpendFell,
            Side::Low,
            "[order_mean_90d_amount<order_mean_amount]{order_mean_90d_amount} on an average \
        order of the last 90 days, {order_mean_amount} overall",
        )
        .recent(90)
        .over(Window::Days90)
        .meaning("Mean amount of the orders of the last 90 days over that of all orders.")
        .or_missing()
        .is(|h, window| ratio(mean_of(h, window), mean_of(h, Window::All))),
    Feature::new("spend_90d_of_365d_share", Family::Monetary, Unit::Share)
        .adds_to(Fact::SpendFell)
        .recent(90)
        .over(Window::Days90)
        .meaning("Share of the last 90 days in the spend of the last 365, before returns.")
        .or_missing()
        .is(|h, window| ratio(h.gross_spend(window), h.gross_spend(Window::Days365))),
    Feature::new("net_spend_monthly_amount", Family::Monetary, Unit::Amount)
        .tells(Fact::LowSpend, Side::Low, "spends {net_spend_monthly_amount} in an average month")
        .meaning("Spend less returns per 30 days since the first order, counting at least 30 days.")
        .revised(2)
        .is(|h, window| h.net_spend(window) * 30.0 / h.tenure_days().max(30.0)),
];
