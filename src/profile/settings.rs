//! What an inspection is asked for.

use jiff::tz::TimeZone;

use crate::label::Schedule;
use crate::timeline::{Cutoff, KnownSpan};
use crate::units::Days;

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
    /// Follow-up of the config, if it has one.
    pub follow_up: Option<Days>,
}

impl ProfileSettings {
    pub(super) fn schedule(&self, span: &KnownSpan) -> Schedule {
        Schedule { step: self.step, max_cutoffs: self.max_cutoffs, span: span.clone() }
    }
}
