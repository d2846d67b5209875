//! Moments and amounts that the orders of two files share, whatever their numbers and their customers are called.

use std::collections::{BTreeMap, BTreeSet};

use crate::maths::hash::{key, spread};

/// Orders of a file that are kept, those with the lowest hashes, so that parts of a shop add up.
const MOST: usize = 1 << 12;

/// Shared ones, at least, and of how many of the smaller file, in per cent.
const LEAST: usize = 20;
const LEAST_PERCENT: usize = 50;

/// How many orders of a file, of a hundred, must have a moment and an amount of their own, for two files not to share them by chance.
const OWN_PERCENT: f64 = 95.0;

/// The orders of one file.
#[derive(Debug, Clone, Default)]
struct Moments {
    hashes: BTreeSet<u64>,
    orders: u64,
}

impl Moments {
    fn insert(&mut self, hash: u64) {
        self.hashes.insert(hash);
        if self.hashes.len() > MOST {
            self.hashes.pop_last();
        }
    }

    /// Up to which hash all are kept.
    fn end(&self) -> u64 {
        if self.hashes.len() < MOST { u64::MAX } else { self.hashes.last().copied().unwrap_or(u64::MAX) }
    }

    /// Whether nearly all orders differ.
    fn are_own(&self) -> bool {
        let share = self.end() as f64 / u64::MAX as f64;
        self.hashes.len() as f64 * 100.0 >= OWN_PERCENT * share * self.orders as f64
    }
}

/// The orders of the files of a shop.
#[derive(Debug, Clone, Default)]
pub(super) struct SameMoments(BTreeMap<usize, Moments>);

impl SameMoments {
    /// Adds an order of a file.
    pub(super) fn count(&mut self, file: usize, (time, amount): (i64, i64)) {
        let own = self.0.entry(file).or_default();
        own.orders += 1;
        own.insert(spread(key(&time.to_le_bytes()) ^ spread(key(&amount.to_le_bytes()))));
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        for (file, theirs) in other.0 {
            let own = self.0.entry(file).or_default();
            own.orders += theirs.orders;
            theirs.hashes.into_iter().for_each(|hash| own.insert(hash));
        }
    }

    /// Two files that share most orders of the smaller one, and how many of a hundred.
    pub(super) fn shared(&self) -> Option<(usize, usize, u64)> {
        let files: Vec<(&usize, &Moments)> = self.0.iter().filter(|(_, own)| own.are_own()).collect();
        files.iter().enumerate().find_map(|(place, (one, own))| {
            let others = files.iter().skip(place + 1);
            others.clone().find_map(|(other, theirs)| {
                let end = own.end().min(theirs.end());
                let n = |moments: &Moments| moments.hashes.range(..=end).count();
                let both = own.hashes.range(..=end).filter(|hash| theirs.hashes.contains(hash)).count();
                let least = n(own).min(n(theirs));
                let is_told = both >= LEAST && both * 100 >= least * LEAST_PERCENT;
                is_told.then(|| (**one, **other, (both * 100 / least.max(1)) as u64))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_share_moments_and_amounts_are_found_also_by_few_of_them() {
        let of = |n: i64, other: fn(i64) -> (i64, i64)| {
            let mut found = SameMoments::default();
            for order in 0..n {
                found.count(0, (order * 977, order * 7_919 % 9_000));
                found.count(1, other(order));
            }
            found.shared()
        };
        assert_eq!(of(300, |order| (order * 977, order * 7_919 % 9_000)), Some((0, 1, 100)));
        assert_eq!(of(30_000, |order| (order * 977, order * 7_919 % 9_000)), Some((0, 1, 100)));
        assert_eq!(of(300, |order| (order * 977 + 1, order * 7_919 % 9_000)), None, "other moments");
        assert_eq!(of(300, |order| (order * 977, order * 31 % 7_000 + 9_000)), None, "other amounts");
    }

    #[test]
    fn days_on_which_many_pay_the_same_say_nothing() {
        let mut found = SameMoments::default();
        for order in 0..600_i64 {
            found.count(0, (order % 30, order % 5));
            found.count(1, (order % 30, order % 5));
        }
        assert_eq!(found.shared(), None);
    }
}
