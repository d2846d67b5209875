//! The scores of a logistic regression summed by customer, whose rows repeat each other.

use ndarray::{Array1, Array2, ArrayView1, ArrayViewMut1, Axis, s};
use rayon::prelude::*;

use crate::maths::logistic::Problem;
use crate::maths::special::probability;

/// Customers whose scores are summed at a time, and such blocks in a task; fixed, because the grouping of a sum decides
/// its last bits.
const BLOCK_CUSTOMERS: usize = 512;
const BLOCKS_PER_TASK: usize = 16;

/// Sums over customers of their scores, each the sum over the rows of the customer of `(p - y) x`.
pub(super) struct Scores {
    /// Of the scores times themselves, `(n_parameters, n_parameters)`.
    pub(super) squares: Array2<f64>,
    /// Of the scores.
    pub(super) sum: Array1<f64>,
    pub(super) n_customers: usize,
}

impl Scores {
    /// Those at some parameters, the intercept last; `customers` has one entry for each row, and the rows of one customer
    /// stand together.
    pub(super) fn of(problem: &Problem<'_>, at: ArrayView1<'_, f64>, customers: &[u32]) -> Self {
        let mut start = 0;
        let rows = |rows: &[u32]| {
            let first = start;
            start += rows.len();
            first..start
        };
        let customers: Vec<std::ops::Range<usize>> = customers.chunk_by(|a, b| a == b).map(rows).collect();
        let n = at.len();
        let nothing = || (Array2::zeros((n, n)), Array1::zeros(n));
        let of_task = |customers: &[std::ops::Range<usize>]| {
            let (mut squares, mut sum) = nothing();
            for block in customers.chunks(BLOCK_CUSTOMERS) {
                let mut scores = Array2::zeros((block.len(), n));
                for (mut score, rows) in scores.outer_iter_mut().zip(block) {
                    rows.clone().for_each(|row| add(problem, at, row, &mut score));
                }
                ndarray::linalg::general_mat_mul(1.0, &scores.t(), &scores, 1.0, &mut squares);
                sum += &scores.sum_axis(Axis(0));
            }
            (squares, sum)
        };
        let tasks = customers.par_chunks(BLOCK_CUSTOMERS * BLOCKS_PER_TASK).map(of_task);
        let tasks: Vec<(Array2<f64>, Array1<f64>)> = tasks.collect();
        let (squares, sum) = tasks.into_iter().fold(nothing(), |all, task| (all.0 + task.0, all.1 + task.1));
        Self { squares, sum, n_customers: customers.len() }
    }
}

fn add(problem: &Problem<'_>, at: ArrayView1<'_, f64>, row: usize, score: &mut ArrayViewMut1<'_, f64>) {
    let x = problem.x.row(row);
    let n = x.len();
    let z = x.dot(&at.slice(s![..n])) + at[n];
    let weight = problem.weights.get(row).copied().unwrap_or(1.0);
    let residual = weight * (probability(z) - f64::from(u8::from(problem.churned[row])));
    score.slice_mut(s![..n]).scaled_add(residual, &x);
    score[n] += residual;
}
