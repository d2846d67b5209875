//! Owns what every model of repeat purchases answers, and the choice among the models.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::bg_nbd::{BgNbd, Dropout};
use super::error::ValueError;
use super::nbd::Nbd;
use super::pareto_nbd::ParetoNbd;
use super::summary::{CustomerSummary, Grouped};

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

/// Highest regularity that a model may have.
const MAX_REGULARITY: u32 = 100;

/// Which model, before its parameters are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// Negative binomial: nobody ever leaves. The baseline.
    Nbd,
    /// Beta-geometric dropout after repeat purchases, the k-th event being a purchase (k = 1: BG/NBD).
    BgCnbd {
        /// Regularity k.
        regularity: u32,
    },
    /// The same with dropout after the first purchase too (k = 1: MBG/NBD).
    MbgCnbd {
        /// Regularity k.
        regularity: u32,
    },
    /// Exponential lifetimes.
    ParetoNbd,
}

impl ModelKind {
    /// BG/NBD.
    pub const BG_NBD: Self = Self::BgCnbd { regularity: 1 };
    /// MBG/NBD.
    pub const MBG_NBD: Self = Self::MbgCnbd { regularity: 1 };

    /// The name in the literature, for example `MBG/CNBD-2`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Nbd => "NBD".to_owned(),
            Self::BG_NBD => "BG/NBD".to_owned(),
            Self::MBG_NBD => "MBG/NBD".to_owned(),
            Self::BgCnbd { regularity } => format!("BG/CNBD-{regularity}"),
            Self::MbgCnbd { regularity } => format!("MBG/CNBD-{regularity}"),
            Self::ParetoNbd => "Pareto/NBD".to_owned(),
        }
    }

    /// The parameters' letters, in the order in which they are given.
    #[must_use]
    pub const fn parameter_names(self) -> &'static [&'static str] {
        match self {
            Self::Nbd => &["r", "alpha"],
            Self::BgCnbd { .. } | Self::MbgCnbd { .. } => &["r", "alpha", "a", "b"],
            Self::ParetoNbd => &["r", "alpha", "s", "beta"],
        }
    }

    /// How many parameters.
    #[must_use]
    pub const fn n_parameters(self) -> usize {
        self.parameter_names().len()
    }

    /// Whether a parameter is a time, and scales with the unit.
    pub(super) fn is_time(self, parameter: usize) -> bool {
        matches!(self.parameter_names().get(parameter), Some(&("alpha" | "beta")))
    }

    /// The model with these parameters.
    ///
    /// # Errors
    /// `ValueError::Parameter` if one is missing, not finite or not above 0; `ValueError::Regularity` if k is not 1 to 100.
    pub fn with_parameters(self, parameters: &[f64]) -> Result<PurchaseModel, ValueError> {
        for (i, parameter) in self.parameter_names().iter().enumerate() {
            let value = parameters.get(i).copied().unwrap_or(f64::NAN);
            if !(value.is_finite() && value > 0.0) {
                return Err(ValueError::Parameter { model: self.name(), parameter, value });
            }
        }
        if let Self::BgCnbd { regularity } | Self::MbgCnbd { regularity } = self
            && !(1..=MAX_REGULARITY).contains(&regularity)
        {
            return Err(ValueError::Regularity { regularity, most: MAX_REGULARITY });
        }
        let at = |i: usize| parameters.get(i).copied().unwrap_or(f64::NAN);
        let beta_geometric = |dropout, regularity: u32| {
            let (r, alpha, a, b) = (at(0), at(1), at(2), at(3));
            PurchaseModel::BgNbd(BgNbd { dropout, regularity, r, alpha, a, b })
        };
        Ok(match self {
            Self::Nbd => PurchaseModel::Nbd(Nbd { r: at(0), alpha: at(1) }),
            Self::BgCnbd { regularity } => beta_geometric(Dropout::AfterRepeat, regularity),
            Self::MbgCnbd { regularity } => beta_geometric(Dropout::AfterEvery, regularity),
            Self::ParetoNbd => PurchaseModel::ParetoNbd(ParetoNbd { r: at(0), alpha: at(1), s: at(2), beta: at(3) }),
        })
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

/// A model of repeat purchases with its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseModel {
    /// Nobody ever leaves.
    Nbd(Nbd),
    /// BG/NBD, MBG/NBD and both with regularity.
    BgNbd(BgNbd),
    /// Exponential lifetimes.
    ParetoNbd(ParetoNbd),
}

impl PurchaseModel {
    /// Which model this is.
    #[must_use]
    pub const fn kind(&self) -> ModelKind {
        match self {
            Self::Nbd(_) => ModelKind::Nbd,
            Self::BgNbd(BgNbd { dropout: Dropout::AfterRepeat, regularity, .. }) => {
                ModelKind::BgCnbd { regularity: *regularity }
            }
            Self::BgNbd(BgNbd { dropout: Dropout::AfterEvery, regularity, .. }) => {
                ModelKind::MbgCnbd { regularity: *regularity }
            }
            Self::ParetoNbd(_) => ModelKind::ParetoNbd,
        }
    }

    /// The parameters, in the order of their names.
    #[must_use]
    pub fn parameters(&self) -> Vec<f64> {
        match self {
            Self::Nbd(m) => vec![m.r, m.alpha],
            Self::BgNbd(m) => vec![m.r, m.alpha, m.a, m.b],
            Self::ParetoNbd(m) => vec![m.r, m.alpha, m.s, m.beta],
        }
    }

    /// The log-likelihood of a shop, all constants that depend on the data included.
    ///
    /// With regularity above 1 it needs the logarithms of the times between purchases; where they are unknown their
    /// constant is left out, and likelihoods of different regularity cannot be compared.
    #[must_use]
    pub fn log_likelihood(&self, shop: &Grouped) -> f64 {
        self.likelihood(shop).value
    }

    pub(super) fn likelihood(&self, shop: &Grouped) -> Likelihood {
        match self {
            Self::Nbd(m) => m.likelihood(shop),
            Self::BgNbd(m) => m.likelihood(shop),
            Self::ParetoNbd(m) => m.likelihood(shop),
        }
    }

    fn inner(&self) -> &dyn ValueModel {
        match self {
            Self::Nbd(m) => m,
            Self::BgNbd(m) => m,
            Self::ParetoNbd(m) => m,
        }
    }
}

impl ValueModel for PurchaseModel {
    fn probability_alive(&self, history: &CustomerSummary) -> f64 {
        self.inner().probability_alive(history)
    }

    fn probability_no_purchase(&self, history: &CustomerSummary, span: f64) -> f64 {
        self.inner().probability_no_purchase(history, span)
    }

    fn probability_no_purchase_between(&self, history: &CustomerSummary, from: f64, to: f64) -> f64 {
        self.inner().probability_no_purchase_between(history, from, to)
    }

    fn expected_purchases(&self, history: &CustomerSummary, span: f64) -> f64 {
        self.inner().expected_purchases(history, span)
    }

    fn forecast(&self, history: &CustomerSummary, from: f64, to: f64) -> Forecast {
        self.inner().forecast(history, from, to)
    }

    fn purchase_counts(&self, history: &CustomerSummary, span: f64, n_max: u32) -> Vec<f64> {
        self.inner().purchase_counts(history, span, n_max)
    }

    fn median_wait(&self, history: &CustomerSummary, span: f64) -> f64 {
        self.inner().median_wait(history, span)
    }

    fn expected_purchases_at(&self, history: &CustomerSummary, spans: &[f64]) -> Vec<f64> {
        self.inner().expected_purchases_at(history, spans)
    }

    fn predict(&self, history: &CustomerSummary, span: f64) -> Prediction {
        self.inner().predict(history, span)
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

/// Every prediction for every customer, in the order of the customers.
#[must_use]
pub fn predict_all<M: ValueModel + Sync>(model: &M, customers: &[CustomerSummary], span: f64) -> Vec<Prediction> {
    customers.par_iter().with_min_len(1_024).map(|history| model.predict(history, span)).collect()
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
