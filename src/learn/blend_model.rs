//! What a blend learns: the members that it listens to, what each counts, and what they say together.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::blend::Shares;
use super::error::LearnError;
use super::explainer::Explained;
use super::rows::{latest, mean};
use super::{LOG_ODDS, LogOddsPrediction, Member, Model, Training};
use crate::checked::{self, Checked, Flaw};
use crate::dataset::Dataset;
use crate::timeline::Cutoff;

/// Members that are read at most.
const MOST_MEMBERS: usize = 16;

/// Models and their weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BlendModel {
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

/// How far from average rows at one cutoff are, in a model's log-odds.
fn drift(model: &Model, dataset: &Dataset, rows: &[usize]) -> Result<f64, LearnError> {
    let level = rows.first().map_or(0.0, |row| {
        dataset.cutoffs.get(usize::from(dataset.cutoff_idx[*row])).map_or(0.0, |cutoff| model.base_log_odds(*cutoff))
    });
    Ok(if rows.is_empty() { 0.0 } else { mean(&model.log_odds(dataset, rows)?) - level })
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
        checked::holds("members", !self.members.is_empty(), "is empty")?;
        checked::at_most("members", self.members.len(), MOST_MEMBERS)?;
        for (number, member) in self.members.iter().enumerate() {
            member.check().map_err(|flaw| flaw.within(&format!("members[{number}]")))?;
        }
        let levels: f64 = self.members.iter().map(|member| member.level_share).sum();
        checked::number("members", levels, &(1.0 - 1e-6..=1.0 + 1e-6))?;
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
    /// The models that are listened to.
    pub(super) fn models(&self) -> impl Iterator<Item = &Model> {
        self.members.iter().map(|member| &member.model)
    }

    pub(super) fn new(training: &Training<'_>, members: &[Member<'_>], shares: &Shares) -> Result<Self, LearnError> {
        let recent = latest(training.dataset, training.rows);
        let blended = |(member, (weight, level_share)): (&Member<'_>, (&f64, &f64))| {
            let (model, learner) = (member.trained.model.clone(), member.name.to_owned());
            let drift = drift(&model, training.dataset, &recent)?;
            Ok(BlendMember { learner, weight: *weight, level_share: *level_share, drift, model })
        };
        let of_members = members.iter().zip(shares.weights.iter().zip(&shares.levels));
        let counts = |(_, (weight, level_share)): &(_, (&f64, &f64))| **weight > 0.0 || **level_share > 0.0;
        let members = of_members.filter(counts).map(blended).collect::<Result<Vec<BlendMember>, LearnError>>()?;
        let features = features_of(&members);
        Ok(Self { members, features })
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
