//! What customers are worth: the value models, fitted on everyone who ever bought, asked about the eligible.

use rayon::prelude::*;
use serde::Serialize;

use super::visit_calibration::VisitCalibration;
use crate::clv::{
    CustomerSummary, Fit, Grouped, LifetimeValue, Parameter, SpendFit, TimeUnit, ValueError, ValueInterval, ValueModel,
    ValueSettings, ValuedCustomer, Wanted, fit, fit_spend, lifetime_value, lifetime_values, standard_errors,
    value_interval,
};
use crate::config::ValueConfig;
use crate::dataset::Histories;
use crate::label::ChurnRule;
use crate::units::Days;

/// Below this probability of being active, the value of a customer who would stay is no longer read off the model: it
/// would be a large number divided by almost nothing.
const LEAST_ALIVE: f64 = 0.05;
/// Customers, ranked first, whose values have intervals.
const INTERVALS_SHOWN: usize = 1_000;
/// The interval of a customer's value.
const INTERVAL_LEVEL: f64 = 0.8;

/// The fitted value models of a shop.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ValueModels {
    /// How often customers buy and when they leave.
    pub purchases: Fit,
    /// Its parameters with standard errors.
    pub parameters: Vec<Parameter>,
    /// How much they spend on a purchase day.
    pub spend: SpendFit,
    /// How many of the visits that the model expects are to be counted on; absent where that could not be learnt.
    pub visits: Option<VisitCalibration>,
}

impl ValueModels {
    /// Fits the models; the regularity of the purchase model is chosen by likelihood.
    ///
    /// # Errors
    /// Nobody came back, too few spenders, or no usable model.
    pub fn fit(histories: &Histories) -> Result<Self, ValueError> {
        let grouped = Grouped::new(&histories.purchases)?;
        let purchases = fit(&grouped, TimeUnit::Day, Wanted::ChosenRegularity)?;
        let parameters = standard_errors(&purchases.model, &grouped);
        Ok(Self { purchases, parameters, spend: fit_spend(&histories.spend)?, visits: None })
    }

    /// The same, counting on so many of the visits.
    pub(super) fn counting_on(self, visits: Option<VisitCalibration>) -> Self {
        Self { visits, ..self }
    }

    fn factor(&self, history: &CustomerSummary) -> f64 {
        self.visits.as_ref().map_or(1.0, |visits| visits.factor(history))
    }

    /// What one customer is worth.
    #[must_use]
    pub fn customer_value(&self, histories: &Histories, place: usize, frame: &ValueFrame) -> CustomerValue {
        let value = self.lifetime(histories, place, &frame.settings);
        self.customer_value_of(&histories.purchases[place], value, frame)
    }

    fn customer_value_of(&self, history: &CustomerSummary, value: LifetimeValue, frame: &ValueFrame) -> CustomerValue {
        let (from, to) = frame.window();
        let probability_no_purchase = self.purchases.model.probability_no_purchase_between(history, from, to);
        CustomerValue {
            at_stake: value.predicted / value.probability_alive.max(LEAST_ALIVE),
            probability_no_purchase,
            value,
        }
    }

    /// The lifetime value of one customer.
    pub(crate) fn lifetime(&self, histories: &Histories, place: usize, settings: &ValueSettings) -> LifetimeValue {
        let value = lifetime_value(&self.purchases.model, &self.spend.model, &valued(histories, place), settings);
        value.times(self.factor(&histories.purchases[place]))
    }

    /// The lifetime values of all.
    pub(crate) fn lifetimes(&self, histories: &Histories, settings: &ValueSettings) -> Vec<LifetimeValue> {
        let customers: Vec<ValuedCustomer> =
            (0..histories.customers.len()).map(|place| valued(histories, place)).collect();
        let values = lifetime_values(&self.purchases.model, &self.spend.model, &customers, settings);
        values.into_iter().zip(&histories.purchases).map(|(value, history)| value.times(self.factor(history))).collect()
    }

    /// The interval of one customer's predicted value.
    #[must_use]
    pub fn interval(
        &self,
        histories: &Histories,
        place: usize,
        value: &LifetimeValue,
        frame: &ValueFrame,
    ) -> ValueInterval {
        let customer = valued(histories, place);
        let (model, spend) = (&self.purchases.model, &self.spend.model);
        let factor = self.factor(&customer.history);
        let expected = value.clone().times(factor.recip());
        let ValueInterval { low, high } =
            value_interval(model, spend, (&customer, &expected), (&frame.settings, INTERVAL_LEVEL));
        ValueInterval { low: low * factor, high: high * factor }
    }

    /// The intervals of the values of the customers ranked first: a thousandth of a second each.
    pub(crate) fn first_intervals(
        &self,
        histories: &Histories,
        ranked: impl Iterator<Item = u32>,
        frame: &ValueFrame,
    ) -> Vec<Option<ValueInterval>> {
        let customers: Vec<u32> = ranked.take(INTERVALS_SHOWN).collect();
        let interval = |customer: &u32| {
            let place = histories.position(*customer)?;
            Some(self.interval(histories, place, &self.customer_value(histories, place, frame).value, frame))
        };
        customers.par_iter().map(interval).collect()
    }

    /// What everyone is worth.
    #[must_use]
    pub fn values_of_all(&self, histories: &Histories, frame: &ValueFrame) -> Vec<CustomerValue> {
        let values = self.lifetimes(histories, &frame.settings);
        let customer_value =
            |(value, history): (LifetimeValue, &CustomerSummary)| self.customer_value_of(history, value, frame);
        values.into_par_iter().zip(&histories.purchases).map(customer_value).collect()
    }
}

fn valued(histories: &Histories, place: usize) -> ValuedCustomer {
    let margin = histories.margin_share[place];
    ValuedCustomer {
        history: histories.purchases[place],
        spend: histories.spend[place],
        historic: margin * histories.net_total[place],
        margin,
    }
}

/// How value is counted for a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueFrame {
    /// Horizon and discount of the value.
    pub settings: ValueSettings,
    /// Time between the cutoff and the window of churn.
    pub gap: Days,
    /// The horizon of churn.
    pub horizon: Days,
}

impl ValueFrame {
    /// The frame of a config.
    ///
    /// # Errors
    /// A value horizon or discount rate out of range, which the config has refused before.
    pub fn new(value: &ValueConfig, rule: &ChurnRule) -> Result<Self, ValueError> {
        Self::over(f64::from(value.horizon_days.0), value, rule)
    }

    /// The same for another horizon of value, in days.
    ///
    /// # Errors
    /// A value horizon or discount rate out of range.
    pub fn over(days: f64, value: &ValueConfig, rule: &ChurnRule) -> Result<Self, ValueError> {
        let settings = ValueSettings::new(TimeUnit::Day, days / TimeUnit::Year.days(), value.discount_rate)?;
        Ok(Self { settings, gap: rule.gap, horizon: rule.horizon })
    }

    /// The same, money being worth as much when it comes as now: what can be held against what came.
    ///
    /// # Errors
    /// A number of days out of range.
    pub(super) fn undiscounted(days: Days, rule: &ChurnRule) -> Result<Self, ValueError> {
        let settings = ValueSettings::new(TimeUnit::Day, f64::from(days.0) / TimeUnit::Year.days(), 0.0)?;
        Ok(Self { settings, gap: rule.gap, horizon: rule.horizon })
    }

    /// The window of churn, in days from the cutoff.
    pub(crate) fn window(&self) -> (f64, f64) {
        let from = f64::from(self.gap.0);
        (from, from + f64::from(self.horizon.0))
    }
}

/// What one customer is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerValue {
    /// Margin that leaving destroys: the predicted value of the customer if still active, in major units.
    pub at_stake: f64,
    /// Probability of no purchase within the horizon of churn, by the value model alone.
    pub probability_no_purchase: f64,
    /// Predicted value and its parts.
    pub value: LifetimeValue,
}
