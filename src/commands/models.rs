//! `retain models`: the versions of a shop's models, and which of them scores.

use std::path::Path;

use super::config_file;
use super::items::item;
use super::job;
use super::printing::{print, shown};
use crate::cli::{Job, Models, ModelsAction};
use crate::error::Failure;
use crate::evaluate::grade::with_bounds;
use crate::registry::{
    CHAMPION, EXPORT_FILES, Event, History, HistoryLine, ModelManifest, Registry, RegistryError, Version,
    config_changes, export, export_days,
};
use crate::text::{counted, grouped};
use crate::units::Timestamp;

pub(super) fn run(arguments: &Models, now: Timestamp) -> Result<(), Failure> {
    let job = Job { config: arguments.config.clone(), as_of: None, out: None, threads: None };
    let config = config_file::configure(&job)?;
    let registry = job::registry(&config, now)?;
    let page = match &arguments.action {
        ModelsAction::List => return list(&registry),
        ModelsAction::Show { version } => show(&registry, version)?,
        ModelsAction::Promote { version } => promote(&registry, version, now)?,
        ModelsAction::Rollback => rollback(&registry, now)?,
        ModelsAction::Prune { keep, dry_run } => prune(&registry, *keep as usize, *dry_run, now)?,
        ModelsAction::Export { version, to } => {
            job::inputs_of(&job, &config).refuse(to, &EXPORT_FILES.map(str::to_owned))?;
            write_export(&registry.load(version)?, to)?
        }
        ModelsAction::Diff { from, to } => diff(&registry.load(from)?, &registry.load(to)?),
    };
    print(&page)
}

/// A version that cannot be read has a line of its own; a damaged one is then also an error, once all are listed.
fn list(registry: &Registry) -> Result<(), Failure> {
    let (champion, history) = (registry.champion()?, history(registry)?);
    let mut page = format!("{:25}  {:10}  {:5}  {:18}  {}\n", "version", "as of", "grade", "AUC", "last");
    let mut damaged = None;
    for name in registry.versions()? {
        let manifest = match registry.manifest(&name) {
            Ok(manifest) => manifest,
            Err(error) => {
                let is_old = error.report().code() == OTHER_FORMAT;
                page.push_str(&format!("{name:25}  {}\n", if is_old { "of another format" } else { "damaged" }));
                damaged = damaged.or(Some(error).filter(|_| !is_old));
                continue;
            }
        };
        let verdict = &manifest.verdict;
        let auc = verdict.auc.map_or_else(|| "-".to_owned(), with_bounds);
        let last = match &manifest.simple_rule {
            Some(_) => manifest.model_version(),
            None if champion.as_ref() == Some(&name) => CHAMPION.to_owned(),
            None => last_event(&history, &name).to_owned(),
        };
        let line = format!("{name:25}  {:10}  {:5}  {auc:18}  {last}", manifest.as_of, verdict.grade.to_string());
        page.push_str(&format!("{}\n", line.trim_end()));
    }
    print(&page)?;
    damaged.map_or(Ok(()), Err)
}

/// The code of a version that another `retain` wrote.
const OTHER_FORMAT: &str = "E604";

/// The lines of the history; what is damaged in it is reported.
fn history(registry: &Registry) -> Result<Vec<HistoryLine>, Failure> {
    let History { lines, damaged, .. } = registry.history()?;
    for (number, _) in damaged {
        let path = registry.folder().join("history.jsonl");
        tracing::warn!(
            "warning[damaged_history]: line {number} of `{}` is damaged; the next run that writes there mends it",
            shown(&path)
        );
    }
    Ok(lines)
}

/// What became of a version last, in a word.
fn last_event(history: &[HistoryLine], version: &str) -> &'static str {
    let line = history.iter().rev().find(|line| line.version == version);
    line.map_or("", |line| match line.event {
        Event::Registered => "registered",
        Event::Promoted | Event::RolledBack => "was champion",
        Event::Refused => "refused",
        Event::Pruned => "pruned",
    })
}

fn show(registry: &Registry, version: &str) -> Result<String, Failure> {
    let manifest = registry.manifest(version)?;
    let training = &manifest.training;
    let mut page = String::new();
    item(
        &mut page,
        "Model",
        &format!("{}, as of {}, retain {}", manifest.version, manifest.as_of, manifest.retain_version),
    );
    let rows = grouped(training.n_rows as u64);
    let cutoffs = format!(
        "{rows} rows at {} cutoffs, {:.1} % churned; {}: {}",
        training.cutoffs.len(),
        100.0 * training.churn_rate,
        training.population,
        training.question
    );
    item(&mut page, "Learnt from", &cutoffs);
    item(&mut page, "Grade", &manifest.verdict.to_string());
    let challenge =
        manifest.challenge.as_ref().map_or("not compared with a champion", |record| record.sentence.as_str());
    item(&mut page, "Challenge", challenge);
    let of_it = |line: &HistoryLine| line.version == manifest.version;
    for line in history(registry)?.into_iter().filter(of_it) {
        let event = serde_json::to_value(line.event).unwrap_or_default();
        item(&mut page, "History", &format!("{} {}: {}", line.at, event.as_str().unwrap_or_default(), line.why));
    }
    Ok(page)
}

fn rollback(registry: &Registry, now: Timestamp) -> Result<String, Failure> {
    let name = job::write_registry(registry, now)?.roll_back(now)?;
    Ok(format!("model {name} is the champion again\n"))
}

/// Removes all but the newest versions, or says which they are.
fn prune(registry: &Registry, keep: usize, is_dry: bool, now: Timestamp) -> Result<String, Failure> {
    let writing = job::write_registry(registry, now)?;
    let versions = writing.dispensable(keep)?;
    let n = counted(versions.len() as u64, "version");
    let mut page = String::new();
    for version in &versions {
        if !is_dry {
            writing.remove(version, &format!("by hand, the newest {keep} stay"), now)?;
        }
        page.push_str(&format!("{version}\n"));
    }
    let done = if is_dry { "would be removed" } else { "removed; the history keeps their lines" };
    Ok(format!("{page}{n} {done}\n"))
}

fn promote(registry: &Registry, version: &str, now: Timestamp) -> Result<String, Failure> {
    let writing = job::write_registry(registry, now)?;
    let ModelManifest { version: name, simple_rule, .. } = registry.load(version)?.manifest;
    if let Some(rule) = simple_rule {
        return Err(RegistryError::SimpleRule { version: name, rule }.into());
    }
    writing.promote(&name, "by hand", now, None)?;
    Ok(format!("model {name} is the champion\n"))
}

fn write_export(version: &Version, to: &Path) -> Result<String, Failure> {
    export(version, to)?;
    let [first, last] = export_days(&version.manifest);
    let name = version.manifest.model_version();
    Ok(format!("model {name} in {}, for cutoffs from {first} to {last}\n", shown(to)))
}

fn diff(from: &Version, to: &Version) -> String {
    let mut page = String::new();
    for (label, figure) in FIGURES {
        item(&mut page, label, &format!("{} -> {}", figure(&from.manifest), figure(&to.manifest)));
    }
    let (ours, theirs): (Vec<&str>, Vec<&str>) = (from.schema.names().collect(), to.schema.names().collect());
    for name in ours.iter().filter(|name| !theirs.contains(name)) {
        item(&mut page, "Feature", &format!("`{name}` is gone"));
    }
    for name in theirs.iter().filter(|name| !ours.contains(name)) {
        item(&mut page, "Feature", &format!("`{name}` is new"));
    }
    for change in config_changes(&from.manifest.config, &to.manifest.config) {
        item(&mut page, "Config", &change.to_string());
    }
    page
}

/// A figure of a version, in words.
type Figure = fn(&ModelManifest) -> String;

/// The figures of two versions that are set side by side; each is about the version's own test rows.
const FIGURES: &[(&str, Figure)] = &[
    ("Model", |manifest| manifest.version.clone()),
    ("As of", |manifest| manifest.as_of.to_string()),
    ("Program", |manifest| manifest.retain_version.clone()),
    ("Rows", |manifest| grouped(manifest.training.n_rows as u64)),
    ("Churned", |manifest| format!("{:.1} %", 100.0 * manifest.training.churn_rate)),
    ("Grade", |manifest| manifest.verdict.sentence.clone()),
    ("Tested on", |manifest| manifest.verdict.population.to_string()),
    ("Choice", |manifest| manifest.notes.choice.to_string()),
];
