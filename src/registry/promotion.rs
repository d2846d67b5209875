//! How the champion changes, together with a list if there is one: by a single step of the file system, before which the
//! old pair is true and after which the new one is.
//!
//! 1. `.promotion.json` says what was true before, and by what one can see that the change has happened.
//! 2. The history gets its line.
//! 3. If there is a list whose folder will be exchanged: `champion` becomes a link to a file in that folder, which has the
//!    old name there and the new name in the folder that will replace it.
//! 4. The folder of the list is exchanged. With it the champion changes: this is the step.
//! 5. `champion` becomes a file again, with the new name. Without a list this is the step.
//! 6. `.promotion.json` and the file of 3 are removed.
//!
//! Whoever finds `.promotion.json` under the lock of the registry ends what has happened, or takes back what has not.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::history::HistoryLine;
use super::layout::{CHAMPION, HISTORY};
use super::load::{MOST_BYTES, read_json};
use crate::error::Failure;
use crate::files::{self, FileError, Ready, sync_folder};

const PROMOTION: &str = ".promotion.json";
/// The file in the folder of a list that `champion` links to while the folder is exchanged.
const NAMED: &str = ".champion";
/// The file by which one folder of a list is reported from another.
const MANIFEST: &str = "manifest.json";

/// `.promotion.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Plan {
    /// The champion to come.
    version: String,
    /// The one before.
    before: Option<String>,
    /// Length of the history before.
    history_bytes: u64,
    /// The list that comes with it.
    list: Option<PlannedList>,
}

/// A list that appears with its champion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PlannedList {
    folder: PathBuf,
    /// Hash of the manifest that will be in it.
    manifest_blake3: String,
}

/// A change of the champion under way.
#[derive(Debug)]
pub(super) struct Promotion {
    /// The folder of the shop's models.
    registry: PathBuf,
    plan: Plan,
    line: HistoryLine,
    list: Option<Ready>,
}

/// One step of it.
type Step = fn(&mut Promotion) -> Result<(), FileError>;

/// All of them, in their order.
pub(super) const STEPS: &[Step] = &[
    Promotion::intend,
    Promotion::note,
    Promotion::link,
    Promotion::publish_list,
    Promotion::name_champion,
    Promotion::conclude,
];

impl Promotion {
    pub(super) fn new(
        registry: &Path,
        before: Option<String>,
        line: HistoryLine,
        list: Option<Ready>,
    ) -> Result<Self, FileError> {
        let history = registry.join(HISTORY);
        let history_bytes = match history.metadata() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
            about => about.map_err(FileError::reading(&history))?.len(),
        };
        let planned = list.as_ref().and_then(|ready| {
            let manifest_blake3 = ready.seal(MANIFEST)?.blake3.clone();
            Some(PlannedList { folder: ready.folder().to_owned(), manifest_blake3 })
        });
        let plan = Plan { version: line.version.clone(), before, history_bytes, list: planned };
        Ok(Self { registry: registry.to_owned(), plan, line, list })
    }

    fn intend(&mut self) -> Result<(), FileError> {
        files::write_whole(&self.registry.join(PROMOTION), |writer| {
            Ok(serde_json::to_writer_pretty(writer, &self.plan)?)
        })
    }

    fn note(&mut self) -> Result<(), FileError> {
        // A line of plain texts can always be written as JSON.
        let line = serde_json::to_string(&self.line).unwrap_or_default();
        files::append_line(&self.registry.join(HISTORY), &line)
    }

    fn link(&mut self) -> Result<(), FileError> {
        let Some((folder, replacement)) =
            self.list.as_ref().and_then(|list| Some((list.folder(), list.replacement()?)))
        else {
            return Ok(());
        };
        let place = |folder: &Path, version: &str| {
            files::write_whole(&folder.join(NAMED), |writer| std::io::Write::write_all(writer, version.as_bytes()))
        };
        place(replacement, &self.plan.version)?;
        if let Some(before) = &self.plan.before {
            place(folder, before)?;
        }
        files::write_link(&self.registry.join(CHAMPION), &folder.join(NAMED))
    }

    fn publish_list(&mut self) -> Result<(), FileError> {
        self.list.take().map_or(Ok(()), Ready::take_place)
    }

    fn name_champion(&mut self) -> Result<(), FileError> {
        name_champion(&self.registry, Some(&self.plan.version))
    }

    fn conclude(&mut self) -> Result<(), FileError> {
        self.plan.conclude(&self.registry)
    }
}

impl Plan {
    /// Whether the step has been taken that makes the change true.
    fn has_happened(&self, champion: Option<&str>) -> bool {
        match &self.list {
            None => champion == Some(self.version.as_str()),
            Some(list) => files::read_short(&list.folder.join(MANIFEST), MOST_BYTES)
                .is_ok_and(|manifest| blake3::hash(&manifest).to_hex().as_str() == list.manifest_blake3),
        }
    }

    /// Removes what only the change needed.
    fn conclude(&self, registry: &Path) -> Result<(), FileError> {
        if let Some(list) = &self.list {
            remove(&list.folder.join(NAMED))?;
        }
        remove(&registry.join(PROMOTION))?;
        sync_folder(registry)
    }
}

/// What became of a change of the champion that was interrupted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Settled {
    /// It had happened, and is now complete.
    Ended(String),
    /// It had not happened, and nothing is left of it.
    TakenBack(String),
    /// What was noted of it cannot be read; the champion is the one named.
    Unreadable,
}

/// The code of [`super::RegistryError::Damaged`].
const DAMAGED: &str = "E603";

/// Whether a change of the champion was interrupted, or goes on at this moment.
pub(super) fn is_under_way(registry: &Path) -> bool {
    registry.join(PROMOTION).exists()
}

/// Ends or takes back a change of the champion that was interrupted; for the holder of the lock alone.
pub(super) fn settle(registry: &Path, champion: Option<&str>) -> Result<Option<Settled>, Failure> {
    if !is_under_way(registry) {
        return Ok(None);
    }
    let plan: Plan = match read_json(&registry.join(PROMOTION)) {
        Ok(plan) => plan,
        // What `champion` says is true all the time; a plan that cannot be read has nothing to add.
        Err(failure) if failure.report().code() == DAMAGED => {
            name_champion(registry, champion)?;
            remove(&registry.join(PROMOTION))?;
            return Ok(Some(Settled::Unreadable));
        }
        Err(failure) => return Err(failure),
    };
    let version = plan.version.clone();
    if plan.has_happened(champion) {
        name_champion(registry, Some(&version))?;
        plan.conclude(registry)?;
        return Ok(Some(Settled::Ended(version)));
    }
    name_champion(registry, plan.before.as_deref())?;
    let history = registry.join(HISTORY);
    if history.metadata().is_ok_and(|about| about.len() > plan.history_bytes) {
        let shortened = std::fs::OpenOptions::new().write(true).open(&history);
        let shortened = shortened.and_then(|file| file.set_len(plan.history_bytes).and_then(|()| file.sync_all()));
        shortened.map_err(FileError::writing(history))?;
    }
    plan.conclude(registry)?;
    if let Some(list) = &plan.list {
        // Made for a list that did not come; with something in it, it stays.
        let _ = std::fs::remove_dir(&list.folder);
    }
    Ok(Some(Settled::TakenBack(version)))
}

fn name_champion(registry: &Path, version: Option<&str>) -> Result<(), FileError> {
    let path = registry.join(CHAMPION);
    match version {
        Some(version) => {
            files::write_whole(&path, |writer| std::io::Write::write_fmt(writer, format_args!("{version}\n")))
        }
        None => remove(&path),
    }
}

fn remove(path: &Path) -> Result<(), FileError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        outcome => outcome.map_err(FileError::writing(path)),
    }
}
