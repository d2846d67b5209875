//! How often the customer orders.

use super::sentences::{TOTAL, YEAR};
use super::spec::{Family, Feature, Unit, count};
use super::telling::{Fact, Side};
use crate::timeline::Window;
use crate::units::Days;

const fn orders(name: &'static str, window: Window, meaning: &'static str) -> Feature {
    Feature::new(name, Family::Frequency, Unit::Count)
        .over(window)
        .meaning(meaning)
        .is(|h, window| count(h.order_count(window)))
}

pub(super) const FEATURES: &[Feature] = &[
    orders("orders_7d_count", Window::Days7, "Orders in the last 7 days.").adds_to(Fact::FewOrders).recent(7),
    orders("orders_30d_count", Window::Days30, "Orders in the last 30 days.").adds_to(Fact::FewOrders).recent(30),
    orders("orders_60d_count", Window::Days60, "Orders in the last 60 days.").adds_to(Fact::FewOrders).recent(60),
    orders("orders_90d_count", Window::Days90, "Orders in the last 90 days.")
        .tells(Fact::FewOrders, Side::Low, "[89<tenure_days]{orders_90d_count order} in the last 90 days")
        .recent(90),
    orders("orders_180d_count", Window::Days180, "Orders in the last 180 days.")
        .tells(Fact::FewOrders, Side::Low, "[179<tenure_days]{orders_180d_count order} in the last six months")
        .recent(180),
    orders("orders_365d_count", Window::Days365, "Orders in the last 365 days.")
        .tells(Fact::FewOrders, Side::Low, YEAR)
        .recent(365),
    orders("orders_all_count", Window::All, "Orders so far.").tells(Fact::FewOrders, Side::Low, TOTAL),
    Feature::new("orders_per_month", Family::Frequency, Unit::PerMonth)
        .tells(Fact::FewOrders, Side::Low, TOTAL)
        .meaning("Orders per 30 days since the day of the first one, counting at least 30 days.")
        .revised(2)
        .is(|h, window| count(h.order_count(window)) * 30.0 / h.tenure_days().max(30.0)),
    Feature::new("order_days_all_count", Family::Frequency, Unit::Count)
        .tells(Fact::FewOrders, Side::Low, TOTAL)
        .meaning("Visits: days of the shop's calendar on which the customer ordered.")
        .revised(2)
        .is(|h, _| f64::from(h.visits())),
    Feature::new("order_months_all_count", Family::Frequency, Unit::Count)
        .adds_to(Fact::FewOrders)
        .meaning("Calendar months of the shop's zone in which the customer ordered.")
        .revised(2)
        .is(|h, _| f64::from(h.visit_months())),
    Feature::new("orders_at_first_count", Family::Frequency, Unit::Count)
        .adds_to(Fact::FewOrders)
        .meaning("Orders of the first 90 days as a customer, counted from the day of the first one, which is included.")
        .revised(2)
        .is(|h, _| count(h.orders_at_first(Days(90)))),
];
