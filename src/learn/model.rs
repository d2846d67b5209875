//! What learners learn, whichever of them it was: one question, one answer.

use std::collections::BTreeSet;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::{
    BlendModel, BoostedModel, Curve, Explainer, ForecastModel, LearnError, LinearModel, LogOddsPrediction, ModelCard,
};
use crate::checked::{Checked, Flaw};
use crate::dataset::Dataset;
use crate::timeline::Cutoff;

/// A fitted model, stored as plain numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Model {
    /// Log-odds linear in the prepared columns.
    Linear(LinearModel),
    /// Log-odds as a sum of trees.
    Boosted(BoostedModel),
    /// A feature that is a probability already.
    Forecast(ForecastModel),
    /// A weighted sum of other models.
    Blend(BlendModel),
}

impl Checked for Model {
    fn check(&self) -> Result<(), Flaw> {
        match self {
            Self::Linear(model) => model.check(),
            Self::Boosted(model) => model.check(),
            Self::Forecast(model) => model.check(),
            Self::Blend(model) => model.check(),
        }
    }
}

impl Model {
    /// The trees of the model, if it has any, in the JSON format of `XGBoost`; margins are those of customers at `cutoff`.
    #[must_use]
    pub fn xgboost_copy(&self, cutoff: Cutoff) -> Option<String> {
        match self {
            Self::Linear(_) | Self::Forecast(_) => None,
            Self::Boosted(model) => Some(model.xgboost_json(cutoff)),
            Self::Blend(model) => model.models().find_map(|member| member.xgboost_copy(cutoff)),
        }
    }

    /// What a person can read in the model.
    #[must_use]
    pub fn card(&self) -> ModelCard {
        match self {
            Self::Linear(model) => ModelCard { coefficients: model.coefficients(), curves: Vec::new() },
            Self::Boosted(_) | Self::Forecast(_) => ModelCard::default(),
            Self::Blend(model) => {
                let cards = model.models().map(Self::card);
                ModelCard { coefficients: cards.flat_map(|card| card.coefficients).collect(), curves: Vec::new() }
            }
        }
    }

    /// The strongest curves of a model of trees that test one feature each, with where `rows` lie on them; empty for other
    /// models.
    ///
    /// # Errors
    /// `LearnError::MissingFeature` if the dataset lacks a feature of the model.
    pub fn curves(&self, dataset: &Dataset, rows: &[usize]) -> Result<Vec<Curve>, LearnError> {
        match self {
            Self::Boosted(model) => model.curves(dataset, rows),
            _ => Ok(Vec::new()),
        }
    }

    /// Log-odds of churning for some rows.
    ///
    /// # Errors
    /// `LearnError::MissingFeature` if the dataset lacks a feature of the model.
    pub fn log_odds(&self, dataset: &Dataset, rows: &[usize]) -> Result<Vec<f64>, LearnError> {
        match self {
            Self::Linear(model) => model.log_odds(dataset, rows),
            Self::Boosted(model) => model.log_odds(dataset, rows),
            Self::Forecast(model) => model.log_odds(dataset, rows),
            Self::Blend(model) => model.log_odds(dataset, rows),
        }
    }

    /// Log-odds of churning for some rows, and how far the members of a blend are apart about them.
    ///
    /// # Errors
    /// `LearnError::MissingFeature` if the dataset lacks a feature of the model.
    pub fn predict(&self, dataset: &Dataset, rows: &[usize]) -> Result<LogOddsPrediction, LearnError> {
        match self {
            Self::Blend(model) => model.predict(dataset, rows),
            alone => Ok(LogOddsPrediction {
                log_odds: alone.log_odds(dataset, rows)?,
                between_members: vec![0.0; rows.len()],
            }),
        }
    }

    /// The model, made ready to explain many rows.
    #[must_use]
    pub fn explainer(&self) -> Explainer<'_> {
        Explainer::of(self)
    }

    /// For each row, what each feature adds to the log-odds; with `base_log_odds` they sum to the log-odds, which is
    /// checked.
    ///
    /// # Errors
    /// `LearnError::MissingFeature` if the dataset lacks a feature of the model; `LearnError::NotAdditive`.
    pub fn contributions(&self, dataset: &Dataset, rows: &[usize]) -> Result<Array2<f64>, LearnError> {
        Ok(self.explainer().explain(dataset, rows)?.contributions)
    }

    /// Whether it has a number for each feature or more, learnt from the rows; not so a feature that is a forecast already.
    pub(super) const fn learnt_many_numbers(&self) -> bool {
        !matches!(self, Self::Forecast(_))
    }

    /// The features of the columns of `contributions`.
    #[must_use]
    pub fn contributing_features(&self) -> &[String] {
        match self {
            Self::Linear(model) => model.features(),
            Self::Boosted(model) => model.features(),
            Self::Forecast(model) => model.features(),
            Self::Blend(model) => model.features(),
        }
    }

    /// The features whose values it reads: a row needs no other.
    #[must_use]
    pub fn used_features(&self) -> BTreeSet<&str> {
        match self {
            Self::Linear(model) => model.preparation().used().collect(),
            Self::Boosted(model) => model.used_features().collect(),
            Self::Forecast(model) => model.features().iter().map(String::as_str).collect(),
            Self::Blend(model) => model.models().flat_map(Self::used_features).collect(),
        }
    }

    /// Log-odds at a cutoff of a customer with average values everywhere.
    #[must_use]
    pub fn base_log_odds(&self, cutoff: Cutoff) -> f64 {
        match self {
            Self::Linear(model) => model.base_log_odds(cutoff),
            Self::Boosted(model) => model.base_log_odds(cutoff),
            Self::Forecast(model) => model.base_log_odds(),
            Self::Blend(model) => model.base_log_odds(cutoff),
        }
    }
}
