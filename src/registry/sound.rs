//! What must hold of a version before it is stored, and again before it is used.

use std::collections::BTreeSet;

use super::stored::{HeadRecord, HeadsRecord, ModelManifest, StoredModel, Version};
use crate::checked::{self, Checked, Flaw};
use crate::config::ChurnConfig;

impl Checked for StoredModel {
    fn check(&self) -> Result<(), Flaw> {
        checked::within("rule", &self.rule)?;
        checked::within("model", &self.model)?;
        checked::within("calibrator", &self.calibrator)?;
        checked::within("medians", &self.medians)?;
        self.heads.as_ref().map_or(Ok(()), |heads| checked::within("heads", heads))?;
        self.uncertainty.as_ref().map_or(Ok(()), |uncertainty| checked::within("uncertainty", uncertainty))
    }
}

impl Checked for ModelManifest {
    fn check(&self) -> Result<(), Flaw> {
        let training = &self.training;
        checked::ascending("training.cutoffs", &training.cutoffs)?;
        let is_past = training.cutoffs.last().is_none_or(|last| *last < self.as_of);
        checked::holds("training.cutoffs", is_past, "has a day that is not before `as_of`")?;
        checked::number("training.churn_rate", training.churn_rate, &(0.0..=1.0))?;
        self.heads.as_ref().map_or(Ok(()), |heads| checked::within("heads", heads))?;
        checked::within("calibration.calibrator", &self.calibration.calibrator)?;
        if let Some(auc) = self.verdict.auc {
            checked::numbers("verdict.auc", [auc.estimate, auc.low, auc.high], &(0.0..=1.0))?;
        }
        checked::within("card", &self.card)
    }
}

impl Checked for HeadsRecord {
    fn check(&self) -> Result<(), Flaw> {
        checked::ascending("cutoffs", &self.cutoffs)?;
        self.follow_up.map_or(Ok(()), |follow_up| checked::within("follow_up", &follow_up))?;
        let heads = [("never", &self.never), ("last", &self.last)];
        heads.into_iter().try_for_each(|(name, head)| head.as_ref().map_or(Ok(()), |head| checked::within(name, head)))
    }
}

impl Checked for HeadRecord {
    fn check(&self) -> Result<(), Flaw> {
        checked::number("rate", self.rate, &(0.0..=1.0))?;
        checked::numbers("figures.auc", self.figures.iter().map(|figures| figures.auc), &(0.0..=1.0))?;
        checked::numbers("figures.log_loss", self.figures.iter().map(|figures| figures.log_loss), &(0.0..=1e3))?;
        checked::within("calibration.calibrator", &self.calibration.calibrator)
    }
}

impl Checked for Version {
    /// What the files of a version say of each other.
    fn check(&self) -> Result<(), Flaw> {
        let known: BTreeSet<&str> = self.schema.names().collect();
        let mut read = self
            .model
            .model
            .contributing_features()
            .iter()
            .map(String::as_str)
            .chain(self.model.uncertainty.iter().flat_map(|uncertainty| uncertainty.used_features()))
            .chain(self.model.head_models().flat_map(|head| head.contributing_features()).map(String::as_str));
        if let Some(name) = read.find(|name| !known.contains(name)) {
            return Err(Flaw::new("model", format!("reads `{name}`, which the schema does not have")));
        }
        let is_same = self.manifest.calibration.calibrator == self.model.calibrator;
        checked::holds("calibrator", is_same, "is not the one of the manifest")?;
        let is_same = self.manifest.churn().is_none_or(|churn| self.model.rule == (&churn).into());
        checked::holds("rule", is_same, "is not the one of the manifest's config")
    }
}

impl ModelManifest {
    /// The churn rule of its config, if it has one.
    fn churn(&self) -> Option<ChurnConfig> {
        serde_json::from_value(self.config.get("churn")?.clone()).ok()
    }
}
