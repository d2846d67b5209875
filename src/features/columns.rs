//! The computation of a schema's columns over one history.

use super::custom;
use super::spec::{Family, Feature};
use crate::config::CustomFeature;
use crate::timeline::{ContextNeeds, History};

/// The functions of a schema's columns, in their order: ours, then custom ones.
#[derive(Debug, Clone)]
pub struct FeatureColumns<'s> {
    pub(super) ours: Vec<&'static Feature>,
    /// Each with the position of its column in the event log.
    pub(super) own: Vec<(&'s CustomFeature, usize)>,
}

impl FeatureColumns<'_> {
    /// How many columns there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ours.len() + self.own.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What of the shop as a whole the columns read.
    #[must_use]
    pub fn context_needs(&self) -> ContextNeeds {
        let any = |of: fn(Family) -> bool| self.ours.iter().any(|feature| of(feature.family));
        ContextNeeds { shop: any(Family::looks_at_the_shop), purchase_model: any(Family::asks_the_purchase_model) }
    }

    /// Computes the columns of one history into `row`, which has one place for each.
    pub fn compute(&self, history: &History<'_>, row: &mut [f64]) {
        let (ours, own) = row.split_at_mut(self.ours.len().min(row.len()));
        for (feature, value) in self.ours.iter().zip(ours) {
            *value = (feature.compute)(history, feature.window);
        }
        for ((feature, column), value) in self.own.iter().zip(own) {
            *value = custom::compute(feature, *column, history);
        }
    }
}
