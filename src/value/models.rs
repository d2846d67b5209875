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

/// Below this probability of being active, the value of an active customer is no longer a quotient of the model's own numbers:
/// it would be almost nothing divided by almost nothing.
const LEAST_ALIVE: f64 = 0.05;
/// Customers, ranked first, whose values have intervals.
const INTERVALS_SHOWN: usize = 1_000;
/// The interval of a customer's value.
const INTERVAL_LEVEL: f64 = 0.8;

/// The fitted value models of a shop.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
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
        let models = Self::of_grouped(&grouped, histories)?;
        let parameters = standard_errors(&models.purchases.model, &grouped);
        Ok(Self { parameters, ..models })
    }

    /// The same without its parameters and their errors, of which tests of the past say nothing.
    ///
    /// # Errors
    /// As [`fit`](Self::fit).
    pub(super) fn fit_to_test(histories: &Histories) -> Result<Self, ValueError> {
        Self::of_grouped(&Grouped::new(&histories.purchases)?, histories)
    }

    fn of_grouped(grouped: &Grouped, histories: &Histories) -> Result<Self, ValueError> {
        let (purchases, spend) = (purchase_model_of(grouped)?, fit_spend(&histories.spend)?);
        Ok(Self { purchases, parameters: Vec::new(), spend, visits: None })
    }

    /// The same, counting on so many of the visits.
    pub(super) fn counting_on(self, visits: Option<VisitCalibration>) -> Self {
        Self { visits, ..self }
    }

    /// Visits to count on for each that the model expects of a customer, by what came of others like them.
    pub(super) fn factor(&self, history: &CustomerSummary) -> f64 {
        self.visits.as_ref().map_or(1.0, |visits| visits.factor(history))
    }

    /// What one customer is worth.
    #[must_use]
    pub fn customer_value(&self, histories: &Histories, place: usize, frame: &ValueFrame) -> CustomerValue {
        let value = self.lifetime(histories, place, &frame.settings);
        self.customer_value_of(histories, place, value, frame)
    }

    fn customer_value_of(
        &self,
        histories: &Histories,
        place: usize,
        value: LifetimeValue,
        frame: &ValueFrame,
    ) -> CustomerValue {
        let (from, to) = frame.window();
        let history = &histories.purchases[place];
        let probability_no_purchase = self.purchases.model.probability_no_purchase_between(history, from, to);
        let at_stake = if value.probability_alive >= LEAST_ALIVE {
            value.predicted / value.probability_alive
        } else {
            self.value_if_active(histories, place, &frame.settings)
        };
        let past = past_pace(histories, place, frame).filter(|past| *past < at_stake);
        let counted = past.map_or(1.0, |past| (past / at_stake).sqrt());
        CustomerValue { at_stake: at_stake * counted, probability_no_purchase, value: value.times(counted), counted }
    }

    /// The value of a customer if active, of whom the model says that this is hardly so.
    fn value_if_active(&self, histories: &Histories, place: usize, settings: &ValueSettings) -> f64 {
        let customer = valued(histories, place);
        let customer = ValuedCustomer { history: as_if_just_seen(&customer.history), ..customer };
        let value = lifetime_value(&self.purchases.model, &self.spend.model, &customer, settings);
        let value = value.times(self.factor(&histories.purchases[place]));
        value.predicted / value.probability_alive.max(LEAST_ALIVE)
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
        CustomerValue { value, counted, .. }: &CustomerValue,
        frame: &ValueFrame,
    ) -> ValueInterval {
        let customer = valued(histories, place);
        let (model, spend) = (&self.purchases.model, &self.spend.model);
        let factor = self.factor(&customer.history) * counted;
        if factor <= 0.0 {
            return ValueInterval { low: 0.0, high: 0.0 };
        }
        let expected = value.clone().times(factor.recip());
        let ValueInterval { low, high } =
            value_interval(model, spend, (&customer, &expected), (&frame.settings, INTERVAL_LEVEL));
        // Rounding, too, leaves the value inside.
        ValueInterval { low: low * factor, high: high * factor }.reaching(value.predicted)
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
            Some(self.interval(histories, place, &self.customer_value(histories, place, frame), frame))
        };
        customers.par_iter().map(interval).collect()
    }

    /// What everyone is worth.
    #[must_use]
    pub fn values_of_all(&self, histories: &Histories, frame: &ValueFrame) -> Vec<CustomerValue> {
        let values = self.lifetimes(histories, &frame.settings);
        let customer_value =
            |(place, value): (usize, LifetimeValue)| self.customer_value_of(histories, place, value, frame);
        values.into_par_iter().enumerate().map(customer_value).collect()
    }
}

/// The purchase model alone.
pub(super) fn purchase_model(histories: &Histories) -> Result<Fit, ValueError> {
    purchase_model_of(&Grouped::new(&histories.purchases)?)
}

fn purchase_model_of(grouped: &Grouped) -> Result<Fit, ValueError> {
    fit(grouped, TimeUnit::Day, Wanted::ChosenRegularity)
}

/// The same history ending with a purchase: given that a customer is active, the models with a constant rate of buying know
/// no more of the future from how long the last silence was.
fn as_if_just_seen(history: &CustomerSummary) -> CustomerSummary {
    if history.frequency() == 0 {
        return *history;
    }
    CustomerSummary::new(history.frequency(), history.age(), history.age()).unwrap_or(*history)
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
    /// Margin that leaving destroys, and a return brings: the predicted value of the customer given that the customer is active
    /// at the day, in major units. Both numbers of the quotient are those of the value model.
    pub at_stake: f64,
    /// Probability of no purchase within the horizon of churn, by the value model alone.
    pub probability_no_purchase: f64,
    /// Predicted value and its parts.
    pub value: LifetimeValue,
    /// Share of what the models say that is counted: less than 1 of who brought less in the past year.
    pub counted: f64,
}

/// What the margin of the past year would bring over the horizon of value, in major units; `None` of who has not been a customer
/// for longer than a year, or did not buy in it.
///
/// Value models have constant rates: they know customers who leave, and none who slow down. Where they expect more than the past
/// year brought, the geometric mean of both is counted: its error is lower than that of the models alone (`benches/slowing.py`).
fn past_pace(histories: &Histories, place: usize, frame: &ValueFrame) -> Option<f64> {
    let year = TimeUnit::Year.days();
    let history = histories.purchases.get(place)?;
    let of = |column: &[f64]| column.get(place).copied().unwrap_or(0.0);
    let past_year = of(&histories.past_year).max(0.0) * of(&histories.margin_share);
    let tells = history.age() >= year && history.age() - history.recency() < year;
    tells.then(|| past_year * frame.settings.horizon() / year)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clv::ModelKind;

    #[test]
    fn the_value_of_an_active_customer_does_not_depend_on_how_long_the_silence_was() {
        let model = ModelKind::MbgCnbd { regularity: 1 }.with_parameters(&[0.6, 40.0, 0.8, 2.0]).unwrap();
        let given_active =
            |history: &CustomerSummary| model.expected_purchases(history, 365.0) / model.probability_alive(history);
        for (frequency, recency, age) in [(1, 20.0, 60.0), (6, 200.0, 260.0), (12, 300.0, 340.0)] {
            let history = CustomerSummary::new(frequency, recency, age).unwrap();
            let (by_quotient, seen) = (given_active(&history), given_active(&as_if_just_seen(&history)));
            assert!((by_quotient / seen - 1.0).abs() < 1e-9, "{frequency} in {age}: {by_quotient} {seen}");
        }
        let gone = CustomerSummary::new(40, 200.0, 700.0).unwrap();
        assert!(model.probability_alive(&gone) < 1e-6, "hardly active");
        assert!(given_active(&as_if_just_seen(&gone)) > 10.0, "and worth much if so");
        let once = CustomerSummary::new(0, 0.0, 30.0).unwrap();
        assert_eq!(as_if_just_seen(&once), once);
    }

    #[test]
    fn the_past_year_tells_of_who_was_a_customer_before_and_bought_in_it() {
        let frame = ValueFrame {
            settings: ValueSettings::new(TimeUnit::Day, 1.0, 0.1).unwrap(),
            gap: Days(0),
            horizon: Days(90),
        };
        let pace = |recency: f64, age: f64, past_year: f64| {
            let purchases = vec![CustomerSummary::new(3, recency, age).unwrap()];
            let histories =
                Histories { purchases, past_year: vec![past_year], margin_share: vec![0.4], ..Histories::default() };
            past_pace(&histories, 0, &frame)
        };
        assert!(pace(100.0, 400.0, 200.0).is_some_and(|margin| (margin - 80.0).abs() < 1e-9));
        assert!(pace(100.0, 400.0, -5.0).is_some_and(|margin| margin.abs() < 1e-12));
        assert_eq!([pace(100.0, 360.0, 200.0), pace(100.0, 500.0, 0.0)], [None, None]);
    }
}
