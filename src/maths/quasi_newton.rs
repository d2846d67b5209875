//! The search for a minimum: BFGS with a line search, second derivatives by differences, and why a search stopped.
//!
//! Ours: the NBD likelihood of 400 customers takes 15 to 17 evaluations here; BFGS of `argmin` 0.11 asks 12 to 14 times for
//! the value and 23 to 25 times for the gradient with the search of More and Thuente, and ends in an error with that of Hager
//! and Zhang. It has no box either.
//!
//! Coordinates are logarithms of parameters (or plain effects), held inside a box: outside, the function is continued
//! flat, so that a parameter that runs away stops at the edge while the others still find their optimum.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::cholesky::Cholesky;

/// Why a search stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// The gradient vanished.
    Converged,
    /// No step lowers the function any more.
    NoProgress,
    /// The number of steps ran out.
    StepLimit,
    /// The function is not finite at the start.
    NotFinite,
}

/// A function's value and gradient at a point.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Evaluation {
    pub(crate) value: f64,
    pub(crate) gradient: Vec<f64>,
}

/// Where a search ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Optimum {
    pub(crate) at: Vec<f64>,
    pub(crate) value: f64,
    /// Largest entry of the gradient.
    pub(crate) gradient: f64,
    pub(crate) stop: Stop,
    pub(crate) evaluations: u32,
}

/// Half the width of the box in logarithms.
pub(crate) const EDGE: f64 = 14.0;

/// Largest entry of the gradient, per customer, at which a search counts as converged.
pub(crate) const TOLERANCE: f64 = 1e-9;

/// Changes of the value below this share of it are rounding.
const ROUNDING: f64 = 1e-13;

/// Below this share of its diagonal, a pivot of second derivatives is rounding.
const LEAST_PIVOT: f64 = 1e-14;

const MAX_STEPS: u32 = 300;
const MAX_LINE_STEPS: u32 = 30;

/// A square matrix, row after row.
pub(crate) type Matrix = Vec<Vec<f64>>;

struct Search<'a, F> {
    function: &'a F,
    evaluations: u32,
}

impl<F: Fn(&[f64]) -> Evaluation> Search<'_, F> {
    /// The function continued flat outside the box.
    fn evaluate(&mut self, at: &[f64]) -> Evaluation {
        self.evaluations += 1;
        let mut evaluation = (self.function)(&boxed(at));
        evaluation.gradient.iter_mut().zip(at).filter(|(_, z)| z.abs() > EDGE).for_each(|(g, _)| *g = 0.0);
        evaluation
    }

    /// A point along `direction` that satisfies the weak Wolfe conditions, by doubling and bisection.
    ///
    /// # Source
    /// Lewis and Overton (2013), Mathematical Programming 141, algorithm 2.6.
    fn line(&mut self, at: &[f64], now: &Evaluation, direction: &[f64]) -> Option<(Vec<f64>, Evaluation)> {
        let slope = dot(&now.gradient, direction);
        let (mut low, mut high, mut step) = (0.0, f64::INFINITY, 1.0);
        let mut best = None;
        for _ in 0..MAX_LINE_STEPS {
            let next: Vec<f64> = at.iter().zip(direction).map(|(z, d)| z + step * d).collect();
            let there = self.evaluate(&next);
            // Near the optimum values differ by rounding only, and the gradient alone can tell.
            let rounding = ROUNDING * now.value.abs();
            let level = (step * slope).abs() <= rounding && (there.value - now.value).abs() <= rounding;
            if level && largest(&there.gradient) < 0.9 * largest(&now.gradient) {
                return Some((next, there));
            }
            if level && step < 1e-3 {
                return None;
            }
            if there.value.is_nan() || there.value > now.value + 1e-4 * step * slope {
                high = step;
            } else if dot(&there.gradient, direction) < 0.9 * slope {
                low = step;
                best = Some((next, there));
            } else {
                return Some((next, there));
            }
            step = if high.is_finite() { f64::midpoint(low, high) } else { 2.0 * low };
        }
        best
    }
}

/// The point moved into the box.
pub(crate) fn boxed(at: &[f64]) -> Vec<f64> {
    at.iter().map(|z| z.clamp(-EDGE, EDGE)).collect()
}

/// Where a search begins, and when it is done.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    pub(crate) at: Vec<f64>,
    /// The inverse of the second derivatives there, if known.
    pub(crate) inverse: Option<Matrix>,
    /// Largest entry of the gradient that counts as none.
    pub(crate) tolerance: f64,
}

/// The minimum of `function` from `start`.
///
/// # Source
/// Nocedal and Wright (2006), Numerical Optimization, algorithm 6.1 and equation 6.20.
pub(crate) fn minimise<F: Fn(&[f64]) -> Evaluation>(function: &F, start: Start) -> Optimum {
    let Start { mut at, inverse, tolerance } = start;
    let mut search = Search { function, evaluations: 0 };
    let mut now = search.evaluate(&at);
    let mut scaled = inverse.is_some();
    let mut inverse = inverse.unwrap_or_else(|| identity(at.len()));
    let mut stop = if now.value.is_finite() { Stop::StepLimit } else { Stop::NotFinite };
    let mut steps = 0;
    while stop == Stop::StepLimit && steps < MAX_STEPS {
        steps += 1;
        if largest(&now.gradient) <= tolerance {
            stop = Stop::Converged;
            break;
        }
        let direction = descent(&mut inverse, &now.gradient);
        let Some((next, there)) = search.line(&at, &now, &direction) else {
            stop = Stop::NoProgress;
            break;
        };
        let moved: Vec<f64> = next.iter().zip(&at).map(|(a, b)| a - b).collect();
        let turned: Vec<f64> = there.gradient.iter().zip(&now.gradient).map(|(a, b)| a - b).collect();
        if !scaled && dot(&moved, &turned) > 0.0 {
            let scale = dot(&moved, &turned) / dot(&turned, &turned);
            inverse.iter_mut().flatten().for_each(|entry| *entry *= scale);
            scaled = true;
        }
        update(&mut inverse, &moved, &turned);
        (at, now) = (next, there);
    }
    let gradient = largest(&now.gradient);
    Optimum { at: boxed(&at), value: now.value, gradient, stop, evaluations: search.evaluations }
}

/// The quasi-Newton direction; steepest descent, and a fresh start, if that does not lead downwards.
fn descent(inverse: &mut Matrix, gradient: &[f64]) -> Vec<f64> {
    let direction: Vec<f64> = inverse.iter().map(|row| -dot(row, gradient)).collect();
    let longest = largest(&direction);
    if dot(&direction, gradient) < 0.0 && longest.is_finite() {
        // Two units of a logarithm are far enough for one step.
        let shorten = (2.0 / longest).min(1.0);
        return direction.iter().map(|d| d * shorten).collect();
    }
    *inverse = identity(gradient.len());
    gradient.iter().map(|g| -g).collect()
}

/// The BFGS update of the inverse second derivatives.
fn update(inverse: &mut Matrix, moved: &[f64], turned: &[f64]) {
    let curvature = dot(moved, turned);
    if curvature.is_nan() || curvature <= 1e-14 * (dot(moved, moved) * dot(turned, turned)).sqrt() {
        return;
    }
    let product: Vec<f64> = inverse.iter().map(|row| dot(row, turned)).collect();
    let factor = 1.0 + dot(turned, &product) / curvature;
    for (i, row) in inverse.iter_mut().enumerate() {
        for (j, entry) in row.iter_mut().enumerate() {
            *entry += (factor * moved[i] * moved[j] - product[i] * moved[j] - moved[i] * product[j]) / curvature;
        }
    }
}

/// Second derivatives at a point by central differences of the gradient, made symmetric.
pub(crate) fn hessian<F: Fn(&[f64]) -> Evaluation>(function: &F, at: &[f64]) -> Matrix {
    const STEP: f64 = 1e-4;
    let shifted = |i: usize, by: f64| {
        let mut point = at.to_vec();
        point[i] += by;
        function(&point).gradient
    };
    let difference = |i: usize| -> Vec<f64> {
        shifted(i, STEP).iter().zip(shifted(i, -STEP)).map(|(up, down)| (up - down) / (2.0 * STEP)).collect()
    };
    let raw: Matrix = (0..at.len()).map(difference).collect();
    let entry = |i: usize, j: usize| f64::midpoint(raw[i][j], raw[j][i]);
    (0..at.len()).map(|i| (0..at.len()).map(|j| entry(i, j)).collect()).collect()
}

/// The inverse of a symmetric positive definite matrix; `None` if it is not that.
pub(crate) fn inverse(matrix: &Matrix) -> Option<Matrix> {
    let n = matrix.len();
    let factor = Cholesky::with_pivots(Array2::from_shape_fn((n, n), |(i, j)| matrix[i][j]), LEAST_PIVOT)?;
    Some(factor.inverse().columns().into_iter().map(|column| column.to_vec()).collect())
}

fn identity(n: usize) -> Matrix {
    (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Largest entry, NaN if one is.
fn largest(vector: &[f64]) -> f64 {
    vector.iter().fold(0.0, |largest, z| if z.is_nan() || z.abs() > largest { z.abs() } else { largest })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(at: &[f64]) -> Start {
        Start { at: at.to_vec(), inverse: None, tolerance: TOLERANCE }
    }

    fn rosenbrock(z: &[f64]) -> Evaluation {
        let (x, y) = (z[0], z[1]);
        let value = (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2);
        let gradient = vec![-2.0 * (1.0 - x) - 400.0 * x * (y - x * x), 200.0 * (y - x * x)];
        Evaluation { value, gradient }
    }

    #[test]
    fn a_bent_valley_is_followed_to_its_end() {
        let optimum = minimise(&rosenbrock, from(&[-1.2, 1.0]));
        assert_eq!(optimum.stop, Stop::Converged);
        assert!((optimum.at[0] - 1.0).abs() < 1e-8 && (optimum.at[1] - 1.0).abs() < 1e-8);
    }

    #[test]
    fn a_parameter_that_runs_away_stops_at_the_edge() {
        let function = |z: &[f64]| Evaluation {
            value: (-z[0]).exp() + (z[1] - 2.0).powi(2),
            gradient: vec![-(-z[0]).exp(), 2.0 * (z[1] - 2.0)],
        };
        let optimum = minimise(&function, from(&[0.0, 0.0]));
        assert!(optimum.at[0] > 10.0 && optimum.at[0] <= EDGE && (optimum.at[1] - 2.0).abs() < 1e-6, "{optimum:?}");
    }

    #[test]
    fn an_undefined_function_is_said_to_be_one() {
        let function = |_: &[f64]| Evaluation { value: f64::NAN, gradient: vec![f64::NAN] };
        assert_eq!(minimise(&function, from(&[0.0])).stop, Stop::NotFinite);
    }

    #[test]
    fn second_derivatives_and_their_inverse() {
        let at_one = hessian(&rosenbrock, &[1.0, 1.0]);
        assert!((at_one[0][0] - 802.0).abs() < 1e-3 && (at_one[0][1] + 400.0).abs() < 1e-3);
        let back = inverse(&at_one).unwrap();
        assert!((dot(&at_one[0], &back[0]) - 1.0).abs() < 1e-9 && dot(&at_one[0], &back[1]).abs() < 1e-9);
        assert!(inverse(&vec![vec![1.0, 2.0], vec![2.0, 1.0]]).is_none());
    }
}
