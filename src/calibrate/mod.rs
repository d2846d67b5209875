//! Owns the step from log-odds to a probability that means what it says: learnt on predictions made out of time, for
//! rows that the model behind them had not learnt from.
//!
//! How many leave at a cutoff is the model's business (its level, which is predicted anew for each cutoff). Every map here
//! is therefore one of the deviation from that level, and its result is added to the level again: where fewer leave than
//! in the cutoffs learnt from, all calibrated probabilities fall with the level.
//!
//! A map that pulls customers towards the level, or one side more than the other, would change how many are expected to
//! leave, which was predicted. So its result is shifted until as many are expected to leave as without it, at whatever
//! level, among reference deviations that were kept from learning: what is said of a customer must not depend on who else
//! is on the list.

mod choice;
mod heads;
mod isotonic;
mod maps;
mod onnx;

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::checked::{self, Checked, Flaw};
use crate::maths::newton::{Limits, shift_to};
use crate::maths::special::{probability, softplus};
use crate::timeline::Cutoff;

pub use choice::{Calibration, Trial, calibrate};
pub use heads::{CalibratedModel, Heads, probabilities};
pub use maps::Kind;
pub use onnx::onnx_graph;

/// What a stored calibrator may have: log-odds, slopes, and points at most.
const LOG_ODDS: RangeInclusive<f64> = -1e6..=1e6;
const SLOPES: RangeInclusive<f64> = 1e-3..=1e3;
const MOST_POINTS: usize = 10_000;

/// From log-odds to calibrated log-odds; the order of customers is kept, and those distinguished stay apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Calibrator {
    /// What becomes of a deviation from the level.
    #[serde(flatten)]
    pub map: Map,
    /// Deviations of the rows learnt from, at evenly spread shares of them: among these, the map leaves the number of
    /// customers who are expected to leave as it was.
    #[serde(default)]
    pub reference: Vec<f64>,
    /// Log-odds by which more left than was predicted, at all cutoffs learnt from alike.
    #[serde(default)]
    pub bias: f64,
}

/// What becomes of a deviation from the level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Map {
    /// It stays as it is.
    None,
    /// `slope x deviation`.
    ///
    /// # Source
    /// Cox (1958), Biometrika 45, 562-565.
    #[serde(alias = "slope")]
    Line {
        /// Above 1, the model was too timid; below 1, too bold.
        slope: f64,
    },
    /// `a ln s - b ln(1 - s)` with `s` the probability of the deviation alone: a line whose slope is `a` far below the
    /// level and `b` far above it.
    ///
    /// # Source
    /// Kull, Silva Filho and Flach (2017), Electronic Journal of Statistics 11, 5052-5080, equation 2.
    Beta {
        /// Slope for those far below the level.
        a: f64,
        /// Slope for those far above it.
        b: f64,
    },
    /// A rising curve through points, straight between them, and beyond them as steep as no calibration.
    ///
    /// # Source
    /// Ayer et al. (1955), Annals of Mathematical Statistics 26, 641-647 (pooling); Oron and Flournoy (2017), Statistics
    /// in Biopharmaceutical Research 9, 258-267 (points at the centres of the pools).
    Isotonic {
        /// Deviations and what becomes of them, both ascending.
        points: Vec<[f64; 2]>,
    },
}

impl Map {
    fn at(&self, deviation: f64) -> f64 {
        match self {
            Self::None => deviation,
            Self::Line { slope } => slope * deviation,
            Self::Beta { a, b } => b * softplus(deviation) - a * softplus(-deviation),
            Self::Isotonic { points } => isotonic::at(points, deviation),
        }
    }
}

impl Calibrator {
    /// Leaves log-odds as they are.
    pub const NONE: Self = Self { map: Map::None, reference: Vec::new(), bias: 0.0 };

    /// The calibrator for customers of a cutoff with that level.
    ///
    /// ```
    /// use retain::calibrate::{Calibrator, Map};
    /// let bold = Calibrator { map: Map::Line { slope: 0.5 }, reference: Vec::new(), bias: 0.0 };
    /// assert_eq!(bold.at(0.5).log_odds(2.5), 1.5);
    /// ```
    #[must_use]
    pub fn at(&self, level: f64) -> AtLevel<'_> {
        let expected = self.reference.iter().map(|deviation| probability(level + deviation)).sum();
        let mapped: Vec<f64> = self.reference.iter().map(|deviation| level + self.map.at(*deviation)).collect();
        AtLevel { map: &self.map, level, shift: self.bias + shift_to(expected, &mapped, Limits::OF_LOG_ODDS) }
    }
}

impl Checked for Calibrator {
    fn check(&self) -> Result<(), Flaw> {
        self.map.check()?;
        checked::at_most("reference", self.reference.len(), MOST_POINTS)?;
        checked::numbers("reference", self.reference.iter().copied(), &LOG_ODDS)?;
        checked::number("bias", self.bias, &LOG_ODDS)
    }
}

impl Checked for Map {
    /// A map that does not rise would change who is riskier than whom.
    fn check(&self) -> Result<(), Flaw> {
        match self {
            Self::None => Ok(()),
            Self::Line { slope } => checked::number("slope", *slope, &SLOPES),
            Self::Beta { a, b } => checked::number("a", *a, &SLOPES).and_then(|()| checked::number("b", *b, &SLOPES)),
            Self::Isotonic { points } => {
                let column = |side: usize| points.iter().map(|point| point[side]).collect::<Vec<f64>>();
                checked::at_most("points", points.len(), MOST_POINTS)?;
                for side in [column(0), column(1)] {
                    checked::numbers("points", side.iter().copied(), &LOG_ODDS)?;
                    checked::ascending("points", &side)?;
                }
                Ok(())
            }
        }
    }
}

/// A calibrator for the customers of one cutoff.
#[derive(Debug, Clone, Copy)]
pub struct AtLevel<'a> {
    map: &'a Map,
    level: f64,
    shift: f64,
}

impl AtLevel<'_> {
    /// What calibrated log-odds are above what the map makes of a deviation.
    fn of_everyone(&self) -> f64 {
        self.level + self.shift
    }

    /// Calibrated log-odds.
    #[must_use]
    pub fn log_odds(&self, raw: f64) -> f64 {
        match self.map {
            Map::None => raw + self.shift,
            map => self.level + self.shift + map.at(raw - self.level),
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
pub struct CutoffPredictions {
    /// The cutoff.
    pub cutoff: Cutoff,
    /// Numbers of the customers of its rows.
    pub customers: Vec<u32>,
    /// Log-odds of its rows, by a model that had learnt from earlier cutoffs only, with settings that all folds chose.
    pub log_odds: Vec<f64>,
    /// Log-odds there of a customer who is average in everything.
    pub level: f64,
    /// Whether each row's customer left, as known at the as-of day.
    pub churned: Vec<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn maps() -> [Map; 4] {
        let points = vec![[-1.0, -0.4], [0.0, -0.1], [2.0, 1.0]];
        [Map::None, Map::Line { slope: 0.7 }, Map::Beta { a: 1.4, b: 0.6 }, Map::Isotonic { points }]
    }

    #[test]
    fn every_map_keeps_the_order_and_the_number_expected_at_any_level() {
        let reference: Vec<f64> = (-20..20_i32).map(|step| f64::from(step) / 8.0).collect();
        for map in maps() {
            let calibrator = Calibrator { map, reference: reference.clone(), bias: 0.0 };
            for level in [-2.5, -1.0, 0.3, 2.0] {
                let at = calibrator.at(level);
                for step in -60..60_i32 {
                    let raw = level + f64::from(step) / 10.0;
                    assert!(at.log_odds(raw + 0.1) > at.log_odds(raw), "{calibrator:?} at {raw}");
                }
                let sum =
                    |of: &dyn Fn(f64) -> f64| reference.iter().map(|deviation| of(level + deviation)).sum::<f64>();
                let (expected, calibrated) = (sum(&probability), sum(&|raw| at.probability(raw)));
                assert!((expected - calibrated).abs() < 1e-9, "{calibrator:?} at {level}: {expected} {calibrated}");
            }
        }
        let same = Calibrator { map: Map::Beta { a: 1.0, b: 1.0 }, reference, bias: 0.0 };
        assert!((same.at(0.4).log_odds(1.7) - 1.7).abs() < 1e-9);
    }

    #[test]
    fn calibrators_survive_json_and_those_of_earlier_versions_are_read() {
        for map in maps() {
            let calibrator = Calibrator { map, reference: vec![-0.5, 0.5], bias: 0.1 };
            let json = serde_json::to_string(&calibrator).unwrap();
            assert_eq!(serde_json::from_str::<Calibrator>(&json).unwrap(), calibrator);
        }
        let read = |json: &str| serde_json::from_str::<Calibrator>(json).unwrap();
        assert_eq!(read(r#"{"kind":"none"}"#), Calibrator::NONE);
        let old = read(r#"{"kind":"slope","slope":0.5}"#);
        assert!((old.at(0.5).log_odds(2.5) - 1.5).abs() < 1e-12);
    }
}
