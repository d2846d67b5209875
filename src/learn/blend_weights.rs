//! Non-negative weights of several predictions of the same outcomes.

use ndarray::{Array1, Array2};

use crate::maths::cholesky::Cholesky;
use crate::maths::newton::{Convex, descend};
use crate::maths::special::{probability, softplus};

/// Predictions at one cutoff, whose level is left to itself.
pub(super) struct CutoffDeviations {
    /// How far each customer's log-odds are from the level, for each predictor.
    pub(super) deviations: Vec<Vec<f64>>,
    pub(super) churned: Vec<bool>,
    /// How much the group counts.
    pub(super) weight: f64,
}

/// Precision of the belief, before any outcome is seen, that all predictors count alike.
const PRIOR_PRECISION: f64 = 30.0;

const TOLERANCE: f64 = 1e-9;

/// The weights under which the outcomes are most likely, none of them negative. `repetition` rows count as one.
pub(super) fn fit(groups: &[CutoffDeviations], n_predictors: usize, repetition: f64) -> Vec<f64> {
    let mut active: Vec<usize> = (0..n_predictors).collect();
    loop {
        let problem = Problem { groups, active: &active, share: 1.0 / n_predictors as f64, repetition };
        let weights = problem.solve();
        let lowest = (0..active.len()).min_by(|a, b| weights[*a].total_cmp(&weights[*b]));
        let Some(place) = lowest.filter(|place| weights[*place] < 0.0) else {
            let mut all = vec![0.0; n_predictors];
            active.iter().zip(&weights).for_each(|(predictor, weight)| all[*predictor] = *weight);
            return all;
        };
        active.remove(place);
    }
}

/// Parameters: the weights of the active predictors, then a level for each group.
struct Problem<'a> {
    groups: &'a [CutoffDeviations],
    active: &'a [usize],
    share: f64,
    repetition: f64,
}

impl Problem<'_> {
    fn solve(&self) -> Vec<f64> {
        let n_active = self.active.len();
        let start: Array1<f64> =
            (0..n_active + self.groups.len()).map(|place| if place < n_active { self.share } else { 0.0 }).collect();
        let at = descend(self, start.clone(), TOLERANCE).unwrap_or(start);
        at.iter().take(n_active).copied().collect()
    }

    fn log_odds(&self, at: &Array1<f64>, group: usize, row: usize) -> f64 {
        let deviations = &self.groups[group].deviations;
        let weighted = |(place, predictor): (usize, &usize)| at[place] * deviations[*predictor][row];
        at[self.active.len() + group] + self.active.iter().enumerate().map(weighted).sum::<f64>()
    }

    fn derivatives(&self, at: &Array1<f64>) -> (Array1<f64>, Array2<f64>) {
        let (n_active, n) = (self.active.len(), at.len());
        let (mut gradient, mut curvature) = (Array1::zeros(n), Array2::zeros((n, n)));
        for (number, group) in self.groups.iter().enumerate() {
            let scale = group.weight / self.repetition;
            for (row, churned) in group.churned.iter().enumerate() {
                let p = probability(self.log_odds(at, number, row));
                let residual = scale * (p - f64::from(u8::from(*churned)));
                let information = scale * p * (1.0 - p);
                let x =
                    |place: usize| self.active.get(place).map_or(1.0, |predictor| group.deviations[*predictor][row]);
                let places = || (0..n_active).chain([n_active + number]);
                for i in places() {
                    gradient[i] += residual * x(i);
                    places().filter(|j| *j <= i).for_each(|j| curvature[[i, j]] += information * x(i) * x(j));
                }
            }
        }
        for place in 0..n {
            if place < n_active {
                gradient[place] += PRIOR_PRECISION * (at[place] - self.share);
                curvature[[place, place]] += PRIOR_PRECISION;
            } else {
                curvature[[place, place]] += f64::MIN_POSITIVE.sqrt();
            }
        }
        (gradient, curvature)
    }
}

impl Convex for Problem<'_> {
    type Point = Array1<f64>;

    fn loss(&self, at: &Array1<f64>) -> f64 {
        let mut loss = 0.0;
        for (number, group) in self.groups.iter().enumerate() {
            let of_row = |(row, churned): (usize, &bool)| {
                let z = self.log_odds(at, number, row);
                softplus(if *churned { -z } else { z })
            };
            loss += group.weight / self.repetition * group.churned.iter().enumerate().map(of_row).sum::<f64>();
        }
        let from_prior = |weight: &f64| PRIOR_PRECISION / 2.0 * (weight - self.share).powi(2);
        loss + at.iter().take(self.active.len()).map(from_prior).sum::<f64>()
    }

    fn step(&self, at: &Array1<f64>) -> Option<Array1<f64>> {
        let (gradient, curvature) = self.derivatives(at);
        Some(Cholesky::of(curvature)?.solve(&gradient))
    }

    fn less(&self, at: &Array1<f64>, step: &Array1<f64>, share: f64) -> Array1<f64> {
        at - &(step * share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maths::random::noise::even as noise;

    #[test]
    fn what_predicts_counts_and_what_misleads_does_not() {
        let truth: Vec<f64> = (0..4_000).map(|i| 4.0 * noise(i) - 2.0).collect();
        let misleading: Vec<f64> = truth.iter().zip(0_u32..).map(|(z, i)| -z + noise(i * 17 + 5)).collect();
        let happens = |(i, z): (u32, &f64)| noise(i * 31 + 7) < probability(0.4 + z);
        let churned: Vec<bool> = (0_u32..).zip(&truth).map(happens).collect();
        let group = |deviations| CutoffDeviations { deviations, churned: churned.clone(), weight: 1.0 };
        let weights = fit(&[group(vec![truth.clone(), misleading])], 2, 1.0);
        assert!((weights[0] - 1.0).abs() < 0.1 && (0.0..0.1).contains(&weights[1]), "{weights:?}");
        let halves = fit(&[group(vec![truth.clone(), truth.clone()])], 2, 1.0);
        assert!((halves[0] - halves[1]).abs() < 1e-9 && (halves[0] - 0.5).abs() < 0.05, "{halves:?}");
    }

    #[test]
    fn without_outcomes_all_count_alike() {
        assert_eq!(fit(&[], 2, 1.0), [0.5, 0.5]);
        let one_sided = CutoffDeviations { deviations: vec![vec![1.0, 2.0]], churned: vec![true, true], weight: 1.0 };
        assert!(fit(&[one_sided], 1, 1.0)[0].is_finite());
    }
}
