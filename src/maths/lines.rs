//! Logistic regression in at most a few regressors, over groups of rows that each have an intercept of their own.

use super::newton::{Convex, descend};
use super::special::{probability, softplus};

/// Rows that share an intercept.
pub(crate) struct InterceptGroup<'a, const K: usize> {
    /// The regressors of each row.
    pub(crate) x: Vec<[f64; K]>,
    /// What the log-odds of each row are without them.
    pub(crate) offset: Vec<f64>,
    pub(crate) churned: &'a [bool],
}

/// Slopes that all groups share, and the intercept of each group.
pub(crate) struct Lines<const K: usize> {
    pub(crate) slopes: [f64; K],
    pub(crate) intercepts: Vec<f64>,
}

/// Keeps parameters finite where a threshold separates the outcomes; nothing to a thousand rows.
const PENALTY: f64 = 1e-3;
/// A step that promises less is the last one, per row.
const TOLERANCE: f64 = 1e-13;

/// The lines under which the outcomes are most likely; `None` without rows or with one outcome only.
pub(crate) fn fit<const K: usize>(groups: &[InterceptGroup<'_, K>]) -> Option<Lines<K>> {
    let outcomes = || groups.iter().flat_map(|group| group.churned);
    if !outcomes().any(|churned| *churned) || outcomes().all(|churned| *churned) {
        return None;
    }
    let n_rows = outcomes().count() as f64;
    let start = Lines { slopes: [0.0; K], intercepts: vec![0.0; groups.len()] };
    descend(groups, start, TOLERANCE * n_rows).filter(Lines::is_finite)
}

impl<const K: usize> Convex for [InterceptGroup<'_, K>] {
    type Point = Lines<K>;

    fn loss(&self, at: &Lines<K>) -> f64 {
        let penalty = at.slopes.iter().chain(&at.intercepts).map(|value| value * value).sum::<f64>();
        let mut loss = PENALTY / 2.0 * penalty;
        for (number, group) in self.iter().enumerate() {
            for (row, churned) in group.churned.iter().enumerate() {
                let z = at.log_odds(group, number, row);
                loss += softplus(if *churned { -z } else { z });
            }
        }
        loss
    }

    /// Newton's step. An intercept meets the rows of its own group only, so intercepts are eliminated one by one and a
    /// system as large as the number of slopes is left.
    fn step(&self, at: &Lines<K>) -> Option<Lines<K>> {
        let all: Vec<Sums<K>> = self.iter().enumerate().map(|(number, group)| at.sums(group, number)).collect();
        let mut gradient: [f64; K] = std::array::from_fn(|k| PENALTY * at.slopes[k]);
        let mut curvature = [[0.0; K]; K];
        for sums in &all {
            for i in 0..K {
                gradient[i] += sums.gradient[i] - sums.mixed[i] * sums.of_intercept / sums.information;
                for (j, curvature) in curvature[i].iter_mut().enumerate() {
                    *curvature += sums.curvature[i][j] - sums.mixed[i] * sums.mixed[j] / sums.information;
                }
            }
        }
        (0..K).for_each(|k| curvature[k][k] += PENALTY);
        let slopes = solve(curvature, gradient)?;
        let intercept = |sums: &Sums<K>| {
            let through_slopes = sums.mixed.iter().zip(&slopes).map(|(mixed, step)| mixed * step).sum::<f64>();
            (sums.of_intercept - through_slopes) / sums.information
        };
        Some(Lines { slopes, intercepts: all.iter().map(intercept).collect() })
    }

    fn less(&self, at: &Lines<K>, step: &Lines<K>, share: f64) -> Lines<K> {
        let less = |(at, step): (&f64, &f64)| at - share * step;
        Lines {
            slopes: std::array::from_fn(|k| at.slopes[k] - share * step.slopes[k]),
            intercepts: at.intercepts.iter().zip(&step.intercepts).map(less).collect(),
        }
    }
}

impl<const K: usize> Lines<K> {
    fn is_finite(&self) -> bool {
        self.slopes.iter().chain(&self.intercepts).all(|value| value.is_finite())
    }

    fn log_odds(&self, group: &InterceptGroup<'_, K>, number: usize, row: usize) -> f64 {
        let sloped = self.slopes.iter().zip(&group.x[row]).map(|(slope, x)| slope * x).sum::<f64>();
        group.offset[row] + self.intercepts[number] + sloped
    }

    fn sums(&self, group: &InterceptGroup<'_, K>, number: usize) -> Sums<K> {
        let mut sums = Sums {
            gradient: [0.0; K],
            curvature: [[0.0; K]; K],
            of_intercept: PENALTY * self.intercepts[number],
            information: PENALTY,
            mixed: [0.0; K],
        };
        for (row, (x, churned)) in group.x.iter().zip(group.churned).enumerate() {
            let p = probability(self.log_odds(group, number, row));
            let (residual, information) = (p - f64::from(u8::from(*churned)), p * (1.0 - p));
            sums.of_intercept += residual;
            sums.information += information;
            for i in 0..K {
                sums.gradient[i] += residual * x[i];
                sums.mixed[i] += information * x[i];
                (0..K).for_each(|j| sums.curvature[i][j] += information * x[i] * x[j]);
            }
        }
        sums
    }
}

/// Derivatives of the loss of one group.
struct Sums<const K: usize> {
    gradient: [f64; K],
    curvature: [[f64; K]; K],
    of_intercept: f64,
    information: f64,
    /// By a slope and the intercept.
    mixed: [f64; K],
}

/// Gauss's elimination of a positive definite system; `None` if it is not one. A Cholesky factor gave flat slopes that
/// differ in the 11th digit, which stored choices show.
fn solve<const K: usize>(mut a: [[f64; K]; K], mut b: [f64; K]) -> Option<[f64; K]> {
    for pivot in 0..K {
        if a[pivot][pivot].is_nan() || a[pivot][pivot] <= 0.0 {
            return None;
        }
        for row in pivot + 1..K {
            let share = a[row][pivot] / a[pivot][pivot];
            (pivot..K).for_each(|column| a[row][column] -= share * a[pivot][column]);
            b[row] -= share * b[pivot];
        }
    }
    for pivot in (0..K).rev() {
        let known: f64 = (pivot + 1..K).map(|column| a[pivot][column] * b[column]).sum();
        b[pivot] = (b[pivot] - known) / a[pivot][pivot];
    }
    Some(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two groups of two probabilities each: the common slope and both intercepts meet the observed rates exactly.
    #[test]
    fn a_slope_and_two_levels_are_found_by_hand() {
        let rates = [[0.25, 0.5], [0.5, 0.75]];
        let outcomes: Vec<Vec<bool>> = rates
            .iter()
            .map(|rates| rates.iter().flat_map(|rate| (0..400).map(move |i| f64::from(i) < 400.0 * rate)).collect())
            .collect();
        let group = |churned| InterceptGroup {
            x: (0..800).map(|i| [if i < 400 { -1.0 } else { 1.0 }]).collect(),
            offset: vec![0.7; 800],
            churned,
        };
        let lines = fit(&[group(&outcomes[0]), group(&outcomes[1])]).unwrap();
        let half_gap = 3.0_f64.ln() / 2.0;
        assert!((lines.slopes[0] - half_gap).abs() < 1e-4, "{:?}", lines.slopes);
        let by_hand = [-half_gap - 0.7, half_gap - 0.7];
        assert!(lines.intercepts.iter().zip(by_hand).all(|(a, b)| (a - b).abs() < 1e-4), "{:?}", lines.intercepts);
    }

    #[test]
    fn separable_outcomes_stay_finite_and_one_outcome_has_no_line() {
        let x = || vec![[-2.0, 1.0], [-1.0, 1.0], [1.0, 1.0], [2.0, 1.0]];
        let lines =
            fit(&[InterceptGroup { x: x(), offset: vec![0.0; 4], churned: &[false, false, true, true] }]).unwrap();
        assert!(lines.slopes[0] > 1.0 && lines.slopes[0] < 100.0);
        assert!(fit(&[InterceptGroup { x: x(), offset: vec![0.0; 4], churned: &[true; 4] }]).is_none());
        assert!(fit::<1>(&[]).is_none());
    }
}
