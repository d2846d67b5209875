//! The value side of a run, for people who decide about budgets: whether the value models earn their place, and what
//! retention is worth to this shop.

use rayon::prelude::*;
use serde::Serialize;

use super::basis::{Basis, visits_since};
use super::counted::CountedVisits;
use super::models::{ValueFrame, ValueModels};
use super::outlook::{self, ListedCustomer, SalesForecast, TABLE_YEARS, Tracking, ValueTables, quarter};
use super::past_forecasts::ForecastTest;
use super::ranking::{EVERYONE, SpendTest};
use crate::clv::{
    CohortMember, CohortRates, CompoundingRow, Concentration, CovariateFit, Holdout, RetentionEconomics, TimeUnit,
    ValueError, ValueOfRetention, ValueTable, cohort_rates, concentration, holdout,
};
use crate::dataset::Histories;
use crate::evaluate::bootstrap::Resampling;
use crate::evaluate::capture::{CaptureReport, captures};
use crate::units::Days;

/// Years over which retention compounds in the report.
const COMPOUNDING_YEARS: u32 = 5;

/// `value.json`: the value models, their test, and the economics of retention.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[schemars(title = "`value.json`: the value models, their test, and the economics of retention")]
pub struct ValueReport {
    /// The models.
    pub models: ValueModels,
    /// The value of everyone who ever bought, over the value horizon.
    pub shop: ValueTable,
    /// Value by year ahead: of the shop, by life-cycle stage, by risk band.
    pub years_ahead: ValueTables,
    /// What is expected to be sold to those who have bought, by cohort and quarter ahead.
    pub sales: SalesForecast,
    /// The same forecast at past days beside what came, and the interval that follows for the first quarter ahead.
    pub sales_test: ForecastTest,
    /// Whether the first order tells how customers go on; absent where the test could not be made.
    pub covariates: Option<CovariateFit>,
    /// Why there is no test of covariates, if there is none.
    pub without_covariates: Option<String>,
    /// Forecast of the last horizon from what was known before it.
    pub holdout: HoldoutReport,
    /// Churn, retention and repeat rates by the quarter of the first order, such as 20243.
    pub cohorts: Vec<CohortRates>,
    /// What retention is worth.
    pub retention: RetentionReport,
    /// The 80/20 curve of margin so far.
    pub concentration: Option<Concentration>,
}

/// The schema of `value.json`.
#[must_use]
pub fn value_report_schema() -> serde_json::Value {
    schemars::schema_for!(ValueReport).to_value()
}

/// A forecast and what came.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct HoldoutReport {
    /// The day at which the forecast was made.
    pub cutoff: String,
    /// Days that it looks ahead.
    pub days: Days,
    /// Purchases expected and made, beside plain averages; absent if no model could be fitted then.
    pub purchases: Option<Holdout>,
    /// Why no model could be fitted then, if none could.
    pub without_model: Option<String>,
    /// Repeat purchases since the start of the shop, expected at the cutoff and made.
    pub tracking: Option<Tracking>,
    /// Share of the spend that came which the tenth ranked first made, by what they were ranked.
    pub top_tenth: Option<CaptureReport>,
}

/// What retention is worth over periods as long as the horizon.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct RetentionReport {
    /// Eligible customers.
    pub n_customers: usize,
    /// How many of them are expected to be customers still: the rest has probably left before the day.
    pub n_still_here: f64,
    /// Share of those still here who stay over the horizon. Who only pauses stays: not buying in one horizon is not leaving.
    pub retention_rate: f64,
    /// Mean margin of a customer still here per horizon, from the past year, in major units.
    pub margin_per_period: f64,
    /// Periods, of one horizon each, that are summed.
    pub n_periods: u32,
    /// The discount from one period to the next, such as .985.
    pub discount_per_period: f64,
    /// One point more of retention.
    pub one_point: ValueOfRetention,
    /// The present rate and one a tenth of the lost share higher, compounded.
    pub compounding: Vec<CompoundingRow>,
}

/// What the report is made from.
pub(super) struct Findings<'a> {
    pub(super) models: ValueModels,
    pub(super) histories: &'a Histories,
    pub(super) shop: ValueTable,
    pub(super) holdout: HoldoutReport,
    pub(super) list: &'a [ListedCustomer],
    pub(super) eligible: Eligible,
}

/// The eligible in figures.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Eligible {
    n_customers: usize,
    /// The sum of the probabilities of being a customer still.
    n_still_here: f64,
    /// The sum of the probabilities of leaving from the day on.
    n_leaving: f64,
    /// Of the past 365 days, of all who are customers still, in major units.
    margin: f64,
}

/// What an eligible customer adds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EligibleCustomer {
    /// Probability of having left before the day.
    pub(crate) gone: f64,
    /// Probability of leaving from the day on.
    pub(crate) leaving: f64,
    /// Of the past 365 days, in major units.
    pub(crate) margin: f64,
}

impl Eligible {
    pub(crate) fn of(customers: impl Iterator<Item = EligibleCustomer>) -> Self {
        let none = Self { n_customers: 0, n_still_here: 0.0, n_leaving: 0.0, margin: 0.0 };
        customers.fold(none, |sum, EligibleCustomer { gone, leaving, margin }| Self {
            n_customers: sum.n_customers + 1,
            n_still_here: sum.n_still_here + (1.0 - gone),
            n_leaving: sum.n_leaving + leaving,
            margin: sum.margin + (1.0 - gone) * margin,
        })
    }

    /// Share of those still here who stay over the horizon; nobody stays where nobody is.
    fn retention_rate(&self) -> f64 {
        if self.n_still_here > 0.0 { (1.0 - self.n_leaving / self.n_still_here).clamp(0.0, 1.0) } else { 0.0 }
    }
}

impl Basis<'_> {
    /// Assembles the report.
    pub(super) fn report(&self, findings: Findings<'_>) -> Result<ValueReport, ValueError> {
        let Findings { models, histories, shop, holdout, list, eligible } = findings;
        let days = TABLE_YEARS * TimeUnit::Year.days();
        let ahead = ValueFrame::over(days, &self.config.value, &self.settings.rule)?;
        let frame = ValueFrame::new(&self.config.value, &self.settings.rule)?;
        let counted = CountedVisits::of(&models, histories, &frame);
        let years_ahead = || outlook::tables(&models, histories, list, (&ahead.settings, &counted.of_pace));
        let others =
            || (outlook::sales(&models, histories, &counted.all), cohort_rates(&self.cohort_members(histories)));
        let (years_ahead, (sales, cohorts)) = rayon::join(years_ahead, others);
        let covariates = outlook::covariates(histories);
        let sales = sales?;
        let sales_test = self.past_forecasts((&models, histories), &counted.all, &sales)?;
        Ok(ValueReport {
            shop,
            years_ahead,
            sales,
            sales_test,
            without_covariates: covariates.as_ref().err().map(ToString::to_string),
            covariates: covariates.ok(),
            holdout,
            cohorts,
            retention: self.retention(eligible)?,
            concentration: concentration(&histories.margins_so_far()),
            models,
        })
    }

    /// Forecasts the last horizon before the as-of day; what came is the difference of two histories.
    pub(super) fn holdout(&self, then: &Histories, now: &Histories) -> Result<HoldoutReport, ValueError> {
        let (cutoff, days) = (self.holdout_cutoff(), self.settings.rule.horizon);
        let counts = visits_since(then, now);
        let mut report = HoldoutReport {
            cutoff: cutoff.to_string(),
            days,
            purchases: None,
            without_model: None,
            tracking: None,
            top_tenth: None,
        };
        match ValueModels::fit(then) {
            Ok(models) => {
                let span = f64::from(days.0);
                report.purchases = Some(holdout(&models.purchases.model, &then.purchases, &counts, span)?);
                report.tracking = outlook::tracking(&models, now, cutoff, self.as_of)?;
                let test = SpendTest { cutoff, then, now, value: &self.config.value, settings: self.settings };
                let spent = test.ranked_by(&models)?;
                let plan = Resampling { seed: self.config.seed, n_replicates: self.config.backtest.bootstrap };
                report.top_tenth = captures(&[spent], EVERYONE, plan);
            }
            Err(why) => report.without_model = Some(why.to_string()),
        }
        Ok(report)
    }

    fn cohort_members(&self, histories: &Histories) -> Vec<CohortMember> {
        let active_from = self.as_of.before(self.settings.rule.active, &self.settings.zone).day();
        let member = |place: usize| {
            let history = &histories.purchases[place];
            let first = histories.first_day[place];
            CohortMember {
                cohort: quarter(first),
                n_orders: history.frequency() + 1,
                churned: f64::from(first) + history.recency() < f64::from(active_from),
            }
        };
        (0..histories.customers.len()).into_par_iter().map(member).collect()
    }

    fn retention(&self, eligible: Eligible) -> Result<RetentionReport, ValueError> {
        let n = eligible.n_still_here;
        let retention_rate = eligible.retention_rate();
        let periods_per_year = 365.25 / f64::from(self.settings.rule.horizon.0);
        let margin_per_period = (eligible.margin / n.max(f64::MIN_POSITIVE) / periods_per_year).max(0.0);
        let discount = (1.0 + self.config.value.discount_rate).powf(1.0 / periods_per_year) - 1.0;
        let economics = RetentionEconomics::new(n, margin_per_period, retention_rate, discount)?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few hundred periods at most")]
        let n_periods = (f64::from(COMPOUNDING_YEARS) * periods_per_year).ceil() as u32;
        let better = retention_rate + 0.1 * (1.0 - retention_rate);
        Ok(RetentionReport {
            n_customers: eligible.n_customers,
            n_still_here: n,
            retention_rate,
            margin_per_period,
            n_periods,
            discount_per_period: 1.0 / (1.0 + discount),
            one_point: economics.value_of_retention(n_periods),
            compounding: economics.compared_with(better, n_periods),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_pauses_stays_and_who_has_left_counts_no_more() {
        // Four customers: one has left for sure, one is half gone, and of the rest a tenth and a fifth leave.
        let customer = |gone, leaving, margin| EligibleCustomer { gone, leaving, margin };
        let customers =
            [customer(1.0, 0.0, 500.0), customer(0.5, 0.05, 20.0), customer(0.0, 0.1, 100.0), customer(0.0, 0.1, 40.0)];
        let eligible = Eligible::of(customers.into_iter());
        assert_eq!(eligible.n_customers, 4);
        assert!((eligible.n_still_here - 2.5).abs() < 1e-12);
        assert!((eligible.retention_rate() - 0.9).abs() < 1e-12);
        assert!((eligible.margin - 150.0).abs() < 1e-12);
        assert!(Eligible::of(std::iter::empty()).retention_rate().abs() < 1e-12);
    }
}
