//! What the customers of a list are worth: the value models, fitted on everyone who ever bought, asked about the eligible.

use rayon::prelude::*;
use serde::Serialize;

use super::list::ListRow;
use crate::clv::{
    Fit, Grouped, LifetimeValue, Parameter, SpendFit, TimeUnit, ValueError, ValueInterval, ValueModel, ValueSettings,
    ValuedCustomer, Wanted, fit, fit_spend, lifetime_value, standard_errors, value_interval,
};
use crate::config::ValueConfig;
use crate::dataset::Histories;
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
        Ok(Self { purchases, parameters, spend: fit_spend(&histories.spend)? })
    }

    /// What one customer is worth.
    #[must_use]
    pub fn worth(&self, histories: &Histories, place: usize, frame: &ValueFrame) -> Worth {
        let customer = valued(histories, place, frame.margin_share);
        let value = lifetime_value(&self.purchases.model, &self.spend.model, &customer, &frame.settings);
        let probability_no_purchase =
            self.purchases.model.probability_no_purchase(&customer.history, f64::from(frame.horizon.0));
        Worth { at_stake: value.predicted / value.probability_alive.max(LEAST_ALIVE), probability_no_purchase, value }
    }

    /// The interval of one customer's predicted value.
    #[must_use]
    pub fn interval(
        &self,
        histories: &Histories,
        place: usize,
        (worth, frame): (&Worth, &ValueFrame),
    ) -> ValueInterval {
        let customer = valued(histories, place, frame.margin_share);
        let (model, spend) = (&self.purchases.model, &self.spend.model);
        value_interval(model, spend, (&customer, &worth.value), (&frame.settings, INTERVAL_LEVEL))
    }

    /// Gives the customers ranked first the intervals of their values: a thousandth of a second each.
    pub(super) fn put_intervals(&self, rows: &mut [ListRow], histories: &Histories, frame: &ValueFrame) {
        let shown = rows.len().min(INTERVALS_SHOWN);
        rows[..shown].par_iter_mut().for_each(|row| {
            let Some((worth, place)) = row.worth.as_mut().zip(histories.position(row.prospect.customer)) else {
                return;
            };
            let all = self.worth(histories, place, frame);
            worth.interval = Some(self.interval(histories, place, (&all, frame)));
        });
    }

    /// What everyone is worth.
    #[must_use]
    pub fn worth_of_all(&self, histories: &Histories, frame: &ValueFrame) -> Vec<Worth> {
        (0..histories.customers.len()).into_par_iter().map(|place| self.worth(histories, place, frame)).collect()
    }
}

fn valued(histories: &Histories, place: usize, margin: f64) -> ValuedCustomer {
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
    /// Margin as a share of revenue.
    pub margin_share: f64,
    /// The horizon of churn.
    pub horizon: Days,
}

impl ValueFrame {
    /// The frame of a config.
    ///
    /// # Errors
    /// A value horizon or discount rate out of range, which the config has refused before.
    pub fn new(value: &ValueConfig, horizon: Days) -> Result<Self, ValueError> {
        let years = f64::from(value.horizon_days.0) / TimeUnit::Year.days();
        let settings = ValueSettings::new(TimeUnit::Day, years, value.discount_rate)?;
        Ok(Self { settings, margin_share: value.margin_share, horizon })
    }
}

/// What one customer is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Worth {
    /// Margin that leaving destroys: the predicted value of the customer if still active, in major units.
    pub at_stake: f64,
    /// Probability of no purchase within the horizon of churn, by the value model alone.
    pub probability_no_purchase: f64,
    /// Predicted value and its parts.
    pub value: LifetimeValue,
}
