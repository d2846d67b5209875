//! Owns whether a value model earns its place: its forecasts against what came, and against simpler ones.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::error::ValueError;
use super::likelihood::ValueModel;
use super::summary::CustomerSummary;

/// Rows of the frequency table: 0 to 6 purchases, and 7 or more.
const TABLE_ROWS: u32 = 7;

/// A row of the frequency table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct FrequencyRow {
    /// Purchases; the last row counts those with as many or more.
    pub purchases: u32,
    /// Customers the model expects.
    pub expected_customers: f64,
    /// Customers who came.
    pub actual_customers: f64,
}

/// How far a forecast of purchases was off.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ForecastError {
    /// Purchases forecast for all customers.
    pub total: f64,
    /// Mean absolute error per customer.
    pub mean_absolute: f64,
    /// Root of the mean squared error per customer.
    pub root_mean_square: f64,
}

/// A model's forecasts of a holdout period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Holdout {
    /// Customers.
    pub n_customers: usize,
    /// Purchases that came.
    pub actual_total: f64,
    /// Customers who bought nothing, as a share.
    pub actual_share_without_purchase: f64,
    /// The same as the model expects it.
    pub expected_share_without_purchase: f64,
    /// The model.
    pub model: ForecastError,
    /// Each customer's own average rate so far.
    pub own_average: ForecastError,
    /// The average rate of all customers, for everyone.
    pub shop_average: ForecastError,
    /// How many customers buy how often.
    pub frequency: Vec<FrequencyRow>,
}

/// Compares forecasts of the `span` after the histories with the purchases that came in it.
///
/// # Errors
/// `ValueError::LengthDiffers` if there is not one count for each customer, `ValueError::NoCustomers` without any.
pub fn holdout<M: ValueModel + Sync>(
    model: &M,
    customers: &[CustomerSummary],
    purchases: &[u32],
    span: f64,
) -> Result<Holdout, ValueError> {
    let (expected, found) = (customers.len(), purchases.len());
    if expected != found {
        return Err(ValueError::LengthDiffers { column: "the column of holdout purchases", expected, found });
    }
    if customers.is_empty() {
        return Err(ValueError::NoCustomers);
    }
    let forecast: Vec<f64> = customers.par_iter().map(|history| model.expected_purchases(history, span)).collect();
    let counts: Vec<Vec<f64>> = customers.par_iter().map(|h| model.purchase_counts(h, span, TABLE_ROWS)).collect();
    let rate_of = |bought: f64, time: f64| if time > 0.0 { bought / time } else { 0.0 };
    let own = |history: &CustomerSummary| rate_of(f64::from(history.frequency()), history.age()) * span;
    let bought: f64 = customers.iter().map(|history| f64::from(history.frequency())).sum();
    let average = rate_of(bought, customers.iter().map(CustomerSummary::age).sum()) * span;
    let frequency = frequency_table(&counts, purchases);
    let n = customers.len() as f64;
    let without = |customers: fn(&FrequencyRow) -> f64| frequency.first().map_or(0.0, customers) / n;
    Ok(Holdout {
        n_customers: customers.len(),
        actual_total: purchases.iter().copied().map(f64::from).sum(),
        actual_share_without_purchase: without(|row| row.actual_customers),
        expected_share_without_purchase: without(|row| row.expected_customers),
        model: forecast_error(&forecast, purchases),
        own_average: forecast_error(&customers.iter().map(own).collect::<Vec<_>>(), purchases),
        shop_average: forecast_error(&vec![average; customers.len()], purchases),
        frequency,
    })
}

fn frequency_table(counts: &[Vec<f64>], purchases: &[u32]) -> Vec<FrequencyRow> {
    let row = |n: u32| FrequencyRow {
        purchases: n,
        expected_customers: counts.iter().filter_map(|counts| counts.get(n as usize)).sum(),
        actual_customers: purchases.iter().filter(|came| (**came).min(TABLE_ROWS) == n).count() as f64,
    };
    (0..=TABLE_ROWS).map(row).collect()
}

fn forecast_error(forecast: &[f64], purchases: &[u32]) -> ForecastError {
    let n = forecast.len().max(1) as f64;
    let errors = || forecast.iter().zip(purchases).map(|(forecast, came)| forecast - f64::from(*came));
    ForecastError {
        total: forecast.iter().sum(),
        mean_absolute: errors().map(f64::abs).sum::<f64>() / n,
        root_mean_square: (errors().map(|error| error * error).sum::<f64>() / n).sqrt(),
    }
}

/// How well a ranking of customers finds those who will spend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Capture {
    /// What customers are ranked by.
    pub name: String,
    /// Share of the actual spend that the top customers of the ranking make.
    pub captured_share: f64,
    /// The same for the best possible ranking.
    pub best_share: f64,
}

/// Compares rankings, such as predicted value, last year's spend and RFM, by the actual spend of their top `share`.
///
/// Customers of equal score who straddle the edge count in proportion, so that order in the file decides nothing.
///
/// # Errors
/// `ValueError::LengthDiffers` if a ranking has not one score for each customer, `ValueError::Number` if a score or a
/// spend is not finite.
pub fn compare_rankings(rankings: &[(&str, &[f64])], actual: &[f64], share: f64) -> Result<Vec<Capture>, ValueError> {
    let finite = |column, values: &[f64]| match values.iter().find(|value| !value.is_finite()) {
        Some(&value) => Err(ValueError::Number { column, value, allowed: "finite numbers" }),
        None => Ok(()),
    };
    finite("actual spend", actual)?;
    let best_share = captured(actual, actual, share);
    let capture = |(name, scores): &(&str, &[f64])| {
        let (expected, found) = (actual.len(), scores.len());
        if expected != found {
            return Err(ValueError::LengthDiffers { column: "a ranking", expected, found });
        }
        finite("a ranking", scores)?;
        Ok(Capture { name: (*name).to_owned(), captured_share: captured(scores, actual, share), best_share })
    };
    rankings.iter().map(capture).collect()
}

/// Share of `actual` that falls on the top `share` of customers by score; spend below 0 counts as 0.
fn captured(scores: &[f64], actual: &[f64], share: f64) -> f64 {
    let mut order: Vec<(f64, f64)> = scores.iter().copied().zip(actual.iter().map(|spend| spend.max(0.0))).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    let all: f64 = actual.iter().map(|spend| spend.max(0.0)).sum();
    let mut places = share.clamp(0.0, 1.0) * order.len() as f64;
    let mut sum = 0.0;
    for tied in order.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let taken = (places / tied.len() as f64).min(1.0);
        sum += taken * tied.iter().map(|(_, spend)| spend).sum::<f64>();
        places -= taken * tied.len() as f64;
        if places <= 0.0 {
            break;
        }
    }
    if all > 0.0 { (sum / all).clamp(0.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clv::model::ModelKind;

    #[test]
    fn a_ranking_is_judged_by_hand() {
        let actual = [10.0, 0.0, 30.0, 60.0];
        let rankings: [(&str, &[f64]); 3] =
            [("right", &[2.0, 1.0, 3.0, 4.0]), ("wrong", &[3.0, 4.0, 2.0, 1.0]), ("none", &[1.0; 4])];
        let captures = compare_rankings(&rankings, &actual, 0.25).unwrap();
        let shares: Vec<f64> = captures.iter().map(|capture| capture.captured_share).collect();
        assert_eq!(shares, vec![0.6, 0.0, 0.25]);
        assert!((captures[1].best_share - 0.6).abs() < 1e-15);
        assert!(compare_rankings(&[("short", &[1.0])], &actual, 0.1).is_err());
        assert!(compare_rankings(&[("nan", &[f64::NAN; 4])], &actual, 0.1).is_err());
    }

    #[test]
    fn forecasts_stand_beside_what_came() {
        let model = ModelKind::Nbd.with_parameters(&[1.0, 10.0]).unwrap();
        let customers = [CustomerSummary::new(1, 5.0, 10.0).unwrap(), CustomerSummary::new(0, 0.0, 10.0).unwrap()];
        let holdout = holdout(&model, &customers, &[1, 0], 20.0).unwrap();
        assert!((holdout.model.total - 3.0).abs() < 1e-12 && (holdout.model.mean_absolute - 1.0).abs() < 1e-12);
        assert!((holdout.own_average.total - 2.0).abs() < 1e-12 && (holdout.shop_average.total - 2.0).abs() < 1e-12);
        let expected: f64 = holdout.frequency.iter().map(|row| row.expected_customers).sum();
        assert!((expected - 2.0).abs() < 1e-12 && (holdout.actual_share_without_purchase - 0.5).abs() < 1e-15);
    }
}
