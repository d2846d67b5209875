//! The reject files: every row that was not used, where it came from and why.

use std::path::{Path, PathBuf};

use polars::prelude::DataFrame;

use super::error::OutputError;
use super::formula::without_formulas;
use super::tables::{Format, write_frame};
use crate::error::Failure;
use crate::files::Staged;

/// Stages `rejects_<table>.csv` in `folder`; the rows come as `ingest` lists them, with the table in the first column.
///
/// # Errors
/// What the operating system or the table engine says.
pub fn stage_rejects(rows: &DataFrame, folder: &Path, staged: &mut Staged) -> Result<PathBuf, Failure> {
    let failed = OutputError::of_table("rejects");
    let name = rows.column("table").and_then(|column| Ok(column.str()?.get(0).unwrap_or_default().to_owned()));
    let path = folder.join(format!("rejects_{}.csv", name.map_err(&failed)?));
    let mut rows = without_formulas(rows).map_err(&failed)?;
    staged.add(&path, |writer| write_frame(&mut rows, writer, Format::Csv))?;
    Ok(path)
}
