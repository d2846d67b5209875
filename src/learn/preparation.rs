//! From features to columns that a linear learner can use: skewed features are tamed, all are standardised, missing
//! values become the mean plus an indicator. Everything is learnt from training rows and stored with the model.

use ndarray::Array2;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::card::ColumnKind;
use super::error::LearnError;
use super::feature_selection::finite_values;
use super::rows::matrix;
use crate::checked::{self, Checked, Flaw};
use crate::dataset::Dataset;
use crate::maths::hash::fingerprint;

/// A feature with larger skewness is replaced by its signed logarithm, if that lowers the skewness.
const SKEWED: f64 = 1.0;

/// Below this standard deviation, relative to the mean, a feature is constant.
const CONSTANT: f64 = 1e-9;

/// By which figures of the same values may differ.
const ROUNDING: f64 = 1e-6;

/// How the features of training rows become standardised columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preparation {
    features: Vec<String>,
    columns: Vec<Column>,
}

/// One prepared column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Column {
    /// Position of its feature in `features`.
    feature: usize,
    what: What,
    mean: f64,
    sd: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
enum What {
    /// The value, or its signed logarithm; values outside the range of the training rows count as its nearest end.
    Value { logarithm: bool, low: f64, high: f64 },
    /// 1 where the value is missing.
    IsMissing,
}

impl Preparation {
    /// Learns the preparation of `features` from some rows. Features that are missing in the same rows share one
    /// indicator.
    ///
    /// # Errors
    /// A feature that the dataset lacks, or an infinite value.
    pub fn learn(dataset: &Dataset, rows: &[usize], features: &[String]) -> Result<Self, LearnError> {
        let learnt: Result<Vec<_>, _> =
            features.par_iter().enumerate().map(|(i, name)| learn_feature(dataset, rows, name, i)).collect();
        let mut seen_patterns = std::collections::BTreeSet::new();
        let mut columns = Vec::new();
        let mut indicators = Vec::new();
        for learnt in learnt? {
            columns.extend(learnt.value);
            if let Some((pattern, indicator)) = learnt.missing
                && seen_patterns.insert(pattern)
            {
                indicators.push(indicator);
            }
        }
        columns.extend(indicators);
        Ok(Self { features: features.to_vec(), columns })
    }

    /// How many columns there are.
    #[must_use]
    pub const fn n_columns(&self) -> usize {
        self.columns.len()
    }

    /// The features read, in the order that `feature_of` counts.
    #[must_use]
    pub fn features(&self) -> &[String] {
        &self.features
    }

    /// Position of the feature behind a column.
    #[must_use]
    pub fn feature_of(&self, column: usize) -> usize {
        self.columns[column].feature
    }

    /// Whether a feature has a column.
    fn reads(&self, feature: usize) -> bool {
        self.columns.iter().any(|column| column.feature == feature)
    }

    /// The features that have a column: others may be absent from a dataset.
    pub(super) fn used(&self) -> impl Iterator<Item = &str> {
        (0..self.features.len()).filter(|feature| self.reads(*feature)).map(|feature| self.features[feature].as_str())
    }

    /// What a column holds of its feature, and its mean and standard deviation over the training rows.
    pub(super) fn described(&self, column: usize) -> (ColumnKind, f64, f64) {
        let Column { what, mean, sd, .. } = self.columns[column];
        let kind = match what {
            What::IsMissing => ColumnKind::IsMissing,
            What::Value { logarithm: true, .. } => ColumnKind::SignedLogarithm,
            What::Value { .. } => ColumnKind::Value,
        };
        (kind, mean, sd)
    }

    /// The prepared rows, `(n_rows, n_columns)`, in row-major order.
    ///
    /// # Errors
    /// A feature that the dataset lacks.
    pub fn apply(&self, dataset: &Dataset, rows: &[usize]) -> Result<Array2<f64>, LearnError> {
        self.apply_beside(dataset, rows, 0)
    }

    /// The same with so many more columns of zeros to the right, `(n_rows, n_columns + more)`.
    pub(super) fn apply_beside(
        &self,
        dataset: &Dataset,
        rows: &[usize],
        more: usize,
    ) -> Result<Array2<f64>, LearnError> {
        let positions = positions(dataset, &self.features, |feature| self.reads(feature))?;
        let n_columns = self.columns.len() + more;
        let mut prepared = vec![0.0; rows.len() * n_columns];
        prepared.par_chunks_mut(n_columns.max(1)).zip(rows).for_each(|(out, row)| {
            for (place, column) in out.iter_mut().zip(&self.columns) {
                *place = column.prepare(positions[column.feature].map_or(f64::NAN, |at| dataset.value(*row, at)));
            }
        });
        matrix((rows.len(), n_columns), prepared)
    }
}

/// What a linear model makes of one column: `weight (x - mean) / sd`, with `x` the value, tamed and held between `low` and
/// `high`, or 1 where it is missing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ColumnTerms<'p> {
    pub(super) feature: &'p str,
    pub(super) is_missing: bool,
    pub(super) logarithm: bool,
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) mean: f64,
    pub(super) sd: f64,
    pub(super) weight: f64,
}

impl Preparation {
    /// What a model with these weights makes of each column.
    pub(super) fn terms<'p>(&'p self, weights: &'p [f64]) -> impl Iterator<Item = ColumnTerms<'p>> {
        self.columns.iter().zip(weights).map(|(column, weight)| {
            let Column { feature, what, mean, sd } = *column;
            let (is_missing, logarithm, low, high) = match what {
                What::Value { logarithm, low, high } => (false, logarithm, low, high),
                What::IsMissing => (true, false, 0.0, 1.0),
            };
            let feature = self.features.get(feature).map_or("", String::as_str);
            ColumnTerms { feature, is_missing, logarithm, low, high, mean, sd, weight: *weight }
        })
    }
}

impl Checked for Preparation {
    fn check(&self) -> Result<(), Flaw> {
        checked::names("features", self.features.iter().map(String::as_str))?;
        let mut seen = std::collections::BTreeSet::new();
        for (number, column) in self.columns.iter().enumerate() {
            let in_column = |flaw: Flaw| flaw.within(&format!("columns[{number}]"));
            let is_known = column.feature < self.features.len();
            checked::holds("feature", is_known, "is the number of no feature").map_err(in_column)?;
            let is_first = seen.insert((column.feature, matches!(column.what, What::IsMissing)));
            checked::holds("feature", is_first, "has such a column already").map_err(in_column)?;
            column.check().map_err(in_column)?;
        }
        Ok(())
    }
}

impl Checked for Column {
    /// What learning makes true of every column: a mean within the range, a standard deviation of at most half of it.
    fn check(&self) -> Result<(), Flaw> {
        let What::Value { low, high, .. } = self.what else {
            checked::number("mean", self.mean, &(0.0..=1.0))?;
            let sd = (self.mean * (1.0 - self.mean)).sqrt();
            return checked::holds("sd", self.sd > 0.0 && (self.sd - sd).abs() < ROUNDING, "is not that of its share");
        };
        let single = f64::from(f32::MAX);
        checked::numbers("what", [low, high], &(-single..=single))?;
        checked::holds("what", low <= high, "has a lowest value above the highest")?;
        let slack = ROUNDING * (high - low).max(self.mean.abs());
        checked::number("mean", self.mean, &(low - slack..=high + slack))?;
        let least = CONSTANT * self.mean.abs().max(1.0);
        checked::number("sd", self.sd, &(least..=(high - low) / 2.0 + slack))
    }
}

impl Column {
    fn prepare(&self, value: f64) -> f64 {
        match self.what {
            What::IsMissing => (f64::from(u8::from(value.is_nan())) - self.mean) / self.sd,
            What::Value { .. } if value.is_nan() => 0.0,
            What::Value { logarithm, low, high } => {
                let value = if logarithm { signed_log(value) } else { value };
                (value.clamp(low, high) - self.mean) / self.sd
            }
        }
    }
}

pub(super) fn position(dataset: &Dataset, name: &str) -> Result<usize, LearnError> {
    dataset.schema.position(name).ok_or_else(|| LearnError::MissingFeature { feature: name.to_owned() })
}

/// The positions of features in a dataset; `None` for one that it lacks and that is not read.
pub(super) fn positions(
    dataset: &Dataset,
    features: &[String],
    is_read: impl Fn(usize) -> bool,
) -> Result<Vec<Option<usize>>, LearnError> {
    let of = |(feature, name): (usize, &String)| match position(dataset, name) {
        Err(_) if !is_read(feature) => Ok(None),
        found => found.map(Some),
    };
    features.iter().enumerate().map(of).collect()
}

/// What is learnt of one feature: its column unless constant, and the pattern of missing rows with its indicator.
struct Learnt {
    value: Option<Column>,
    missing: Option<(u64, Column)>,
}

fn learn_feature(dataset: &Dataset, rows: &[usize], name: &str, feature: usize) -> Result<Learnt, LearnError> {
    let at = position(dataset, name)?;
    let all: Vec<f64> = finite_values(dataset, rows, name, at)?.into_iter().map(f64::from).collect();
    let present: Vec<f64> = all.iter().copied().filter(|value| !value.is_nan()).collect();
    let share = 1.0 - present.len() as f64 / all.len().max(1) as f64;
    let missing = (share > 0.0 && share < 1.0).then(|| {
        let sd = (share * (1.0 - share)).sqrt();
        (pattern_of_missing(&all), Column { feature, what: What::IsMissing, mean: share, sd })
    });
    Ok(Learnt { value: learn_value(&present, feature), missing })
}

fn learn_value(present: &[f64], feature: usize) -> Option<Column> {
    let raw = Moments::of(present);
    let is_skewed = raw.skewness.abs() > SKEWED;
    let logarithms: Vec<f64> = present.iter().filter(|_| is_skewed).map(|value| signed_log(*value)).collect();
    let tamed = Moments::of(&logarithms);
    let logarithm = is_skewed && tamed.skewness.abs() < raw.skewness.abs();
    let (moments, values) = if logarithm { (tamed, logarithms.as_slice()) } else { (raw, present) };
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let varies = moments.sd > CONSTANT * moments.mean.abs().max(1.0);
    varies.then_some(Column { feature, what: What::Value { logarithm, low, high }, mean: moments.mean, sd: moments.sd })
}

/// `sign(x) ln(1 + |x|)`; `ln_1p` would only tell apart values that are zero for a learner.
fn signed_log(x: f64) -> f64 {
    (1.0 + x.abs()).ln().copysign(x)
}

struct Moments {
    mean: f64,
    sd: f64,
    skewness: f64,
}

impl Moments {
    fn of(values: &[f64]) -> Self {
        let n = (values.len() as f64).max(1.0);
        let mean = values.iter().sum::<f64>() / n;
        let central = |power: i32| values.iter().map(|value| (value - mean).powi(power)).sum::<f64>() / n;
        let sd = central(2).sqrt();
        Self { mean, sd, skewness: if sd > 0.0 { central(3) / sd.powi(3) } else { 0.0 } }
    }
}

/// A fingerprint of the rows in which a value is missing.
fn pattern_of_missing(values: &[f64]) -> u64 {
    let missing = (0_u64..).zip(values).filter(|(_, value)| value.is_nan());
    fingerprint(missing.map(|(row, _)| row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skewed_feature_is_tamed_and_a_symmetric_one_is_not() {
        let skewed: Vec<f64> = (0..100).map(|i| (f64::from(i) / 10.0).exp()).collect();
        let symmetric: Vec<f64> = (-50..50).map(f64::from).collect();
        let is_log = |values: &[f64]| match learn_value(values, 0).map(|column| column.what) {
            Some(What::Value { logarithm, .. }) => logarithm,
            _ => panic!("not a value column"),
        };
        assert!(is_log(&skewed));
        assert!(!is_log(&symmetric));
        assert!(learn_value(&[3.0; 10], 0).is_none(), "a constant has no column");
        assert!(learn_value(&[], 0).is_none());
    }

    #[test]
    fn values_are_standardised_and_clamped_to_the_training_range() {
        let column = learn_value(&[1.0, 2.0, 3.0], 0).unwrap();
        assert!(column.prepare(2.0).abs() < 1e-12);
        assert!((column.prepare(3.0) - 1.5_f64.sqrt()).abs() < 1e-12);
        assert!((column.prepare(99.0) - column.prepare(3.0)).abs() < 1e-12);
        assert!(column.prepare(f64::NAN).abs() < 1e-12);
    }

    #[test]
    fn features_missing_in_the_same_rows_have_the_same_pattern() {
        let nan = f64::NAN;
        assert_eq!(pattern_of_missing(&[1.0, nan, 2.0]), pattern_of_missing(&[7.0, nan, 9.0]));
        assert_ne!(pattern_of_missing(&[1.0, nan, 2.0]), pattern_of_missing(&[nan, 1.0, 2.0]));
    }
}
