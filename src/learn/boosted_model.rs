//! What boosting learns: trees over named features, and the level of churn over the calendar around them.

use std::ops::Range;

use ndarray::Array2;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::attribution::Attribution;
use super::curves::{self, Curve};
use super::error::LearnError;
use super::forest::Forest;
use super::intercepts::Intercepts;
use super::level::Level;
use super::preparation::positions;
use super::rows::matrix;
use super::walk::{self, Walk};
use super::xgboost;
use crate::checked::{self, Checked, Flaw};
use crate::dataset::Dataset;
use crate::timeline::Cutoff;

/// Rows that one task reads.
const BLOCK_ROWS: usize = 256;

/// Trees over named features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "UncheckedTrees")]
pub(super) struct Trees {
    features: Vec<String>,
    forest: Forest,
}

/// Trees as they stand in a file, whose forest may be about other features than those named.
#[derive(Deserialize)]
struct UncheckedTrees {
    features: Vec<String>,
    forest: Forest,
}

impl TryFrom<UncheckedTrees> for Trees {
    type Error = String;

    fn try_from(UncheckedTrees { features, forest }: UncheckedTrees) -> Result<Self, String> {
        if features.len() != forest.n_features() {
            return Err(format!("{} features are named, the trees know {}", features.len(), forest.n_features()));
        }
        Ok(Self { features, forest })
    }
}

impl Trees {
    /// No trees yet.
    pub(super) fn over(features: Vec<String>) -> Self {
        Self { forest: Forest::empty(features.len()), features }
    }

    pub(super) fn forest_mut(&mut self) -> &mut Forest {
        &mut self.forest
    }

    /// What the trees say of an average customer.
    pub(super) fn mean(&self) -> f64 {
        self.forest.mean()
    }

    pub(super) fn n_trees(&self) -> usize {
        self.forest.trees().len()
    }

    pub(super) fn features(&self) -> &[String] {
        &self.features
    }

    /// How far the log-odds of each row are from those of an average customer.
    pub(super) fn deviations(&self, dataset: &Dataset, rows: &[usize]) -> Result<Vec<f64>, LearnError> {
        let mut deviations = vec![0.0; rows.len()];
        let mean = self.forest.mean();
        let walk = self.walk(0..self.n_trees(), dataset)?;
        each_sum(&walk, (dataset, rows), &mut deviations, |place, sum| *place = sum - mean);
        Ok(deviations)
    }

    /// Adds to `sums` what some of the trees say of each row.
    pub(super) fn add(
        &self,
        trees: Range<usize>,
        dataset: &Dataset,
        rows: &[usize],
        sums: &mut [f64],
    ) -> Result<(), LearnError> {
        each_sum(&self.walk(trees, dataset)?, (dataset, rows), sums, |place, sum| *place += sum);
        Ok(())
    }

    /// Reads what the trees test; other features may be absent.
    fn reader<'a>(&self, dataset: &'a Dataset) -> Result<Reader<'a>, LearnError> {
        let positions = positions(dataset, &self.features, |feature| self.forest.tests(feature))?;
        Ok(Reader { dataset, positions })
    }

    /// Some of the trees, made ready for the rows of a dataset.
    fn walk(&self, trees: Range<usize>, dataset: &Dataset) -> Result<Walk, LearnError> {
        Ok(Walk::of(&self.forest.trees()[trees], &self.reader(dataset)?.positions))
    }
}

/// Does something with what trees say of each row.
fn each_sum(
    walk: &Walk,
    (dataset, rows): (&Dataset, &[usize]),
    places: &mut [f64],
    put: impl Fn(&mut f64, f64) + Sync,
) {
    let (features, width) = (dataset.features.as_standard_layout(), dataset.features.ncols());
    let features = features.as_slice().unwrap_or_default();
    places.par_chunks_mut(BLOCK_ROWS).zip(rows.par_chunks(BLOCK_ROWS)).for_each(|(places, rows)| {
        for (places, rows) in places.chunks_mut(walk::ROWS).zip(rows.chunks(walk::ROWS)) {
            let mut values: [&[f32]; walk::ROWS] = [&[]; walk::ROWS];
            for (values, row) in values.iter_mut().zip(rows) {
                *values = &features[row * width..][..width];
            }
            let sums = walk.sums(&values[..rows.len()]);
            places.iter_mut().zip(sums).for_each(|(place, sum)| put(place, sum));
        }
    });
}

/// Trees as they grew, and the levels of the cutoffs around the first of them after each step.
#[derive(Debug, Clone)]
pub(super) struct Grown {
    pub(super) trees: Trees,
    pub(super) levels: Vec<Intercepts>,
}

/// Trees and the level of churn over the calendar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BoostedModel {
    trees: Trees,
    level: Level,
}

impl BoostedModel {
    pub(super) const fn new(trees: Trees, level: Level) -> Self {
        Self { trees, level }
    }

    pub(super) fn log_odds(&self, dataset: &Dataset, rows: &[usize]) -> Result<Vec<f64>, LearnError> {
        Ok(self.around_levels(self.trees.deviations(dataset, rows)?, dataset, rows))
    }

    fn around_levels(&self, mut deviations: Vec<f64>, dataset: &Dataset, rows: &[usize]) -> Vec<f64> {
        let levels: Vec<f64> = dataset.cutoffs.iter().map(|cutoff| self.base_log_odds(*cutoff)).collect();
        for (deviation, row) in deviations.iter_mut().zip(rows) {
            *deviation += levels[usize::from(dataset.cutoff_idx[*row])];
        }
        deviations
    }

    /// What the trees add to each feature, made ready for many rows.
    pub(super) fn attribution(&self) -> Attribution {
        Attribution::of(&self.trees.forest)
    }

    /// The log-odds of rows and what each feature adds to them. One row of a block is also led through the trees, whose
    /// word the tables of an attribution have to match.
    pub(super) fn explained(
        &self,
        dataset: &Dataset,
        rows: &[usize],
        attribution: &Attribution,
    ) -> Result<(Vec<f64>, Array2<f64>), LearnError> {
        let reader = self.trees.reader(dataset)?;
        let (deviations, parts) = attribution.explain(rows.len(), |place, feature| reader.value(rows[place], feature));
        let log_odds = self.around_levels(deviations, dataset, rows);
        if let (Some(row), Some(found)) = (rows.first(), log_odds.first()) {
            let walked = self.log_odds(dataset, &[*row])?;
            if walked.first().is_none_or(|walked| walked.total_cmp(found).is_ne()) {
                let difference = found - walked.first().unwrap_or(&f64::NAN);
                return Err(LearnError::NotAdditive { row: *row, difference, limit: 0.0 });
            }
        }
        Ok((log_odds, matrix((rows.len(), self.trees.features.len()), parts)?))
    }

    pub(super) fn features(&self) -> &[String] {
        &self.trees.features
    }

    /// The features that a test reads.
    pub(super) fn used_features(&self) -> impl Iterator<Item = &str> {
        let Trees { features, forest } = &self.trees;
        (0..features.len()).filter(|feature| forest.tests(*feature)).map(|feature| features[feature].as_str())
    }

    pub(super) fn base_log_odds(&self, cutoff: Cutoff) -> f64 {
        self.level.at(cutoff.date())
    }

    pub(super) fn curves(&self, dataset: &Dataset, rows: &[usize]) -> Result<Vec<Curve>, LearnError> {
        let reader = self.trees.reader(dataset)?;
        Ok(curves::strongest(&self.trees.forest, &self.trees.features, &reader.read_all(rows)))
    }

    /// The features of the trees and the trees.
    pub(super) fn onnx_parts(&self) -> (&[String], &Forest) {
        (&self.trees.features, &self.trees.forest)
    }

    /// The trees in the JSON format of `XGBoost` 3, whose margins are log-odds of customers at `cutoff`.
    #[must_use]
    pub fn xgboost_json(&self, cutoff: Cutoff) -> String {
        xgboost::document(&self.trees.forest, &self.trees.features, self.base_log_odds(cutoff)).to_string()
    }
}

impl Checked for BoostedModel {
    /// The trees themselves are checked as they are read.
    fn check(&self) -> Result<(), Flaw> {
        checked::names("trees.features", self.trees.features.iter().map(String::as_str))?;
        checked::within("level", &self.level)
    }
}

/// Reads the features of trees off a dataset.
pub(super) struct Reader<'a> {
    dataset: &'a Dataset,
    positions: Vec<Option<usize>>,
}

impl<'a> Reader<'a> {
    pub(super) fn of(dataset: &'a Dataset, features: &[String]) -> Result<Self, LearnError> {
        Ok(Self { dataset, positions: positions(dataset, features, |_| true)? })
    }

    pub(super) fn read(&self, row: usize, values: &mut [f32]) {
        let row = self.dataset.features.row(row);
        for (value, position) in values.iter_mut().zip(&self.positions) {
            *value = position.map_or(f32::NAN, |at| row[at]);
        }
    }

    pub(super) fn value(&self, row: usize, feature: usize) -> f32 {
        self.positions[feature].map_or(f32::NAN, |at| self.dataset.features[[row, at]])
    }

    /// The rows one after the other.
    pub(super) fn read_all(&self, rows: &[usize]) -> Vec<f32> {
        let width = self.positions.len().max(1);
        let mut values = vec![0.0; rows.len() * width];
        values.par_chunks_mut(width * BLOCK_ROWS).zip(rows.par_chunks(BLOCK_ROWS)).for_each(|(values, rows)| {
            values.chunks_mut(width).zip(rows).for_each(|(values, row)| self.read(*row, values));
        });
        values
    }
}
