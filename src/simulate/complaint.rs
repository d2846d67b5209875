//! Owns complaints: when they come, how the shop handles them, and what bad handling does to the customer.

use super::params::ComplaintParams;
use super::strain::{Cause, Strain};
use super::world::World;
use crate::maths::random::Random;
use crate::units::Timestamp;

const HOURS_PER_DAY: f64 = 24.0;
/// A complaint comes at least this long after its order, one hour, so that both have their order in whole seconds.
const SHORTEST_DELAY_DAYS: f64 = 1.0 / HOURS_PER_DAY;
/// The least compensation as a share of the amount complained about.
const COMPENSATION_LOW: f64 = 0.1;

/// One complaint as the shop's records show it at the end.
#[derive(Debug, Clone)]
pub(super) struct Complaint {
    /// Position of the order among those of the customer.
    pub(super) order: u32,
    /// Opening in calendar days since the start.
    pub(super) opened_days: f64,
    pub(super) opened_at: Timestamp,
    pub(super) recorded_at: Timestamp,
    pub(super) category: usize,
    /// 1 to 3.
    pub(super) severity: u8,
    pub(super) channel: usize,
    pub(super) first_response_at: Option<Timestamp>,
    pub(super) resolved_at: Option<Timestamp>,
    pub(super) reopened_at: Option<Timestamp>,
    pub(super) resolution: Option<usize>,
    pub(super) compensation_cents: Option<i64>,
    /// 1 to 5.
    pub(super) satisfaction: Option<f64>,
    pub(super) amount_cents: i64,
}

/// An order that a customer complains about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grievance {
    pub(super) order: u32,
    pub(super) ordered_days: f64,
    pub(super) amount_cents: i64,
}

/// The complaint, if it becomes known before the end, and the strain if its handling goes wrong.
pub(super) fn complain(
    world: &World,
    grievance: Grievance,
    random: &mut Random,
) -> (Option<Complaint>, Option<Strain>) {
    let params = &world.params.complaints;
    let delay_days = random.gamma(2.0, params.delay_days_mean).max(SHORTEST_DELAY_DAYS);
    let opened_days = grievance.ordered_days + delay_days;
    let recorded_days = opened_days + random.exponential(params.recorded_hours_mean) / HOURS_PER_DAY;
    let severity = u8::try_from(world.severities.draw(random)).unwrap_or(0) + 1;
    let handling = Handling::draw(params, opened_days, random);
    let strain = handling.wrong_from_days.map(|from_days| strain(world, from_days, severity));
    let complaint = world.clock.instant_before_end(recorded_days).map(|recorded_at| {
        let blank = Complaint {
            order: grievance.order,
            opened_days,
            opened_at: world.clock.instant(opened_days),
            recorded_at,
            category: world.complaint_categories.draw(random),
            severity,
            channel: world.complaint_channels.draw(random),
            first_response_at: world.clock.instant_before_end(handling.first_response_days),
            resolved_at: handling.resolved_days.and_then(|days| world.clock.instant_before_end(days)),
            reopened_at: handling.reopened_days.and_then(|days| world.clock.instant_before_end(days)),
            resolution: None,
            compensation_cents: None,
            satisfaction: None,
            amount_cents: grievance.amount_cents,
        };
        outcome(world, blank, &handling, random)
    });
    (complaint, strain)
}

fn strain(world: &World, from_days: f64, severity: u8) -> Strain {
    let leaving = &world.params.leaving;
    let excess = leaving.complaint_excess * f64::from(severity) / 2.0;
    Strain { from_days, until_days: from_days + leaving.complaint_days, excess, cause: Cause::Complaint }
}

/// What comes with the resolution; nothing does without one.
fn outcome(world: &World, complaint: Complaint, handling: &Handling, random: &mut Random) -> Complaint {
    if complaint.resolved_at.is_none() {
        return complaint;
    }
    let params = &world.params.complaints;
    Complaint {
        resolution: Some(world.resolutions.draw(random)),
        compensation_cents: compensation_cents(params, complaint.amount_cents, random),
        satisfaction: satisfaction(params, handling, random),
        ..complaint
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a share of an amount that fits")]
fn compensation_cents(params: &ComplaintParams, amount_cents: i64, random: &mut Random) -> Option<i64> {
    if !random.chance(params.compensated_share) {
        return None;
    }
    let high = params.compensation_high;
    let share = random.between(COMPENSATION_LOW.min(high), high);
    Some((amount_cents as f64 * share).round() as i64)
}

fn satisfaction(params: &ComplaintParams, handling: &Handling, random: &mut Random) -> Option<f64> {
    if !random.chance(params.satisfaction_answered_share) {
        return None;
    }
    let loss = if handling.wrong_from_days.is_some() { params.satisfaction_loss } else { 0.0 };
    let felt = params.satisfaction_mean - loss + params.satisfaction_sd * random.normal();
    Some(felt.round().clamp(1.0, 5.0))
}

/// How the shop handles a complaint, in calendar days since the start.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_field_names, reason = "names end in their unit, and all are times")]
struct Handling {
    first_response_days: f64,
    resolved_days: Option<f64>,
    reopened_days: Option<f64>,
    /// From when the customer takes it for badly handled.
    wrong_from_days: Option<f64>,
}

impl Handling {
    fn draw(params: &ComplaintParams, opened_days: f64, random: &mut Random) -> Self {
        let slow = random.chance(params.slow_share);
        let slow_days = params.slow_hours / HOURS_PER_DAY;
        let response_days = if slow {
            slow_days + random.exponential(params.slow_extra_hours_mean) / HOURS_PER_DAY
        } else {
            (random.exponential(params.prompt_hours_mean) / HOURS_PER_DAY).min(slow_days)
        };
        let first_response_days = opened_days + response_days;
        let resolves = !random.chance(params.unresolved_share);
        let resolved_days = resolves.then(|| first_response_days + random.exponential(params.resolve_days_mean));
        let reopens = random.chance(params.reopened_share);
        let after_days = random.exponential(params.reopen_days_mean);
        let reopened_days = resolved_days.filter(|_| reopens).map(|days| days + after_days);
        let moments = [
            slow.then_some(opened_days + slow_days),
            (!resolves).then_some(opened_days + params.patience_days),
            reopened_days,
        ];
        let wrong_from_days = moments.into_iter().flatten().min_by(f64::total_cmp);
        Self { first_response_days, resolved_days, reopened_days, wrong_from_days }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handling_goes_wrong_when_slow_unresolved_or_reopened_and_only_then() {
        let params = ComplaintParams::default();
        let mut random = Random::new(2, 2);
        for _ in 0..10_000 {
            let handling = Handling::draw(&params, 5.0, &mut random);
            let slow = handling.first_response_days - 5.0 > params.slow_hours / HOURS_PER_DAY;
            let wrong = slow || handling.resolved_days.is_none() || handling.reopened_days.is_some();
            assert_eq!(handling.wrong_from_days.is_some(), wrong);
            assert!(handling.resolved_days.is_none_or(|days| days >= handling.first_response_days));
            assert!(handling.reopened_days.is_none_or(|days| Some(days) >= handling.resolved_days));
        }
    }
}
