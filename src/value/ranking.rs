//! Whether a ranking by predicted value finds those who will spend, beside last year's spend and plain RFM.

use rayon::prelude::*;
use serde::Serialize;

use super::models::{ValueFrame, ValueModels};
use crate::clv::ValueError;
use crate::config::{Config, ValueConfig};
use crate::dataset::{DatasetSettings, Histories};
use crate::evaluate::bootstrap::Resampling;
use crate::evaluate::capture::{CaptureReport, SpendCutoff, captures};
use crate::label::ChurnRule;
use crate::timeline::{Cutoff, EventLog};
use crate::units::Days;

/// Everyone who could be ranked.
pub(super) const EVERYONE: &str = "everyone who had bought by the cutoff";

/// What rankings by value found at the test cutoffs.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ValueRanking {
    /// Days after each cutoff whose spend is predicted: the horizon of churn.
    pub days: Days,
    /// Among everyone who had bought by then.
    pub everyone: Option<CaptureReport>,
    /// Among the customers who would have been on the list.
    pub on_the_list: Option<CaptureReport>,
    /// Cutoffs at which no value model could be fitted, and why.
    pub without_model: Vec<(String, String)>,
}

/// Ranks customers at each cutoff by what value models fitted then expect of the days after it, and compares with what
/// came, as known at the end of those days. `eligible` are the numbers of those who would have been on the list.
#[must_use]
pub fn rank_by_value(config: &Config, log: &EventLog, tests: &[(Cutoff, Vec<u32>)]) -> ValueRanking {
    let settings = DatasetSettings::new(config, log, ChurnRule::from(&config.churn));
    let days = settings.rule.horizon;
    let (mut all, mut listed, mut without_model) = (Vec::new(), Vec::new(), Vec::new());
    for (cutoff, eligible) in tests {
        let [then, now] = Histories::collect(log, [*cutoff, cutoff.after(days, &settings.zone)], &settings);
        let models = match ValueModels::fit_to_test(&then) {
            Ok(models) => models,
            Err(error) => {
                without_model.push((cutoff.to_string(), error.to_string()));
                continue;
            }
        };
        let test = SpendTest { cutoff: *cutoff, then: &then, now: &now, value: &config.value, settings: &settings };
        match test.ranked_by(&models) {
            Ok(test) => {
                listed.push(only(&test, eligible));
                all.push(test);
            }
            Err(error) => without_model.push((cutoff.to_string(), error.to_string())),
        }
    }
    let plan = Resampling { seed: config.seed, n_replicates: config.backtest.bootstrap };
    let population = settings.rule.population();
    ValueRanking {
        days,
        everyone: captures(&all, EVERYONE, plan),
        on_the_list: captures(&listed, &population, plan),
        without_model,
    }
}

/// What customers spent after a cutoff, beside what was known of them then.
pub(super) struct SpendTest<'a> {
    pub(super) cutoff: Cutoff,
    /// As known at the cutoff.
    pub(super) then: &'a Histories,
    /// As known at the end of the horizon.
    pub(super) now: &'a Histories,
    pub(super) value: &'a ValueConfig,
    pub(super) settings: &'a DatasetSettings,
}

impl SpendTest<'_> {
    /// Everyone at a cutoff by predicted value of the horizon, last year's spend and RFM, with the spend that came in it.
    pub(super) fn ranked_by(&self, models: &ValueModels) -> Result<SpendCutoff, ValueError> {
        let frame = ValueFrame::over(f64::from(self.settings.rule.horizon.0), self.value, &self.settings.rule)?;
        let predicted = models
            .values_of_all(self.then, &frame)
            .iter()
            .map(|customer_value| customer_value.value.predicted)
            .collect();
        let came = |place: usize| {
            let later = self.now.position(self.then.customers[place]);
            later.map_or(0.0, |later| (self.now.net_total[later] - self.then.net_total[place]).max(0.0))
        };
        Ok(SpendCutoff {
            cutoff: self.cutoff.to_string(),
            customer: self.then.customers.clone(),
            came: (0..self.then.customers.len()).map(came).collect(),
            rankings: vec![
                ("predicted value", predicted),
                ("spend of the past year", self.then.past_year.clone()),
                ("recency, frequency, monetary", rfm(self.then)),
            ],
        })
    }
}

/// The rows of some customers, whose numbers ascend.
fn only(test: &SpendCutoff, customers: &[u32]) -> SpendCutoff {
    let is_kept: Vec<bool> = test.customer.iter().map(|customer| customers.binary_search(customer).is_ok()).collect();
    let kept =
        |values: &[f64]| values.iter().zip(&is_kept).filter(|(_, kept)| **kept).map(|(value, _)| *value).collect();
    SpendCutoff {
        cutoff: test.cutoff.clone(),
        customer: test
            .customer
            .iter()
            .zip(&is_kept)
            .filter(|(_, kept)| **kept)
            .map(|(customer, _)| *customer)
            .collect(),
        came: kept(&test.came),
        rankings: test.rankings.iter().map(|(name, scores)| (*name, kept(scores))).collect(),
    }
}

/// Sum of the places of a customer by silence, number and amount of purchases: the plain rule.
fn rfm(histories: &Histories) -> Vec<f64> {
    let silence: Vec<f64> = histories.purchases.iter().map(|history| history.recency() - history.age()).collect();
    let number: Vec<f64> = histories.purchases.iter().map(|history| f64::from(history.frequency())).collect();
    let places = [places(&silence), places(&number), places(&histories.past_year)];
    (0..histories.customers.len()).map(|customer| places.iter().map(|place| place[customer]).sum()).collect()
}

/// The mean place of each value among all, the smallest first; equal values share theirs.
fn places(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.par_sort_unstable_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut places = vec![0.0; values.len()];
    let mut start = 0;
    for tie in order.chunk_by(|a, b| values[*a].total_cmp(&values[*b]).is_eq()) {
        let mean = start as f64 + (tie.len() as f64 - 1.0) / 2.0;
        for place in tie {
            places[*place] = mean;
        }
        start += tie.len();
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_their_place() {
        assert_eq!(places(&[5.0, 1.0, 5.0, 9.0]), [1.5, 0.0, 1.5, 3.0]);
    }

    #[test]
    fn the_rows_of_some_customers_keep_their_scores() {
        let test = SpendCutoff {
            cutoff: String::new(),
            customer: vec![2, 5, 9],
            came: vec![1.0, 2.0, 3.0],
            rankings: vec![("a", vec![7.0, 8.0, 9.0])],
        };
        let kept = only(&test, &[1, 5, 9]);
        assert_eq!(
            (kept.customer, kept.came, kept.rankings),
            (vec![5, 9], vec![2.0, 3.0], vec![("a", vec![8.0, 9.0])])
        );
    }
}
