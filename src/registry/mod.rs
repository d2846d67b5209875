//! Owns the versions of a shop's models on disk. Every version is a folder that appears whole and never changes; the
//! alias `champion` names the one that scores; `history.jsonl` says what happened and why.
//!
//! ```text
//! models/<name>/
//!   20261124T020500Z-1a2b3c4d/   model.json  schema.json  manifest.json  evaluation.json  xgboost.json
//!   champion                     the name of one version
//!   history.jsonl                one line for each version registered, promoted, refused or rolled back
//! ```

mod error;
mod history;
mod stored;

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Failure;
use crate::files::{self, FileError};
use crate::timeline::Cutoff;
use crate::units::Timestamp;

pub use error::RegistryError;
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
        let line = |line: &str| serde_json::from_str(line).map_err(|error| damaged(&path, &error));
        Ok(text.lines().map(line).collect::<Result<_, _>>()?)
    }

    /// What a version says of itself, without its model.
    ///
    /// # Errors
    /// As [`Registry::load`].
    pub fn manifest(&self, name: &str) -> Result<ModelManifest, Failure> {
        read_json(&self.folder_of(name)?.join(MANIFEST))
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
    /// No such version, a damaged file, or what the operating system says.
    pub fn load(&self, name: &str) -> Result<Version, Failure> {
        let folder = self.folder_of(name)?;
        check_format(&folder.join(MODEL))?;
        Ok(Version {
            model: read_json(&folder.join(MODEL))?,
            schema: read_json(&folder.join(SCHEMA))?,
            manifest: read_json(&folder.join(MANIFEST))?,
            evaluation: read_json(&folder.join(EVALUATION))?,
        })
    }
}

impl Writing {
    /// Stores a version under its name, which its manifest is given, and notes it in the history. The same model
    /// registered in the same second is the same version.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn register(&self, mut version: Version, now: Timestamp) -> Result<Version, Failure> {
        let name = version_name(&version, now);
        version.manifest.version.clone_from(&name);
        version.manifest.created_at = now.to_string();
        let folder = self.registry.folder.join(&name);
        if !folder.exists() {
            files::write_folder(&folder, |folder| {
                write_json(&folder.join(MODEL), &version.model)?;
                write_json(&folder.join(SCHEMA), &version.schema)?;
                if let Some(trees) = version.model.model.xgboost_copy(day(version.manifest.as_of)) {
                    files::write_whole(&folder.join(XGBOOST), |writer| writer.write_all(trees.as_bytes()))?;
                }
                write_json(&folder.join(MANIFEST), &version.manifest)?;
                write_json(&folder.join(EVALUATION), &version.evaluation)
            })?;
            self.note(Event::Registered, &name, &version.manifest.verdict.sentence, now)?;
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
        let line = serde_json::json!({ "at": now.to_string(), "event": event, "version": version, "why": why });
        files::append_line(&self.registry.folder.join(HISTORY), &line.to_string())
    }
}

/// UTC time and the first eight digits of a hash over what scores: versions sort by time, and equal models show.
fn version_name(version: &Version, now: Timestamp) -> String {
    let mut hasher = blake3::Hasher::new();
    // A model of plain numbers can always be written as JSON.
    hasher.update(&serde_json::to_vec(&version.model).unwrap_or_default());
    hasher.update(&serde_json::to_vec(&version.schema).unwrap_or_default());
    let hash = hasher.finalize().to_hex();
    let time = now.to_string().replace(['-', ':'], "");
    format!("{time}-{}", &hash[..8])
}

/// The cutoff of a day; only the day counts for a level.
fn day(date: jiff::civil::Date) -> Cutoff {
    Cutoff::at_start_of(date, &jiff::tz::TimeZone::UTC)
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<(), FileError> {
    files::write_whole(path, |writer| {
        serde_json::to_writer_pretty(&mut *writer, value)?;
        writer.write_all(b"\n")
    })
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    let text = std::fs::read_to_string(path).map_err(FileError::reading(path))?;
    Ok(serde_json::from_str(&text).map_err(|error| damaged(path, &error))?)
}

fn damaged(path: &Path, error: &serde_json::Error) -> RegistryError {
    RegistryError::Damaged { path: path.to_owned(), message: error.to_string() }
}

/// Looks at the format alone, so that a later one is named rather than called damaged.
fn check_format(path: &Path) -> Result<(), Failure> {
    #[derive(serde::Deserialize)]
    struct Format {
        format: u32,
    }
    let Format { format } = read_json(path)?;
    if format == FORMAT {
        Ok(())
    } else {
        Err(RegistryError::OtherFormat { path: path.to_owned(), found: format, known: FORMAT }.into())
    }
}

#[cfg(test)]
mod tests;
