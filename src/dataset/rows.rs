//! Rows of a dataset while they are made.

use ndarray::{Array2, ArrayViewMut2, Axis, s};

use super::labels::RowLabels;
use super::{Dataset, PanelSample, single};
use crate::features::FeatureSchema;
use crate::timeline::{Cutoff, History, Margins, Place, Window};

/// The growing columns of a dataset, preallocated so that shards fill their parts in place.
pub(super) struct DatasetRows {
    customers: Vec<u32>,
    cutoff_idx: Vec<u16>,
    /// `(n_rows, n_features)`.
    features: Array2<f32>,
    facts: Vec<RowFacts>,
}

/// What a row holds beside its features.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RowFacts {
    past_year_spend: f64,
    spend_so_far: f64,
    margin_share: f64,
    last_order_day: i32,
    labels: RowLabels,
}

/// The rows of one shard.
pub(super) struct Part<'a> {
    customers: &'a mut [u32],
    cutoff_idx: &'a mut [u16],
    features: ArrayViewMut2<'a, f32>,
    facts: &'a mut [RowFacts],
}

impl DatasetRows {
    pub(super) fn with_capacity(n_rows: usize, n_features: usize) -> Self {
        Self {
            customers: vec![0; n_rows],
            cutoff_idx: vec![0; n_rows],
            features: Array2::zeros((n_rows, n_features)),
            facts: vec![RowFacts::default(); n_rows],
        }
    }

    /// Consecutive parts of `counts` rows each.
    pub(super) fn split(&mut self, counts: &[usize]) -> Vec<Part<'_>> {
        let (mut customers, mut cutoff_idx) = (self.customers.as_mut_slice(), self.cutoff_idx.as_mut_slice());
        let (mut features, mut facts) = (self.features.view_mut(), self.facts.as_mut_slice());
        let mut parts = Vec::with_capacity(counts.len());
        for &n in counts {
            let part;
            (part, features) = features.split_at(Axis(0), n);
            parts.push(Part {
                customers: first(&mut customers, n),
                cutoff_idx: first(&mut cutoff_idx, n),
                features: part,
                facts: first(&mut facts, n),
            });
        }
        parts
    }

    /// Leaves the first rows.
    pub(super) fn truncate(&mut self, n_rows: usize) {
        self.customers.truncate(n_rows);
        self.cutoff_idx.truncate(n_rows);
        self.features.slice_collapse(s![..n_rows, ..]);
        self.facts.truncate(n_rows);
    }

    pub(super) fn into_dataset(self, schema: FeatureSchema, cutoffs: Vec<Cutoff>) -> Dataset {
        let facts = &self.facts;
        Dataset {
            schema,
            cutoffs,
            past_year_spend: facts.iter().map(|row| row.past_year_spend).collect(),
            spend_so_far: facts.iter().map(|row| row.spend_so_far).collect(),
            margin_share: facts.iter().map(|row| row.margin_share).collect(),
            last_order_day: facts.iter().map(|row| row.last_order_day).collect(),
            labels: facts.iter().map(|row| row.labels).collect(),
            follow_up_ends: Vec::new(),
            customers: self.customers,
            cutoff_idx: self.cutoff_idx,
            features: self.features,
            sample: PanelSample::default(),
        }
    }
}

/// Takes the first places of what is left.
#[expect(clippy::mut_mut, reason = "what is left becomes shorter")]
fn first<'a, T>(rest: &mut &'a mut [T], n: usize) -> &'a mut [T] {
    let (first, others) = std::mem::take(rest).split_at_mut(n);
    *rest = others;
    first
}

/// The number of a customer and of a cutoff in a row. A log has no more customers, and a panel no more cutoffs, than these
/// can number: both refuse to be made.
#[expect(clippy::cast_possible_truncation, reason = "checked when the log was built and the panel opened")]
pub(super) const fn numbers(place: Place) -> (u32, u16) {
    (place.customer as u32, place.cutoff as u16)
}

impl Part<'_> {
    /// Fills a row, its features in single precision.
    pub(super) fn put(&mut self, row: usize, place: Place, (features, facts): (&[f64], RowFacts)) {
        (self.customers[row], self.cutoff_idx[row]) = numbers(place);
        let places = self.features.row_mut(row);
        places.into_iter().zip(features).for_each(|(place, value)| *place = single(*value));
        self.facts[row] = facts;
    }
}

impl RowFacts {
    pub(super) fn of(history: &History<'_>, margins: &Margins, labels: RowLabels) -> Self {
        Self {
            past_year_spend: history.net_spend(Window::Days365).max(0.0),
            spend_so_far: history.kept_spend(),
            margin_share: history.margin_share(margins),
            last_order_day: history.visit_days().last().copied().unwrap_or_default(),
            labels,
        }
    }
}
