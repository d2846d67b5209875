//! The value side of a run, for people who decide about budgets: whether the value models earn their place, and what
//! retention is worth to this shop.

use jiff::tz::TimeZone;
use serde::Serialize;

use super::worth::{ValueFrame, ValueModels, Worth};
use crate::clv::{
    Capture, CohortMember, CohortRates, CompoundingRow, Concentration, Holdout, RetentionEconomics, ValueError,
    ValueOfRetention, ValueTable, cohort_rates, compare_rankings, concentration, holdout,
};
use crate::dataset::{DatasetSettings, Histories};
use crate::timeline::{Cutoff, EventLog};
use crate::units::{Days, Timestamp};

/// Years over which retention compounds in the report.
const COMPOUNDING_YEARS: u32 = 5;
/// Share of the customers ranked first by which rankings are compared.
const TOP_SHARE: f64 = 0.1;

/// `value.json`: the value models, their test, and the economics of retention.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ValueReport {
    /// The models.
    pub models: ValueModels,
    /// The value of everyone who ever bought, by year ahead.
    pub shop: ValueTable,
    /// Forecast of the last horizon from what was known before it.
    pub holdout: HoldoutReport,
    /// Churn, retention and repeat rates by the quarter of the first order, such as 20243.
    pub cohorts: Vec<CohortRates>,
    /// What retention is worth.
    pub retention: RetentionReport,
    /// The 80/20 curve of margin so far.
    pub concentration: Option<Concentration>,
}

/// A forecast and what came.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HoldoutReport {
    /// The day at which the forecast was made.
    pub cutoff: String,
    /// Days that it looks ahead.
    pub days: Days,
    /// Purchases expected and made, beside plain averages; absent if no model could be fitted then.
    pub purchases: Option<Holdout>,
    /// Share of the spend that came which the tenth ranked first made, by what they were ranked.
    pub top_tenth: Vec<Capture>,
}

/// What retention is worth over periods as long as the horizon.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RetentionReport {
    /// Eligible customers.
    pub n_customers: usize,
    /// Share expected to stay over the horizon.
    pub retention_rate: f64,
    /// Mean margin of an eligible customer per horizon, from the past year, in major units.
    pub margin_per_period: f64,
    /// One point more of retention.
    pub one_point: ValueOfRetention,
    /// The present rate and one a tenth of the lost share higher, compounded.
    pub compounding: Vec<CompoundingRow>,
}

/// What the report is made from.
pub(super) struct Basis<'a> {
    pub(super) log: &'a EventLog,
    pub(super) settings: &'a DatasetSettings,
    pub(super) as_of: Cutoff,
    pub(super) frame: &'a ValueFrame,
    pub(super) annual_discount: f64,
    /// Churn probability and past-year margin of the eligible.
    pub(super) eligible: Vec<(f64, f64)>,
}

impl Basis<'_> {
    /// Assembles the report.
    pub(super) fn report(
        &self,
        models: ValueModels,
        histories: &Histories,
        worth: &[Worth],
    ) -> Result<ValueReport, ValueError> {
        let values: Vec<_> = worth.iter().map(|worth| worth.value.clone()).collect();
        let margins: Vec<f64> = histories.net_total.iter().map(|net| self.frame.margin_share * net).collect();
        Ok(ValueReport {
            models,
            shop: ValueTable::of_shop(&values),
            holdout: self.holdout(histories)?,
            cohorts: cohort_rates(&self.cohort_members(histories)),
            retention: self.retention()?,
            concentration: concentration(&margins),
        })
    }

    /// Forecasts the last horizon before the as-of day; what came is the difference of two histories.
    fn holdout(&self, now: &Histories) -> Result<HoldoutReport, ValueError> {
        let days = self.settings.rule.horizon;
        let cutoff = self.as_of.before(days, &self.settings.zone);
        let then = Histories::collect(self.log, cutoff, self.settings);
        let came = |place: usize| now.position(then.customers[place]);
        let count = |place: usize| {
            let later = came(place).map_or(0, |place| now.purchases[place].frequency());
            later.saturating_sub(then.purchases[place].frequency())
        };
        let spend =
            |place: usize| came(place).map_or(0.0, |later| (now.net_total[later] - then.net_total[place]).max(0.0));
        let places = 0..then.customers.len();
        let counts: Vec<u32> = places.clone().map(count).collect();
        let came_in: Vec<f64> = places.map(spend).collect();
        let models = ValueModels::fit(&then).ok();
        let mut report = HoldoutReport { cutoff: cutoff.to_string(), days, purchases: None, top_tenth: Vec::new() };
        if let Some(models) = models {
            let span = f64::from(days.0);
            report.purchases = Some(holdout(&models.purchases.model, &then.purchases, &counts, span)?);
            let worth = models.worth_of_all(&then, self.frame);
            let predicted: Vec<f64> = worth.iter().map(|worth| worth.value.predicted).collect();
            let rankings = [
                ("predicted value", predicted.as_slice()),
                ("spend of the past year", &then.past_year),
                ("recency, frequency, monetary", &rfm(&then)),
            ];
            report.top_tenth = compare_rankings(&rankings, &came_in, TOP_SHARE)?;
        }
        Ok(report)
    }

    fn cohort_members(&self, histories: &Histories) -> Vec<CohortMember> {
        let active_from = self.as_of.before(self.settings.rule.active, &self.settings.zone).at();
        let member = |place: usize| {
            let history = &histories.purchases[place];
            let first = histories.first_order_at[place];
            #[expect(clippy::cast_possible_truncation, reason = "a span of days in microseconds fits")]
            let since_first = (history.recency() * crate::units::MICROS_PER_DAY as f64) as i64;
            CohortMember {
                cohort: quarter(first, &self.settings.zone),
                n_orders: history.frequency() + 1,
                churned: Timestamp(first.0.saturating_add(since_first)) < active_from,
            }
        };
        (0..histories.customers.len()).map(member).collect()
    }

    fn retention(&self) -> Result<RetentionReport, ValueError> {
        let n = self.eligible.len() as f64;
        let mean = |of: fn(&(f64, f64)) -> f64| self.eligible.iter().map(of).sum::<f64>() / n.max(1.0);
        let retention_rate = (1.0 - mean(|eligible| eligible.0)).clamp(0.0, 1.0);
        let periods_per_year = 365.25 / f64::from(self.settings.rule.horizon.0);
        let margin_per_period = mean(|eligible| eligible.1) / periods_per_year;
        let discount = (1.0 + self.annual_discount).powf(1.0 / periods_per_year) - 1.0;
        let economics = RetentionEconomics::new(n, margin_per_period, retention_rate, discount)?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few hundred periods at most")]
        let n_periods = (f64::from(COMPOUNDING_YEARS) * periods_per_year).ceil() as u32;
        let better = retention_rate + 0.1 * (1.0 - retention_rate);
        Ok(RetentionReport {
            n_customers: self.eligible.len(),
            retention_rate,
            margin_per_period,
            one_point: economics.value_of_retention(n_periods),
            compounding: economics.compared_with(better, n_periods),
        })
    }
}

/// Year and quarter of an instant, such as 20243.
fn quarter(instant: Timestamp, zone: &TimeZone) -> u32 {
    let date = jiff::Timestamp::from_microsecond(instant.0).map(|instant| instant.to_zoned(zone.clone()).date());
    date.map_or(0, |date| {
        u32::try_from(date.year()).unwrap_or(0) * 10 + u32::try_from(date.month()).unwrap_or(1).div_ceil(3)
    })
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
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
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
    fn quarters_are_those_of_the_zone() {
        let last_second = Timestamp(1_711_925_999_000_000); // 2024-03-31T22:59:59Z
        assert_eq!(quarter(last_second, &TimeZone::UTC), 20241);
        assert_eq!(quarter(last_second, &TimeZone::get("Europe/Berlin").unwrap()), 20242);
    }
}
