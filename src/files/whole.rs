//! Single files and folders that appear whole: written under a temporary name, synced, and renamed.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::error::FileError;
use super::unfinished::{TemporaryFile, TemporaryFolder, Uninterrupted};

/// What a file is filled through.
pub type Writer<'f> = BufWriter<Sealing<'f>>;

/// Passes bytes on to a file and keeps their hash.
#[derive(Debug)]
pub struct Sealing<'f> {
    file: &'f mut File,
    hasher: blake3::Hasher,
    /// What the operating system said last, if it refused: a library may have put it into words of its own.
    refused: Option<i32>,
}

impl Write for Sealing<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let n_written = self.file.write(bytes).inspect_err(|error| self.refused = error.raw_os_error())?;
        self.hasher.update(&bytes[..n_written]);
        Ok(n_written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// Lets `fill` write an open file, syncs it, and tells what came to be in it.
pub(super) fn fill_and_sync(
    target: &mut File,
    fill: impl FnOnce(&mut Writer<'_>) -> std::io::Result<()>,
) -> std::io::Result<(u64, String)> {
    let mut writer = BufWriter::new(Sealing { file: target, hasher: blake3::Hasher::new(), refused: None });
    fill(&mut writer).map_err(|error| writer.get_ref().refused.map_or(error, std::io::Error::from_raw_os_error))?;
    let Sealing { file, hasher, .. } = writer.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok((hasher.count(), hasher.finalize().to_hex().to_string()))
}

/// Lets `fill` write the file `path`, which appears only when it is complete and synced. Missing folders are made.
///
/// # Errors
/// What the operating system or `fill` says; an earlier file of that name is then untouched.
pub fn write_whole(path: &Path, fill: impl FnOnce(&mut Writer<'_>) -> std::io::Result<()>) -> Result<(), FileError> {
    let failed = |source| FileError::Write { path: path.to_owned(), source };
    let folder = folder_of(path);
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut temporary = TemporaryFile::new(folder).map_err(failed)?;
    fill_and_sync(temporary.file.as_file_mut(), fill).map_err(failed)?;
    let _whole = Uninterrupted::begin();
    temporary.file.persist(path).map_err(|error| failed(error.error))?;
    sync_folder(folder)
}

/// Lets `fill` write files into a new folder, which gets the name `path` only when all of them are complete and synced.
///
/// # Errors
/// What the operating system or `fill` says; also if `path` exists already.
pub fn write_folder(path: &Path, fill: impl FnOnce(&Path) -> Result<(), FileError>) -> Result<(), FileError> {
    let failed = |source| FileError::Write { path: path.to_owned(), source };
    let parent = folder_of(path);
    std::fs::create_dir_all(parent).map_err(failed)?;
    let temporary = TemporaryFolder::new(parent, 0o777).map_err(failed)?;
    fill(temporary.path())?;
    sync_folder(temporary.path())?;
    let _whole = Uninterrupted::begin();
    if path.exists() {
        return Err(failed(std::io::ErrorKind::AlreadyExists.into()));
    }
    std::fs::rename(temporary.path(), path).map_err(failed)?;
    temporary.keep();
    sync_folder(parent)
}

/// Makes `path` a symbolic link to `target`, in the place of whatever file has that name.
///
/// # Errors
/// What the operating system says.
#[cfg(unix)]
pub fn write_link(path: &Path, target: &Path) -> Result<(), FileError> {
    let failed = |source| FileError::Write { path: path.to_owned(), source };
    let folder = folder_of(path);
    // In a folder of its own, because a link is never made in the place of another.
    let temporary = TemporaryFolder::new(folder, 0o777).map_err(failed)?;
    let link = temporary.path().join("link");
    std::os::unix::fs::symlink(target, &link).map_err(failed)?;
    std::fs::rename(&link, path).map_err(failed)?;
    sync_folder(folder)
}

/// Refused where there are no symbolic links.
///
/// # Errors
/// Always.
#[cfg(not(unix))]
pub fn write_link(path: &Path, _: &Path) -> Result<(), FileError> {
    Err(FileError::Write { path: path.to_owned(), source: std::io::ErrorKind::Unsupported.into() })
}

/// Appends a line to a file and syncs it; the file is made if absent. A line that cannot be written whole is taken back.
///
/// # Errors
/// What the operating system says.
pub fn append_line(path: &Path, line: &str) -> Result<(), FileError> {
    let _whole = Uninterrupted::begin();
    let append = || {
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path)?;
        let before = file.metadata()?.len();
        let written = file.write_all(format!("{line}\n").as_bytes()).and_then(|()| file.sync_all());
        if written.is_err() {
            // A torn line that stays all the same is mended by the next writer.
            let _ = file.set_len(before);
        }
        written
    };
    append().map_err(FileError::writing(path))
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes sure that the names in a folder are on the disk.
///
/// # Errors
/// What the operating system says.
pub fn sync_folder(folder: &Path) -> Result<(), FileError> {
    File::open(folder).and_then(|open| open.sync_all()).map_err(FileError::writing(folder))
}

#[cfg(test)]
mod tests {
    use super::super::testing::names;
    use super::*;

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

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_called_one_whatever_a_library_makes_of_it() {
        let mut full = File::options().write(true).open("/dev/full").unwrap();
        let failure = fill_and_sync(&mut full, |writer| {
            writer.write_all(&vec![7; 1 << 16]).map_err(|_| std::io::Error::other("a library's own words"))
        });
        assert_eq!(failure.unwrap_err().kind(), std::io::ErrorKind::StorageFull);
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
        std::fs::write(folder.path().join("usual"), "").unwrap();
        write_whole(&folder.path().join("ours"), |_| Ok(())).unwrap();
        let mode = |name: &str| folder.path().join(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode("ours"), mode("usual"));
    }
}
