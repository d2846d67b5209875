//! The walk through folders: what a path is, and what lies below it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::error::IngestError;
use super::source::InputFile;
use super::sources;

/// Files and folders that are looked at for one path of the config.
pub(super) const MOST_ENTRIES: usize = 100_000;

/// How names begin that are no tables: hidden ones, marks of other programs, locks of spreadsheets that are open.
pub(super) const NOT_READ: [char; 3] = ['.', '_', '~'];

/// What the machine knows a file or folder by, whatever path leads to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id {
    #[cfg(unix)]
    number: (u64, u64, u64, i64),
    #[cfg(not(unix))]
    path: PathBuf,
}

impl Id {
    #[cfg(unix)]
    pub(super) fn of(path: &Path) -> Result<Self, IngestError> {
        use std::os::unix::fs::MetadataExt;
        let known = std::fs::metadata(path).map_err(IngestError::io(path))?;
        // Some mounts number all files alike; those that differ in size or time are not the same.
        Ok(Self { number: (known.dev(), known.ino(), known.len(), known.mtime_nsec() ^ known.mtime()) })
    }

    #[cfg(not(unix))]
    pub(super) fn of(path: &Path) -> Result<Self, IngestError> {
        Ok(Self { path: path.canonicalize().map_err(IngestError::io(path))? })
    }
}

/// What lies at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    /// Something that cannot be read to an end, in words.
    Other(&'static str),
    Nothing,
}

/// What lies at a path, links followed.
pub(super) fn kind_of(path: &Path) -> Result<Kind, IngestError> {
    match std::fs::metadata(path) {
        Ok(known) if known.is_file() => Ok(Kind::File),
        Ok(known) if known.is_dir() => Ok(Kind::Folder),
        Ok(known) => Ok(Kind::Other(special(known.file_type()))),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(Kind::Nothing),
        Err(error) => Err(IngestError::io(path)(error)),
    }
}

/// A way through folders that has an end.
pub(super) struct Walk<'p> {
    pub(super) table: &'static str,
    pub(super) given: &'p Path,
    pub(super) n_entries: usize,
    /// Folders whose files were taken, and the paths by which they were first reached.
    pub(super) folders: BTreeMap<Id, PathBuf>,
    /// Paths that led to one of these once more.
    pub(super) again: Vec<(PathBuf, PathBuf)>,
}

impl Walk<'_> {
    pub(super) fn require_file(&self, path: &Path) -> Result<(), IngestError> {
        match kind_of(path)? {
            Kind::Other(kind) => {
                Err(IngestError::NotAFile { table: self.table, path: path.display().to_string(), kind })
            }
            // A link that leads nowhere is reported by the machine when its file is opened.
            _ => Ok(()),
        }
    }

    /// The readable files of a folder and the folders in it.
    pub(super) fn inside(&mut self, folder: &Path) -> Result<Vec<InputFile>, IngestError> {
        let mut paths = Vec::new();
        self.files_below(folder, &mut paths)?;
        Ok(paths.into_iter().map(|path| InputFile::new(path, Some(folder))).collect())
    }

    fn files_below(&mut self, folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), IngestError> {
        let id = Id::of(folder)?;
        if let Some(first) = self.folders.get(&id) {
            self.again.push((folder.to_owned(), first.clone()));
            return Ok(());
        }
        self.folders.insert(id, folder.to_owned());
        for path in self.entries(folder)? {
            if kind_of(&path)? == Kind::Folder {
                self.files_below(&path, files)?;
            } else if sources::is_table_in_folder(&path) {
                self.require_file(&path)?;
                files.push(path);
            }
        }
        Ok(())
    }

    /// The folder itself and every folder below it, each once.
    pub(super) fn folders_below(&mut self, folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), IngestError> {
        let mut known = BTreeMap::from([(Id::of(folder)?, folder.to_owned())]);
        let mut waiting = vec![folder.to_owned()];
        while let Some(folder) = waiting.pop() {
            for path in self.entries(&folder)? {
                if kind_of(&path)? != Kind::Folder {
                    continue;
                }
                match known.entry(Id::of(&path)?) {
                    Entry::Occupied(first) => {
                        self.again.push((path, first.get().clone()));
                    }
                    Entry::Vacant(place) => {
                        place.insert(path.clone());
                        waiting.push(path);
                    }
                }
            }
            found.push(folder);
        }
        Ok(())
    }

    /// What is in a folder, sorted by path. Names that begin with `.` or `_` are not data: that is how other programs mark
    /// what they leave beside it.
    pub(super) fn entries(&mut self, folder: &Path) -> Result<Vec<PathBuf>, IngestError> {
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(IngestError::io(folder))? {
            let path = entry.map_err(IngestError::io(folder))?.path();
            self.n_entries += 1;
            if self.n_entries > MOST_ENTRIES {
                let path = self.given.display().to_string();
                return Err(IngestError::TooManyFiles { table: self.table, path, limit: MOST_ENTRIES });
            }
            if !name_of(&path).starts_with(NOT_READ) {
                paths.push(path);
            }
        }
        paths.sort();
        Ok(paths)
    }
}

#[cfg(unix)]
pub(super) fn special(kind: std::fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else if kind.is_char_device() || kind.is_block_device() {
        "a device"
    } else {
        "something else"
    }
}

#[cfg(not(unix))]
pub(super) fn special(_: std::fs::FileType) -> &'static str {
    "something else"
}

pub(super) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
