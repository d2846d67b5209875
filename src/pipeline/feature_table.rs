//! The features of everyone eligible at some days, as a table.

use super::frame::Frame;
use crate::config::Config;
use crate::dataset::{Block, census, stream};
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
    (schema, cutoffs): (&FeatureSchema, &[Cutoff]),
) -> Result<ShopCensus, Failure> {
    Ok(census(log, schema, (cutoffs, &Frame::new(config, log).settings))?)
}

/// A row for each day and eligible customer: the day, the customer, every feature of the schema; a missing value stays
/// missing. The rows come in blocks of some customers each, of which `pack` makes what is handed to `emit`, in the order
/// of customers, so that they need never be in memory together. `cutoffs` ascend; `contexts` tell of the shop at each.
/// Folding and `pack` run inside `around`, which may time them.
///
/// # Errors
/// Whatever the feature room, `pack` or `emit` could not do.
pub fn feature_table<T: Send>(
    config: &Config,
    log: &EventLog,
    (schema, cutoffs, contexts): (&FeatureSchema, &[Cutoff], &[ShopContext]),
    (around, pack): (impl Fn(&mut dyn FnMut()) + Sync, impl Fn(&Block) -> Result<T, Failure> + Sync),
    emit: impl FnMut(T) -> Result<(), Failure> + Send,
) -> Result<(), Failure> {
    let frame = Frame::new(config, log);
    stream(log, schema, (cutoffs, &frame.settings, contexts), (around, pack), emit)
}
