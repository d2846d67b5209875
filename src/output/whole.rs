//! Writing a file whole or not at all.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::error::OutputError;

/// Lets `fill` write the file `path`; the file appears only when it is complete and synced. Missing folders are made.
///
/// # Errors
/// What the operating system or `fill` says; an earlier file of that name is then untouched.
pub fn write_whole(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&mut File>) -> std::io::Result<()>,
) -> Result<(), OutputError> {
    let failed = |source| OutputError::Write { path: path.to_owned(), source };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut temporary = tempfile::Builder::new().suffix(".partial").tempfile_in(folder).map_err(failed)?;
    {
        let mut writer = BufWriter::new(temporary.as_file_mut());
        fill(&mut writer).and_then(|()| writer.flush()).map_err(failed)?;
    }
    temporary.as_file().sync_all().map_err(failed)?;
    temporary.persist(path).map_err(|error| failed(error.error))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
}

#[cfg(test)]
mod tests {
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
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
