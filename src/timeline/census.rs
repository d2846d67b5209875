//! The first pass over the shop: gathers, for every cutoff, what [`ShopContext`] tells about the shop as a whole.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;

use super::columns::NEVER;
use super::context::{Levels, Popularity, ShopContext, Trade};
use super::cutoff::Cutoff;
use super::fold::Shard;
use super::ledger::Ledger;
use super::lines::{Lines, is_code};
use crate::units::{Days, Timestamp};

/// How many codes the shop has of each kind.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CodeCounts {
    pub(super) products: usize,
    pub(super) categories: usize,
    pub(super) regions: usize,
    pub(super) acquisitions: usize,
}

/// The context of each cutoff, in the order of the cutoffs, which ascend.
pub(super) fn contexts(shards: &[Shard], codes: CodeCounts, cutoffs: &[Cutoff], horizon: Days) -> Vec<ShopContext> {
    let at: Vec<Timestamp> = cutoffs.iter().map(|cutoff| cutoff.at()).collect();
    let census = Census::new(codes, &at, horizon);
    let trade = shards.par_iter().map_init(Scratch::default, |scratch, shard| census.read(shard, scratch)).reduce(
        || vec![Trade::default(); at.len()],
        |mut sums, other| {
            sums.iter_mut().zip(&other).for_each(|(sum, other)| sum.merge(other));
            sums
        },
    );
    census.finish(&trade)
}

/// Counters that all threads add to; sums of whole numbers do not depend on who adds first.
struct Census<'c> {
    cutoffs: &'c [Timestamp],
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

/// When each thing of one customer was known to be bought for the first and for the second time.
#[derive(Default)]
struct Pairs {
    places: Vec<(u32, u32)>,
    current: u32,
    pairs: Vec<Pair>,
}

#[derive(Clone, Copy)]
struct Pair {
    code: u32,
    /// The order that is being read, and since when it was known to hold the thing.
    order: u64,
    known: Timestamp,
    /// The two smallest of the instants since when earlier orders were.
    earliest: [Timestamp; 2],
}

impl<'c> Census<'c> {
    fn new(codes: CodeCounts, cutoffs: &'c [Timestamp], horizon: Days) -> Self {
        let table = |n_codes| Table::new(n_codes, cutoffs.len());
        let counters = |n_codes| Counters {
            buyers: table(n_codes),
            repeaters: table(n_codes),
            year: [table(n_codes), table(n_codes)],
            season: [table(n_codes), table(n_codes)],
        };
        Self {
            cutoffs,
            horizon: Days(horizon.0.clamp(1, 365)),
            products: counters(codes.products),
            categories: counters(codes.categories),
            regions: table(codes.regions),
            acquisitions: table(codes.acquisitions),
        }
    }

    /// The trade of a shard at each cutoff; everything else goes to the counters.
    fn read(&self, shard: &Shard, scratch: &mut Scratch) -> Vec<Trade> {
        let mut trade = vec![Trade::default(); self.cutoffs.len()];
        for local in 0..shard.n_customers() {
            let lines = shard.lines_of(local);
            let all = scratch.ledger.read(shard.lines(), lines.clone());
            for (position, cutoff) in self.cutoffs.iter().enumerate() {
                let known = match all.known_at(*cutoff) {
                    Some(known) => known,
                    None => scratch.late.orders(shard.lines(), lines.clone(), *cutoff),
                };
                if !known.at.is_empty() {
                    trade[position].add(*cutoff, known.at);
                    let attributes = shard.attributes_at(local, *cutoff);
                    self.regions.count(position, attributes.region);
                    self.acquisitions.count(position, attributes.acquisition);
                }
            }
            let lines = (shard.lines(), lines);
            self.count_things(&self.products, &mut scratch.products, &shard.lines().product, lines.clone());
            self.count_things(&self.categories, &mut scratch.categories, &shard.lines().category, lines);
        }
        trade
    }

    fn count_things(&self, counters: &Counters, pairs: &mut Pairs, codes: &[u32], (lines, range): (&Lines, Range<usize>)) {
        let Some(own) = codes.get(range.clone()).filter(|own| !own.is_empty()) else { return };
        pairs.begin();
        for (line, code) in range.zip(own).filter(|(_, code)| is_code(**code)) {
            let known = lines.known(line);
            pairs.add(*code, lines.order_key(line), known);
            self.count_season(counters, *code, lines.at[line], known);
        }
        for pair in &pairs.pairs {
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

    fn finish(self, trade: &[Trade]) -> Vec<ShopContext> {
        let mut products = self.products.finish(self.horizon);
        let mut categories = self.categories.finish(self.horizon);
        let (mut regions, mut acquisitions) = (self.regions.rows(), self.acquisitions.rows());
        let context = |trade: &Trade| {
            let mut context = ShopContext::of_trade(trade, self.horizon);
            context.products = products.next().unwrap_or_default();
            context.categories = categories.next().unwrap_or_default();
            context.regions = Levels::new(regions.next().unwrap_or_default());
            context.acquisitions = Levels::new(acquisitions.next().unwrap_or_default());
            context
        };
        trade.iter().map(context).collect()
    }
}

impl Counters {
    /// The popularity at each cutoff.
    fn finish(self, horizon: Days) -> impl Iterator<Item = Popularity> {
        let [year, year_left] = self.year.map(Table::running);
        let [season, season_left] = self.season.map(Table::running);
        let windows = year.zip(year_left).zip(season.zip(season_left));
        let in_season = move |((year, year_left), (season, season_left)): ((Vec<u32>, Vec<u32>), (Vec<u32>, Vec<u32>))| {
            let lines = |entered: &[u32], left: &[u32], code: usize| u64::from(entered[code] - left[code]);
            let is_more = |code: usize| {
                let (year, season) = (lines(&year, &year_left, code), lines(&season, &season_left, code));
                // season / horizon >= 1.25 * year / 365, in whole numbers
                season > 0 && season * 365 * 4 >= year * u64::from(horizon.0) * 5
            };
            (0..year.len()).map(is_more).collect::<Vec<bool>>()
        };
        let bought = self.buyers.running().zip(self.repeaters.running());
        bought.zip(windows.map(in_season)).map(|((buyers, repeaters), in_season)| Popularity::new(buyers, repeaters, in_season))
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

    /// At each cutoff the sum of its counts and all earlier ones.
    fn running(self) -> impl Iterator<Item = Vec<u32>> {
        let mut sums = vec![0; self.n_codes];
        self.rows().map(move |row| {
            sums.iter_mut().zip(row).for_each(|(sum, count)| *sum += count);
            sums.clone()
        })
    }
}

impl Pairs {
    fn begin(&mut self) {
        self.current = self.current.wrapping_add(1);
        if self.current == 0 {
            self.places.fill((0, 0));
            self.current = 1;
        }
        self.pairs.clear();
    }

    fn add(&mut self, code: u32, order: u64, known: Timestamp) {
        if code as usize >= self.places.len() {
            self.places.resize(code as usize + 1, (0, 0));
        }
        let place = &mut self.places[code as usize];
        if place.0 != self.current {
            *place = (self.current, u32::try_from(self.pairs.len()).unwrap_or(u32::MAX));
            self.pairs.push(Pair { code, order, known, earliest: [NEVER; 2] });
            return;
        }
        let pair = &mut self.pairs[place.1 as usize];
        if pair.order == order {
            pair.known = pair.known.min(known);
        } else {
            *pair = Pair { code, order, known, earliest: pair.finished() };
        }
    }
}

impl Pair {
    /// The two smallest instants, the order that is being read included.
    fn finished(&self) -> [Timestamp; 2] {
        let [first, second] = self.earliest;
        if self.known < first { [self.known, first] } else { [first, second.min(self.known)] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_order_of_a_thing_counts_from_when_two_orders_are_known() {
        let mut pairs = Pairs::default();
        pairs.begin();
        for (order, known) in [(1, 50), (1, 40), (2, 90), (3, 60)] {
            pairs.add(5, order, Timestamp(known));
        }
        assert_eq!(pairs.pairs[0].finished(), [Timestamp(40), Timestamp(60)]);
        pairs.begin();
        pairs.add(5, 1, Timestamp(7));
        assert_eq!(pairs.pairs[0].finished(), [Timestamp(7), NEVER]);
    }

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
