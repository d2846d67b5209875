//! How well one feature alone tells those who left at a cutoff from those who stayed: by its value, and by whether it has
//! one.

use crate::dataset::Dataset;
use crate::timeline::Cutoff;

/// Customers of either outcome at a cutoff, below which an AUC says little.
pub(super) const LEAST_PER_OUTCOME: usize = 50;

/// Customers of a cutoff that are looked at: the error of an AUC is then below .005.
const MOST_ROWS: usize = 20_000;

/// Customers of one cutoff, and who of them left.
pub(super) struct CutoffRows {
    pub(super) cutoff: Cutoff,
    pub(super) rows: Vec<usize>,
    pub(super) churned: Vec<bool>,
}

/// The rows of each cutoff in ascending time, at most [`MOST_ROWS`] evenly spread over the customers; labels as known at
/// `as_of`.
pub(super) fn rows_by_cutoff(dataset: &Dataset, as_of: Cutoff) -> Vec<CutoffRows> {
    let mut rows = vec![Vec::new(); dataset.cutoffs.len()];
    for (row, cutoff) in dataset.cutoff_idx.iter().enumerate() {
        rows[usize::from(*cutoff)].push(row);
    }
    let of_cutoff = |(cutoff, rows): (&Cutoff, Vec<usize>)| {
        let step = rows.len().div_ceil(MOST_ROWS).max(1);
        let rows: Vec<usize> = rows.into_iter().step_by(step).collect();
        let churned = rows.iter().map(|row| dataset.churned(*row, as_of)).collect();
        CutoffRows { cutoff: *cutoff, rows, churned }
    };
    dataset.cutoffs.iter().zip(rows).map(of_cutoff).collect()
}

/// How two groups of customers differ in a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Separation {
    /// The chance that one who left has the larger number; a tie counts one half.
    pub(super) auc: f64,
    pub(super) n_churned: usize,
    pub(super) n_stayed: usize,
}

impl Separation {
    /// The AUC in the direction in which it is at least one half.
    pub(super) fn either_way(&self) -> f64 {
        self.auc.max(1.0 - self.auc)
    }

    /// The same the other way round.
    pub(super) fn reversed(self) -> Self {
        Self { auc: 1.0 - self.auc, ..self }
    }

    pub(super) const fn is_enough(&self) -> bool {
        self.n_churned >= LEAST_PER_OUTCOME && self.n_stayed >= LEAST_PER_OUTCOME
    }

    /// Standard error of the AUC.
    ///
    /// # Source
    /// Hanley and `McNeil` (1982), Radiology 143, 29-36, equations 1 and 2.
    pub(super) fn standard_error(&self) -> f64 {
        let (a, churned, stayed) = (self.either_way(), self.n_churned as f64, self.n_stayed as f64);
        let (q1, q2) = (a / (2.0 - a), 2.0 * a * a / (1.0 + a));
        let variance = a * (1.0 - a) + (churned - 1.0) * (q1 - a * a) + (stayed - 1.0) * (q2 - a * a);
        (variance / (churned * stayed)).max(0.0).sqrt()
    }
}

/// How the values of a feature tell the outcomes apart, among the rows that have one. `None` if an outcome is missing.
pub(super) fn by_value(values: &[f32], churned: &[bool], keys: &mut Vec<u64>) -> Option<Separation> {
    keys.clear();
    let present = values.iter().zip(churned).filter(|(value, _)| !value.is_nan());
    // One number to sort by: the value, then the outcome in its last bit.
    keys.extend(present.map(|(value, churned)| u64::from(ascending(*value)) << 1 | u64::from(*churned)));
    keys.sort_unstable();
    let (mut n_churned, mut n_stayed, mut twice_won) = (0_usize, 0_usize, 0_u128);
    for tie in keys.chunk_by(|a, b| a >> 1 == b >> 1) {
        let churned = tie.iter().filter(|key| **key & 1 == 1).count();
        let stayed = tie.len() - churned;
        twice_won += churned as u128 * (2 * n_stayed + stayed) as u128;
        n_churned += churned;
        n_stayed += stayed;
    }
    let pairs = n_churned as f64 * n_stayed as f64;
    (pairs > 0.0).then(|| Separation { auc: twice_won as f64 / (2.0 * pairs), n_churned, n_stayed })
}

/// How having a value tells the outcomes apart. `None` if an outcome is missing.
pub(super) fn by_presence(values: &[f32], churned: &[bool]) -> Option<Separation> {
    let mut counts = [[0_usize; 2]; 2];
    for (value, churned) in values.iter().zip(churned) {
        counts[usize::from(*churned)][usize::from(!value.is_nan())] += 1;
    }
    let [n_stayed, n_churned] = counts.map(|of| of[0] + of[1]);
    let share = |outcome: usize, n: usize| counts[outcome][1] as f64 / n as f64;
    (n_churned > 0 && n_stayed > 0).then(|| {
        let auc = 0.5 + (share(1, n_churned) - share(0, n_stayed)) / 2.0;
        Separation { auc, n_churned, n_stayed }
    })
}

/// A whole number that orders as the value does; both zeros are one.
fn ascending(value: f32) -> u32 {
    let bits = (value + 0.0).to_bits();
    if bits >> 31 == 1 { !bits } else { bits | 1 << 31 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: bool = true;
    const STAYED: bool = false;

    fn auc(values: &[f32], churned: &[bool]) -> Option<f64> {
        by_value(values, churned, &mut Vec::new()).map(|separation| separation.auc)
    }

    /// Left: 8, 4, 0; stayed: 6, 0, -0. By hand: 3 + 2 + (1/2 + 1/2) = 6 of 9 pairs.
    #[test]
    fn ties_count_half_and_both_zeros_are_one_value() {
        let churned = [LEFT, LEFT, LEFT, STAYED, STAYED, STAYED];
        assert_eq!(auc(&[8.0, 4.0, 0.0, 6.0, 0.0, -0.0], &churned), Some(6.0 / 9.0));
        assert_eq!(auc(&[-8.0, -4.0, 0.0, -6.0, 0.0, -0.0], &churned), Some(3.0 / 9.0), "the other way round");
        assert_eq!(auc(&[1.0; 6], &churned), Some(0.5));
    }

    #[test]
    fn absent_values_take_no_part_and_one_outcome_is_no_figure() {
        let nan = f32::NAN;
        assert_eq!(auc(&[nan, 2.0, 1.0, nan], &[STAYED, LEFT, STAYED, LEFT]), Some(1.0));
        assert_eq!(auc(&[nan, 2.0], &[STAYED, LEFT]), None);
        assert_eq!(auc(&[], &[]), None);
    }

    /// Present: two of two who left, one of four who stayed: (1 + 1 - 1/4) / 2.
    #[test]
    fn presence_is_a_feature_of_its_own() {
        let nan = f32::NAN;
        let churned = [LEFT, LEFT, STAYED, STAYED, STAYED, STAYED];
        let presence = by_presence(&[5.0, 5.0, 5.0, nan, nan, nan], &churned).unwrap();
        assert!((presence.auc - 0.875).abs() < 1e-12);
        let absence = by_presence(&[nan, nan, 1.0, 1.0, 1.0, 1.0], &churned).unwrap();
        assert!((absence.auc - 0.0).abs() < 1e-12 && (absence.either_way() - 1.0).abs() < 1e-12);
    }

    /// Hanley and `McNeil`, with an area of .8 and 50 of each outcome: q1 = .8/1.2, q2 = 1.28/1.8, so the variance is
    /// (.16 + 49 (.666667 - .64) + 49 (.711111 - .64)) / 2500 = .0019804.
    #[test]
    fn the_error_of_an_auc_is_that_worked_by_hand() {
        let separation = Separation { auc: 0.2, n_churned: 50, n_stayed: 50 };
        assert!((separation.standard_error().powi(2) - 0.001_980_44).abs() < 1e-7);
        assert!(separation.is_enough() && !Separation { n_stayed: 49, ..separation }.is_enough());
    }
}
