//! Rows block by block, for tables larger than memory.

use rayon::prelude::*;

use super::DatasetSettings;
use crate::features::{FeatureSchema, Kernel, SchemaError};
use crate::label::RuleWindow;
use crate::timeline::{Cutoff, EventLog, FoldScratch, FoldSettings, Place, Shard};

/// Shards computed while the block before them is written.
const SHARDS_PER_BLOCK: usize = 4;

/// Rows of some customers, customers ascending, then cutoffs ascending, in columns.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// Number of the customer of each row.
    pub customers: Vec<u32>,
    /// Position of the cutoff of each row.
    pub cutoff_idx: Vec<u16>,
    /// One column for each feature; NaN where it is missing.
    pub features: Vec<Vec<f64>>,
}

/// Folds the log block by block and hands each to `take`, while the next is made. Blocks come in the order of customers.
/// `cutoffs` are in ascending order.
///
/// # Errors
/// A feature that this version or the log does not know, or the first error of `take`.
pub fn stream<E>(
    log: &EventLog,
    schema: &FeatureSchema,
    (cutoffs, settings): (&[Cutoff], &DatasetSettings),
    mut take: impl FnMut(Block) -> Result<(), E> + Send,
) -> Result<(), E>
where
    E: From<SchemaError> + Send,
{
    let kernel = schema.kernel(log)?;
    let windows = settings.rule.windows(cutoffs, &settings.zone);
    // A first pass over the shop, for those features alone that look beyond the customer.
    let contexts = log.contexts(cutoffs, settings.rule.horizon, kernel.context_needs());
    let fold = settings.fold(cutoffs, &contexts);
    let mut ready: Option<Block> = None;
    for shards in log.shards().chunks(SHARDS_PER_BLOCK) {
        let (taken, next) = rayon::join(
            || ready.take().map_or(Ok(()), &mut take),
            || {
                let of_shard =
                    |scratch: &mut FoldScratch, shard: &Shard| fill(shard, &fold, scratch, (&windows, &kernel));
                let parts: Vec<Block> = shards.par_iter().map_init(FoldScratch::default, of_shard).collect();
                joined(parts, kernel.len())
            },
        );
        taken?;
        ready = Some(next);
    }
    ready.map_or(Ok(()), take)
}

fn fill(
    shard: &Shard,
    fold: &FoldSettings<'_>,
    scratch: &mut FoldScratch,
    (windows, kernel): (&[RuleWindow], &Kernel<'_>),
) -> Block {
    let eligible = |at: Place, presence| windows[at.cutoff].is_eligible(presence);
    let mut block = Block { features: vec![Vec::new(); kernel.len()], ..Block::default() };
    let mut row = vec![0.0; kernel.len()];
    shard.fold(fold, scratch, eligible, |place, history, _| {
        block.customers.push(u32::try_from(place.customer).unwrap_or(u32::MAX));
        block.cutoff_idx.push(u16::try_from(place.cutoff).unwrap_or(u16::MAX));
        kernel.compute(history, &mut row);
        block.features.iter_mut().zip(&row).for_each(|(column, value)| column.push(*value));
    });
    block
}

fn joined(parts: Vec<Block>, n_features: usize) -> Block {
    let mut parts = parts.into_iter();
    let mut block = parts.next().unwrap_or_default();
    block.features.resize(n_features, Vec::new());
    for part in parts {
        block.customers.extend(part.customers);
        block.cutoff_idx.extend(part.cutoff_idx);
        block.features.iter_mut().zip(part.features).for_each(|(column, values)| column.extend(values));
    }
    block
}
