//! The features of everyone eligible at some days, as a table.

use super::frame::Frame;
use crate::config::Config;
use crate::dataset::{Block, BlockWork, StreamPlan, census, stream};
use crate::error::Failure;
use crate::features::FeatureSchema;
use crate::timeline::{Cutoff, EventLog, ShopCensus, ShopContext};

/// The columns of a feature table: every feature that is wanted, all if none is named.
///
/// # Errors
/// A feature that the shop does not have.
pub fn feature_schema(config: &Config, log: &EventLog, wanted: &[String]) -> Result<FeatureSchema, Failure> {
    Ok(Frame::schema(config, log)?.restricted(wanted)?)
}

/// What those columns need to know of the shop as a whole, counted over the customers of a log. `cutoffs` ascend.
///
/// # Errors
/// Whatever the feature room could not do.
pub fn feature_census(
    config: &Config,
    log: &EventLog,
    schema: &FeatureSchema,
    cutoffs: &[Cutoff],
) -> Result<ShopCensus, Failure> {
    Ok(census(log, schema, cutoffs, &Frame::new(config, log).settings)?)
}

/// Which features are wanted, and when.
#[derive(Clone, Copy)]
pub struct WantedFeatures<'a> {
    /// The columns.
    pub schema: &'a FeatureSchema,
    /// In ascending order.
    pub cutoffs: &'a [Cutoff],
    /// What the shop as a whole does at each.
    pub contexts: &'a [ShopContext],
}

/// A row for each day and eligible customer: the day, the customer, every feature of the schema; a missing value stays
/// missing. The rows come in blocks of some customers each, of which the `pack` of `work` makes what is handed to `emit`, in the order
/// of customers, so that they need never be in memory together.
///
/// # Errors
/// Whatever the feature room, `pack` or `emit` could not do.
pub fn feature_table<T, A, P>(
    config: &Config,
    log: &EventLog,
    WantedFeatures { schema, cutoffs, contexts }: WantedFeatures<'_>,
    work: &BlockWork<A, P>,
    emit: impl FnMut(T) -> Result<(), Failure> + Send,
) -> Result<(), Failure>
where
    T: Send,
    A: Fn(&mut dyn FnMut()) + Sync,
    P: Fn(&Block) -> Result<T, Failure> + Sync,
{
    let frame = Frame::new(config, log);
    stream(log, &StreamPlan { schema, cutoffs, settings: &frame.settings, contexts }, work, emit)
}
