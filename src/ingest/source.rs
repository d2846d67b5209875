//! The kinds of sources: one file per kind, one line in [`SOURCES`]; the file's name decides.

use std::path::Path;

use polars::prelude::*;

use super::absent::without_absent_words;
use super::cells;
use super::csv::Csv;
use super::engine;
use super::error::IngestError;
use super::facts::Fact;
use super::parquet::Parquet;
use super::paths::InputFile;
use super::text_pieces::MOST_COLUMNS;

/// A kind of file that tables come in.
pub(crate) trait Source: Sync {
    /// The endings of the file names it reads.
    fn endings(&self) -> &'static [&'static str];

    /// Opens one file.
    ///
    /// # Errors
    /// An `IngestError` naming the file if it cannot be read as this kind.
    fn open(&self, file: &InputFile) -> Result<Opened, IngestError>;

    /// Memory that a row takes while it is read, checked, sorted and folded, at its peak. Measured on ten million purchase
    /// lines of seven columns, rounded up for tables with more of them.
    fn bytes_per_row(&self) -> u64;

    /// Whether reading some columns costs nothing for the others.
    fn keeps_columns_apart(&self) -> bool {
        false
    }

    /// What is to be reported if the rows of an opened file cannot be read.
    fn unreadable(&self, file: &InputFile, error: PolarsError) -> IngestError {
        IngestError::engine(format!("reading `{}`", file.path.display()))(error)
    }

    /// Opens one file in pieces of about so many bytes, for files larger than memory; there is at least one. A kind whose
    /// frame reads no more than it is asked for has one.
    ///
    /// # Errors
    /// As [`Source::open`].
    fn pieces(&self, file: &InputFile, _: usize) -> Result<Pieces, IngestError> {
        Ok(Box::new(std::iter::once(self.open(file))))
    }
}

/// The rows of a file, some after the other.
pub(crate) type Pieces = Box<dyn Iterator<Item = Result<Opened, IngestError>>>;

/// All kinds of sources.
pub(crate) const SOURCES: &[&dyn Source] = &[&Parquet, &Csv];

/// An opened file, or a piece of it.
pub(crate) struct Opened {
    /// Its rows, not read yet; text files have text columns only.
    pub(crate) frame: LazyFrame,
    /// Rows that the frame must have, where that is known from elsewhere.
    pub(crate) expected_rows: Option<usize>,
    /// Position of its first row among all rows of the file.
    pub(crate) first_row: u64,
    /// Positions (counted from 0, over all rows of the file) of rows that are not in the frame because they are broken;
    /// ascending.
    pub(crate) broken: Vec<u64>,
    /// What was noticed about the file as a whole.
    pub(crate) facts: Vec<Fact>,
}

/// The source that reads a file of that name.
pub(crate) fn of_file(path: &Path) -> Option<&'static dyn Source> {
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    SOURCES.iter().copied().find(|source| source.endings().iter().any(|ending| name.ends_with(ending)))
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
    source_of(file)?.open(file)
}

/// Opens a file in pieces of about so many bytes; there is at least one.
///
/// # Errors
/// As [`open`].
pub(crate) fn pieces(file: &InputFile, n_bytes: usize) -> Result<Pieces, IngestError> {
    source_of(file)?.pieces(file, n_bytes)
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
    let rows = engine::ask(|| frame.collect()).map_err(|error| source.unreadable(file, error))?;
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
        Ok(source) => source.unreadable(file, error),
        Err(unknown) => unknown,
    })?;
    if schema.len() > MOST_COLUMNS {
        let path = file.path.display().to_string();
        return Err(IngestError::TooManyColumns { path, found: schema.len(), limit: MOST_COLUMNS });
    }
    Ok(schema.iter_names().map(|name| name.to_string()).collect())
}

fn source_of(file: &InputFile) -> Result<&'static dyn Source, IngestError> {
    let unknown = || IngestError::UnknownFormat { path: file.path.display().to_string(), allowed: allowed_names() };
    of_file(&file.path).ok_or_else(unknown)
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
        assert_eq!(kind("x/orders.xlsx"), None);
        assert!(allowed_names().contains("`*.csv.zst`"));
    }
}
