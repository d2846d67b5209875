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
        Self::of_known(models, histories, values.iter().map(|value| value.counted).collect())
    }

    /// The same where it is known what is counted because of who slows down.
    pub(super) fn of_known(models: &ValueModels, histories: &Histories, of_pace: Vec<f64>) -> Self {
        let both = histories.purchases.iter().zip(&of_pace);
        let all = both.map(|(history, counted)| models.factor(history) * counted).collect();
        Self { of_pace, all }
    }
}
