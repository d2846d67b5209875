//! The tables of a shop as feeds: when each row happened and became known, and what each of its columns holds.

use crate::timeline::columns::{
    ComplaintColumns, CustomerColumns, NEVER, NO_CODE, NO_COST, PurchaseColumns, SurveyColumns, Tables,
};
use crate::units::{Money, Timestamp};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number with a unit, such as an amount: its size is watched.
    Sized,
    /// A code of a text: new ones are watched.
    Levels,
    /// Something else: only whether it is there.
    Other,
}

/// The value of a row; `None` where there is none.
type Read<'t> = Box<dyn Fn(usize) -> Option<f64> + Sync + 't>;

/// A column of a feed.
pub(super) struct Column<'t> {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Filled long after the row came, such as the day of a resolution: late rows are not comparable with early ones.
    pub(super) is_late: bool,
    pub(super) value: Read<'t>,
}

/// A table as it is delivered.
pub(super) struct FeedTable<'t> {
    pub(super) name: &'static str,
    pub(super) n_rows: usize,
    /// When rows happened; `None` for facts that hold until they are replaced.
    pub(super) at: Option<&'t [Timestamp]>,
    pub(super) recorded_at: Option<&'t [Timestamp]>,
    pub(super) columns: Vec<Column<'t>>,
}

/// The feeds that a shop has.
pub(super) fn feeds(tables: &Tables) -> Vec<FeedTable<'_>> {
    let mut feeds = vec![purchases(&tables.purchases)];
    feeds.extend(tables.complaints.are_recorded.then(|| complaints(&tables.complaints)));
    feeds.extend(tables.surveys.are_recorded.then(|| surveys(&tables.surveys)));
    feeds.extend((!tables.customers.customer.is_empty()).then(|| customers(&tables.customers)));
    feeds
}

fn purchases(table: &PurchaseColumns) -> FeedTable<'_> {
    let mut columns = vec![money("amount", &table.amount)];
    columns.extend(table.order.as_ref().map(|keys| keyed("order_id", keys)));
    columns.extend(table.quantity.as_ref().map(|values| numbers("quantity", values)));
    columns.extend(table.discount.as_ref().map(|values| money("discount", values)));
    columns.extend(table.cost.as_ref().map(|values| money("cost", values)));
    let codes = [
        ("product_id", &table.product),
        ("category", &table.category),
        ("channel", &table.channel),
        ("region", &table.region),
    ];
    columns.extend(codes.into_iter().filter_map(|(name, codes)| Some(levels(name, codes.as_ref()?))));
    FeedTable {
        name: "purchases",
        n_rows: table.customer.len(),
        at: Some(&table.purchased_at),
        recorded_at: table.recorded_at.as_deref(),
        columns,
    }
}

fn complaints(table: &ComplaintColumns) -> FeedTable<'_> {
    let mut columns: Vec<Column<'_>> = Vec::new();
    columns.extend(table.order.as_ref().map(|keys| keyed("order_id", keys)));
    columns.extend(table.category.as_ref().map(|codes| levels("category", codes)));
    columns.extend(table.severity.as_ref().map(|values| numbers("severity", values)));
    columns.extend(table.amount.as_ref().map(|values| money("amount", values)));
    let times = [
        ("first_response_at", &table.first_response_at),
        ("resolved_at", &table.resolved_at),
        ("reopened_at", &table.reopened_at),
    ];
    columns.extend(times.into_iter().filter_map(|(name, times)| Some(late(instants(name, times.as_ref()?)))));
    columns.extend(table.satisfaction.as_ref().map(|values| late(numbers("satisfaction", values))));
    columns.extend(table.compensation.as_ref().map(|values| late(money("compensation", values))));
    FeedTable {
        name: "complaints",
        n_rows: table.customer.len(),
        at: Some(&table.opened_at),
        recorded_at: table.recorded_at.as_deref(),
        columns,
    }
}

fn surveys(table: &SurveyColumns) -> FeedTable<'_> {
    let scores = [("nps", &table.nps), ("csat", &table.csat)];
    let columns = scores.into_iter().filter_map(|(name, values)| Some(numbers(name, values.as_ref()?)));
    FeedTable {
        name: "surveys",
        n_rows: table.customer.len(),
        at: Some(&table.answered_at),
        recorded_at: table.recorded_at.as_deref(),
        columns: columns.collect(),
    }
}

fn customers(table: &CustomerColumns) -> FeedTable<'_> {
    let mut columns: Vec<Column<'_>> = Vec::new();
    columns.extend(table.signed_up_at.as_ref().map(|times| instants("signed_up_at", times)));
    columns.extend(table.opted_out.as_ref().map(|flags| {
        let value = move |row: usize| flags.get(row).copied().flatten().map(|flag| f64::from(u8::from(flag)));
        Column { name: "opted_out".to_owned(), kind: Kind::Other, is_late: false, value: Box::new(value) }
    }));
    columns.extend(table.birth_date.as_ref().map(|times| instants("birth_date", times)));
    columns.extend(table.region.as_ref().map(|codes| levels("region", codes)));
    columns.extend(table.acquisition.as_ref().map(|codes| levels("acquisition_channel", codes)));
    let (n_rows, recorded_at) = (table.customer.len(), table.recorded_at.as_deref());
    FeedTable { name: "customers", n_rows, at: None, recorded_at, columns }
}

fn column<'t>(name: &str, kind: Kind, value: impl Fn(usize) -> Option<f64> + Sync + 't) -> Column<'t> {
    Column { name: name.to_owned(), kind, is_late: false, value: Box::new(value) }
}

fn late(column: Column<'_>) -> Column<'_> {
    Column { is_late: true, ..column }
}

fn money<'t>(name: &str, values: &'t [Money]) -> Column<'t> {
    let value = move |row: usize| values.get(row).filter(|value| **value != NO_COST).map(|value| value.0 as f64);
    column(name, Kind::Sized, value)
}

fn numbers<'t>(name: &str, values: &'t [f32]) -> Column<'t> {
    let value = move |row: usize| values.get(row).filter(|value| !value.is_nan()).map(|value| f64::from(*value));
    column(name, Kind::Sized, value)
}

fn levels<'t>(name: &str, codes: &'t [u32]) -> Column<'t> {
    let value = move |row: usize| codes.get(row).filter(|code| **code != NO_CODE).map(|code| f64::from(*code));
    column(name, Kind::Levels, value)
}

fn keyed<'t>(name: &str, keys: &'t [u64]) -> Column<'t> {
    column(name, Kind::Other, move |row| keys.get(row).filter(|key| **key != 0).map(|key| *key as f64))
}

fn instants<'t>(name: &str, times: &'t [Timestamp]) -> Column<'t> {
    column(name, Kind::Other, move |row| times.get(row).filter(|at| **at != NEVER).map(|at| at.0 as f64))
}
