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

/// What a shop earns with the customers it has, period by period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RetentionEconomics {
    margins: Vec<f64>,
    discount_rate: f64,
}

/// The value of the customers and what one point more of retention adds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ValueOfRetention {
    /// Value of all customers, each margin being earned in the middle of its period.
    pub value: f64,
    /// Value with one percentage point more of them staying from each period to the next.
    pub value_with_one_point_more: f64,
    /// The difference: what that point may cost at most, once for all customers.
    pub value_of_one_point: f64,
    /// The difference as a share of the value.
    pub relative_gain: f64,
}

/// What is left of customers and earned with them at the expected retention and at a higher one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CompoundingRow {
    /// The period ahead; the first is 1.
    pub period: u32,
    /// Margin of the period, not discounted, as expected and at the higher retention.
    pub margin: [f64; 2],
    /// Discounted margin earned up to and with this period, for both.
    pub earned: [f64; 2],
    /// Margin at the higher retention for each one that is expected.
    pub ratio: f64,
}

impl RetentionEconomics {
    /// A shop whose present customers are expected to bring `margins`, one a period; money one period away is worth
    /// `1 / (1 + discount_rate)`.
    ///
    /// # Errors
    /// `ValueError::Number` if a number is not finite or negative.
    pub fn new(margins: Vec<f64>, discount_rate: f64) -> Result<Self, ValueError> {
        let all = margins.iter().map(|margin| ("the margin of a period", *margin));
        for (column, value) in all.chain([("the discount rate", discount_rate)]) {
            if !(value.is_finite() && value >= 0.0) {
                return Err(ValueError::Number { column, value, allowed: "finite and not negative" });
            }
        }
        Ok(Self { margins, discount_rate })
    }

    /// Share of the margin of each period that is there in the next: the retention of customers who each count by what they bring.
    /// Where customers differ it rises from period to period, since those who are likely to leave leave first.
    ///
    /// # Source
    /// Fader and Hardie (2010), Marketing Science 29(1), 85-93: what a constant rate of retention does to the value of a customer base.
    #[must_use]
    pub fn retention(&self) -> Vec<f64> {
        let share = |pair: &[f64]| if pair[0] > 0.0 { (pair[1] / pair[0]).min(1.0) } else { 0.0 };
        self.margins.windows(2).map(share).collect()
    }

    /// What a share that is worth one unit of money at the start of each period is worth now, the period's money coming in its middle.
    #[must_use]
    pub fn discounts(&self) -> Vec<f64> {
        (0..self.margins.len()).map(|period| (1.0 + self.discount_rate).powf(-(period as f64 + 0.5))).collect()
    }

    /// Margin of each period if as much were kept from each to the next as `change` makes of what is kept. Who is kept in addition
    /// goes on as those do who stay anyway.
    fn margins_if(&self, change: impl Fn(f64) -> f64) -> Vec<f64> {
        let mut more = 1.0;
        let mut margins: Vec<f64> = self.margins.first().copied().into_iter().collect();
        for (margin, kept) in self.margins.iter().skip(1).zip(self.retention()) {
            // Where nobody is lost nobody can be kept.
            if kept > 0.0 && kept < 1.0 {
                more *= change(kept).clamp(0.0, 1.0) / kept;
            }
            margins.push(margin * more);
        }
        margins
    }

    fn discounted(&self, margins: &[f64]) -> f64 {
        margins.iter().zip(self.discounts()).map(|(margin, discount)| margin * discount).sum()
    }

    /// The value of one point of retention.
    ///
    /// # Source
    /// Gupta and Lehmann (2003), Journal of Interactive Marketing 17(1), 9-24, whose rate is the same in all periods; here each has
    /// its own.
    #[must_use]
    pub fn value_of_retention(&self) -> ValueOfRetention {
        let value = self.discounted(&self.margins);
        let more = self.discounted(&self.margins_if(|kept| kept + 0.01));
        let relative_gain = if value > 0.0 { (more - value) / value } else { 0.0 };
        ValueOfRetention { value, value_with_one_point_more: more, value_of_one_point: more - value, relative_gain }
    }

    /// What a share `won` fewer losses from each period to the next compound to: small shares become large differences.
    #[must_use]
    pub fn compared_with_fewer_losses(&self, won: f64) -> Vec<CompoundingRow> {
        let better = self.margins_if(|kept| kept + won * (1.0 - kept));
        let (mut earned, mut rows) = ([0.0; 2], Vec::new());
        let periods = self.margins.iter().zip(better).zip(self.discounts());
        for (period, ((usual, better), discount)) in (1..).zip(periods) {
            let margin = [*usual, better];
            earned.iter_mut().zip(margin).for_each(|(earned, margin)| *earned += margin * discount);
            let ratio = if margin[0] > 0.0 { margin[1] / margin[0] } else { 1.0 };
            rows.push(CompoundingRow { period, margin, earned, ratio });
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
    fn one_point_of_retention_has_a_price() {
        // At a constant rate it is the sum of Gupta and Lehmann, in the limit (1 + d) / (1 + d - r), from the middle of a period on.
        let margins: Vec<f64> = (0..1_000).map(|period| 1e5 * 0.8_f64.powi(period)).collect();
        let shop = RetentionEconomics::new(margins, 0.1).unwrap();
        let (value, middle) = (shop.value_of_retention(), 1.1_f64.sqrt());
        assert!((value.value - 1e5 * 1.1 / 0.3 / middle).abs() < 1e-6);
        assert!((value.value_of_one_point - 1e5 * (1.1 / 0.29 - 1.1 / 0.3) / middle).abs() < 1e-6);
        assert!(RetentionEconomics::new(vec![1.0], f64::NAN).is_err());
        assert!(RetentionEconomics::new(vec![1.0, -1.0], 0.1).is_err());
    }

    #[test]
    fn each_period_has_its_own_retention() {
        // Half of the customers leave in each period, the others never.
        let shop = RetentionEconomics::new(vec![100.0, 75.0, 62.5, 62.5, 70.0, 0.0, 0.0], 0.0).unwrap();
        let kept = [0.75, 62.5 / 75.0, 1.0, 1.0, 0.0, 0.0];
        assert!(shop.retention().iter().zip(kept).all(|(found, kept)| (found - kept).abs() < 1e-12));
        let more = shop.value_of_retention().value_of_one_point;
        let second = 62.5 / 75.0;
        let (one, two) = (0.76 / 0.75, 0.76 / 0.75 * (second + 0.01) / second);
        // Who cannot be lost cannot be kept in addition, and where nothing is left there is nothing to keep.
        let by_hand = 75.0 * (one - 1.0) + (62.5 + 62.5 + 70.0) * (two - 1.0);
        assert!((more - by_hand).abs() < 1e-9, "{more} {by_hand}");
    }

    #[test]
    fn small_shares_compound() {
        let margins: Vec<f64> = (0..15).map(|period| 100.0 * 0.9_f64.powi(period)).collect();
        let rows = RetentionEconomics::new(margins, 0.0).unwrap().compared_with_fewer_losses(0.5);
        assert!((rows[14].margin[1] - 100.0 * 0.95_f64.powi(14)).abs() < 1e-9);
        assert!((rows[14].ratio - (0.95_f64 / 0.90).powi(14)).abs() < 1e-9 && rows[14].earned[1] > rows[14].earned[0]);
        assert_eq!((rows[0].period, rows.len()), (1, 15));
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
