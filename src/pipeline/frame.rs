//! The shop's rules as the work of commands needs them: what churn means, and which cutoffs there are.

use jiff::tz::TimeZone;

use super::error::PipelineError;
use crate::config::{Config, PanelWeights, Unstable};
use crate::dataset::{Dataset, DatasetSettings, PanelCap, PanelCutoffs, PanelSample};
use crate::error::Failure;
use crate::features::{FeatureSchema, SchemaError};
use crate::label::{ChurnRule, OutcomeRule, Schedule};
use crate::learn::{CutoffWeightsPolicy, SelectionPolicy};
use crate::profile::{FollowUp, FollowUpQuestion, follow_up};
use crate::timeline::{Cutoff, EventLog, local_time, matured_cutoffs};
use crate::units::Days;

/// The rules of one shop over its history.
pub(super) struct Frame {
    pub(super) settings: DatasetSettings,
    schedule: Schedule,
    cap: PanelCap,
    /// Which features learners leave out.
    pub(super) policy: SelectionPolicy,
    /// Whether training cutoffs may count differently.
    pub(super) cutoff_weights: CutoffWeightsPolicy,
    /// Settings of the learners that are tried beside the usual ones.
    pub(super) trials: u32,
    /// The follow-up behind the label window; `None` where nobody asks for outcomes.
    pub(super) follow_up: Option<FollowUp>,
}

impl Frame {
    pub(super) fn new(config: &Config, log: &EventLog) -> Self {
        let rule = ChurnRule::from(&config.churn);
        Self {
            settings: DatasetSettings::new(config, log, rule),
            schedule: Schedule {
                step: config.panel.step_days,
                max_cutoffs: config.panel.max_cutoffs,
                span: log.span().clone(),
            },
            cap: PanelCap { max_rows: config.panel.max_rows as usize, seed: config.seed },
            policy: SelectionPolicy {
                max_psi: config.selection.max_psi,
                drop_unstable: config.selection.unstable == Unstable::Drop,
                leave_out: config.selection.leave_out.clone(),
            },
            cutoff_weights: match config.panel.weights {
                PanelWeights::Equal => CutoffWeightsPolicy::default(),
                PanelWeights::Choose => CutoffWeightsPolicy::Choose,
            },
            trials: config.tuning.trials,
            follow_up: None,
        }
    }

    /// The same, asking for outcomes as well, with a follow-up chosen from what was known at `as_of`.
    pub(super) fn with_outcomes(config: &Config, log: &EventLog, as_of: Cutoff) -> Self {
        let mut frame = Self::new(config, log);
        let question = FollowUpQuestion {
            as_of,
            rule: &frame.settings.rule,
            schedule: &frame.schedule,
            zone: frame.zone(),
            days: config.churn.follow_up_days,
        };
        let chosen = follow_up(log, &question);
        frame.settings.follow_up = Some(chosen.days);
        frame.follow_up = Some(chosen);
        frame
    }

    pub(super) const fn zone(&self) -> &TimeZone {
        &self.settings.zone
    }

    pub(super) const fn matures_after(&self) -> Days {
        self.settings.rule.matures_after()
    }

    /// Days from a cutoff until its outcomes are known; until its labels are, where nobody asks for outcomes.
    pub(super) fn settles_after(&self) -> Days {
        self.settings.outcomes().map_or_else(|| self.matures_after(), |rule| rule.settles_after())
    }

    /// The cutoffs whose labels were known at `as_of`.
    pub(super) fn training_cutoffs(&self, as_of: Cutoff) -> Result<Vec<Cutoff>, PipelineError> {
        let cutoffs = self.settings.rule.training_cutoffs(as_of, &self.schedule, self.zone());
        if cutoffs.is_empty() {
            let start = self.schedule.span.before(as_of).map(|(first, _)| local_time(first, self.zone()));
            let (cutoff, matures_after) = (as_of.to_string(), self.matures_after());
            return Err(PipelineError::NothingToLearnFrom { cutoff, matures_after, start });
        }
        Ok(cutoffs)
    }

    /// Those of them, and earlier ones as many as a training may have, whose outcomes were known at `as_of` as well; none
    /// where nobody asks for outcomes.
    pub(super) fn outcome_cutoffs(&self, as_of: Cutoff) -> Vec<Cutoff> {
        let of_rule = |rule: OutcomeRule<'_>| rule.training_cutoffs(as_of, &self.schedule, self.zone());
        self.settings.outcomes().map_or_else(Vec::new, of_rule)
    }

    /// The last matured cutoffs, `step` apart, before which there was something to learn from.
    pub(super) fn latest_tests(&self, as_of: Cutoff, step: Days, last: u32) -> Result<Vec<Cutoff>, PipelineError> {
        let earliest = self.settings.rule.earliest_cutoff(as_of, &self.schedule.span);
        let matured = |earliest| matured_cutoffs(as_of, self.matures_after(), step, earliest, self.zone());
        let mut tests = earliest.map_or_else(Vec::new, matured);
        let testable = tests.iter().position(|test| self.training_cutoffs(*test).is_ok()).unwrap_or(tests.len());
        tests.drain(..testable.max(tests.len().saturating_sub(last as usize)));
        if tests.is_empty() {
            let matures_after = self.matures_after();
            return Err(PipelineError::NothingMatured { as_of: as_of.to_string(), matures_after });
        }
        Ok(tests)
    }

    /// The features that the shop has, those of its own among them.
    pub(super) fn schema(config: &Config, log: &EventLog) -> Result<FeatureSchema, SchemaError> {
        let schema = FeatureSchema::for_inputs(log.available()).with_custom(&config.features.custom)?;
        // A name that means nothing here would be left out of nothing.
        schema.clone().restricted(&config.selection.leave_out)?;
        Ok(schema)
    }

    /// Everyone eligible at the tests, and the customers that training learns from at what each of the trainings uses.
    ///
    /// # Errors
    /// Too little history for one of the trainings, or an unknown feature.
    pub(super) fn panel(
        &self,
        log: &EventLog,
        schema: &FeatureSchema,
        tests: &[Cutoff],
        trainings: &[Cutoff],
    ) -> Result<Dataset, Failure> {
        let of_outcomes: Vec<Vec<Cutoff>> = trainings.iter().map(|as_of| self.outcome_cutoffs(*as_of)).collect();
        let mut trainings =
            trainings.iter().map(|as_of| self.training_cutoffs(*as_of)).collect::<Result<Vec<_>, PipelineError>>()?;
        trainings.extend(of_outcomes);
        let sample = PanelSample::choose(log, &trainings, &self.settings, self.cap);
        let cutoffs: Vec<Cutoff> = tests.iter().chain(trainings.iter().flatten()).copied().collect();
        Ok(Dataset::build_panel(log, schema, PanelCutoffs { all: &cutoffs, tests }, &self.settings, sample)?)
    }
}
