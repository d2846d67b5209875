//! The values of features in bins: what is kept of a training and of a list, to hold one against the other.

use serde::{Deserialize, Serialize};

use super::shift::psi;
use crate::dataset::Dataset;
use crate::maths::quantiles::percentile;

/// Rows of a feature between the deciles of training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct FeatureBins {
    pub(super) name: String,
    /// Each bin ends at one of these values, the last one at none.
    pub(super) edges: Vec<f64>,
    /// Rows of training in each bin; the last entry has those without a value.
    pub(super) rows: Vec<u64>,
    /// The index of that training cutoff that lies farthest from all of them.
    pub(super) widest_psi: f64,
}

impl FeatureBins {
    /// A feature between its deciles at the rows of some cutoffs.
    pub(super) fn of(dataset: &Dataset, name: &str, cutoffs: &[Vec<usize>]) -> Option<Self> {
        let column = dataset.schema.position(name)?;
        let values = cutoffs.iter().flatten().map(|row| dataset.value(*row, column));
        let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
        values.sort_by(f64::total_cmp);
        let mut edges: Vec<f64> = (1..10).filter_map(|decile| percentile(&values, 100 * decile)).collect();
        edges.dedup_by(|a, b| a.total_cmp(b).is_eq());
        let mut bins = Self { name: name.to_owned(), edges, rows: Vec::new(), widest_psi: 0.0 };
        let counted: Vec<Vec<u64>> =
            cutoffs.iter().map(|rows| bins.count(dataset, column, rows.iter().copied())).collect();
        bins.rows = vec![0; bins.edges.len() + 2];
        for counts in &counted {
            bins.rows.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        bins.widest_psi = counted.iter().map(|counts| psi(counts, &bins.rows)).fold(0.0, f64::max);
        Some(bins)
    }

    /// Rows in each bin, and those without a value.
    pub(super) fn count(&self, dataset: &Dataset, column: usize, rows: impl Iterator<Item = usize>) -> Vec<u64> {
        let mut counts = vec![0; self.edges.len() + 2];
        for row in rows {
            let value = dataset.value(row, column);
            let bin = if value.is_nan() { counts.len() - 1 } else { self.edges.partition_point(|edge| *edge < value) };
            if let Some(count) = counts.get_mut(bin) {
                *count += 1;
            }
        }
        counts
    }
}

/// Rows of a list in the bins of each feature; those of parts add up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FeatureCounts(pub(super) Vec<Vec<u64>>);

impl FeatureCounts {
    /// Adds the rows of another part.
    pub fn add(&mut self, other: Self) {
        if self.0.is_empty() {
            *self = other;
            return;
        }
        for (own, other) in self.0.iter_mut().zip(other.0) {
            own.iter_mut().zip(other).for_each(|(own, other)| *own += other);
        }
    }
}
