//! Reading a version: every file is read once, compared with the hash that it was registered with, and checked.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::hashes::{ALWAYS, FILES, HASHES, Hashes, digits, hash};
use super::layout::{EVALUATION, MANIFEST, MODEL, PROFILE, SCHEMA};
use super::{FORMAT, ModelManifest, RegistryError, Version};
use crate::checked::{Checked, Flaw};
use crate::error::Failure;
use crate::files::{FileError, read_short};

/// Larger files are not read: the largest models have a few million bytes.
pub(super) const MOST_BYTES: u64 = 256 << 20;

/// The files of a version as they were registered.
#[derive(Debug)]
pub(super) struct Verified {
    folder: PathBuf,
    files: BTreeMap<&'static str, Vec<u8>>,
}

impl Verified {
    /// Reads the files in the folder of a version; `registered` is the hash of their hashes, where the history has it.
    ///
    /// # Errors
    /// A file that is damaged or of another format, or what the operating system says.
    pub(super) fn read(folder: PathBuf, registered: Option<&str>) -> Result<Self, Failure> {
        let path = folder.join(HASHES);
        if !path.exists() {
            return Err(without_hashes(&folder)?.into());
        }
        let text = bytes_of(&path)?;
        check_format(&path, parsed::<Format>(&path, &text)?)?;
        if registered.is_some_and(|registered| registered != hash(&text)) {
            return Err(damaged(&path, "it is not the file that was registered: its hash is another").into());
        }
        let Hashes { files: hashes, .. } = parsed(&path, &text)?;
        if let Some(name) = hashes.keys().find(|name| !FILES.contains(&name.as_str())) {
            return Err(damaged(&path, format!("it names `{name}`, which no version has")).into());
        }
        let mut files = BTreeMap::new();
        for (place, name) in FILES.into_iter().enumerate() {
            match hashes.get(name) {
                Some(expected) => files.insert(name, registered_bytes(&folder.join(name), expected)?),
                None if place < ALWAYS => return Err(damaged(&path, format!("it has no hash of `{name}`")).into()),
                None => None,
            };
        }
        let verified = Self { folder, files };
        verified.check_name()?;
        Ok(verified)
    }

    fn bytes(&self, name: &str) -> &[u8] {
        self.files.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether the folder's name has the hash of what scores.
    fn check_name(&self) -> Result<(), RegistryError> {
        let (digits, name) = (digits(self.bytes(MODEL), self.bytes(SCHEMA)), self.name());
        // The time, the digits, and a number where another version had them first.
        if name.split('-').nth(1) == Some(&digits) {
            return Ok(());
        }
        Err(damaged(&self.folder.join(MODEL), format!("the name of the version does not have its hash, {digits}")))
    }

    fn name(&self) -> String {
        self.folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }

    fn json<T: DeserializeOwned>(&self, name: &str) -> Result<T, RegistryError> {
        parsed(&self.folder.join(name), self.bytes(name))
    }

    fn flawed(&self, name: &str) -> impl FnOnce(Flaw) -> RegistryError {
        let path = self.folder.join(name);
        move |flaw| damaged(&path, flaw.to_string())
    }

    /// What the version says of itself.
    ///
    /// # Errors
    /// `RegistryError::Damaged`.
    pub(super) fn manifest(&self) -> Result<ModelManifest, RegistryError> {
        let manifest: ModelManifest = self.json(MANIFEST)?;
        manifest.check().map_err(self.flawed(MANIFEST))?;
        let name = self.name();
        if manifest.version != name {
            return Err(damaged(&self.folder.join(MANIFEST), format!("it is about version `{}`", manifest.version)));
        }
        Ok(manifest)
    }

    /// The whole version.
    ///
    /// # Errors
    /// `RegistryError::Damaged`.
    pub(super) fn version(&self) -> Result<Version, RegistryError> {
        let version = Version {
            model: self.json(MODEL)?,
            schema: self.json(SCHEMA)?,
            manifest: self.manifest()?,
            evaluation: self.json(EVALUATION)?,
            profile: self.files.contains_key(PROFILE).then(|| self.json(PROFILE)).transpose()?,
        };
        version.model.check().map_err(self.flawed(MODEL))?;
        version.schema.check().map_err(self.flawed(SCHEMA))?;
        version.profile.as_ref().map_or(Ok(()), Checked::check).map_err(self.flawed(PROFILE))?;
        version.check().map_err(self.flawed(MODEL))?;
        Ok(version)
    }
}

/// The bytes of a file that has the hash it was registered with.
fn registered_bytes(path: &Path, expected: &str) -> Result<Vec<u8>, Failure> {
    let bytes = bytes_of(path)?;
    if hash(&bytes) == expected {
        return Ok(bytes);
    }
    Err(damaged(path, "it is not the file that was registered: its hash is another").into())
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, Failure> {
    read_short(path, MOST_BYTES).map_err(|source| match source.kind() {
        ErrorKind::NotFound => damaged(path, "it is missing").into(),
        ErrorKind::InvalidInput | ErrorKind::FileTooLarge => damaged(path, source.to_string()).into(),
        _ => FileError::reading(path)(source).into(),
    })
}

/// What a file of JSON holds.
///
/// # Errors
/// A damaged file, or what the operating system says.
pub(super) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    Ok(parsed(path, &bytes_of(path)?)?)
}

fn parsed<T: DeserializeOwned>(path: &Path, bytes: &[u8]) -> Result<T, RegistryError> {
    serde_json::from_slice(bytes).map_err(|error| damaged(path, error.to_string()))
}

fn damaged(path: &Path, message: impl Into<String>) -> RegistryError {
    RegistryError::Damaged { path: path.to_owned(), message: message.into() }
}

/// The format alone, so that another one is named rather than called damaged.
#[derive(serde::Deserialize)]
struct Format {
    format: u32,
}

fn check_format(path: &Path, Format { format }: Format) -> Result<(), RegistryError> {
    if format == FORMAT {
        return Ok(());
    }
    Err(RegistryError::OtherFormat { path: path.to_owned(), found: format, known: FORMAT })
}

/// What a folder without hashes is: a version of an earlier `retain`, whose model could be any, or a damaged one.
fn without_hashes(folder: &Path) -> Result<RegistryError, Failure> {
    let path = folder.join(MODEL);
    let format = parsed::<Format>(&path, &bytes_of(&path)?)?;
    check_format(&path, format)?;
    Ok(damaged(&folder.join(HASHES), "it is missing"))
}
