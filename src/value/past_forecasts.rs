//! The forecast of sales made at past days beside what came, and the interval that these say of the coming period.

use rayon::prelude::*;
use serde::Serialize;

use super::basis::Basis;
use super::counted::CountedVisits;
use super::models::{ValueFrame, ValueModels};
use super::outlook::SalesForecast;
use crate::clv::{CustomerSummary, SpendSummary, ValueError, ValueModel};
use crate::dataset::Histories;
use crate::maths::hash::stable_hash;
use crate::timeline::Cutoff;
use crate::units::Days;

/// Length of a period: the quarter of the forecast of sales, in whole days.
const PERIOD: Days = Days(91);
/// Past periods that are forecast at most.
const PAST: usize = 8;
/// Days of history that a forecast needs at least: two periods.
const LEAST_HISTORY: Days = Days(182);
/// Past forecasts from which an interval follows: with fewer no bound holds in four of five cases.
const LEAST: usize = 4;
/// Share of cases that the interval holds, and the normal quantile that leaves half of the others above it.
const LEVEL: f64 = 0.8;
const Z: f64 = 1.281_551_565_544_600_4;
/// Customers that past forecasts are made for, at most about so many.
const MOST_CUSTOMERS: u64 = 20_000;

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

/// What was expected at a past day of the customers known then, and what came.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PastForecast {
    /// The day.
    pub cutoff: String,
    /// The day after the last of the period.
    pub until: String,
    /// Customers who had bought by then.
    pub n_customers: usize,
    /// Visits expected, of which as many are counted on as the models of that day would have counted on.
    pub expected_visits: f64,
    /// Visits that came.
    pub visits: f64,
    /// Sales expected, net of returns, in major units.
    pub expected_sales: f64,
    /// Sales that came.
    pub sales: f64,
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
    /// Half of its width in logarithms, by the errors of past forecasts.
    pub log_error: f64,
    /// The same if chance alone moved sales: the interval is never narrower.
    pub log_chance: f64,
}

impl Basis<'_> {
    /// Makes the forecast of sales at past days, and holds the coming one against its errors. Each is made as it would have been on
    /// its day: with the visits to count on learnt from what had come by then.
    pub(super) fn past_forecasts(
        &self,
        (models, histories): (&ValueModels, &Histories),
        counted_on: &[f64],
        sales: &SalesForecast,
    ) -> Result<ForecastTest, ValueError> {
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
        let past = periods.into_par_iter().filter_map(|((days, then), earlier)| {
            let ([from, until], [then, after]) = (days, then) else { return None };
            if !is_old_enough(from.as_of) {
                return None;
            }
            let models = from.models(earlier, then).ok()?;
            past_forecast((from.as_of, until.as_of), (&models, &frame), then, after)
        });
        let past: Vec<PastForecast> = past.collect();
        let expected = sales.cohorts.iter().filter_map(|cohort| cohort.sales.first()).sum();
        let coming = coming(&past, expected, log_chance(models, histories, counted_on));
        let who = if every > 1 { "every customer of a part drawn by ids" } else { "everyone" };
        Ok(ForecastTest {
            population: format!("{who} who had bought before each day, as it was known then"),
            period_days: PERIOD,
            n_needed: LEAST,
            without_interval: coming.is_none().then(|| match past.len() {
                n if n < LEAST => {
                    format!("only {n} of the {LEAST} past forecasts that an interval needs could be made")
                }
                _ => "past periods brought nothing where sales were expected, or nothing is expected now".to_owned(),
            }),
            past,
            coming,
        })
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

/// A forecast at a past day; `None` where nothing was expected.
fn past_forecast(
    (from, until): (Cutoff, Cutoff),
    (models, frame): (&ValueModels, &ValueFrame),
    then: &Histories,
    after: &Histories,
) -> Option<PastForecast> {
    let days = f64::from(PERIOD.0);
    let mut found = PastForecast {
        cutoff: from.to_string(),
        until: until.to_string(),
        n_customers: then.customers.len(),
        expected_visits: 0.0,
        visits: 0.0,
        expected_sales: 0.0,
        sales: 0.0,
    };
    let counted = CountedVisits::of(models, then, frame);
    let expected = then.purchases.iter().zip(&then.spend).zip(&counted.all);
    for ((customer, net), ((purchases, spend), counted_on)) in then.customers.iter().zip(&then.net_total).zip(expected)
    {
        let visits = models.purchases.model.expected_purchases(purchases, days) * counted_on;
        found.expected_visits += visits;
        found.expected_sales += visits * models.spend.model.expected_spend(spend).max(0.0);
        let Some(place) = after.position(*customer) else { continue };
        let later = after.purchases.get(place).map_or(0, |later| later.frequency());
        found.visits += f64::from(later.saturating_sub(purchases.frequency()));
        found.sales += after.net_total.get(place).map_or(0.0, |later| later - net);
    }
    (found.expected_sales > 0.0).then_some(found)
}

/// Half of the width of the interval, in logarithms, if customers come as chance has it: visits are Poisson numbers, and amounts
/// spread by the model of spend.
fn log_chance(models: &ValueModels, histories: &Histories, counted_on: &[f64]) -> f64 {
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
    let mut errors: Vec<f64> = past.iter().map(error).collect();
    errors.sort_by(f64::total_cmp);
    // The smallest k with k / (n + 1) of at least the level.
    let log_error = (0..errors.len()).find(|place| (place + 1) as f64 >= LEVEL * (errors.len() + 1) as f64);
    let log_error = *errors.get(log_error?)?;
    let half = log_error.max(log_chance);
    let is_known = expected > 0.0 && half.is_finite() && errors.len() >= LEAST;
    let interval = [expected * (-half).exp(), expected * half.exp()];
    is_known.then_some(ComingSales { expected, level: LEVEL, interval, log_error, log_chance })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(ratios: &[f64]) -> Vec<PastForecast> {
        let one = |ratio: &f64| PastForecast {
            cutoff: String::new(),
            until: String::new(),
            n_customers: 10,
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
