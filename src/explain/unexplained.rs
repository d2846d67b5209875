//! What is said of a customer of whom no reason can be told: whether the risk is high at all, and why the row
//! stands where it stands.

use super::sentence::amount;
use crate::units::Currency;

/// What is said of a customer who is at risk without one fact that stands out.
const NO_REASON: &str = "no single reason stands out";

/// The same of one whose risk is below that of most.
const LESS_AT_RISK: &str = "no reason to leave stands out";

/// What is usual on a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usual {
    risk: f64,
    value_at_stake: f64,
}

/// A customer without a reason.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unexplained {
    /// Probability of not coming back.
    pub risk: f64,
    /// Margin lost if the customer leaves, in major units.
    pub value_at_stake: f64,
    /// Spend of the past 365 days net of returns, in major units.
    pub past_year_spend: f64,
}

impl Usual {
    /// The upper medians of risk and of value at stake of the rows of a list.
    pub fn of(rows: impl Iterator<Item = (f64, f64)>) -> Self {
        let (risks, values) = rows.unzip();
        Self { risk: median(risks), value_at_stake: median(values) }
    }

    /// What the row says in place of a reason. Who is contacted for what they are worth has no reason of their own, and the
    /// team asks why.
    #[must_use]
    pub fn sentence(&self, customer: &Unexplained, currency: &Currency) -> String {
        let is_safe = customer.risk < self.risk;
        let mut sentence = if is_safe { LESS_AT_RISK } else { NO_REASON }.to_owned();
        if customer.value_at_stake > self.value_at_stake && customer.past_year_spend > 0.0 {
            sentence.push_str(if is_safe { ", but much to lose: spent " } else { "; spent " });
            // Writing to a text cannot fail.
            let _ = amount(customer.past_year_spend, currency, &mut sentence);
            sentence.push_str(" in the past year");
        }
        sentence
    }
}

/// Infinite without values, so that nobody is above.
fn median(mut values: Vec<f64>) -> f64 {
    let middle = values.len() / 2;
    if values.is_empty() { f64::INFINITY } else { *values.select_nth_unstable_by(middle, f64::total_cmp).1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_without_a_reason_says_why_it_stands_there() {
        let usual = Usual::of([(0.1, 50.0), (0.2, 100.0), (0.3, 150.0)].into_iter());
        let currency = Currency::from_code("GBP").unwrap();
        let sentence = |risk, value_at_stake, past_year_spend| {
            usual.sentence(&Unexplained { risk, value_at_stake, past_year_spend }, &currency)
        };
        assert_eq!(
            sentence(0.1, 900.0, 45_120.4),
            "no reason to leave stands out, but much to lose: spent GBP 45,120 in the past year"
        );
        assert_eq!(sentence(0.1, 90.0, 45.0), "no reason to leave stands out");
        assert_eq!(sentence(0.2, 900.0, 99.0), "no single reason stands out; spent GBP 99 in the past year");
        assert_eq!(sentence(0.4, 90.0, 99.0), "no single reason stands out");
        assert_eq!(sentence(0.4, 900.0, 0.0), "no single reason stands out");
        assert!(Usual::of(std::iter::empty()).value_at_stake.is_infinite());
    }
}
