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

/// The name of the same file of a run that leaves nothing else: what an earlier one left stays as its manifest has it.
#[must_use]
pub fn refused_file_name(table: &str) -> String {
    format!("refused_{table}.csv")
}

/// Stages `refused_<table>.csv` and tells the table; the rows come as `ingest` lists them, with the table in the first column.
///
/// # Errors
/// What the operating system or the table engine says.
pub fn stage_rejects(rows: &DataFrame, staged: &Staged) -> Result<(String, PathBuf), Failure> {
    let failed = OutputError::of_table("rejects");
    let name = rows.column("table").and_then(|column| Ok(column.str()?.get(0).unwrap_or_default().to_owned()));
    let table = name.map_err(&failed)?;
    let mut rows = without_formulas(rows).map_err(&failed)?;
    let path = staged.add(&refused_file_name(&table), |writer| write_frame(&mut rows, writer, Format::Csv))?;
    Ok((table, path))
}
