//! From what is known of a customer to the cause, and what it is read from.

use super::cause::Cause;
use super::records::{ComplaintRecord, Counts, RECORD_RULES, RecordRule, SlowFrom};
use crate::decide::stage::{DORMANT_GAPS, RHYTHM_VISITS};
use crate::features::Fact;

/// What a cause is read from.
#[derive(Debug, Clone, Copy, Default)]
pub struct Signs<'a> {
    /// The complaints known at the day, the latest first.
    pub complaints: &'a [ComplaintRecord],
    /// From when on handling is slow in this shop.
    pub slow: SlowFrom,
    /// Whether the customer is at risk at all.
    pub is_at_risk: bool,
    /// What the list tells as reasons of the risk.
    pub told: &'a [ToldFact],
    /// Days with an order.
    pub visits: f64,
    /// Median days between them; `None` with one.
    pub gap_median_days: Option<f64>,
    /// Mean of the last three gaps; `None` with one day, and where one break alone makes it long.
    pub recent_gap_days: Option<f64>,
    /// Days since the last one.
    pub silence_days: f64,
}

impl Signs<'_> {
    /// Whether the customer, who has a rhythm, was there within the usual gap: no need of theirs is fading then.
    fn is_in_rhythm(&self) -> bool {
        self.visits >= RHYTHM_VISITS && self.gap_median_days.is_some_and(|gap| self.silence_days <= gap)
    }
}

/// A fact that the list tells as a reason of the risk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ToldFact {
    /// The fact.
    pub fact: Fact,
    /// What it adds to the log-odds.
    pub log_odds: f64,
    /// Whether it is told of more than one order: one small order, or one long gap, is no change of a habit.
    pub is_pattern: bool,
}

/// A cause and its evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundCause {
    /// The cause.
    pub cause: Cause,
    /// What it is read from.
    pub evidence: Evidence,
}

/// What a cause is read from.
#[derive(Debug, Clone)]
pub enum Evidence {
    /// A complaint, by a rule about records.
    Complaint(Box<(ComplaintRecord, SlowFrom)>, RuleLine),
    /// The last gaps beside the usual one.
    Slowing {
        /// Mean of the last three gaps in days.
        recent_days: f64,
        /// Median of all gaps in days.
        usual_days: f64,
    },
    /// The reason at this place of those that the list tells.
    Reason(usize),
}

/// The line of a rule.
#[derive(Debug, Clone, Copy)]
pub struct RuleLine(pub(super) &'static RecordRule);

impl PartialEq for Evidence {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Complaint(a, a_rule), Self::Complaint(b, b_rule)) => {
                a == b && a_rule.0.sentence == b_rule.0.sentence
            }
            (Self::Reason(a), Self::Reason(b)) => a == b,
            (Self::Slowing { recent_days: a, usual_days: b }, Self::Slowing { recent_days, usual_days }) => {
                a.total_cmp(recent_days).is_eq() && b.total_cmp(usual_days).is_eq()
            }
            _ => false,
        }
    }
}

/// Of what the told reasons add, the least share that a cause must have.
const LEAST_SHARE: f64 = 0.25;
/// Days with an order from which on the last three gaps are not most of all.
const SLOWING_VISITS: f64 = 5.0;
/// Multiples of the usual gap from which on the last gaps are slow.
const SLOW_GAPS: f64 = 2.0;

/// The cause that stands out, if one does: by a complaint record, else by a rhythm that slows down, else by the reasons of the
/// risk.
#[must_use]
pub fn cause_of(signs: &Signs<'_>) -> Option<FoundCause> {
    by_record(signs).or_else(|| by_slowing(signs)).or_else(|| by_reasons(signs))
}

fn by_record(signs: &Signs<'_>) -> Option<FoundCause> {
    let is_told_open = signs.told.iter().any(|told| told.fact == Fact::OpenComplaint);
    let is_told = signs.told.iter().any(|told| is_of_complaints(told.fact) || told.fact == Fact::Returns);
    let counts = |rule: &&RecordRule| match rule.counts {
        Counts::Always => true,
        Counts::AtRisk => signs.is_at_risk,
        Counts::ToldAsReason => signs.is_at_risk && is_told,
        Counts::ToldAsOpen => is_told_open || signs.is_at_risk && is_told,
    };
    let found = |rule: &'static RecordRule| {
        let holds = |one: &&ComplaintRecord| (rule.holds)(one, signs.slow);
        let latest = signs.complaints.iter().find(holds)?;
        // Of those who wait, whoever has waited longest comes first.
        let oldest = signs.complaints.iter().rev().filter(|_| latest.is_owed()).find(holds);
        let record = oldest.unwrap_or(latest);
        let evidence = Evidence::Complaint(Box::new((record.clone(), signs.slow)), RuleLine(rule));
        Some(FoundCause { cause: (rule.cause)(record)?, evidence })
    };
    RECORD_RULES.iter().filter(counts).find_map(found)
}

/// Whether the last gaps are so much longer than usual that a need may be fading.
#[must_use]
pub fn has_slowed(visits: f64, recent_days: f64, usual_days: f64) -> bool {
    visits >= SLOWING_VISITS && recent_days > SLOW_GAPS * usual_days
}

/// A need that fades makes the gaps longer before the customer is gone.
fn by_slowing(signs: &Signs<'_>) -> Option<FoundCause> {
    let (recent_days, usual_days) = signs.recent_gap_days.zip(signs.gap_median_days)?;
    let is_slow = signs.is_at_risk && has_slowed(signs.visits, recent_days, usual_days) && !signs.is_in_rhythm();
    let evidence = Evidence::Slowing { recent_days, usual_days };
    is_slow.then_some(FoundCause { cause: Cause::FadedNeed, evidence })
}

/// Whether a fact is one about complaints.
const fn is_of_complaints(fact: Fact) -> bool {
    matches!(fact, Fact::OpenComplaint | Fact::ComplaintHandling | Fact::Complaints)
}

/// The cause whose reasons add most, among those that the customer's own figures bear out.
fn by_reasons(signs: &Signs<'_>) -> Option<FoundCause> {
    let all: f64 = signs.told.iter().map(|told| told.log_odds).sum();
    let is_evidence =
        |told: &ToldFact, cause: Cause| Cause::of_fact(told.fact) == Some(cause) && is_borne_out(signs, told);
    let weight = |cause: Cause| -> f64 {
        signs.told.iter().filter(|told| is_evidence(told, cause)).map(|told| told.log_odds).sum()
    };
    let weights = Cause::ALL.into_iter().map(|cause| (cause, weight(cause)));
    let (cause, most) = weights.reduce(|best, other| if other.1 > best.1 { other } else { best })?;
    if !signs.is_at_risk || most <= 0.0 || most < LEAST_SHARE * all {
        return None;
    }
    let place = signs.told.iter().position(|told| is_evidence(told, cause))?;
    Some(FoundCause { cause, evidence: Evidence::Reason(place) })
}

/// Whether the customer's own figures bear out what a fact is evidence for.
fn is_borne_out(signs: &Signs<'_>, told: &ToldFact) -> bool {
    let is_late = |gap: f64| signs.silence_days > DORMANT_GAPS * gap;
    match told.fact {
        Fact::Silence => signs.visits >= RHYTHM_VISITS && signs.gap_median_days.is_some_and(is_late),
        Fact::OpenComplaint | Fact::ComplaintHandling | Fact::Complaints => {
            signs.complaints.iter().any(|one| one.days_ago <= ComplaintRecord::REMEMBERED_DAYS)
        }
        // A need that fades was there: two or three visits are none yet.
        fact if Cause::of_fact(fact) == Some(Cause::FadedNeed) => {
            told.is_pattern && signs.visits >= RHYTHM_VISITS && !signs.is_in_rhythm()
        }
        _ => told.is_pattern,
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
