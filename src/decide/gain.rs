//! What an action for a customer is expected to bring and to cost: the one place of the formula.

use super::chances::Chances;
use crate::config::playbook::Action;

/// What is won or lost with a customer, in major units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stakes {
    /// Margin lost if the customer leaves.
    pub value_at_stake: f64,
    /// Margin of a customer who was gone and comes back.
    pub value_after_return: f64,
    /// Revenue of a usual order.
    pub usual_order: f64,
}

/// What an action spends on one customer, in major units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spending {
    /// The contact itself.
    pub contact_cost: f64,
    /// What the customer is given, if it is taken.
    pub incentive: f64,
}

/// Probabilities of what an action does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// Who is leaving stays.
    pub save: f64,
    /// Who would have bought anyway takes the incentive.
    pub take: f64,
    /// Who is gone comes back.
    pub winback: f64,
    /// Who would have stayed leaves.
    pub wake: f64,
}

impl Spending {
    /// What an action spends on a customer.
    #[must_use]
    pub fn of(action: &Action, stakes: &Stakes) -> Self {
        Self { contact_cost: action.contact_cost, incentive: action.incentive.amount(stakes.usual_order) }
    }
}

impl Rates {
    /// The rates of an action as they are expected.
    #[must_use]
    pub const fn expected(action: &Action) -> Self {
        Self {
            save: action.save_rate.mean,
            take: action.take_rate.mean,
            winback: action.winback_rate.mean,
            wake: action.wake_rate.mean,
        }
    }

    /// The same with only so much of what is won.
    #[must_use]
    pub fn weaker(self, factor: f64) -> Self {
        Self { save: self.save * factor, winback: self.winback * factor, ..self }
    }
}

/// Expected net gain of an action for a customer, in major units: margin of customers who leave and are kept, and of those
/// who are gone and come back, less the incentive of those who would have bought anyway, the contact, and the margin of
/// those whom the contact drives away.
///
/// # Source
/// Neslin, Gupta, Kamakura, Lu and Mason (2006), Journal of Marketing Research 43(2), equation 1, with their churners split
/// into those leaving and those gone; customers whom a contact drives away after Ascarza, Iyengar and Schleicher (2016).
#[must_use]
pub fn expected_net_gain(chances: &Chances, stakes: &Stakes, spending: Spending, rates: &Rates) -> f64 {
    let Spending { contact_cost, incentive } = spending;
    let outcome = chances.outcome();
    let kept = outcome.leaving * rates.save * (stakes.value_at_stake - incentive);
    let won_back = outcome.gone * rates.winback * (stakes.value_after_return - incentive);
    let given_away = outcome.remaining() * rates.take * incentive;
    let woken = outcome.staying() * rates.wake * stakes.value_at_stake;
    kept + won_back - given_away - contact_cost - woken
}

/// What an action for a customer is expected to cost, in major units: the contact, and the incentive as often as it is taken.
#[must_use]
pub fn expected_cost(chances: &Chances, spending: Spending, rates: &Rates) -> f64 {
    let outcome = chances.outcome();
    let taken = outcome.leaving * rates.save + outcome.gone * rates.winback + outcome.remaining() * rates.take;
    spending.contact_cost + taken * spending.incentive
}

#[cfg(test)]
mod tests {
    use super::super::outcomes::Conditionals;
    use super::*;

    const CHANCES: Chances =
        Chances { churn: 0.5, heads: Some(Conditionals { never: 0.8, last: 0.2 }), gone_share: 0.5 };
    const STAKES: Stakes = Stakes { value_at_stake: 200.0, value_after_return: 100.0, usual_order: 50.0 };
    const SPENDING: Spending = Spending { contact_cost: 1.0, incentive: 10.0 };
    const RATES: Rates = Rates { save: 0.2, take: 0.5, winback: 0.1, wake: 0.05 };

    #[test]
    fn the_gain_is_that_of_a_reckoning_by_hand() {
        // Leaving .5 x .8 x .5 + .5 x .2 = .3, gone .2, quiet .1, staying .4.
        let gain = expected_net_gain(&CHANCES, &STAKES, SPENDING, &RATES);
        let by_hand = 0.3 * 0.2 * 190.0 + 0.2 * 0.1 * 90.0 - 0.5 * 0.5 * 10.0 - 1.0 - 0.4 * 0.05 * 200.0;
        assert!((gain - by_hand).abs() < 1e-12, "{gain}");
        let cost = expected_cost(&CHANCES, SPENDING, &RATES);
        assert!((cost - (1.0 + (0.3 * 0.2 + 0.2 * 0.1 + 0.5 * 0.5) * 10.0)).abs() < 1e-12, "{cost}");
    }

    #[test]
    fn a_dearer_contact_gains_less_and_a_better_rate_more() {
        let gain = |spending, rates: Rates| expected_net_gain(&CHANCES, &STAKES, spending, &rates);
        let base = gain(SPENDING, RATES);
        assert!(gain(Spending { contact_cost: 2.0, ..SPENDING }, RATES) < base);
        assert!(gain(SPENDING, Rates { save: 0.3, ..RATES }) > base);
        assert!(gain(SPENDING, RATES.weaker(0.5)) < base);
    }
}
