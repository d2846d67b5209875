//! Owns the description of a shop's history, and the proposal of what churn shall mean there: how orders follow each
//! other, what the churn rate of usual horizons and active windows was, and which of them history is long enough for.
//! Nothing is learnt, and time is cut by `timeline` and the churn rule alone.

mod candidates;
mod curve;
mod figures;
mod proposal;
mod quantiles;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::label::Schedule;
use crate::timeline::{Cutoff, EventLog, KnownSpan};
use crate::units::Days;

pub use candidates::{Candidate, CutoffRate, HORIZONS, Obstacle, WINDOWS};
pub use curve::{Curve, CurvePoint};
pub use figures::{ComplaintFigures, ReturnFigures, ShopFigures};
pub use proposal::{COME_BACK_ACTIVE, COME_BACK_HORIZON, Fit, Proposal};
pub use quantiles::Quantiles;

/// What an inspection is asked for.
#[derive(Debug, Clone)]
pub struct ProfileSettings {
    /// The day whose local midnight ends history.
    pub as_of: Cutoff,
    /// The shop's zone, in which days are counted.
    pub zone: TimeZone,
    /// Minor units in a major unit of the currency.
    pub minor_per_major: f64,
    /// Days between the cutoff and the label window.
    pub gap: Days,
    /// Orders an eligible customer has at least.
    pub min_purchases: u32,
    /// Days between training cutoffs.
    pub step: Days,
    /// At most this many training cutoffs; `None` for all.
    pub max_cutoffs: Option<u32>,
    /// Shortest span of purchases as a multiple of the horizon.
    pub min_span_horizons: f64,
    /// Fewest customers with a purchase.
    pub min_customers: u32,
    /// Horizon and active window of the config, if it has them.
    pub present: Option<(Days, Days)>,
}

impl ProfileSettings {
    fn schedule(&self, span: &KnownSpan) -> Schedule {
        Schedule { step: self.step, max_cutoffs: self.max_cutoffs, span: span.clone() }
    }
}

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
}

/// Describes the history before `settings.as_of` and proposes a horizon and an active window; `None` without any order.
#[must_use]
pub fn profile(log: &EventLog, settings: &ProfileSettings) -> Option<Inspection> {
    let (shop, rhythm) = figures::collect(log, settings)?;
    let curve = Curve::estimate(rhythm.gaps, rhythm.silences);
    let asked = proposal::asked(&curve);
    let candidates = candidates::rated(log, settings, asked);
    let proposal = proposal::propose(&curve, &candidates, (asked, &shop), settings);
    Some(Inspection { as_of: settings.as_of.date(), shop, curve, candidates, proposal })
}

#[cfg(test)]
mod tests;
