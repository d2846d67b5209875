//! How uncertain the parameters of a logistic regression are, when rows of one customer repeat each other.

use ndarray::{Array1, Array2, ArrayView1};
use rayon::prelude::*;

use super::scores::Scores;
use crate::maths::cholesky::Cholesky;
use crate::maths::logistic::Problem;

/// Standard errors of the parameters at the optimum `at`, the intercept last; `customers` has one entry for each row, and
/// the rows of one customer stand together. `None` with fewer than two customers or a singular curvature.
///
/// With `H = X'WX + alpha D` the curvature of the penalised loss (`W = p (1 - p)`; `D` is 1 for weights, 0 for the
/// intercept) and `s_g` the sum over the rows of customer `g` of `(p - y) x`, the variance is
/// `H^-1 M H^-1`, `M = G / (G - 1) * sum of (s_g - mean)(s_g - mean)'` over the `G` customers. It is that of the penalised
/// estimate, which is drawn towards zero: it says nothing about that pull.
///
/// # Source
/// Liang and Zeger (1986), Biometrika 73, 13-22 (sums by cluster); Gray (1992), JASA 87, 942-951, section 3 (penalised
/// curvature on either side of the information).
pub(super) fn standard_errors(problem: &Problem<'_>, at: ArrayView1<'_, f64>, customers: &[u32]) -> Option<Vec<f64>> {
    let scores = Scores::of(problem, at, customers);
    if scores.n_customers < 2 {
        return None;
    }
    let spread = spread(&scores);
    let curvature = Cholesky::of(problem.hessian(at))?;
    let error = |parameter: usize| {
        let mut unit = Array1::zeros(at.len());
        unit[parameter] = 1.0;
        let column = curvature.solve(&unit);
        column.dot(&spread.dot(&column)).max(0.0).sqrt()
    };
    Some((0..at.len()).into_par_iter().map(error).collect())
}

/// `M`: how much the sums of the customers' scores vary, times their number.
fn spread(scores: &Scores) -> Array2<f64> {
    let (n, n_customers) = (scores.sum.len(), scores.n_customers as f64);
    let mean = &scores.sum / n_customers;
    let outer = Array2::from_shape_fn((n, n), |(i, j)| n_customers * mean[i] * mean[j]);
    (&scores.squares - &outer) * (n_customers / (n_customers - 1.0))
}

#[cfg(test)]
mod tests {
    use ndarray::Axis;

    use super::*;
    use crate::maths::random::noise::draw;
    use crate::maths::special::probability;

    const TRUTH: [f64; 3] = [0.8, -0.5, 0.0];
    const INTERCEPT: f64 = -0.3;

    /// `n` independent customers with three columns of variance 1, whose log-odds are linear with [`TRUTH`].
    fn shop(seed: u64, n: usize) -> (Array2<f64>, Vec<bool>) {
        let at = |row: usize, column: usize| draw(seed * 1_000_003 + (row * 8 + column) as u64 + 1);
        let x = Array2::from_shape_fn((n, 3), |(row, column)| (at(row, column) - 0.5) * 12.0_f64.sqrt());
        let churned = (0..n).map(|row| {
            let z = INTERCEPT + x.row(row).iter().zip(TRUTH).map(|(x, weight)| x * weight).sum::<f64>();
            at(row, 7) < probability(z)
        });
        (x.clone(), churned.collect())
    }

    fn fit(x: &Array2<f64>, churned: &[bool], alpha: f64, customers: &[u32]) -> (Array1<f64>, Vec<f64>) {
        let problem = Problem { x: x.view(), churned, alpha, weights: &[] };
        let at = problem.solve(Array1::zeros(x.ncols() + 1), 1e-10);
        let errors = standard_errors(&problem, at.view(), customers).unwrap();
        (at, errors)
    }

    fn alone(n: usize) -> Vec<u32> {
        (0..u32::try_from(n).unwrap()).collect()
    }

    /// On independent rows of a true model, clustering and sandwich change nothing but noise.
    #[test]
    fn independent_rows_give_the_inverse_of_the_curvature() {
        let (x, churned) = shop(1, 20_000);
        let (at, errors) = fit(&x, &churned, 1e-6, &alone(20_000));
        let curvature = Problem { x: x.view(), churned: &churned, alpha: 1e-6, weights: &[] }.hessian(at.view());
        let factor = Cholesky::of(curvature).unwrap();
        for (parameter, error) in errors.iter().enumerate() {
            let mut unit = Array1::zeros(4);
            unit[parameter] = 1.0;
            let plain = factor.solve(&unit)[parameter].sqrt();
            assert!((error / plain - 1.0).abs() < 0.03, "{parameter}: {error} {plain}");
        }
    }

    /// 95 % intervals hold the true weights in 95 % of shops, within what chance allows for 400 of them.
    #[test]
    fn intervals_hold_the_truth_as_often_as_they_say() {
        let truth = [TRUTH[0], TRUTH[1], TRUTH[2], INTERCEPT];
        let mut held = [0_u32; 4];
        for seed in 0..400 {
            let (x, churned) = shop(seed + 7, 500);
            let (at, errors) = fit(&x, &churned, 1e-6, &alone(500));
            for (held, ((at, error), truth)) in held.iter_mut().zip(at.iter().zip(&errors).zip(truth)) {
                *held += u32::from((at - truth).abs() < 1.96 * error);
            }
        }
        assert!(held.iter().all(|held| (366..=393).contains(held)), "{held:?} of 400");
    }

    /// Three equal rows of each customer say no more than one, unless they are taken for rows of three customers.
    #[test]
    fn repeated_rows_of_a_customer_do_not_shrink_the_errors() {
        let (x, churned) = shop(3, 400);
        let (_, once) = fit(&x, &churned, 2.0, &alone(400));
        let thrice: Vec<usize> = (0..1_200).map(|row| row / 3).collect();
        let (x, churned) = (x.select(Axis(0), &thrice), thrice.iter().map(|row| churned[*row]).collect::<Vec<_>>());
        let customers: Vec<u32> = thrice.iter().map(|row| u32::try_from(*row).unwrap()).collect();
        let (_, clustered) = fit(&x, &churned, 6.0, &customers);
        let (_, naive) = fit(&x, &churned, 6.0, &alone(1_200));
        for ((once, clustered), naive) in once.iter().zip(&clustered).zip(&naive) {
            assert!((once - clustered).abs() < 1e-9 * once, "{once} {clustered}");
            assert!(*naive < 0.62 * once, "{naive} {once}");
        }
    }

    #[test]
    fn one_customer_has_no_errors() {
        let (x, churned) = shop(3, 50);
        let problem = Problem { x: x.view(), churned: &churned, alpha: 1.0, weights: &[] };
        assert_eq!(standard_errors(&problem, Array1::zeros(4).view(), &[7; 50]), None);
    }
}
