//! The version that scores: read, checked, and held against the config of today.

use super::job;
use crate::config::Config;
use crate::error::Failure;
use crate::features::SchemaDifference;
use crate::registry::{CHAMPION, Concern, Registry, Version};
use crate::units::Timestamp;

/// The version that makes lists: the champion, or, where none can score, the simple rule that a later training left in its
/// place.
pub(super) fn scorer(config: &Config, now: Timestamp) -> Result<Version, Failure> {
    match load(config, now) {
        Err(error) if is_unfit(&error) => match rule(config) {
            Some(rule) => {
                report_rule(&rule);
                Ok(rule)
            }
            None => Err(error),
        },
        champion => champion,
    }
}

/// The simple rule that scores in place of a champion, if there is one that fits the config.
fn rule(config: &Config) -> Option<Version> {
    let registry = Registry::new(&config.models.dir, &config.name);
    let name = registry.latest_rule().ok().flatten()?;
    let rule = registry.load(&name).ok()?;
    rule.accept_config(config).is_ok().then_some(rule)
}

/// Says so where a simple rule makes the list.
pub(super) fn report_rule(version: &Version) {
    let manifest = &version.manifest;
    if manifest.simple_rule.is_some() {
        tracing::warn!(
            "warning[simple_rule]: no model has passed the gate; the list comes from the best simple rule, marked `{}`, grade \
             {}\nhint: `retain run` trains anew; a model that passes takes over by itself",
            manifest.model_version(),
            manifest.verdict.grade
        );
    }
}

/// The champion of the shop; tells of changes of the config since its training that it can live with.
pub(super) fn load(config: &Config, now: Timestamp) -> Result<Version, Failure> {
    let version = job::registry(config, now)?.load(CHAMPION)?;
    let changes = version.accept_config(config)?;
    for concern in [Concern::Money, Concern::OptOuts, Concern::Duplicates] {
        let found: Vec<String> =
            changes.iter().filter(|(of, _)| *of == concern).map(|(_, change)| change.to_string()).collect();
        if found.is_empty() {
            continue;
        }
        let what = match concern {
            Concern::Money => "[value_changed]: money on the list is counted in another way",
            Concern::OptOuts => "[opt_outs_changed]: who is left out because of an opt-out is decided in another way",
            Concern::Duplicates => "[duplicates_changed]: rows of purchases are compared by other columns",
        };
        tracing::warn!("warning{what} than in training of model `{}`: {}", version.manifest.version, found.join(", "));
    }
    Ok(version)
}

/// Reports features that differ and that the model does not use, in one line.
pub(super) fn report_not_used(differences: &[SchemaDifference]) {
    let (shown, n) = (differences.iter().take(SHOWN).map(ToString::to_string), differences.len());
    let more = if n > SHOWN { format!(" and {} more", n - SHOWN) } else { String::new() };
    if n > 0 {
        let shown: Vec<String> = shown.collect();
        tracing::info!(
            "the model does not use these features, which its training had otherwise: {}{more}",
            shown.join(", ")
        );
    }
}

/// Differences that are named.
const SHOWN: usize = 3;

/// Whether an error says that a champion cannot score, rather than that something else went wrong: it is damaged, cannot be
/// read, or does not fit the shop. Such a one must not keep a new model from being made.
pub(super) fn is_unfit(error: &Failure) -> bool {
    let code = error.report().code();
    code.starts_with(REGISTRY) || [UNREADABLE, OTHER_FEATURES].contains(&code)
}

/// How the codes of errors of the registry begin, and codes of files that cannot be read and of features that differ.
const REGISTRY: &str = "E6";
const UNREADABLE: &str = "E703";
const OTHER_FEATURES: &str = "E311";
