//! What the first pass over a shop, or over a part of its customers, has counted at each cutoff. Parts add up to the
//! shop, in any order: all of it is whole numbers, and a sample that depends on ids alone.

use rayon::prelude::*;

use super::buyers::Sample;
use super::context::{Levels, Popularity, ShopContext, Trade};
use super::cutoff::Cutoff;
use super::season::Season;
use crate::clv::PurchaseModel;
use crate::units::Days;

/// Counts of a shop or a part of it at some cutoffs.
#[derive(Debug, Clone, Default)]
pub struct ShopCensus {
    pub(super) season: Season,
    pub(super) products: Sales,
    pub(super) categories: Sales,
    pub(super) regions: Counts,
    pub(super) acquisitions: Counts,
    /// One for each cutoff.
    pub(super) seen: Vec<Seen>,
}

/// What was seen at one cutoff, beside what is counted by code.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    pub(super) trade: Trade,
    pub(super) sample: Sample,
}

/// Adds what others have seen at each cutoff.
pub(super) fn merge_all(seen: &mut [Seen], others: &[Seen]) {
    for (seen, other) in seen.iter_mut().zip(others) {
        seen.trade.merge(&other.trade);
        seen.sample.merge(&other.sample);
    }
}

impl ShopCensus {
    /// Adds the counts of other customers at the same cutoffs; codes mean the same in both.
    pub fn merge(&mut self, other: Self) {
        if self.seen.is_empty() {
            *self = other;
            return;
        }
        self.products.merge(&other.products);
        self.categories.merge(&other.categories);
        self.regions.merge(&other.regions);
        self.acquisitions.merge(&other.acquisitions);
        merge_all(&mut self.seen, &other.seen);
    }

    /// The context of each cutoff: `cutoffs` are those of the census.
    #[must_use]
    pub fn contexts(self, cutoffs: &[Cutoff]) -> Vec<ShopContext> {
        let (trade, samples): (Vec<Trade>, Vec<Sample>) =
            self.seen.into_iter().map(|seen| (seen.trade, seen.sample)).unzip();
        let models = samples.into_par_iter().zip(cutoffs).map(|(sample, cutoff)| sample.model(cutoff.day()));
        let models: Vec<_> = models.collect();
        let mut products = self.products.popularity(self.season.length());
        let mut categories = self.categories.popularity(self.season.length());
        let (mut regions, mut acquisitions) = (self.regions.rows.into_iter(), self.acquisitions.rows.into_iter());
        let context = |(trade, model): (&Trade, Option<PurchaseModel>)| {
            let mut context = ShopContext::of_trade(trade, self.season);
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

/// Counts by code, one row for each cutoff.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Counts {
    rows: Vec<Vec<u32>>,
}

impl Counts {
    /// From cells of `n_codes` for each cutoff, cutoff after cutoff.
    pub(super) fn new(n_codes: usize, cells: &[u32]) -> Self {
        Self { rows: cells.chunks(n_codes.max(1)).map(<[u32]>::to_vec).collect() }
    }

    fn merge(&mut self, other: &Self) {
        self.rows.resize(self.rows.len().max(other.rows.len()), Vec::new());
        for (row, other) in self.rows.iter_mut().zip(&other.rows) {
            // Later parts may have codes that earlier ones had not.
            row.resize(row.len().max(other.len()), 0);
            row.iter_mut().zip(other).for_each(|(sum, count)| *sum += count);
        }
    }

    /// At each cutoff what has entered, a window for example, and not left it.
    fn inside([entered, left]: [Self; 2]) -> impl Iterator<Item = Vec<u32>> {
        let rows = entered.running().zip(left.running());
        rows.map(|(entered, left)| entered.iter().zip(left).map(|(entered, left)| entered - left).collect())
    }

    /// At each cutoff the sum of its counts and all earlier ones.
    fn running(self) -> impl Iterator<Item = Vec<u32>> {
        let mut sums = vec![0; self.rows.first().map_or(0, Vec::len)];
        self.rows.into_iter().map(move |row| {
            sums.iter_mut().zip(row).for_each(|(sum, count)| *sum += count);
            sums.clone()
        })
    }
}

/// Counts of one kind of thing; each counts what becomes true, or false, at its cutoff and stays so.
#[derive(Debug, Clone, Default)]
pub(super) struct Sales {
    /// Becoming true, then false: orders become void, and one where a line between them is recorded late.
    pub(super) buyers: [Counts; 2],
    pub(super) repeaters: [Counts; 2],
    /// Lines of the past year, and of the coming season a year ago: entering the window, then leaving it.
    pub(super) year: [Counts; 2],
    pub(super) season: [Counts; 2],
}

impl Sales {
    fn merge(&mut self, other: &Self) {
        self.buyers.iter_mut().zip(&other.buyers).for_each(|(sum, other)| sum.merge(other));
        self.repeaters.iter_mut().zip(&other.repeaters).for_each(|(sum, other)| sum.merge(other));
        self.year.iter_mut().zip(&other.year).for_each(|(sum, other)| sum.merge(other));
        self.season.iter_mut().zip(&other.season).for_each(|(sum, other)| sum.merge(other));
    }

    /// The popularity at each cutoff.
    fn popularity(self, season_days: Days) -> impl Iterator<Item = Popularity> {
        let windows = Counts::inside(self.year).zip(Counts::inside(self.season));
        let in_season = move |(year, season): (Vec<u32>, Vec<u32>)| -> Vec<bool> {
            // season / season_days >= 1.25 * year / 365, in whole numbers
            let is_more = |(year, season): (&u32, &u32)| {
                *season > 0 && u64::from(*season) * 365 * 4 >= u64::from(*year) * u64::from(season_days.0) * 5
            };
            year.iter().zip(&season).map(is_more).collect()
        };
        let bought = Counts::inside(self.buyers).zip(Counts::inside(self.repeaters));
        bought
            .zip(windows.map(in_season))
            .map(|((buyers, repeaters), in_season)| Popularity::new(buyers, repeaters, in_season))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_run_along_the_cutoffs() {
        let counts = Counts::new(2, &[0, 1, 0, 0, 0, 1]);
        assert_eq!(counts.running().collect::<Vec<_>>(), [[0, 1], [0, 1], [0, 2]]);
    }

    #[test]
    fn parts_add_up_and_may_bring_new_codes() {
        let mut sum = Counts::new(1, &[1, 2]);
        sum.merge(&Counts::new(2, &[10, 20, 30, 40]));
        assert_eq!(sum, Counts::new(2, &[11, 20, 32, 40]));
        sum.merge(&Counts::new(1, &[1, 1]));
        assert_eq!(sum, Counts::new(2, &[12, 20, 33, 40]));
    }
}
