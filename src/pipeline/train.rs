//! Training: test out of time, learn from all that has matured, and judge.

use super::backtest::{evaluate, test_at};
use super::challenge::{CurrentChampion, TestSet};
use super::drivers::card;
use super::error::PipelineError;
use super::frame::Frame;
use super::gate::{GateVerdict, judge};
use super::heads::LearntHeads;
use super::learnt::{LearntModel, Trainings};
use super::progress::Progress;
use super::simple_rule::stand_in;
use crate::config::{Config, ReadableModel};
use crate::error::Failure;
use crate::explain::Medians;
use crate::features::FeatureSchema;
use crate::guard::look_for_leaks;
use crate::learn::{Curve, LEARNERS, LearnError, Learner, MAIN_LEARNER, READABLE_LEARNER};
use crate::monitor::{FeatureProfile, ShopProfile, TrainingProfile};
use crate::registry::{FORMAT, ModelManifest, StoredModel, TrainingRecord, Version};
use crate::timeline::{Cutoff, EventLog};

/// What training leaves, before it is registered.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The version without its name.
    pub version: Version,
    /// Whether it may score.
    pub gate: GateVerdict,
    /// The simple rule that makes the list where it may not, and no champion can.
    pub rule: Option<Version>,
}

/// What a version remembers of the run that made it.
#[derive(Debug, Clone)]
pub struct Provenance {
    /// Fingerprints of the input files.
    pub inputs: serde_json::Value,
    /// What became of every input row.
    pub accounts: serde_json::Value,
}

/// What a training is given beside config and data.
#[derive(Debug, Clone)]
pub struct TrainingContext<'a> {
    /// What the model is learnt from, for its manifest.
    pub provenance: Provenance,
    /// The model that scores now.
    pub champion: &'a CurrentChampion,
    /// What the shop's feeds are like, for the nights to come.
    pub shop: ShopProfile,
}

/// Tests at the last matured cutoffs, beside the model that scores, then learns from all that has matured by `as_of`.
///
/// # Errors
/// Too little history, or whatever a room could not do.
pub fn train(
    config: &Config,
    log: &EventLog,
    as_of: Cutoff,
    TrainingContext { provenance, champion: current, shop }: TrainingContext<'_>,
    progress: &dyn Progress,
) -> Result<Candidate, Failure> {
    let frame = Frame::with_outcomes(config, log, as_of);
    let schema = Frame::schema(config, log)?;
    let tests = frame.latest_tests(as_of, config.backtest.step_days, config.backtest.last)?;
    let trainings: Vec<Cutoff> = tests.iter().copied().chain([as_of]).collect();
    progress.begin("features", 1);
    let dataset = frame.panel(log, &schema, &tests, &trainings)?;
    progress.begin("looking for leaks", 1);
    let leak_guard = look_for_leaks(config, log, &dataset, as_of)?;
    let is_wanted = |learner: &&&dyn Learner| !learner.is_on_request() || wants(config, learner.name());
    let learners: Vec<&str> = LEARNERS.iter().filter(is_wanted).map(|learner| learner.name()).collect();
    let trainings = Trainings::on(&dataset, &frame);
    let tested = test_at(&trainings, (&tests, &learners), as_of, progress)?;
    progress.begin("evaluation", 1);
    let evaluation = evaluate(config, &frame, &tested)?;
    let test_set =
        TestSet { config, frame: &frame, dataset: &dataset, as_of, tested: &tested, verdict: &evaluation.verdict };
    let challenge = test_set.challenge(current)?;
    progress.begin("learning from all that has matured", 1);
    let (model, training, curves) = learn_main(config, &trainings, as_of)?;
    progress.begin("learning who comes back", 1);
    let LearntHeads { heads, record } = trainings.heads_at(as_of)?;
    let latest = training.cutoffs.last().copied();
    let medians = Medians::of(&dataset, &dataset.panel_rows_at(|cutoff| Some(cutoff.date()) == latest));
    let used = model.trained.model.used_features();
    let features = FeatureProfile::of(&dataset, &used, &frame.training_cutoffs(as_of)?, as_of);
    let gate = judge(&evaluation, &config.gate, &challenge);
    let manifest = ModelManifest {
        format: FORMAT,
        retain_version: env!("CARGO_PKG_VERSION").to_owned(),
        version: String::new(),
        created_at: String::new(),
        as_of: as_of.date(),
        training,
        notes: model.trained.notes.clone(),
        card: card(&model.trained.model, curves, (&dataset, log), (latest, as_of))?,
        calibration: model.calibration.clone(),
        verdict: evaluation.verdict.clone(),
        challenge: Some(challenge.clone()),
        simple_rule: None,
        heads: Some(record),
        leak_guard,
        absent_features: json("the absent features", &FeatureSchema::absences(log.available()))?,
        config: json("the config", config)?,
        inputs: provenance.inputs,
        accounts: provenance.accounts,
    };
    let model = StoredModel {
        format: FORMAT,
        learner: model.name.to_owned(),
        rule: frame.settings.rule.clone(),
        model: model.trained.model,
        calibrator: model.calibration.calibrator,
        heads,
        uncertainty: model.trained.uncertainty,
        medians,
    };
    let version = Version { model, schema, manifest, evaluation, profile: Some(TrainingProfile { shop, features }) };
    let is_wanted = matches!(gate, GateVerdict::Refused { .. }) && !challenge.outcome.leaves_a_champion();
    let rule = is_wanted.then(|| stand_in(&version, &trainings, as_of)).transpose()?;
    Ok(Candidate { version, gate, rule })
}

/// Whether the config asks for a learner that is trained on request.
fn wants(config: &Config, learner: &str) -> bool {
    config.learners.readable == ReadableModel::Ebm && learner == READABLE_LEARNER
}

/// The main learner, trained on everything that has matured, and the curves of the readable one beside it.
fn learn_main(
    config: &Config,
    trainings: &Trainings<'_>,
    as_of: Cutoff,
) -> Result<(LearntModel, TrainingRecord, Vec<Curve>), Failure> {
    let names: Vec<&str> = [MAIN_LEARNER, READABLE_LEARNER]
        .into_iter()
        .filter(|name| *name == MAIN_LEARNER || wants(config, name))
        .collect();
    let (dataset, learnt) = (trainings.dataset, trainings.learn_at(as_of, &names)?);
    let readable = learnt.learners.iter().find(|model| model.name == READABLE_LEARNER && wants(config, model.name));
    let rows = dataset.panel_rows_at(|cutoff| learnt.record.cutoffs.contains(&cutoff.date()));
    let curves = readable.map_or(Ok(Vec::new()), |model| model.trained.model.curves(dataset, &rows))?;
    let main = learnt.learners.into_iter().find(|model| model.name == MAIN_LEARNER);
    // `LEARNERS` has the main learner, as a test says.
    let model = main.ok_or(LearnError::NoRows { learner: MAIN_LEARNER })?;
    Ok((model, learnt.record, curves))
}

/// A part of the manifest as JSON; without it, the version would not say how it was made.
fn json(what: &'static str, value: &impl serde::Serialize) -> Result<serde_json::Value, PipelineError> {
    serde_json::to_value(value).map_err(|error| PipelineError::NotJson { what, message: error.to_string() })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::error::Report;

    #[test]
    fn what_is_no_json_is_an_error() {
        let keys_that_are_no_texts = BTreeMap::from([((1, 2), 3)]);
        assert_eq!(json("the config", &keys_that_are_no_texts).unwrap_err().code(), "E429");
        assert_eq!(json("the config", &3).unwrap(), 3);
    }
}
