//! The folder that a job writes to: made, tried and locked before the work begins.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use super::error::FileError;
use super::holder::{Note, holder};
use super::staged::Staged;
use super::unfinished::{TemporaryFolder, sweep};
use super::whole::folder_of;
use crate::units::Timestamp;

/// A folder for outputs that no other run writes to while this value lives. A folder that was made for it goes with it if
/// nothing came into it.
#[derive(Debug)]
pub struct OutputFolder {
    path: PathBuf,
    /// Folders that were absent, the outermost first.
    made: Vec<PathBuf>,
    /// The lock of the folder.
    lock: Option<File>,
    /// Says beside it who this is.
    note: Option<Note>,
    /// Whom the lock named although it was free.
    stale: Option<String>,
    n_swept: usize,
}

impl OutputFolder {
    /// Makes the folder if it is absent, makes sure that files can be written to it, and keeps other runs out of it. What
    /// killed runs left in it and beside it is removed; who is refused is told who has it, since when.
    ///
    /// # Errors
    /// `FileError::InTheWay` or `Busy`, or what the operating system says.
    pub fn claim(path: &Path, now: Timestamp) -> Result<Self, FileError> {
        let made = make(path)?;
        // From here on, what was made goes again if the folder cannot be had.
        let mut claimed = Self::unlocked(path, made);
        claimed.path = path.canonicalize().map_err(FileError::writing(path))?;
        claimed.lock = held(&claimed.path)?;
        claimed.stale = holder(&Note::path(&claimed.path));
        claimed.n_swept = sweep(&claimed.path) + sweep(folder_of(&claimed.path));
        drop(TemporaryFolder::new(&claimed.path, 0o700).map_err(FileError::writing(path))?);
        claimed.note = Note::write(&claimed.path, now);
        Ok(claimed)
    }

    fn unlocked(path: &Path, made: Vec<PathBuf>) -> Self {
        Self { path: path.to_owned(), made, lock: None, note: None, stale: None, n_swept: 0 }
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whom the lock named although it was free: a process that died.
    #[must_use]
    pub fn stale_holder(&self) -> Option<&str> {
        self.stale.as_deref()
    }

    /// How many leftovers of killed runs were removed.
    #[must_use]
    pub const fn n_swept(&self) -> usize {
        self.n_swept
    }

    /// Begins files that will appear in it together.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn stage(&self) -> Result<Staged, FileError> {
        Staged::of_folder(&self.path)
    }
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        // The folder above may be one that goes.
        drop(self.note.take());
        for folder in self.made.iter().rev() {
            // A folder with something in it stays.
            let _ = std::fs::remove_dir(folder);
        }
    }
}

/// Makes sure that files can be written to a folder that may be absent, and leaves nothing behind.
///
/// # Errors
/// `FileError::InTheWay`, or what the operating system says.
pub fn require_writable(folder: &Path) -> Result<(), FileError> {
    drop(OutputFolder::unlocked(folder, make(folder)?));
    let present = folder.ancestors().find(|above| above.is_dir()).unwrap_or(Path::new("."));
    let tried = TemporaryFolder::new(present, 0o700).map_err(FileError::writing(folder))?;
    drop(tried);
    Ok(())
}

/// Makes a folder and tells which folders were absent, the outermost first.
fn make(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let whole = std::path::absolute(folder).map_err(FileError::writing(folder))?;
    let mut absent: Vec<PathBuf> = Vec::new();
    for above in whole.ancestors() {
        match above.metadata() {
            Ok(about) if about.is_dir() => break,
            Ok(_) => return Err(FileError::InTheWay { folder: folder.to_owned(), file: above.to_owned() }),
            Err(_) => absent.push(above.to_owned()),
        }
    }
    absent.reverse();
    std::fs::create_dir_all(&whole).map_err(FileError::writing(folder))?;
    Ok(absent)
}

/// The lock of a folder, on the folder itself so that nothing is left behind; `None` where folders cannot be locked.
fn held(folder: &Path) -> Result<Option<File>, FileError> {
    let busy = || FileError::Busy { folder: folder.to_owned(), holder: holder(&Note::path(folder)) };
    let Ok(open) = File::open(folder) else { return Ok(None) };
    match open.try_lock() {
        Ok(()) if is_still(folder, &open) => Ok(Some(open)),
        // Between opening and locking, a run that ended just then put another folder in its place.
        Ok(()) | Err(TryLockError::WouldBlock) => Err(busy()),
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

#[cfg(unix)]
fn is_still(folder: &Path, open: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    let same = |a: std::fs::Metadata, b: std::fs::Metadata| (a.dev(), a.ino()) == (b.dev(), b.ino());
    folder.metadata().and_then(|now| Ok(same(now, open.metadata()?))).unwrap_or(false)
}

#[cfg(not(unix))]
const fn is_still(_: &Path, _: &File) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::super::testing::names;
    use super::*;

    const NOW: Timestamp = Timestamp(1_751_436_000_000_000);

    #[test]
    fn one_run_at_a_time_has_a_folder_and_an_unused_one_goes() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("runs").join("day");
        let claimed = OutputFolder::claim(&path, NOW).unwrap();
        let refused = OutputFolder::claim(&path, NOW).unwrap_err().to_string();
        assert!(refused.contains(&format!(": process {}", std::process::id())), "{refused}");
        assert!(refused.ends_with("since 2025-07-02T06:00:00Z"), "{refused}");
        drop(claimed);
        assert!(names(parent.path()).is_empty());
        let claimed = OutputFolder::claim(&path, NOW).unwrap();
        let staged = claimed.stage().unwrap();
        staged.add("x", |_| Ok(())).unwrap();
        staged.commit().unwrap();
        drop(claimed);
        assert_eq!(names(&path), ["x"]);
        OutputFolder::claim(&path, NOW).unwrap();
    }

    #[test]
    fn what_a_killed_run_says_of_itself_is_told_once_and_taken_away() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().canonicalize().unwrap().join("day");
        std::fs::write(Note::path(&path), "process 7 on `elsewhere`, since 2025-07-02T05:00:00Z").unwrap();
        let claimed = OutputFolder::claim(&path, NOW).unwrap();
        assert_eq!(claimed.stale_holder(), Some("process 7 on `elsewhere`, since 2025-07-02T05:00:00Z"));
        drop(claimed);
        assert!(names(parent.path()).is_empty());
        assert_eq!(OutputFolder::claim(&path, NOW).unwrap().stale_holder(), None);
    }

    #[test]
    fn a_file_in_the_way_is_named_before_anything_is_made() {
        let parent = tempfile::tempdir().unwrap();
        let file = parent.path().join("afile");
        std::fs::write(&file, "x").unwrap();
        for folder in [file.clone(), file.join("x"), file.join("x/y")] {
            let named = |error: FileError| matches!(error, FileError::InTheWay { file: named, .. } if named == file);
            assert!(named(OutputFolder::claim(&folder, NOW).unwrap_err()));
            assert!(named(require_writable(&folder).unwrap_err()));
        }
        require_writable(&parent.path().join("a/b/c")).unwrap();
        assert_eq!(names(parent.path()), ["afile"]);
    }
}
