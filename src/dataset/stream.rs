//! Rows block by block, for tables larger than memory.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::DatasetError;
use super::rows::numbers;
use super::settings::{DatasetSettings, MAX_CUTOFFS};
use crate::features::{FeatureColumns, FeatureSchema};
use crate::label::RuleWindow;
use crate::timeline::{Cutoff, EventLog, Place, ScanScratch, ScanSettings, Shard, ShopCensus, ShopContext};

/// Shards computed while those before them are taken.
const SHARDS_AT_ONCE: usize = 4;

/// Rows of a block: few enough that a column of it stays in a core's cache from the fold to the file.
const ROWS_PER_BLOCK: usize = 8_192;

/// Rows that are computed before they are put into columns, so that each column gets a cache line at a time.
const ROWS_PER_TILE: usize = 16;

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

impl Block {
    /// Bytes of the features.
    #[must_use]
    pub fn n_bytes(&self) -> u64 {
        self.features.iter().map(|column| size_of_val(column.as_slice()) as u64).sum()
    }
}

/// What the columns of a schema need to know of the shop as a whole, counted over the customers of a log.
///
/// # Errors
/// A feature that this version or the log does not know, or more cutoffs than rows can number.
pub fn census(
    log: &EventLog,
    schema: &FeatureSchema,
    cutoffs: &[Cutoff],
    settings: &DatasetSettings,
) -> Result<ShopCensus, DatasetError> {
    check(cutoffs)?;
    Ok(log.census(cutoffs, settings.rule.season(), schema.columns_of(log)?.context_needs()))
}

/// Which rows and columns are streamed.
#[derive(Clone, Copy)]
pub struct StreamPlan<'a> {
    /// The columns.
    pub schema: &'a FeatureSchema,
    /// In ascending order.
    pub cutoffs: &'a [Cutoff],
    /// The shop's rules.
    pub settings: &'a DatasetSettings,
    /// Those of the [`census`], one for each cutoff.
    pub contexts: &'a [ShopContext],
}

/// What is done with each block.
#[derive(Clone, Copy)]
pub struct BlockWork<A, P> {
    /// Runs a piece of work once, and may time it.
    pub around: A,
    /// Makes of a block what is kept of it.
    pub pack: P,
}

/// Folds the log block by block: `pack` makes of each what is kept of it, in parallel, and `take` gets that in the order
/// of customers, while the next is made.
/// Each piece of the folding, `pack` included, runs inside `around`.
///
/// # Errors
/// A feature that this version or the log does not know, too many cutoffs, or the first error of `pack` or `take`.
pub fn stream<T, E, A, P>(
    log: &EventLog,
    plan: &StreamPlan<'_>,
    BlockWork { around, pack }: &BlockWork<A, P>,
    mut take: impl FnMut(T) -> Result<(), E> + Send,
) -> Result<(), E>
where
    T: Send,
    E: From<DatasetError> + Send,
    A: Fn(&mut dyn FnMut()) + Sync,
    P: Fn(&Block) -> Result<T, E> + Sync,
{
    let StreamPlan { schema, cutoffs, settings, contexts } = *plan;
    check(cutoffs)?;
    let columns = schema.columns_of(log).map_err(DatasetError::from)?;
    let windows = settings.rule.windows(cutoffs, &settings.zone);
    let fold = settings.fold(cutoffs, contexts);
    let mut take_all = |packed: Vec<Vec<T>>| packed.into_iter().flatten().try_for_each(&mut take);
    let mut ready: Vec<Vec<T>> = Vec::new();
    let spare = Spare::default();
    for shards in log.shards().chunks(SHARDS_AT_ONCE) {
        let now = std::mem::take(&mut ready);
        let make = |shard: &Shard| {
            let (mut scratch, mut tiles) =
                spare.take().unwrap_or_else(|| (ScanScratch::default(), Tiles::new(columns.len())));
            let mut made = Ok(Vec::new());
            around(&mut || made = packed(shard, &fold, (&mut scratch, &mut tiles), (&windows, &columns), pack));
            spare.put((scratch, tiles));
            made
        };
        let (taken, next) =
            rayon::join(|| take_all(now), || shards.par_iter().map(make).collect::<Result<Vec<_>, E>>());
        taken?;
        ready = next?;
    }
    take_all(ready)
}

/// Refuses more cutoffs than rows can number.
pub(super) fn check(cutoffs: &[Cutoff]) -> Result<(), DatasetError> {
    if cutoffs.len() > MAX_CUTOFFS {
        return Err(DatasetError::TooManyCutoffs { n_cutoffs: cutoffs.len() });
    }
    Ok(())
}

/// What `pack` makes of the rows of a shard.
fn packed<T, E>(
    shard: &Shard,
    fold: &ScanSettings<'_>,
    (scratch, tiles): (&mut ScanScratch, &mut Tiles),
    (windows, columns): (&[RuleWindow], &FeatureColumns<'_>),
    pack: impl Fn(&Block) -> Result<T, E>,
) -> Result<Vec<T>, E> {
    let eligible = |at: Place, presence| windows[at.cutoff].is_eligible(presence);
    let mut packed = Vec::new();
    let mut outcome = Ok(());
    let mut pack_up = |tiles: &mut Tiles| {
        let block = tiles.block();
        if outcome.is_ok() && !block.customers.is_empty() {
            outcome = pack(block).map(|rows| packed.push(rows));
        }
        tiles.clear();
    };
    tiles.clear();
    shard.fold(fold, scratch, eligible, |place, history, _| {
        columns.compute(history, tiles.row(place));
        if tiles.are_full() {
            pack_up(tiles);
        }
    });
    pack_up(tiles);
    outcome.map(|()| packed)
}

/// Memory that threads hand on from shard to shard, so that the system need not clear new pages for each.
#[derive(Default)]
struct Spare(Mutex<Vec<(ScanScratch, Tiles)>>);

impl Spare {
    fn take(&self) -> Option<(ScanScratch, Tiles)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn put(&self, memory: (ScanScratch, Tiles)) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
    }
}

/// A block under construction, the last rows of which are not yet in columns.
struct Tiles {
    block: Block,
    /// Rows of `n_features` values.
    tile: Vec<f64>,
    n_features: usize,
    in_columns: usize,
}

impl Tiles {
    fn new(n_features: usize) -> Self {
        let block = Block { features: vec![Vec::with_capacity(ROWS_PER_BLOCK); n_features], ..Block::default() };
        Self { block, tile: vec![0.0; n_features * ROWS_PER_TILE], n_features, in_columns: 0 }
    }

    /// A row to be filled.
    fn row(&mut self, place: Place) -> &mut [f64] {
        if self.in_tile() == ROWS_PER_TILE {
            self.put_into_columns();
        }
        let start = self.in_tile() * self.n_features;
        let (customer, cutoff) = numbers(place);
        self.block.customers.push(customer);
        self.block.cutoff_idx.push(cutoff);
        &mut self.tile[start..start + self.n_features]
    }

    fn in_tile(&self) -> usize {
        self.block.customers.len() - self.in_columns
    }

    fn are_full(&self) -> bool {
        self.block.customers.len() == ROWS_PER_BLOCK
    }

    fn put_into_columns(&mut self) {
        let n_rows = self.in_tile();
        for (position, column) in self.block.features.iter_mut().enumerate() {
            let value = |row: usize| self.tile[row * self.n_features + position];
            if n_rows == ROWS_PER_TILE {
                column.extend_from_slice(&std::array::from_fn::<f64, ROWS_PER_TILE, _>(value));
            } else {
                column.extend((0..n_rows).map(value));
            }
        }
        self.in_columns = self.block.customers.len();
    }

    /// All rows, in columns.
    fn block(&mut self) -> &Block {
        if self.in_tile() > 0 {
            self.put_into_columns();
        }
        &self.block
    }

    fn clear(&mut self) {
        self.block.customers.clear();
        self.block.cutoff_idx.clear();
        self.block.features.iter_mut().for_each(Vec::clear);
        self.in_columns = 0;
    }
}
