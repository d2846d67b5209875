//! The shop's tables as plain columns: what `ingest` hands over and an [`EventLog`](super::EventLog) is built from.
//!
//! Columns of one table have equal length, rows in any order. An optional column is `None` when the shop has none.

use crate::units::{Money, Timestamp};

/// What has not happened, or not yet: later than every cutoff, so that `NEVER < cutoff` is false.
pub const NEVER: Timestamp = Timestamp(i64::MAX);

/// All tables of a shop. Customer columns hold positions in `customer_ids`.
#[derive(Debug, Clone, Default)]
pub struct Tables {
    /// Every customer that occurs in any table: sorted by bytes, without repetition.
    pub customer_ids: Vec<String>,
    /// Purchase lines.
    pub purchases: PurchaseColumns,
    /// Complaint records.
    pub complaints: ComplaintColumns,
    /// Facts about customers.
    pub customers: CustomerColumns,
}

/// Purchase lines, returns included.
#[derive(Debug, Clone, Default)]
pub struct PurchaseColumns {
    /// Position of the customer in `customer_ids`.
    pub customer: Vec<u32>,
    /// When the purchase happened.
    pub purchased_at: Vec<Timestamp>,
    /// When the row became known; `None` if rows are known as soon as they happen.
    pub recorded_at: Option<Vec<Timestamp>>,
    /// A stable key of the order; lines with one customer and one key are one order. `None` if the shop has no
    /// order numbers: then lines of one customer at one instant are one order.
    pub order: Option<Vec<u64>>,
    /// Amount of the line in minor units; what a return gives back is negative.
    pub amount: Vec<Money>,
    /// Whether the line is a return.
    pub is_return: Vec<bool>,
    /// Pieces; NaN where not given.
    pub quantity: Option<Vec<f32>>,
    /// Discount given, in minor units, not negative.
    pub discount: Option<Vec<Money>>,
    /// Code of the product; `NO_CODE` where not given.
    pub product: Option<Vec<u32>>,
    /// Code of the product category; `NO_CODE` where not given.
    pub category: Option<Vec<u32>>,
    /// Code of the sales channel; `NO_CODE` where not given.
    pub channel: Option<Vec<u32>>,
    /// Code of the region; `NO_CODE` where not given.
    pub region: Option<Vec<u32>>,
}

/// The code of a text that is not given.
pub const NO_CODE: u32 = u32::MAX;

/// Complaint records; several rows with one customer and one key are one complaint.
#[derive(Debug, Clone, Default)]
pub struct ComplaintColumns {
    /// Position of the customer in `customer_ids`.
    pub customer: Vec<u32>,
    /// A stable key of the complaint.
    pub complaint: Vec<u64>,
    /// When it was opened.
    pub opened_at: Vec<Timestamp>,
    /// When the row became known; `None` if rows are known as soon as the complaint is opened.
    pub recorded_at: Option<Vec<Timestamp>>,
    /// When the shop first answered; [`NEVER`] where it did not.
    pub first_response_at: Option<Vec<Timestamp>>,
    /// When it was resolved; [`NEVER`] where it was not.
    pub resolved_at: Option<Vec<Timestamp>>,
    /// When it was opened again; [`NEVER`] where it was not.
    pub reopened_at: Option<Vec<Timestamp>>,
    /// A stable key of the order complained about; 0 where not given.
    pub order: Option<Vec<u64>>,
    /// Code of the cause; [`NO_CODE`] where not given.
    pub category: Option<Vec<u32>>,
    /// How grave it is, larger is graver; NaN where not given.
    pub severity: Option<Vec<f32>>,
    /// Satisfaction with the handling; NaN where not given.
    pub satisfaction: Option<Vec<f32>>,
    /// What the complaint is about, in minor units.
    pub amount: Option<Vec<Money>>,
    /// What was paid in compensation, in minor units; known with the resolution.
    pub compensation: Option<Vec<Money>>,
}

/// Facts about customers; several rows of one customer are versions of it.
#[derive(Debug, Clone, Default)]
pub struct CustomerColumns {
    /// Position of the customer in `customer_ids`.
    pub customer: Vec<u32>,
    /// When the customer signed up; [`NEVER`] where not given.
    pub signed_up_at: Option<Vec<Timestamp>>,
    /// Whether the customer asked not to be contacted.
    pub opted_out: Option<Vec<bool>>,
    /// From when the version holds; `None` if there is one version, which always held.
    pub valid_from: Option<Vec<Timestamp>>,
}
