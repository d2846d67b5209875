//! Owns the step from log-odds to a probability that means what it says: learnt on predictions made out of time, for
//! rows that the model behind them had not seen.
//!
//! How many leave at a cutoff is the model's business (its level); here the spread of the customers around that level is
//! stretched or shrunk.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::learn::{fit_slope, mean_log_loss, probability};
use crate::timeline::Cutoff;
use crate::units::Days;

/// How log-odds become calibrated log-odds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Calibrator {
    /// They stay as they are.
    None,
    /// `level + slope x (log-odds - level)`.
    ///
    /// # Source
    /// Cox (1958), Biometrika 45, 562-565, with the level of each cutoff left to itself.
    Slope {
        /// Above 1, the model was too timid; below 1, too bold.
        slope: f64,
    },
}

impl Calibrator {
    /// Calibrated log-odds of a customer whose cutoff has that level; the order of customers is kept.
    #[must_use]
    pub fn log_odds(&self, raw: f64, level: f64) -> f64 {
        match self {
            Self::None => raw,
            Self::Slope { slope } => level + slope * (raw - level),
        }
    }

    /// Calibrated probability of raw log-odds.
    #[must_use]
    pub fn probability(&self, raw: f64, level: f64) -> f64 {
        probability(self.log_odds(raw, level))
    }
}

/// Out-of-time predictions at one cutoff and what came of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Foretold {
    /// The cutoff.
    pub cutoff: Cutoff,
    /// Log-odds of its rows, by a model that had learnt from earlier cutoffs only.
    pub log_odds: Vec<f64>,
    /// Log-odds there of a customer who is average in everything.
    pub level: f64,
    /// Whether each row's customer left.
    pub churned: Vec<bool>,
}

impl Foretold {
    fn spread(&self) -> impl Iterator<Item = f64> {
        self.log_odds.iter().map(|raw| raw - self.level)
    }
}

/// The calibrator that was chosen, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// The calibrator.
    pub calibrator: Calibrator,
    /// Rows it was learnt from.
    pub n_rows: usize,
    /// Mean log-loss without calibration on cutoffs that followed the ones learnt from; absent with too few cutoffs.
    pub log_loss_without: Option<f64>,
    /// The same with calibration.
    pub log_loss_with: Option<f64>,
}

/// A slope outside this range comes from too few rows, and is not used.
const BELIEVABLE_SLOPES: std::ops::RangeInclusive<f64> = 0.2..=5.0;

/// Learns a calibrator from cutoffs in ascending time, and keeps it only if it would have helped: at each cutoff, learnt
/// from those whose labels were known by then.
#[must_use]
pub fn calibrate(foretold: &[Foretold], matures_after: Days, zone: &TimeZone) -> Calibration {
    let (mut without, mut with) = (Mean::default(), Mean::default());
    for (position, now) in foretold.iter().enumerate() {
        let known = |earlier: &&Foretold| earlier.cutoff.after(matures_after, zone) <= now.cutoff;
        let Some(calibrator) = learn(&foretold[..position].iter().filter(known).collect::<Vec<_>>()) else { continue };
        let calibrated: Vec<f64> = now.log_odds.iter().map(|raw| calibrator.log_odds(*raw, now.level)).collect();
        without.add(mean_log_loss(&now.log_odds, &now.churned));
        with.add(mean_log_loss(&calibrated, &now.churned));
    }
    let helps = with.value() < without.value();
    let calibrator = helps.then(|| learn(&foretold.iter().collect::<Vec<_>>())).flatten().unwrap_or(Calibrator::None);
    let n_rows = foretold.iter().map(|cutoff| cutoff.churned.len()).sum();
    Calibration { calibrator, n_rows, log_loss_without: without.value(), log_loss_with: with.value() }
}

fn learn(foretold: &[&Foretold]) -> Option<Calibrator> {
    let groups: Vec<(Vec<f64>, &[bool])> =
        foretold.iter().map(|cutoff| (cutoff.spread().collect(), cutoff.churned.as_slice())).collect();
    let slope = fit_slope(&groups)?;
    BELIEVABLE_SLOPES.contains(&slope).then_some(Calibrator::Slope { slope })
}

#[derive(Default)]
struct Mean {
    sum: f64,
    n: u32,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.n += 1;
    }

    fn value(&self) -> Option<f64> {
        (self.n > 0).then(|| self.sum / f64::from(self.n))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// A cutoff at which the spread is `boldness` times the true one, around a level of one half in log-odds.
    fn foretold(month: i8, boldness: f64) -> Foretold {
        let noise = |i: u32| f64::from(i.wrapping_mul(2_654_435_769) >> 8) / f64::from(1_u32 << 24);
        let truth: Vec<f64> = (0..2_000_u32).map(|i| 4.0 * noise(i) - 2.0).collect();
        let happened = |(i, z): (usize, &f64)| noise(u32::try_from(i).unwrap() * 31 + 7) < probability(0.5 + z);
        Foretold {
            cutoff: Cutoff::at_start_of(date(2024, month, 1), &TimeZone::UTC),
            churned: truth.iter().enumerate().map(happened).collect(),
            log_odds: truth.iter().map(|z| 0.5 + z * boldness).collect(),
            level: 0.5,
        }
    }

    #[test]
    fn a_bold_model_is_tamed() {
        let cutoffs: Vec<_> = [1, 4, 7].map(|month| foretold(month, 2.0)).into();
        let Calibration { calibrator: Calibrator::Slope { slope }, log_loss_with, log_loss_without, .. } =
            calibrate(&cutoffs, Days(60), &TimeZone::UTC)
        else {
            panic!("not calibrated")
        };
        assert!((slope - 0.5).abs() < 0.05, "{slope}");
        assert!(log_loss_with < log_loss_without);
        assert!((Calibrator::Slope { slope: 0.5 }.log_odds(2.5, 0.5) - 1.5).abs() < 1e-12);
    }

    #[test]
    fn what_does_not_help_or_cannot_be_checked_is_left_out() {
        let calibrated: Vec<_> = [foretold(1, 2.0), foretold(4, 1.0)].into();
        assert_eq!(calibrate(&calibrated, Days(60), &TimeZone::UTC).calibrator, Calibrator::None);
        let unchecked = [foretold(1, 2.0)];
        assert_eq!(calibrate(&unchecked, Days(60), &TimeZone::UTC).log_loss_with, None);
        let too_early: Vec<_> = [1, 2].map(|month| foretold(month, 2.0)).into();
        assert_eq!(calibrate(&too_early, Days(60), &TimeZone::UTC).calibrator, Calibrator::None);
        assert_eq!(calibrate(&[], Days(60), &TimeZone::UTC).n_rows, 0);
    }
}
