//! What complaint records say of the cause: one line for each rule.

use jiff::civil::Date;

use super::cause::Cause;
use super::theme::theme_of;

/// A complaint as it was known at the day of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct ComplaintRecord {
    /// The day on which it was opened.
    pub opened: Date,
    /// Days since then.
    pub days_ago: i64,
    /// What it is about, in the shop's own word.
    pub category: Option<String>,
    /// Whether it waits for a resolution; never where the shop does not record resolutions.
    pub is_open: bool,
    /// Whether it had been closed once and was opened again.
    pub is_reopened: bool,
    /// Days until the first answer.
    pub response_days: Option<f64>,
    /// Days until it was resolved for good.
    pub resolution_days: Option<f64>,
    /// How its handling was rated.
    pub rating: Option<f64>,
    /// Days with an order since it was opened.
    pub visits_since: usize,
    /// Complaints of the same kind in the year that ends at the day, this one among them.
    pub of_same_kind: usize,
}

/// From how many days on an answer or a resolution is slow in this shop: three quarters of those of the past year came
/// earlier. `None` where too few complaints tell.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SlowFrom {
    /// Days until the first answer.
    pub response_days: Option<f64>,
    /// Days until the resolution.
    pub resolution_days: Option<f64>,
}

/// A customer who came back more often than this since has got over it.
const VISITS_SINCE: usize = 1;
/// The handling was rated badly, on scales that begin at 1 or 0.
const BADLY_RATED: f64 = 2.0;
/// Complaints of one kind in a year from which on they are a pattern.
const REPEATED: usize = 2;

/// One rule about a complaint.
#[derive(Debug)]
pub(super) struct RecordRule {
    /// Whether it holds.
    pub(super) holds: fn(&ComplaintRecord, SlowFrom) -> bool,
    /// What it is evidence for.
    pub(super) cause: fn(&ComplaintRecord) -> Option<Cause>,
    /// When it counts.
    pub(super) counts: Counts,
    /// The evidence; what stands in braces is filled in.
    pub(super) sentence: &'static str,
}

/// When a rule counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counts {
    /// Always: something is owed to the customer, or the customer says why.
    Always,
    /// If the customer is at risk at all.
    AtRisk,
    /// If that is so, and the list tells complaints or returns as a reason of it.
    ToldAsReason,
    /// If the list tells an open complaint as a reason.
    ToldAsOpen,
}

const fn rule(
    counts: Counts,
    holds: fn(&ComplaintRecord, SlowFrom) -> bool,
    cause: fn(&ComplaintRecord) -> Option<Cause>,
    sentence: &'static str,
) -> RecordRule {
    RecordRule { holds, cause, counts, sentence }
}

/// The rules; the first that holds for one of the complaints gives the cause: for the latest of them, or for the one that has
/// waited longest.
pub(super) const RECORD_RULES: &[RecordRule] = &[
    rule(
        Counts::Always,
        |one, _| is_fresh(one) && one.theme() == Some(Cause::Uncontrollable),
        |_| Some(Cause::Uncontrollable),
        "the record of {day} gives a reason outside the shop: {category}",
    ),
    rule(
        Counts::Always,
        |one, _| one.is_owed() && one.is_reopened,
        |_| Some(Cause::UnresolvedComplaint),
        "the complaint of {day}{about} had to be opened again and is still open",
    ),
    rule(
        Counts::Always,
        |one, _| one.is_owed(),
        |_| Some(Cause::UnresolvedComplaint),
        "the complaint of {day}{about} is still open",
    ),
    rule(
        Counts::Always,
        |one, _| one.is_resented(),
        |_| Some(Cause::ServiceResponse),
        "the handling of the complaint of {day}{about} was rated {rating}",
    ),
    rule(
        Counts::AtRisk,
        |one, slow| is_fresh(one) && is_above(one.response_days, slow.response_days),
        |_| Some(Cause::ServiceResponse),
        "the complaint of {day}{about} waited {answer} for an answer; three quarters of all get one within {usual_answer}",
    ),
    rule(
        Counts::AtRisk,
        |one, slow| is_fresh(one) && is_above(one.resolution_days, slow.resolution_days),
        |_| Some(Cause::ServiceResponse),
        "the complaint of {day}{about} took {solution} to settle; three quarters of all are settled within {usual_solution}",
    ),
    rule(
        Counts::ToldAsReason,
        |one, _| is_fresh(one) && one.of_same_kind >= REPEATED,
        // What was complained about twice was not mended the first time.
        |one| one.theme().or(Some(Cause::ServiceResponse)),
        "complained {same} in a year about the same thing{about}",
    ),
    rule(Counts::ToldAsReason, |one, _| is_fresh(one), ComplaintRecord::theme, "complained on {day}{about}"),
    rule(
        Counts::ToldAsOpen,
        |one, _| one.is_open,
        |_| Some(Cause::UnresolvedComplaint),
        "the complaint of {day}{about} was never settled",
    ),
];

impl ComplaintRecord {
    /// A complaint that is settled is remembered for so many days.
    pub const REMEMBERED_DAYS: i64 = 180;

    /// Whether the customer may still wait for it: it is open, and not long ago or without a purchase since.
    #[must_use]
    pub fn is_owed(&self) -> bool {
        self.is_open && (self.days_ago <= Self::REMEMBERED_DAYS || self.visits_since == 0)
    }

    /// Whether its handling was rated badly of late, and the customer hardly came back since.
    #[must_use]
    pub fn is_resented(&self) -> bool {
        is_fresh(self) && self.rating.is_some_and(|rating| rating <= BADLY_RATED)
    }

    /// The cause that its kind speaks for.
    pub(super) fn theme(&self) -> Option<Cause> {
        self.category.as_deref().and_then(theme_of)
    }
}

/// Not long ago, and hardly a purchase since.
fn is_fresh(one: &ComplaintRecord) -> bool {
    one.days_ago <= ComplaintRecord::REMEMBERED_DAYS && one.visits_since <= VISITS_SINCE
}

/// Times what is usual from which on something took clearly longer: nobody calls six days slow where five are usual.
const CLEARLY_ABOVE: f64 = 1.25;

fn is_above(days: Option<f64>, bound: Option<f64>) -> bool {
    days.zip(bound).is_some_and(|(days, bound)| days > CLEARLY_ABOVE * bound)
}
