//! The files of a folder that appear together: complete and synced in a folder of their own, which then takes the place of
//! the earlier one in a single step of the file system.
//!
//! Where the folder itself cannot change places (it is the present folder, a mount point, has folders in it, or the file
//! system cannot exchange two names), its files are renamed one after the other, in the order in which they were added.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::error::FileError;
use super::unfinished::{TemporaryFolder, Uninterrupted, sweep};
use super::whole::{Writer, fill_and_sync, folder_of, sync_folder, write_whole};

/// Other files that are taken along when a folder changes places; with more of them its files are renamed one by one.
const MOST_TAKEN_ALONG: usize = 1_000;

/// A file of a folder: its name, and what it takes to tell it from any other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Seal {
    /// Its name in the folder.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// BLAKE3 of the bytes, in hexadecimal.
    pub blake3: String,
}

/// Files that will appear together in one folder.
#[derive(Debug)]
pub struct Staged {
    folder: PathBuf,
    staging: TemporaryFolder,
    files: Mutex<Vec<Seal>>,
    /// Files of the folder that will be gone.
    stale: Vec<String>,
    /// Whether the folder as a whole is to change places.
    swaps: bool,
}

impl Seal {
    /// Whether the file in a folder is the one that was sealed.
    #[must_use]
    pub fn is_intact(&self, folder: &Path) -> bool {
        let hash = || {
            let mut hasher = blake3::Hasher::new();
            hasher.update_reader(File::open(folder.join(&self.name))?)?;
            Ok::<_, std::io::Error>(hasher.finalize().to_hex().to_string())
        };
        hash().is_ok_and(|hash| hash == self.blake3)
    }
}

impl Staged {
    /// For files that will be in `folder`, which exists, among others that have nothing to do with them.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn among_others(folder: &Path) -> Result<Self, FileError> {
        let staging = TemporaryFolder::new(folder, 0o777).map_err(FileError::writing(folder))?;
        Ok(Self::new(folder, staging, false))
    }

    /// For files that will be in `folder`, which exists and belongs to them; what else is in it stays.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn of_folder(folder: &Path) -> Result<Self, FileError> {
        if !can_change_places(folder) {
            return Self::among_others(folder);
        }
        match TemporaryFolder::new(folder_of(folder), 0o777) {
            Ok(staging) => Ok(Self::new(folder, staging, true)),
            // The folder may be written to, the one above it not.
            Err(_) => Self::among_others(folder),
        }
    }

    fn new(folder: &Path, staging: TemporaryFolder, swaps: bool) -> Self {
        Self { folder: folder.to_owned(), staging, files: Mutex::default(), stale: Vec::new(), swaps }
    }

    /// Lets files of the folder be gone when the others appear.
    pub fn leave_behind(&mut self, names: Vec<String>) {
        self.stale.extend(names);
    }

    /// The path that a file of that name will have.
    #[must_use]
    pub fn path_of(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Lets `fill` write the file `name`, and tells the path that it will have.
    ///
    /// # Errors
    /// What the operating system or `fill` says.
    pub fn add(
        &self,
        name: &str,
        fill: impl FnOnce(&mut Writer<'_>) -> std::io::Result<()>,
    ) -> Result<PathBuf, FileError> {
        let path = self.path_of(name);
        let failed = |source| FileError::Write { path: path.clone(), source };
        let mut target = File::create_new(self.staging.path().join(name)).map_err(failed)?;
        let (size, blake3) = fill_and_sync(&mut target, fill).map_err(failed)?;
        self.files.lock().unwrap_or_else(PoisonError::into_inner).push(Seal { name: name.to_owned(), size, blake3 });
        Ok(path)
    }

    /// The files so far, by name.
    #[must_use]
    pub fn seals(&self) -> Vec<Seal> {
        let mut seals = self.files.lock().unwrap_or_else(PoisonError::into_inner).clone();
        seals.sort_by(|a, b| a.name.cmp(&b.name));
        seals
    }

    /// Gives every file its name.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn commit(self) -> Result<(), FileError> {
        self.ready()?.take_place()
    }

    /// Does all that can be done before the files appear.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn ready(self) -> Result<Ready, FileError> {
        let files = self.files.into_inner().unwrap_or_else(PoisonError::into_inner);
        let swaps = self.swaps && take_along(&self.folder, self.staging.path(), &self.stale).is_ok();
        sync_folder(self.staging.path())?;
        Ok(Ready { folder: self.folder, staging: self.staging, files, stale: self.stale, swaps })
    }
}

/// Files that only wait for their names.
#[derive(Debug)]
pub struct Ready {
    folder: PathBuf,
    staging: TemporaryFolder,
    files: Vec<Seal>,
    stale: Vec<String>,
    swaps: bool,
}

impl Ready {
    /// The folder in which they will be.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the folder waits that will take the place of [`Ready::folder`] in one step; `None` where files will be renamed
    /// one by one.
    #[must_use]
    pub fn replacement(&self) -> Option<&Path> {
        self.swaps.then(|| self.staging.path())
    }

    /// The file of that name.
    #[must_use]
    pub fn seal(&self, name: &str) -> Option<&Seal> {
        self.files.iter().find(|seal| seal.name == name)
    }

    /// Lets them appear.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn take_place(self) -> Result<(), FileError> {
        let _whole = Uninterrupted::begin();
        for Seal { name, size, .. } in &self.files {
            // Nothing is given up for files that are no longer there.
            let staged = self.staging.path().join(name);
            let about = staged.metadata().map_err(FileError::writing(&staged))?;
            if about.len() != *size {
                let source = std::io::Error::other("it is not as it was written");
                return Err(FileError::Write { path: staged, source });
            }
        }
        if self.swaps && exchange(self.staging.path(), &self.folder).is_ok() {
            // What was the folder is now the temporary one, and goes with it.
            return sync_folder(folder_of(&self.folder));
        }
        for name in self.stale.iter().filter(|name| self.seal(name).is_none()) {
            // What was to go and is still there does no harm: no manifest names it any more.
            let _ = std::fs::remove_file(self.folder.join(name));
        }
        for Seal { name, .. } in &self.files {
            let path = self.folder.join(name);
            move_file(&self.staging.path().join(name), &path)?;
        }
        sync_folder(&self.folder)
    }
}

/// Gives a file its name; where a mount lies between the two names, by way of a copy beside it.
fn move_file(from: &Path, to: &Path) -> Result<(), FileError> {
    match std::fs::rename(from, to) {
        Err(error) if error.kind() == ErrorKind::CrossesDevices => {
            write_whole(to, |writer| std::io::copy(&mut File::open(from)?, writer).map(|_| ()))
        }
        outcome => outcome.map_err(FileError::writing(to)),
    }
}

/// Whether a folder as a whole can be put in the place of this one.
fn can_change_places(folder: &Path) -> bool {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    let is_plain = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.and_then(|entry| entry.file_type()).is_ok_and(|kind| !kind.is_dir())
    };
    sweep(folder);
    folder.parent().is_some_and(|parent| is_same_device(parent, folder))
        && here.is_ok_and(|here| !here.starts_with(folder))
        && entries.take(MOST_TAKEN_ALONG + 1).map(is_plain).enumerate().all(|(n, plain)| plain && n < MOST_TAKEN_ALONG)
}

/// Gives `staging` the owner, the rights and the other files of `folder`, but those that are to go.
fn take_along(folder: &Path, staging: &Path, stale: &[String]) -> std::io::Result<()> {
    let about = folder.metadata()?;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let place = staging.join(entry.file_name());
        if !place.exists() && !stale.iter().any(|name| entry.file_name() == name.as_str()) {
            std::fs::hard_link(entry.path(), place)?;
        }
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let now = staging.metadata()?;
        if (now.uid(), now.gid()) != (about.uid(), about.gid()) {
            std::os::unix::fs::chown(staging, Some(about.uid()), Some(about.gid()))?;
        }
    }
    std::fs::set_permissions(staging, about.permissions())
}

#[cfg(unix)]
fn is_same_device(parent: &Path, folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| path.metadata().map(|about| about.dev()).ok();
    device(parent).is_some() && device(parent) == device(folder)
}

#[cfg(not(unix))]
const fn is_same_device(_: &Path, _: &Path) -> bool {
    false
}

/// Lets two folders change their names in one step.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn exchange(one: &Path, other: &Path) -> std::io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn exchange(_: &Path, _: &Path) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::testing::names;
    use super::*;

    fn staged(folder: &Path) -> Staged {
        let staged = Staged::of_folder(folder).unwrap();
        staged.add("list.csv", |writer| writer.write_all(b"new")).unwrap();
        staged.add("manifest.json", |writer| writer.write_all(b"{}")).unwrap();
        staged
    }

    #[test]
    fn a_folder_changes_places_at_once_and_keeps_what_else_is_in_it() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().canonicalize().unwrap().join("night");
        std::fs::create_dir(&folder).unwrap();
        for (name, text) in [("list.csv", "old"), ("notes.txt", "mine")] {
            std::fs::write(folder.join(name), text).unwrap();
        }
        std::fs::write(folder.join("value.json"), "of the old list").unwrap();
        let mut staged = staged(&folder);
        staged.leave_behind(vec!["value.json".to_owned(), "list.csv".to_owned()]);
        assert_eq!(std::fs::read_to_string(folder.join("list.csv")).unwrap(), "old");
        let ready = staged.ready().unwrap();
        assert!(ready.replacement().is_some());
        assert_eq!(names(&folder), ["list.csv", "notes.txt", "value.json"], "nothing appears before the rest");
        ready.take_place().unwrap();
        assert_eq!(names(&folder), ["list.csv", "manifest.json", "notes.txt"]);
        assert_eq!(std::fs::read_to_string(folder.join("list.csv")).unwrap(), "new");
        assert_eq!(names(parent.path()), ["night"]);
    }

    #[test]
    fn a_folder_with_folders_in_it_stays_where_it_is() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().canonicalize().unwrap();
        std::fs::create_dir(folder.join("models")).unwrap();
        let ready = staged(&folder).ready().unwrap();
        assert!(ready.replacement().is_none());
        ready.take_place().unwrap();
        assert_eq!(names(&folder), ["list.csv", "manifest.json", "models"]);
    }

    #[test]
    fn seals_tell_size_and_hash() {
        let parent = tempfile::tempdir().unwrap();
        let seals = staged(parent.path()).seals();
        assert_eq!((seals[0].name.as_str(), seals[0].size), ("list.csv", 3));
        assert_eq!(seals[0].blake3, blake3::hash(b"new").to_hex().to_string());
        assert!(names(parent.path()).is_empty(), "what is not committed goes");
    }
}
