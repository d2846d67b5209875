//! The features of everyone eligible at some days, as a table.

use super::frame::Frame;
use super::observer::Observer;
use crate::config::Config;
use crate::error::Failure;
use crate::features::FeatureSchema;
use crate::table::{Column, Table};
use crate::timeline::{Cutoff, EventLog};

/// A row for each day and eligible customer: the day, the customer, every feature; a missing value stays missing.
///
/// # Errors
/// Whatever the feature room could not do.
pub fn feature_table(
    config: &Config,
    log: &EventLog,
    cutoffs: &[Cutoff],
    observer: &dyn Observer,
) -> Result<Table, Failure> {
    let frame = Frame::new(config, log);
    observer.begin("features", 1);
    let dataset = frame.dataset(log, FeatureSchema::for_inputs(log.available()), cutoffs)?;
    let day = |idx: &u16| Some(dataset.cutoffs[usize::from(*idx)].date());
    let id = |customer: &u32| log.customer_ids()[*customer as usize].clone();
    let mut columns = vec![
        ("cutoff".to_owned(), Column::OptionalDate(dataset.cutoff_idx.iter().map(day).collect())),
        ("customer_id".to_owned(), Column::Text(dataset.customers.iter().map(id).collect())),
    ];
    for (name, values) in dataset.schema.names().zip(dataset.features.columns()) {
        let values = values.iter().map(|value| Some(*value).filter(|value| !value.is_nan()));
        columns.push((name.to_owned(), Column::OptionalNumber(values.collect())));
    }
    Ok(Table::new("features", columns))
}
