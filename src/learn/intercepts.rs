//! The log-odds of an average customer at each training cutoff, given how far each row is from the average.

use super::level::LevelPoint;
use crate::dataset::Dataset;
use crate::maths::newton::{Limits, Minimum, Slope, minimum};
use crate::maths::special::probability;
use crate::timeline::Cutoff;

/// What a cutoff with few rows is held to: the overall log-odds, with the weight of about four rows.
const PRIOR_INFORMATION: f64 = 1.0;

/// When an intercept is found: the gradient, per row, is that of rounding.
const LIMITS: Limits = Limits { steps: 31, longest: 1.0, step: 0.0, gradient: 1e-10 };

/// The intercepts of the cutoffs.
#[derive(Debug, Clone)]
pub(super) struct Intercepts {
    /// For each cutoff of the dataset that has rows.
    points: Vec<Option<LevelPoint>>,
    /// Largest derivative of the loss by an intercept, per row.
    pub(super) gradient_per_row: f64,
}

impl Intercepts {
    /// The overall log-odds everywhere.
    pub(super) fn alike(dataset: &Dataset, churned: &[bool]) -> Self {
        let everywhere =
            |cutoff: &Cutoff| Some(LevelPoint { date: cutoff.date(), log_odds: overall(churned), variance: 1.0 });
        Self { points: dataset.cutoffs.iter().map(everywhere).collect(), gradient_per_row: 0.0 }
    }

    /// Fits each cutoff by itself to rows whose log-odds deviate from the average by `deviations`.
    pub(super) fn fit(dataset: &Dataset, rows: &[usize], deviations: &[f64], churned: &[bool]) -> Self {
        let mut groups: Vec<Vec<(f64, bool)>> = vec![Vec::new(); dataset.cutoffs.len()];
        for ((row, deviation), churned) in rows.iter().zip(deviations).zip(churned) {
            groups[usize::from(dataset.cutoff_idx[*row])].push((*deviation, *churned));
        }
        let overall = overall(churned);
        let mut gradient_per_row: f64 = 0.0;
        let mut points = Vec::with_capacity(groups.len());
        for (group, cutoff) in groups.iter().zip(&dataset.cutoffs) {
            points.push((!group.is_empty()).then(|| {
                let Minimum { at: log_odds, slope } = intercept(group, overall);
                gradient_per_row = gradient_per_row.max(slope.gradient.abs() / group.len() as f64);
                LevelPoint { date: cutoff.date(), log_odds, variance: 1.0 / slope.information }
            }));
        }
        Self { points, gradient_per_row }
    }

    /// The intercept of a row's cutoff, 0 where no row was seen.
    pub(super) fn of(&self, dataset: &Dataset, row: usize) -> f64 {
        self.points[usize::from(dataset.cutoff_idx[row])].map_or(0.0, |point| point.log_odds)
    }

    /// The intercepts in ascending time.
    pub(super) fn points(&self) -> Vec<LevelPoint> {
        self.points.iter().copied().flatten().collect()
    }
}

fn overall(churned: &[bool]) -> f64 {
    let n_churned = churned.iter().filter(|churned| **churned).count() as f64;
    ((n_churned + 0.5) / (churned.len() as f64 - n_churned + 0.5)).ln()
}

/// The intercept of one cutoff.
fn intercept(group: &[(f64, bool)], prior: f64) -> Minimum {
    let limits = Limits { gradient: LIMITS.gradient * group.len() as f64, ..LIMITS };
    minimum(prior, limits, |at| slope(group, at, prior))
}

fn slope(group: &[(f64, bool)], at: f64, prior: f64) -> Slope {
    let start = Slope { gradient: PRIOR_INFORMATION * (at - prior), information: PRIOR_INFORMATION };
    group.iter().fold(start, |Slope { gradient, information }, (deviation, churned)| {
        let p = probability(at + deviation);
        Slope { gradient: gradient + p - f64::from(u8::from(*churned)), information: information + p * (1.0 - p) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_intercept_meets_the_rate() {
        let group: Vec<(f64, bool)> = (0..4_000).map(|i| (f64::from(i % 3 - 1), i % 4 == 0)).collect();
        let Minimum { at, slope: Slope { gradient, information } } = intercept(&group, 0.0);
        let mean = group.iter().map(|(deviation, _)| probability(at + deviation)).sum::<f64>() / 4_000.0;
        assert!((mean - 0.25).abs() < 1e-3 && gradient.abs() < 1e-6 && information > 500.0, "{mean} {gradient}");
    }

    #[test]
    fn one_outcome_only_stays_finite() {
        let at = intercept(&[(0.0, true); 50], 0.0).at;
        assert!(at > 1.0 && at < 10.0, "{at}");
    }
}
