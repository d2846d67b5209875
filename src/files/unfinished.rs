//! What is not finished: under names of its own, held by a lock while its process lives, removed when the process is
//! stopped, and swept by a later run when it was killed.
//!
//! A lock on the file or folder itself tells whether its process lives: the kernel lets go of it in every kind of death,
//! and a process id that is used again cannot be mistaken for it.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use tempfile::{NamedTempFile, TempDir};

use super::error::FileError;

/// How names of unfinished files and folders begin and end.
pub(super) const PREFIX: &str = ".retain-";
pub(super) const SUFFIX: &str = ".partial";

/// Times that a temporary name is tried anew because another run took the fresh file for a leftover.
const ATTEMPTS: usize = 16;

/// What the threads of this process are about.
struct Work {
    /// Pieces of work that a stop waits for.
    n_uninterrupted: usize,
    /// The process was told to stop: no such piece begins any more.
    is_stopping: bool,
    unfinished: BTreeSet<PathBuf>,
}

static WORK: Mutex<Work> = Mutex::new(Work { n_uninterrupted: 0, is_stopping: false, unfinished: BTreeSet::new() });
static WORK_CHANGED: Condvar = Condvar::new();

thread_local! {
    /// How many pieces of uninterrupted work this thread is inside.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

fn work() -> MutexGuard<'static, Work> {
    WORK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Work that a stop of the process lets end, and that does not begin once the process is told to stop; it may be nested.
#[derive(Debug)]
pub struct Uninterrupted {
    /// It belongs to its thread.
    _thread: PhantomData<*const ()>,
}

impl Uninterrupted {
    /// Begins it; never returns once the process is told to stop.
    #[must_use]
    pub fn begin() -> Self {
        if DEPTH.get() == 0 {
            let mut work = work();
            while work.is_stopping {
                work = WORK_CHANGED.wait(work).unwrap_or_else(PoisonError::into_inner);
            }
            work.n_uninterrupted += 1;
        }
        DEPTH.set(DEPTH.get() + 1);
        Self { _thread: PhantomData }
    }
}

impl Drop for Uninterrupted {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
        if DEPTH.get() == 0 {
            work().n_uninterrupted -= 1;
            WORK_CHANGED.notify_all();
        }
    }
}

/// Removes what is not finished, for a process that is told to stop: waits until no thread is in the middle of giving files
/// their places, and from then on lets none begin.
pub fn remove_unfinished() {
    let mut work = work();
    work.is_stopping = true;
    while work.n_uninterrupted > 0 {
        work = WORK_CHANGED.wait(work).unwrap_or_else(PoisonError::into_inner);
    }
    for path in &work.unfinished {
        // Whatever cannot be removed is swept by the next run; there is nobody left to tell.
        let _ = if path.is_dir() { remove_in_use(path) } else { std::fs::remove_file(path) };
    }
}

/// Removes a folder that other threads write to: under another name they find it no more.
fn remove_in_use(folder: &Path) -> std::io::Result<()> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let away = folder.with_file_name(format!("{}.stopped{SUFFIX}", name.trim_end_matches(SUFFIX)));
    std::fs::rename(folder, &away)?;
    std::fs::remove_dir_all(away)
}

/// Removes a finished folder: at once under its own name, and then, under one that is swept, what is in it.
///
/// # Errors
/// What the operating system says.
pub fn remove_folder(folder: &Path) -> Result<(), FileError> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let away = folder.with_file_name(format!("{PREFIX}{name}{SUFFIX}"));
    let removed = std::fs::rename(folder, &away).and_then(|()| std::fs::remove_dir_all(&away));
    removed.map_err(FileError::writing(folder))
}

/// Removes leftovers of killed runs from a folder and tells how many; what a live process holds is left alone.
pub fn sweep(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let left = entries.filter_map(Result::ok).filter(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with(PREFIX) && name.ends_with(SUFFIX)
    });
    left.filter(|entry| is_removed(&entry.path())).count()
}

fn is_removed(path: &Path) -> bool {
    let Ok(about) = path.symlink_metadata() else { return false };
    if about.is_symlink() {
        return std::fs::remove_file(path).is_ok();
    }
    if !about.is_file() && !about.is_dir() {
        return false;
    }
    // Held until it is gone, so that of two runs one sweeps.
    let Ok(held) = File::open(path) else { return false };
    if held.try_lock().is_err() {
        return false;
    }
    if about.is_dir() { std::fs::remove_dir_all(path).is_ok() } else { std::fs::remove_file(path).is_ok() }
}

/// Keeps a path on the list of what is not finished.
#[derive(Debug)]
pub(super) struct Mark(PathBuf);

impl Mark {
    pub(super) fn new(path: &Path) -> Self {
        work().unfinished.insert(path.to_owned());
        Self(path.to_owned())
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        work().unfinished.remove(&self.0);
    }
}

/// A file under a temporary name, gone with this value unless it is given a name.
#[derive(Debug)]
pub(super) struct TemporaryFile {
    pub(super) file: NamedTempFile,
    /// Dropped last, when the file is renamed or gone.
    _mark: Mark,
}

impl TemporaryFile {
    pub(super) fn new(parent: &Path) -> std::io::Result<Self> {
        let _whole = Uninterrupted::begin();
        for _ in 0..ATTEMPTS {
            let file = with_usual_rights(0o666, |builder| builder.tempfile_in(parent))?;
            if is_held(file.as_file(), file.path()) {
                let mark = Mark::new(file.path());
                return Ok(Self { file, _mark: mark });
            }
        }
        Err(std::io::ErrorKind::ResourceBusy.into())
    }
}

/// A folder under a temporary name, gone with this value unless it is kept.
#[derive(Debug)]
pub(super) struct TemporaryFolder {
    folder: TempDir,
    /// Tells other runs that this process lives.
    _held: Option<File>,
    /// Dropped last, when the folder is renamed or gone.
    _mark: Mark,
}

impl TemporaryFolder {
    pub(super) fn new(parent: &Path, mode: u32) -> std::io::Result<Self> {
        Self::made(|| with_usual_rights(mode, |builder| builder.tempdir_in(parent)))
    }

    /// A folder for its owner alone, with the first name of `name`, `name-1` and so on that is free.
    fn named(parent: &Path, name: &str) -> std::io::Result<Self> {
        Self::made(|| {
            let names = std::iter::once(name.to_owned()).chain((1..).map(|n| format!("{name}-{n}")));
            let free = names.map(|name| parent.join(format!("{PREFIX}{name}{SUFFIX}"))).find(|path| !path.exists());
            let fixed = free.as_deref().and_then(Path::file_name).unwrap_or_default();
            tempfile::Builder::new().prefix(fixed).suffix("").rand_bytes(0).tempdir_in(parent)
        })
    }

    fn made(make: impl Fn() -> std::io::Result<TempDir>) -> std::io::Result<Self> {
        let _whole = Uninterrupted::begin();
        for _ in 0..ATTEMPTS {
            let folder = make()?;
            let held = File::open(folder.path()).ok();
            if held.as_ref().is_none_or(|held| is_held(held, folder.path())) {
                let mark = Mark::new(folder.path());
                return Ok(Self { folder, _held: held, _mark: mark });
            }
        }
        Err(std::io::ErrorKind::ResourceBusy.into())
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Leaves the folder to whoever gave it another name.
    pub(super) fn keep(self) {
        let _path = self.folder.keep();
    }
}

/// Locks a fresh file or folder, unless another run was quicker and took it for a leftover. Where there are no locks nobody
/// can take it for one.
fn is_held(open: &File, path: &Path) -> bool {
    !matches!(open.try_lock(), Err(TryLockError::WouldBlock)) && path.exists()
}

/// Temporary names that say what they are, with the rights that other new files get: `tempfile` would give them to the
/// owner alone, and other people open these lists.
fn with_usual_rights<T>(mode: u32, make: impl FnOnce(&tempfile::Builder<'_, '_>) -> T) -> T {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(mode));
    }
    make(&builder)
}

/// A folder for what is needed only while a job runs: removed with this value, when the process is stopped, or by the next
/// run if it was killed.
#[derive(Debug)]
pub struct ScratchFolder(TemporaryFolder);

impl ScratchFolder {
    /// A new folder in `parent`, which is made if absent and swept.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn new(parent: &Path) -> Result<Self, FileError> {
        std::fs::create_dir_all(parent).map_err(FileError::writing(parent))?;
        sweep(parent);
        Ok(Self(TemporaryFolder::new(parent, 0o700).map_err(FileError::writing(parent))?))
    }

    /// The same with a name that does not change from job to job, unless another job has it.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn named(parent: &Path, name: &str) -> Result<Self, FileError> {
        std::fs::create_dir_all(parent).map_err(FileError::writing(parent))?;
        sweep(parent);
        let folder = TemporaryFolder::named(parent, name).map_err(FileError::writing(parent))?;
        Ok(Self(folder))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::names;
    use super::*;

    #[test]
    fn a_scratch_folder_goes_with_its_value() {
        let parent = tempfile::tempdir().unwrap();
        let scratch = ScratchFolder::new(&parent.path().join("new")).unwrap();
        std::fs::write(scratch.path().join("x"), "x").unwrap();
        assert_eq!(names(&parent.path().join("new")).len(), 1);
        drop(scratch);
        assert!(names(&parent.path().join("new")).is_empty());
    }

    #[test]
    fn a_scratch_folder_keeps_its_name_from_job_to_job() {
        let parent = tempfile::tempdir().unwrap();
        let name = |scratch: &ScratchFolder| scratch.path().file_name().unwrap().to_str().unwrap().to_owned();
        std::fs::create_dir(parent.path().join(".retain-query.partial")).unwrap();
        let first = ScratchFolder::named(parent.path(), "query").unwrap();
        let second = ScratchFolder::named(parent.path(), "query").unwrap();
        assert_eq!([name(&first), name(&second)], [".retain-query.partial", ".retain-query-1.partial"]);
        drop((first, second));
        assert!(names(parent.path()).is_empty());
    }

    #[test]
    fn leftovers_of_the_dead_are_swept_and_those_of_the_living_and_of_others_are_not() {
        let parent = tempfile::tempdir().unwrap();
        let (file, folder) =
            (TemporaryFile::new(parent.path()).unwrap(), TemporaryFolder::new(parent.path(), 0o700).unwrap());
        for name in [".retain-dead01.partial", ".mine.partial", "retain-x.partial"] {
            std::fs::write(parent.path().join(name), "x").unwrap();
        }
        std::fs::create_dir_all(parent.path().join(".retain-dead02.partial/part")).unwrap();
        std::fs::write(parent.path().join(".retain-dead02.partial/part/rows"), "x").unwrap();
        assert_eq!(sweep(parent.path()), 2);
        assert!(file.file.path().exists() && folder.path().exists());
        assert_eq!(names(parent.path()).len(), 4);
        drop((file, folder));
        assert_eq!(names(parent.path()), [".mine.partial", "retain-x.partial"]);
    }

    #[test]
    fn a_folder_that_is_written_to_can_be_removed() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join(".retain-x.partial");
        std::fs::create_dir(&folder).unwrap();
        let mut open = File::create(folder.join("a")).unwrap();
        remove_in_use(&folder).unwrap();
        assert!(std::io::Write::write_all(&mut open, b"late").is_ok());
        assert!(File::create(folder.join("b")).is_err(), "nothing new comes into it");
        assert!(names(parent.path()).is_empty());
    }
}
