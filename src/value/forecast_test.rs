//! How far off past forecasts were, and the interval that these errors give the coming period.

use rayon::prelude::*;
use serde::Serialize;

use super::models::ValueModels;
use super::past_forecasts::{PERIOD, PastForecast, PastForecasts};
use crate::clv::{CustomerSummary, SpendSummary, ValueModel};
use crate::dataset::Histories;
use crate::units::Days;

/// Past forecasts from which an interval follows: with fewer no bound holds in four of five cases.
const LEAST: usize = 4;
/// Share of cases that the interval holds, and the normal quantile that leaves half of the others above it.
const LEVEL: f64 = 0.8;
const Z: f64 = 1.281_551_565_544_600_4;

/// Forecasts of sales at past days beside what came.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ForecastTest {
    /// Of whom the past forecasts are.
    pub population: String,
    /// Days that each looks ahead.
    pub period_days: Days,
    /// Past forecasts that an interval needs.
    pub n_needed: usize,
    /// The earliest first; their periods do not overlap.
    pub past: Vec<PastForecast>,
    /// The coming period; absent with too few past ones.
    pub coming: Option<ComingSales>,
    /// Why there is no interval, if there is none.
    pub without_interval: Option<String>,
}

/// Sales of the coming period with their interval, in major units.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ComingSales {
    /// Expected.
    pub expected: f64,
    /// Share of cases that the interval holds.
    pub level: f64,
    /// The interval.
    pub interval: [f64; 2],
    /// Past forecasts whose errors it is made of: those with a season if there are enough of them, since the coming one has it.
    pub n_errors: usize,
    /// Half of its width in logarithms, by the errors of past forecasts.
    pub log_error: f64,
    /// The same if chance alone moved sales: the interval is never narrower.
    pub log_chance: f64,
}

impl ForecastTest {
    /// Holds the forecast of the coming period against the errors of past ones; `log_chance` is the half width that chance gives.
    pub(super) fn of(past: PastForecasts, expected: f64, log_chance: f64) -> Self {
        let PastForecasts { population, all: past, .. } = past;
        let coming = coming(&past, expected, log_chance);
        let why = || match past.len() {
            n if n < LEAST => format!("only {n} of the {LEAST} past forecasts that an interval needs could be made"),
            _ => "past periods brought nothing where sales were expected, or nothing is expected now".to_owned(),
        };
        let without_interval = coming.is_none().then(why);
        Self { population, period_days: PERIOD, n_needed: LEAST, past, coming, without_interval }
    }
}

/// Half of the width of the interval, in logarithms, if customers come as chance has it: visits are Poisson numbers, and amounts
/// spread by the model of spend.
pub(super) fn log_chance(models: &ValueModels, histories: &Histories, counted_on: &[f64]) -> f64 {
    let days = f64::from(PERIOD.0);
    let [shape, ..] = models.spend.model.parameters();
    let of_customer = |((purchases, spend), counted_on): ((&CustomerSummary, &SpendSummary), &f64)| {
        let visits = models.purchases.model.expected_purchases(purchases, days) * counted_on;
        let amount = models.spend.model.expected_spend(spend).max(0.0);
        (visits * amount, visits * amount * amount * (1.0 + 1.0 / shape))
    };
    let moments = histories.purchases.par_iter().zip(&histories.spend).zip(counted_on).map(of_customer);
    // Summed in the order of the customers, however many threads there are.
    let moments: Vec<(f64, f64)> = moments.collect();
    let (mean, variance) = moments.iter().fold((0.0, 0.0), |sum, own| (sum.0 + own.0, sum.1 + own.1));
    if mean > 0.0 { Z * variance.sqrt() / mean } else { f64::INFINITY }
}

/// The interval of the coming period: the error of past forecasts, in logarithms, that the coming one stays below in four of five
/// cases if it is one like them.
///
/// # Source
/// Vovk, Gammerman and Shafer (2005), Algorithmic Learning in a Random World, section 2.2: conformal prediction with the absolute
/// error as the measure of strangeness.
fn coming(past: &[PastForecast], expected: f64, log_chance: f64) -> Option<ComingSales> {
    // A period that brought nothing is the worst of errors.
    let error = |past: &PastForecast| (past.sales.max(0.0) / past.expected_sales).ln().abs();
    let seasonal = past.iter().filter(|past| past.season.is_some()).count();
    let alike = if seasonal < LEAST { past } else { &past[past.len() - seasonal..] };
    let mut errors: Vec<f64> = alike.iter().map(error).collect();
    errors.sort_by(f64::total_cmp);
    // The smallest k with k / (n + 1) of at least the level.
    let log_error = (0..errors.len()).find(|place| (place + 1) as f64 >= LEVEL * (errors.len() + 1) as f64);
    let log_error = *errors.get(log_error?)?;
    let half = log_error.max(log_chance);
    let is_known = expected > 0.0 && half.is_finite() && errors.len() >= LEAST;
    let interval = [expected * (-half).exp(), expected * half.exp()];
    is_known.then_some(ComingSales { expected, level: LEVEL, interval, n_errors: errors.len(), log_error, log_chance })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(ratios: &[f64]) -> Vec<PastForecast> {
        let one = |ratio: &f64| PastForecast {
            cutoff: String::new(),
            until: String::new(),
            n_customers: 10,
            season: None,
            expected_visits: 5.0,
            visits: 5.0,
            expected_sales: 100.0,
            sales: 100.0 * ratio,
        };
        ratios.iter().map(one).collect()
    }

    #[test]
    fn the_interval_is_the_error_that_four_of_five_stay_below() {
        let found = coming(&past(&[1.1, 0.8, 1.05, 1.0]), 200.0, 0.01).unwrap();
        // Four errors: the largest, that of 0.8.
        assert!((found.interval[0] - 160.0).abs() < 1e-9 && (found.interval[1] - 250.0).abs() < 1e-9, "{found:?}");
        // Of nine the eighth: the smallest rank of at least 80 in 100 of ten.
        let found = coming(&past(&[2.0, 1.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]), 200.0, 0.01).unwrap();
        assert!((found.interval[1] - 300.0).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn it_is_never_narrower_than_chance_and_few_forecasts_give_none() {
        let found = coming(&past(&[1.0; 5]), 200.0, 0.5).unwrap();
        assert!((found.interval[1] - 200.0 * 0.5_f64.exp()).abs() < 1e-9, "{found:?}");
        assert_eq!(coming(&past(&[1.0, 1.2, 0.9]), 200.0, 0.1), None);
        assert_eq!(coming(&past(&[1.0; 5]), 0.0, 0.1), None);
        assert_eq!(coming(&past(&[1.0, 1.1, 0.9, -0.1]), 200.0, 0.1), None, "a period without sales bounds nothing");
    }

    #[test]
    fn bounds_hold_as_often_as_they_say() {
        // Errors that are drawn alike: the interval of the last holds it in at least four of five cases.
        let mut random = crate::maths::random::SplitMix64::new(7);
        let mut n_held = 0;
        for _ in 0..2_000 {
            let ratios: Vec<f64> = (0..7).map(|_| (0.2 * random.normal()).exp()).collect();
            let (came, before) = ratios.split_last().unwrap();
            let found = coming(&past(before), 100.0, 0.0).unwrap();
            n_held += u32::from((found.interval[0]..=found.interval[1]).contains(&(100.0 * came)));
        }
        // Six of seven is the share that six errors allow.
        let share = f64::from(n_held) / 2_000.0;
        assert!((0.8..0.9).contains(&share), "{share}");
    }
}
