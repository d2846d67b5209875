//! Facts about customers that may be of today: a table without versions is often overwritten, and then says at an old
//! cutoff what became known later.

use std::collections::BTreeMap;

use super::leavers::Leavers;
use super::separation::{CutoffRows, Separation};

/// Rise of the AUC from the older cutoffs to the newest that is looked at.
const LEAST_RISE: f64 = 0.1;

/// Standard errors that it must exceed.
const LEAST_ERRORS: f64 = 4.0;

/// By what it must exceed the largest rise of a feature made of purchases alone: so much is the shop's own change.
const LEAST_EXCESS: f64 = 0.05;

/// Cutoffs needed to tell old from new.
const LEAST_CUTOFFS: usize = 4;

/// An AUC that is higher at the newest cutoff than it was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rise {
    /// Mean of the older half of the cutoffs, in the direction of the newest.
    pub(super) older: f64,
    pub(super) newest: f64,
    /// Standard error of their difference, as if each were of one cutoff: rows of the same customers repeat each other.
    error: f64,
}

impl Rise {
    /// The rise over cutoffs in ascending time; `None` where there are too few or the newest has no figure.
    pub(super) fn of(by_cutoff: &[Option<Separation>]) -> Option<Self> {
        let enough = |separation: &Option<Separation>| separation.filter(Separation::is_enough);
        let newest = by_cutoff.last().and_then(enough)?;
        let all: Vec<Separation> = by_cutoff.iter().filter_map(enough).collect();
        if all.len() < LEAST_CUTOFFS {
            return None;
        }
        let turned = |one: Separation| if newest.auc < 0.5 { one.reversed() } else { one };
        let older: Vec<Separation> = all[..all.len() / 2].iter().map(|one| turned(*one)).collect();
        let mean = |of: fn(&Separation) -> f64| older.iter().map(of).sum::<f64>() / older.len() as f64;
        let error = mean(Separation::standard_error).hypot(newest.standard_error());
        Some(Self { older: mean(|one| one.auc), newest: turned(newest).auc, error })
    }

    pub(super) const fn size(&self) -> f64 {
        self.newest - self.older
    }

    /// Whether it is larger than chance and the shop's own change explain.
    pub(super) fn is_suspicious(&self, largest_of_purchases: f64) -> bool {
        self.size() >= LEAST_RISE
            && self.size() >= LEAST_ERRORS * self.error
            && self.size() >= largest_of_purchases + LEAST_EXCESS
    }
}

/// A value, or having one, or having none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Shared {
    /// The feature has this value.
    Value(f32),
    /// The feature has a value.
    Present,
    /// The feature has none.
    Absent,
}

/// What almost only those who left share at a cutoff, the largest such group; `None` if nothing is like that.
pub(super) fn only_leavers(values: &[f32], at: &CutoffRows, max_rate: f64) -> Option<(Shared, Leavers)> {
    let mut groups: BTreeMap<u32, (f32, usize, usize)> = BTreeMap::new();
    for (value, churned) in values.iter().zip(&at.churned) {
        // One key for all NaN.
        let key = if value.is_nan() { u32::MAX } else { value.to_bits() };
        let group = groups.entry(key).or_insert((*value, 0, 0));
        group.1 += 1;
        group.2 += usize::from(*churned);
    }
    let n = at.churned.len();
    let left = at.churned.iter().filter(|churned| **churned).count();
    let leavers =
        |(_, of, gone): (f32, usize, usize)| Leavers { n: of, left: gone, others: n - of, others_left: left - gone };
    let absent = groups.get(&u32::MAX).copied().unwrap_or((f32::NAN, 0, 0));
    let whole = [(Shared::Present, leavers((0.0, n - absent.1, left - absent.2))), (Shared::Absent, leavers(absent))];
    let of_value =
        groups.values().filter(|group| !group.0.is_nan()).map(|group| (Shared::Value(group.0), leavers(*group)));
    let exits = whole.into_iter().chain(of_value).filter(|(_, leavers)| leavers.is_exit(max_rate));
    // The first of equals, which names the group most simply.
    exits.reduce(|best, other| if other.1.n > best.1.n { other } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::Cutoff;

    fn separations(aucs: &[f64]) -> Vec<Option<Separation>> {
        aucs.iter().map(|auc| Some(Separation { auc: *auc, n_churned: 400, n_stayed: 600 })).collect()
    }

    #[test]
    fn a_rise_is_measured_in_the_direction_of_the_newest_cutoff() {
        let rise = Rise::of(&separations(&[0.45, 0.4, 0.3, 0.1])).unwrap();
        assert!((rise.older - 0.575).abs() < 1e-12 && (rise.newest - 0.9).abs() < 1e-12);
        assert!(rise.is_suspicious(0.05));
        assert!(!rise.is_suspicious(0.3), "purchases alone changed as much");
        assert_eq!(Rise::of(&separations(&[0.5, 0.6, 0.9])), None, "too few cutoffs");
        assert!(!Rise::of(&separations(&[0.52, 0.5, 0.54, 0.59])).unwrap().is_suspicious(0.0));
        let few = |auc: f64| Some(Separation { auc, n_churned: 50, n_stayed: 50 });
        assert!(!Rise::of(&[0.5, 0.5, 0.5, 0.7].map(few)).unwrap().is_suspicious(0.0), "chance");
    }

    #[test]
    fn a_value_that_only_leavers_share_is_named() {
        let at = |churned: Vec<bool>| CutoffRows {
            cutoff: Cutoff::at_start_of(jiff::civil::date(2024, 1, 1), &jiff::tz::TimeZone::UTC),
            rows: (0..churned.len()).collect(),
            churned,
        };
        // 40 of level 3, all left; 100 of level 1, half of whom left; 20 without a level, half of whom left.
        let level = |row: usize| match row {
            0..40 => 3.0,
            40..140 => 1.0,
            _ => f32::NAN,
        };
        let values: Vec<f32> = (0..160).map(level).collect();
        let rows = at((0..160).map(|row| row < 40 || row % 2 == 0).collect());
        let (shared, leavers) = only_leavers(&values, &rows, 0.95).unwrap();
        assert_eq!((shared, leavers.n, leavers.left), (Shared::Value(3.0), 40, 40));
        let closed: Vec<f32> = (0..160_u16).map(|row| if row < 40 { f32::from(row) } else { f32::NAN }).collect();
        assert_eq!(only_leavers(&closed, &rows, 0.95).unwrap().0, Shared::Present);
        let erased: Vec<f32> = closed.iter().map(|value| if value.is_nan() { 30.0 } else { f32::NAN }).collect();
        assert_eq!(only_leavers(&erased, &rows, 0.95).unwrap().0, Shared::Absent);
        assert_eq!(only_leavers(&values, &at((0..160).map(|row| row % 2 == 0).collect()), 0.95), None);
    }
}
