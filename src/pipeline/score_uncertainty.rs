//! How far the probabilities of a list and the places on it may be off.

use ndarray::Array2;
use rayon::prelude::*;

use super::facts::Facts;
use super::list::ListRow;
use crate::calibrate::AtLevel;
use crate::dataset::Panel;
use crate::decide::{Contenders, OutcomeProbabilities, Prospect};
use crate::explain::{Forecast, Ranks};
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

    /// Gives the customers ranked first the places between which they may stand.
    pub(super) fn put_places(
        &self,
        rows: &mut [ListRow],
        (facts, forecasts): (&[Facts], &[Forecast]),
        panel: &Panel<'_>,
        seed: u64,
    ) -> Result<(), LearnError> {
        let listed = rows.iter().take_while(|row| row.prospect.suppressed.is_none()).take(CONTENDERS);
        let place = |row: &ListRow| facts.binary_search_by_key(&row.prospect.customer, |facts| facts.customer).ok();
        let (at, losses): (Vec<usize>, Vec<[f64; 2]>) = listed
            .filter_map(|row| {
                let at = place(row)?;
                Some((at, losses_if(&row.prospect, forecasts.get(at)?)))
            })
            .unzip();
        let mut in_directions = self.deviations(at.iter().map(|row| facts[*row].customer), panel)?;
        for (mut parts, row) in in_directions.outer_iter_mut().zip(&at) {
            parts *= self.slopes[*row];
        }
        let contenders = Contenders {
            log_odds: at.iter().map(|row| self.log_odds[*row]).collect(),
            losses,
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

/// What is expected to be lost of a customer who buys nothing in the label window, and of one who does: the probability of
/// churn is taken as uncertain, and what heads and rhythm say given it as it is.
fn losses_if(prospect: &Prospect, forecast: &Forecast) -> [f64; 2] {
    let given = |churn: f64| OutcomeProbabilities::of(churn, forecast.conditionals, forecast.gone_share);
    let ranks = Ranks::of(&prospect.outcome);
    [1.0, 0.0].map(|churn| ranks.probability(&given(churn)) * prospect.value_at_stake)
}

/// How steep calibration is over one standard deviation on either side.
fn slope(calibrate: &AtLevel<'_>, raw: f64, sd: f64) -> f64 {
    let step = sd.max(1e-3);
    (calibrate.log_odds(raw + step) - calibrate.log_odds(raw - step)) / (2.0 * step)
}
