//! Owns the description of a shop's history, and the proposal of what churn shall mean there: how orders follow each
//! other, what the churn rate of usual horizons and active windows was, and which of them history is long enough for; what the
//! customers of each segment are like, and what is out of line.
//! Nothing is learnt, and time is cut by `timeline` and the churn rule alone.

mod associations;
mod candidates;
mod cohorts;
mod curve;
mod deviation_counts;
mod deviations;
mod figures;
mod follow_up;
mod months;
mod proposal;
mod quantiles;
mod recovery;
mod segments;
mod settings;
mod shop_report;
mod years;

use jiff::civil::Date;
use serde::Serialize;

use crate::label::ChurnRule;
use crate::timeline::EventLog;

pub use associations::{AssociationReport, AssociationRule, Associations};
pub use candidates::{Candidate, CutoffRate, HORIZONS, Obstacle, WINDOWS};
pub use cohorts::Cohort;
pub use curve::{Curve, CurvePoint};
pub use deviation_counts::{DeviationQuestion, deviations};
pub use deviations::{Deviation, Deviations, Dimension, FALSE_DISCOVERY_RATE, LEAST_N, Measure};
pub use figures::{ComplaintFigures, ReturnFigures, ShopFigures};
pub use follow_up::{FollowUp, FollowUpQuestion, FollowUpSource, RETURNS_SEEN, follow_up};
pub use months::MonthFigures;
pub use proposal::{COME_BACK_ACTIVE, COME_BACK_HORIZON, Proposal, ProposalKind};
pub use quantiles::Quantiles;
pub use recovery::{Handling, Recovery, Repurchase, Share, SilentDecline};
pub use segments::{SegmentCategory, SegmentKind, SegmentMember, SegmentProfile, segment_profiles};
pub use settings::ProfileSettings;
pub use shop_report::{ShopReport, shop_report};
pub use years::{YearComplaints, YearFigures};

/// What a shop's history is like, and what it proposes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Inspection {
    /// The day at whose start history ends.
    pub as_of: Date,
    /// Figures of the history.
    pub shop: ShopFigures,
    /// How orders are followed by others.
    pub curve: Curve,
    /// Usual horizons and active windows with the churn rates they would have had.
    pub candidates: Vec<Candidate>,
    /// The recommendation.
    pub proposal: Proposal,
    /// How long customers are watched behind the label window, with the horizon of the config or else the recommended one;
    /// absent without either.
    pub follow_up: Option<FollowUp>,
}

/// Describes the history before `settings.as_of` and proposes a horizon and an active window; `None` without any order.
#[must_use]
pub fn profile(log: &EventLog, settings: &ProfileSettings) -> Option<Inspection> {
    let (shop, rhythm) = figures::collect(log, settings)?;
    let curve = Curve::estimate(rhythm.gaps, rhythm.silences);
    let asked = proposal::asked(&curve);
    let candidates = candidates::rated(log, settings, asked);
    let proposal = proposal::propose(&curve, &candidates, asked, &shop, settings);
    let of_days =
        |(horizon, active)| ChurnRule { horizon, gap: settings.gap, active, min_purchases: settings.min_purchases };
    let rule = settings.present.or_else(|| proposal.horizon_days.zip(proposal.active_days)).map(of_days);
    let schedule = settings.schedule(log.span());
    let question = |rule| FollowUpQuestion {
        as_of: settings.as_of,
        rule,
        schedule: &schedule,
        zone: &settings.zone,
        days: settings.follow_up,
    };
    let follow_up = rule.as_ref().map(|rule| question(rule).choose(&curve));
    Some(Inspection { as_of: settings.as_of.date(), shop, curve, candidates, proposal, follow_up })
}

#[cfg(test)]
mod tests;
