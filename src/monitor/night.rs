//! What a night leaves for the nights after it, beside its list: the profile of its feeds, its scores in figures, and what
//! was told. It names no customer.

use serde::{Deserialize, Serialize};

use super::alarm::Alarm;
use super::feature_bins::FeatureCounts;
use super::performance::ListPerformance;
use super::profile::ShopProfile;
use crate::checked::{self, Checked, Flaw};

/// The format of these records; raised when an older reader would misunderstand them.
pub const NIGHT_FORMAT: u32 = 1;
/// Bounds of the bins of probabilities.
const BOUNDS: [f64; 12] = [0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
/// Places of a list that are compared with those of the list before.
pub const FIRST_PLACES: usize = 100;

/// `monitor.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Night {
    /// [`NIGHT_FORMAT`].
    pub format: u32,
    /// The day of the list, counted from 1970-01-01.
    pub as_of_day: i32,
    /// The version that scored.
    pub model_version: String,
    /// Its feeds.
    pub shop: ShopProfile,
    /// Its list.
    pub scores: Scores,
    /// Its features in the bins of the model's training; `None` for a model without a profile.
    pub features: Option<FeatureCounts>,
    /// What was told.
    pub told: Vec<Told>,
    /// The lists so far, and what came of those whose label window has ended.
    pub performance: Vec<ListPerformance>,
}

/// The lists of a night in figures.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Customers on both lists.
    pub n: u64,
    /// Their mean churn probability.
    pub mean: f64,
    /// How many have a probability between each two bounds.
    pub bins: Vec<u64>,
    /// The first places beside those of the list before; `None` without one.
    pub turnover: Option<Turnover>,
}

/// How many of the first customers of a list are among the first of the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turnover {
    /// Places that were compared.
    pub places: u32,
    /// Customers who are among them again.
    pub kept: u32,
}

/// An alarm of an earlier night, by what it was about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    check: String,
    feed: Option<String>,
    column: Option<String>,
}

impl Told {
    /// What an alarm was about.
    #[must_use]
    pub fn of(alarm: &Alarm) -> Self {
        Self { check: alarm.check.to_owned(), feed: alarm.feed.map(str::to_owned), column: alarm.column.clone() }
    }
}

impl Night {
    /// Whether it told of the same thing.
    #[must_use]
    pub fn has_told(&self, alarm: &Alarm) -> bool {
        self.told.contains(&Told::of(alarm))
    }
}

impl Scores {
    /// The figures of the churn probabilities of both lists.
    #[must_use]
    pub fn of(probabilities: &[f64], turnover: Option<Turnover>) -> Self {
        let mut bins = vec![0; BOUNDS.len() + 1];
        for probability in probabilities {
            if let Some(bin) = bins.get_mut(BOUNDS.partition_point(|bound| bound <= probability)) {
                *bin += 1;
            }
        }
        let n = probabilities.len();
        Self { n: n as u64, mean: probabilities.iter().sum::<f64>() / (n as f64).max(1.0), bins, turnover }
    }
}

impl Turnover {
    /// How many of the first of an earlier list are among as many of tonight's.
    #[must_use]
    pub fn of(before: &[String], now: &[String]) -> Self {
        let places = FIRST_PLACES.min(before.len()).min(now.len());
        let first: std::collections::BTreeSet<&String> = now.iter().take(places).collect();
        let kept = before.iter().take(places).filter(|customer| first.contains(customer)).count();
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { places: count(places), kept: count(kept) }
    }
}

impl Checked for Night {
    fn check(&self) -> Result<(), Flaw> {
        checked::holds("format", self.format == NIGHT_FORMAT, "is not one that is known")?;
        checked::within("shop", &self.shop)?;
        self.performance.iter().try_for_each(|list| checked::within("performance", list))?;
        let days: Vec<i32> = self.performance.iter().map(|list| list.as_of_day).collect();
        checked::ascending("performance", &days)?;
        checked::number("scores.mean", self.scores.mean, &(0.0..=1.0))?;
        checked::length("scores.bins", self.scores.bins.len(), BOUNDS.len() + 1)?;
        let is_part = self.scores.turnover.is_none_or(|turnover| turnover.kept <= turnover.places);
        checked::holds("scores.turnover", is_part, "keeps more than there are")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_counted_and_the_first_places_compared() {
        let scores = Scores::of(&[0.01, 0.02, 0.95, 0.5], None);
        assert_eq!((scores.n, scores.bins.iter().sum::<u64>(), scores.bins[0]), (4, 4, 1));
        assert!((scores.mean - 0.37).abs() < 1e-12);
        let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        let turnover = Turnover::of(&ids(&["a", "b", "c"]), &ids(&["b", "a", "x", "c"]));
        assert_eq!(turnover, Turnover { places: 3, kept: 2 });
    }
}
