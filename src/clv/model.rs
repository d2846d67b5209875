//! Owns what every model of repeat purchases answers, and the choice among the models.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::bg_nbd::{BgNbd, Dropout};
use super::error::ValueError;
use super::likelihood::{Forecast, Likelihood, Prediction, ValueModel};
use super::nbd::Nbd;
use super::pareto_nbd::ParetoNbd;
use super::summary::{CustomerSummary, Grouped};

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

/// A model of repeat purchases with its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
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

/// Every prediction for every customer, in the order of the customers.
#[must_use]
pub fn predict_all<M: ValueModel + Sync>(model: &M, customers: &[CustomerSummary], span: f64) -> Vec<Prediction> {
    customers.par_iter().with_min_len(1_024).map(|history| model.predict(history, span)).collect()
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
