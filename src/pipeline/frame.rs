//! The shop's rules as the stories need them: what churn means, and which cutoffs there are.

use jiff::tz::TimeZone;

use super::error::PipelineError;
use crate::config::Config;
use crate::dataset::{Dataset, DatasetSettings};
use crate::features::{FeatureSchema, SchemaError};
use crate::label::ChurnRule;
use crate::timeline::{Cutoff, EventLog, Margins, matured_cutoffs};
use crate::units::{Days, Timestamp};

/// The rules of one shop over its history.
pub(super) struct Frame {
    pub(super) settings: DatasetSettings,
    step: Days,
    max_cutoffs: Option<u32>,
    start: Timestamp,
    earliest: Timestamp,
}

/// What datasets of a shop are built for, under a churn rule.
pub(super) fn settings(config: &Config, log: &EventLog, rule: ChurnRule) -> DatasetSettings {
    let value = &config.value;
    DatasetSettings {
        rule,
        zone: config.timezone.clone(),
        minor_per_major: config.currency.minor_per_major(),
        margins: Margins::new(value.margin_share, &value.category_margins, log.categories()),
    }
}

impl Frame {
    pub(super) fn new(config: &Config, log: &EventLog) -> Self {
        let churn = &config.churn;
        let rule = ChurnRule {
            horizon: churn.horizon_days,
            gap: churn.gap_days,
            active: churn.active_days,
            min_purchases: churn.min_purchases,
        };
        let (first, last) = log.span().unwrap_or_default();
        // The first customers need some history before they can be told apart: the active window, or a third of it all.
        let warm_up = rule.active.micros().min(last.0.saturating_sub(first.0) / 3);
        Self {
            settings: settings(config, log, rule),
            step: config.panel.step_days,
            max_cutoffs: config.panel.max_cutoffs,
            start: first,
            earliest: Timestamp(first.0.saturating_add(warm_up)),
        }
    }

    pub(super) const fn zone(&self) -> &TimeZone {
        &self.settings.zone
    }

    pub(super) const fn matures_after(&self) -> Days {
        self.settings.rule.matures_after()
    }

    /// The cutoffs whose labels were known at `as_of`.
    pub(super) fn training_cutoffs(&self, as_of: Cutoff) -> Result<Vec<Cutoff>, PipelineError> {
        let mut cutoffs = matured_cutoffs(as_of, self.matures_after(), self.step, self.earliest, self.zone());
        if let Some(most) = self.max_cutoffs {
            cutoffs.drain(..cutoffs.len().saturating_sub(most as usize));
        }
        if cutoffs.is_empty() {
            let (cutoff, start) = (as_of.to_string(), self.start.to_string());
            return Err(PipelineError::NothingToLearnFrom { cutoff, matures_after: self.matures_after(), start });
        }
        Ok(cutoffs)
    }

    /// The last matured cutoffs, `step` apart, before which there was something to learn from.
    pub(super) fn latest_tests(&self, as_of: Cutoff, step: Days, last: u32) -> Result<Vec<Cutoff>, PipelineError> {
        let mut tests = matured_cutoffs(as_of, self.matures_after(), step, self.earliest, self.zone());
        let testable = tests.iter().position(|test| self.training_cutoffs(*test).is_ok()).unwrap_or(tests.len());
        tests.drain(..testable.max(tests.len().saturating_sub(last as usize)));
        if tests.is_empty() {
            let matures_after = self.matures_after();
            return Err(PipelineError::NothingMatured { as_of: as_of.to_string(), matures_after });
        }
        Ok(tests)
    }

    /// The eligible customers at the cutoffs.
    pub(super) fn dataset(
        &self,
        log: &EventLog,
        schema: FeatureSchema,
        cutoffs: &[Cutoff],
    ) -> Result<Dataset, SchemaError> {
        Dataset::build(log, schema, cutoffs, &self.settings)
    }
}
