//! Files of our own that are read whole, and therefore cannot be long.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

/// The bytes of a file, at most so many. A pipe would be waited for, and a device may have no end.
///
/// # Errors
/// What the operating system says; `InvalidInput` for what is no file, `FileTooLarge` for one that is longer.
pub fn read_short(path: &Path, most_bytes: u64) -> Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(Error::new(ErrorKind::InvalidInput, "it is no file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(most_bytes + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most_bytes {
        return Err(Error::new(ErrorKind::FileTooLarge, format!("it has more than {most_bytes} bytes")));
    }
    Ok(bytes)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_is_longer_or_no_file_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, "1234").unwrap();
        assert_eq!(read_short(&path, 4).unwrap(), b"1234");
        assert_eq!(read_short(&path, 3).unwrap_err().kind(), ErrorKind::FileTooLarge);
        let (pipe, link) = (folder.path().join("pipe"), folder.path().join("link"));
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
        for path in [&pipe, &link, folder.path()] {
            assert_eq!(read_short(path, 4).unwrap_err().kind(), ErrorKind::InvalidInput);
        }
        assert_eq!(read_short(&folder.path().join("none"), 4).unwrap_err().kind(), ErrorKind::NotFound);
    }
}
