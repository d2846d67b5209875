//! Whether the rows with a flag are those of the newest orders alone, and nearly all of them: a `no` under `completed` is what each
//! order has while it is new, and says nothing of what became of it.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::units::MICROS_PER_DAY;

/// Fewer rows may all be new by chance.
const LEAST_ROWS: u64 = 10;

/// One row in so many may be older than the others, or as new and without.
const ONE_IN: u64 = 10;

/// Days in which what a new order lacks comes for nearly all.
const SETTLED_DAYS: i64 = 60;

/// One row in so many with the flag, at least, is no accident.
const LEAST_SHARE_ONE_IN: u64 = 200;

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

    /// Whether rows with the flag, and as many at most as without, are of the early half and of the late half of the time that ends
    /// well before the newest row.
    pub(super) fn are_of_any_time(&self) -> bool {
        let Some(end) = self.0.keys().next_back().map(|last| last - SETTLED_DAYS) else { return false };
        let settled = || self.0.range(..end).map(|(_, counts)| *counts);
        let sum = |rows: &mut dyn Iterator<Item = (u64, u64)>| {
            rows.fold((0, 0), |sum: (u64, u64), (flagged, all)| (sum.0 + flagged, sum.1 + all))
        };
        let (flagged, all) = sum(&mut settled());
        let mut seen = 0;
        let is_early = |(_, of_day): &(u64, u64)| {
            seen += of_day;
            seen * 2 <= all
        };
        let (early, _) = sum(&mut settled().take_while(is_early));
        let is_in_both = early.min(flagged - early) * ONE_IN >= flagged;
        flagged >= LEAST_ROWS && flagged * LEAST_SHARE_ONE_IN >= all && flagged * 2 <= all && is_in_both
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_any_time_are_told_from_those_of_some() {
        let days = |is_flagged: fn(i64) -> bool| {
            FlaggedDays::of((0..900).map(|row| (row / 3 * MICROS_PER_DAY, is_flagged(row))))
        };
        assert!(days(|row| row % 15 == 0).are_of_any_time());
        assert!(!days(|row| row >= 750 && row % 2 == 0).are_of_any_time(), "the newest");
        assert!(!days(|row| row < 200).are_of_any_time(), "before it was kept");
        assert!(!days(|row| row % 5 > 1).are_of_any_time(), "most");
        assert!(!days(|row| row % 400 == 0).are_of_any_time(), "hardly any");
    }

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
