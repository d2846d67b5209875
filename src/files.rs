//! Owns how files appear: whole or not at all. They are written under a temporary name beside their place, synced, and
//! renamed; what a stopped process leaves unfinished is removed.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::{NamedTempFile, TempDir};

use crate::error::{Exit, Report};

/// A file or folder that could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The operating system refused to write.
    #[error("cannot write `{}`: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The operating system refused to read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
}

impl FileError {
    /// Failing to write `path`.
    pub(crate) fn writing(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Write { path: path.into(), source }
    }

    /// Failing to read `path`.
    pub(crate) fn reading(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Read { path: path.into(), source }
    }
}

impl Report for FileError {
    fn code(&self) -> &'static str {
        match self {
            Self::Write { .. } => "E701",
            Self::Read { .. } => "E703",
        }
    }

    fn exit(&self) -> Exit {
        Exit::CouldNotRun
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Write { .. } => "check that the folder can be written to and the disk has room".to_owned(),
            Self::Read { .. } => "check the path and who may read it".to_owned(),
        })
    }
}

/// What a file is filled through.
pub type Writer<'f> = BufWriter<&'f mut File>;

/// Lets `fill` write the file `path`, which appears only when it is complete and synced. Missing folders are made.
///
/// # Errors
/// What the operating system or `fill` says; an earlier file of that name is then untouched.
pub fn write_whole(path: &Path, fill: impl FnOnce(&mut Writer<'_>) -> std::io::Result<()>) -> Result<(), FileError> {
    let mut staged = Staged::default();
    staged.add(path, fill)?;
    staged.commit()
}

/// Files that appear together: all are complete before the first takes its place.
#[derive(Debug, Default)]
pub struct Staged {
    files: Vec<Unfinished>,
}

#[derive(Debug)]
struct Unfinished {
    temporary: NamedTempFile,
    path: PathBuf,
    /// Dropped last, when the temporary file is renamed or gone.
    _mark: Mark,
}

impl Staged {
    /// Lets `fill` write a file that will be `path`.
    ///
    /// # Errors
    /// What the operating system or `fill` says.
    pub fn add(
        &mut self,
        path: &Path,
        fill: impl FnOnce(&mut Writer<'_>) -> std::io::Result<()>,
    ) -> Result<(), FileError> {
        let failed = |source| FileError::Write { path: path.to_owned(), source };
        let folder = folder_of(path);
        std::fs::create_dir_all(folder).map_err(failed)?;
        let mut temporary = with_usual_rights(0o666, |builder| builder.tempfile_in(folder)).map_err(failed)?;
        let mark = Mark::new(temporary.path());
        let mut writer = BufWriter::new(temporary.as_file_mut());
        fill(&mut writer).and_then(|()| writer.flush()).map_err(failed)?;
        drop(writer);
        temporary.as_file().sync_all().map_err(failed)?;
        self.files.push(Unfinished { temporary, path: path.to_owned(), _mark: mark });
        Ok(())
    }

    /// The files of both, those of `self` first.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.files.extend(other.files);
        self
    }

    /// Gives every file its name, in the order in which they were added.
    ///
    /// # Errors
    /// What the operating system says of the first file that cannot be renamed.
    pub fn commit(self) -> Result<(), FileError> {
        let mut folders = BTreeSet::new();
        for Unfinished { temporary, path, _mark } in self.files {
            folders.insert(folder_of(&path).to_owned());
            temporary.persist(&path).map_err(|error| FileError::Write { path, source: error.error })?;
        }
        folders.iter().try_for_each(|folder| sync_folder(folder))
    }
}

/// Lets `fill` write files into a new folder, which gets the name `path` only when all of them are complete and synced.
///
/// # Errors
/// What the operating system or `fill` says; also if `path` exists already.
pub fn write_folder(path: &Path, fill: impl FnOnce(&Path) -> Result<(), FileError>) -> Result<(), FileError> {
    let failed = |source| FileError::Write { path: path.to_owned(), source };
    let parent = folder_of(path);
    std::fs::create_dir_all(parent).map_err(failed)?;
    let temporary: TempDir = with_usual_rights(0o777, |builder| builder.tempdir_in(parent)).map_err(failed)?;
    let mark = Mark::new(temporary.path());
    fill(temporary.path())?;
    sync_folder(temporary.path())?;
    if path.exists() {
        return Err(failed(std::io::ErrorKind::AlreadyExists.into()));
    }
    std::fs::rename(temporary.path(), path).map_err(failed)?;
    let _renamed = temporary.keep();
    drop(mark);
    sync_folder(parent)
}

/// A folder for what is needed only while a job runs: removed with this value, or when the process is stopped.
#[derive(Debug)]
pub struct ScratchFolder {
    folder: TempDir,
    /// Dropped last, when the folder is gone.
    _mark: Mark,
}

impl ScratchFolder {
    /// A new folder in `parent`, which is made if absent.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn new(parent: &Path) -> Result<Self, FileError> {
        std::fs::create_dir_all(parent).map_err(FileError::writing(parent))?;
        let made = with_usual_rights(0o700, |builder| builder.tempdir_in(parent));
        let folder: TempDir = made.map_err(FileError::writing(parent))?;
        let mark = Mark::new(folder.path());
        Ok(Self { folder, _mark: mark })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Appends a line to a file and syncs it; the file is made if absent.
///
/// # Errors
/// What the operating system says.
pub fn append_line(path: &Path, line: &str) -> Result<(), FileError> {
    let open = std::fs::OpenOptions::new().append(true).create(true).open(path);
    let written =
        open.and_then(|mut file| file.write_all(format!("{line}\n").as_bytes()).and_then(|()| file.sync_all()));
    written.map_err(FileError::writing(path))
}

/// Removes what is not finished, for a process that is told to stop.
pub fn remove_unfinished() {
    let unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
    for path in unfinished.iter() {
        // Whatever cannot be removed is recognised by its name; there is nobody left to tell.
        let _ = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    }
}

static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Keeps a path on the list of what is not finished.
#[derive(Debug)]
struct Mark(PathBuf);

impl Mark {
    fn new(path: &Path) -> Self {
        UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned());
        Self(path.to_owned())
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

/// Temporary names that say what they are, with the rights that other new files get: `tempfile` would give them to the
/// owner alone, and other people open these lists.
fn with_usual_rights<T>(mode: u32, make: impl FnOnce(&tempfile::Builder<'_, '_>) -> T) -> T {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".").suffix(".partial");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(mode));
    }
    make(&builder)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn sync_folder(folder: &Path) -> Result<(), FileError> {
    File::open(folder).and_then(|open| open.sync_all()).map_err(FileError::writing(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        entries.map(|name| name.into_string().unwrap()).collect()
    }

    #[test]
    fn a_failed_write_leaves_the_earlier_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("list.csv");
        write_whole(&path, |writer| writer.write_all(b"first")).unwrap();
        let failure = write_whole(&path, |writer| {
            writer.write_all(b"half of the sec")?;
            Err(std::io::Error::other("the disk is full"))
        });
        assert!(failure.unwrap_err().to_string().contains("the disk is full"));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "first");
        assert_eq!(names(path.parent().unwrap()), ["list.csv"]);
    }

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
    fn staged_files_appear_together() {
        let folder = tempfile::tempdir().unwrap();
        let mut staged = Staged::default();
        staged.add(&folder.path().join("a"), |writer| writer.write_all(b"a")).unwrap();
        assert!(names(folder.path()).iter().all(|name| name.ends_with(".partial")));
        staged.add(&folder.path().join("b"), |writer| writer.write_all(b"b")).unwrap();
        staged.commit().unwrap();
        let mut found = names(folder.path());
        found.sort();
        assert_eq!(found, ["a", "b"]);
    }

    #[test]
    fn a_folder_appears_whole_and_never_replaces_another() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("v1");
        let fill =
            |text: &'static str| move |folder: &Path| write_whole(&folder.join("x"), |w| w.write_all(text.as_bytes()));
        write_folder(&path, fill("one")).unwrap();
        assert!(write_folder(&path, fill("two")).is_err());
        assert_eq!(std::fs::read_to_string(path.join("x")).unwrap(), "one");
        let broken = write_folder(&parent.path().join("v2"), |folder| {
            Err(FileError::Write { path: folder.to_owned(), source: std::io::Error::other("full") })
        });
        assert!(broken.is_err());
        assert_eq!(names(parent.path()), ["v1"]);
    }

    #[cfg(unix)]
    #[test]
    fn others_may_read_what_the_usual_mask_lets_them_read() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (ours, usual) = (folder.path().join("ours"), folder.path().join("usual"));
        write_whole(&ours, |writer| writer.write_all(b"x")).unwrap();
        std::fs::write(&usual, "x").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&usual));
    }
}
