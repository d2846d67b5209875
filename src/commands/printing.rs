//! How commands print results and write documents.

use std::path::Path;

use super::error::JobError;
use crate::cli;
use crate::error::Failure;

/// The path as a person would write it here: without detours, and from the present folder where it lies below it.
pub(super) fn shown(path: &Path) -> String {
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    whole.strip_prefix(here).unwrap_or(&whole).display().to_string()
}

/// Indented JSON with a line end.
pub(super) fn write_json(writer: &mut impl std::io::Write, value: &impl serde::Serialize) -> std::io::Result<()> {
    serde_json::to_writer_pretty(&mut *writer, value)?;
    writer.write_all(b"\n")
}

/// Prints a result as JSON.
pub(super) fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| JobError::Output { source: error.into() })?;
    print(&(text + "\n"))
}

/// Prints a result.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    Ok(cli::print_data(text).map_err(|source| JobError::Output { source })?)
}
