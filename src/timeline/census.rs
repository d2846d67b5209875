//! The first pass over the shop: counts, for every cutoff, what a [`ShopContext`](super::ShopContext) is made of.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;

use super::buyers::hash_of;
use super::columns::NEVER;
use super::context::ContextNeeds;
use super::cutoff::Cutoff;
use super::ledger::Ledger;
use super::lines::{Lines, is_code};
use super::pairs::Pairs;
use super::scan::Shard;
use super::season::{Season, YEAR_DAYS};
use super::shop_census::{Counts, Sales, Seen, ShopCensus, merge_all};
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
    pub(super) season: Season,
    pub(super) customer_ids: &'a [String],
}

/// What is counted of some shards at each cutoff; `cutoffs` ascend.
pub(super) fn take(shards: &[Shard], codes: CodeCounts, cutoffs: &[Cutoff], asked: Asked<'_>) -> ShopCensus {
    let codes = if asked.needs.shop { codes } else { CodeCounts::default() };
    let census = Census::new(codes, cutoffs, asked);
    let nobody = || vec![Seen::default(); cutoffs.len()];
    let seen = shards.par_iter().map_init(Scratch::default, |scratch, shard| census.read(shard, scratch)).reduce(
        nobody,
        |mut sums, other| {
            merge_all(&mut sums, &other);
            sums
        },
    );
    census.finish(seen)
}

/// Counters that all threads add to; sums of whole numbers do not depend on who adds first.
struct Census<'c> {
    cutoffs: &'c [Cutoff],
    needs: ContextNeeds,
    customer_ids: &'c [String],
    season: Season,
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

/// Counters of one kind of thing; each cell counts what becomes true, or false, at its cutoff and stays so.
struct Counters {
    /// Having bought a thing: that becomes true, then false where the order is void.
    buyers: [Table; 2],
    /// Having bought a thing in two orders: that becomes true, then false where one is void, or a line was recorded late
    /// that makes them one.
    repeaters: [Table; 2],
    /// Lines of the past year, and of the coming season a year ago: entering the window, then leaving it.
    year: [Table; 2],
    season: [Table; 2],
}

/// Memory of one thread.
#[derive(Default)]
struct Scratch {
    ledger: Ledger,
    late: super::scan::Late,
    products: Pairs,
    categories: Pairs,
}

impl<'c> Census<'c> {
    fn new(codes: CodeCounts, cutoffs: &'c [Cutoff], asked: Asked<'c>) -> Self {
        let table = |n_codes| Table::new(n_codes, cutoffs.len());
        let counters = |n_codes| Counters {
            buyers: [table(n_codes), table(n_codes)],
            repeaters: [table(n_codes), table(n_codes)],
            year: [table(n_codes), table(n_codes)],
            season: [table(n_codes), table(n_codes)],
        };
        Self {
            cutoffs,
            needs: asked.needs,
            customer_ids: asked.customer_ids,
            season: asked.season,
            products: counters(codes.products),
            categories: counters(codes.categories),
            regions: table(codes.regions),
            acquisitions: table(codes.acquisitions),
        }
    }

    /// Trade and buyers of a shard at each cutoff; everything else goes to the counters.
    fn read(&self, shard: &Shard, scratch: &mut Scratch) -> Vec<Seen> {
        let mut seen = vec![Seen::default(); self.cutoffs.len()];
        let today: Vec<i32> = self.cutoffs.iter().map(|cutoff| cutoff.day()).collect();
        for (local, customer) in shard.customers().clone().enumerate() {
            let hash = self.needs.purchase_model.then(|| self.customer_ids.get(customer)).flatten();
            let hash = hash.map(|id| hash_of(id));
            let lines = shard.lines_of(local);
            let all = shard.orders_of(local, &mut scratch.ledger);
            for (position, cutoff) in self.cutoffs.iter().enumerate() {
                let cutoff = cutoff.at();
                let known = match all.known_at(cutoff) {
                    Some(known) => known,
                    None => scratch.late.orders(shard, lines.clone(), cutoff),
                };
                let seen = &mut seen[position];
                if let Some(hash) = hash {
                    seen.sample.add(hash, known.day);
                }
                if self.needs.shop && !known.at.is_empty() {
                    seen.trade.add(today[position], known.day);
                    let attributes = shard.attributes_at(local, cutoff);
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
        if lines.changed(range.clone()) {
            self.count_at_each(counters, pairs, codes, (lines, range));
            return;
        }
        pairs.begin();
        let (first, mut order) = (range.start, 0);
        for (line, code) in range.zip(own) {
            order += u64::from(line > first && !lines.continues(line));
            if !is_code(*code) {
                continue;
            }
            let known = lines.known(line);
            pairs.add(*code, order, known);
            self.count_season(counters, *code, lines.at[line], known);
        }
        for pair in pairs.all() {
            let [first, second] = pair.finished();
            counters.buyers[0].count(self.first_after(first), Some(pair.code));
            counters.repeaters[0].count(self.first_after(second), Some(pair.code));
        }
    }

    /// Counts what was bought by the orders that each cutoff knew.
    fn count_at_each(
        &self,
        counters: &Counters,
        pairs: &mut Pairs,
        codes: &[u32],
        (lines, range): (&Lines, Range<usize>),
    ) {
        let year = Days(YEAR_DAYS);
        let (from, to) = self.season.ages();
        for (position, cutoff) in self.cutoffs.iter().enumerate() {
            let count_here = |tables: &[Table; 2], code: u32| {
                tables[0].count(position, Some(code));
                tables[1].count(position + 1, Some(code));
            };
            pairs.begin();
            let (mut order, mut before) = (0, None);
            for line in range.clone().filter(|line| lines.stands_at(*line, cutoff.at())) {
                order += u64::from(before.is_some_and(|before| !lines.are_one_order(before, line)));
                before = Some(line);
                let (code, at) = (codes[line], lines.at[line]);
                if !is_code(code) {
                    continue;
                }
                pairs.add(code, order, lines.known(line));
                if at.plus(year) >= cutoff.at() {
                    count_here(&counters.year, code);
                }
                if at.plus(from) < cutoff.at() && at.plus(to) >= cutoff.at() {
                    count_here(&counters.season, code);
                }
            }
            for pair in pairs.all() {
                count_here(&counters.buyers, pair.code);
                if pair.finished()[1] != NEVER {
                    count_here(&counters.repeaters, pair.code);
                }
            }
        }
    }

    /// A line enters the windows of a cutoff once it is old enough and known, and leaves them when it is too old.
    fn count_season(&self, counters: &Counters, code: u32, at: Timestamp, known: Timestamp) {
        let span = |windows: &[Table; 2], enters: usize, leaves: usize| {
            if enters < leaves {
                windows[0].count(enters, Some(code));
                windows[1].count(leaves, Some(code));
            }
        };
        let (enters, (from, to)) = (self.first_after(known), self.season.ages());
        span(&counters.year, enters, self.first_after(at.plus(Days(YEAR_DAYS))));
        span(&counters.season, enters.max(self.first_after(at.plus(from))), self.first_after(at.plus(to)));
    }

    /// Position of the first cutoff after an instant.
    fn first_after(&self, instant: Timestamp) -> usize {
        if instant == NEVER {
            self.cutoffs.len()
        } else {
            self.cutoffs.partition_point(|cutoff| cutoff.at() <= instant)
        }
    }

    fn finish(self, seen: Vec<Seen>) -> ShopCensus {
        ShopCensus {
            season: self.season,
            products: self.products.finish(),
            categories: self.categories.finish(),
            regions: self.regions.finish(),
            acquisitions: self.acquisitions.finish(),
            seen,
        }
    }
}

impl Counters {
    fn finish(self) -> Sales {
        Sales {
            buyers: self.buyers.map(Table::finish),
            repeaters: self.repeaters.map(Table::finish),
            year: self.year.map(Table::finish),
            season: self.season.map(Table::finish),
        }
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

    fn finish(self) -> Counts {
        let cells: Vec<u32> = self.cells.into_iter().map(AtomicU32::into_inner).collect();
        Counts::new(self.n_codes, &cells)
    }
}
