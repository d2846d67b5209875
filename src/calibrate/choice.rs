//! Which map is used: at each cutoff, what would each kind have cost, learnt from the cutoffs whose labels were known by
//! then?

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::maps::Kind;
use super::{Calibrator, CutoffPredictions};
use crate::learn::{MeasuredOn, NestedLoss};
use crate::maths::special::softplus;
use crate::timeline::Cutoff;
use crate::units::Days;

/// The calibrator that was chosen, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Calibration {
    /// The calibrator.
    pub calibrator: Calibrator,
    /// Rows it was learnt from.
    pub n_rows: usize,
    /// Cutoffs on which the kinds were compared, each after those that they were learnt from.
    #[serde(default)]
    pub n_checks: usize,
    /// Rows of those cutoffs.
    #[serde(default)]
    pub n_checked_rows: usize,
    /// Every kind that was compared, the simplest first; empty with too few cutoffs.
    #[serde(default)]
    pub trials: Vec<Trial>,
    /// What the figures of `trials` were measured on: each kind was learnt from cutoffs before, but these ones chose it.
    #[serde(default)]
    pub measured_on: MeasuredOn,
    /// What the choice of the kind is worth on cutoffs that had no say in it; absent where there are too few, and in earlier
    /// versions.
    #[serde(default)]
    pub nested: Option<NestedLoss>,
}

/// How one kind of map did on cutoffs that followed the ones it was learnt from. The same cutoffs choose the kind, so that
/// the loss of the chosen one is a little too low.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Trial {
    /// The kind.
    pub kind: Kind,
    /// Mean log-loss over the cutoffs.
    pub log_loss: f64,
    /// By how much it is above that of the best kind.
    pub above_best: f64,
    /// Standard error of that difference, rows paired.
    pub standard_error: f64,
    /// Whether it is used.
    pub is_chosen: bool,
}

/// Learns a calibrator from cutoffs in ascending time: the simplest kind whose loss, forward-chained, is not above that of
/// the best by more than one standard error of their difference.
#[must_use]
pub fn calibrate(predicted: &[CutoffPredictions], matures_after: Days, zone: &TimeZone) -> Calibration {
    let was_known = |earlier: Cutoff, now: Cutoff| earlier.after(matures_after, zone) <= now;
    let checks = Checks::of(predicted, was_known);
    let trials = checks.trials(&checks.all());
    let chosen = trials.iter().find(|trial| trial.is_chosen).map_or(Kind::None, |trial| trial.kind);
    Calibration {
        calibrator: chosen.learn(&predicted.iter().collect::<Vec<_>>()).unwrap_or(Calibrator::NONE),
        n_rows: predicted.iter().map(|cutoff| cutoff.churned.len()).sum(),
        n_checks: checks.cutoffs.len(),
        n_checked_rows: checks.cutoffs.iter().map(|check| check.predicted.churned.len()).sum(),
        trials,
        measured_on: MeasuredOn::DecidingCutoffs,
        nested: checks.nested(was_known),
    }
}

/// A cutoff that comes after some whose labels were known by then.
struct Check<'a> {
    predicted: &'a CutoffPredictions,
    /// Log-losses of its rows under each kind.
    losses: Vec<Vec<f64>>,
}

struct Checks<'a> {
    cutoffs: Vec<Check<'a>>,
}

impl<'a> Checks<'a> {
    fn of(predicted: &'a [CutoffPredictions], was_known: impl Fn(Cutoff, Cutoff) -> bool) -> Self {
        let check = |(position, now): (usize, &'a CutoffPredictions)| {
            let known: Vec<&CutoffPredictions> =
                predicted[..position].iter().filter(|earlier| was_known(earlier.cutoff, now.cutoff)).collect();
            // A kind of which nothing can be learnt would have left the log-odds as they were.
            let map = |kind: &Kind| kind.learn(&known).unwrap_or(Calibrator::NONE);
            let losses = || Kind::ALL.iter().map(|kind| losses(now, &map(kind))).collect();
            (!known.is_empty() && !now.churned.is_empty()).then(|| Check { predicted: now, losses: losses() })
        };
        Self { cutoffs: predicted.iter().enumerate().filter_map(check).collect() }
    }

    fn all(&self) -> Vec<usize> {
        (0..self.cutoffs.len()).collect()
    }

    /// How the kinds did on some of the cutoffs.
    fn trials(&self, checks: &[usize]) -> Vec<Trial> {
        let is_offered = |kind: &usize| !checks.is_empty() && checks.len() >= Kind::ALL[*kind].least_checks();
        let offered: Vec<usize> = (0..Kind::ALL.len()).filter(is_offered).collect();
        let loss = |kind: usize| self.loss(kind, checks);
        let Some(best) = offered.iter().copied().min_by(|a, b| loss(*a).total_cmp(&loss(*b))) else {
            return Vec::new();
        };
        let trial = |kind: &usize| {
            let (above_best, standard_error) = self.difference(*kind, best, checks);
            let (kind, log_loss) = (Kind::ALL[*kind], loss(*kind));
            Trial { kind, log_loss, above_best, standard_error, is_chosen: false }
        };
        let mut trials: Vec<Trial> = offered.iter().map(trial).collect();
        if let Some(simplest) = trials.iter_mut().find(|trial| trial.above_best <= trial.standard_error) {
            simplest.is_chosen = true;
        }
        trials
    }

    /// The choice beside that which some of the cutoffs would have made.
    fn nested(&self, was_known: impl Fn(Cutoff, Cutoff) -> bool) -> Option<NestedLoss> {
        let at = |check: usize| self.cutoffs[check].predicted.cutoff;
        let choose = |checks: &[usize]| {
            let trials = self.trials(checks);
            let chosen = trials.iter().find(|trial| trial.is_chosen).map_or(Kind::None, |trial| trial.kind);
            Kind::ALL.iter().position(|kind| *kind == chosen).unwrap_or(0)
        };
        let loss = |check: usize, kind: usize| (mean(&self.cutoffs[check].losses[kind]), 1.0);
        NestedLoss::of(self.cutoffs.len(), |now, earlier| was_known(at(earlier), at(now)), choose, loss)
    }

    /// Mean over the cutoffs of the mean loss at each.
    fn loss(&self, kind: usize, checks: &[usize]) -> f64 {
        let means = checks.iter().map(|check| mean(&self.cutoffs[*check].losses[kind]));
        means.sum::<f64>() / checks.len() as f64
    }

    /// The loss of one kind less that of another, and its standard error: that from resampling customers or that from one
    /// cutoff to the next, whichever is larger. Rows of one customer are not independent, and neither are those of one
    /// cutoff, whose level was predicted too high or too low for all of them.
    ///
    /// # Source
    /// Cameron, Gelbach and Miller (2011), Journal of Business and Economic Statistics 29, 238-249, of which this takes the
    /// larger part for the sum, because between few cutoffs the sum may come out negative.
    fn difference(&self, kind: usize, other: usize, checks: &[usize]) -> (f64, f64) {
        let n = checks.len() as f64;
        let mut means = Vec::with_capacity(checks.len());
        let mut by_customer: BTreeMap<u32, f64> = BTreeMap::new();
        for check in checks.iter().map(|check| &self.cutoffs[*check]) {
            let differences: Vec<f64> =
                check.losses[kind].iter().zip(&check.losses[other]).map(|(loss, other)| loss - other).collect();
            let centre = mean(&differences);
            let share = 1.0 / (n * differences.len() as f64);
            for (customer, difference) in check.predicted.customers.iter().zip(&differences) {
                *by_customer.entry(*customer).or_default() += share * (difference - centre);
            }
            means.push(centre);
        }
        let centre = mean(&means);
        let of_customers: f64 = by_customer.values().map(|part| part * part).sum();
        let of_cutoffs: f64 = means.iter().map(|mean| (mean - centre).powi(2)).sum::<f64>() / (n * (n - 1.0).max(1.0));
        (centre, of_customers.max(of_cutoffs).sqrt())
    }
}

fn losses(predicted: &CutoffPredictions, calibrator: &Calibrator) -> Vec<f64> {
    let at = calibrator.at(predicted.level);
    let loss = |(raw, churned): (&f64, &bool)| {
        let z = at.log_odds(*raw);
        softplus(if *churned { -z } else { z })
    };
    predicted.log_odds.iter().zip(&predicted.churned).map(loss).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / (values.len() as f64).max(1.0)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::maths::newton::{Limits, shift_to};
    use crate::maths::random::noise::even as noise;
    use crate::maths::special::probability;

    const N: u32 = 2_000;

    /// A cutoff in a month of 2024 at which the truth lies around `level`, and a model predicts `of_truth` of the
    /// deviations, around a level at which as many leave as in truth, but for an `error` of the level.
    fn predicted(month: i8, (level, error): (f64, f64), of_truth: impl Fn(f64) -> f64) -> CutoffPredictions {
        let seed = u32::try_from(month).unwrap() * 7_919;
        let truth: Vec<f64> = (0..N).map(|i| 5.0 * noise(i + seed) - 2.5).collect();
        let happened = |(i, z): (u32, &f64)| noise(i * 31 + 7 + seed) < probability(level + z);
        let predicted: Vec<f64> = truth.iter().map(|z| of_truth(*z)).collect();
        let own = error + shift_to(truth.iter().map(|z| probability(level + z)).sum(), &predicted, Limits::OF_LOG_ODDS);
        CutoffPredictions {
            cutoff: Cutoff::at_start_of(date(2024, month, 1), &TimeZone::UTC),
            customers: (0..N).collect(),
            churned: (0..).zip(&truth).map(happened).collect(),
            log_odds: predicted.iter().map(|predicted| own + predicted).collect(),
            level: own,
        }
    }

    fn chosen(cutoffs: &[CutoffPredictions]) -> (Option<Kind>, Calibration) {
        let calibration = calibrate(cutoffs, Days(30), &TimeZone::UTC);
        (calibration.trials.iter().find(|trial| trial.is_chosen).map(|trial| trial.kind), calibration)
    }

    /// Mean probability less the share that left, at a cutoff that played no part.
    fn bias(calibrator: &Calibrator, later: &CutoffPredictions) -> f64 {
        let expected = later.log_odds.iter().map(|raw| calibrator.at(later.level).probability(*raw));
        let left = later.churned.iter().filter(|churned| **churned).count();
        (expected.sum::<f64>() - left as f64) / later.churned.len() as f64
    }

    #[test]
    fn the_kind_that_is_needed_is_found_and_follows_a_falling_level() {
        // What the model makes of a deviation below and above the level, and by how much it misses the level.
        let cases = [
            (Kind::None, (1.0, 1.0), 0.0),
            (Kind::Slope, (2.0, 2.0), 0.0),
            (Kind::SlopeAndLevel, (2.0, 2.0), 0.8),
            (Kind::Beta, (1.0, 3.0), 0.0),
        ];
        for (kind, (below, above), error) in cases {
            let of_truth = |z: f64| if z > 0.0 { above * z } else { below * z };
            let cutoffs: Vec<_> = [1, 3, 5, 7].map(|month| predicted(month, (0.4, error), of_truth)).into();
            let (found, calibration) = chosen(&cutoffs);
            assert_eq!(found, Some(kind), "{:?}", calibration.trials);
            let fallen = predicted(9, (-1.2, error), of_truth);
            let off = bias(&calibration.calibrator, &fallen);
            assert!(off.abs() < 0.03, "{kind:?}: {off}");
            let after = mean(&losses(&fallen, &calibration.calibrator));
            assert!(after <= mean(&losses(&fallen, &Calibrator::NONE)) + 1e-12, "{kind:?}");
        }
    }

    #[test]
    fn what_bends_twice_needs_a_curve() {
        // Small deviations were predicted too small and large ones too large, on both sides: neither a line nor two slopes
        // follow that.
        let cubed = |truth: f64| truth.powi(3) / 3.0;
        let cutoffs: Vec<_> = [1, 3, 5, 7].map(|month| predicted(month, (0.0, 0.0), cubed)).into();
        let (found, calibration) = chosen(&cutoffs);
        assert_eq!(found, Some(Kind::Isotonic), "{:?}", calibration.trials);
    }

    #[test]
    fn what_does_not_help_or_cannot_be_checked_is_left_out() {
        let plain = |z: f64| z;
        let bold = |z: f64| 2.0 * z;
        let passing = [predicted(1, (0.4, 0.0), bold), predicted(4, (0.4, 0.0), plain)];
        assert_eq!(chosen(&passing).1.calibrator, Calibrator::NONE);
        let unchecked = chosen(&passing[..1]).1;
        assert_eq!((unchecked.calibrator, unchecked.n_checks, unchecked.trials), (Calibrator::NONE, 0, Vec::new()));
        let too_early = [predicted(1, (0.4, 0.0), bold), predicted(1, (0.4, 0.0), bold)];
        assert_eq!(chosen(&too_early).1.n_checks, 0);
        assert_eq!(calibrate(&[], Days(30), &TimeZone::UTC).n_rows, 0);
    }

    #[test]
    fn a_level_that_was_wrong_once_is_not_corrected() {
        let errors = [0.0, 0.9, 0.0, -0.9];
        let cutoffs: Vec<_> =
            [1, 3, 5, 7].into_iter().zip(errors).map(|(month, error)| predicted(month, (0.4, error), |z| z)).collect();
        let (found, calibration) = chosen(&cutoffs);
        assert!(found != Some(Kind::SlopeAndLevel) && calibration.calibrator.bias.abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn the_standard_error_counts_customers_and_cutoffs() {
        let cutoff = |month, n: u32| {
            let mut one = predicted(month, (0.0, 0.0), |z| z);
            one.customers.iter_mut().for_each(|customer| *customer %= n);
            one
        };
        let error = |n: u32| {
            let cutoffs = [1, 3, 5].map(|month| cutoff(month, n));
            let mut checks = Checks::of(&cutoffs, |earlier, now| earlier < now);
            for check in &mut checks.cutoffs {
                check.losses[1] = (0..N).map(|i| check.losses[0][i as usize] + noise(i % n) - 0.5).collect();
            }
            checks.difference(1, 0, &checks.all()).1
        };
        // Forty times as many rows of the same customers say no more about them.
        assert!((error(50) / error(N) - 40.0_f64.sqrt()).abs() < 1.5, "{} {}", error(50), error(N));
    }
}
