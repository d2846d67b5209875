//! Owns NBD: gamma-distributed purchase rates and nobody who leaves, the baseline of every value model.

use serde::{Deserialize, Serialize};

use super::counts::{EventCounts, completed};
use super::likelihood::{Likelihood, ValueModel, positive, window};
use super::summary::{CustomerSummary, Grouped, sum_blocks};
use crate::maths::special::{digamma_rise, ln_rise};

/// Purchases at a rate that is gamma-distributed over customers with shape r and scale alpha.
///
/// # Source
/// Ehrenberg (1959), Applied Statistics 8, 26-41; the likelihood of purchase times as in Fader, Hardie and Lee (2005).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Nbd {
    pub(super) r: f64,
    pub(super) alpha: f64,
}

impl Nbd {
    pub(super) fn likelihood(&self, shop: &Grouped) -> Likelihood {
        let Self { r, alpha } = *self;
        let mut sums = sum_blocks(shop.rows(), |row| {
            let n = r + row.x;
            let log = (alpha + row.t).ln();
            [-n * log, -log, -n / (alpha + row.t), 0.0, 0.0].map(|figure| figure * row.count)
        });
        for (x, count) in shop.by_frequency() {
            sums[0] += count * (ln_rise(r, *x) + r * alpha.ln());
            sums[1] += count * (digamma_rise(r, *x) + alpha.ln());
            sums[2] += count * r / alpha;
        }
        sums.into()
    }

    fn counts(&self, history: &CustomerSummary, span: f64) -> EventCounts {
        EventCounts::new(self.r + f64::from(history.frequency()), self.alpha + history.age(), positive(span))
    }
}

impl ValueModel for Nbd {
    fn probability_alive(&self, _: &CustomerSummary) -> f64 {
        1.0
    }

    fn probability_no_purchase(&self, history: &CustomerSummary, span: f64) -> f64 {
        self.counts(history, span).none()
    }

    /// Nobody leaves and rates do not change, so only the length of the window counts.
    fn probability_no_purchase_between(&self, history: &CustomerSummary, from: f64, to: f64) -> f64 {
        self.counts(history, window(from, to).1).none()
    }

    fn expected_purchases(&self, history: &CustomerSummary, span: f64) -> f64 {
        (self.r + f64::from(history.frequency())) * positive(span) / (self.alpha + history.age())
    }

    fn purchase_counts(&self, history: &CustomerSummary, span: f64, n_max: u32) -> Vec<f64> {
        completed(self.counts(history, span).probabilities().take(n_max as usize).collect())
    }

    fn median_wait(&self, history: &CustomerSummary, span: f64) -> f64 {
        median_of_first_event(self.r + f64::from(history.frequency()), self.alpha + history.age(), positive(span))
    }
}

/// The median time of the first event, given one within `span`, at a gamma rate.
///
/// From `1 - (A / (A + t))^n = (1 - (A / (A + span))^n) / 2`.
pub(super) fn median_of_first_event(shape: f64, scale: f64, span: f64) -> f64 {
    let within = -(-shape * (span / scale).ln_1p()).exp_m1();
    let wait = scale * (-(-within / 2.0).ln_1p() / shape).exp_m1();
    wait.clamp(0.0, span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_splits_the_chance_in_half() {
        let model = Nbd { r: 0.4, alpha: 12.0 };
        let history = CustomerSummary::new(3, 20.0, 30.0).unwrap();
        let wait = model.median_wait(&history, 26.0);
        let by = |t| 1.0 - model.probability_no_purchase(&history, t);
        assert!((by(wait) - by(26.0) / 2.0).abs() < 1e-12);
        assert!((model.expected_purchases(&history, 10.0) - 34.0 / 42.0).abs() < 1e-12);
    }
}
