//! Owns discounted lifetime value and its parts: purchases, spend and survival; historic, predicted and total; by year.

use serde::{Deserialize, Serialize};

use super::error::ValueError;
use super::gamma_gamma::{GammaGamma, SpendSummary};
use super::likelihood::ValueModel;
use super::many::{Expected, figures_of_all, figures_of_one};
use super::model::PurchaseModel;
use super::summary::{CustomerSummary, TimeUnit};
use crate::maths::quadrature::Nodes;

/// Years ahead that a value table may have.
const MAX_YEARS: f64 = 100.0;

/// How value is counted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ValueSettings {
    unit: TimeUnit,
    horizon_years: f64,
    annual_discount_rate: f64,
}

impl ValueSettings {
    /// Value over `horizon_years`, money a year away being worth `1 / (1 + annual_discount_rate)`.
    ///
    /// # Errors
    /// `ValueError::Number` if the horizon is not above 0 and up to 100, or the rate is negative or not finite.
    pub fn new(unit: TimeUnit, horizon_years: f64, annual_discount_rate: f64) -> Result<Self, ValueError> {
        if !(horizon_years > 0.0 && horizon_years <= MAX_YEARS) {
            let allowed = "above 0 and at most 100 years";
            return Err(ValueError::Number { column: "the value horizon", value: horizon_years, allowed });
        }
        if !(annual_discount_rate.is_finite() && annual_discount_rate >= 0.0) {
            let (column, allowed) = ("the yearly discount rate", "finite and not negative");
            return Err(ValueError::Number { column, value: annual_discount_rate, allowed });
        }
        Ok(Self { unit, horizon_years, annual_discount_rate })
    }

    /// The horizon in the unit of the histories.
    #[must_use]
    pub const fn horizon(&self) -> f64 {
        self.horizon_years * self.unit.per_year()
    }

    /// The continuous discount rate for one unit of time.
    fn discount_rate(&self) -> f64 {
        self.annual_discount_rate.ln_1p() / self.unit.per_year()
    }

    /// Ends of the years ahead, the last one cut at the horizon.
    fn year_ends(&self) -> impl Iterator<Item = f64> {
        let (year, horizon) = (self.unit.per_year(), self.horizon());
        let n_years = self.horizon_years.ceil();
        std::iter::successors(Some(1.0), |i| Some(i + 1.0))
            .take_while(move |i| *i <= n_years)
            .map(move |i| (i * year).min(horizon))
    }
}

/// What is known of a customer's value so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValuedCustomer {
    /// Purchases.
    pub history: CustomerSummary,
    /// Spend per purchase.
    pub spend: SpendSummary,
    /// Net value earned so far, in major units; the caller's own figure, which may be negative.
    pub historic: f64,
    /// Share of spend that is earned, in [0, 1].
    pub margin: f64,
}

/// The value of a customer and its parts, in major units of the currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LifetimeValue {
    /// Net value earned so far.
    pub historic: f64,
    /// Discounted value expected within the horizon.
    pub predicted: f64,
    /// Historic and predicted.
    pub total: f64,
    /// Expected purchases within the horizon, not discounted.
    pub expected_purchases: f64,
    /// Expected purchases within the horizon, each discounted to now.
    pub discounted_purchases: f64,
    /// Expected spend per purchase.
    pub spend_per_purchase: f64,
    /// Probability that the customer is still active.
    pub probability_alive: f64,
    /// The predicted value by year ahead.
    pub by_year: Vec<f64>,
}

impl LifetimeValue {
    /// The value where `factor` of the expected purchases come.
    #[must_use]
    pub fn times(mut self, factor: f64) -> Self {
        self.predicted *= factor;
        self.total = self.historic + self.predicted;
        self.expected_purchases *= factor;
        self.discounted_purchases *= factor;
        self.by_year.iter_mut().for_each(|value| *value *= factor);
        self
    }
}

/// The value of one customer over the horizon: discounted purchases, times spend, times margin.
///
/// # Source
/// Fader, Hardie and Lee (2005), Journal of Marketing Research 42, 415-430, equation 4, for a finite horizon.
#[must_use]
pub fn lifetime_value(
    model: &PurchaseModel,
    spend: &GammaGamma,
    customer: &ValuedCustomer,
    settings: &ValueSettings,
) -> LifetimeValue {
    let figures = figures_of_one(model, &customer.history, |expected, scale| by_year(expected, scale, settings));
    of_figures((model, spend), customer, &figures)
}

/// The value of a customer of whom the purchases of the horizon are expected, and discounted ones by year.
fn of_figures(
    (model, spend): (&PurchaseModel, &GammaGamma),
    customer: &ValuedCustomer,
    figures: &[f64],
) -> LifetimeValue {
    let (purchases, discounted) = figures.split_first().map_or((0.0, figures), |(first, rest)| (*first, rest));
    let spend_per_purchase = spend.expected_spend(&customer.spend);
    let margin = if customer.margin.is_nan() { 0.0 } else { customer.margin.clamp(0.0, 1.0) };
    let by_year: Vec<f64> = discounted.iter().map(|purchases| purchases * spend_per_purchase * margin).collect();
    let predicted = by_year.iter().sum();
    let historic = if customer.historic.is_finite() { customer.historic } else { 0.0 };
    LifetimeValue {
        historic,
        predicted,
        total: historic + predicted,
        expected_purchases: purchases,
        discounted_purchases: discounted.iter().sum(),
        spend_per_purchase,
        probability_alive: model.probability_alive(&customer.history),
        by_year,
    }
}

/// The values of all customers, in their order.
#[must_use]
pub fn lifetime_values(
    model: &PurchaseModel,
    spend: &GammaGamma,
    customers: &[ValuedCustomer],
    settings: &ValueSettings,
) -> Vec<LifetimeValue> {
    let histories: Vec<CustomerSummary> = customers.iter().map(|customer| customer.history).collect();
    let years = |expected: Expected<'_>, scale| by_year(expected, scale, settings);
    figures_of_all(model, &histories, years, |place, figures| of_figures((model, spend), &customers[place], figures))
}

/// A year ahead and the points at which its discounting is integrated, each with its weight.
struct Year {
    start: f64,
    end: f64,
    points: Vec<(f64, f64)>,
}

/// The years up to the horizon; the points are spread over the logarithm of `scale + t`, in which purchases are smooth.
fn years(settings: &ValueSettings, scale: f64) -> Vec<Year> {
    let mut start = 0.0;
    let year = |end: f64| {
        // With the end, 8 and 4 spans: as many as are taken together.
        let nodes = if start > 0.0 { Nodes::Three } else { Nodes::Seven };
        let (low, high) = ((start / scale).ln_1p(), (end / scale).ln_1p());
        let point = |(node, weight): &(f64, f64)| {
            let t = scale * (low + (high - low) * node).exp_m1();
            (t, weight * (high - low) * (scale + t))
        };
        let year = Year { start, end, points: nodes.rule().iter().map(point).collect() };
        start = end;
        year
    };
    settings.year_ends().map(year).collect()
}

/// Expected purchases within the horizon, then discounted ones by year.
///
/// By parts, `int e^(-d t) dE(t) = e^(-d t) E(t) + d int e^(-d t) E(t) dt`.
fn by_year(expected: Expected<'_>, scale: f64, settings: &ValueSettings) -> Vec<f64> {
    let rate = settings.discount_rate();
    let years = years(settings, scale);
    let spans_of = |year: &Year| {
        let points: Vec<f64> = year.points.iter().map(|(t, _)| *t).collect();
        std::iter::once(year.end).chain(points)
    };
    let spans: Vec<f64> = years.iter().flat_map(spans_of).collect();
    let mut expected = expected(&spans).into_iter();
    let mut next = || expected.next().unwrap_or(0.0);
    let mut before = 0.0;
    let mut figures = vec![0.0];
    for Year { start, end, points } in years {
        let now = next().max(before);
        let (from, to) = ((-rate * start).exp(), (-rate * end).exp());
        let integral: f64 = points.iter().map(|(t, weight)| weight * (-rate * t).exp() * next()).sum();
        let discounted = to * now - from * before + rate * integral;
        // Between the discounts of the year's two ends: quadrature cannot leave what is possible.
        figures.push(discounted.clamp((now - before) * to, (now - before) * from));
        before = now;
    }
    figures[0] = before;
    figures
}

/// The value of a segment, or of the shop: sums over its customers.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ValueTable {
    /// Customers.
    pub n_customers: usize,
    /// Net value earned so far.
    pub historic: f64,
    /// Discounted value expected within the horizon.
    pub predicted: f64,
    /// Historic and predicted.
    pub total: f64,
    /// Expected purchases within the horizon.
    pub expected_purchases: f64,
    /// Predicted value by year ahead.
    pub by_year: Vec<f64>,
}

impl ValueTable {
    /// Counts a customer in.
    pub fn add(&mut self, value: &LifetimeValue) {
        self.n_customers += 1;
        self.historic += value.historic;
        self.predicted += value.predicted;
        self.total += value.total;
        self.expected_purchases += value.expected_purchases;
        if self.by_year.len() < value.by_year.len() {
            self.by_year.resize(value.by_year.len(), 0.0);
        }
        self.by_year.iter_mut().zip(&value.by_year).for_each(|(sum, year)| *sum += year);
    }

    /// The table of all customers together.
    #[must_use]
    pub fn of_shop<'v>(values: impl IntoIterator<Item = &'v LifetimeValue>) -> Self {
        let mut table = Self::default();
        for value in values {
            table.add(value);
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clv::model::ModelKind;

    fn model() -> PurchaseModel {
        ModelKind::BG_NBD.with_parameters(&[0.243, 4.414, 0.793, 2.426]).unwrap()
    }

    fn customer(x: u32, t_x: f64, t: f64) -> ValuedCustomer {
        let history = CustomerSummary::new(x, t_x, t).unwrap();
        ValuedCustomer {
            history,
            spend: SpendSummary::new(x, 30.0 * f64::from(x)).unwrap(),
            historic: 50.0,
            margin: 0.4,
        }
    }

    #[test]
    fn discounting_agrees_with_a_fine_sum() {
        let settings = ValueSettings::new(TimeUnit::Week, 3.5, 0.12).unwrap();
        for customer in [customer(0, 0.0, 0.0), customer(2, 30.43, 38.86), customer(40, 3.0, 3.5)] {
            let figures =
                figures_of_one(&model(), &customer.history, |expected, scale| by_year(expected, scale, &settings));
            let expected = |t: f64| model().expected_purchases(&customer.history, t);
            let fine = |low: f64, high: f64| {
                let n = 20_000;
                let at = |i: u32| low + (high - low) * f64::from(i) / f64::from(n);
                let discount = |t: f64| (-settings.discount_rate() * t).exp();
                (0..n)
                    .map(|i| (expected(at(i + 1)) - expected(at(i))) * discount(f64::midpoint(at(i), at(i + 1))))
                    .sum::<f64>()
            };
            let year = TimeUnit::Week.per_year();
            for (i, value) in figures[1..].iter().enumerate() {
                let exact = fine(i as f64 * year, ((i + 1) as f64 * year).min(3.5 * year));
                assert!((value / exact - 1.0).abs() < 1e-6, "year {i}: {value} {exact}");
            }
        }
    }

    #[test]
    fn parts_make_the_whole() {
        let gamma_gamma = GammaGamma::new(6.25, 3.74, 15.44).unwrap();
        let settings = ValueSettings::new(TimeUnit::Week, 2.0, 0.0).unwrap();
        let customers = [customer(2, 30.43, 38.86), customer(0, 0.0, 20.0)];
        let values = lifetime_values(&model(), &gamma_gamma, &customers, &settings);
        for value in &values {
            let product = value.expected_purchases * value.spend_per_purchase * 0.4;
            assert!((value.predicted - product).abs() < 1e-9 && value.by_year.len() == 2);
            assert!((value.total - value.historic - value.predicted).abs() < 1e-12);
        }
        let shop = ValueTable::of_shop(&values);
        assert!((shop.predicted - values[0].predicted - values[1].predicted).abs() < 1e-12);
    }

    #[test]
    fn impossible_settings_are_refused() {
        assert!(ValueSettings::new(TimeUnit::Day, 0.0, 0.1).is_err());
        assert!(ValueSettings::new(TimeUnit::Day, 1.0, -0.1).is_err());
        assert!(ValueSettings::new(TimeUnit::Day, f64::NAN, 0.1).is_err());
    }
}
