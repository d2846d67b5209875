//! How sure a gain is: rates and probabilities drawn from what is known of them, the same for every customer.

use super::chances::Chances;
use super::gain::{Rates, Spending, Stakes, expected_net_gain};
use crate::config::playbook::{Action, Rate};
use crate::maths::hash::stable_hash;
use crate::maths::random::SplitMix64;
use crate::maths::special::{incomplete_beta, probability};

/// Worlds that are drawn.
pub(super) const DRAWS: usize = 100;

/// Halvings until the quantile of a rate is exact enough for sums of money.
const HALVINGS: u32 = 30;

/// Worlds in which rates and probabilities are others than expected.
#[derive(Debug, Clone)]
pub(super) struct Draws {
    /// For each action, its rates in each world.
    rates: Vec<Vec<Rates>>,
    /// By how many standard deviations the log-odds of all customers are off in each world.
    deviations: Vec<f64>,
}

/// A customer whose probability of churning is not known exactly.
#[derive(Debug, Clone, Copy)]
pub(super) struct Uncertain<'a> {
    pub(super) chances: &'a Chances,
    /// Standard deviation of what is not known of the log-odds of churning.
    pub(super) log_odds_sd: f64,
    pub(super) stakes: &'a Stakes,
}

impl Draws {
    /// The worlds of a playbook: each rate at evenly spread quantiles of its beta distribution, in an order of its own.
    ///
    /// # Source
    /// `McKay`, Beckman and Conover (1979), Technometrics 21(2): Latin hypercube sampling.
    #[must_use]
    pub(super) fn of(actions: &[Action], seed: u64) -> Self {
        let rates = actions.iter().map(|action| rates_of(action, seed)).collect();
        let mut random = SplitMix64::new(seed);
        let deviations = (0..DRAWS).map(|_| random.normal()).collect();
        Self { rates, deviations }
    }

    /// The gain of an action for a customer in each world.
    pub(super) fn gains<'a>(
        &'a self,
        action: usize,
        spending: Spending,
        subject: &Uncertain<'a>,
    ) -> impl Iterator<Item = f64> + 'a {
        let Uncertain { chances, log_odds_sd, stakes } = *subject;
        let churn = chances.churn.clamp(1e-9, 1.0 - 1e-9);
        let log_odds = (churn / (1.0 - churn)).ln();
        let rates = self.rates.get(action).map_or(&[][..], Vec::as_slice);
        rates.iter().zip(&self.deviations).map(move |(rates, deviation)| {
            let churn = if log_odds_sd > 0.0 { probability(log_odds + log_odds_sd * deviation) } else { chances.churn };
            expected_net_gain(&chances.at(churn), stakes, spending, rates)
        })
    }
}

fn rates_of(action: &Action, seed: u64) -> Vec<Rates> {
    let drawn = |name: &str, rate: &Rate| {
        let of_rate = stable_hash(&[action.name.as_bytes(), b"/", name.as_bytes()]);
        spread(rate, seed ^ of_rate)
    };
    let (save, take) = (drawn("save", &action.save_rate), drawn("take", &action.take_rate));
    let (winback, wake) = (drawn("winback", &action.winback_rate), drawn("wake", &action.wake_rate));
    let all = save.iter().zip(&take).zip(winback.iter().zip(&wake));
    all.map(|((save, take), (winback, wake))| Rates { save: *save, take: *take, winback: *winback, wake: *wake })
        .collect()
}

/// Evenly spread quantiles of a rate in a random order.
fn spread(rate: &Rate, seed: u64) -> Vec<f64> {
    if rate.mean <= 0.0 {
        return vec![0.0; DRAWS];
    }
    let mut values: Vec<f64> = (0..DRAWS).map(|draw| quantile(rate, (draw as f64 + 0.5) / DRAWS as f64)).collect();
    let mut random = SplitMix64::new(seed);
    for last in (1..values.len()).rev() {
        let other = random.below(u32::try_from(last + 1).unwrap_or(u32::MAX)) as usize;
        values.swap(last, other);
    }
    values
}

fn quantile(rate: &Rate, share: f64) -> f64 {
    let (alpha, beta) = (rate.mean * rate.weight, (1.0 - rate.mean) * rate.weight);
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if incomplete_beta(middle, alpha, beta) < share { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Playbook;
    use crate::config::playbook::Evidence;

    #[test]
    fn drawn_rates_have_the_mean_and_the_spread_of_their_distribution() {
        let rate = Rate { mean: 0.1, weight: 20.0, evidence: Evidence::Assumed };
        let values = spread(&rate, 1);
        let mean = values.iter().sum::<f64>() / DRAWS as f64;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / DRAWS as f64;
        assert!((mean - 0.1).abs() < 1e-3, "{mean}");
        assert!((variance / (0.1 * 0.9 / 21.0) - 1.0).abs() < 0.03, "{variance}");
        assert_ne!(values, spread(&rate, 2));
    }

    #[test]
    fn gains_scatter_around_the_expected_one() {
        let actions = Playbook::default_one().unwrap().actions;
        let draws = Draws::of(&actions, 7);
        let chances = Chances { churn: 0.5, heads: None, gone_share: 0.0 };
        let stakes = Stakes { value_at_stake: 300.0, value_after_return: 200.0, usual_order: 40.0 };
        let subject = |log_odds_sd| Uncertain { chances: &chances, log_odds_sd, stakes: &stakes };
        for (at, action) in actions.iter().enumerate() {
            let spending = Spending::of(action, &stakes);
            let gains: Vec<f64> = draws.gains(at, spending, &subject(0.0)).collect();
            let expected = expected_net_gain(&chances, &stakes, spending, &Rates::expected(action));
            let mean = gains.iter().sum::<f64>() / DRAWS as f64;
            assert!((mean - expected).abs() < 0.1, "{}: {mean} {expected}", action.name);
            let unsure: Vec<f64> = draws.gains(at, spending, &subject(0.5)).collect();
            assert_ne!(gains, unsure);
        }
    }
}
