//! What learners learn, whichever of them it was: one question, one answer.

use std::collections::BTreeSet;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::boosted_model::BoostedModel;
use super::card::ModelCard;
use super::curves::Curve;
use super::error::LearnError;
use super::explained::Explained;
use super::forecast_model::ForecastModel;
use super::linear_model::LinearModel;
use super::log_odds::{LOG_ODDS, LogOddsPrediction};
use crate::checked::{self, Checked, Flaw};
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
            Self::Linear(model) => ModelCard { coefficients: model.coefficients(), ..ModelCard::default() },
            Self::Boosted(_) | Self::Forecast(_) => ModelCard::default(),
            Self::Blend(model) => {
                let cards = model.models().map(Self::card);
                ModelCard { coefficients: cards.flat_map(|card| card.coefficients).collect(), ..ModelCard::default() }
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

/// Members that are read at most.
const MOST_MEMBERS: usize = 16;

/// Models and their weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BlendModel {
    /// Its name in files is that of the first versions, so that their models and the tools that read them still work.
    #[serde(rename = "voices")]
    members: Vec<BlendMember>,
    /// All features of the members.
    features: Vec<String>,
}

/// A member of a blend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BlendMember {
    /// The learner.
    pub learner: String,
    /// What its deviations from its level count.
    pub weight: f64,
    /// What its level counts; the shares of all members sum to 1.
    pub level_share: f64,
    /// How far from average the customers of the latest training cutoff were, in its log-odds. Levels are compared for
    /// them, because the average of the training rows is another for each member.
    #[serde(default)]
    pub drift: f64,
    /// What it learnt.
    pub model: Model,
}

/// The features of all members, each once.
fn features_of(members: &[BlendMember]) -> Vec<String> {
    let mut features: Vec<String> = Vec::new();
    for name in members.iter().flat_map(|member| member.model.contributing_features()) {
        if !features.contains(name) {
            features.push(name.clone());
        }
    }
    features
}

impl Checked for BlendModel {
    fn check(&self) -> Result<(), Flaw> {
        checked::holds("voices", !self.members.is_empty(), "is empty")?;
        checked::at_most("voices", self.members.len(), MOST_MEMBERS)?;
        for (number, member) in self.members.iter().enumerate() {
            member.check().map_err(|flaw| flaw.within(&format!("voices[{number}]")))?;
        }
        let levels: f64 = self.members.iter().map(|member| member.level_share).sum();
        checked::number("voices", levels, &(1.0 - 1e-6..=1.0 + 1e-6))?;
        checked::holds("features", self.features == features_of(&self.members), "are not those of the members")
    }
}

impl Checked for BlendMember {
    fn check(&self) -> Result<(), Flaw> {
        checked::number("weight", self.weight, &(0.0..=1e3))?;
        checked::number("level_share", self.level_share, &(0.0..=1.0 + 1e-6))?;
        checked::number("drift", self.drift, &LOG_ODDS)?;
        checked::holds("model", !matches!(self.model, Model::Blend(_)), "is a blend in a blend")?;
        checked::within("model", &self.model)
    }
}

impl BlendModel {
    /// The models of the members.
    pub(super) fn models(&self) -> impl Iterator<Item = &Model> {
        self.members.iter().map(|member| &member.model)
    }

    /// A blend of these members.
    pub(super) fn new(members: Vec<BlendMember>) -> Self {
        let features = features_of(&members);
        Self { members, features }
    }

    /// The members.
    #[must_use]
    pub fn blended(&self) -> &[BlendMember] {
        &self.members
    }

    pub(super) fn log_odds(&self, dataset: &Dataset, rows: &[usize]) -> Result<Vec<f64>, LearnError> {
        Ok(self.predict(dataset, rows)?.log_odds)
    }

    pub(super) fn predict(&self, dataset: &Dataset, rows: &[usize]) -> Result<LogOddsPrediction, LearnError> {
        let of_member = |member: &BlendMember| member.model.log_odds(dataset, rows);
        let predicted = self.members.iter().map(of_member).collect::<Result<Vec<_>, _>>()?;
        Ok(self.together(dataset, rows, predicted.iter().map(Vec::as_slice)))
    }

    /// What the blend makes of what its members said of rows.
    fn together<'s>(
        &self,
        dataset: &Dataset,
        rows: &[usize],
        predicted: impl Iterator<Item = &'s [f64]>,
    ) -> LogOddsPrediction {
        let levels: Vec<f64> = dataset.cutoffs.iter().map(|cutoff| self.base_log_odds(*cutoff)).collect();
        let cutoff_of = |row: usize| usize::from(dataset.cutoff_idx[row]);
        let mut log_odds: Vec<f64> = rows.iter().map(|row| levels[cutoff_of(*row)]).collect();
        let mut squares = vec![0.0; rows.len()];
        for (member, predicted) in self.members.iter().zip(predicted) {
            let own: Vec<f64> = dataset.cutoffs.iter().map(|cutoff| member.model.base_log_odds(*cutoff)).collect();
            for (((sum, square), predicted), row) in log_odds.iter_mut().zip(&mut squares).zip(predicted).zip(rows) {
                let deviation = predicted - own[cutoff_of(*row)];
                *sum += member.weight * deviation;
                *square += member.weight * deviation * deviation;
            }
        }
        let total = self.members.iter().map(|member| member.weight).sum::<f64>().max(f64::MIN_POSITIVE);
        let variance = |((square, log_odds), row): ((&f64, &f64), &usize)| {
            let mean = (log_odds - levels[cutoff_of(*row)]) / total;
            (square / total - mean * mean).max(0.0)
        };
        let between_members = squares.iter().zip(&log_odds).zip(rows).map(variance).collect();
        LogOddsPrediction { log_odds, between_members }
    }

    /// What the blend makes of what its members, in their order, explained of rows.
    pub(super) fn explained(&self, dataset: &Dataset, rows: &[usize], explained: &[Explained]) -> Explained {
        let predicted = explained.iter().map(|member| member.prediction.log_odds.as_slice());
        let mut contributions = Array2::zeros((rows.len(), self.features.len()));
        for (member, of_member) in self.members.iter().zip(explained) {
            let place = |name: &String| self.features.iter().position(|feature| feature == name);
            let places: Vec<Option<usize>> = member.model.contributing_features().iter().map(place).collect();
            for (mut sums, parts) in contributions.outer_iter_mut().zip(of_member.contributions.outer_iter()) {
                for (place, part) in places.iter().zip(parts) {
                    if let Some(place) = place {
                        sums[*place] += member.weight * part;
                    }
                }
            }
        }
        let variances = explained.iter().map(|member| &member.variances).find(|variances| !variances.is_empty());
        Explained {
            prediction: self.together(dataset, rows, predicted),
            contributions,
            variances: variances.cloned().unwrap_or_default(),
        }
    }

    pub(super) fn features(&self) -> &[String] {
        &self.features
    }

    pub(super) fn base_log_odds(&self, cutoff: Cutoff) -> f64 {
        let of_member = |member: &BlendMember| {
            member.level_share * (member.model.base_log_odds(cutoff) + member.drift) - member.weight * member.drift
        };
        self.members.iter().map(of_member).sum()
    }
}
