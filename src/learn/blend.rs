//! The learner that lets several learners vote: their log-odds, each measured from its own level, are added with
//! non-negative weights that would have served best at earlier cutoffs.

use super::blend_weights::{self, CutoffDeviations};
use super::cutoff_weights::CutoffWeightsRecord;
use super::error::LearnError;
use super::feature_selection::FeatureSelections;
use super::fold_losses::{Paired, fold_losses, paired_gain};
use super::folds::Fold;
use super::log_odds::OutOfTime;
use super::logistic::Convergence;
use super::losses::own_shift;
use super::model::{BlendMember, BlendModel};
use super::rows::{latest, mean};
use super::training::{Choice, Learner, Member, Trained, Training, TrainingNotes};
use super::uncertainty::Uncertainty;
use super::{MeasuredOn, Model, NestedLoss};
use crate::dataset::Dataset;
use crate::timeline::Cutoff;
use crate::units::Days;

/// Error of a member's level in log-odds that is expected before any is seen; it weighs as much as a fold.
const FIRST_ERROR: f64 = 0.1;

/// Standard errors by which a member must be better than the blend to be taken alone.
const CLEAR_ERRORS: f64 = 1.0;

/// A weighted sum of what other learners say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlendLearner {
    /// Its name in files.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// Its members.
    pub members: &'static [&'static str],
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

    fn train(
        &self,
        training: &Training<'_>,
        selections: &FeatureSelections,
        members: &[Member<'_>],
    ) -> Result<Trained, LearnError> {
        let predictions = MemberPredictions { training, members };
        let out_of_time = predictions.out_of_time();
        let comparison = Comparison::of(&predictions, &out_of_time);
        let all: Vec<usize> = (0..training.folds.len()).collect();
        let (shares, out_of_time) = match comparison.alone(&all) {
            Some(best) => predictions.only(best),
            None => (predictions.shares(training.as_of, |_| true), out_of_time),
        };
        // Without folds nothing was compared.
        let n_compared = if all.is_empty() { 0 } else { comparison.losses.len() };
        let compared = (0..n_compared).map(|candidate| comparison.mean(candidate, &all));
        let choose = |folds: &[usize]| comparison.alone(folds).unwrap_or(members.len());
        let nested =
            NestedLoss::on_folds(training.folds, choose, |fold, candidate| comparison.mean(candidate, &[fold]));
        let notes = TrainingNotes {
            n_rows: training.rows.len(),
            n_columns: members.len(),
            choice: Choice::Weights(
                members.iter().map(|member| member.name.to_owned()).zip(shares.weights.clone()).collect(),
            ),
            fold_log_loss: (0_u32..).map(f64::from).zip(compared).collect(),
            measured_on: MeasuredOn::DecidingCutoffs,
            nested,
            convergence: worst(members),
            selection: selections.whole.record.clone(),
            cutoff_weights: CutoffWeightsRecord::default(),
            tuning: members
                .iter()
                .map(|member| &member.trained.notes.tuning)
                .find(|record| !record.trials.is_empty())
                .cloned()
                .unwrap_or_default(),
        };
        let uncertainty = predictions.uncertainty(&shares.weights);
        let model = Model::Blend(blend_of(training, members, &shares)?);
        Ok(Trained { model, out_of_time, notes, uncertainty })
    }
}

/// What the members count.
struct MemberWeights {
    /// Of their deviations.
    weights: Vec<f64>,
    /// Of their levels.
    levels: Vec<f64>,
}

impl MemberWeights {
    fn level(&self, levels: impl Iterator<Item = f64>) -> f64 {
        levels.zip(&self.levels).map(|(level, share)| level * share).sum()
    }
}

/// The convergence of the member that is farthest from its optimum.
fn worst(members: &[Member<'_>]) -> Convergence {
    let all = members.iter().map(|member| member.trained.notes.convergence);
    let worst = all.max_by(|a, b| (a.gradient_per_row / a.limit).total_cmp(&(b.gradient_per_row / b.limit)));
    worst.unwrap_or(Convergence { gradient_per_row: 0.0, limit: 0.0 })
}

/// What the members said out of time.
struct MemberPredictions<'a> {
    training: &'a Training<'a>,
    members: &'a [Member<'a>],
}

impl MemberPredictions<'_> {
    fn of_fold(&self, fold: usize) -> Vec<&OutOfTime> {
        self.members.iter().filter_map(|member| member.trained.out_of_time.get(fold)).collect()
    }

    /// That of the member which has one, even if the blend does not listen to it: others that learnt many numbers from the
    /// same customers are taken to be as uncertain as it is, and wrong together. A forecast has few and counts as certain;
    /// how it differs from the others is counted between the members. Alone it is as uncertain as they would be.
    fn uncertainty(&self, weights: &[f64]) -> Option<Uncertainty> {
        let own = self.members.iter().find_map(|member| member.trained.uncertainty.as_ref())?;
        let learnt = self.members.iter().zip(weights).filter(|(member, _)| member.trained.model.learnt_many_numbers());
        let scale: f64 = learnt.map(|(_, weight)| weight).sum();
        Some(own.scaled(if scale > 0.0 { scale } else { weights.iter().sum() }))
    }

    /// What would have served best at the folds that are `known`, with labels as of a day.
    fn shares(&self, as_of: Cutoff, known: impl Fn(&Fold) -> bool) -> MemberWeights {
        MemberWeights { weights: self.weights(as_of, &known), levels: self.level_shares(as_of, &known) }
    }

    /// The smaller the errors of a member's levels were, the more its level counts. Errors are measured by their mean size:
    /// that of an early fold, with little to learn from, may be many times all others.
    ///
    /// # Source
    /// Bates and Granger (1969), Operational Research Quarterly 20, 451-468: shares in inverse proportion to the squares of
    /// the errors, correlations left aside.
    fn level_shares(&self, as_of: Cutoff, known: impl Fn(&Fold) -> bool) -> Vec<f64> {
        let mut errors = vec![(FIRST_ERROR, 1.0); self.members.len()];
        let folds = self.training.folds;
        let most = folds.iter().map(Fold::weight).fold(1.0, f64::max);
        for (number, fold) in folds.iter().enumerate().filter(|(_, fold)| known(fold)) {
            let churned = self.training.labels(&fold.validation, as_of);
            for ((sum, total), predicted) in errors.iter_mut().zip(self.of_fold(number)) {
                let weight = fold.weight() / most;
                *sum += weight * own_shift(&predicted.log_odds, &churned).abs();
                *total += weight;
            }
        }
        let precisions: Vec<f64> = errors.into_iter().map(|(sum, total)| (total / sum).powi(2)).collect();
        let total: f64 = precisions.iter().sum();
        precisions.into_iter().map(|precision| precision / total).collect()
    }

    /// The weights under which what came of the folds that are `known` is most likely.
    fn weights(&self, as_of: Cutoff, known: impl Fn(&Fold) -> bool) -> Vec<f64> {
        let folds = self.training.folds;
        let most = folds.iter().map(Fold::weight).fold(1.0, f64::max);
        let group = |(number, fold): (usize, &Fold)| CutoffDeviations {
            deviations: self.of_fold(number).into_iter().map(deviations).collect(),
            churned: self.training.labels(&fold.validation, as_of),
            weight: fold.weight() / most,
        };
        let known_folds: Vec<(usize, &Fold)> = folds.iter().enumerate().filter(|(_, fold)| known(fold)).collect();
        let repetition =
            overlap(&known_folds.iter().map(|(_, fold)| fold.cutoff).collect::<Vec<_>>(), self.training.horizon);
        let groups: Vec<CutoffDeviations> = known_folds.into_iter().map(group).collect();
        blend_weights::fit(&groups, self.members.len(), repetition)
    }

    /// What the blend says of each fold, with weights from the folds whose labels were known by then.
    fn out_of_time(&self) -> Vec<OutOfTime> {
        let of_fold = |(number, fold): (usize, &Fold)| {
            let shares = self.shares(fold.cutoff, |earlier| fold.knows(earlier));
            blended(&self.of_fold(number), &shares)
        };
        self.training.folds.iter().enumerate().map(of_fold).collect()
    }

    /// One member's word on who is riskier than whom, around the level of all.
    fn only(&self, best: usize) -> (MemberWeights, Vec<OutOfTime>) {
        let weights: Vec<f64> = (0..self.members.len()).map(|member| f64::from(u8::from(member == best))).collect();
        let around = |levels: Vec<f64>| MemberWeights { weights: weights.clone(), levels };
        let of_fold = |(number, fold): (usize, &Fold)| {
            let levels = self.level_shares(fold.cutoff, |earlier| fold.knows(earlier));
            blended(&self.of_fold(number), &around(levels))
        };
        let out_of_time = self.training.folds.iter().enumerate().map(of_fold).collect();
        (around(self.level_shares(self.training.as_of, |_| true)), out_of_time)
    }
}

/// Members beside the mixture of all on the folds.
struct Comparison<'a> {
    training: &'a Training<'a>,
    /// Log-losses of the validation rows of each fold, at the fold's own level: of the members in turn, then of the mixture.
    losses: Vec<Vec<Vec<f64>>>,
}

impl<'a> Comparison<'a> {
    fn of(predictions: &MemberPredictions<'a>, mixture: &[OutOfTime]) -> Self {
        let members = predictions.members.iter().map(|member| member.trained.out_of_time.as_slice());
        let losses = members.chain([mixture]).map(|predicted| fold_losses(predictions.training, predicted)).collect();
        Self { training: predictions.training, losses }
    }

    /// Mean loss of a candidate over some folds, each with its weight.
    fn mean(&self, candidate: usize, folds: &[usize]) -> f64 {
        let weight = |fold: &usize| self.training.folds[*fold].weight();
        let total: f64 = folds.iter().map(weight).sum();
        folds.iter().map(|fold| weight(fold) / total * mean(&self.losses[candidate][*fold])).sum()
    }

    /// The member that was better alone than the mixture, by more than chance, on some folds. It is the luckiest of several,
    /// and a blend is the safer choice among equals.
    fn alone(&self, folds: &[usize]) -> Option<usize> {
        let mixture = self.losses.len() - 1;
        let of = |member: usize| self.mean(member, folds);
        let best = (0..mixture).min_by(|a, b| of(*a).total_cmp(&of(*b)))?;
        let pair = |fold: &usize| Paired {
            fold: &self.training.folds[*fold],
            usual: &self.losses[mixture][*fold],
            other: &self.losses[best][*fold],
        };
        let (gain, standard_error) =
            paired_gain(self.training.dataset, &folds.iter().map(pair).collect::<Vec<Paired<'_>>>());
        (gain > CLEAR_ERRORS * standard_error).then_some(best)
    }
}

/// How often a day is counted in the label windows of cutoffs in ascending order, on average over the days that are
/// counted at all. Windows that overlap tell partly of the same purchases; others are news.
fn overlap(cutoffs: &[Cutoff], horizon: Days) -> f64 {
    let window = f64::from(horizon.0);
    let apart = |pair: &[Cutoff]| f64::from(pair[1].day() - pair[0].day());
    let covered = window + cutoffs.windows(2).map(|pair| apart(pair).min(window)).sum::<f64>();
    cutoffs.len().max(1) as f64 * window / covered
}

fn deviations(predicted: &OutOfTime) -> Vec<f64> {
    predicted.log_odds.iter().map(|log_odds| log_odds - predicted.level).collect()
}

fn blended(predicted: &[&OutOfTime], shares: &MemberWeights) -> OutOfTime {
    let of_recent = shares.level(predicted.iter().map(|predicted| predicted.level + predicted.drift));
    let drift = predicted.iter().zip(&shares.weights).map(|(predicted, weight)| weight * predicted.drift).sum::<f64>();
    let level = of_recent - drift;
    let n_rows = predicted.first().map_or(0, |predicted| predicted.log_odds.len());
    let mut log_odds = vec![level; n_rows];
    for (predicted, weight) in predicted.iter().zip(&shares.weights) {
        for (sum, one) in log_odds.iter_mut().zip(&predicted.log_odds) {
            *sum += weight * (one - predicted.level);
        }
    }
    OutOfTime { log_odds, level, drift }
}

/// The members that count, and how much.
///
/// # Errors
/// `LearnError` if the rows lack a feature of a member.
fn blend_of(training: &Training<'_>, members: &[Member<'_>], shares: &MemberWeights) -> Result<BlendModel, LearnError> {
    let recent = latest(training.dataset, training.rows);
    let blended = |(member, (weight, level_share)): (&Member<'_>, (&f64, &f64))| {
        let (model, learner) = (member.trained.model.clone(), member.name.to_owned());
        let drift = drift(&model, training.dataset, &recent)?;
        Ok(BlendMember { learner, weight: *weight, level_share: *level_share, drift, model })
    };
    let of_members = members.iter().zip(shares.weights.iter().zip(&shares.levels));
    let counts = |(_, (weight, level_share)): &(_, (&f64, &f64))| **weight > 0.0 || **level_share > 0.0;
    let members = of_members.filter(counts).map(blended).collect::<Result<Vec<BlendMember>, LearnError>>()?;
    Ok(BlendModel::new(members))
}

/// How far from average rows at one cutoff are, in a model's log-odds.
fn drift(model: &Model, dataset: &Dataset, rows: &[usize]) -> Result<f64, LearnError> {
    let level = rows.first().map_or(0.0, |row| {
        dataset.cutoffs.get(usize::from(dataset.cutoff_idx[*row])).map_or(0.0, |cutoff| model.base_log_odds(*cutoff))
    });
    Ok(if rows.is_empty() { 0.0 } else { mean(&model.log_odds(dataset, rows)?) - level })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn windows_that_overlap_count_once() {
        let first = Cutoff::at_start_of(date(2024, 1, 1), &TimeZone::UTC);
        let of = |days: &[u32]| {
            let cutoffs: Vec<Cutoff> = days.iter().map(|days| first.after(Days(*days), &TimeZone::UTC)).collect();
            overlap(&cutoffs, Days(90))
        };
        assert!((of(&[]) - 1.0).abs() < 1e-12 && (of(&[0]) - 1.0).abs() < 1e-12);
        assert!((of(&[0, 90, 200]) - 1.0).abs() < 1e-12, "none overlap");
        assert!((of(&[0, 30, 60]) - 270.0 / 150.0).abs() < 1e-12);
        assert!((of(&[0, 0, 0, 0]) - 4.0).abs() < 1e-12, "four times the same");
    }

    /// Two members that agree about the customers of today, though their averages over the training rows differ.
    #[test]
    fn levels_are_compared_for_the_customers_of_today() {
        let predicted = |level: f64, drift: f64| OutOfTime { log_odds: vec![level + drift], level, drift };
        let (one, other) = (predicted(0.0, 1.0), predicted(1.0, 0.0));
        for (weights, levels) in [([0.9, 0.0], [0.3, 0.7]), ([0.0, 0.8], [1.0, 0.0]), ([0.5, 0.5], [0.5, 0.5])] {
            let shares = MemberWeights { weights: weights.to_vec(), levels: levels.to_vec() };
            let together = blended(&[&one, &other], &shares);
            assert!((together.log_odds[0] - 1.0).abs() < 1e-12, "{weights:?} {levels:?}");
            assert!((together.level + together.drift - 1.0).abs() < 1e-12, "{weights:?} {levels:?}");
        }
    }
}
