//! How often the customer orders.

use super::spec::{Family, Feature, Unit, count};
use crate::timeline::Window;
use crate::units::Days;

const fn orders(name: &'static str, window: Window, meaning: &'static str, reason: &'static str) -> Feature {
    Feature::new(name, Family::Frequency, Unit::Count)
        .over(window)
        .meaning(meaning)
        .reason(reason)
        .is(|h, window| count(h.order_count(window)))
}

const YEAR: &str = "{orders_365d_count order} in the past year, {orders_90d_count} of them in the last 90 days";
const TOTAL: &str = "{orders_all_count order} in {tenure_days day}";

pub(super) const FEATURES: &[Feature] = &[
    orders(
        "orders_7d_count",
        Window::Days7,
        "Orders in the last 7 days.",
        "{orders_7d_count order} in the last 7 days",
    ),
    orders(
        "orders_30d_count",
        Window::Days30,
        "Orders in the last 30 days.",
        "{orders_30d_count order} in the last 30 days",
    ),
    orders(
        "orders_60d_count",
        Window::Days60,
        "Orders in the last 60 days.",
        "{orders_60d_count order} in the last 60 days",
    ),
    orders("orders_90d_count", Window::Days90, "Orders in the last 90 days.", YEAR),
    orders("orders_180d_count", Window::Days180, "Orders in the last 180 days.", YEAR),
    orders("orders_365d_count", Window::Days365, "Orders in the last 365 days.", YEAR),
    orders("orders_all_count", Window::All, "Orders so far.", TOTAL),
    Feature::new("orders_per_month", Family::Frequency, Unit::PerMonth)
        .meaning("Orders per 30 days since the day of the first one, counting at least 30 days.")
        .reason(TOTAL)
        .revised(2)
        .is(|h, window| count(h.order_count(window)) * 30.0 / h.tenure_days().max(30.0)),
    Feature::new("order_days_all_count", Family::Frequency, Unit::Count)
        .meaning("Visits: days of the shop's calendar on which the customer ordered.")
        .reason("ordered on {order_days_all_count day} so far")
        .revised(2)
        .is(|h, _| f64::from(h.visits())),
    Feature::new("order_months_all_count", Family::Frequency, Unit::Count)
        .meaning("Calendar months of the shop's zone in which the customer ordered.")
        .reason("ordered in {order_months_all_count different month}")
        .revised(2)
        .is(|h, _| f64::from(h.visit_months())),
    Feature::new("orders_at_first_count", Family::Frequency, Unit::Count)
        .meaning("Orders of the first 90 days as a customer, counted from the day of the first one, which is included.")
        .reason("{orders_at_first_count order} in the first 90 days as a customer")
        .revised(2)
        .is(|h, _| count(h.orders_at_first(Days(90)))),
];
