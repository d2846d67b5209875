//! Hashes of the files of a version: what was registered can be reported from what was changed since. `hashes.json` has one
//! for each other file; its own stands in the history, and that of what scores in the name of the version.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::FORMAT;
use super::layout::{EVALUATION, MANIFEST, MODEL, PASSPORT, PROFILE, SCHEMA, XGBOOST};
use crate::files::{self, FileError};

/// The file.
pub(super) const HASHES: &str = "hashes.json";

/// Every file of a version beside it; the first four are always there.
pub(super) const FILES: [&str; 7] = [MODEL, SCHEMA, MANIFEST, EVALUATION, XGBOOST, PROFILE, PASSPORT];
pub(super) const ALWAYS: usize = 4;

/// `hashes.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Hashes {
    /// [`FORMAT`] of the version that wrote it.
    pub(super) format: u32,
    /// The BLAKE3 hash of each file.
    pub(super) files: BTreeMap<String, String>,
}

/// The hash of a file.
pub(super) fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// The first eight digits of the hash of what scores, with which the name of a version ends: equal models show.
pub(super) fn digits(model: &[u8], schema: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(model).update(schema);
    hasher.finalize().to_hex()[..8].to_owned()
}

/// Writes the hashes of the files in the folder of a version, and returns their own.
pub(super) fn write(folder: &Path) -> Result<String, FileError> {
    let mut hashes = Hashes { format: FORMAT, files: BTreeMap::new() };
    for name in FILES {
        let path = folder.join(name);
        match std::fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            bytes => {
                let bytes = bytes.map_err(FileError::reading(&path))?;
                hashes.files.insert(name.to_owned(), hash(&bytes));
            }
        }
    }
    let text = super::layout::json(&hashes);
    files::write_whole(&folder.join(HASHES), |writer| writer.write_all(&text))?;
    Ok(hash(&text))
}
