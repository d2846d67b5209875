//! The story of training: test out of time, learn from all that has matured, and judge.

use super::backtest::{evaluate, test_at};
use super::frame::Frame;
use super::gate::{GateVerdict, judge};
use super::learnt::{LearntModel, learn_at};
use super::observer::Observer;
use crate::config::Config;
use crate::dataset::Dataset;
use crate::error::Failure;
use crate::features::FeatureSchema;
use crate::guard::inspect;
use crate::learn::{LearnError, MAIN_LEARNER};
use crate::registry::{FORMAT, ModelManifest, StoredModel, TrainingRecord, Version};
use crate::timeline::{Cutoff, EventLog};

/// What training leaves, before it is registered.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The version without its name.
    pub version: Version,
    /// Whether it may score.
    pub gate: GateVerdict,
}

/// What a version remembers of the run that made it.
#[derive(Debug, Clone)]
pub struct Provenance {
    /// Fingerprints of the input files.
    pub inputs: serde_json::Value,
    /// What became of every input row.
    pub accounts: serde_json::Value,
}

/// Tests at the last matured cutoffs, then learns from all that has matured by `as_of`.
///
/// # Errors
/// Too little history, or whatever a room could not do.
pub fn train(
    config: &Config,
    log: &EventLog,
    as_of: Cutoff,
    provenance: Provenance,
    observer: &dyn Observer,
) -> Result<Candidate, Failure> {
    let frame = Frame::new(config, log);
    let schema = Frame::schema(config, log)?;
    let tests = frame.latest_tests(as_of, config.backtest.step_days, config.backtest.last)?;
    let trainings: Vec<Cutoff> = tests.iter().copied().chain([as_of]).collect();
    observer.begin("features", 1);
    let dataset = frame.panel(log, schema.clone(), (&tests, &trainings))?;
    observer.begin("looking for leaks", 1);
    let leak_guard = inspect(config, log, &dataset, as_of)?;
    let tested = test_at(&dataset, &frame, &tests, as_of, observer)?;
    observer.begin("evaluation", 1);
    let evaluation = evaluate(config, &frame, &tested)?;
    observer.begin("learning from all that has matured", 1);
    let (model, training) = learn_main(&dataset, &frame, as_of)?;
    let gate = judge(&evaluation, &config.gate);
    let manifest = ModelManifest {
        format: FORMAT,
        retain_version: env!("CARGO_PKG_VERSION").to_owned(),
        version: String::new(),
        created_at: String::new(),
        as_of: as_of.date(),
        training,
        notes: model.trained.notes.clone(),
        calibration: model.calibration.clone(),
        verdict: evaluation.verdict.clone(),
        leak_guard,
        absent_features: json(&FeatureSchema::absences(log.available())),
        config: json(config),
        inputs: provenance.inputs,
        accounts: provenance.accounts,
    };
    let model = StoredModel {
        format: FORMAT,
        learner: model.name.to_owned(),
        rule: frame.settings.rule.clone(),
        model: model.trained.model,
        calibrator: model.calibration.calibrator,
        doubt: model.trained.doubt,
    };
    Ok(Candidate { version: Version { model, schema, manifest, evaluation }, gate })
}

/// The main learner, trained on everything that has matured.
fn learn_main(dataset: &Dataset, frame: &Frame, as_of: Cutoff) -> Result<(LearntModel, TrainingRecord), Failure> {
    let learnt = learn_at(dataset, frame, as_of, &[MAIN_LEARNER])?;
    let main = learnt.learners.into_iter().find(|model| model.name == MAIN_LEARNER);
    // `LEARNERS` has the main learner, as a test says.
    let model = main.ok_or(LearnError::NoRows { learner: MAIN_LEARNER })?;
    Ok((model, learnt.record))
}

/// What can be written as JSON always, because its maps have texts as keys.
fn json(value: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or_default()
}
