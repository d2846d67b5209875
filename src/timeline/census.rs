//! The first pass over the shop: gathers, for every cutoff, what [`ShopContext`] tells about the shop as a whole.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;

use super::buyers::{Sample, hash_of};
use super::columns::NEVER;
use super::context::{ContextNeeds, Levels, Popularity, ShopContext, Trade};
use super::cutoff::Cutoff;
use super::fold::Shard;
use super::ledger::Ledger;
use super::lines::{Lines, is_code};
use super::pairs::Pairs;
use crate::clv::PurchaseModel;
use crate::units::{Days, Timestamp};

/// How many codes the shop has of each kind.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CodeCounts {
    pub(super) products: usize,
    pub(super) categories: usize,
    pub(super) regions: usize,
    pub(super) acquisitions: usize,
}

/// What contexts are asked for, and of whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) needs: ContextNeeds,
    pub(super) horizon: Days,
    pub(super) customer_ids: &'a [String],
}

/// The context of each cutoff, in the order of the cutoffs, which ascend.
pub(super) fn contexts(shards: &[Shard], codes: CodeCounts, cutoffs: &[Cutoff], asked: Asked<'_>) -> Vec<ShopContext> {
    let at: Vec<Timestamp> = cutoffs.iter().map(|cutoff| cutoff.at()).collect();
    let codes = if asked.needs.shop { codes } else { CodeCounts::default() };
    let census = Census::new(codes, &at, asked);
    let nobody = || vec![Seen::default(); at.len()];
    let seen = shards.par_iter().map_init(Scratch::default, |scratch, shard| census.read(shard, scratch)).reduce(
        nobody,
        |mut sums, other| {
            sums.iter_mut().zip(&other).for_each(|(sum, other)| sum.merge(other));
            sums
        },
    );
    census.finish(seen)
}

/// What was seen at one cutoff, beside what the counters hold.
#[derive(Debug, Clone, Default)]
struct Seen {
    trade: Trade,
    sample: Sample,
}

impl Seen {
    fn merge(&mut self, other: &Self) {
        self.trade.merge(&other.trade);
        self.sample.merge(&other.sample);
    }
}

/// Counters that all threads add to; sums of whole numbers do not depend on who adds first.
struct Census<'c> {
    cutoffs: &'c [Timestamp],
    needs: ContextNeeds,
    customer_ids: &'c [String],
    horizon: Days,
    products: Counters,
    categories: Counters,
    regions: Table,
    acquisitions: Table,
}

/// One counter for each cutoff and code, cutoff after cutoff.
struct Table {
    n_codes: usize,
    cells: Vec<AtomicU32>,
}

/// Counters of one kind of thing; each cell counts what becomes true at its cutoff and stays so.
struct Counters {
    buyers: Table,
    repeaters: Table,
    /// Lines of the past year, and of the coming season a year ago: entering the window, then leaving it.
    year: [Table; 2],
    season: [Table; 2],
}

/// Memory of one thread.
#[derive(Default)]
struct Scratch {
    ledger: Ledger,
    late: super::fold::Late,
    products: Pairs,
    categories: Pairs,
}

impl<'c> Census<'c> {
    fn new(codes: CodeCounts, cutoffs: &'c [Timestamp], asked: Asked<'c>) -> Self {
        let table = |n_codes| Table::new(n_codes, cutoffs.len());
        let counters = |n_codes| Counters {
            buyers: table(n_codes),
            repeaters: table(n_codes),
            year: [table(n_codes), table(n_codes)],
            season: [table(n_codes), table(n_codes)],
        };
        Self {
            cutoffs,
            needs: asked.needs,
            customer_ids: asked.customer_ids,
            horizon: Days(asked.horizon.0.clamp(1, 365)),
            products: counters(codes.products),
            categories: counters(codes.categories),
            regions: table(codes.regions),
            acquisitions: table(codes.acquisitions),
        }
    }

    /// Trade and buyers of a shard at each cutoff; everything else goes to the counters.
    fn read(&self, shard: &Shard, scratch: &mut Scratch) -> Vec<Seen> {
        let mut seen = vec![Seen::default(); self.cutoffs.len()];
        for (local, customer) in shard.customers().clone().enumerate() {
            let hash = self.needs.purchase_model.then(|| self.customer_ids.get(customer)).flatten();
            let hash = hash.map(|id| hash_of(id));
            let lines = shard.lines_of(local);
            let all = scratch.ledger.read(shard.lines(), lines.clone());
            for (position, cutoff) in self.cutoffs.iter().enumerate() {
                let known = match all.known_at(*cutoff) {
                    Some(known) => known,
                    None => scratch.late.orders(shard.lines(), lines.clone(), *cutoff),
                };
                let seen = &mut seen[position];
                if let Some(hash) = hash {
                    seen.sample.add(hash, known.at);
                }
                if self.needs.shop && !known.at.is_empty() {
                    seen.trade.add(*cutoff, known.at);
                    let attributes = shard.attributes_at(local, *cutoff);
                    self.regions.count(position, attributes.region);
                    self.acquisitions.count(position, attributes.acquisition);
                }
            }
            if !self.needs.shop {
                continue;
            }
            let lines = (shard.lines(), lines);
            self.count_things(&self.products, &mut scratch.products, &shard.lines().product, lines.clone());
            self.count_things(&self.categories, &mut scratch.categories, &shard.lines().category, lines);
        }
        seen
    }

    fn count_things(
        &self,
        counters: &Counters,
        pairs: &mut Pairs,
        codes: &[u32],
        (lines, range): (&Lines, Range<usize>),
    ) {
        let Some(own) = codes.get(range.clone()).filter(|own| !own.is_empty()) else { return };
        pairs.begin();
        for (line, code) in range.zip(own).filter(|(_, code)| is_code(**code)) {
            let known = lines.known(line);
            pairs.add(*code, lines.order_key(line), known);
            self.count_season(counters, *code, lines.at[line], known);
        }
        for pair in pairs.all() {
            let [first, second] = pair.finished();
            counters.buyers.count(self.first_after(first), Some(pair.code));
            counters.repeaters.count(self.first_after(second), Some(pair.code));
        }
    }

    /// A line enters the windows of a cutoff once it is old enough and known, and leaves them when it is too old.
    fn count_season(&self, counters: &Counters, code: u32, at: Timestamp, known: Timestamp) {
        let year_old = at.plus(Days(365));
        let leaves = self.first_after(year_old);
        let span = |windows: &[Table; 2], enters: usize| {
            if enters < leaves {
                windows[0].count(enters, Some(code));
                windows[1].count(leaves, Some(code));
            }
        };
        let enters = self.first_after(known);
        span(&counters.year, enters);
        span(&counters.season, enters.max(self.first_after(year_old.minus(self.horizon))));
    }

    /// Position of the first cutoff after an instant.
    fn first_after(&self, instant: Timestamp) -> usize {
        if instant == NEVER { self.cutoffs.len() } else { self.cutoffs.partition_point(|cutoff| *cutoff <= instant) }
    }

    fn finish(self, seen: Vec<Seen>) -> Vec<ShopContext> {
        let (trade, samples): (Vec<Trade>, Vec<Sample>) =
            seen.into_iter().map(|seen| (seen.trade, seen.sample)).unzip();
        let models = samples.into_par_iter().zip(self.cutoffs).map(|(sample, cutoff)| sample.model(*cutoff));
        let models: Vec<_> = models.collect();
        let mut products = self.products.finish(self.horizon);
        let mut categories = self.categories.finish(self.horizon);
        let (mut regions, mut acquisitions) = (self.regions.rows(), self.acquisitions.rows());
        let context = |(trade, model): (&Trade, Option<PurchaseModel>)| {
            let mut context = ShopContext::of_trade(trade, self.horizon);
            context.products = products.next().unwrap_or_default();
            context.categories = categories.next().unwrap_or_default();
            context.regions = Levels::new(regions.next().unwrap_or_default());
            context.acquisitions = Levels::new(acquisitions.next().unwrap_or_default());
            context.purchases = model;
            context
        };
        trade.iter().zip(models).map(context).collect()
    }
}

impl Counters {
    /// The popularity at each cutoff.
    fn finish(self, horizon: Days) -> impl Iterator<Item = Popularity> {
        let windows = Table::inside(self.year).zip(Table::inside(self.season));
        let in_season = move |(year, season): (Vec<u32>, Vec<u32>)| -> Vec<bool> {
            // season / horizon >= 1.25 * year / 365, in whole numbers
            let is_more = |(year, season): (&u32, &u32)| {
                *season > 0 && u64::from(*season) * 365 * 4 >= u64::from(*year) * u64::from(horizon.0) * 5
            };
            year.iter().zip(&season).map(is_more).collect()
        };
        let bought = self.buyers.running().zip(self.repeaters.running());
        bought
            .zip(windows.map(in_season))
            .map(|((buyers, repeaters), in_season)| Popularity::new(buyers, repeaters, in_season))
    }
}

impl Table {
    fn new(n_codes: usize, n_cutoffs: usize) -> Self {
        let mut cells = Vec::new();
        cells.resize_with(n_codes * n_cutoffs, AtomicU32::default);
        Self { n_codes, cells }
    }

    /// Counts one at a cutoff; nothing behind the last cutoff.
    fn count(&self, cutoff: usize, code: Option<u32>) {
        let cell = code.and_then(|code| self.cells.get(cutoff * self.n_codes + code as usize));
        if let Some(cell) = cell {
            cell.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The counts of each cutoff.
    fn rows(self) -> impl Iterator<Item = Vec<u32>> {
        let n_codes = self.n_codes;
        let mut cells = self.cells.into_iter().map(AtomicU32::into_inner);
        std::iter::from_fn(move || Some(cells.by_ref().take(n_codes).collect()))
    }

    /// At each cutoff what has entered a window and not left it.
    fn inside([entered, left]: [Self; 2]) -> impl Iterator<Item = Vec<u32>> {
        let rows = entered.running().zip(left.running());
        rows.map(|(entered, left)| entered.iter().zip(left).map(|(entered, left)| entered - left).collect())
    }

    /// At each cutoff the sum of its counts and all earlier ones.
    fn running(self) -> impl Iterator<Item = Vec<u32>> {
        let mut sums = vec![0; self.n_codes];
        self.rows().map(move |row| {
            sums.iter_mut().zip(row).for_each(|(sum, count)| *sum += count);
            sums.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_run_along_the_cutoffs() {
        let table = Table::new(2, 3);
        table.count(0, Some(1));
        table.count(2, Some(1));
        table.count(3, Some(1));
        table.count(1, None);
        assert_eq!(table.running().take(3).collect::<Vec<_>>(), [[0, 1], [0, 1], [0, 2]]);
    }
}
