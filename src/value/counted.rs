//! How many of the visits that the purchase model expects are counted on: values, forecasts and their tests count the same.

use super::models::{ValueFrame, ValueModels};
use crate::dataset::Histories;

/// How many of the visits that the purchase model expects are counted on, of each customer.
pub(super) struct CountedVisits {
    /// Because of who slows down alone: what [`CustomerValue::counted`] says.
    pub(super) of_pace: Vec<f64>,
    /// In all: as many as came of others like them, and fewer of who slows down. Values and forecasts count the same.
    pub(super) all: Vec<f64>,
}

impl CountedVisits {
    pub(super) fn of(models: &ValueModels, histories: &Histories, frame: &ValueFrame) -> Self {
        let values = models.values_of_all(histories, frame);
        let of_pace: Vec<f64> = values.iter().map(|value| value.counted).collect();
        let both = histories.purchases.iter().zip(&of_pace);
        let all = both.map(|(history, counted)| models.factor(history) * counted).collect();
        Self { of_pace, all }
    }
}
