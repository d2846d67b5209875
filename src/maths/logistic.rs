//! L2-penalised logistic regression by Newton's method.
//!
//! Parallel over fixed blocks of rows that are summed in order, so the result does not depend on the number of threads.
//! Ours, because it is faster and reads weights: 100,000 rows of 110 columns take 0.23 s on two cores, linfa-logistic from
//! zero 2.8 s. The other logistic fits are of a few numbers and stay with their own sums: lines with an intercept for each
//! group (`lines.rs`), the weights of an ensemble (`learn/weights.rs`), the recalibration line, which is fitted to every
//! resample (`evaluate/recalibration.rs`).

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, s};
use rayon::prelude::*;

use super::cholesky::Cholesky;
use super::special::{probability, softplus};

/// Rows of one block; fixed, because the grouping of a sum decides its last bits.
const BLOCK_ROWS: usize = 2_048;

/// Blocks whose second derivatives are summed by one task.
const BLOCKS_PER_TASK: usize = 2;

const MAX_STEPS: usize = 50;
const MAX_HALVINGS: usize = 30;

/// Penalised logistic loss over prepared rows: `weighted sum of log-losses + alpha / 2 * |parameters|^2`. The intercept is the last
/// parameter and is not penalised.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Problem<'a> {
    /// `(n_rows, n_columns)`.
    pub(crate) x: ArrayView2<'a, f64>,
    pub(crate) churned: &'a [bool],
    pub(crate) alpha: f64,
    /// How much each row counts; empty if all count alike.
    pub(crate) weights: &'a [f64],
}

/// Loss and gradient at a point.
struct Slope {
    loss: f64,
    gradient: Array1<f64>,
}

impl Slope {
    fn is_below(&self, other: &Self) -> bool {
        let is_flat = (self.loss - other.loss).abs() <= FLAT * other.loss.abs();
        if is_flat { largest(&self.gradient) < largest(&other.gradient) } else { self.loss < other.loss }
    }
}

/// Losses that differ by less, relative to their size, differ by rounding.
const FLAT: f64 = 1e-13;

/// Second derivatives of the loss without its penalty, kept from fit to fit: between neighbouring penalties they hardly
/// change, and they are by far the dearest part of a step.
#[derive(Debug, Clone, Default)]
pub(crate) struct Curvature(Option<Array2<f64>>);

/// A step with old second derivatives must shrink the gradient at least to this share, else they are made anew.
const GOOD_SHRINKAGE: f64 = 0.3;

impl Problem<'_> {
    /// The minimum, starting from `start` (`n_columns + 1` parameters). Stops when the largest entry of the gradient,
    /// per row, falls below `tolerance`, or when no step helps.
    pub(crate) fn solve(&self, start: Array1<f64>, tolerance: f64) -> Array1<f64> {
        self.solve_with(start, tolerance, &mut Curvature::default())
    }

    /// The minimum, with second derivatives that an earlier fit to the same rows left behind.
    pub(crate) fn solve_with(&self, start: Array1<f64>, tolerance: f64, curvature: &mut Curvature) -> Array1<f64> {
        let limit = tolerance * self.churned.len() as f64;
        let mut at = start;
        let mut here = self.slope(at.view());
        for _ in 0..MAX_STEPS {
            if largest(&here.gradient) <= limit {
                break;
            }
            let is_fresh = curvature.0.is_none();
            let unpenalised = curvature.0.get_or_insert_with(|| self.curvature(at.view()));
            let step = Cholesky::of(self.penalised(unpenalised)).map(|factor| factor.solve(&here.gradient));
            match step.and_then(|step| self.descend(&at, &step, &here)) {
                Some((next, there)) => {
                    if largest(&there.gradient) > GOOD_SHRINKAGE * largest(&here.gradient) {
                        curvature.0 = None;
                    }
                    (at, here) = (next, there);
                }
                None if is_fresh => break,
                None => curvature.0 = None,
            }
        }
        at
    }

    /// The longest of the halved steps that lowers the loss or, where the loss is flat to the last digits, the gradient.
    fn descend(&self, at: &Array1<f64>, step: &Array1<f64>, here: &Slope) -> Option<(Array1<f64>, Slope)> {
        let candidates = (0..MAX_HALVINGS).map(|halvings| {
            let next = at - &(step * 0.5_f64.powi(i32::try_from(halvings).unwrap_or(i32::MAX)));
            let there = self.slope(next.view());
            (next, there)
        });
        candidates.into_iter().find(|(_, there)| there.is_below(here))
    }

    /// Largest entry of the gradient, per row: 0 at the optimum.
    pub(crate) fn gradient_per_row(&self, at: ArrayView1<'_, f64>) -> f64 {
        largest(&self.slope(at).gradient) / (self.churned.len() as f64).max(1.0)
    }

    /// Loss and gradient in one pass over the rows.
    fn slope(&self, at: ArrayView1<'_, f64>) -> Slope {
        let n_columns = self.x.ncols();
        let blocks: Vec<Slope> = self.blocks().par_iter().map(|block| block.slope(at)).collect();
        let nothing = Slope { loss: 0.0, gradient: Array1::zeros(at.len()) };
        let mut total = blocks
            .into_iter()
            .fold(nothing, |sum, block| Slope { loss: sum.loss + block.loss, gradient: sum.gradient + block.gradient });
        let weights = at.slice(s![..n_columns]);
        total.loss += self.alpha / 2.0 * weights.dot(&weights);
        total.gradient.slice_mut(s![..n_columns]).scaled_add(self.alpha, &weights);
        total
    }

    fn blocks(&self) -> Vec<Block<'_>> {
        let rows = self.x.axis_chunks_iter(Axis(0), BLOCK_ROWS).zip(self.churned.chunks(BLOCK_ROWS));
        // None for each block, if all rows count alike.
        let weights = self.weights.chunks(BLOCK_ROWS).chain(std::iter::repeat(&[][..]));
        rows.zip(weights).map(|((x, churned), weights)| Block { x, churned, weights }).collect()
    }

    /// Second derivatives of the loss without its penalty.
    fn curvature(&self, at: ArrayView1<'_, f64>) -> Array2<f64> {
        let n = at.len();
        let sums: Vec<Array2<f64>> =
            self.blocks().par_chunks(BLOCKS_PER_TASK).map(|blocks| sum_curvature(blocks, at)).collect();
        sums.into_iter().fold(Array2::zeros((n, n)), |sum, block| sum + block)
    }

    /// Second derivatives of the penalised loss.
    pub(crate) fn hessian(&self, at: ArrayView1<'_, f64>) -> Array2<f64> {
        self.penalised(&self.curvature(at))
    }

    fn penalised(&self, curvature: &Array2<f64>) -> Array2<f64> {
        let mut penalised = curvature.clone();
        let n_columns = self.x.ncols();
        penalised.diag_mut().slice_mut(s![..n_columns]).mapv_inplace(|value| value + self.alpha);
        penalised
    }
}

/// Rows that are read by one thread.
struct Block<'a> {
    x: ArrayView2<'a, f64>,
    churned: &'a [bool],
    /// Empty if all count alike.
    weights: &'a [f64],
}

impl Block<'_> {
    /// What a row counts.
    fn weight(&self, row: usize) -> f64 {
        self.weights.get(row).copied().unwrap_or(1.0)
    }

    fn slope(&self, at: ArrayView1<'_, f64>) -> Slope {
        let n_columns = self.x.ncols();
        let (slopes, intercept) = (at.slice(s![..n_columns]), at[n_columns]);
        let mut slope = Slope { loss: 0.0, gradient: Array1::zeros(at.len()) };
        let mut of_columns = slope.gradient.slice_mut(s![..n_columns]);
        let mut of_intercept = 0.0;
        for (place, (row, churned)) in self.x.outer_iter().zip(self.churned).enumerate() {
            let z = row.dot(&slopes) + intercept;
            let weight = self.weight(place);
            let residual = weight * (probability(z) - f64::from(u8::from(*churned)));
            slope.loss += weight * softplus(if *churned { -z } else { z });
            of_columns.scaled_add(residual, &row);
            of_intercept += residual;
        }
        slope.gradient[n_columns] = of_intercept;
        slope
    }
}

fn sum_curvature(blocks: &[Block<'_>], at: ArrayView1<'_, f64>) -> Array2<f64> {
    let n = at.len();
    let mut sum = Array2::zeros((n, n));
    for block in blocks {
        // One more column of ones carries the intercept.
        let mut weighted = Array2::ones((block.x.nrows(), n));
        weighted.slice_mut(s![.., ..n - 1]).assign(&block.x);
        let log_odds = block.x.dot(&at.slice(s![..n - 1])) + at[n - 1];
        for (place, (mut row, z)) in weighted.outer_iter_mut().zip(&log_odds).enumerate() {
            let p = probability(*z);
            row *= (block.weight(place) * p * (1.0 - p)).max(1e-12).sqrt();
        }
        add_lower_triangle(&weighted, &mut sum);
    }
    mirror(&mut sum);
    sum
}

/// Columns that are multiplied with each other at once.
const TILE_COLUMNS: usize = 64;

/// Adds the lower triangle of `x' x`, and of the upper one what lies on its tiles: the rest is the same again.
fn add_lower_triangle(x: &Array2<f64>, sum: &mut Array2<f64>) {
    let n = x.ncols();
    for first in (0..n).step_by(TILE_COLUMNS) {
        let last = (first + TILE_COLUMNS).min(n);
        let (below, columns) = (x.slice(s![.., first..]), x.slice(s![.., first..last]));
        let mut tile = sum.slice_mut(s![first.., first..last]);
        ndarray::linalg::general_mat_mul(1.0, &below.t(), &columns, 1.0, &mut tile);
    }
}

/// Copies the lower triangle of a symmetric matrix to the upper one.
fn mirror(matrix: &mut Array2<f64>) {
    for row in 0..matrix.nrows() {
        for column in 0..row {
            matrix[[column, row]] = matrix[[row, column]];
        }
    }
}

fn largest(vector: &Array1<f64>) -> f64 {
    vector.iter().fold(0.0, |largest, value| value.abs().max(largest))
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn without_columns_the_intercept_is_the_log_odds_of_the_rate() {
        let x = Array2::zeros((4, 0));
        let problem = Problem { x: x.view(), churned: &[true, false, false, false], alpha: 1.0, weights: &[] };
        let at = problem.solve(Array1::zeros(1), 1e-10);
        assert!((at[0] - (1.0_f64 / 3.0).ln()).abs() < 1e-9);
        assert!(problem.gradient_per_row(at.view()) < 1e-9);
    }

    #[test]
    fn a_weight_of_two_is_a_second_row() {
        let x = Array2::from_shape_fn((5_000, 2), |(i, j)| ((i * (7 + 4 * j) % 23) as f64 - 11.0) / 7.0);
        let churned: Vec<bool> = (0..5_000).map(|i| i * 31 % 10 < 3 + i % 23 / 8).collect();
        let weights: Vec<f64> = (0..5_000).map(|i| f64::from(1 + u8::from(i % 3 == 0))).collect();
        let twice: Vec<usize> = (0..5_000).chain((0..5_000).step_by(3)).collect();
        let (x_twice, churned_twice) =
            (x.select(Axis(0), &twice), twice.iter().map(|i| churned[*i]).collect::<Vec<_>>());
        let weighted = Problem { x: x.view(), churned: &churned, alpha: 3.0, weights: &weights };
        let repeated = Problem { x: x_twice.view(), churned: &churned_twice, alpha: 3.0, weights: &[] };
        let (a, b) = (weighted.solve(Array1::zeros(3), 1e-11), repeated.solve(Array1::zeros(3), 1e-11));
        assert!((&a - &b).iter().all(|difference| difference.abs() < 1e-7), "{a} {b}");
        let (a, b) = (weighted.hessian(a.view()), repeated.hessian(b.view()));
        assert!((&a - &b).iter().all(|difference| difference.abs() < 1e-3));
    }

    #[test]
    fn separable_rows_stay_finite_under_a_penalty() {
        let x = array![[-1.0], [-2.0], [1.0], [2.0]];
        let problem = Problem { x: x.view(), churned: &[false, false, true, true], alpha: 0.1, weights: &[] };
        let at = problem.solve(Array1::zeros(2), 1e-10);
        assert!(at[0] > 1.0 && at[0] < 10.0 && problem.gradient_per_row(at.view()) < 1e-9);
    }
}
