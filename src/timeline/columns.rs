//! The shop's tables as plain columns: what `ingest` hands over and an [`EventLog`](super::EventLog) is built from.
//!
//! Columns of one table have equal length, rows in any order. An optional column is `None` when the shop has none.

use super::error::LogError;
use crate::units::{Money, Timestamp};

/// What has not happened, or not yet: later than every cutoff, so that `NEVER < cutoff` is false.
pub const NEVER: Timestamp = Timestamp(i64::MAX);

/// From when a version holds that has no beginning: earlier than every instant.
pub const ALWAYS: Timestamp = Timestamp(i64::MIN);

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
    /// Answers to surveys.
    pub surveys: SurveyColumns,
}

/// A column that a shop has defined for a feature of its own.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CustomColumn {
    /// The feature.
    pub name: String,
    /// The value of each row, known as soon as the row is; NaN where the row does not count or has none.
    pub values: Vec<f64>,
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
    /// A stable key of the order; lines with one customer and one key are one order, unless they lie far apart (see
    /// [`goes_on`](super::goes_on)). `None` if the shop has no order numbers, 0 where a line has none: lines of one customer
    /// at one instant are then one order.
    pub order: Option<Vec<u64>>,
    /// Amount of the line in minor units; what a return gives back is negative.
    pub amount: Vec<Money>,
    /// Whether the line is a return.
    pub is_return: Vec<bool>,
    /// Whether the shop records returns, be there any or not: what is decided by its config.
    pub records_returns: bool,
    /// Pieces; NaN where not given.
    pub quantity: Option<Vec<f32>>,
    /// Discount given, in minor units, not negative.
    pub discount: Option<Vec<Money>>,
    /// What the line cost the shop, in minor units; [`NO_COST`] where not given.
    pub cost: Option<Vec<Money>>,
    /// Code of the product; `NO_CODE` where not given.
    pub product: Option<Vec<u32>>,
    /// Code of the product category; `NO_CODE` where not given.
    pub category: Option<Vec<u32>>,
    /// Code of the sales channel; `NO_CODE` where not given.
    pub channel: Option<Vec<u32>>,
    /// Code of the region; `NO_CODE` where not given.
    pub region: Option<Vec<u32>>,
    /// Columns of custom features over this table.
    pub custom: Vec<CustomColumn>,
}

/// The cost of a line that is not given.
pub const NO_COST: Money = Money(i64::MIN);

/// The code of a text that is not given.
pub const NO_CODE: u32 = u32::MAX;

/// Complaint records; several rows with one customer and one key are one complaint, unless they lie far apart.
#[derive(Debug, Clone, Default)]
pub struct ComplaintColumns {
    /// Whether the shop records complaints, be there any or not.
    pub are_recorded: bool,
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
    /// What the codes of causes mean, by code.
    pub category_names: Vec<String>,
    /// How grave it is, larger is graver; NaN where not given.
    pub severity: Option<Vec<f32>>,
    /// Satisfaction with the handling; NaN where not given.
    pub satisfaction: Option<Vec<f32>>,
    /// What the complaint is about, in minor units.
    pub amount: Option<Vec<Money>>,
    /// What was paid in compensation, in minor units; known with the resolution.
    pub compensation: Option<Vec<Money>>,
    /// Columns of custom features over this table.
    pub custom: Vec<CustomColumn>,
}

/// Facts about customers; several rows of one customer are versions of it.
#[derive(Debug, Clone, Default)]
pub struct CustomerColumns {
    /// Position of the customer in `customer_ids`.
    pub customer: Vec<u32>,
    /// When the customer signed up; [`NEVER`] where not given.
    pub signed_up_at: Option<Vec<Timestamp>>,
    /// Whether the customer asked not to be contacted; `None` where the row does not say.
    pub opted_out: Option<Vec<Option<bool>>>,
    /// From when the version holds, [`ALWAYS`] where not given; `None` if there is one version, which always held.
    pub valid_from: Option<Vec<Timestamp>>,
    /// When the row became known; `None` if a version is known as soon as it holds.
    pub recorded_at: Option<Vec<Timestamp>>,
    /// When the customer was born; [`NEVER`] where not given.
    pub birth_date: Option<Vec<Timestamp>>,
    /// Code of the region in which the customer lives; [`NO_CODE`] where not given.
    pub region: Option<Vec<u32>>,
    /// Code of the channel that brought the customer; [`NO_CODE`] where not given.
    pub acquisition: Option<Vec<u32>>,
    /// By code the place of a region's name among the names; empty where codes stand in the order of names.
    pub region_places: Vec<u32>,
    /// The same of the channels that brought customers.
    pub acquisition_places: Vec<u32>,
    /// Columns of custom features over this table.
    pub custom: Vec<CustomColumn>,
}

/// Answers to surveys.
#[derive(Debug, Clone, Default)]
pub struct SurveyColumns {
    /// Whether the shop records answers, be there any or not.
    pub are_recorded: bool,
    /// Position of the customer in `customer_ids`.
    pub customer: Vec<u32>,
    /// When the answer was given.
    pub answered_at: Vec<Timestamp>,
    /// When the row became known; `None` if answers are known as soon as they are given.
    pub recorded_at: Option<Vec<Timestamp>>,
    /// How likely the customer is to recommend the shop, 0 to 10; NaN where not given.
    pub nps: Option<Vec<f32>>,
    /// How satisfied the customer is, 1 to 5; NaN where not given.
    pub csat: Option<Vec<f32>>,
    /// Columns of custom features over this table.
    pub custom: Vec<CustomColumn>,
}

/// Checks that the columns of each table have equal length and that customers are in range.
///
/// # Errors
/// The first column that does not fit.
pub(super) fn check(tables: &Tables) -> Result<(), LogError> {
    let n_customers = tables.customer_ids.len();
    if u32::try_from(n_customers).is_err() {
        return Err(LogError::TooManyRows { table: "customers", rows: n_customers });
    }
    for (table, customer, columns, custom) in [
        ("purchases", &tables.purchases.customer, tables.purchases.lengths(), &tables.purchases.custom),
        ("complaints", &tables.complaints.customer, tables.complaints.lengths(), &tables.complaints.custom),
        ("customers", &tables.customers.customer, tables.customers.lengths(), &tables.customers.custom),
        ("surveys", &tables.surveys.customer, tables.surveys.lengths(), &tables.surveys.custom),
    ] {
        let rows = customer.len();
        if let Some(column) = custom.iter().find(|column| column.values.len() != rows) {
            let (column, found) = ("features.custom", column.values.len());
            return Err(LogError::UnequalColumns { table, column, found, expected: rows });
        }
        if u32::try_from(rows).is_err() {
            return Err(LogError::TooManyRows { table, rows });
        }
        if let Some((column, found)) = columns.into_iter().find(|(_, found)| *found != rows) {
            return Err(LogError::UnequalColumns { table, column, found, expected: rows });
        }
        if let Some(customer) = customer.iter().copied().find(|customer| *customer as usize >= n_customers) {
            return Err(LogError::UnknownCustomer { table, customer, n_customers });
        }
    }
    Ok(())
}

/// Name and length of each column that is present.
type Lengths = Vec<(&'static str, usize)>;

fn lengths(required: &[(&'static str, usize)], optional: &[(&'static str, Option<usize>)]) -> Lengths {
    let present = optional.iter().filter_map(|(name, length)| length.map(|length| (*name, length)));
    required.iter().copied().chain(present).collect()
}

fn length<T>(column: Option<&Vec<T>>) -> Option<usize> {
    column.map(Vec::len)
}

impl PurchaseColumns {
    fn lengths(&self) -> Lengths {
        lengths(
            &[
                ("purchased_at", self.purchased_at.len()),
                ("amount", self.amount.len()),
                ("is_return", self.is_return.len()),
            ],
            &[
                ("recorded_at", length(self.recorded_at.as_ref())),
                ("order_id", length(self.order.as_ref())),
                ("quantity", length(self.quantity.as_ref())),
                ("discount", length(self.discount.as_ref())),
                ("cost", length(self.cost.as_ref())),
                ("product_id", length(self.product.as_ref())),
                ("category", length(self.category.as_ref())),
                ("channel", length(self.channel.as_ref())),
                ("region", length(self.region.as_ref())),
            ],
        )
    }
}

impl ComplaintColumns {
    fn lengths(&self) -> Lengths {
        lengths(
            &[("complaint_id", self.complaint.len()), ("opened_at", self.opened_at.len())],
            &[
                ("recorded_at", length(self.recorded_at.as_ref())),
                ("first_response_at", length(self.first_response_at.as_ref())),
                ("resolved_at", length(self.resolved_at.as_ref())),
                ("reopened_at", length(self.reopened_at.as_ref())),
                ("order_id", length(self.order.as_ref())),
                ("category", length(self.category.as_ref())),
                ("severity", length(self.severity.as_ref())),
                ("satisfaction", length(self.satisfaction.as_ref())),
                ("amount", length(self.amount.as_ref())),
                ("compensation", length(self.compensation.as_ref())),
            ],
        )
    }
}

impl CustomerColumns {
    fn lengths(&self) -> Lengths {
        lengths(
            &[],
            &[
                ("signed_up_at", length(self.signed_up_at.as_ref())),
                ("opted_out", length(self.opted_out.as_ref())),
                ("valid_from", length(self.valid_from.as_ref())),
                ("recorded_at", length(self.recorded_at.as_ref())),
                ("birth_date", length(self.birth_date.as_ref())),
                ("region", length(self.region.as_ref())),
                ("acquisition_channel", length(self.acquisition.as_ref())),
            ],
        )
    }
}

impl SurveyColumns {
    fn lengths(&self) -> Lengths {
        lengths(
            &[("answered_at", self.answered_at.len())],
            &[
                ("recorded_at", length(self.recorded_at.as_ref())),
                ("nps", length(self.nps.as_ref())),
                ("csat", length(self.csat.as_ref())),
            ],
        )
    }
}
