//! Features beside those of the last list and of training: the population stability index of each that the model uses, held
//! against the widest swing between the training cutoffs themselves, so that seasons are quiet. A jump since the last list is
//! told of one feature; what moves slowly only if many have left the way that they were going.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::alarm::{Alarm, DRIFT, Level};
use super::feature_bins::{FeatureBins, FeatureCounts};
use super::shift::{cliffs_delta, psi};
use crate::checked::{self, Checked, Flaw};
use crate::dataset::Dataset;
use crate::features::{self, Telling};
use crate::text::{counted, grouped};
use crate::timeline::Cutoff;

/// Below this index a distribution counts as the same, whatever the swings of training were.
///
/// # Source
/// Siddiqi (2006), Credit Risk Scorecards, chapter 9: from .25 on, a shift matters.
const LEAST_PSI: f64 = 0.25;
/// The widest swing between training cutoffs is allowed this many times.
const MARGIN: f64 = 2.0;
/// Rows that say something.
const LEAST_ROWS: u64 = 50;
/// Features that are named.
const SHOWN: usize = 3;
/// Slow drift is told if so many features have moved, and one in so many: in a shop that grows a few always do.
const LEAST_MOVED: usize = 3;
const ONE_IN: usize = 10;
const MOST_FEATURES: usize = 10_000;

/// How the features of a version were distributed in training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeatureProfile {
    features: Vec<FeatureBins>,
    /// The share that churned at each training cutoff, the earliest first.
    pub(super) churn_rates: Vec<f64>,
    /// The days of the training cutoffs, counted from 1970-01-01, the earliest first.
    cutoff_days: Vec<i32>,
}

/// How far a feature has moved from training.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FeatureDrift {
    /// The feature.
    pub feature: String,
    /// Population stability index of the list beside all rows of training.
    pub psi: f64,
    /// Up to here it is as the swings of training would have brought by now.
    pub allowed_psi: f64,
    /// Cliff's delta: above 0, values are larger than in training.
    pub cliffs_delta: f64,
    /// Rows of the list.
    pub n: u64,
}

impl FeatureProfile {
    /// The distribution of some features at training cutoffs, by the rows that training learns from.
    #[must_use]
    pub fn of(dataset: &Dataset, used: &BTreeSet<&str>, cutoffs: &[Cutoff], as_of: Cutoff) -> Self {
        let rows: Vec<Vec<usize>> =
            cutoffs.iter().map(|wanted| dataset.panel_rows_at(|cutoff| cutoff == *wanted)).collect();
        let rate = |rows: &Vec<usize>| {
            let churned = rows.iter().filter(|row| dataset.churned(**row, as_of)).count();
            (!rows.is_empty()).then(|| churned as f64 / rows.len() as f64)
        };
        Self {
            // What is the same for many at once jumps from list to list, and so does the season.
            features: used
                .iter()
                .filter(|name| !is_context(name))
                .filter_map(|name| FeatureBins::of(dataset, name, &rows))
                .collect(),
            churn_rates: rows.iter().filter_map(rate).collect(),
            cutoff_days: cutoffs.iter().map(|cutoff| cutoff.day()).collect(),
        }
    }

    /// Counts the rows of a part of a list.
    #[must_use]
    pub fn count(&self, dataset: &Dataset) -> FeatureCounts {
        let of_feature = |bins: &FeatureBins| {
            dataset
                .schema
                .position(&bins.name)
                .map_or_else(Vec::new, |column| bins.count(dataset, column, 0..dataset.len()))
        };
        FeatureCounts(self.features.iter().map(of_feature).collect())
    }

    /// One alarm for all features that have moved, those aside that read what other alarms are about. `last` are the counts
    /// of the last list by the same model.
    pub(super) fn look(&self, tonight: Counted<'_>, last: Option<&FeatureCounts>, told: &[Alarm]) -> Option<Alarm> {
        let is_told = |name: &str| told.iter().any(|alarm| explains(alarm, name));
        let jumped = last.map_or_else(Vec::new, |last| {
            let of = |place: usize, bins: &FeatureBins| {
                let before = last.0.get(place).filter(|before| before.len() == bins.rows.len())?;
                Some((before.clone(), (MARGIN * bins.widest_psi).max(LEAST_PSI)))
            };
            self.moved(tonight.counts, is_told, of)
        });
        if !jumped.is_empty() {
            return self.alarm(&jumped, "than on the list before");
        }
        let stretch = self.stretch(tonight.as_of_day)?;
        let of = |_: usize, bins: &FeatureBins| {
            Some((bins.rows.clone(), (MARGIN * stretch * bins.widest_psi).max(LEAST_PSI)))
        };
        let moved = self.moved(tonight.counts, is_told, of);
        let are_many = moved.len() >= LEAST_MOVED && moved.len() * ONE_IN >= self.features.len();
        are_many.then(|| self.alarm(&moved, "than a trend of training would have brought"))?
    }

    /// How far each feature of a list of a day lies from training, the farthest first; nothing for counts of other bins.
    pub(super) fn drift(&self, counts: &FeatureCounts, as_of_day: i32) -> Vec<FeatureDrift> {
        let stretch = self.stretch(as_of_day).unwrap_or(1.0);
        let of = |(bins, counts): (&FeatureBins, &Vec<u64>)| {
            (counts.len() == bins.rows.len()).then(|| FeatureDrift {
                feature: bins.name.clone(),
                psi: psi(counts, &bins.rows),
                allowed_psi: (MARGIN * stretch * bins.widest_psi).max(LEAST_PSI),
                cliffs_delta: cliffs_delta(counts, &bins.rows),
                n: counts.iter().sum(),
            })
        };
        let mut found: Vec<FeatureDrift> = self.features.iter().zip(&counts.0).filter_map(of).collect();
        found.sort_by(|a, b| b.psi.total_cmp(&a.psi).then_with(|| a.feature.cmp(&b.feature)));
        found
    }

    /// By how much the swings of training may have grown since, if they were a trend that goes on: the index grows with the
    /// square of the distance from the middle of the training cutoffs.
    fn stretch(&self, as_of_day: i32) -> Option<f64> {
        let (first, last) = (self.cutoff_days.first()?, self.cutoff_days.last()?);
        let half = f64::from(last - first) / 2.0;
        (half > 0.0).then(|| ((half + f64::from((as_of_day - last).max(0))) / half).powi(2))
    }

    /// The features that lie beyond a limit from the counts that `of` gives with it, the farthest first.
    fn moved(
        &self,
        counts: &FeatureCounts,
        is_told: impl Fn(&str) -> bool,
        of: impl Fn(usize, &FeatureBins) -> Option<(Vec<u64>, f64)>,
    ) -> Vec<Moved> {
        let moved = |(place, (bins, counts)): (usize, (&FeatureBins, &Vec<u64>))| {
            let n: u64 = counts.iter().sum();
            let (before, limit) = of(place, bins)?;
            let psi = psi(counts, &before);
            let is_moved = n >= LEAST_ROWS && psi > limit && !is_told(&bins.name);
            let effect = cliffs_delta(counts, &before);
            is_moved.then(|| Moved { name: bins.name.clone(), psi, limit, effect, n })
        };
        let mut moved: Vec<Moved> = self.features.iter().zip(&counts.0).enumerate().filter_map(moved).collect();
        moved.sort_by(|a, b| (b.psi / b.limit).total_cmp(&(a.psi / a.limit)).then(a.name.cmp(&b.name)));
        moved
    }

    fn alarm(&self, moved: &[Moved], than: &str) -> Option<Alarm> {
        let first = moved.first()?;
        let shown: Vec<String> = moved.iter().take(SHOWN).map(Moved::in_words).collect();
        let message = format!(
            "{} of {} that the model uses are distributed otherwise {than}, over {}: {}{}",
            grouped(moved.len() as u64),
            counted(self.features.len() as u64, "feature"),
            counted(first.n, "customer"),
            shown.join(", "),
            if moved.len() > SHOWN { ", ..." } else { "" },
        );
        Some(Alarm {
            check: DRIFT,
            level: Level::Warn,
            feed: None,
            column: None,
            figure: first.psi,
            limit: first.limit,
            n: first.n,
            message,
            hint:
                "look at the columns that these features read; if the shop has changed, train a model with `retain run`"
                    .to_owned(),
        })
    }
}

/// The features of tonight's list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted<'a> {
    pub(super) counts: &'a FeatureCounts,
    /// The day of the list, counted from 1970-01-01.
    pub(super) as_of_day: i32,
}

/// Whether a feature tells of the shop, the season or other customers rather than of the one.
fn is_context(name: &str) -> bool {
    features::find(name).is_some_and(|feature| matches!(feature.telling, Telling::Context(_)))
}

/// A feature that has moved.
struct Moved {
    name: String,
    psi: f64,
    limit: f64,
    effect: f64,
    n: u64,
}

impl Moved {
    fn in_words(&self) -> String {
        let Self { name, psi, limit, effect, .. } = self;
        let side = if *effect > 0.0 { "larger" } else { "smaller" };
        format!("`{name}` (PSI {psi:.2}, allowed {limit:.2}; {side}, Cliff's delta {effect:+.2})")
    }
}

/// Whether an alarm about a column or a feed says why a feature has moved.
fn explains(alarm: &Alarm, feature: &str) -> bool {
    let Some(feed) = alarm.feed else { return false };
    let Some(known) = features::find(feature) else { return true };
    // Every feature looks at orders: a feed of purchases that is not whole moves them all.
    let sources = if alarm.column.is_none() { known.sources() } else { known.own_sources() };
    sources
        .iter()
        .filter_map(|source| source.split_once('.'))
        .any(|(table, column)| table == feed && alarm.column.as_ref().is_none_or(|alarmed| alarmed == column))
}

impl Checked for FeatureProfile {
    fn check(&self) -> Result<(), Flaw> {
        checked::at_most("features", self.features.len(), MOST_FEATURES)?;
        checked::names("features", self.features.iter().map(|bins| bins.name.as_str()))?;
        checked::ascending("cutoff_days", &self.cutoff_days)?;
        checked::numbers("churn_rates", self.churn_rates.iter().copied(), &(0.0..=1.0))?;
        self.features.iter().try_for_each(|bins| {
            checked::ascending(&bins.name, &bins.edges)?;
            checked::length(&bins.name, bins.rows.len(), bins.edges.len() + 2)?;
            checked::number(&bins.name, bins.widest_psi, &(0.0..=1e3))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::alarm::{MISSING, NULLS};
    use super::*;

    fn profile(n_features: usize) -> FeatureProfile {
        let bins = |number: usize| FeatureBins {
            name: format!("feature_{number}"),
            edges: vec![1.0, 2.0],
            rows: vec![300, 300, 300, 0],
            widest_psi: 0.05,
        };
        FeatureProfile {
            features: (0..n_features).map(bins).collect(),
            churn_rates: vec![0.3],
            cutoff_days: vec![19_000, 19_200],
        }
    }

    fn counts(moved: usize, n_features: usize) -> FeatureCounts {
        FeatureCounts(
            (0..n_features).map(|of| if of < moved { vec![20, 40, 240, 0] } else { vec![100, 100, 100, 0] }).collect(),
        )
    }

    #[test]
    fn a_jump_of_one_feature_is_told_and_slow_drift_of_a_few_is_not() {
        let profile = profile(20);
        let look = |moved: usize, last: Option<&FeatureCounts>, as_of_day: i32| {
            let counts = counts(moved, 20);
            profile.look(Counted { counts: &counts, as_of_day }, last, &[]).map(|alarm| alarm.message)
        };
        let usual = counts(0, 20);
        assert_eq!(look(0, Some(&usual), 19_210), None);
        assert!(look(1, Some(&usual), 19_210).unwrap().contains("`feature_0`"));
        assert_eq!(look(1, Some(&counts(1, 20)), 19_210), None, "it was so on the list before");
        assert_eq!(look(2, None, 19_210), None);
        assert!(look(5, None, 19_210).unwrap().contains("a trend of training"));
        assert_eq!(look(5, None, 19_800), None, "as far as a trend would have gone by then");
    }

    #[test]
    fn what_moved_most_comes_first_with_its_side() {
        let mut counts = counts(1, 3);
        counts.0.swap(0, 2);
        let drift = profile(3).drift(&counts, 19_200);
        assert_eq!(
            drift.iter().map(|drift| drift.feature.as_str()).collect::<Vec<_>>(),
            ["feature_2", "feature_0", "feature_1"]
        );
        assert!(drift[0].psi > 0.25 && drift[0].cliffs_delta > 0.0 && drift[0].n == 300);
        assert!(drift[1].psi < 1e-9 && (drift[1].allowed_psi - 0.25).abs() < 1e-12);
        assert!(profile(3).drift(&FeatureCounts(vec![vec![1, 2]; 3]), 19_200).is_empty());
    }

    #[test]
    fn an_alarm_about_a_column_explains_the_features_that_read_it_and_no_others() {
        let alarm = |check, column: Option<&str>| Alarm {
            check,
            level: Level::Warn,
            feed: Some("purchases"),
            column: column.map(str::to_owned),
            figure: 0.0,
            limit: 0.0,
            n: 0,
            message: String::new(),
            hint: String::new(),
        };
        let of =
            |check, column| features::catalogue().filter(move |feature| explains(&alarm(check, column), feature.name));
        assert!(of(NULLS, Some("discount")).all(|feature| feature.name.contains("discount")));
        assert!(of(NULLS, Some("discount")).count() > 0);
        assert_eq!(of(MISSING, None).count(), features::catalogue().count());
    }
}
