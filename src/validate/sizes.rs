//! Amounts that are too large to be true: above a multiple of what nearly all lines of the shop cost.
//!
//! Sizes are distinguished by their leading eleven bits, so that those of parts can be counted apart and add up.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::amounts::with_amount;
use super::finding::{Finding, Severity};
use super::scales::{Scale, Scales};
use crate::config::{Config, Table};
use crate::ingest::{Example, TypedTable};
use crate::text::{counted, verb};
use crate::units::Currency;

/// How many lines there are of each size, and the first of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Sizes(BTreeMap<u64, (u64, Vec<Example>)>);

impl Sizes {
    /// The sizes of all amounts, and those of each file.
    pub(super) fn of(purchases: &TypedTable, currency: &Currency) -> (Self, Scales) {
        let mut scales = Scales { beside: purchases.beside.clone(), ..Scales::default() };
        let mut all: FxHashMap<u64, (u64, Vec<usize>)> = FxHashMap::default();
        let (mut rows, mut end) = (purchases.used_rows().peekable(), 0);
        let (amounts, minor_per_major) = (purchases.money("amount"), 10_u64.pow(currency.decimals()));
        for (file, n_rows) in purchases.files() {
            end += n_rows;
            let mut own: FxHashMap<u64, (u64, Vec<usize>)> = FxHashMap::default();
            let mut scale = Scale::default();
            while let Some(row) = rows.next_if(|row| *row < end) {
                let Some(amount) = amounts.get(row) else { continue };
                let size = amount.unsigned_abs();
                scale.see(size, minor_per_major);
                let (count, first) = own.entry(lowest_of_bin(size)).or_default();
                *count += 1;
                if first.len() < Example::SHOWN {
                    first.push(row);
                }
            }
            // In the order of sizes: what is made of a map must not depend on its order.
            for (size, (count, rows)) in own.into_iter().collect::<BTreeMap<_, _>>() {
                scale.add_bin(size, count);
                let (sum, first) = all.entry(size).or_default();
                *sum += count;
                first.extend(rows.into_iter().take(Example::SHOWN.saturating_sub(first.len())));
            }
            scales.files.entry(file).or_default().add(&scale);
        }
        let shown = |first: Vec<usize>| first.into_iter().map(|row| with_amount(purchases, row, currency)).collect();
        (Self(all.into_iter().map(|(size, (count, first))| (size, (count, shown(first)))).collect()), scales)
    }

    /// Adds the lines of other customers.
    pub(super) fn add(&mut self, other: &Self) {
        for (size, (count, examples)) in &other.0 {
            let (sum, first) = self.0.entry(*size).or_default();
            *sum += count;
            first.extend(examples.iter().cloned());
            first.sort();
            first.truncate(Example::SHOWN);
        }
    }

    /// The 99.9th percentile.
    fn usual(&self) -> Option<u64> {
        let mut rank = self.0.values().map(|(count, _)| count).sum::<u64>().checked_sub(1)? * 999 / 1000;
        let is_here = |(_, (count, _)): &(&u64, &(u64, Vec<Example>))| {
            let is_here = rank < *count;
            rank -= if is_here { 0 } else { *count };
            is_here
        };
        self.0.iter().find(is_here).map(|(size, _)| *size)
    }

    /// A finding where some lines cost more than so many times the 99.9th percentile.
    pub(super) fn absurd(&self, config: &Config) -> Option<Finding> {
        let (factor, currency) = (config.validate.absurd_amount_factor, &config.currency);
        let limit = self.usual()? as f64 * factor;
        let above = self.0.iter().filter(|(size, _)| **size as f64 > limit).map(|(_, lines)| lines);
        let count = above.clone().map(|(count, _)| count).sum();
        let mut examples: Vec<Example> = above.flat_map(|(_, examples)| examples.iter().cloned()).collect();
        examples.sort();
        let message = format!(
            "{} {} an `amount` above {} {}, {factor} times the 99.9th percentile; used as they are",
            counted(count, "purchase"),
            verb(count, "has", "have"),
            currency.major_digits(limit / currency.minor_per_major()),
            currency.code(),
        );
        let finding = Finding::new("absurd_amount", Table::Purchases.name(), Severity::Warning, message);
        let finding = finding.of_column("amount").counting(count);
        let finding = finding.with_examples(examples.into_iter().map(|example| example.text));
        (count > 0).then(|| finding.with_hint("check unit and currency; set wrong lines aside with a filter"))
    }
}

/// The smallest size with the same leading eleven bits.
const fn lowest_of_bin(size: u64) -> u64 {
    let dropped = (64 - size.leading_zeros()).saturating_sub(11);
    (size >> dropped) << dropped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted_sizes(sizes: &[u64]) -> Sizes {
        let mut all = Sizes::default();
        for size in sizes {
            all.add(&Sizes(BTreeMap::from([(lowest_of_bin(*size), (1, Vec::new()))])));
        }
        all
    }

    #[test]
    fn the_usual_size_is_that_of_sorting_to_eleven_bits_however_the_shop_is_parted() {
        for factor in [1, 7, 1 << 40] {
            let sizes: Vec<u64> = (0..5_000_u64).map(|n| (n * 7_919) % 5_000 * factor).collect();
            let mut sorted = sizes.clone();
            sorted.sort_unstable();
            let (mut first, second) = (counted_sizes(&sizes[..1_234]), counted_sizes(&sizes[1_234..]));
            first.add(&second);
            assert_eq!(first.usual(), Some(lowest_of_bin(sorted[4_999 * 999 / 1_000])));
        }
        assert_eq!(counted_sizes(&[7]).usual(), Some(7));
        assert_eq!(Sizes::default().usual(), None);
        for size in [0, 1, 2_047, 2_048, 123_456_789, u64::MAX] {
            let lowest = lowest_of_bin(size);
            assert!(lowest <= size && size - lowest <= size / 1_024, "{size}");
        }
    }
}
