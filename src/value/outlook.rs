//! What is to come of the customers: purchases tracked against those that came, sales by cohort, value by year ahead,
//! and whether how customers began tells how they go on.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use super::models::ValueModels;
use super::season::{QUARTERS, SalesSeason};
use crate::clv::{
    CohortColumns, CohortForecast, Covariate, CovariateFit, Covariates, ModelKind, Periods, TrackingPoint, ValueError,
    ValueSettings, ValueTable, fit_covariates, forecast_by_cohort, tracking_curve,
};
use crate::dataset::Histories;
use crate::decide::{RiskBand, Stage};
use crate::maths::quantiles::median;
use crate::timeline::{Cutoff, date_of};

/// Years of the tables by year ahead.
pub(crate) const TABLE_YEARS: f64 = 5.0;
/// Quarters of the sales forecast, of what retention is worth (the years of the tables), and days in one.
const SALES_QUARTERS: u32 = 4;
const RETENTION_QUARTERS: u32 = 20;
pub(super) const QUARTER_DAYS: f64 = 365.25 / 4.0;
/// Points of a tracking curve at most; they are whole weeks apart.
const TRACKING_POINTS: f64 = 60.0;
const WEEK_DAYS: f64 = 7.0;
/// Customers on whom covariates are tested at most: every n-th of more.
const TESTED: usize = 50_000;

/// Repeat purchases from the start of the shop on, expected by a model that was fitted at the cutoff, and made.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Tracking {
    /// The day from which times are counted.
    pub start: String,
    /// Days from the start to the cutoff: what comes later was not known to the model.
    pub cutoff_days: f64,
    /// Customers, those who came after the cutoff included.
    pub n_customers: usize,
    /// The curve, cumulated, by days since the start.
    pub points: Vec<TrackingPoint>,
}

/// Sales that are expected of those who have bought, by the quarter of the first order. They count on the same visits as the values
/// of customers do; values are what is earned of them, discounted.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SalesForecast {
    /// Days in each period ahead.
    pub period_days: f64,
    /// The season that is in the periods ahead; absent where past forecasts do not fill a year.
    pub season: Option<SalesSeason>,
    /// Purchases and revenue, not discounted, for each cohort, such as 20243, and period ahead.
    pub cohorts: Vec<CohortForecast>,
}

impl SalesForecast {
    /// Sales of each quarter, of all cohorts.
    pub(super) fn by_quarter(&self) -> [f64; QUARTERS] {
        std::array::from_fn(|quarter| self.cohorts.iter().filter_map(|cohort| cohort.sales.get(quarter)).sum())
    }

    /// Puts a season into a forecast that has none.
    pub(super) fn take_season(&mut self, season: Option<SalesSeason>) {
        self.season = season;
        let Some(SalesSeason { factors, .. }) = season else { return };
        for cohort in &mut self.cohorts {
            for column in [&mut cohort.purchases, &mut cohort.sales] {
                column.iter_mut().zip(factors).for_each(|(figure, factor)| *figure *= factor);
            }
        }
    }
}

/// Discounted margin by year ahead.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ValueTables {
    /// How many years the tables look ahead.
    pub years: f64,
    /// Everyone who ever bought.
    pub shop: ValueTable,
    /// Those on the list by life-cycle stage, and the others as `not_on_the_list`.
    pub by_stage: BTreeMap<String, ValueTable>,
    /// The same by the band of their risk.
    pub by_risk_band: BTreeMap<String, ValueTable>,
}

/// What tables by group know of a customer of the list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ListedCustomer {
    /// The number of the customer.
    pub customer: u32,
    /// The life-cycle stage.
    pub stage: Stage,
    /// Calibrated probability of leaving.
    pub churn_probability: f64,
}

/// Whom neither stage nor band has.
const ELSEWHERE: &str = "not_on_the_list";

/// The tracking curve of all present customers by models that were fitted at an earlier cutoff.
pub(super) fn tracking(
    models: &ValueModels,
    now: &Histories,
    cutoff: Cutoff,
    end: Cutoff,
) -> Result<Option<Tracking>, ValueError> {
    let Some(start) = now.first_day.iter().copied().min() else { return Ok(None) };
    let since = |day: i32| f64::from(day - start);
    let entries: Vec<f64> = now.first_day.iter().map(|day| since(*day)).collect();
    let repeats = now.repeats.iter().flat_map(|(day, count)| std::iter::repeat_n(since(day), count as usize));
    let repeats: Vec<f64> = repeats.collect();
    let length = (since(end.day()) / TRACKING_POINTS / WEEK_DAYS).ceil().max(1.0) * WEEK_DAYS;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 60 periods")]
    let periods = Periods { length, count: (since(end.day()) / length).floor() as u32 };
    Ok(Some(Tracking {
        start: date_of(start).unwrap_or_default().to_string(),
        cutoff_days: since(cutoff.day()),
        n_customers: now.customers.len(),
        points: tracking_curve(&models.purchases.model, &entries, &repeats, periods)?,
    }))
}

/// Sales of each quarter ahead, by cohort; `counted_on` is the share of each customer's expected visits that is counted.
pub(super) fn sales(
    models: &ValueModels,
    histories: &Histories,
    counted_on: &[f64],
) -> Result<SalesForecast, ValueError> {
    let cohort: Vec<u32> = histories.first_day.par_iter().map(|day| quarter(*day)).collect();
    let spend: Vec<f64> = histories.spend.par_iter().map(|spend| models.spend.model.expected_spend(spend)).collect();
    let columns =
        CohortColumns { customers: &histories.purchases, cohort: &cohort, counted_on, spend_per_purchase: &spend };
    let periods = Periods { length: QUARTER_DAYS, count: SALES_QUARTERS };
    Ok(SalesForecast {
        period_days: QUARTER_DAYS,
        season: None,
        cohorts: forecast_by_cohort(&models.purchases.model, columns, periods)?,
    })
}

/// What is to come of the customers of both lists.
pub(super) struct Listed {
    /// How many.
    pub(super) n_customers: usize,
    /// Their part of the forecast of sales, over its quarters.
    pub(super) sales_of_year: f64,
    /// Margin of each quarter of the years of the tables, not discounted.
    pub(super) margins: Vec<f64>,
}

impl Listed {
    /// The forecast of sales for some customers alone, and the margin of it over more years.
    pub(super) fn of(
        models: &ValueModels,
        histories: &Histories,
        counted_on: &[f64],
        list: &[ListedCustomer],
    ) -> Result<Self, ValueError> {
        let mut places: Vec<usize> = list.par_iter().filter_map(|row| histories.position(row.customer)).collect();
        places.par_sort_unstable();
        let customers: Vec<_> = places.iter().map(|place| histories.purchases[*place]).collect();
        let counted_on: Vec<f64> = places.iter().map(|place| counted_on[*place]).collect();
        let spend = |place: &usize| models.spend.model.expected_spend(&histories.spend[*place]);
        let sales: Vec<f64> = places.par_iter().map(spend).collect();
        let margin = |(place, spend): (&usize, &f64)| histories.margin_share[*place].clamp(0.0, 1.0) * spend;
        let margins: Vec<f64> = places.iter().zip(&sales).map(margin).collect();
        let cohort = vec![0; places.len()];
        let over = |spend_per_purchase: &[f64], count: u32| {
            let columns =
                CohortColumns { customers: &customers, cohort: &cohort, counted_on: &counted_on, spend_per_purchase };
            let found = forecast_by_cohort(&models.purchases.model, columns, Periods { length: QUARTER_DAYS, count })?;
            Ok::<_, ValueError>(found.into_iter().next().map(|all| all.sales).unwrap_or_default())
        };
        Ok(Self {
            n_customers: places.len(),
            sales_of_year: over(&sales, SALES_QUARTERS)?.iter().sum(),
            margins: over(&margins, RETENTION_QUARTERS)?,
        })
    }
}

/// Value by year ahead of everyone who ever bought, and of the stages and risk bands of the list.
pub(super) fn tables(
    models: &ValueModels,
    histories: &Histories,
    list: &[ListedCustomer],
    (ahead, of_pace): (&ValueSettings, &[f64]),
) -> ValueTables {
    let values = models.lifetimes(histories, ahead);
    // Of who slows down, the same share is counted in each year as on the list.
    let values: Vec<_> = values.into_iter().zip(of_pace).map(|(value, counted)| value.times(*counted)).collect();
    let mut rows: Vec<Option<&ListedCustomer>> = vec![None; values.len()];
    let places: Vec<Option<usize>> = list.par_iter().map(|row| histories.position(row.customer)).collect();
    for (row, place) in list.iter().zip(places) {
        if let Some(place) = place {
            rows[place] = Some(row);
        }
    }
    let by = |name: fn(&ListedCustomer) -> &'static str| {
        let mut groups: BTreeMap<&str, ValueTable> = BTreeMap::new();
        for (row, value) in rows.iter().zip(&values) {
            groups.entry(row.map_or(ELSEWHERE, name)).or_default().add(value);
        }
        groups.into_iter().map(|(name, table)| (name.to_owned(), table)).collect()
    };
    let by_risk_band = || by(|row| RiskBand::of(row.churn_probability).name());
    let (by_stage, by_risk_band) = rayon::join(|| by(|row| row.stage.name()), by_risk_band);
    ValueTables { years: TABLE_YEARS, by_stage, by_risk_band, shop: ValueTable::of_shop(&values) }
}

/// Whether the first order tells how often customers come back and whether they leave: its amount above the median, and
/// its being placed in the last quarter of a year.
pub(super) fn covariates(histories: &Histories) -> Result<CovariateFit, ValueError> {
    let n = histories.customers.len();
    let places: Vec<usize> = (0..n).step_by(n.div_ceil(TESTED).max(1)).collect();
    let median = median(places.iter().map(|place| histories.first_order_amount[*place])).unwrap_or(0.0);
    let column = |name: &str, is: &dyn Fn(usize) -> bool| Covariate {
        name: name.to_owned(),
        values: places.iter().map(|place| f64::from(u8::from(is(*place)))).collect(),
    };
    let both = vec![
        column("first_order_above_median", &|place| histories.first_order_amount[place] > median),
        column("first_order_in_last_quarter", &|place| quarter(histories.first_day[place]) % 10 == 4),
    ];
    let customers: Vec<_> = places.iter().map(|place| histories.purchases[*place]).collect();
    fit_covariates(&customers, &Covariates { purchase: both.clone(), dropout: both }, ModelKind::MBG_NBD)
}

/// Year and quarter of a day, such as 20243.
pub(super) fn quarter(day: i32) -> u32 {
    date_of(day).map_or(0, |date| {
        u32::try_from(date.year()).unwrap_or(0) * 10 + u32::try_from(date.month()).unwrap_or(1).div_ceil(3)
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::timeline::day_of;

    #[test]
    fn quarters_are_those_of_the_day() {
        assert_eq!([date(2024, 3, 31), date(2024, 4, 1)].map(|date| quarter(day_of(date))), [20241, 20242]);
    }
}
