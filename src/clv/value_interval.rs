//! Owns the uncertainty of one customer's value: what the customer will do, given the models.
//!
//! The number of purchases and what each costs are both uncertain; the parameters are taken as known. It is wide by
//! nature: most customers may well never come back, and the interval says so.

use serde::{Deserialize, Serialize};

use super::gamma_gamma::GammaGamma;
use super::lifetime::{LifetimeValue, ValueSettings, ValuedCustomer};
use super::likelihood::ValueModel;
use super::model::PurchaseModel;
use crate::maths::roots;

/// Purchases distinguished at most.
const MAX_PURCHASES: f64 = 400.0;

/// Bounds of a customer's value within the horizon, in major units; the expected value lies between them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ValueInterval {
    /// The value stays below this with at most half of what the level leaves.
    pub low: f64,
    /// The value exceeds this with at most half of what the level leaves.
    pub high: f64,
}

impl ValueInterval {
    /// The same, wide enough for the expected value. Who most likely brings nothing, and else much, is expected to bring more than
    /// nine in ten such customers do: quantiles alone would say "0 to 0" of 400.
    #[must_use]
    pub const fn reaching(self, expected: f64) -> Self {
        Self { low: self.low.min(expected), high: self.high.max(expected) }
    }
}

/// Distribution of the undiscounted spend of a customer within the horizon.
struct Spending<'a> {
    counts: Vec<f64>,
    spend: &'a GammaGamma,
    customer: &'a ValuedCustomer,
}

/// The interval that holds the discounted value of the customer with at least the probability `level`, for example 0.8: between two
/// quantiles, and as far as the expected value where that lies outside.
///
/// Every purchase is discounted by the mean discount of the customer's purchases. A level outside (0, 1) counts as 0.8.
/// About a thousandth of a second per customer: meant for those who are shown, not for all.
#[must_use]
pub fn value_interval(
    model: &PurchaseModel,
    spend: &GammaGamma,
    (customer, value): (&ValuedCustomer, &LifetimeValue),
    (settings, level): (&ValueSettings, f64),
) -> ValueInterval {
    let level = if level > 0.0 && level < 1.0 { level } else { 0.8 };
    let n_max = whole((4.0 * value.expected_purchases + 12.0).min(MAX_PURCHASES));
    let counts = model.purchase_counts(&customer.history, settings.horizon(), n_max);
    let spending = Spending { counts, spend, customer };
    let undiscounted = value.expected_purchases * value.spend_per_purchase;
    let factor = if undiscounted > 0.0 { value.predicted / undiscounted } else { 0.0 };
    let bound = |share: f64| spending.quantile(share) * factor;
    let quantiles = ValueInterval { low: bound((1.0 - level) / 2.0), high: bound(f64::midpoint(1.0, level)) };
    quantiles.reaching(value.predicted)
}

impl Spending<'_> {
    /// Probability that the customer spends no more than `total`.
    fn below(&self, total: f64) -> f64 {
        let of = |(n, probability): (u32, &f64)| {
            probability * self.spend.probability_total_below(total, n, &self.customer.spend)
        };
        (0..).zip(&self.counts).filter(|(_, probability)| **probability > 1e-9).map(of).sum()
    }

    fn quantile(&self, share: f64) -> f64 {
        if self.counts.first().is_some_and(|none| *none >= share) {
            return 0.0;
        }
        let mut high = self.spend.expected_spend(&self.customer.spend).max(f64::MIN_POSITIVE);
        for _ in 0..60 {
            if self.below(high) >= share {
                break;
            }
            high *= 2.0;
        }
        roots::increasing(high, share, |total| self.below(total))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 12 and 400; NaN becomes 0")]
fn whole(n: f64) -> u32 {
    n as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clv::gamma_gamma::SpendSummary;
    use crate::clv::lifetime::lifetime_value;
    use crate::clv::model::ModelKind;
    use crate::clv::summary::{CustomerSummary, TimeUnit};
    use crate::clv::testing::{Random, repeat_purchases};

    #[test]
    fn the_interval_holds_the_expected_value_of_a_good_customer() {
        let model = ModelKind::BG_NBD.with_parameters(&[0.243, 4.414, 0.793, 2.426]).unwrap();
        let spend = GammaGamma::new(6.25, 3.74, 15.44).unwrap();
        let settings = ValueSettings::new(TimeUnit::Week, 1.0, 0.1).unwrap();
        let of = |x, t_x, t| {
            let history = CustomerSummary::new(x, t_x, t).unwrap();
            let spend_so_far = SpendSummary::new(x, 30.0 * f64::from(x)).unwrap();
            let customer = ValuedCustomer { history, spend: spend_so_far, historic: 0.0, margin: 0.5 };
            let value = lifetime_value(&model, &spend, &customer, &settings);
            (value_interval(&model, &spend, (&customer, &value), (&settings, 0.8)), value)
        };
        let (interval, value) = of(20, 38.0, 39.0);
        assert!(interval.low < value.predicted && value.predicted < interval.high, "{interval:?} {value:?}");
        let (interval, value) = of(2, 5.0, 39.0);
        assert!(interval.low.abs() < 1e-12 && interval.high >= 0.0 && value.predicted > 0.0, "{interval:?} {value:?}");
    }

    #[test]
    fn the_interval_holds_the_expected_value_of_every_customer() {
        let spend = GammaGamma::new(6.25, 3.74, 15.44).unwrap();
        let settings = ValueSettings::new(TimeUnit::Week, 1.0, 0.1).unwrap();
        let kinds = [ModelKind::BG_NBD, ModelKind::MBG_NBD, ModelKind::MbgCnbd { regularity: 3 }];
        let mut random = Random::new(21);
        let mut n_reached = 0;
        for case in 0..300_usize {
            let parameters = [0.2, 4.0, 0.3, 1.0].map(|usual| usual * random.gamma(2.0).max(0.05));
            let model = kinds[case % kinds.len()].with_parameters(&parameters).unwrap();
            let age = 1.0 + 40.0 * random.gamma(1.0);
            let frequency = u32::try_from(case % 31).unwrap();
            let recency = if frequency == 0 { 0.0 } else { age * (-random.gamma(1.0)).exp() };
            let history = CustomerSummary::new(frequency, recency, age).unwrap();
            let total = 30.0 * random.gamma(1.0) * f64::from(frequency);
            let so_far = SpendSummary::new(frequency, total).unwrap();
            let customer = ValuedCustomer { history, spend: so_far, historic: 0.0, margin: 0.5 };
            let value = lifetime_value(&model, &spend, &customer, &settings);
            for level in [0.5, 0.8] {
                let found = value_interval(&model, &spend, (&customer, &value), (&settings, level));
                let holds = found.low <= value.predicted && value.predicted <= found.high;
                assert!(holds && found.low >= 0.0, "{history:?} {level}: {found:?} {}", value.predicted);
                n_reached += usize::from(found.high <= value.predicted);
            }
        }
        assert!(n_reached > 10, "quantiles alone would miss some: {n_reached}");
    }

    /// Spends drawn from Gamma-Gamma by customers drawn from BG/NBD fall into the interval as often as it says, or more
    /// often where it starts at 0 because many never come back.
    #[test]
    fn simulated_values_fall_into_the_interval() {
        let model = ModelKind::BG_NBD.with_parameters(&[2.0, 6.0, 0.4, 4.0]).unwrap();
        let [p, q, gamma] = [6.25, 3.74, 15.44];
        let spend = GammaGamma::new(p, q, gamma).unwrap();
        let settings = ValueSettings::new(TimeUnit::Week, 0.5, 0.0).unwrap();
        let mut random = Random::new(8);
        let (mut above, mut below) = (0.0, 0.0);
        let n_customers = 2_000;
        for _ in 0..n_customers {
            let rate = random.gamma(q) / gamma;
            let times = repeat_purchases(&model, 26.0 + settings.horizon(), &mut random);
            let so_far: Vec<f64> = std::iter::once(0.0).chain(times.iter().copied().filter(|t| *t <= 26.0)).collect();
            let history = CustomerSummary::from_purchases(&so_far, 26.0).unwrap();
            let mut total = |n: usize| (0..n).map(|_| random.gamma(p) / rate).sum::<f64>();
            let before = SpendSummary::new(history.frequency(), total(so_far.len() - 1)).unwrap();
            let to_come = total(times.len() + 1 - so_far.len());
            let customer = ValuedCustomer { history, spend: before, historic: 0.0, margin: 1.0 };
            let value = lifetime_value(&model, &spend, &customer, &settings);
            let interval = value_interval(&model, &spend, (&customer, &value), (&settings, 0.8));
            above += f64::from(u8::from(to_come > interval.high));
            below += f64::from(u8::from(to_come < interval.low));
        }
        let shares = [above, below].map(|count: f64| count / f64::from(n_customers));
        assert!((shares[0] - 0.1).abs() < 0.02 && shares[1] < 0.1, "{shares:?}");
    }
}
