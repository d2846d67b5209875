//! Fingerprints of the input files: what a run really read.

use std::fs::File;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::error::IngestError;

/// One input file: where, how large, which bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Fingerprint {
    /// The path, beginning as the one in the config does.
    pub path: PathBuf,
    /// Bytes.
    pub size: u64,
    /// BLAKE3 of the bytes, in hexadecimal.
    pub blake3: String,
}

/// The fingerprints of files, each file once, sorted by path.
///
/// # Errors
/// `IngestError::Io` if a file cannot be read.
pub fn fingerprints(paths: impl IntoIterator<Item = PathBuf>) -> Result<Vec<Fingerprint>, IngestError> {
    let mut paths: Vec<PathBuf> = paths.into_iter().collect();
    paths.sort();
    paths.dedup();
    paths.par_iter().map(|path| of_file(path)).collect()
}

fn of_file(path: &Path) -> Result<Fingerprint, IngestError> {
    let file = File::open(path).map_err(IngestError::io(path))?;
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(&file).map_err(IngestError::io(path))?;
    Ok(Fingerprint { path: path.to_owned(), size: hasher.count(), blake3: hasher.finalize().to_hex().to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_once_with_size_and_hash() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, "abc").unwrap();
        let prints = fingerprints([path.clone(), path.clone()]).unwrap();
        assert_eq!(prints.len(), 1);
        assert_eq!(prints[0].size, 3);
        assert_eq!(prints[0].blake3, "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85");
        assert!(fingerprints([folder.path().join("none")]).is_err());
    }
}
