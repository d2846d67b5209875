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

/// Where the halves between the steps of one octave lie, as the leading bits of a number have them: 2^((2k + 1) / 16).
const HALVES: [u64; 8] = [
    0x85aa_c367_cc48_7b14,
    0x91c3_d373_ab11_c336,
    0x9ef5_3260_91a1_11ad,
    0xad58_3eea_42a1_4ac6,
    0xbd08_a39f_580c_36be,
    0xce24_8c15_1f84_80e3,
    0xe0cc_deec_2a94_e111,
    0xf525_7d15_2486_cc2c,
];

/// The step of a size, `log2(size) * 8` rounded: read off its bits, because every amount of a shop is asked for.
fn bin(size: u64) -> u16 {
    let size = size.max(1);
    let octave = size.ilog2();
    let leading = size << (63 - octave);
    let step = HALVES.iter().filter(|half| leading > **half).count();
    u16::try_from(u64::from(octave) * 8 + step as u64).unwrap_or(u16::MAX)
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
pub(super) struct SizeTally<K> {
    places: FxHashMap<K, usize>,
    /// For each key a count of each amount, as far as there are any.
    counts: Vec<Vec<u32>>,
}

impl<K: Copy + Ord + Hash> SizeTally<K> {
    pub(super) fn see(&mut self, key: K, seen: Seen) {
        let place = *self.places.entry(key).or_insert_with(|| {
            self.counts.push(Vec::new());
            self.counts.len() - 1
        });
        let Some(counts) = self.counts.get_mut(place) else { return };
        let at = 2 * usize::from(seen.bin) + usize::from(seen.is_whole);
        if at >= counts.len() {
            counts.resize(at + 1, 0);
        }
        counts.get_mut(at).into_iter().for_each(|count| *count += 1);
    }

    pub(super) fn splits(self) -> impl Iterator<Item = (K, Split)> {
        let mut places: Vec<(K, usize)> = self.places.into_iter().collect();
        places.sort_unstable();
        let split = move |(key, place): (K, usize)| {
            let mut split = Split::default();
            let counts = self.counts.get(place).into_iter().flatten();
            for (at, count) in (0_u16..).zip(counts).filter(|(_, count)| **count > 0) {
                split.see(Seen { bin: at / 2, is_whole: at % 2 == 1 }, u64::from(*count));
            }
            (key, split)
        };
        places.into_iter().map(split)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_the_rounded_logarithm() {
        let sizes =
            (0..2_000).chain((11..64).flat_map(|octave| (0..16).map(move |part| (1_u64 << octave) / 16 * (16 + part))));
        for size in sizes {
            let rounded = ((size.max(1) as f64).log2() * STEPS).round();
            assert!((f64::from(bin(size)) - rounded).abs() < 0.5, "{size}");
        }
    }

    #[test]
    fn what_is_counted_by_key_is_what_is_counted_one_by_one() {
        let mut tally = SizeTally::default();
        for amount in 0..5_000_u64 {
            tally.see(amount % 7, Seen::of(amount * 13, 100));
        }
        for (key, split) in tally.splits() {
            let mut own = Split::default();
            (0..5_000).filter(|amount| amount % 7 == key).for_each(|amount| own.see(Seen::of(amount * 13, 100), 1));
            assert_eq!(split, own);
        }
    }
}
