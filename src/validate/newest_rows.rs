//! Whether the rows with a flag are those of the newest orders alone, and nearly all of them: a `no` under `completed` is what each
//! order has while it is new, and says nothing of what became of it.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::units::MICROS_PER_DAY;

/// Fewer rows may all be new by chance.
const LEAST_ROWS: u64 = 10;

/// One row in so many may be older than the others, or as new and without.
const ONE_IN: u64 = 10;

/// Of each day, the rows with the flag and all.
#[derive(Debug, Clone, Default)]
pub(super) struct FlaggedDays(BTreeMap<i64, (u64, u64)>);

impl FlaggedDays {
    /// The times of all rows, and whether each has the flag.
    pub(super) fn of(rows: impl Iterator<Item = (i64, bool)>) -> Self {
        let mut days: FxHashMap<i64, (u64, u64)> = FxHashMap::default();
        for (at, is_flagged) in rows {
            let (flagged, all) = days.entry(at.div_euclid(MICROS_PER_DAY)).or_default();
            (*flagged, *all) = (*flagged + u64::from(is_flagged), *all + 1);
        }
        Self(days.into_iter().collect())
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        for (day, (flagged, all)) in other.0 {
            let sum = self.0.entry(day).or_default();
            (sum.0, sum.1) = (sum.0 + flagged, sum.1 + all);
        }
    }

    /// Whether nine in ten of the rows with the flag are nine in ten of the rows since the first of them.
    pub(super) fn are_newest(&self) -> bool {
        let n: u64 = self.0.values().map(|(flagged, _)| flagged).sum();
        let (mut flagged, mut all) = (0, 0);
        for (own, of_day) in self.0.values().rev() {
            (flagged, all) = (flagged + own, all + of_day);
            if flagged * ONE_IN >= n * (ONE_IN - 1) {
                break;
            }
        }
        n >= LEAST_ROWS && (all - flagged) * ONE_IN <= all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_the_newest_rows_are_told_from_those_of_any() {
        let days = |is_flagged: fn(i64) -> bool| {
            FlaggedDays::of((0..300).map(|row| (row / 3 * MICROS_PER_DAY, is_flagged(row))))
        };
        assert!(days(|row| row >= 280).are_newest());
        assert!(days(|row| row >= 280 || row == 4).are_newest(), "but for one that hangs");
        assert!(!days(|row| row % 9 == 0).are_newest(), "now and then");
        assert!(!days(|row| row < 20).are_newest(), "the oldest");
        assert!(!days(|row| row >= 260 && row % 2 == 0).are_newest(), "half of the newest");
        let mut sum = days(|row| row >= 280);
        sum.add(days(|_| false));
        assert!(!sum.are_newest(), "other customers have it not");
    }
}
