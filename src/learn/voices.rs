//! What a blend learns: the members that it listens to, what each counts, and what they say together.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::blend::Shares;
use super::error::LearnError;
use super::explainer::Explained;
use super::rows::{latest, mean};
use super::{LOG_ODDS, Member, Model, Said, Training};
use crate::checked::{self, Checked, Flaw};
use crate::dataset::Dataset;
use crate::timeline::Cutoff;

/// Members that are read at most.
const MOST_MEMBERS: usize = 16;

/// Models and their weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BlendModel {
    voices: Vec<Voice>,
    /// All features of the members.
    features: Vec<String>,
}

/// A member of a blend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Voice {
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
fn features_of(voices: &[Voice]) -> Vec<String> {
    let mut features: Vec<String> = Vec::new();
    for name in voices.iter().flat_map(|voice| voice.model.contributing_features()) {
        if !features.contains(name) {
            features.push(name.clone());
        }
    }
    features
}

impl Checked for BlendModel {
    fn check(&self) -> Result<(), Flaw> {
        checked::holds("voices", !self.voices.is_empty(), "is empty")?;
        checked::at_most("voices", self.voices.len(), MOST_MEMBERS)?;
        for (number, voice) in self.voices.iter().enumerate() {
            voice.check().map_err(|flaw| flaw.within(&format!("voices[{number}]")))?;
        }
        let levels: f64 = self.voices.iter().map(|voice| voice.level_share).sum();
        checked::number("voices", levels, &(1.0 - 1e-6..=1.0 + 1e-6))?;
        checked::holds("features", self.features == features_of(&self.voices), "are not those of the members")
    }
}

impl Checked for Voice {
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
    pub(super) fn members(&self) -> impl Iterator<Item = &Model> {
        self.voices.iter().map(|voice| &voice.model)
    }

    pub(super) fn new(training: &Training<'_>, members: &[Member<'_>], shares: &Shares) -> Result<Self, LearnError> {
        let recent = latest(training.dataset, training.rows);
        let voice = |(member, (weight, level_share)): (&Member<'_>, (&f64, &f64))| {
            let (model, learner) = (member.trained.model.clone(), member.name.to_owned());
            let drift = drift(&model, training.dataset, &recent)?;
            Ok(Voice { learner, weight: *weight, level_share: *level_share, drift, model })
        };
        let of_members = members.iter().zip(shares.weights.iter().zip(&shares.levels));
        let speaks = |(_, (weight, level_share)): &(_, (&f64, &f64))| **weight > 0.0 || **level_share > 0.0;
        let voices = of_members.filter(speaks).map(voice).collect::<Result<Vec<Voice>, LearnError>>()?;
        let features = features_of(&voices);
        Ok(Self { voices, features })
    }

    /// The members.
    #[must_use]
    pub fn voices(&self) -> &[Voice] {
        &self.voices
    }

    pub(super) fn log_odds(&self, dataset: &Dataset, rows: &[usize]) -> Result<Vec<f64>, LearnError> {
        Ok(self.said(dataset, rows)?.log_odds)
    }

    pub(super) fn said(&self, dataset: &Dataset, rows: &[usize]) -> Result<Said, LearnError> {
        let of_voice = |voice: &Voice| voice.model.log_odds(dataset, rows);
        let said = self.voices.iter().map(of_voice).collect::<Result<Vec<_>, _>>()?;
        Ok(self.together(dataset, rows, said.iter().map(Vec::as_slice)))
    }

    /// What the blend makes of what its members said of rows.
    fn together<'s>(&self, dataset: &Dataset, rows: &[usize], said: impl Iterator<Item = &'s [f64]>) -> Said {
        let levels: Vec<f64> = dataset.cutoffs.iter().map(|cutoff| self.base_log_odds(*cutoff)).collect();
        let cutoff_of = |row: usize| usize::from(dataset.cutoff_idx[row]);
        let mut log_odds: Vec<f64> = rows.iter().map(|row| levels[cutoff_of(*row)]).collect();
        let mut squares = vec![0.0; rows.len()];
        for (voice, said) in self.voices.iter().zip(said) {
            let own: Vec<f64> = dataset.cutoffs.iter().map(|cutoff| voice.model.base_log_odds(*cutoff)).collect();
            for (((sum, square), said), row) in log_odds.iter_mut().zip(&mut squares).zip(said).zip(rows) {
                let deviation = said - own[cutoff_of(*row)];
                *sum += voice.weight * deviation;
                *square += voice.weight * deviation * deviation;
            }
        }
        let total = self.voices.iter().map(|voice| voice.weight).sum::<f64>().max(f64::MIN_POSITIVE);
        let variance = |((square, log_odds), row): ((&f64, &f64), &usize)| {
            let mean = (log_odds - levels[cutoff_of(*row)]) / total;
            (square / total - mean * mean).max(0.0)
        };
        let between_members = squares.iter().zip(&log_odds).zip(rows).map(variance).collect();
        Said { log_odds, between_members }
    }

    /// What the blend makes of what its members, in the order of the voices, explained of rows.
    pub(super) fn explained(&self, dataset: &Dataset, rows: &[usize], members: &[Explained]) -> Explained {
        let said = members.iter().map(|member| member.said.log_odds.as_slice());
        let mut contributions = Array2::zeros((rows.len(), self.features.len()));
        for (voice, member) in self.voices.iter().zip(members) {
            let place = |name: &String| self.features.iter().position(|feature| feature == name);
            let places: Vec<Option<usize>> = voice.model.contributing_features().iter().map(place).collect();
            for (mut sums, parts) in contributions.outer_iter_mut().zip(member.contributions.outer_iter()) {
                for (place, part) in places.iter().zip(parts) {
                    if let Some(place) = place {
                        sums[*place] += voice.weight * part;
                    }
                }
            }
        }
        let variances = members.iter().map(|member| &member.variances).find(|variances| !variances.is_empty());
        Explained {
            said: self.together(dataset, rows, said),
            contributions,
            variances: variances.cloned().unwrap_or_default(),
        }
    }

    pub(super) fn features(&self) -> &[String] {
        &self.features
    }

    pub(super) fn base_log_odds(&self, cutoff: Cutoff) -> f64 {
        let of_voice = |voice: &Voice| {
            voice.level_share * (voice.model.base_log_odds(cutoff) + voice.drift) - voice.weight * voice.drift
        };
        self.voices.iter().map(of_voice).sum()
    }
}
