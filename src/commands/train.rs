//! `retain train`: a candidate, tested out of time, registered, and promoted if it may score.

use super::job;
use super::printing::print;
use super::session::Session;
use super::{champion, choices, lineage, remarks};
use crate::cli::{Learning, OutputOptions};
use crate::error::Failure;
use crate::files::Ready;
use crate::monitor::ShopProfile;
use crate::pipeline::{self, CurrentChampion, GateVerdict, PipelineError, TrainingContext};
use crate::registry::{CHAMPION, Registry, Version, Writing};
use crate::timeline::EventLog;
use crate::units::Timestamp;

pub(super) fn run(arguments: &Learning, talk: OutputOptions, now: Timestamp) -> Result<(), Failure> {
    let (mut session, log) = job::start_learning(arguments, talk, now, &[])?;
    let trained = train_and_register(&session, &log)?;
    let version = &trained.version;
    let more = serde_json::json!({
        "model_version": version.manifest.version,
        "verdict": version.manifest.verdict,
        "challenge": version.manifest.challenge,
        "leak_guard": version.manifest.leak_guard,
        "sampled": version.manifest.training.sampled,
        "heads": version.manifest.heads,
        "selection": version.manifest.notes.selection,
        "cutoff_weights": version.manifest.notes.cutoff_weights,
        "tuning": version.manifest.notes.tuning,
    });
    let staged = session.stage()?;
    session.conclude_with(("train", more), staged, Vec::new(), |session, ready, manifest| {
        trained.publish(ready, now)?;
        lineage::complete(session, "train", manifest);
        Ok(())
    })?;
    remarks::report_heads(version);
    print(&version.evaluation.to_string())?;
    print(&choices::page(&version.manifest.notes, &session.watch.finish()))?;
    trained.refusal()?;
    let promoted = format!("\nmodel {} is the champion: {}", version.manifest.version, trained.challenge());
    print(&format!("{promoted}\n"))
}

/// A version in the registry, what the gate said of it, and the right to promote it.
pub(super) struct Trained {
    pub(super) version: Version,
    /// The simple rule that makes lists where the version may not and no champion can.
    pub(super) rule: Option<Version>,
    gate: GateVerdict,
    writing: Writing,
}

impl Trained {
    /// How it stands beside the champion of its day, in a sentence.
    pub(super) fn challenge(&self) -> &str {
        self.version.manifest.challenge.as_ref().map_or("", |challenge| challenge.sentence.as_str())
    }

    /// Lets the files of the run appear, and with them the version as the champion if it may score.
    pub(super) fn publish(&self, ready: Ready, now: Timestamp) -> Result<(), Failure> {
        match &self.gate {
            GateVerdict::Passed { why } => self.writing.promote(&self.version.manifest.version, why, now, Some(ready)),
            GateVerdict::Refused { .. } => job::appear(ready),
        }
    }

    /// The error of a version that may not score.
    pub(super) fn refusal(&self) -> Result<(), PipelineError> {
        match &self.gate {
            GateVerdict::Passed { .. } => Ok(()),
            GateVerdict::Refused { why } => {
                let rule = self.rule.as_ref().and_then(|rule| rule.manifest.simple_rule.clone());
                Err(PipelineError::GateFailed {
                    version: self.version.manifest.version.clone(),
                    why: why.clone(),
                    rule,
                })
            }
        }
    }
}

/// The champion, whatever state it is in: a damaged one must not keep a new one from being made.
fn current(registry: &Registry) -> Result<CurrentChampion, Failure> {
    let version = match registry.champion() {
        Ok(None) => return Ok(CurrentChampion::Nobody),
        Ok(Some(version)) => version,
        Err(error) => return Ok(CurrentChampion::Unreadable { version: CHAMPION.to_owned(), why: error.to_string() }),
    };
    match registry.load(&version) {
        Ok(champion) => Ok(CurrentChampion::Champion(Box::new(champion))),
        Err(error) if champion::is_unfit(&error) => {
            Ok(CurrentChampion::Unreadable { version, why: error.report().to_string() })
        }
        Err(error) => Err(error),
    }
}

/// Trains and registers. The registry is locked first, and until the files of the run have appeared: two runs would waste
/// one.
pub(super) fn train_and_register(session: &Session, log: &EventLog) -> Result<Trained, Failure> {
    let registry = Registry::new(&session.config.models.dir, &session.config.name);
    let writing = job::write_registry(&registry, session.now)?;
    let shop = session.census.as_ref().map(ShopProfile::of).unwrap_or_default();
    let given = TrainingContext { provenance: session.provenance.clone(), champion: &current(&registry)?, shop };
    let candidate = pipeline::train(&session.config, log, session.as_of, given, &session.watch)?;
    let version = writing.register(candidate.version, session.now)?;
    remarks::print(&version.manifest.leak_guard, version.manifest.training.sampled);
    if let GateVerdict::Refused { why } = &candidate.gate {
        writing.refuse(&version.manifest.version, why, session.now)?;
    }
    let rule = candidate.rule.map(|rule| writing.register(rule, session.now)).transpose()?;
    Ok(Trained { version, rule, gate: candidate.gate, writing })
}
