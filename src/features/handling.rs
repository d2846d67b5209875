//! The life of complaints from the order to the last resolution: how long each step took, what was left undone, what
//! had gone before, and what came after.

use super::complaints::{complaint, last, mean, within};
use super::sentences::{CLOSED, UNANSWERED};
use super::spec::{Feature, Unit, count, ratio};
use super::telling::{Fact, Side};
use crate::timeline::{Available, History, KnownComplaint, Window};

/// At most this much on a scale of 1 to 5 is a bad mark.
const BAD_MARK: f64 = 2.0;

/// Days from opening to the first answer.
fn response(complaint: &KnownComplaint) -> Option<f64> {
    complaint.first_response_at.map(|at| at.days_since(complaint.opened_at))
}

/// Days from opening to the last resolution.
fn resolution(complaint: &KnownComplaint) -> Option<f64> {
    complaint.resolved_at.map(|at| at.days_since(complaint.opened_at))
}

fn marked(complaint: &KnownComplaint) -> Option<f64> {
    Some(complaint.satisfaction).filter(|mark| mark.is_finite())
}

/// The largest of a figure; missing where no complaint has it.
fn largest(history: &History<'_>, figure: fn(&KnownComplaint) -> Option<f64>) -> f64 {
    history.complaints().iter().filter_map(figure).fold(f64::NAN, f64::max)
}

/// The figure of the latest complaint that has it.
fn latest(history: &History<'_>, figure: impl Fn(&KnownComplaint) -> Option<f64>) -> f64 {
    history.complaints().iter().rev().find_map(figure).unwrap_or(f64::NAN)
}

fn how_many(history: &History<'_>, is_meant: impl Fn(&KnownComplaint) -> bool) -> f64 {
    count(history.complaints().iter().filter(|complaint| is_meant(complaint)).count())
}

fn share(history: &History<'_>, is_meant: impl Fn(&KnownComplaint) -> bool) -> f64 {
    ratio(how_many(history, is_meant), count(history.complaints().len()))
}

/// Closed to the customer's displeasure: resolved and given a bad mark, or opened again.
fn is_badly_closed(complaint: &KnownComplaint) -> bool {
    complaint.reopened_at.is_some() || complaint.satisfaction <= BAD_MARK
}

/// Complaints before the last one.
fn earlier(history: &History<'_>) -> f64 {
    count(history.complaints().len().saturating_sub(1))
}

fn prior_orders(history: &History<'_>) -> f64 {
    last(history).map_or(0.0, |complaint| count(history.orders_until(complaint.opened_at)))
}

/// The figure if there is a complaint in the window, else 0.
fn while_recent(history: &History<'_>, window: Window, figure: fn(&History<'_>) -> f64) -> f64 {
    if within(history, window).next().is_some() { figure(history) } else { 0.0 }
}

pub(super) const FEATURES: &[Feature] = &[
    complaint("complaints_7d_count", Unit::Count, "Complaints opened in the last 7 days.")
        .tells(Fact::Complaints, Side::High, "{complaints_7d_count complaint} in the last 7 days")
        .over(Window::Days7)
        .is(|h, window| count(within(h, window).count())),
    complaint("complaints_60d_count", Unit::Count, "Complaints opened in the last 60 days.")
        .tells(Fact::Complaints, Side::High, "{complaints_60d_count complaint} in the last 60 days")
        .over(Window::Days60)
        .is(|h, window| count(within(h, window).count())),
    complaint("complaint_resolution_max_days", Unit::Days, "Longest time from opening to resolution.")
        .tells(
            Fact::ComplaintHandling,
            Side::High,
            "[1.5<complaint_resolution_max_days]waited {complaint_resolution_max_days day} for a complaint to be resolved",
        )
        .needs(Available::Resolution)
        .or_missing()
        .is(|h, _| largest(h, resolution)),
    complaint(
        "complaint_resolution_last_days",
        Unit::Days,
        "Time from opening to resolution of the latest complaint resolved.",
    )
    .tells(
        Fact::ComplaintHandling,
        Side::High,
        "[1.5<complaint_resolution_last_days]waited {complaint_resolution_last_days day} for the last resolution of a complaint",
    )
    .needs(Available::Resolution)
    .or_missing()
    .is(|h, _| latest(h, resolution)),
    complaint("complaint_response_max_days", Unit::Days, "Longest time from opening to the first answer.")
        .tells(
            Fact::ComplaintHandling,
            Side::High,
            "[1.5<complaint_response_max_days]waited {complaint_response_max_days day} for an answer to a complaint",
        )
        .needs(Available::FirstResponse)
        .or_missing()
        .is(|h, _| largest(h, response)),
    complaint(
        "complaint_response_last_days",
        Unit::Days,
        "Time from opening to the first answer of the latest complaint answered.",
    )
    .tells(
        Fact::ComplaintHandling,
        Side::High,
        "[1.5<complaint_response_last_days]waited {complaint_response_last_days day} for the last answer to a complaint",
    )
    .needs(Available::FirstResponse)
    .or_missing()
    .is(|h, _| latest(h, response)),
    complaint("oldest_unanswered_complaint_days", Unit::Days, "Age of the oldest complaint without any answer.")
        .tells(Fact::OpenComplaint, Side::High, UNANSWERED)
        .needs(Available::FirstResponse)
        .is(|h, _| {
            let waiting = h.complaints().iter().find(|complaint| complaint.first_response_at.is_none());
            waiting.map_or(0.0, |complaint| h.days_since(complaint.opened_at))
        }),
    complaint("reopened_complaints_share", Unit::Share, "Share of the complaints that were opened again.")
        .adds_to(Fact::ComplaintHandling)
        .needs(Available::Reopening)
        .or_missing()
        .is(|h, _| share(h, |complaint| complaint.reopened_at.is_some())),
    complaint("complaint_causes_count", Unit::Count, "Different causes complained about.")
        .tells(
            Fact::Complaints,
            Side::High,
            "[1<complaint_causes_count]complained for {complaint_causes_count different reason}",
        )
        .needs(Available::Cause)
        .is(|h, _| {
            let causes = || h.complaints().iter().filter_map(|complaint| complaint.category);
            count(causes().enumerate().filter(|(i, cause)| causes().take(*i).all(|earlier| earlier != *cause)).count())
        }),
    complaint(
        "last_cause_complaints_count",
        Unit::Count,
        "Complaints about the cause of the latest complaint that has one.",
    )
    .tells(
        Fact::Complaints,
        Side::High,
        "[1<last_cause_complaints_count]{last_cause_complaints_count complaint} about the same cause",
    )
    .needs(Available::Cause)
    .is(|h, _| {
        let cause = h.complaints().iter().rev().find_map(|complaint| complaint.category);
        how_many(h, |complaint| cause.is_some() && complaint.category == cause)
    }),
    complaint("order_to_complaint_mean_days", Unit::Days, FROM_ORDER_MEANING)
        .adds_to(Fact::Complaints)
        .needs(Available::ComplaintOrder)
        .or_missing()
        .is(|h, _| mean(h, |complaint| h.days_from_order(complaint))),
    complaint("order_to_complaint_last_days", Unit::Days, "The same of the latest complaint that followed an order.")
        .adds_to(Fact::Complaints)
        .needs(Available::ComplaintOrder)
        .or_missing()
        .is(|h, _| latest(h, |complaint| h.days_from_order(complaint))),
    complaint(
        "complaints_followed_by_order_share",
        Unit::Share,
        "Share of the complaints after which the customer ordered again.",
    )
    .adds_to(Fact::Complaints)
    .or_missing()
    .is(|h, _| share(h, |complaint| h.orders_after(complaint.opened_at) > 0)),
    complaint(
        "complaint_satisfaction_mean_level",
        Unit::Level,
        "Mean satisfaction with the resolutions that were rated.",
    )
    .tells(
        Fact::ComplaintHandling,
        Side::Low,
        "rates the handling of complaints {complaint_satisfaction_mean_level} on average",
    )
    .needs(Available::Satisfaction)
    .also(&["complaints.resolved_at"])
    .or_missing()
    .is(|h, _| mean(h, marked)),
    complaint(
        "badly_closed_complaints_count",
        Unit::Count,
        "Complaints resolved and rated 2 or less, or opened again.",
    )
    .tells(Fact::ComplaintHandling, Side::High, CLOSED)
    .needs(Available::Satisfaction)
    .also(&["complaints.resolved_at", "complaints.reopened_at"])
    .is(|h, _| how_many(h, is_badly_closed)),
    complaint(
        "badly_closed_complaints_share",
        Unit::Share,
        "Share of the complaints resolved and rated 2 or less, or opened again.",
    )
    .adds_to(Fact::ComplaintHandling)
    .needs(Available::Satisfaction)
    .also(&["complaints.resolved_at", "complaints.reopened_at"])
    .or_missing()
    .is(|h, _| share(h, is_badly_closed)),
    complaint("complaint_severity_mean_level", Unit::Level, "Mean severity of the complaints that have one.")
        .adds_to(Fact::Complaints)
        .needs(Available::Severity)
        .or_missing()
        .is(|h, _| mean(h, |complaint| Some(complaint.severity).filter(|severity| severity.is_finite()))),
    complaint("compensation_all_amount", Unit::Amount, "Compensation paid so far.")
        .adds_to(Fact::ComplaintHandling)
        .needs(Available::Compensation)
        .also(&["complaints.resolved_at"])
        .is(|h, _| h.major(h.complaints().iter().map(|complaint| complaint.compensation).sum())),
    complaint("compensated_complaints_share", Unit::Share, "Share of the complaints for which compensation was paid.")
        .adds_to(Fact::ComplaintHandling)
        .needs(Available::Compensation)
        .also(&["complaints.resolved_at"])
        .or_missing()
        .is(|h, _| share(h, |complaint| complaint.compensation > 0)),
    complaint("complaint_prior_orders_count", Unit::Count, "Orders placed up to the last complaint; 0 without one.")
        .adds_to(Fact::Complaints)
        .is(|h, _| prior_orders(h)),
    complaint(
        "complaint_90d_prior_orders_count",
        Unit::Count,
        "Orders placed up to the last complaint if that is of the last 90 days, else 0: a complaint weighs by \
            what went before.",
    )
    .adds_to(Fact::Complaints)
    .over(Window::Days90)
    .is(|h, window| while_recent(h, window, prior_orders)),
    complaint(
        "complaint_90d_prior_complaints_count",
        Unit::Count,
        "Complaints before the last one if that is of the last 90 days, else 0.",
    )
    .adds_to(Fact::Complaints)
    .over(Window::Days90)
    .is(|h, window| while_recent(h, window, earlier)),
];

const FROM_ORDER_MEANING: &str = "Mean days from the order complained about (the last one by then, where it is not \
                                  named or not known) to the complaint.";
