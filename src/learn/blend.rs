//! The learner that lets several learners vote: their log-odds, each measured from its own level, are added with
//! non-negative weights that would have served best at earlier cutoffs.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::chain::Fold;
use super::error::LearnError;
use super::logistic::Convergence;
use super::rows::{labels, rows_per_customer};
use super::weights::{self, Group};
use super::{
    Choice, Learner, Member, Model, OutOfTime, Trained, Training, TrainingNotes, log_loss_at_own_level,
};
use crate::dataset::Dataset;
use crate::timeline::Cutoff;

/// A weighted sum of what other learners say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlendLearner {
    /// Its name in files.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// The learners it listens to.
    pub members: &'static [&'static str],
}

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
    /// What it learnt.
    pub model: Model,
}

impl Learner for BlendLearner {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn members(&self) -> &'static [&'static str] {
        self.members
    }

    fn train(&self, training: &Training<'_>, members: &[Member<'_>]) -> Result<Trained, LearnError> {
        let votes = Votes { training, members };
        let out_of_time = votes.out_of_time();
        let losses = votes.losses(&out_of_time);
        let best = (0..members.len()).min_by(|a, b| losses.members[*a].total_cmp(&losses.members[*b]));
        let alone = best.filter(|best| losses.blend >= losses.members[*best]);
        let weights = alone.map_or_else(|| votes.weights(training.as_of, |_| true), |best| only(best, members.len()));
        let out_of_time = match alone {
            Some(best) => members[best].trained.out_of_time.clone(),
            None => out_of_time,
        };
        let tried = losses.members.iter().copied().chain([losses.blend]);
        let notes = TrainingNotes {
            n_rows: training.rows.len(),
            n_columns: members.len(),
            choice: Choice::Weights(members.iter().map(|member| member.name.to_owned()).zip(weights.clone()).collect()),
            fold_log_loss: (0_u32..).map(f64::from).zip(tried).collect(),
            convergence: worst(members),
        };
        Ok(Trained { model: Model::Blend(BlendModel::new(members, &weights)), out_of_time, notes })
    }
}

fn only(best: usize, n: usize) -> Vec<f64> {
    (0..n).map(|member| f64::from(u8::from(member == best))).collect()
}

/// The convergence of the member that is farthest from its optimum.
fn worst(members: &[Member<'_>]) -> Convergence {
    let all = members.iter().map(|member| member.trained.notes.convergence);
    let worst = all.max_by(|a, b| (a.gradient_per_row / a.limit).total_cmp(&(b.gradient_per_row / b.limit)));
    worst.unwrap_or(Convergence { gradient_per_row: 0.0, limit: 0.0 })
}

/// What the members said out of time.
struct Votes<'a> {
    training: &'a Training<'a>,
    members: &'a [Member<'a>],
}

/// Mean losses over the folds.
struct Losses {
    members: Vec<f64>,
    blend: f64,
}

impl Votes<'_> {
    fn said(&self, fold: usize) -> Vec<&OutOfTime> {
        self.members.iter().filter_map(|member| member.trained.out_of_time.get(fold)).collect()
    }

    /// The weights that serve best at the folds that are `known`, with labels as of a day.
    fn weights(&self, as_of: Cutoff, known: impl Fn(&Fold) -> bool) -> Vec<f64> {
        let folds = self.training.folds;
        let most = folds.iter().map(Fold::weight).fold(1.0, f64::max);
        let group = |(number, fold): (usize, &Fold)| Group {
            deviations: self.said(number).into_iter().map(deviations).collect(),
            churned: labels(self.training.dataset, &fold.validation, as_of),
            weight: fold.weight() / most,
        };
        let groups: Vec<Group> = folds.iter().enumerate().filter(|(_, fold)| known(fold)).map(group).collect();
        let repetition = rows_per_customer(self.training.dataset, self.training.rows);
        weights::fit(&groups, self.members.len(), repetition)
    }

    /// What the blend says of each fold, with weights from the folds whose labels were known by then.
    fn out_of_time(&self) -> Vec<OutOfTime> {
        let of_fold = |(number, fold): (usize, &Fold)| {
            let weights = self.weights(fold.cutoff, |earlier| fold.knows(earlier));
            blended(&self.said(number), &weights)
        };
        self.training.folds.iter().enumerate().map(of_fold).collect()
    }

    fn losses(&self, blend: &[OutOfTime]) -> Losses {
        let folds = self.training.folds;
        let total: f64 = folds.iter().map(Fold::weight).sum();
        let mean = |said: &[OutOfTime]| {
            let of_fold = |(fold, said): (&Fold, &OutOfTime)| {
                let churned = labels(self.training.dataset, &fold.validation, self.training.as_of);
                fold.weight() / total * log_loss_at_own_level(&said.log_odds, &churned)
            };
            folds.iter().zip(said).map(of_fold).sum::<f64>()
        };
        let members = self.members.iter().map(|member| mean(&member.trained.out_of_time)).collect();
        // Without folds nothing speaks against the blend.
        Losses { members, blend: if folds.is_empty() { f64::NEG_INFINITY } else { mean(blend) } }
    }
}

fn deviations(said: &OutOfTime) -> Vec<f64> {
    said.log_odds.iter().map(|log_odds| log_odds - said.level).collect()
}

fn blended(said: &[&OutOfTime], weights: &[f64]) -> OutOfTime {
    let level = mean_level(said.iter().map(|said| said.level).zip(weights.iter().copied()));
    let n_rows = said.first().map_or(0, |said| said.log_odds.len());
    let mut log_odds = vec![level; n_rows];
    for (said, weight) in said.iter().zip(weights) {
        for (sum, one) in log_odds.iter_mut().zip(&said.log_odds) {
            *sum += weight * (one - said.level);
        }
    }
    OutOfTime { log_odds, level }
}

/// The members' levels are all of the same customers; each counts as its deviations do.
fn mean_level(levels: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let total: f64 = levels.clone().map(|(_, weight)| weight).sum();
    let n = (levels.clone().count() as f64).max(1.0);
    let share = |weight: f64| if total > 0.0 { weight / total } else { 1.0 / n };
    levels.map(|(level, weight)| share(weight) * level).sum()
}

impl BlendModel {
    fn new(members: &[Member<'_>], weights: &[f64]) -> Self {
        let speaks = |weight: f64| weight > 0.0 || weights.iter().all(|other| *other <= 0.0);
        let voice = |(member, weight): (&Member<'_>, &f64)| {
            let model = member.trained.model.clone();
            speaks(*weight).then(|| Voice { learner: member.name.to_owned(), weight: *weight, model })
        };
        let voices: Vec<Voice> = members.iter().zip(weights).filter_map(voice).collect();
        let mut features: Vec<String> = Vec::new();
        for name in voices.iter().flat_map(|voice| voice.model.contributing_features()) {
            if !features.contains(name) {
                features.push(name.clone());
            }
        }
        Self { voices, features }
    }

    /// The members.
    #[must_use]
    pub fn voices(&self) -> &[Voice] {
        &self.voices
    }

    pub(super) fn log_odds(&self, dataset: &Dataset, rows: &[usize]) -> Result<Vec<f64>, LearnError> {
        let levels: Vec<f64> = dataset.cutoffs.iter().map(|cutoff| self.base_log_odds(*cutoff)).collect();
        let cutoff_of = |row: usize| usize::from(dataset.cutoff_idx[row]);
        let mut log_odds: Vec<f64> = rows.iter().map(|row| levels[cutoff_of(*row)]).collect();
        for voice in &self.voices {
            let own: Vec<f64> = dataset.cutoffs.iter().map(|cutoff| voice.model.base_log_odds(*cutoff)).collect();
            let said = voice.model.log_odds(dataset, rows)?;
            for ((sum, said), row) in log_odds.iter_mut().zip(said).zip(rows) {
                *sum += voice.weight * (said - own[cutoff_of(*row)]);
            }
        }
        Ok(log_odds)
    }

    pub(super) fn contributions(&self, dataset: &Dataset, rows: &[usize]) -> Result<Array2<f64>, LearnError> {
        let mut sums = Array2::zeros((rows.len(), self.features.len()));
        for voice in &self.voices {
            let parts = voice.model.parts(dataset, rows)?;
            for (name, part) in voice.model.contributing_features().iter().zip(parts.columns()) {
                if let Some(place) = self.features.iter().position(|feature| feature == name) {
                    sums.column_mut(place).scaled_add(voice.weight, &part);
                }
            }
        }
        Ok(sums)
    }

    pub(super) fn features(&self) -> &[String] {
        &self.features
    }

    pub(super) fn base_log_odds(&self, cutoff: Cutoff) -> f64 {
        mean_level(self.voices.iter().map(|voice| (voice.model.base_log_odds(cutoff), voice.weight)))
    }
}
