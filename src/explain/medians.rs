//! What customers were like in training: the median of each feature, beside which a customer's value is high or low.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::checked::{self, Checked, Flaw};
use crate::dataset::Dataset;
use crate::maths::quantiles::median;

/// Medians by the name of the feature, over the customers of the latest training cutoff who have a value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Medians(BTreeMap<String, f64>);

impl Medians {
    /// The medians of all features over some rows.
    #[must_use]
    pub fn of(dataset: &Dataset, rows: &[usize]) -> Self {
        let names: Vec<&str> = dataset.schema.names().collect();
        let of_column = |(column, name): (usize, &&str)| {
            Some(((*name).to_owned(), median(rows.iter().map(|row| dataset.value(*row, column)))?))
        };
        Self(names.par_iter().enumerate().filter_map(of_column).collect())
    }

    /// The median of a feature; `None` where nobody had a value, and in models of versions that kept none.
    #[must_use]
    pub fn get(&self, feature: &str) -> Option<f64> {
        self.0.get(feature).copied()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Checked for Medians {
    fn check(&self) -> Result<(), Flaw> {
        checked::holds("medians", self.0.values().all(|median| median.is_finite()), "has one that is not finite")
    }
}
