//! The forecast of sales made at past days, each with what was known then, the season of its year behind it too, beside what came.

use rayon::prelude::*;
use serde::Serialize;

use super::basis::Basis;
use super::counted::CountedVisits;
use super::models::{ValueFrame, ValueModels};
use super::season::{PastQuarter, QUARTERS, SalesSeason};
use crate::clv::{CohortColumns, Periods, ValueError, forecast_by_cohort};
use crate::dataset::Histories;
use crate::maths::hash::stable_hash;
use crate::timeline::Cutoff;
use crate::units::Days;

/// Length of a period: the quarter of the forecast of sales, in whole weeks, so that a year ago has the same weekdays.
pub(super) const PERIOD: Days = Days(91);
/// Past periods that are forecast at most: the seasons of three years.
const PAST: usize = 12;
/// Days of history that a forecast needs at least: two periods.
const LEAST_HISTORY: Days = Days(182);
/// Customers that past forecasts are made for, at most about so many.
const MOST_CUSTOMERS: u64 = 20_000;

/// What was expected at a past day of the customers known then, and what came.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PastForecast {
    /// The day.
    pub cutoff: String,
    /// The day after the last of the period.
    pub until: String,
    /// Customers who had bought by then.
    pub n_customers: usize,
    /// What the forecast was taken times for the season that was known then; absent in the first year of forecasts.
    pub season: Option<f64>,
    /// Visits expected, of which as many are counted on as the models of that day would have counted on.
    pub expected_visits: f64,
    /// Visits that came.
    pub visits: f64,
    /// Sales expected, net of returns, in major units.
    pub expected_sales: f64,
    /// Sales that came.
    pub sales: f64,
}

/// Past forecasts whose periods follow each other without a hole, up to the as-of day.
pub(super) struct PastForecasts {
    /// Of whom they are.
    pub(super) population: String,
    /// The earliest first.
    pub(super) all: Vec<PastForecast>,
    /// What they tell of the season, in their order.
    quarters: Vec<PastQuarter>,
}

impl PastForecasts {
    /// The season of the quarters ahead, of which so much is expected without it.
    pub(super) fn season(&self, ahead: [f64; QUARTERS]) -> Option<SalesSeason> {
        SalesSeason::learn(&self.quarters, ahead)
    }

    /// Puts into each forecast the season that those before it tell.
    fn with_seasons(population: String, even: Vec<EvenForecast>) -> Self {
        let quarter =
            |even: &EvenForecast| PastQuarter { expected: even.forecast.expected_visits, came: even.forecast.visits };
        let quarters: Vec<PastQuarter> = even.iter().map(quarter).collect();
        let with_season = |(place, EvenForecast { mut forecast, ahead }): (usize, EvenForecast)| {
            forecast.season = SalesSeason::learn(&quarters[..place], ahead).map(|season| season.next());
            let factor = forecast.season.unwrap_or(1.0);
            forecast.expected_visits *= factor;
            forecast.expected_sales *= factor;
            forecast
        };
        let all = even.into_iter().enumerate().map(with_season).collect();
        Self { population, all, quarters }
    }
}

/// A forecast without season, and the sales of the year of quarters that it begins.
struct EvenForecast {
    forecast: PastForecast,
    ahead: [f64; QUARTERS],
}

impl Basis<'_> {
    /// Makes the forecast of sales at past days, as it would have been made on each: with the visits to count on learnt from what
    /// had come by then.
    pub(super) fn past_forecasts(&self) -> Result<PastForecasts, ValueError> {
        let ids = self.log.customer_ids();
        let every = (ids.len() as u64).div_ceil(MOST_CUSTOMERS).max(1);
        let is_seen = |customer: u32| {
            ids.get(customer as usize).is_some_and(|id| stable_hash(&[id.as_bytes()]).is_multiple_of(every))
        };
        let frame = ValueFrame::new(&self.config.value, &self.settings.rule)?;
        let cutoffs: [Cutoff; PAST + 1] = std::array::from_fn(|place| self.ago(PAST - place));
        let then = Histories::collect_some(self.log, cutoffs, self.settings, is_seen);
        let days = cutoffs.map(|cutoff| self.at(cutoff));
        let earlier = earlier_histories(&days, is_seen);
        let first = self.log.span().before(self.as_of).map_or(i32::MAX, |(first, _)| self.log.calendar().day(first));
        let is_old_enough = |cutoff: Cutoff| cutoff.before(LEAST_HISTORY, &self.settings.zone).day() >= first;
        let periods: Vec<_> = days.windows(2).zip(then.windows(2)).zip(&earlier).collect();
        let made = periods.into_par_iter().map(|((days, then), earlier)| {
            let ([from, until], [then, after]) = (days, then) else { return None };
            if !is_old_enough(from.as_of) {
                return None;
            }
            let models = from.models(earlier, then).ok()?;
            even_forecast((from.as_of, until.as_of), (&models, &frame), then, after)
        });
        let made: Vec<Option<EvenForecast>> = made.collect();
        let who = if every > 1 { "every customer of a part drawn by ids" } else { "everyone" };
        let population = format!("{who} who had bought before each day, as it was known then");
        let hole = made.iter().rposition(Option::is_none).map_or(0, |place| place + 1);
        Ok(PastForecasts::with_seasons(population, made.into_iter().skip(hole).flatten().collect()))
    }

    /// The day so many periods before the as-of day.
    fn ago(&self, periods: usize) -> Cutoff {
        let days = u32::try_from(periods).unwrap_or(u32::MAX).saturating_mul(PERIOD.0);
        self.as_of.before(Days(days), &self.settings.zone)
    }
}

/// The histories at the days from which visits are compared with those expected, one for each past day, in their order.
fn earlier_histories(days: &[Basis<'_>; PAST + 1], is_seen: impl Fn(u32) -> bool + Sync) -> [Histories; PAST + 1] {
    let [shop, ..] = days;
    // A row that became known late can move the start of history, and with it these days against each other.
    let mut order: [usize; PAST + 1] = std::array::from_fn(|place| place);
    order.sort_by_key(|place| days[*place].calibration_cutoff());
    let cutoffs = order.map(|place| days[place].calibration_cutoff());
    let found = Histories::collect_some(shop.log, cutoffs, shop.settings, is_seen);
    let mut earlier: [Histories; PAST + 1] = Default::default();
    for (place, histories) in order.into_iter().zip(found) {
        earlier[place] = histories;
    }
    earlier
}

/// A forecast at a past day, without season; `None` where nothing was expected.
fn even_forecast(
    (from, until): (Cutoff, Cutoff),
    (models, frame): (&ValueModels, &ValueFrame),
    then: &Histories,
    after: &Histories,
) -> Option<EvenForecast> {
    let counted = CountedVisits::of(models, then, frame);
    let spend = |spend| models.spend.model.expected_spend(spend).max(0.0);
    let columns = CohortColumns {
        customers: &then.purchases,
        cohort: &vec![0; then.purchases.len()],
        counted_on: &counted.all,
        spend_per_purchase: &then.spend.iter().map(spend).collect::<Vec<_>>(),
    };
    let periods = Periods { length: f64::from(PERIOD.0), count: 4 };
    let ahead = forecast_by_cohort(&models.purchases.model, columns, periods).ok()?.into_iter().next()?;
    let mut forecast = PastForecast {
        cutoff: from.to_string(),
        until: until.to_string(),
        n_customers: then.customers.len(),
        season: None,
        expected_visits: *ahead.purchases.first()?,
        visits: 0.0,
        expected_sales: *ahead.sales.first()?,
        sales: 0.0,
    };
    for ((customer, net), purchases) in then.customers.iter().zip(&then.net_total).zip(&then.purchases) {
        let Some(place) = after.position(*customer) else { continue };
        let later = after.purchases.get(place).map_or(0, |later| later.frequency());
        forecast.visits += f64::from(later.saturating_sub(purchases.frequency()));
        forecast.sales += after.net_total.get(place).map_or(0.0, |later| later - net);
    }
    let ahead = ahead.sales.try_into().ok()?;
    (forecast.expected_sales > 0.0).then_some(EvenForecast { forecast, ahead })
}
