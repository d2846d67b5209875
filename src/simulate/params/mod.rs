//! Owns every figure of a simulated shop, with its unit and default; `check` tells which ones cannot be used.

mod check;
mod contacts;
mod customer;
mod events;
mod weighted;

use jiff::civil::{Date, date};
use serde::Serialize;

pub(super) use check::check;
pub use contacts::{ContactAction, ContactParams};
pub use customer::{Acquisition, ArrivalParams, BuyingParams, LeavingParams};
pub use events::{BasketParams, ComplaintParams, ReturnParams};
pub use weighted::Weighted;

/// How large the shop is, when it exists, and how everything in it behaves.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShopParams {
    /// Customers; default 2,000.
    pub n_customers: usize,
    /// Seed of everything random; default 1.
    pub seed: u64,
    /// First day, beginning at midnight UTC; default 2023-01-01.
    pub start: Date,
    /// Length of the history in days: nothing is emitted at or after `start + days`; default 913.
    pub days: u32,
    /// How customers arrive, and who they are.
    pub arrival: ArrivalParams,
    /// When the shop is busy.
    pub season: SeasonParams,
    /// How often and for how much customers buy.
    pub buying: BuyingParams,
    /// What is in an order.
    pub basket: BasketParams,
    /// What comes back.
    pub returns: ReturnParams,
    /// What customers complain about, and how that is handled.
    pub complaints: ComplaintParams,
    /// When and why customers leave.
    pub leaving: LeavingParams,
    /// When the rows of orders become known.
    pub recording: RecordingParams,
    /// How the shop contacts customers; `None`, the default, if it contacts nobody.
    pub contacts: Option<ContactParams>,
}

impl Default for ShopParams {
    fn default() -> Self {
        Self {
            n_customers: 2_000,
            seed: 1,
            start: date(2023, 1, 1),
            days: 913,
            arrival: ArrivalParams::default(),
            season: SeasonParams::default(),
            buying: BuyingParams::default(),
            basket: BasketParams::default(),
            returns: ReturnParams::default(),
            complaints: ComplaintParams::default(),
            leaving: LeavingParams::default(),
            recording: RecordingParams::default(),
            contacts: None,
        }
    }
}

/// When the shop is busy; all figures are relative to an average day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeasonParams {
    /// Height of the yearly wave as a share of an average day; default 0.1.
    pub yearly_amplitude: f64,
    /// Day of the year on which the wave is highest; default 320.
    pub yearly_peak_day: f64,
    /// Height of the bump before Christmas as a share of an average day; default 0.7.
    pub christmas_height: f64,
    /// Day of the year on which the bump is highest; default 342 (8 December).
    pub christmas_peak_day: f64,
    /// Standard deviation of the bump in days; default 11.
    pub christmas_width_days: f64,
    /// Pace of each weekday, Monday first, as weights; defaults favour Sunday and Monday.
    pub weekday_weights: [f64; 7],
    /// Pace of each hour of the day in UTC, from midnight, as weights; defaults have a peak in the evening.
    pub hour_weights: [f64; 24],
}

impl Default for SeasonParams {
    fn default() -> Self {
        Self {
            yearly_amplitude: 0.1,
            yearly_peak_day: 320.0,
            christmas_height: 0.7,
            christmas_peak_day: 342.0,
            christmas_width_days: 11.0,
            weekday_weights: [1.12, 1.02, 1.0, 1.0, 0.94, 0.84, 1.08],
            hour_weights: [
                0.4, 0.2, 0.1, 0.1, 0.1, 0.2, 0.6, 1.2, 2.0, 2.8, 3.2, 3.4, //
                3.6, 3.3, 3.1, 3.0, 3.1, 3.3, 3.6, 4.0, 4.2, 3.6, 2.2, 1.0,
            ],
        }
    }
}

/// When the rows of orders become known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecordingParams {
    /// Share of orders and returns that arrive late; with 0, the default, purchases have no column `recorded_at`.
    pub late_share: f64,
    /// Mean delay of late orders and returns in days, exponential; default 2. All others arrive at once.
    pub late_days_mean: f64,
}

impl Default for RecordingParams {
    fn default() -> Self {
        Self { late_share: 0.0, late_days_mean: 2.0 }
    }
}
