//! Owns forecasts over time: cumulative repeat purchases against actual ones, and sales by cohort.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::error::ValueError;
use super::likelihood::ValueModel;
use super::many::figures_of_all;
use super::model::PurchaseModel;
use super::summary::CustomerSummary;

/// Equal periods one after the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Periods {
    /// Length of one, in the unit of the histories.
    pub length: f64,
    /// How many.
    pub count: u32,
}

impl Periods {
    fn ends(self) -> impl Iterator<Item = f64> {
        (1..=self.count).map(move |i| self.length * f64::from(i))
    }

    fn check(self) -> Result<(), ValueError> {
        if self.length.is_finite() && self.length > 0.0 {
            return Ok(());
        }
        Err(ValueError::Number { column: "the length of a period", value: self.length, allowed: "finite and above 0" })
    }
}

/// A point of the tracking curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct TrackingPoint {
    /// Time since the start of the observation.
    pub end: f64,
    /// Repeat purchases up to then as the model expects them.
    pub expected: f64,
    /// Repeat purchases up to then.
    pub actual: f64,
}

/// Cumulative repeat purchases of a shop whose customers made their first purchase at `entries`, against actual ones at
/// `repeats`; all times since the start of the observation.
///
/// # Errors
/// `ValueError::Number` if a time is not finite or negative, or the periods have no length.
///
/// # Source
/// Fader, Hardie and Lee (2005), Marketing Science 24(2), figures 2 and 3.
pub fn tracking_curve<M: ValueModel + Sync>(
    model: &M,
    entries: &[f64],
    repeats: &[f64],
    periods: Periods,
) -> Result<Vec<TrackingPoint>, ValueError> {
    periods.check()?;
    for (column, times) in [("first purchases", entries), ("repeat purchases", repeats)] {
        if let Some(&value) = times.iter().find(|time| !(time.is_finite() && **time >= 0.0)) {
            return Err(ValueError::Number { column, value, allowed: "finite times, none negative" });
        }
    }
    let mut customers: BTreeMap<u64, (f64, f64)> = BTreeMap::new();
    for entry in entries {
        customers.entry((entry + 0.0).to_bits()).or_insert((*entry, 0.0)).1 += 1.0;
    }
    let customers: Vec<(f64, f64)> = customers.into_values().collect();
    let mut sorted = repeats.to_vec();
    sorted.sort_by(f64::total_cmp);
    let ends: Vec<f64> = periods.ends().collect();
    let point = |end: &f64| {
        let since = |entry: f64| model.expected_purchases(&CustomerSummary::NEW, end - entry);
        let joined = customers.iter().take_while(|(entry, _)| entry < end);
        TrackingPoint {
            end: *end,
            expected: joined.map(|(entry, count)| count * since(*entry)).sum(),
            actual: sorted.partition_point(|time| time <= end) as f64,
        }
    };
    Ok(ends.par_iter().map(point).collect())
}

/// What is to come from the customers of one cohort.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CohortForecast {
    /// The cohort.
    pub cohort: u32,
    /// Its customers.
    pub n_customers: usize,
    /// Expected purchases in each period ahead.
    pub purchases: Vec<f64>,
    /// Expected sales in each period ahead.
    pub sales: Vec<f64>,
}

/// Customers whose future is forecast by cohort; one entry each in every column.
#[derive(Debug, Clone, Copy)]
pub struct CohortColumns<'a> {
    /// Purchases so far.
    pub customers: &'a [CustomerSummary],
    /// The cohort, such as the month of the first purchase.
    pub cohort: &'a [u32],
    /// Share of the purchases expected by the model that is counted on.
    pub counted_on: &'a [f64],
    /// Expected spend per purchase.
    pub spend_per_purchase: &'a [f64],
}

/// Forecasts purchases and sales by cohort for each of the periods ahead.
///
/// # Errors
/// `ValueError::LengthDiffers` if the columns differ in length, `ValueError::Number` if the periods have no length.
pub fn forecast_by_cohort(
    model: &PurchaseModel,
    columns: CohortColumns<'_>,
    periods: Periods,
) -> Result<Vec<CohortForecast>, ValueError> {
    periods.check()?;
    let expected = columns.customers.len();
    let lengths = [
        ("the column of cohorts", columns.cohort.len()),
        ("the column of counted purchases", columns.counted_on.len()),
        ("the column of spend", columns.spend_per_purchase.len()),
    ];
    for (column, found) in lengths {
        if found != expected {
            return Err(ValueError::LengthDiffers { column, expected, found });
        }
    }
    let ends: Vec<f64> = periods.ends().collect();
    let futures =
        figures_of_all(model, columns.customers, |expected, _| expected(&ends), |_, figures| figures.to_vec());
    let mut cohorts: BTreeMap<u32, CohortForecast> = BTreeMap::new();
    let customers = futures.iter().zip(columns.cohort).zip(columns.counted_on).zip(columns.spend_per_purchase);
    for (((future, cohort), counted_on), spend) in customers {
        let zeros = || vec![0.0; ends.len()];
        let forecast = cohorts.entry(*cohort).or_insert_with(|| CohortForecast {
            cohort: *cohort,
            n_customers: 0,
            purchases: zeros(),
            sales: zeros(),
        });
        forecast.n_customers += 1;
        let mut before = 0.0;
        for ((purchases, sales), now) in forecast.purchases.iter_mut().zip(&mut forecast.sales).zip(future) {
            let in_period = (now - before).max(0.0) * counted_on.max(0.0);
            *purchases += in_period;
            *sales += in_period * if *spend > 0.0 { *spend } else { 0.0 };
            before = *now;
        }
    }
    Ok(cohorts.into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clv::model::ModelKind;

    #[test]
    fn the_curve_of_a_constant_rate_is_a_line() {
        let model = ModelKind::Nbd.with_parameters(&[2.0, 10.0]).unwrap();
        let curve = tracking_curve(&model, &[0.0, 1.0], &[1.5, 0.5], Periods { length: 1.0, count: 3 }).unwrap();
        let expected: Vec<f64> = curve.iter().map(|point| point.expected).collect();
        for (expected, by_hand) in expected.iter().zip([0.2, 0.6, 1.0]) {
            assert!((expected - by_hand).abs() < 1e-12, "{expected} {by_hand}");
        }
        assert_eq!(curve.iter().map(|point| point.actual).collect::<Vec<_>>(), vec![1.0, 2.0, 2.0]);
        assert!(tracking_curve(&model, &[-1.0], &[], Periods { length: 1.0, count: 3 }).is_err());
    }

    #[test]
    fn cohorts_sum_to_the_shop() {
        let model = ModelKind::ParetoNbd.with_parameters(&[0.553, 10.578, 0.606, 11.669]).unwrap();
        let customers = [CustomerSummary::new(2, 30.0, 39.0).unwrap(), CustomerSummary::new(0, 0.0, 30.0).unwrap()];
        let columns = CohortColumns {
            customers: &customers,
            cohort: &[2, 1],
            counted_on: &[1.0, 0.5],
            spend_per_purchase: &[10.0, 20.0],
        };
        let cohorts = forecast_by_cohort(&model, columns, Periods { length: 13.0, count: 3 }).unwrap();
        assert_eq!(cohorts.iter().map(|cohort| cohort.cohort).collect::<Vec<_>>(), vec![1, 2]);
        let sum: f64 = cohorts[1].purchases.iter().sum();
        assert!((sum - model.expected_purchases(&customers[0], 39.0)).abs() < 1e-12);
        assert!((cohorts[1].sales.iter().sum::<f64>() - 10.0 * sum).abs() < 1e-9);
        let half: f64 = cohorts[0].sales.iter().sum();
        assert!((half - 10.0 * model.expected_purchases(&customers[1], 39.0)).abs() < 1e-9, "half of it at 20 each");
    }
}
