//! Rows of a dataset while they are made.

use ndarray::Array2;

use super::{Dataset, PanelSample, single};
use crate::features::FeatureSchema;
use crate::timeline::{Cutoff, History, Margins, Place, Window};
use crate::units::Timestamp;

/// The growing columns of a dataset, preallocated so that shards fill their parts in place.
pub(super) struct Rows {
    n_features: usize,
    customers: Vec<u32>,
    cutoff_idx: Vec<u16>,
    features: Vec<f32>,
    facts: Vec<RowFacts>,
}

/// What a row holds beside its features.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RowFacts {
    past_year_spend: f64,
    spend_so_far: f64,
    margin_share: f64,
    last_order_at: Timestamp,
    stayed_known: Timestamp,
}

/// The rows of one shard.
pub(super) struct Part<'a> {
    customers: &'a mut [u32],
    cutoff_idx: &'a mut [u16],
    features: &'a mut [f32],
    facts: &'a mut [RowFacts],
}

impl Rows {
    pub(super) fn with_capacity(n_rows: usize, n_features: usize) -> Self {
        Self {
            n_features,
            customers: vec![0; n_rows],
            cutoff_idx: vec![0; n_rows],
            features: vec![0.0; n_rows * n_features],
            facts: vec![RowFacts::default(); n_rows],
        }
    }

    /// Consecutive parts of `counts` rows each.
    pub(super) fn split(&mut self, counts: &[usize]) -> Vec<Part<'_>> {
        let (mut customers, mut cutoff_idx) = (self.customers.as_mut_slice(), self.cutoff_idx.as_mut_slice());
        let (mut features, mut facts) = (self.features.as_mut_slice(), self.facts.as_mut_slice());
        let mut parts = Vec::with_capacity(counts.len());
        for &n in counts {
            parts.push(Part {
                customers: customers.split_off_mut(..n).unwrap_or_default(),
                cutoff_idx: cutoff_idx.split_off_mut(..n).unwrap_or_default(),
                features: features.split_off_mut(..n * self.n_features).unwrap_or_default(),
                facts: facts.split_off_mut(..n).unwrap_or_default(),
            });
        }
        parts
    }

    /// Leaves the first rows.
    pub(super) fn truncate(&mut self, n_rows: usize) {
        self.customers.truncate(n_rows);
        self.cutoff_idx.truncate(n_rows);
        self.features.truncate(n_rows * self.n_features);
        self.facts.truncate(n_rows);
    }

    pub(super) fn into_dataset(self, schema: FeatureSchema, cutoffs: Vec<Cutoff>) -> Dataset {
        let shape = (self.customers.len(), self.n_features);
        let facts = &self.facts;
        Dataset {
            schema,
            cutoffs,
            past_year_spend: facts.iter().map(|row| row.past_year_spend).collect(),
            spend_so_far: facts.iter().map(|row| row.spend_so_far).collect(),
            margin_share: facts.iter().map(|row| row.margin_share).collect(),
            last_order_at: facts.iter().map(|row| row.last_order_at).collect(),
            stayed_known: facts.iter().map(|row| row.stayed_known).collect(),
            customers: self.customers,
            cutoff_idx: self.cutoff_idx,
            // The vector was made with exactly this many places.
            features: Array2::from_shape_vec(shape, self.features).unwrap_or_default(),
            sample: PanelSample::default(),
        }
    }
}

impl Part<'_> {
    /// Fills a row, its features in single precision.
    pub(super) fn put(&mut self, row: usize, place: Place, (features, facts): (&[f64], RowFacts)) {
        self.customers[row] = u32::try_from(place.customer).unwrap_or(u32::MAX);
        self.cutoff_idx[row] = u16::try_from(place.cutoff).unwrap_or(u16::MAX);
        let places = &mut self.features[row * features.len()..(row + 1) * features.len()];
        places.iter_mut().zip(features).for_each(|(place, value)| *place = single(*value));
        self.facts[row] = facts;
    }
}

impl RowFacts {
    pub(super) fn of(history: &History<'_>, margins: &Margins, stayed_known: Timestamp) -> Self {
        Self {
            past_year_spend: history.net_spend(Window::Days365).max(0.0),
            spend_so_far: history.net_spend(Window::All),
            margin_share: history.margin_share(margins),
            last_order_at: history.last_order_at().unwrap_or_default(),
            stayed_known,
        }
    }
}
