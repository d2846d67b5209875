//! The features of everyone eligible at some days, as a table.

use super::frame::Frame;
use super::observer::Observer;
use crate::config::Config;
use crate::dataset::{Block, stream};
use crate::error::Failure;
use crate::features::FeatureSchema;
use crate::table::{Column, Table};
use crate::timeline::{Cutoff, EventLog};

/// A row for each day and eligible customer: the day, the customer, every feature that is wanted (all if none is named);
/// a missing value stays missing. The
/// rows come in tables of some customers each, in the order of customers, so that they need never be in memory together.
///
/// # Errors
/// Whatever the feature room or `emit` could not do.
pub fn feature_table(
    config: &Config,
    log: &EventLog,
    (cutoffs, wanted): (&[Cutoff], &[String]),
    observer: &dyn Observer,
    mut emit: impl FnMut(Table) -> Result<(), Failure> + Send,
) -> Result<(), Failure> {
    let frame = Frame::new(config, log);
    let schema = Frame::schema(config, log)?.restricted(wanted)?;
    let mut cutoffs = cutoffs.to_vec();
    cutoffs.sort_unstable();
    cutoffs.dedup();
    observer.begin("features", 1);
    stream(log, &schema, (&cutoffs, &frame.settings), |block| emit(table(block, log, &schema, &cutoffs)))
}

fn table(block: Block, log: &EventLog, schema: &FeatureSchema, cutoffs: &[Cutoff]) -> Table {
    let day = |idx: &u16| cutoffs.get(usize::from(*idx)).map(|cutoff| cutoff.date());
    let mut columns = vec![
        ("cutoff".to_owned(), Column::OptionalDate(block.cutoff_idx.iter().map(day).collect())),
        ("customer_id".to_owned(), Column::Coded(block.customers, log.shared_customer_ids())),
    ];
    let features = schema.names().map(str::to_owned).zip(block.features.into_iter().map(Column::NumberOrNan));
    columns.extend(features);
    Table::new("features", columns)
}
