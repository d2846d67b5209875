//! Owns the step from log-odds to a probability that means what it says: learnt on predictions made out of time, for
//! rows that the model behind them had not seen.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::learn::{fit_line, mean_log_loss, probability};
use crate::timeline::Cutoff;
use crate::units::Days;

/// How log-odds become calibrated log-odds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Calibrator {
    /// They stay as they are.
    None,
    /// `intercept + slope x log-odds`.
    ///
    /// # Source
    /// Platt (1999), Advances in Large Margin Classifiers, 61-74.
    Logistic {
        /// Above 1, the model was too timid; below 1, too bold.
        slope: f64,
        /// Above 0, more leave than the model thought.
        intercept: f64,
    },
}

impl Calibrator {
    /// Calibrated log-odds; the order of customers is kept.
    #[must_use]
    pub fn log_odds(&self, raw: f64) -> f64 {
        match self {
            Self::None => raw,
            Self::Logistic { slope, intercept } => intercept + slope * raw,
        }
    }

    /// Calibrated probability of raw log-odds.
    #[must_use]
    pub fn probability(&self, raw: f64) -> f64 {
        probability(self.log_odds(raw))
    }
}

/// Out-of-time predictions at one cutoff and what came of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Foretold {
    /// The cutoff.
    pub cutoff: Cutoff,
    /// Log-odds of its rows, by a model that had learnt from earlier cutoffs only.
    pub log_odds: Vec<f64>,
    /// Whether each row's customer left.
    pub churned: Vec<bool>,
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
    /// The same with logistic calibration.
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
        let Some(calibrator) = learn(foretold[..position].iter().filter(known)) else { continue };
        let calibrated: Vec<f64> = now.log_odds.iter().map(|raw| calibrator.log_odds(*raw)).collect();
        without.add(mean_log_loss(&now.log_odds, &now.churned));
        with.add(mean_log_loss(&calibrated, &now.churned));
    }
    let helps = with.value() < without.value();
    let calibrator = helps.then(|| learn(foretold.iter())).flatten().unwrap_or(Calibrator::None);
    let n_rows = foretold.iter().map(|cutoff| cutoff.churned.len()).sum();
    Calibration { calibrator, n_rows, log_loss_without: without.value(), log_loss_with: with.value() }
}

fn learn<'f>(foretold: impl Iterator<Item = &'f Foretold> + Clone) -> Option<Calibrator> {
    let log_odds: Vec<f64> = foretold.clone().flat_map(|cutoff| cutoff.log_odds.iter().copied()).collect();
    let churned: Vec<bool> = foretold.flat_map(|cutoff| cutoff.churned.iter().copied()).collect();
    let (slope, intercept) = fit_line(&log_odds, &churned)?;
    BELIEVABLE_SLOPES.contains(&slope).then_some(Calibrator::Logistic { slope, intercept })
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

    /// A cutoff at which the log-odds are `boldness` times the true ones.
    fn foretold(month: i8, boldness: f64) -> Foretold {
        let noise = |i: u32| f64::from(i.wrapping_mul(2_654_435_769) >> 8) / f64::from(1_u32 << 24);
        let truth: Vec<f64> = (0..2_000_u32).map(|i| 4.0 * noise(i) - 2.0).collect();
        let happened = |(i, z): (usize, &f64)| noise(u32::try_from(i).unwrap() * 31 + 7) < probability(*z);
        Foretold {
            cutoff: Cutoff::at_start_of(date(2024, month, 1), &TimeZone::UTC),
            churned: truth.iter().enumerate().map(happened).collect(),
            log_odds: truth.iter().map(|z| z * boldness).collect(),
        }
    }

    #[test]
    fn a_bold_model_is_tamed() {
        let cutoffs: Vec<_> = [1, 4, 7].map(|month| foretold(month, 2.0)).into();
        let Calibration { calibrator: Calibrator::Logistic { slope, intercept }, log_loss_with, log_loss_without, .. } =
            calibrate(&cutoffs, Days(60), &TimeZone::UTC)
        else {
            panic!("not calibrated")
        };
        assert!((slope - 0.5).abs() < 0.05 && intercept.abs() < 0.1, "{slope} {intercept}");
        assert!(log_loss_with < log_loss_without);
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
