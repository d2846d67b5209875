//! Newton's method for L2-penalised logistic regression: the warm start that makes the library's solver finish at once.
//!
//! Parallel over fixed blocks of rows that are summed in order, so the result does not depend on the number of threads.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, s};
use rayon::prelude::*;

use super::cholesky::Cholesky;
use super::{probability, softplus};

/// Rows of one block; fixed, because the grouping of a sum decides its last bits.
const BLOCK_ROWS: usize = 2_048;

/// Blocks whose second derivatives are summed by one task.
const BLOCKS_PER_TASK: usize = 2;

const MAX_STEPS: usize = 50;
const MAX_HALVINGS: usize = 30;

/// Penalised logistic loss over prepared rows: `sum of log-losses + alpha / 2 * |weights|^2`. The intercept is the last
/// parameter and is not penalised.
#[derive(Debug, Clone, Copy)]
pub(super) struct Problem<'a> {
    /// `(n_rows, n_columns)`.
    pub(super) x: ArrayView2<'a, f64>,
    pub(super) churned: &'a [bool],
    pub(super) alpha: f64,
}

struct Derivatives {
    gradient: Array1<f64>,
    hessian: Array2<f64>,
}

impl Problem<'_> {
    /// The minimum, starting from `start` (`n_columns + 1` parameters). Stops when the largest entry of the gradient,
    /// per row, falls below `tolerance`, or when no step helps.
    pub(super) fn solve(&self, start: Array1<f64>, tolerance: f64) -> Array1<f64> {
        let mut at = start;
        let mut loss = self.loss(at.view());
        for _ in 0..MAX_STEPS {
            let derivatives = self.derivatives(at.view());
            if largest(&derivatives.gradient) <= tolerance * self.churned.len() as f64 {
                break;
            }
            let Some(step) = Cholesky::of(derivatives.hessian).map(|factor| factor.solve(&derivatives.gradient)) else {
                break;
            };
            let Some((next, next_loss)) = self.descend(&at, &step, loss) else { break };
            (at, loss) = (next, next_loss);
        }
        at
    }

    /// The longest of the halved steps that lowers the loss.
    fn descend(&self, at: &Array1<f64>, step: &Array1<f64>, loss: f64) -> Option<(Array1<f64>, f64)> {
        let candidates = (0..MAX_HALVINGS).map(|halvings| {
            let next = at - &(step * 0.5_f64.powi(i32::try_from(halvings).unwrap_or(i32::MAX)));
            let next_loss = self.loss(next.view());
            (next, next_loss)
        });
        candidates.into_iter().find(|(_, next_loss)| *next_loss < loss)
    }

    /// Largest entry of the gradient, per row: 0 at the optimum.
    pub(super) fn gradient_per_row(&self, at: ArrayView1<'_, f64>) -> f64 {
        let blocks = self.blocks().map(|(x, churned)| {
            let residual = residuals(x, churned, at);
            let mut gradient = Array1::zeros(at.len());
            gradient.slice_mut(s![..x.ncols()]).assign(&x.t().dot(&residual));
            gradient[x.ncols()] = residual.sum();
            gradient
        });
        let mut gradient: Array1<f64> =
            blocks.collect::<Vec<_>>().into_iter().fold(Array1::zeros(at.len()), |a, b| a + b);
        self.add_penalty_gradient(at, &mut gradient);
        largest(&gradient) / (self.churned.len() as f64).max(1.0)
    }

    fn loss(&self, at: ArrayView1<'_, f64>) -> f64 {
        let block_loss = |(x, churned): (ArrayView2<'_, f64>, &[bool])| {
            let log_odds = linear(x, at);
            let losses = log_odds.iter().zip(churned).map(|(z, churned)| softplus(if *churned { -z } else { *z }));
            losses.sum::<f64>()
        };
        let losses: Vec<f64> = self.blocks().map(block_loss).collect();
        let weights = at.slice(s![..self.x.ncols()]);
        losses.iter().sum::<f64>() + self.alpha / 2.0 * weights.dot(&weights)
    }

    fn blocks(&self) -> impl IndexedParallelIterator<Item = (ArrayView2<'_, f64>, &[bool])> {
        let blocks: Vec<_> =
            self.x.axis_chunks_iter(Axis(0), BLOCK_ROWS).zip(self.churned.chunks(BLOCK_ROWS)).collect();
        blocks.into_par_iter()
    }

    fn derivatives(&self, at: ArrayView1<'_, f64>) -> Derivatives {
        let n = at.len();
        let blocks: Vec<_> =
            self.x.axis_chunks_iter(Axis(0), BLOCK_ROWS).zip(self.churned.chunks(BLOCK_ROWS)).collect();
        let sums: Vec<Derivatives> = blocks.par_chunks(BLOCKS_PER_TASK).map(|blocks| sum_blocks(blocks, at)).collect();
        let mut total = Derivatives { gradient: Array1::zeros(n), hessian: Array2::zeros((n, n)) };
        for sum in sums {
            total.gradient += &sum.gradient;
            total.hessian += &sum.hessian;
        }
        self.add_penalty_gradient(at, &mut total.gradient);
        let n_columns = self.x.ncols();
        total.hessian.diag_mut().slice_mut(s![..n_columns]).mapv_inplace(|value| value + self.alpha);
        total
    }

    fn add_penalty_gradient(&self, at: ArrayView1<'_, f64>, gradient: &mut Array1<f64>) {
        let n_columns = self.x.ncols();
        gradient.slice_mut(s![..n_columns]).scaled_add(self.alpha, &at.slice(s![..n_columns]));
    }
}

fn sum_blocks(blocks: &[(ArrayView2<'_, f64>, &[bool])], at: ArrayView1<'_, f64>) -> Derivatives {
    let n = at.len();
    let mut sum = Derivatives { gradient: Array1::zeros(n), hessian: Array2::zeros((n, n)) };
    for (x, churned) in blocks {
        let log_odds = linear(*x, at);
        // One more column of ones carries the intercept.
        let mut weighted = Array2::ones((x.nrows(), n));
        weighted.slice_mut(s![.., ..n - 1]).assign(x);
        let mut residual = Array1::zeros(x.nrows());
        for ((mut row, z), (churned, residual)) in
            weighted.outer_iter_mut().zip(&log_odds).zip(churned.iter().zip(residual.iter_mut()))
        {
            let p = probability(*z);
            *residual = p - f64::from(u8::from(*churned));
            row *= (p * (1.0 - p)).max(1e-12).sqrt();
        }
        sum.gradient.slice_mut(s![..n - 1]).scaled_add(1.0, &x.t().dot(&residual));
        sum.gradient[n - 1] += residual.sum();
        ndarray::linalg::general_mat_mul(1.0, &weighted.t(), &weighted, 1.0, &mut sum.hessian);
    }
    sum
}

fn linear(x: ArrayView2<'_, f64>, at: ArrayView1<'_, f64>) -> Array1<f64> {
    x.dot(&at.slice(s![..x.ncols()])) + at[x.ncols()]
}

fn residuals(x: ArrayView2<'_, f64>, churned: &[bool], at: ArrayView1<'_, f64>) -> Array1<f64> {
    let mut residuals = linear(x, at);
    residuals.iter_mut().zip(churned).for_each(|(z, churned)| *z = probability(*z) - f64::from(u8::from(*churned)));
    residuals
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
        let problem = Problem { x: x.view(), churned: &[true, false, false, false], alpha: 1.0 };
        let at = problem.solve(Array1::zeros(1), 1e-10);
        assert!((at[0] - (1.0_f64 / 3.0).ln()).abs() < 1e-9);
        assert!(problem.gradient_per_row(at.view()) < 1e-9);
    }

    #[test]
    fn separable_rows_stay_finite_under_a_penalty() {
        let x = array![[-1.0], [-2.0], [1.0], [2.0]];
        let problem = Problem { x: x.view(), churned: &[false, false, true, true], alpha: 0.1 };
        let at = problem.solve(Array1::zeros(2), 1e-10);
        assert!(at[0] > 1.0 && at[0] < 10.0 && problem.gradient_per_row(at.view()) < 1e-9);
    }
}
