//! Owns figures about order: how well a score puts those who leave before those who stay.
//!
//! Rows are ranked once, and every figure is a single pass over ranked rows with whole-number weights. A weight says how
//! often the row counts, which is what makes a bootstrap replicate cost no sort. Undefined figures are `None`.

use std::cmp::Ordering;

/// Rows from the highest key to the lowest; equal keys keep the order of their rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranking {
    rows: Vec<u32>,
    ends_tie: Vec<bool>,
}

impl Ranking {
    /// Ranks rows by a key each; `None` if a key is NaN or there are more than 2^32 rows.
    ///
    /// ```
    /// use retain::evaluate::ranking::Ranking;
    /// let ranking = Ranking::descending(&[0.2, 0.9, 0.2]).unwrap();
    /// assert_eq!(ranking.gather(&["a", "b", "c"]), ["b", "a", "c"]);
    /// assert_eq!(ranking.ends_tie(), [true, false, true]);
    /// assert_eq!(Ranking::descending(&[f64::NAN]), None);
    /// ```
    #[must_use]
    pub fn descending(keys: &[f64]) -> Option<Self> {
        if keys.iter().any(|key| key.is_nan()) {
            return None;
        }
        let mut keyed: Vec<(f64, u32)> = keys.iter().copied().zip(0..u32::try_from(keys.len()).ok()?).collect();
        keyed.sort_by(|a, b| b.0.partial_cmp(&a.0).unwrap_or(Ordering::Equal));
        let differs = |pair: &[(f64, u32)]| pair[0].0.partial_cmp(&pair[1].0) != Some(Ordering::Equal);
        let last = (!keyed.is_empty()).then_some(true);
        let ends_tie = keyed.windows(2).map(differs).chain(last).collect();
        Some(Self { rows: keyed.into_iter().map(|(_, row)| row).collect(), ends_tie })
    }

    /// Row indices in ranked order.
    #[must_use]
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// For each ranked place, whether the next place has a lower key (or does not exist).
    #[must_use]
    pub fn ends_tie(&self) -> &[bool] {
        &self.ends_tie
    }

    /// A column in ranked order. `by_row` must have an entry for every ranked row.
    #[must_use]
    pub fn gather<T: Copy>(&self, by_row: &[T]) -> Vec<T> {
        self.rows.iter().map(|&row| by_row[row as usize]).collect()
    }
}

/// Outcomes and weights in ranked order; the three slices are of equal length.
#[derive(Debug, Clone, Copy)]
pub struct Ranked<'a> {
    /// Whether the customer left.
    pub churned: &'a [bool],
    /// How often the row counts.
    pub weights: &'a [u32],
    /// Where a group of equal scores ends, as [`Ranking::ends_tie`].
    pub ends_tie: &'a [bool],
}

/// Weight of the rows of one tie: those who left and those who stayed.
pub(super) struct Tie {
    pub(super) churned: u64,
    pub(super) stayed: u64,
}

impl Ranked<'_> {
    /// Area under the receiver operating characteristic: the chance that one who left is ranked before one who stayed.
    ///
    /// A pair of equal scores counts one half. `None` unless both outcomes occur.
    ///
    /// # Source
    /// Hanley and `McNeil` (1982), Radiology 143, 29-36: the area is the Wilcoxon statistic. Exact whole-number sums.
    #[must_use]
    pub fn auc(&self) -> Option<f64> {
        let (mut churned, mut stayed, mut twice_won) = (0_u64, 0_u64, 0_u128);
        self.for_each_tie(|tie| {
            twice_won += u128::from(tie.stayed) * u128::from(2 * churned + tie.churned);
            churned += tie.churned;
            stayed += tie.stayed;
        });
        let pairs = churned as f64 * stayed as f64;
        (pairs > 0.0).then(|| twice_won as f64 / (2.0 * pairs))
    }

    /// Average precision: precision at each distinct score, weighted by the share of churners found there.
    ///
    /// Equal scores are one step; no interpolation. `None` if nobody left.
    ///
    /// # Source
    /// The definition of `sklearn.metrics.average_precision_score`: the sum of `(R_n - R_(n-1)) P_n` with
    /// precision P and recall R.
    #[must_use]
    pub fn average_precision(&self) -> Option<f64> {
        let (mut churned, mut seen, mut sum) = (0_u64, 0_u64, 0.0);
        self.for_each_tie(|tie| {
            churned += tie.churned;
            seen += tie.churned + tie.stayed;
            if tie.churned > 0 {
                sum += tie.churned as f64 * (churned as f64 / seen as f64);
            }
        });
        (churned > 0).then(|| sum / churned as f64)
    }

    /// Shows each group of equal scores, the highest first.
    pub(super) fn for_each_tie(&self, mut visit: impl FnMut(&Tie)) {
        let mut tie = Tie { churned: 0, stayed: 0 };
        for ((&churned, &weight), &ends) in self.churned.iter().zip(self.weights).zip(self.ends_tie) {
            let weight = u64::from(weight);
            tie.churned += weight * u64::from(churned);
            tie.stayed += weight * u64::from(!churned);
            if ends {
                visit(&tie);
                tie = Tie { churned: 0, stayed: 0 };
            }
        }
    }
}

/// Share of the whole amount that stands in the first `ceil(total weight x fraction)` ranked rows, for each fraction.
///
/// `amounts` and `weights` are in ranked order, `fractions` ascend. A row that straddles the boundary counts with the
/// part of its weight that lies before it; with weights of 1 that is a plain count of rows. `None` unless the whole
/// amount is positive.
///
/// ```
/// use retain::evaluate::ranking::share_found;
/// let churners_value = [30.0, 0.0, 10.0, 0.0];
/// assert_eq!(share_found(&churners_value, &[1; 4], [0.1, 0.5, 0.6]), [Some(0.75), Some(0.75), Some(1.0)]);
/// assert_eq!(share_found(&[0.0, 0.0], &[1; 2], [0.5]), [None]);
/// ```
#[must_use]
pub fn share_found<const N: usize>(amounts: &[f64], weights: &[u32], fractions: [f64; N]) -> [Option<f64>; N] {
    let mass = total(weights);
    let (mut shares, mut next) = ([0.0; N], 0);
    let (mut seen, mut found) = (0.0, 0.0);
    for (&amount, &weight) in amounts.iter().zip(weights) {
        let weight = f64::from(weight);
        while next < N && seen + weight >= listed_mass(mass, fractions[next]) {
            shares[next] = found + amount * (listed_mass(mass, fractions[next]) - seen);
            next += 1;
        }
        seen += weight;
        found += amount * weight;
    }
    shares.map(|share| (found > 0.0).then(|| share / found))
}

/// Weight of the rows listed: `ceil(mass x fraction)`, the product in doubles.
#[must_use]
pub fn listed_mass(mass: f64, fraction: f64) -> f64 {
    (mass * fraction).ceil()
}

/// Sum of whole-number weights, which is exact.
#[must_use]
pub fn total(weights: &[u32]) -> f64 {
    weights.iter().map(|&weight| u64::from(weight)).sum::<u64>() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(churned: &[bool], scores: &[f64], weights: &[u32]) -> (Option<f64>, Option<f64>) {
        let ranking = Ranking::descending(scores).unwrap();
        let (churned, weights) = (ranking.gather(churned), ranking.gather(weights));
        let ranked = Ranked { churned: &churned, weights: &weights, ends_tie: ranking.ends_tie() };
        (ranked.auc(), ranked.average_precision())
    }

    /// Trap T3 of linfa 0.8.1: its curve loses the origin when the lowest score is 0.0 and shared, and gives 0.6111.
    /// By hand: churners .8, .4, 0; stayers .6, 0, 0: 3 + 2 + (0 + 1/2 + 1/2) = 6 of 9 pairs, with .8 > .6.
    #[test]
    fn ties_at_zero_count_half() {
        let churned = [true, true, true, false, false, false];
        let scores = [0.8, 0.4, 0.0, 0.6, 0.0, -0.0];
        assert_eq!(figures(&churned, &scores, &[1; 6]).0, Some(6.0 / 9.0));
    }

    /// Steps: first row left (1/1), then a tie of one who left and one who stayed (2/3): 1/2 x 1 + 1/2 x 2/3.
    #[test]
    fn average_precision_groups_ties() {
        let (auc, precision) = figures(&[true, false, true, false], &[0.9, 0.5, 0.5, 0.1], &[1; 4]);
        assert_eq!(auc, Some(3.5 / 4.0));
        assert!((precision.unwrap() - (0.5 + 1.0 / 3.0)).abs() < 1e-15);
    }

    #[test]
    fn one_score_for_all_is_no_ranking_and_one_class_is_no_figure() {
        assert_eq!(figures(&[true, false, false, false], &[0.0; 4], &[1; 4]), (Some(0.5), Some(0.25)));
        assert_eq!(figures(&[true], &[0.3], &[1]), (None, Some(1.0)));
        assert_eq!(figures(&[false, false], &[0.3, 0.4], &[1; 2]), (None, None));
        assert_eq!(figures(&[], &[], &[]), (None, None));
    }

    #[test]
    fn a_weight_is_a_repeated_row() {
        let (churned, scores) = ([true, false, true, false], [0.9, 0.7, 0.7, 0.1]);
        let repeated = figures(&[true, true, false, true, true, true], &[0.9, 0.9, 0.7, 0.7, 0.7, 0.7], &[1; 6]);
        assert_eq!(figures(&churned, &scores, &[2, 1, 3, 0]), repeated);
    }

    /// Ten rows of weight 1 and the first 25 %: three rows. With weights 2, 2, ... the boundary cuts the third row.
    #[test]
    fn the_boundary_row_counts_in_part() {
        let amounts = [4.0, 3.0, 2.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        assert_eq!(share_found(&amounts, &[1; 10], [0.1, 0.25]), [Some(0.4), Some(0.9)]);
        assert_eq!(share_found(&amounts, &[2; 10], [0.1, 0.25]), [Some(0.4), Some(16.0 / 20.0)]);
        assert_eq!(share_found(&[5.0], &[1], [0.01, 0.3]), [Some(1.0), Some(1.0)]);
        assert_eq!(share_found(&[5.0, 1.0], &[0, 3], [0.1]), [Some(1.0 / 3.0)]);
        assert_eq!(share_found(&[], &[], [0.1]), [None]);
    }

    /// The reference takes `ceil(n * 0.1)` in doubles too.
    #[test]
    fn a_tenth_of_rows_is_rounded_up() {
        for n in 1..=2000_u32 {
            assert!((listed_mass(f64::from(n), 0.1) - f64::from(n.div_ceil(10))).abs() < 0.5, "{n}");
        }
    }
}
