//! How uncertain log-odds are: what a linear learner might have learnt from other customers of the same shop, and how far
//! the level of a cutoff may lie from what is predicted.

use ndarray::{Array1, Array2, s};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::error::LearnError;
use super::level::Level;
use super::log_odds::LOG_ODDS;
use super::preparation::Preparation;
use super::scores::Scores;
use crate::checked::{self, Checked, Flaw};
use crate::dataset::Dataset;
use crate::maths::cholesky::Cholesky;
use crate::maths::logistic::Problem;
use crate::maths::random::is_heads;
use crate::timeline::Cutoff;

/// Directions by which the uncertainty of the weights is represented. Each is a mixture of all directions there are, so
/// that a customer's variance by so many has an error of about a fifth and no bias, however the features are correlated;
/// the largest directions alone would leave out the many small ones that together are most of it.
const DIRECTIONS: usize = 64;

/// Directions that are read at most.
const MOST_DIRECTIONS: usize = 1_024;

/// Where the mixtures start.
const SEED: u64 = 64;

/// Keeps a covariance that rounding made indefinite positive, relative to its largest variance.
const RIDGE: f64 = 1e-10;

/// Rows that one task reads.
const BLOCK_ROWS: usize = 1_024;

/// The uncertainty of a model's log-odds, by that of the weights of a linear learner and of its level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Uncertainty {
    preparation: Preparation,
    /// For each direction, what one standard deviation does to each weight.
    directions: Vec<Vec<f32>>,
    level: Level,
    /// What a deviation of the linear learner counts in the model.
    scale: f64,
}

impl Uncertainty {
    /// The uncertainty of a linear fit; `None` where its second derivatives cannot be inverted.
    pub(super) fn learn(fit: &Fit<'_, '_>, preparation: &Preparation, level: &Level) -> Option<Self> {
        let directions = mixed(fit.covariance(preparation.n_columns())?)?;
        #[expect(clippy::cast_possible_truncation, reason = "a standard deviation needs no more digits")]
        let single = |values: &Array1<f64>| values.iter().map(|value| *value as f32).collect();
        Some(Self {
            preparation: preparation.clone(),
            directions: directions.iter().map(single).collect(),
            level: level.clone(),
            scale: 1.0,
        })
    }

    /// The uncertainty of a model in which the learner's deviations count `scale`.
    pub(super) fn scaled(&self, scale: f64) -> Self {
        Self { scale, ..self.clone() }
    }

    /// Variance of the level at a cutoff, the same error for all its customers; `None` where the model does not know its
    /// past levels.
    #[must_use]
    pub fn level_variance(&self, cutoff: Cutoff) -> Option<f64> {
        self.level.variance_at(cutoff.date())
    }

    /// How far each row's log-odds may be off beside the level: `(n_rows, n_directions)`, what one standard deviation in
    /// each direction does.
    ///
    /// # Errors
    /// `LearnError::MissingFeature` if the dataset lacks a feature.
    pub fn deviations(&self, dataset: &Dataset, rows: &[usize]) -> Result<Array2<f64>, LearnError> {
        Ok(self.preparation.apply(dataset, rows)?.dot(&self.matrix()))
    }

    /// Variances of the rows' log-odds beside the level.
    ///
    /// # Errors
    /// `LearnError::MissingFeature` if the dataset lacks a feature.
    pub fn variances(&self, dataset: &Dataset, rows: &[usize]) -> Result<Vec<f64>, LearnError> {
        let of_block = |rows: &[usize]| Ok(self.variances_of(&self.preparation.apply(dataset, rows)?));
        let blocks = rows.par_chunks(BLOCK_ROWS).map(of_block).collect::<Result<Vec<_>, LearnError>>()?;
        Ok(blocks.concat())
    }

    /// Variances of rows that are prepared already.
    pub(super) fn variances_of(&self, prepared: &Array2<f64>) -> Vec<f64> {
        prepared.dot(&self.matrix()).outer_iter().map(|row| row.dot(&row)).collect()
    }

    /// The features that it reads.
    pub fn used_features(&self) -> impl Iterator<Item = &str> {
        self.preparation.used()
    }

    /// Whether these are the columns that it is about.
    pub(super) fn reads_columns_of(&self, preparation: &Preparation) -> bool {
        self.preparation == *preparation
    }

    /// `(n_columns, n_directions)`.
    fn matrix(&self) -> Array2<f64> {
        Array2::from_shape_fn((self.preparation.n_columns(), self.directions.len()), |(column, direction)| {
            self.scale * self.directions[direction].get(column).map_or(0.0, |part| f64::from(*part))
        })
    }
}

impl Checked for Uncertainty {
    fn check(&self) -> Result<(), Flaw> {
        checked::within("preparation", &self.preparation)?;
        checked::at_most("directions", self.directions.len(), MOST_DIRECTIONS)?;
        for (number, direction) in self.directions.iter().enumerate() {
            let place = format!("directions[{number}]");
            checked::length(&place, direction.len(), self.preparation.n_columns())?;
            checked::numbers(&place, direction.iter().copied().map(f64::from), &LOG_ODDS)?;
        }
        checked::within("level", &self.level)?;
        checked::number("scale", self.scale, &(0.0..=1e3))
    }
}

/// A linear fit as its uncertainty needs it.
pub(super) struct Fit<'a, 'p> {
    pub(super) problem: &'a Problem<'p>,
    pub(super) parameters: &'a Array1<f64>,
    /// The customer of each row; rows come customer after customer.
    pub(super) customers: &'a [u32],
}

impl Fit<'_, '_> {
    /// Covariance of the first `n` parameters, the weights of features, around those that many more such customers would
    /// give.
    ///
    /// `H^-1 (G + a^2 t P) H^-1` with `H` the second derivatives of the penalised loss, `G` the sum over customers of the
    /// squares of their scores, `a` the penalty, `P` the weights. `G` makes it the variance over samples of customers, whose
    /// rows are not independent. The rest is the square of the bias by the penalty for weights of variance `t`, which is
    /// what the weights found say: the penalty itself stands for a far larger one than most weights have.
    ///
    /// # Source
    /// Liang and Zeger (1986), Biometrika 73, 13-22, equation 7 (scores summed by cluster); le Cessie and van Houwelingen
    /// (1992), Applied Statistics 41, 191-201 (bias and variance under a penalty); `MacKay` (1992), Neural Computation 4,
    /// 415-447, equation 4.8 (`t` as the sum of squared weights over the number of well-determined ones).
    fn covariance(&self, n: usize) -> Option<Array2<f64>> {
        let inverse = Cholesky::of(self.problem.hessian(self.parameters.view()))?.inverse();
        let alpha = self.problem.alpha;
        let determined = (0..n).map(|weight| 1.0 - alpha * inverse[[weight, weight]]).sum::<f64>();
        let squares = self.parameters.slice(s![..n]).mapv(|weight| weight * weight).sum();
        let mut middle = Scores::of(self.problem, self.parameters.view(), self.customers).squares;
        let of_bias = alpha * alpha * squares / determined.max(1.0);
        middle.diag_mut().slice_mut(s![..n]).mapv_inplace(|value| value + of_bias);
        let covariance = inverse.dot(&middle).dot(&inverse).slice(s![..n, ..n]).to_owned();
        covariance.iter().all(|value| value.is_finite()).then_some(covariance)
    }
}

/// Directions whose squares are, on average, a covariance: its Cholesky factor times random signs; `None` if it has none.
///
/// # Source
/// Achlioptas (2003), Journal of Computer and System Sciences 66, 671-687 (projections by random signs).
fn mixed(mut covariance: Array2<f64>) -> Option<Vec<Array1<f64>>> {
    let largest = covariance.diag().iter().copied().fold(0.0, f64::max);
    covariance.diag_mut().mapv_inplace(|variance| variance + RIDGE * largest);
    let n = covariance.nrows();
    let factor = Cholesky::of(covariance)?;
    let share = (DIRECTIONS as f64).sqrt().recip();
    let direction = |number: usize| {
        let sign = |place: usize| if is_heads(SEED, number * n + place) { share } else { -share };
        factor.times(&(0..n).map(sign).collect())
    };
    Some((0..DIRECTIONS).map(direction).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maths::random::noise::noise;
    use crate::maths::special::probability;

    /// Outcomes of 200 customers with so many equal rows each, under known weights.
    fn rows(seed: u32, copies: usize) -> (Array2<f64>, Vec<bool>, Vec<u32>) {
        let draw = |customer: usize, n: u32| noise(seed * 100_003 + 7 * u32::try_from(customer).unwrap() + n);
        let n = 200 * copies;
        let x = Array2::from_shape_fn((n, 2), |(row, column)| {
            3.4 * draw(row / copies, u32::try_from(column).unwrap()) - 1.7
        });
        let chance = |row: usize| probability(0.8 * x[[row, 0]] - 0.5 * x[[row, 1]] + 0.3);
        let churned = (0..n).map(|row| draw(row / copies, 3) < chance(row)).collect();
        (x, churned, (0..n).map(|row| u32::try_from(row / copies).unwrap()).collect())
    }

    fn fitted(seed: u32, copies: usize) -> (Array1<f64>, Array2<f64>) {
        let (x, churned, customers) = rows(seed, copies);
        let problem = Problem { x: x.view(), churned: &churned, alpha: 2.0 * copies as f64, weights: &[] };
        let at = problem.solve(Array1::zeros(3), 1e-10);
        let fit = Fit { problem: &problem, parameters: &at, customers: &customers };
        (at.clone(), fit.covariance(2).unwrap())
    }

    #[test]
    fn repeated_rows_say_nothing_new() {
        let (once, of_one) = fitted(1, 1);
        let (five, of_five) = fitted(1, 5);
        assert!((&once - &five).iter().all(|difference| difference.abs() < 1e-6));
        assert!((&of_one - &of_five).iter().all(|difference| difference.abs() < 1e-6), "{of_one} {of_five}");
    }

    #[test]
    fn four_in_five_intervals_hold_the_true_weight() {
        let mut held = 0;
        for seed in 0..300 {
            let (at, covariance) = fitted(seed, 2);
            for (column, truth) in [0.8, -0.5].into_iter().enumerate() {
                held += u32::from((at[column] - truth).abs() < 1.281_552 * covariance[[column, column]].sqrt());
            }
        }
        let share = f64::from(held) / 600.0;
        assert!((share - 0.8).abs() < 0.05, "{share}");
    }

    /// Variances of sums of correlated weights, the small directions among them.
    #[test]
    fn mixed_directions_give_variances_back_without_bias() {
        let covariance = Array2::from_shape_fn((80, 80), |(i, j)| {
            let apart = i32::try_from(i.abs_diff(j)).unwrap();
            (-0.3_f64).powi(apart) * 0.01 + if i == j { 0.001 } else { 0.0 }
        });
        let directions = mixed(covariance.clone()).unwrap();
        let ratios = (0..60_u32).map(|customer| {
            let x: Array1<f64> = (0..80).map(|column| noise(customer * 80 + column) - 0.5).collect();
            let again: f64 = directions.iter().map(|direction| x.dot(direction).powi(2)).sum();
            again / x.dot(&covariance.dot(&x))
        });
        let ratios: Vec<f64> = ratios.collect();
        let mean = ratios.iter().sum::<f64>() / 60.0;
        let sd = (ratios.iter().map(|ratio| (ratio - mean).powi(2)).sum::<f64>() / 60.0).sqrt();
        assert!((mean - 1.0).abs() < 0.1 && sd < 0.3, "{mean} {sd}");
        assert!(mixed(Array2::from_elem((2, 2), f64::NAN)).is_none());
    }
}
