//! The reject files: every row that was not used, where it came from and why.

use std::path::PathBuf;

use polars::prelude::DataFrame;

use super::error::OutputError;
use super::formula::without_formulas;
use super::tables::{Format, write_frame};
use crate::error::Failure;
use crate::files::Staged;

/// The name of the reject file of a table.
#[must_use]
pub fn reject_file_name(table: &str) -> String {
    format!("rejects_{table}.csv")
}

/// Stages `rejects_<table>.csv`; the rows come as `ingest` lists them, with the table in the first column.
///
/// # Errors
/// What the operating system or the table engine says.
pub fn stage_rejects(rows: &DataFrame, staged: &Staged) -> Result<PathBuf, Failure> {
    let failed = OutputError::of_table("rejects");
    let name = rows.column("table").and_then(|column| Ok(column.str()?.get(0).unwrap_or_default().to_owned()));
    let name = reject_file_name(&name.map_err(&failed)?);
    let mut rows = without_formulas(rows).map_err(&failed)?;
    Ok(staged.add(&name, |writer| write_frame(&mut rows, writer, Format::Csv))?)
}
