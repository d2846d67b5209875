//! Learning one map of each kind from predictions made out of time.

use serde::{Deserialize, Serialize};

use super::isotonic::{self, Bin};
use super::{Calibrator, CutoffPredictions, Map};
use crate::maths::lines::{self, InterceptGroup};
use crate::maths::special::softplus;

/// The kinds of maps, the simplest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// No calibration.
    None,
    /// A line around the level predicted.
    Slope,
    /// A line, and a correction of the level that all cutoffs share.
    SlopeAndLevel,
    /// Two slopes around the level predicted.
    Beta,
    /// A rising curve around the level predicted.
    Isotonic,
}

impl Kind {
    /// All of them, the simplest first.
    pub const ALL: &[Self] = &[Self::None, Self::Slope, Self::SlopeAndLevel, Self::Beta, Self::Isotonic];

    /// Cutoffs on which it must have been checked: that the level was predicted too high once is no reason to lower it.
    pub(super) const fn least_checks(self) -> usize {
        match self {
            Self::SlopeAndLevel => 2,
            _ => 1,
        }
    }

    /// The map that suits some predictions best; `None` where they say too little.
    pub(super) fn learn(self, predicted: &[&CutoffPredictions]) -> Option<Calibrator> {
        match self {
            Self::None => Some(Calibrator::NONE),
            Self::Slope => Some(at_the_predicted_level(slope(predicted)?, predicted)),
            Self::SlopeAndLevel => with_bias(at_the_predicted_level(slope(predicted)?, predicted), predicted),
            Self::Beta => Some(at_the_predicted_level(beta(predicted)?, predicted)),
            Self::Isotonic => Some(at_the_predicted_level(curve(predicted)?, predicted)),
        }
    }
}

/// A slope outside this range comes from too few rows, and is not used.
const BELIEVABLE: std::ops::RangeInclusive<f64> = 0.2..=5.0;

/// Customers of a bin at least, and bins at most.
const LEAST_IN_BIN: usize = 50;
const MOST_BINS: usize = 40;

/// Deviations that are kept to hold the level.
const REFERENCE: usize = 50;

impl CutoffPredictions {
    fn deviations(&self) -> impl Iterator<Item = f64> {
        self.log_odds.iter().map(|raw| raw - self.level)
    }

    /// A group with a level of its own, with regressors made of the deviation.
    fn group<const K: usize>(&self, x: impl Fn(f64) -> [f64; K]) -> InterceptGroup<'_, K> {
        InterceptGroup {
            x: self.deviations().map(x).collect(),
            offset: vec![0.0; self.churned.len()],
            churned: &self.churned,
        }
    }
}

/// Maps are learnt beside the levels at which the cutoffs really were, so they know nothing of the level.
fn at_the_predicted_level(map: Map, predicted: &[&CutoffPredictions]) -> Calibrator {
    let mut deviations: Vec<f64> = predicted.iter().flat_map(|one| one.deviations()).collect();
    deviations.sort_by(f64::total_cmp);
    let at = |place: usize| deviations.get((2 * place + 1) * deviations.len() / (2 * REFERENCE)).copied();
    Calibrator { map, reference: (0..REFERENCE).filter_map(at).collect(), bias: 0.0 }
}

/// The one shift for all cutoffs, on top of the levels predicted, under which their outcomes are most likely.
fn with_bias(calibrator: Calibrator, predicted: &[&CutoffPredictions]) -> Option<Calibrator> {
    let churned: Vec<bool> = predicted.iter().flat_map(|one| one.churned.iter().copied()).collect();
    let of_cutoff = |one: &&CutoffPredictions| {
        let at = calibrator.at(one.level);
        one.log_odds.iter().map(|raw| at.log_odds(*raw)).collect::<Vec<f64>>()
    };
    let offset: Vec<f64> = predicted.iter().flat_map(of_cutoff).collect();
    let fitted = lines::fit::<0>(&[InterceptGroup { x: vec![[]; churned.len()], offset, churned: &churned }])?;
    Some(Calibrator { bias: *fitted.intercepts.first()?, ..calibrator })
}

fn slope(predicted: &[&CutoffPredictions]) -> Option<Map> {
    let groups: Vec<InterceptGroup<'_, 1>> = predicted.iter().map(|one| one.group(|deviation| [deviation])).collect();
    let [slope] = lines::fit(&groups)?.slopes;
    BELIEVABLE.contains(&slope).then_some(Map::Line { slope })
}

/// The regressors are those of the deviation, not of the probability as in the paper: that the surest were judged too
/// boldly is a fact about how far they stand from the others, and must not wander to other customers when the level falls.
fn beta(predicted: &[&CutoffPredictions]) -> Option<Map> {
    let sides = |deviation: f64| [-softplus(-deviation), softplus(deviation)];
    let groups: Vec<InterceptGroup<'_, 2>> = predicted.iter().map(|one| one.group(sides)).collect();
    let [a, b] = lines::fit(&groups)?.slopes;
    // The paper sets a negative parameter to 0, which flattens one side; here such a map is not used, because customers
    // there would be distinguished by rounding only.
    [a, b].iter().all(|slope| BELIEVABLE.contains(slope)).then_some(Map::Beta { a, b })
}

fn curve(predicted: &[&CutoffPredictions]) -> Option<Map> {
    let points = isotonic::points(bins(predicted)?);
    (points.len() > 1).then_some(Map::Isotonic { points })
}

/// Bins of about equal size in ascending deviation; equal deviations share one. Each cutoff stands at the level at which
/// it really was.
fn bins(predicted: &[&CutoffPredictions]) -> Option<Vec<Bin>> {
    let mut rows: Vec<(f64, usize, bool)> = Vec::new();
    let mut levels = Vec::with_capacity(predicted.len());
    for (cutoff, one) in predicted.iter().enumerate() {
        let own = InterceptGroup {
            x: vec![[]; one.churned.len()],
            offset: one.deviations().collect(),
            churned: &one.churned,
        };
        levels.push(*lines::fit::<0>(&[own])?.intercepts.first()?);
        rows.extend(one.deviations().zip(&one.churned).map(|(deviation, churned)| (deviation, cutoff, *churned)));
    }
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let size = (rows.len().div_ceil(MOST_BINS)).max(LEAST_IN_BIN);
    let mut bins: Vec<Bin> = Vec::with_capacity(MOST_BINS + 1);
    for alike in rows.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        if bins.last().is_none_or(|bin| bin.n >= size as f64) {
            bins.push(Bin::empty(&levels));
        }
        if let Some(bin) = bins.last_mut() {
            for (deviation, cutoff, churned) in alike {
                bin.add(*deviation, *cutoff, *churned);
            }
        }
    }
    Some(bins)
}
