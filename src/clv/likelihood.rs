//! What every model of repeat purchases answers.

use serde::{Deserialize, Serialize};

use super::summary::CustomerSummary;

/// What a fitted model says of a customer. Times are in the unit of the histories; a span that is negative or NaN
/// counts as 0. Probabilities lie in [0, 1], expectations are finite and not negative.
pub trait ValueModel {
    /// Probability that the customer is still active at the end of the history. It is never a churn score: BG/NBD
    /// gives 1 to everyone who bought once.
    fn probability_alive(&self, history: &CustomerSummary) -> f64;

    /// Probability of no purchase in the next `span`: the definition of churn itself.
    fn probability_no_purchase(&self, history: &CustomerSummary, span: f64) -> f64;

    /// Probability of no purchase between two times from now, `from` not after `to`: what comes before `from` does not
    /// count, and who leaves by then does not come.
    fn probability_no_purchase_between(&self, history: &CustomerSummary, from: f64, to: f64) -> f64;

    /// Expected purchases in the next `span`; for `CustomerSummary::NEW`, those of a new customer after the first.
    fn expected_purchases(&self, history: &CustomerSummary, span: f64) -> f64;

    /// Whether the customer is still active, and what comes between two times from now.
    fn forecast(&self, history: &CustomerSummary, from: f64, to: f64) -> Forecast {
        let before = if from > 0.0 { self.expected_purchases(history, from) } else { 0.0 };
        Forecast {
            probability_active: self.probability_alive(history),
            probability_no_purchase: self.probability_no_purchase_between(history, from, to),
            expected_purchases: (self.expected_purchases(history, to) - before).max(0.0),
        }
    }

    /// Probabilities of 0, 1, .. `n_max` - 1 purchases in the next `span`, and last of `n_max` or more.
    fn purchase_counts(&self, history: &CustomerSummary, span: f64, n_max: u32) -> Vec<f64>;

    /// The time by which the next purchase has come in half of the cases in which one comes within `span`.
    fn median_wait(&self, history: &CustomerSummary, span: f64) -> f64;

    /// Expected purchases in each of several spans from now.
    fn expected_purchases_at(&self, history: &CustomerSummary, spans: &[f64]) -> Vec<f64> {
        spans.iter().map(|span| self.expected_purchases(history, *span)).collect()
    }

    /// All figures for one span at once.
    fn predict(&self, history: &CustomerSummary, span: f64) -> Prediction {
        Prediction {
            probability_alive: self.probability_alive(history),
            probability_no_purchase: self.probability_no_purchase(history, span),
            expected_purchases: self.expected_purchases(history, span),
            median_wait: self.median_wait(history, span),
        }
    }
}

/// A log-likelihood and its derivatives with respect to the parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Likelihood {
    pub(super) value: f64,
    pub(super) gradient: [f64; 4],
}

impl From<[f64; 5]> for Likelihood {
    fn from([value, gradient @ ..]: [f64; 5]) -> Self {
        Self { value, gradient }
    }
}

/// What a model says of one customer and a window that may begin later.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// Probability that the customer is still active now.
    pub probability_active: f64,
    /// Probability of no purchase in the window.
    pub probability_no_purchase: f64,
    /// Expected purchases in the window.
    pub expected_purchases: f64,
}

/// What a model says of one customer and the next span of time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// Probability that the customer is still active.
    pub probability_alive: f64,
    /// Probability of no purchase in the span.
    pub probability_no_purchase: f64,
    /// Expected purchases in the span.
    pub expected_purchases: f64,
    /// Median time to the next purchase, given that one comes within the span.
    pub median_wait: f64,
}

/// A window as the formulas need it: its start, and its length; both finite and not negative.
pub(super) fn window(from: f64, to: f64) -> (f64, f64) {
    let from = positive(from);
    (from, positive(positive(to) - from))
}

/// A span as the formulas need it: finite and not negative.
pub(super) fn positive(span: f64) -> f64 {
    if span > 0.0 { span.min(1e12) } else { 0.0 }
}
