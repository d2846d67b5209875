//! Going without a word: most of those who leave never complain.

use super::sentences::{QUARTERS, RHYTHM, SPEND_HALVES};
use super::spec::{Family, Feature, Unit, count, ratio};
use super::telling::{Fact, Side, Split};
use super::trend::change_of_orders;
use crate::timeline::{Available, History};
use crate::units::Days;

const fn silent(name: &'static str, unit: Unit, meaning: &'static str) -> Feature {
    Feature::new(name, Family::Silence, unit).needs(Available::Complaints).meaning(meaning)
}

/// Without a complaint for this long a decline is silent.
const SILENT_DAYS: f64 = 180.0;

/// The figure if there is no complaint in the last 180 days, else 0.
fn if_silent(history: &History<'_>, figure: f64) -> f64 {
    let has_complained = history.complaints().iter().any(|c| history.days_since(c.opened_at) <= SILENT_DAYS);
    if has_complained { 0.0 } else { figure }
}

pub(super) const FEATURES: &[Feature] = &[
    silent(
        "silent_decline_ratio",
        Unit::Ratio,
        "Drop of the orders of the last 90 days against the 90 before (difference over sum) without a complaint \
            in 180 days.",
    )
    .tells(Fact::FewerOrders, Side::High, QUARTERS)
    .recent(90)
    .is(|h, _| if_silent(h, (-change_of_orders(h, 90)).max(0.0))),
    silent(
        "silent_overdue_ratio",
        Unit::Ratio,
        "Present silence over the median of the days between visits, less 1, at least 0, \
        without a complaint in 180 days.",
    )
    .tells_first(Fact::Silence, Side::High, RHYTHM)
    .or_missing()
    .revised(2)
    .is(|h, _| {
        let overdue = h.gaps().map_or(f64::NAN, |gaps| h.recency_days() / gaps.median_days - 1.0);
        if overdue.is_nan() { f64::NAN } else { if_silent(h, overdue.max(0.0)) }
    }),
    silent(
        "silent_spend_drop_share",
        Unit::Share,
        "Share by which the spend of the last 180 days lies below the 180 before, at least 0, without a \
            complaint in 180 days.",
    )
    .tells(Fact::SpendFell, Side::High, SPEND_HALVES)
    .recent(180)
    .also(&["purchases.amount"])
    .is(|h, _| {
        let spent = |from, to| h.amount_of(h.orders_aged(Days(from), Days(to)));
        let drop = 1.0 - ratio(spent(0, 180), spent(180, 360));
        if_silent(h, if drop > 0.0 { drop } else { 0.0 })
    }),
    silent(
        "orders_per_complaint_ratio",
        Unit::Ratio,
        "Orders per complaint, counting one complaint more than there are.",
    )
    .adds_to(Fact::Complaints)
    .split(Split::Product("orders_all_count"))
    .is(|h, window| count(h.order_count(window)) / count(h.complaints().len() + 1)),
    silent(
        "silent_months_count",
        Unit::Count,
        "Months of 30 days since the last complaint, or since the first order without one.",
    )
    .adds_to(Fact::Complaints)
    .revised(2)
    .is(|h, _| h.complaints().last().map_or_else(|| h.tenure_days(), |c| h.days_since(c.opened_at)) / 30.0),
];
