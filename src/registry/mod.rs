//! Owns the versions of a shop's models on disk. Every version is a folder that appears whole and never changes; the
//! alias `champion` names the one that scores; `history.jsonl` says what happened and why.
//!
//! ```text
//! models/<name>/
//!   20261124T020500Z-1a2b3c4d/   model.json  schema.json  manifest.json  evaluation.json  xgboost.json  hashes.json
//!   champion                     the name of one version
//!   history.jsonl                one line for each version registered, promoted, refused or rolled back
//! ```

mod error;
mod fit;
mod hashes;
mod history;
mod load;
mod sound;
mod stored;

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::checked::{Checked, Flaw};
use crate::error::Failure;
use crate::files::{self, FileError};
use crate::timeline::Cutoff;
use crate::units::Timestamp;

use load::Verified;

pub use error::RegistryError;
pub use fit::{ConfigChange, config_changes};
pub use history::{Event, HistoryLine};
pub use stored::{ChallengeRecord, FORMAT, ModelManifest, Outcome, StoredModel, TrainingRecord, Version};

/// The alias of the version that scores.
pub const CHAMPION: &str = "champion";

const MODEL: &str = "model.json";
const SCHEMA: &str = "schema.json";
const MANIFEST: &str = "manifest.json";
const EVALUATION: &str = "evaluation.json";
const XGBOOST: &str = "xgboost.json";
const HISTORY: &str = "history.jsonl";
const LOCK: &str = ".lock";

/// The models of one shop.
#[derive(Debug, Clone)]
pub struct Registry {
    folder: PathBuf,
}

/// Keeps other runs from writing, until it is dropped.
#[derive(Debug)]
pub struct Writing {
    registry: Registry,
    _lock: File,
}

impl Registry {
    /// The models of the shop `name` under `dir`; nothing is made or read yet.
    #[must_use]
    pub fn new(dir: &Path, name: &str) -> Self {
        Self { folder: dir.join(name) }
    }

    /// The shop's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Begins to write.
    ///
    /// # Errors
    /// `RegistryError::Busy` if another process writes, or what the operating system says.
    pub fn write(&self) -> Result<Writing, Failure> {
        std::fs::create_dir_all(&self.folder).map_err(FileError::writing(&self.folder))?;
        let path = self.folder.join(LOCK);
        let lock = File::create(&path).map_err(FileError::writing(&path))?;
        lock.try_lock().map_err(|_| RegistryError::Busy { folder: self.folder.clone() })?;
        Ok(Writing { registry: self.clone(), _lock: lock })
    }

    /// The names of all versions, the oldest first.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn versions(&self) -> Result<Vec<String>, FileError> {
        let entries = match std::fs::read_dir(&self.folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(FileError::reading(&self.folder))?,
        };
        let is_version = |entry: &std::fs::DirEntry| entry.path().join(MANIFEST).is_file();
        let whole = entries.filter_map(Result::ok).filter(is_version);
        let names = whole.filter_map(|entry| entry.file_name().into_string().ok());
        // What is still being written has a name that begins with a dot.
        let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
        names.sort();
        Ok(names)
    }

    /// The name of the version that scores, if there is one.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn champion(&self) -> Result<Option<String>, FileError> {
        let path = self.folder.join(CHAMPION);
        match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(FileError::Read { path, source }),
            Ok(name) => Ok(Some(name.trim().to_owned()).filter(|name| !name.is_empty())),
        }
    }

    /// What became of each version, the oldest first.
    ///
    /// # Errors
    /// A line that is none, or what the operating system says.
    pub fn history(&self) -> Result<Vec<HistoryLine>, Failure> {
        let path = self.folder.join(HISTORY);
        let text = match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            text => text.map_err(FileError::reading(&path))?,
        };
        let line = |line: &str| {
            serde_json::from_str(line)
                .map_err(|error| RegistryError::Damaged { path: path.clone(), message: error.to_string() })
        };
        Ok(text.lines().map(line).collect::<Result<_, _>>()?)
    }

    /// What a version says of itself, without its model.
    ///
    /// # Errors
    /// As [`Registry::load`].
    pub fn manifest(&self, name: &str) -> Result<ModelManifest, Failure> {
        Ok(self.verified(name)?.manifest()?)
    }

    /// The folder of a version, which exists.
    fn folder_of(&self, name: &str) -> Result<PathBuf, Failure> {
        let name = match name {
            CHAMPION => self.champion()?.ok_or_else(|| RegistryError::NoChampion { folder: self.folder.clone() })?,
            name => name.to_owned(),
        };
        let known = self.versions()?;
        if known.contains(&name) {
            return Ok(self.folder.join(name));
        }
        Err(RegistryError::UnknownVersion { folder: self.folder.clone(), version: name, known }.into())
    }

    /// A version by its name, or the one that scores by `champion`.
    ///
    /// # Errors
    /// No such version, one that is damaged or of another format, or what the operating system says.
    pub fn load(&self, name: &str) -> Result<Version, Failure> {
        Ok(self.verified(name)?.version()?)
    }

    /// The files of a version as they were registered.
    fn verified(&self, name: &str) -> Result<Verified, Failure> {
        let folder = self.folder_of(name)?;
        // A history that is damaged is told of where it is read for itself.
        let history = self.history().unwrap_or_default();
        let version = folder.file_name().and_then(|name| name.to_str());
        let registered =
            history.iter().rev().filter(|line| version == Some(&line.version)).find_map(|line| line.hashes.as_deref());
        Verified::read(folder, registered)
    }
}

impl Writing {
    /// Stores a version under its name, which its manifest is given, and notes it in the history. The same model
    /// registered in the same second is the same version.
    ///
    /// # Errors
    /// `RegistryError::Unsound` for a version that could not be loaded again, or what the operating system says.
    pub fn register(&self, mut version: Version, now: Timestamp) -> Result<Version, Failure> {
        let unsound = |flaw: Flaw| RegistryError::Unsound { message: flaw.to_string() };
        version.model.check().and_then(|()| version.schema.check()).map_err(unsound)?;
        version.manifest.check().and_then(|()| version.check()).map_err(unsound)?;
        let (model, schema) = (json(&version.model), json(&version.schema));
        let time = now.to_string().replace(['-', ':'], "");
        let name = format!("{time}-{}", hashes::digits(&model, &schema));
        version.manifest.version.clone_from(&name);
        version.manifest.created_at = now.to_string();
        let folder = self.registry.folder.join(&name);
        // What cannot be read is no version, and under another config the same model is another one.
        let stored =
            folder.exists().then(|| Verified::read(folder.clone(), None).and_then(|files| Ok(files.version()?)));
        let is_there = |stored: &Result<Version, Failure>| {
            stored.as_ref().is_ok_and(|stored| stored.manifest.config == version.manifest.config)
        };
        if stored.is_some_and(|stored| !is_there(&stored)) {
            std::fs::remove_dir_all(&folder).map_err(FileError::writing(&folder))?;
        }
        if !folder.exists() {
            let mut hashes = String::new();
            files::write_folder(&folder, |folder| {
                write(&folder.join(MODEL), &model)?;
                write(&folder.join(SCHEMA), &schema)?;
                if let Some(trees) = version.model.model.xgboost_copy(day(version.manifest.as_of)) {
                    write(&folder.join(XGBOOST), trees.as_bytes())?;
                }
                write(&folder.join(MANIFEST), &json(&version.manifest))?;
                write(&folder.join(EVALUATION), &json(&version.evaluation))?;
                hashes = hashes::write(folder)?;
                Ok(())
            })?;
            let why = &version.manifest.verdict.sentence;
            self.note_line(&HistoryLine { hashes: Some(hashes), ..line(Event::Registered, &name, why, now) })?;
        }
        Ok(version)
    }

    /// Makes a version the one that scores.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn promote(&self, version: &str, why: &str, now: Timestamp) -> Result<(), FileError> {
        self.crown(version)?;
        self.note(Event::Promoted, version, why, now)
    }

    /// Notes that a version was not promoted.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn refuse(&self, version: &str, why: &str, now: Timestamp) -> Result<(), FileError> {
        self.note(Event::Refused, version, why, now)
    }

    /// Makes the version that scored before the champion the one that scores again, and names it.
    ///
    /// # Errors
    /// `RegistryError::NoPredecessor`, a version that cannot be loaded, or what the operating system says.
    pub fn roll_back(&self, now: Timestamp) -> Result<String, Failure> {
        let registry = &self.registry;
        let champion = registry.folder_of(CHAMPION)?;
        let history = registry.history()?;
        let none = || RegistryError::NoPredecessor { folder: registry.folder.clone() };
        let version = history::predecessor(&history).ok_or_else(none)?;
        registry.load(version)?;
        self.crown(version)?;
        let champion = champion.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        self.note(Event::RolledBack, version, &format!("by hand, from {champion}"), now)?;
        Ok(version.to_owned())
    }

    fn crown(&self, version: &str) -> Result<(), FileError> {
        let path = self.registry.folder.join(CHAMPION);
        files::write_whole(&path, |writer| writeln!(writer, "{version}"))
    }

    fn note(&self, event: Event, version: &str, why: &str, now: Timestamp) -> Result<(), FileError> {
        self.note_line(&line(event, version, why, now))
    }

    fn note_line(&self, line: &HistoryLine) -> Result<(), FileError> {
        // Texts can always be written as JSON.
        files::append_line(&self.registry.folder.join(HISTORY), &serde_json::to_string(line).unwrap_or_default())
    }
}

fn line(event: Event, version: &str, why: &str, now: Timestamp) -> HistoryLine {
    HistoryLine { at: now.to_string(), event, version: version.to_owned(), why: why.to_owned(), hashes: None }
}

/// The cutoff of a day; only the day counts for a level.
fn day(date: jiff::civil::Date) -> Cutoff {
    Cutoff::at_start_of(date, &jiff::tz::TimeZone::UTC)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    files::write_whole(path, |writer| writer.write_all(bytes))
}

/// Indented JSON with a line end.
fn json(value: &impl Serialize) -> Vec<u8> {
    // Plain numbers and maps of texts can always be written as JSON.
    let mut bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests;
