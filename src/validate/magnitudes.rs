//! How many amounts there are of each size, whole ones and others, in little memory: sizes are steps of logarithms, so that those
//! of parts can be counted apart and add up.

use std::collections::BTreeMap;
use std::hash::Hash;

use rustc_hash::FxHashMap;

/// Steps of sizes from one to its double.
const STEPS: f64 = 8.0;

/// How many amounts there are of each size.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Amounts {
    pub(super) n: u64,
    bins: BTreeMap<u16, u64>,
}

impl Amounts {
    pub(super) fn see(&mut self, bin: u16, count: u64) {
        self.n += count;
        *self.bins.entry(bin).or_default() += count;
    }

    pub(super) fn add(&mut self, other: &Self) {
        other.bins.iter().for_each(|(bin, count)| self.see(*bin, *count));
    }

    /// The amounts that are not among others, which are some of these.
    pub(super) fn without(&self, others: &Self) -> Self {
        let left = |(bin, count): (&u16, &u64)| (*bin, count - others.bins.get(bin).copied().unwrap_or(0).min(*count));
        Self { n: self.n.saturating_sub(others.n), bins: self.bins.iter().map(left).collect() }
    }

    /// The size below which a share of the amounts is.
    pub(super) fn quantile(&self, percent: u64) -> f64 {
        let mut rank = (self.n * percent / 100).min(self.n.saturating_sub(1));
        let is_here = |(_, count): &(&u16, &u64)| {
            let is_here = rank < **count;
            rank -= if is_here { 0 } else { **count };
            is_here
        };
        self.bins.iter().find(is_here).map_or(1.0, |(bin, _)| (f64::from(*bin) / STEPS).exp2())
    }

    pub(super) fn n_below(&self, size: f64) -> u64 {
        self.bins.iter().filter(|(bin, _)| (f64::from(**bin) / STEPS).exp2() < size).map(|(_, count)| count).sum()
    }

    pub(super) fn times(&self, other: &Self, percent: u64) -> f64 {
        self.quantile(percent) / other.quantile(percent)
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 8 times 63")]
fn bin(size: u64) -> u16 {
    ((size.max(1) as f64).log2() * STEPS).round() as u16
}

/// Whole amounts and others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Split {
    pub(super) whole: Amounts,
    pub(super) others: Amounts,
}

/// What is looked at of an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Seen {
    bin: u16,
    is_whole: bool,
}

impl Seen {
    /// An amount in minor units of a currency that has so many of them.
    pub(super) fn of(minor: u64, minor_per_major: u64) -> Self {
        Self { bin: bin(minor), is_whole: minor.is_multiple_of(minor_per_major) }
    }
}

/// How often each amount was seen, by the number of its day or of its value in a column.
#[derive(Debug, Clone, Default)]
pub(super) struct SizeTally<K>(FxHashMap<(K, Seen), u64>);

impl<K: Copy + Ord + Hash> SizeTally<K> {
    pub(super) fn see(&mut self, key: K, seen: Seen) {
        *self.0.entry((key, seen)).or_default() += 1;
    }

    pub(super) fn splits(self) -> impl Iterator<Item = (K, Split)> {
        let mut splits: BTreeMap<K, Split> = BTreeMap::new();
        #[expect(clippy::iter_over_hash_type, reason = "sums do not depend on the order")]
        for ((key, seen), count) in self.0 {
            splits.entry(key).or_default().see(seen, count);
        }
        splits.into_iter()
    }
}

impl Split {
    pub(super) fn see(&mut self, Seen { bin, is_whole }: Seen, count: u64) {
        let counted = if is_whole { &mut self.whole } else { &mut self.others };
        counted.see(bin, count);
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.whole.add(&other.whole);
        self.others.add(&other.others);
    }

    pub(super) fn all(&self) -> Amounts {
        let mut all = self.whole.clone();
        all.add(&self.others);
        all
    }

    pub(super) fn without(&self, other: &Self) -> Self {
        Self { whole: self.whole.without(&other.whole), others: self.others.without(&other.others) }
    }

    pub(super) const fn n(&self) -> u64 {
        self.whole.n + self.others.n
    }
}
