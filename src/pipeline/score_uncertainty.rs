//! How far the probabilities of a list and the places on it may be off.

use ndarray::Array2;
use rayon::prelude::*;

use super::facts::Facts;
use super::list::ListRow;
use crate::calibrate::AtLevel;
use crate::config::playbook::Action;
use crate::dataset::Panel;
use crate::decide::{Candidate, Contenders, Group, Rates, Spending, Worth, expected_net_gain};
use crate::learn::{LearnError, LogOddsPrediction, Uncertainty};
use crate::maths::special::probability;
use crate::registry::StoredModel;
use crate::timeline::Cutoff;

/// Standard deviations on either side that hold four of five cases.
const FOUR_IN_FIVE: f64 = 1.281_551_565_545;

/// Customers of the list whose places are given with intervals.
const PLACES_SHOWN: usize = 1_000;

/// Customers who may come up to a place that is shown, or be passed by one; those further down are left out.
const CONTENDERS: usize = 10_000;

/// The uncertainty of the probabilities of all rows of a cutoff: that of a model's weights, of the level predicted for the
/// cutoff, and the difference between the members of a blend.
pub(super) struct ScoreUncertainty<'a> {
    uncertainty: &'a Uncertainty,
    level_variance: f64,
    /// Calibrated log-odds of each row.
    log_odds: Vec<f64>,
    /// What calibration makes of a small change of each row's log-odds.
    slopes: Vec<f64>,
    /// Variance between members, after calibration.
    between_members: Vec<f64>,
    /// Variance by the weights, after calibration.
    of_weights: Vec<f64>,
}

impl<'a> ScoreUncertainty<'a> {
    /// The uncertainty about what a stored model says of rows at one cutoff, with variances by its uncertainty; `None` for a model that
    /// states none, or does not know how far the level may be off: without that, every interval would be too narrow.
    pub(super) fn of(
        model: &'a StoredModel,
        predicted: &LogOddsPrediction,
        variances: &[f64],
        as_of: Cutoff,
    ) -> Option<Self> {
        let uncertainty = model.uncertainty.as_ref()?;
        let calibrate = model.calibrator.at(model.model.base_log_odds(as_of));
        let slopes: Vec<f64> =
            predicted.log_odds.par_iter().zip(variances).map(|(raw, v)| slope(&calibrate, *raw, v.sqrt())).collect();
        let scaled = |variances: &[f64]| variances.iter().zip(&slopes).map(|(v, slope)| v * slope * slope).collect();
        Some(Self {
            uncertainty,
            level_variance: uncertainty.level_variance(as_of)?,
            log_odds: predicted.log_odds.par_iter().map(|raw| calibrate.log_odds(*raw)).collect(),
            between_members: scaled(&predicted.between_members),
            of_weights: scaled(variances),
            slopes,
        })
    }

    /// For each row, the bounds that hold the probability of leaving of customers like it in four of five cases.
    pub(super) fn intervals(&self) -> Vec<[f64; 2]> {
        let interval = |(row, log_odds): (usize, &f64)| {
            let variance = self.level_variance + self.of_weights[row] + self.between_members[row];
            let reach = FOUR_IN_FIVE * variance.sqrt();
            [probability(log_odds - reach), probability(log_odds + reach)]
        };
        self.log_odds.par_iter().enumerate().map(interval).collect()
    }

    /// Gives the customers ranked first, of those to contact, the places between which they may stand.
    pub(super) fn put_places(
        &self,
        rows: &mut [ListRow],
        (facts, actions): (&[Facts], &[Action]),
        panel: &Panel<'_>,
        seed: u64,
    ) -> Result<(), LearnError> {
        let listed = rows.iter().take_while(|row| row.decision.group == Group::Treat).take(CONTENDERS);
        let place = |row: &ListRow| facts.binary_search_by_key(&row.prospect.customer, |facts| facts.customer).ok();
        let ranked_by = |row: &ListRow| Some(worth(&row.candidate(), actions.get(row.decision.action?.place)?));
        let (at, worth): (Vec<usize>, Vec<Worth>) =
            listed.filter_map(|row| Some((place(row)?, ranked_by(row)?))).unzip();
        let mut in_directions = self.deviations(at.iter().map(|row| facts[*row].customer), panel)?;
        for (mut parts, row) in in_directions.outer_iter_mut().zip(&at) {
            parts *= self.slopes[*row];
        }
        let contenders = Contenders {
            log_odds: at.iter().map(|row| self.log_odds[*row]).collect(),
            worth,
            common_sd: self.level_variance.sqrt(),
            own_sd: at.iter().map(|row| self.between_members[*row].sqrt()).collect(),
            in_directions,
        };
        for (row, interval) in rows.iter_mut().zip(contenders.intervals(PLACES_SHOWN, seed)) {
            row.rank_interval = Some(interval);
        }
        Ok(())
    }

    /// How far the log-odds of some customers may be off in each direction, before calibration. Their features are folded
    /// anew, because those of everyone are not held.
    fn deviations(&self, customers: impl Iterator<Item = u32>, panel: &Panel<'_>) -> Result<Array2<f64>, LearnError> {
        let customers: Vec<u32> = customers.collect();
        let mut ascending = customers.clone();
        ascending.sort_unstable();
        let dataset = panel.of_customers(&ascending);
        let row = |customer: &u32| dataset.customers.binary_search(customer).ok();
        self.uncertainty.deviations(&dataset, &customers.iter().filter_map(row).collect::<Vec<usize>>())
    }
}

/// How the net gain of an action for a customer follows from the probability of churning.
fn worth(candidate: &Candidate<'_>, action: &Action) -> Worth {
    let Candidate { chances, stakes, .. } = candidate;
    let spending = Spending::of(action, stakes);
    let at = |churn| expected_net_gain(&chances.at(churn), stakes, spending, &Rates::expected(action));
    Worth { if_churning: at(1.0), if_buying: at(0.0) }
}

/// The standard deviation of log-odds of which an interval holds four of five cases.
pub(super) fn log_odds_sd([low, high]: [f64; 2]) -> f64 {
    let log_odds = |p: f64| {
        let p = p.clamp(1e-9, 1.0 - 1e-9);
        (p / (1.0 - p)).ln()
    };
    ((log_odds(high) - log_odds(low)) / (2.0 * FOUR_IN_FIVE)).max(0.0)
}

/// How steep calibration is over one standard deviation on either side.
fn slope(calibrate: &AtLevel<'_>, raw: f64, sd: f64) -> f64 {
    let step = sd.max(1e-3);
    (calibrate.log_odds(raw + step) - calibrate.log_odds(raw - step)) / (2.0 * step)
}
