//! Owns the economics of retention from plain columns: rates by cohort, the value of one point of retention, what a small
//! difference compounds to, and how concentrated value is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::ValueError;

/// One customer of a cohort: when acquired, how often bought, whether lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CohortMember {
    /// The cohort, such as the month of the first purchase.
    pub cohort: u32,
    /// Orders so far.
    pub n_orders: u32,
    /// Whether the customer left in the period looked at.
    pub churned: bool,
}

/// The rates of one cohort.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CohortRates {
    /// The cohort.
    pub cohort: u32,
    /// Its customers.
    pub n_customers: usize,
    /// Share who left.
    pub churn_rate: f64,
    /// Share who stayed: 1 less the churn rate.
    pub retention_rate: f64,
    /// Share with more than one order.
    pub repeat_rate: f64,
}

/// Churn, retention and repeat purchase rates by cohort, in order of the cohorts.
#[must_use]
pub fn cohort_rates(members: &[CohortMember]) -> Vec<CohortRates> {
    let mut counts: BTreeMap<u32, [usize; 3]> = BTreeMap::new();
    for member in members {
        let [n, churned, repeated] = counts.entry(member.cohort).or_default();
        *n += 1;
        *churned += usize::from(member.churned);
        *repeated += usize::from(member.n_orders > 1);
    }
    let rates = |(cohort, [n_customers, churned, repeated]): (u32, [usize; 3])| {
        let churn_rate = churned as f64 / n_customers as f64;
        let repeat_rate = repeated as f64 / n_customers as f64;
        CohortRates { cohort, n_customers, churn_rate, retention_rate: 1.0 - churn_rate, repeat_rate }
    };
    counts.into_iter().map(rates).collect()
}

/// A customer was active in a period, counted from 0 at acquisition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Activity {
    /// The cohort.
    pub cohort: u32,
    /// The customer.
    pub customer: u32,
    /// Periods since acquisition.
    pub period: u32,
}

/// Share of each cohort that was active in each period since acquisition; a customer counts once in a period.
#[must_use]
pub fn retention_curves(activity: &[Activity]) -> BTreeMap<u32, Vec<f64>> {
    let mut distinct = activity.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let mut curves = BTreeMap::new();
    for cohort in distinct.chunk_by(|a, b| a.cohort == b.cohort) {
        let n_customers = cohort.chunk_by(|a, b| a.customer == b.customer).count() as f64;
        let mut active: BTreeMap<u32, f64> = BTreeMap::new();
        for activity in cohort {
            *active.entry(activity.period).or_default() += 1.0;
        }
        let last = active.keys().next_back().copied().unwrap_or_default();
        let curve = (0..=last).map(|period| active.get(&period).copied().unwrap_or_default() / n_customers).collect();
        if let Some(first) = cohort.first() {
            curves.insert(first.cohort, curve);
        }
    }
    curves
}

/// What a shop earns with its customers at a constant retention rate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RetentionEconomics {
    n_customers: f64,
    margin_per_period: f64,
    retention_rate: f64,
    discount_rate: f64,
}

/// The value of the customers and what one point more of retention adds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ValueOfRetention {
    /// Value of all customers, the first margin being earned now.
    pub value: f64,
    /// Value with one percentage point more of them staying in every period.
    pub value_with_one_point_more: f64,
    /// The difference: what that point may cost at most, once for all customers.
    pub value_of_one_point: f64,
    /// The difference as a share of the value.
    pub relative_gain: f64,
}

/// Customers left and value earned at two retention rates.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CompoundingRow {
    /// Periods from now.
    pub period: u32,
    /// Customers left at the lower rate, and at the higher.
    pub customers: [f64; 2],
    /// Discounted margin earned up to and with this period, at both rates.
    pub earned: [f64; 2],
    /// Customers left at the higher rate for each one at the lower.
    pub ratio: f64,
}

impl RetentionEconomics {
    /// A shop whose `n_customers` earn it `margin_per_period` each; a share of `retention_rate` stays from one period to
    /// the next, and money one period away is worth `1 / (1 + discount_rate)`.
    ///
    /// # Errors
    /// `ValueError::Number` if a number is not finite, is negative, or a rate of retention exceeds 1.
    pub fn new(
        n_customers: f64,
        margin_per_period: f64,
        retention_rate: f64,
        discount_rate: f64,
    ) -> Result<Self, ValueError> {
        let checks = [
            ("the number of customers", n_customers, f64::MAX),
            ("the margin per period", margin_per_period, f64::MAX),
            ("the retention rate", retention_rate, 1.0),
            ("the discount rate", discount_rate, f64::MAX),
        ];
        for (column, value, most) in checks {
            if !(value >= 0.0 && value <= most) {
                return Err(ValueError::Number { column, value, allowed: "finite, not negative, retention at most 1" });
            }
        }
        Ok(Self { n_customers, margin_per_period, retention_rate, discount_rate })
    }

    /// The value of one point of retention over `n_periods`.
    ///
    /// # Source
    /// Gupta and Lehmann (2003), Journal of Interactive Marketing 17(1), 9-24, for a finite number of periods.
    #[must_use]
    pub fn value_of_retention(&self, n_periods: u32) -> ValueOfRetention {
        let value = self.value_at(self.retention_rate, n_periods);
        let more = self.value_at((self.retention_rate + 0.01).min(1.0), n_periods);
        let relative_gain = if value > 0.0 { (more - value) / value } else { 0.0 };
        ValueOfRetention { value, value_with_one_point_more: more, value_of_one_point: more - value, relative_gain }
    }

    fn value_at(&self, retention_rate: f64, n_periods: u32) -> f64 {
        let factor = retention_rate / (1.0 + self.discount_rate);
        let terms = std::iter::successors(Some(1.0), |term| Some(term * factor)).take(n_periods as usize);
        self.n_customers * self.margin_per_period * terms.sum::<f64>()
    }

    /// What this rate and another one compound to, period by period: small shares become large differences.
    #[must_use]
    pub fn compared_with(&self, other_rate: f64, n_periods: u32) -> Vec<CompoundingRow> {
        let other = if other_rate.is_nan() { self.retention_rate } else { other_rate.clamp(0.0, 1.0) };
        let rates = [self.retention_rate.min(other), self.retention_rate.max(other)];
        let (mut customers, mut earned, mut discount) = ([self.n_customers; 2], [0.0; 2], 1.0);
        let mut rows = Vec::new();
        for period in 0..=n_periods {
            for (earned, customers) in earned.iter_mut().zip(customers) {
                *earned += customers * self.margin_per_period * discount;
            }
            let ratio = if customers[0] > 0.0 { customers[1] / customers[0] } else { 1.0 };
            rows.push(CompoundingRow { period, customers, earned, ratio });
            customers = [customers[0] * rates[0], customers[1] * rates[1]];
            discount /= 1.0 + self.discount_rate;
        }
        rows
    }
}

/// How concentrated value is: the curve from the best customers on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Concentration {
    /// Share of customers, best first, and share of value they hold.
    pub curve: Vec<(f64, f64)>,
    /// Share of value held by the best fifth: 0.8 is the rule of 80 and 20.
    pub top_fifth_share: f64,
    /// Smallest share of customers that holds 80 % of value.
    pub customers_for_four_fifths: f64,
}

/// The 80/20 curve of values; what is not above 0 counts as 0. `None` if nothing is left.
#[must_use]
pub fn concentration(values: &[f64]) -> Option<Concentration> {
    let mut sorted: Vec<f64> =
        values.iter().map(|value| if value.is_finite() { value.max(0.0) } else { 0.0 }).collect();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let total: f64 = sorted.iter().sum();
    if !(total > 0.0 && total.is_finite()) {
        return None;
    }
    let n = sorted.len() as f64;
    let cumulative: Vec<f64> = sorted
        .iter()
        .scan(0.0, |sum, value| {
            *sum += value;
            Some(*sum / total)
        })
        .collect();
    let held_by = |share: f64| share_held(&cumulative, share * n);
    let enough = cumulative.partition_point(|held| *held < 0.8) + 1;
    let points = [0.01, 0.05].into_iter().chain((1..=10).map(|tenth| f64::from(tenth) / 10.0));
    Some(Concentration {
        curve: points.map(|share| (share, held_by(share))).collect(),
        top_fifth_share: held_by(0.2),
        customers_for_four_fifths: (enough as f64 / n).min(1.0),
    })
}

/// Share held by the best `places` customers; a part of a customer counts in proportion.
fn share_held(cumulative: &[f64], places: f64) -> f64 {
    let mut before = 0.0;
    for (i, held) in cumulative.iter().enumerate() {
        let part = places - i as f64;
        if part < 1.0 {
            return (before + part.max(0.0) * (held - before)).min(1.0);
        }
        before = *held;
    }
    1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_by_cohort_by_hand() {
        let member = |cohort, n_orders, churned| CohortMember { cohort, n_orders, churned };
        let rates = cohort_rates(&[member(2, 1, true), member(1, 3, false), member(2, 2, false), member(2, 1, true)]);
        assert_eq!(rates.len(), 2);
        assert!((rates[1].churn_rate - 2.0 / 3.0).abs() < 1e-15 && (rates[1].retention_rate - 1.0 / 3.0).abs() < 1e-15);
        assert!((rates[1].repeat_rate - 1.0 / 3.0).abs() < 1e-15 && (rates[0].repeat_rate - 1.0).abs() < 1e-15);
    }

    #[test]
    fn retention_curves_count_a_customer_once() {
        let activity = |customer, period| Activity { cohort: 5, customer, period };
        let curves = retention_curves(&[activity(1, 0), activity(2, 0), activity(1, 2), activity(1, 2)]);
        assert_eq!(curves[&5], vec![1.0, 0.0, 0.5]);
    }

    #[test]
    fn one_point_of_retention_has_a_price() {
        let shop = RetentionEconomics::new(1_000.0, 100.0, 0.8, 0.1).unwrap();
        let value = shop.value_of_retention(1_000);
        // In the limit 100 (1 + d) / (1 + d - r) per customer.
        assert!((value.value - 1e5 * 1.1 / 0.3).abs() < 1e-6);
        assert!((value.value_of_one_point - 1e5 * (1.1 / 0.29 - 1.1 / 0.3)).abs() < 1e-6);
        assert!(RetentionEconomics::new(1.0, 1.0, 1.1, 0.1).is_err());
        assert!(RetentionEconomics::new(1.0, f64::NAN, 0.9, 0.1).is_err());
    }

    #[test]
    fn small_shares_compound() {
        let rows = RetentionEconomics::new(100.0, 1.0, 0.95, 0.0).unwrap().compared_with(0.90, 14);
        assert!((rows[14].customers[1] - 100.0 * 0.95_f64.powi(14)).abs() < 1e-9);
        assert!((rows[14].ratio - (0.95_f64 / 0.90).powi(14)).abs() < 1e-9 && rows[14].earned[1] > rows[14].earned[0]);
    }

    #[test]
    fn the_best_fifth_holds_its_share() {
        let concentration = concentration(&[80.0, 5.0, 5.0, 5.0, 5.0]).unwrap();
        assert!((concentration.top_fifth_share - 0.8).abs() < 1e-12);
        assert!((concentration.customers_for_four_fifths - 0.2).abs() < 1e-12);
        assert!((concentration.curve[11].1 - 1.0).abs() < 1e-12 && (concentration.curve[2].1 - 0.4).abs() < 1e-12);
        assert!(super::concentration(&[0.0, -3.0]).is_none());
    }
}
