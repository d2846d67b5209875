//! The rows that learners see, and what is known of each beside its features.

use ndarray::{Array2, ArrayView2};

use super::labels::RowLabels;
use super::sample::{PanelSample, SampleRecord};
use super::single;
use crate::features::FeatureSchema;
use crate::label::Outcome;
use crate::timeline::{Cutoff, Retention};
use crate::units::Timestamp;

/// Eligible customers at cutoffs: one row each, customers ascending, then cutoffs ascending.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// The columns of `features`.
    pub schema: FeatureSchema,
    /// The cutoffs in ascending order.
    pub cutoffs: Vec<Cutoff>,
    /// Number of the customer of each row.
    pub customers: Vec<u32>,
    /// Position of the cutoff of each row.
    pub cutoff_idx: Vec<u16>,
    /// `(n_rows, n_features)`, in single precision; NaN where a feature is missing.
    pub features: Array2<f32>,
    /// Net spend of the past 365 days of each row, in major units, not below 0.
    pub past_year_spend: Vec<f64>,
    /// Net spend so far of each row, in major units.
    pub spend_so_far: Vec<f64>,
    /// Margin of what the customer of each row bought so far, as a share of revenue.
    pub margin_share: Vec<f64>,
    /// Day of the last order of each row, counted from 1970-01-01.
    pub last_order_day: Vec<i32>,
    /// From when to when it is known that the customer of the row stayed, and came back.
    pub(super) labels: Vec<RowLabels>,
    /// The instant from which the outcomes of each cutoff are known; empty where nobody asked for outcomes.
    pub(super) follow_up_ends: Vec<Timestamp>,
    /// The customers that training learns from.
    pub(super) sample: PanelSample,
}

impl Dataset {
    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.customers.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.customers.is_empty()
    }

    /// The rows of the cutoffs that `wanted` accepts.
    #[must_use]
    pub fn rows_at(&self, wanted: impl Fn(Cutoff) -> bool) -> Vec<usize> {
        let accepted: Vec<bool> = self.cutoffs.iter().map(|cutoff| wanted(*cutoff)).collect();
        (0..self.len()).filter(|row| accepted[usize::from(self.cutoff_idx[*row])]).collect()
    }

    /// The rows of the cutoffs that `wanted` accepts from which training may learn.
    #[must_use]
    pub fn panel_rows_at(&self, wanted: impl Fn(Cutoff) -> bool) -> Vec<usize> {
        let mut rows = self.rows_at(wanted);
        rows.retain(|row| self.sample.keeps(self.customers[*row] as usize));
        rows
    }

    /// What a cap on the rows of the panel left; `None` where training learns from everyone.
    #[must_use]
    pub const fn sampled(&self) -> Option<SampleRecord> {
        self.sample.record()
    }

    /// Whether the customer of the row had churned, as far as was known at `as_of`: purchases recorded later do not
    /// count. Ask only for rows whose label window has ended by then.
    #[must_use]
    pub fn churned(&self, row: usize, as_of: Cutoff) -> bool {
        !self.labels[row].retention.stands_at(as_of.at())
    }

    /// What came of the customer of the row, as far as was known at `as_of`: purchases recorded later do not count. `None`
    /// where the follow-up had not ended by then, or was not asked for.
    #[must_use]
    pub fn outcome(&self, row: usize, as_of: Cutoff) -> Option<Outcome> {
        let ends_at = self.follow_up_ends.get(usize::from(self.cutoff_idx[row]))?;
        let RowLabels { retention, comeback } = &self.labels[row];
        let came = |retention: &Retention| retention.stands_at(as_of.at());
        (*ends_at <= as_of.at()).then(|| Outcome::of(came(retention), came(comeback)))
    }

    /// A column of the matrix for some rows; `None` if the schema has no such feature.
    #[must_use]
    pub fn column(&self, name: &str, rows: &[usize]) -> Option<Vec<f64>> {
        let column = self.schema.position(name)?;
        Some(rows.iter().map(|row| self.value(*row, column)).collect())
    }

    /// A feature of a row, by the position of its column; NaN where it is missing.
    #[must_use]
    pub fn value(&self, row: usize, column: usize) -> f64 {
        f64::from(self.features[[row, column]])
    }

    /// One row at the first cutoff, of somebody of whom these features are known and no more; `None` without a cutoff.
    #[must_use]
    pub fn of_nobody(&self, value: impl Fn(&str) -> Option<f64>) -> Option<Self> {
        let cutoff = *self.cutoffs.first()?;
        let values: Vec<f32> = self.schema.names().map(|name| value(name).map_or(f32::NAN, single)).collect();
        Some(Self {
            schema: self.schema.clone(),
            cutoffs: vec![cutoff],
            customers: vec![0],
            cutoff_idx: vec![0],
            features: Array2::from_shape_vec((1, values.len()), values).ok()?,
            past_year_spend: vec![0.0],
            spend_so_far: vec![0.0],
            margin_share: vec![0.0],
            last_order_day: vec![cutoff.day()],
            labels: Vec::new(),
            follow_up_ends: Vec::new(),
            sample: self.sample.clone(),
        })
    }

    /// The feature matrix, `(n_rows, n_features)`.
    #[must_use]
    pub fn matrix(&self) -> ArrayView2<'_, f32> {
        self.features.view()
    }
}
