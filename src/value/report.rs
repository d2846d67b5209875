//! The value side of a run, for people who decide about budgets: whether the value models earn their place, and what
//! retention is worth to this shop.

use rayon::prelude::*;
use serde::Serialize;

use super::basis::{Basis, visits_since};
use super::counted::CountedVisits;
use super::forecast_test::{ForecastTest, log_chance};
use super::models::{ValueFrame, ValueModels};
use super::outlook::{
    self, Listed, ListedCustomer, QUARTER_DAYS, SalesForecast, TABLE_YEARS, Tracking, ValueTables, quarter,
};

use super::ranking::{EVERYONE, SpendTest};
use crate::clv::{
    CohortMember, CohortRates, CompoundingRow, Concentration, CovariateFit, Holdout, RetentionEconomics, TimeUnit,
    ValueError, ValueOfRetention, ValueTable, cohort_rates, concentration, holdout,
};
use crate::dataset::Histories;
use crate::evaluate::bootstrap::Resampling;
use crate::evaluate::capture::{CaptureReport, captures};
use crate::units::Days;

/// The share of losses that are fewer in the table of what retention compounds to.
const FEWER_LOSSES: f64 = 0.1;

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

/// What retention is worth: what the customers of both lists are expected to bring quarter by quarter, by the models and visits of
/// the forecast of sales and of the values, and what it would be if more of them stayed.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct RetentionReport {
    /// Customers of both lists.
    pub n_customers: usize,
    /// Their part of the forecast of sales of the coming year, not discounted, in major units.
    pub sales_of_year: f64,
    /// Days in a period: a quarter, as in the forecast of sales.
    pub period_days: f64,
    /// Margin of each period ahead, not discounted, in major units.
    pub margin: Vec<f64>,
    /// Share of the margin of each period that is there in the next: retention, each customer counting by what is expected. It
    /// differs from period to period, since those who are likely to leave leave first.
    pub retention: Vec<f64>,
    /// What a unit of money of each period is worth now.
    pub discount: Vec<f64>,
    /// One point more of retention from each period to the next.
    pub one_point: ValueOfRetention,
    /// Period by period, as expected and with a tenth fewer losses.
    pub compounding: Vec<CompoundingRow>,
}

/// What the report is made from.
pub(super) struct Findings<'a> {
    pub(super) models: ValueModels,
    pub(super) histories: &'a Histories,
    pub(super) shop: ValueTable,
    pub(super) holdout: HoldoutReport,
    pub(super) list: &'a [ListedCustomer],
    /// The share of expected visits that is counted because of who slows down, of everyone in the histories.
    pub(super) counted: Vec<f64>,
}

impl Basis<'_> {
    /// Assembles the report.
    pub(super) fn report(&self, findings: Findings<'_>) -> Result<ValueReport, ValueError> {
        let Findings { models, histories, shop, holdout, list, counted } = findings;
        let days = TABLE_YEARS * TimeUnit::Year.days();
        let ahead = ValueFrame::over(days, &self.config.value, &self.settings.rule)?;
        let counted = CountedVisits::of_known(&models, histories, counted);
        let years_ahead = || outlook::tables(&models, histories, list, (&ahead.settings, &counted.of_pace));
        let others =
            || (outlook::sales(&models, histories, &counted.all), cohort_rates(&self.cohort_members(histories)));
        let (years_ahead, (sales, cohorts)) = rayon::join(years_ahead, others);
        let covariates = outlook::covariates(histories);
        let past = self.past_forecasts()?;
        let mut sales = sales?;
        sales.take_season(past.season(sales.by_quarter()));
        let [coming, ..] = sales.by_quarter();
        let sales_test = ForecastTest::of(past, coming, log_chance(&models, histories, &counted.all));
        Ok(ValueReport {
            shop,
            years_ahead,
            sales,
            sales_test,
            without_covariates: covariates.as_ref().err().map(ToString::to_string),
            covariates: covariates.ok(),
            holdout,
            cohorts,
            retention: self.retention(Listed::of(&models, histories, &counted.all, list)?)?,
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
        match ValueModels::fit_to_test(then) {
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

    fn retention(&self, ahead: Listed) -> Result<RetentionReport, ValueError> {
        let Listed { n_customers, sales_of_year, margins } = ahead;
        let discount = (1.0 + self.config.value.discount_rate).powf(QUARTER_DAYS / TimeUnit::Year.days()) - 1.0;
        let economics = RetentionEconomics::new(margins.clone(), discount)?;
        Ok(RetentionReport {
            n_customers,
            sales_of_year,
            period_days: QUARTER_DAYS,
            margin: margins,
            retention: economics.retention(),
            discount: economics.discounts(),
            one_point: economics.value_of_retention(),
            compounding: economics.compared_with_fewer_losses(FEWER_LOSSES),
        })
    }
}
