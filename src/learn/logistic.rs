//! The only file that knows linfa.
//!
//! What linfa does for the fitted model: it confirms it. Newton's method (`maths/logistic.rs`) finds the optimum. linfa
//! starts there, computes loss and gradient with code that is not ours, finds nothing to do, and gives the same numbers back
//! bit for bit; a test holds it to that. Only where Newton stopped early does linfa search on. Rows that do not count alike
//! are left to Newton, because linfa-logistic 0.8.1 reads no weights. In either case the gradient, which linfa does not
//! report, is computed here once more, and a fit whose gradient is too large is refused. For 100,000 rows of 110 columns
//! Newton takes 0.23 s on two cores, linfa's look 0.08 s, and linfa alone, from zero, 2.8 s.
//!
//! Traps of linfa-logistic 0.8.1: the positive class is the larger one, so that the sign of the weights turns round at
//! a churn rate of one half; a solver stopped by its iteration limit returns `Ok`.

use std::cmp::Ordering;

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, ArrayView1};
use serde::{Deserialize, Serialize};

use super::error::LearnError;
use crate::maths::logistic::Problem;

/// Largest entry of the gradient, per row, with which a fit counts as converged.
pub(super) const GRADIENT_LIMIT: f64 = 1e-6;

/// Newton stops well below the limit, so that linfa finds nothing left to do.
const WARM_START_TOLERANCE: f64 = 1e-9;

/// How an optimiser stopped.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Convergence {
    /// Largest entry of the gradient, per row.
    pub gradient_per_row: f64,
    /// The largest with which the fit counts as converged.
    pub limit: f64,
}

/// Parameters of log-odds of churning: one weight for each column, then the intercept.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Oriented {
    pub(super) parameters: Array1<f64>,
    pub(super) convergence: Convergence,
}

/// Fits prepared rows.
///
/// # Errors
/// One class only, values that are not finite, or no convergence.
pub(super) fn fit(learner: &'static str, problem: &Problem<'_>) -> Result<Oriented, LearnError> {
    let n_columns = problem.x.ncols();
    let warm = problem.solve(Array1::zeros(n_columns + 1), WARM_START_TOLERANCE);
    // linfa-logistic 0.8.1 does not read the weights of a dataset: rows that do not count alike are left to Newton, whose
    // gradient is checked like linfa's.
    let at = if problem.weights.is_empty() { polish(learner, problem, warm.view())? } else { warm };
    let gradient_per_row = problem.gradient_per_row(at.view());
    // Written so that a gradient that is not a number is refused.
    if gradient_per_row.is_nan() || gradient_per_row > GRADIENT_LIMIT {
        return Err(LearnError::NotConverged { learner, gradient: gradient_per_row, limit: GRADIENT_LIMIT });
    }
    Ok(Oriented { parameters: at, convergence: Convergence { gradient_per_row, limit: GRADIENT_LIMIT } })
}

/// Lets linfa fit, starting at `warm`; parameters come back oriented towards churning.
fn polish(learner: &'static str, problem: &Problem<'_>, warm: ArrayView1<'_, f64>) -> Result<Array1<f64>, LearnError> {
    let n_churned = problem.churned.iter().filter(|churned| **churned).count();
    // The larger class is positive, of two equal ones that of the first row.
    let expected_positive = match (2 * n_churned).cmp(&problem.churned.len()) {
        Ordering::Less => false,
        Ordering::Equal => problem.churned.first() == Some(&true),
        Ordering::Greater => true,
    };
    let start = if expected_positive { warm.to_owned() } else { -&warm };
    let data = DatasetBase::new(problem.x, Array1::from(problem.churned.to_vec()));
    let fitted = LogisticRegression::default()
        .alpha(problem.alpha)
        .gradient_tolerance(GRADIENT_LIMIT * problem.churned.len() as f64 / 2.0)
        .initial_params(start)
        .fit(&data)
        .map_err(|error| LearnError::Linfa { learner, message: error.to_string() })?;
    // The class that linfa calls positive decides the sign, whatever was expected.
    let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
    let mut at = fitted.params().to_vec();
    at.push(fitted.intercept());
    Ok(Array1::from(at) * sign)
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    /// Rows with one column that raises churn, `n_churned` of 100 churned.
    fn rows(n_churned: usize) -> (Array2<f64>, Vec<bool>) {
        let churned: Vec<bool> = (0..100).map(|i| i < n_churned).collect();
        let x = Array2::from_shape_fn((100, 1), |(i, _)| {
            f64::from(u8::from(churned[i])) + ((i * 37 % 11) as f64 - 5.0) / 4.0
        });
        (x, churned)
    }

    #[test]
    fn weights_point_towards_churning_at_any_rate() {
        for n_churned in [20, 50, 80] {
            let (x, churned) = rows(n_churned);
            let fit = fit("test", &Problem { x: x.view(), churned: &churned, alpha: 1.0, weights: &[] }).unwrap();
            assert!(fit.parameters[0] > 0.5, "{n_churned}: {}", fit.parameters[0]);
            assert!(fit.convergence.gradient_per_row < GRADIENT_LIMIT);
        }
    }

    #[test]
    fn linfa_confirms_newton_bit_for_bit_and_mends_an_early_stop() {
        for n_churned in [20, 50, 80] {
            let (x, churned) = rows(n_churned);
            let problem = Problem { x: x.view(), churned: &churned, alpha: 1.0, weights: &[] };
            let newton = problem.solve(Array1::zeros(2), WARM_START_TOLERANCE);
            assert_eq!(polish("test", &problem, newton.view()).unwrap(), newton);
            let mended = polish("test", &problem, Array1::zeros(2).view()).unwrap();
            assert!((&mended - &newton).iter().all(|apart| apart.abs() < 1e-4), "{mended} {newton}");
        }
    }

    #[test]
    fn a_fit_that_did_not_converge_is_refused() {
        let (x, churned) = rows(30);
        let unusable = x.mapv(|value| value * f64::NAN);
        let result = fit("test", &Problem { x: unusable.view(), churned: &churned, alpha: 1.0, weights: &[] });
        assert!(matches!(result, Err(LearnError::NotConverged { .. } | LearnError::Linfa { .. })));
    }
}
