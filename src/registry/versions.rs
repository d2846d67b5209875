//! The versions on disk: which there are, which scores, and reading them.

use std::path::{Path, PathBuf};

use super::error::RegistryError;
use super::history::{self, History};
use super::layout::{CHAMPION, HISTORY, MANIFEST};
use super::load::{MOST_BYTES, Verified};
use super::promotion;
use super::stored::{ModelManifest, Version};
use crate::error::Failure;
use crate::files::{FileError, read_short};

/// Bytes of the alias at most: a name has some thirty.
const LONGEST_NAME: u64 = 1024;

/// The models of one shop.
#[derive(Debug, Clone)]
pub struct Registry {
    pub(super) folder: PathBuf,
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
        match read_short(&path, LONGEST_NAME) {
            // A link into the folder of a list that is gone: the history says who scores.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && self.is_dangling_link(&path) => {
                Ok(history::champion(&self.history()?.lines).map(str::to_owned))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(FileError::Read { path, source }),
            // What is no text names no version, and says so when it is looked for.
            Ok(name) => Ok(Some(String::from_utf8_lossy(&name).trim().to_owned()).filter(|name| !name.is_empty())),
        }
    }

    /// Whether the alias is a link that leads nowhere and that no promotion under way has made.
    fn is_dangling_link(&self, champion: &Path) -> bool {
        champion.is_symlink() && !promotion::is_under_way(&self.folder)
    }

    /// The newest version that is a simple rule, if it is newer than the champion: it makes the list until a model passes
    /// the gate.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn latest_rule(&self) -> Result<Option<String>, FileError> {
        let champion = self.champion()?;
        let names = self.versions()?.into_iter().rev();
        let newer = names.take_while(|name| champion.as_ref().is_none_or(|champion| name > champion));
        // What cannot be read is no rule.
        Ok(newer.into_iter().find(|name| self.manifest(name).is_ok_and(|manifest| manifest.simple_rule.is_some())))
    }

    /// What became of each version, the oldest first, and what of the file is damaged.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn history(&self) -> Result<History, FileError> {
        let path = self.folder.join(HISTORY);
        match read_short(&path, MOST_BYTES) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(History::default()),
            bytes => Ok(History::read(&bytes.map_err(FileError::reading(&path))?)),
        }
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
        let folder = self.folder.clone();
        let version = match name {
            CHAMPION => self.champion()?.ok_or_else(|| RegistryError::NoChampion { folder: folder.clone() })?,
            name => name.to_owned(),
        };
        let known = self.versions()?;
        if known.contains(&version) {
            return Ok(folder.join(version));
        }
        Err(if name == CHAMPION {
            RegistryError::LostChampion { folder, version, known }.into()
        } else {
            RegistryError::UnknownVersion { folder, version, known }.into()
        })
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
        // A history that is damaged is reported of where it is read for itself.
        let history = self.history().unwrap_or_default();
        let version = folder.file_name().and_then(|name| name.to_str());
        let registered = history
            .lines
            .iter()
            .rev()
            .filter(|line| version == Some(&line.version))
            .find_map(|line| line.hashes.as_deref());
        Verified::read(folder, registered)
    }
}
