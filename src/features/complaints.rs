//! Complaints and how they were handled, as known at the cutoff.

use super::sentences::{GRIEVED, OPEN};
use super::spec::{Family, Feature, Unit, count, ratio};
use super::telling::{Fact, Side};
use crate::timeline::{Available, History, KnownComplaint, Window};

pub(super) const fn complaint(name: &'static str, unit: Unit, meaning: &'static str) -> Feature {
    Feature::new(name, Family::Complaints, unit).needs(Available::Complaints).meaning(meaning)
}

const fn opened(name: &'static str, window: Window, meaning: &'static str) -> Feature {
    complaint(name, Unit::Count, meaning).over(window).is(|h, window| count(within(h, window).count()))
}

pub(super) fn within<'a>(history: &'a History<'a>, window: Window) -> impl Iterator<Item = &'a KnownComplaint> {
    let longest = window.days().map_or(f64::INFINITY, |days| f64::from(days.0));
    history.complaints().iter().filter(move |complaint| history.days_since(complaint.opened_at) <= longest)
}

/// Mean of a figure over the complaints that have it; NaN where none has.
pub(super) fn mean(history: &History<'_>, figure: impl Fn(&KnownComplaint) -> Option<f64>) -> f64 {
    let (sum, n) =
        history.complaints().iter().filter_map(figure).fold((0.0, 0), |(sum, n), value| (sum + value, n + 1));
    ratio(sum, f64::from(n))
}

/// Complaints whose cause the customer had complained about before.
fn repeated_causes(history: &History<'_>) -> usize {
    let complaints = history.complaints();
    let causes = complaints.iter().map(|complaint| complaint.category);
    causes
        .enumerate()
        .filter(|(i, cause)| cause.is_some() && complaints[..*i].iter().any(|c| c.category == *cause))
        .count()
}

fn oldest_open(history: &History<'_>) -> Option<f64> {
    history
        .complaints()
        .iter()
        .find(|complaint| complaint.is_open())
        .map(|complaint| history.days_since(complaint.opened_at))
}

pub(super) fn last<'a>(history: &'a History<'_>) -> Option<&'a KnownComplaint> {
    history.complaints().last()
}

pub(super) const FEATURES: &[Feature] = &[
    opened("complaints_30d_count", Window::Days30, "Complaints opened in the last 30 days.").tells(
        Fact::Complaints,
        Side::High,
        "{complaints_30d_count complaint} in the last 30 days",
    ),
    opened("complaints_90d_count", Window::Days90, "Complaints opened in the last 90 days.").tells(
        Fact::Complaints,
        Side::High,
        "{complaints_90d_count complaint} in the last 90 days",
    ),
    opened("complaints_180d_count", Window::Days180, "Complaints opened in the last 180 days.").tells(
        Fact::Complaints,
        Side::High,
        "{complaints_180d_count complaint} in the last six months",
    ),
    opened("complaints_365d_count", Window::Days365, "Complaints opened in the last 365 days.").tells(
        Fact::Complaints,
        Side::High,
        "{complaints_365d_count complaint} in the past year",
    ),
    opened("complaints_all_count", Window::All, "Complaints so far.").tells(
        Fact::Complaints,
        Side::High,
        "{complaints_all_count complaint} so far",
    ),
    complaint("complaints_per_order_ratio", Unit::Ratio, "Complaints per order.")
        .tells(Fact::Complaints, Side::High, "[0.2<complaints_per_order_ratio]{complaints_all_count complaint} on {orders_all_count order}")
        .is(|h, window| ratio(count(h.complaints().len()), count(h.order_count(window)))),
    complaint("complaint_recency_days", Unit::Days, "Days since the last complaint.")
        .tells(Fact::Complaints, Side::Low, "complained {complaint_recency_days since} ago")
        .or_missing()
        .is(|h, _| last(h).map_or(f64::NAN, |complaint| h.days_since(complaint.opened_at))),
    complaint("orders_since_complaint_count", Unit::Count, "Orders placed after the last complaint.")
        .tells(
            Fact::Complaints,
            Side::Low,
            "[gap_median_days<complaint_recency_days]{orders_since_complaint_count order} since the complaint \
             {complaint_recency_days since} ago",
        )
        .or_missing()
        .is(|h, _| last(h).map_or(f64::NAN, |complaint| count(h.orders_after(complaint.opened_at)))),
    complaint("complaint_amount", Unit::Amount, "Sum of what the complaints are about.")
        .tells(Fact::Complaints, Side::High, GRIEVED)
        .needs(Available::ComplaintAmount)
        .is(|h, _| h.major(h.complaints().iter().map(|complaint| complaint.amount).sum())),
    complaint("complaint_of_spend_ratio", Unit::Ratio, "Sum of what the complaints are about over spend.")
        .tells(Fact::Complaints, Side::High, GRIEVED)
        .needs(Available::ComplaintAmount)
        .also(&["purchases.amount"])
        .or_missing()
        .is(|h, window| ratio(h.major(h.complaints().iter().map(|c| c.amount).sum()), h.gross_spend(window))),
    complaint("open_complaints_count", Unit::Count, "Complaints not resolved, or opened again.")
        .tells(Fact::OpenComplaint, Side::High, OPEN)
        .needs(Available::Resolution)
        .also(&["complaints.reopened_at"])
        .is(|h, _| count(h.complaints().iter().filter(|complaint| complaint.is_open()).count())),
    complaint("oldest_open_complaint_days", Unit::Days, "Age of the oldest open complaint.")
        .tells(Fact::OpenComplaint, Side::High, OPEN)
        .needs(Available::Resolution)
        .also(&["complaints.reopened_at"])
        .is(|h, _| oldest_open(h).unwrap_or(0.0)),
    complaint("complaint_resolution_mean_days", Unit::Days, "Mean time from opening to resolution.")
        .tells(
            Fact::ComplaintHandling,
            Side::High,
            "[1.5<complaint_resolution_mean_days]waited {complaint_resolution_mean_days day} for a complaint to be resolved",
        )
        .needs(Available::Resolution)
        .or_missing()
        .is(|h, _| mean(h, |c| c.resolved_at.map(|at| at.days_since(c.opened_at)))),
    complaint("complaint_response_mean_days", Unit::Days, "Mean time from opening to the first answer.")
        .tells(
            Fact::ComplaintHandling,
            Side::High,
            "[1.5<complaint_response_mean_days]waited {complaint_response_mean_days day} for an answer to a complaint",
        )
        .needs(Available::FirstResponse)
        .or_missing()
        .is(|h, _| mean(h, |c| c.first_response_at.map(|at| at.days_since(c.opened_at)))),
    complaint("unanswered_complaints_count", Unit::Count, "Complaints without any answer.")
        .tells(Fact::OpenComplaint, Side::High, "{unanswered_complaints_count complaint} without an answer")
        .needs(Available::FirstResponse)
        .is(|h, _| count(h.complaints().iter().filter(|c| c.first_response_at.is_none()).count())),
    complaint("reopened_complaints_count", Unit::Count, "Complaints that were opened again.")
        .tells(Fact::ComplaintHandling, Side::High, "{reopened_complaints_count complaint} opened again")
        .needs(Available::Reopening)
        .is(|h, _| count(h.complaints().iter().filter(|c| c.reopened_at.is_some()).count())),
    complaint("repeated_cause_complaints_count", Unit::Count, "Complaints about a cause complained about before.")
        .tells(Fact::Complaints, Side::High, "{repeated_cause_complaints_count complaint} with a cause that had come up before")
        .needs(Available::Cause)
        .is(|h, _| count(repeated_causes(h))),
    complaint("complaint_severity_max_level", Unit::Level, "Severity of the gravest complaint.")
        .tells(Fact::Complaints, Side::High, "a complaint of severity {complaint_severity_max_level}")
        .needs(Available::Severity)
        .or_missing()
        .is(|h, _| h.complaints().iter().map(|c| c.severity).fold(f64::NAN, f64::max)),
    complaint(
        "complaint_satisfaction_last_level",
        Unit::Level,
        "Satisfaction with the latest resolution that was rated.",
    )
    .tells(
        Fact::ComplaintHandling,
        Side::Low,
        "last rated the handling of a complaint {complaint_satisfaction_last_level}",
    )
    .needs(Available::Satisfaction)
    .also(&["complaints.resolved_at"])
    .or_missing()
    .is(|h, _| h.complaints().iter().rev().map(|c| c.satisfaction).find(|s| s.is_finite()).unwrap_or(f64::NAN)),
    complaint(
        "compensation_of_complaint_share",
        Unit::Share,
        "Compensation over what the complaints are about, at most 1.",
    )
    .tells(
        Fact::ComplaintHandling,
        Side::Low,
        "was compensated for {compensation_of_complaint_share} of what went wrong",
    )
    .needs(Available::Compensation)
    .also(&["complaints.amount", "complaints.resolved_at"])
    .or_missing()
    .is(|h, _| {
        let sum = |figure: fn(&KnownComplaint) -> i64| h.complaints().iter().map(figure).sum::<i64>();
        ratio(h.major(sum(|c| c.compensation)), h.major(sum(|c| c.amount.abs()))).clamp(0.0, 1.0)
    }),
];
