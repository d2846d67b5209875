//! The feature table of tables in memory: Arrow columns in, Arrow columns out, no files and no globals. This is what an
//! executor of a cluster calls for the customers that it holds.

use polars::prelude::DataFrame;

use crate::config::{Config, Table};
use crate::dataset::{Block, BlockWork};
use crate::error::Failure;
use crate::output::{feature_frame, stacked};
use crate::pipeline::{self, WantedFeatures};
use crate::timeline::{Cutoff, EventLog};
use crate::units::Timestamp;
use crate::validate;

/// What of a feature table is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The cutoffs, ascending.
    pub cutoffs: &'a [Cutoff],
    /// Features or families; all if none is named.
    pub only: &'a [String],
    /// The clock: rows after it are rejected.
    pub now: Timestamp,
}

/// A row for each cutoff and eligible customer, as `retain features` writes it: the mapping, the filters, the checks and the
/// churn rule of the config are applied to the given tables instead of its paths.
///
/// Of the customers of a part of the shop, all features but those that look at the shop as a whole (families `shop`,
/// `attributes` and `value_model`, and a season in `recency` and `season`) are what they are of the whole; those describe
/// the part, and `wanted.only` leaves them out.
///
/// # Errors
/// Data that may not be used, or a feature that the shop does not have.
pub fn features(config: &Config, tables: &[(Table, DataFrame)], wanted: Wanted<'_>) -> Result<DataFrame, Failure> {
    let loaded = validate::load_frames(config, wanted.now, tables)?.accepted()?;
    let log = EventLog::build(loaded.tables, &config.timezone)?.naming_categories(loaded.dictionaries.categories);
    let schema = pipeline::feature_schema(config, &log, wanted.only)?;
    let contexts = pipeline::feature_census(config, &log, &schema, wanted.cutoffs)?.contexts(wanted.cutoffs);
    let mut frames = Vec::new();
    let untimed = |work: &mut dyn FnMut()| work();
    let pack = |block: &Block| feature_frame(block, (&schema, wanted.cutoffs, log.customer_ids()));
    let keep = |frame: DataFrame| {
        frames.push(frame);
        Ok(())
    };
    let features = WantedFeatures { schema: &schema, cutoffs: wanted.cutoffs, contexts: &contexts };
    pipeline::feature_table(config, &log, features, &BlockWork { around: untimed, pack }, keep)?;
    stacked(frames)
}
