//! The kinds of sources: one file per kind, one line in [`SOURCES`]; the file's name decides.

use std::path::Path;

use polars::prelude::*;

use super::absent::without_absent_words;
use super::csv::Csv;
use super::error::IngestError;
use super::json::Json;
use super::limits::MOST_COLUMNS;
use super::parquet::Parquet;
use super::source::{InputFile, Opened, Pieces, Source};
use super::spreadsheet::Spreadsheet;
use super::{cells, engine};

/// All kinds of sources.
pub(crate) const SOURCES: &[&dyn Source] = &[&Parquet, &Csv, &Spreadsheet, &Json];

/// The source that reads a file of that name.
pub(crate) fn of_file(path: &Path) -> Option<&'static dyn Source> {
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    SOURCES.iter().copied().find(|source| source.endings().iter().any(|ending| name.ends_with(ending)))
}

/// Whether a file of that name is a table where it only lies in a folder that was named.
pub(crate) fn is_table_in_folder(path: &Path) -> bool {
    of_file(path).is_some() && path.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("json"))
}

/// The endings of all file names that can be read, for messages.
pub(crate) fn allowed_names() -> String {
    let endings: Vec<String> = SOURCES.iter().flat_map(|s| s.endings()).map(|ending| format!("`*{ending}`")).collect();
    endings.join(", ")
}

/// Opens a file with the source that its name asks for.
///
/// # Errors
/// `IngestError::UnknownFormat` if there is none, or the source's own.
pub(crate) fn open(file: &InputFile) -> Result<Opened, IngestError> {
    Ok(source_of(file)?.open(file)?.with_empty(&file.lacking))
}

/// Opens a file in pieces of about so many bytes; there is at least one.
///
/// # Errors
/// As [`open`].
pub(crate) fn pieces(file: &InputFile, n_bytes: usize) -> Result<Pieces, IngestError> {
    let pieces = source_of(file)?.pieces(file, n_bytes)?;
    if file.lacking.is_empty() {
        return Ok(pieces);
    }
    let lacking = file.lacking.clone();
    Ok(Box::new(pieces.map(move |piece| piece.map(|opened| opened.with_empty(&lacking)))))
}

/// Memory that a row of a file takes at its peak.
///
/// # Errors
/// `IngestError::UnknownFormat`.
pub(crate) fn bytes_per_row(file: &InputFile) -> Result<u64, IngestError> {
    Ok(source_of(file)?.bytes_per_row())
}

/// Whether reading some columns of a file costs nothing for the others.
///
/// # Errors
/// `IngestError::UnknownFormat`.
pub(crate) fn keeps_columns_apart(file: &InputFile) -> Result<bool, IngestError> {
    Ok(source_of(file)?.keeps_columns_apart())
}

/// Reads rows of an opened file as they are written.
///
/// # Errors
/// What the source says of rows that cannot be read, or `IngestError::LongCell`.
pub(crate) fn rows_as_written(file: &InputFile, frame: LazyFrame) -> Result<DataFrame, IngestError> {
    let source = source_of(file)?;
    let rows = engine::ask(|| frame.collect()).map_err(|error| unreadable(source, file, error))?;
    cells::check(file, &rows)?;
    Ok(rows)
}

/// Reads rows of an opened file; words that mean nothing are nothing.
///
/// # Errors
/// As [`rows_as_written`].
pub(crate) fn rows(file: &InputFile, frame: LazyFrame) -> Result<DataFrame, IngestError> {
    let rows = rows_as_written(file, frame)?;
    without_absent_words(&rows).map_err(IngestError::engine(format!("reading `{}`", file.path.display())))
}

/// The names of the columns of an opened file.
///
/// # Errors
/// `IngestError::TooManyColumns`, or what the source says of a file that cannot be read.
pub(crate) fn column_names(file: &InputFile, opened: &mut Opened) -> Result<Vec<String>, IngestError> {
    let schema = engine::ask(|| opened.frame.collect_schema());
    let schema = schema.map_err(|error| match source_of(file) {
        Ok(source) => unreadable(source, file, error),
        Err(unknown) => unknown,
    })?;
    if schema.len() > MOST_COLUMNS {
        let path = file.path.display().to_string();
        return Err(IngestError::TooManyColumns { path, found: schema.len(), limit: MOST_COLUMNS });
    }
    Ok(schema.iter_names().map(|name| name.to_string()).collect())
}

/// What is to be reported of rows that cannot be read: what the source says, unless memory is lacking.
fn unreadable(source: &dyn Source, file: &InputFile, error: PolarsError) -> IngestError {
    if engine::lacks_memory(&error) {
        return IngestError::io(&file.path)(std::io::ErrorKind::OutOfMemory.into());
    }
    source.unreadable(file, error)
}

fn source_of(file: &InputFile) -> Result<&'static dyn Source, IngestError> {
    of_file(&file.path)
        .ok_or_else(|| IngestError::UnknownFormat { path: file.path.display().to_string(), allowed: allowed_names() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_unique_and_names_are_reported() {
        let mut endings: Vec<_> = SOURCES.iter().flat_map(|source| source.endings()).collect();
        let n = endings.len();
        endings.sort();
        endings.dedup();
        assert_eq!(endings.len(), n);
        let kind = |name: &str| of_file(Path::new(name)).map(|source| source.endings()[0]);
        assert_eq!(kind("x/Orders.PARQUET"), Some(".parquet"));
        assert_eq!(kind("x/orders.csv.gz"), Some(".csv"));
        assert_eq!(kind("x/orders.xlsx"), Some(".xlsx"));
        assert_eq!(kind("x/orders.doc"), None);
        let is_table = |name: &str| is_table_in_folder(Path::new(name));
        assert!(is_table("orders.jsonl") && !is_table("manifest.JSON") && !is_table("notes.md"));
        assert!(allowed_names().contains("`*.csv.zst`"));
    }
}
