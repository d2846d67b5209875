//! What a kind of source can do: open a file, whole or in pieces.

use std::path::{Path, PathBuf};

use polars::prelude::*;

use super::account::Reason;
use super::error::IngestError;
use super::facts::Fact;
use crate::config::{FoundKey, Layout};

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

/// An opened file, or a piece of it.
pub(crate) struct Opened {
    /// Its rows, not read yet; text files have text columns only.
    pub(crate) frame: LazyFrame,
    /// Rows that the frame must have, where that is known from elsewhere.
    pub(crate) expected_rows: Option<usize>,
    /// Position of its first row among all rows of the file.
    pub(crate) first_row: u64,
    /// Rows of the file that are not in the frame; ascending.
    pub(crate) cut: Vec<CutLine>,
    /// What was noticed about the file as a whole.
    pub(crate) facts: Vec<Fact>,
    /// Keys of the config that say how the file was read, where it was found out and not given; for drafts.
    pub(crate) found: Vec<FoundKey>,
}

impl Opened {
    /// The same with columns that hold nothing.
    pub(crate) fn with_empty(self, names: &[String]) -> Self {
        if names.is_empty() {
            return self;
        }
        let empty = |name: &String| lit(NULL).cast(DataType::String).alias(name.as_str());
        let columns: Vec<Expr> = names.iter().map(empty).collect();
        Self { frame: self.frame.with_columns(columns), ..self }
    }
}

/// A row of a file that was set aside before anything was parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CutLine {
    /// Its position among all rows of the file, from 0.
    pub(crate) row: u64,
    /// Why: it is broken, or no row.
    pub(crate) reason: Reason,
}

/// One file of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InputFile {
    /// Where it is, beginning as the path in the config does.
    pub(crate) path: PathBuf,
    /// The folder given in the config, if it was found inside one: `key=value` folders below it are columns.
    pub(crate) folder: Option<PathBuf>,
    /// How it is written, as far as the config says it.
    pub(crate) layout: Layout,
    /// Columns that it lacks and that are read as empty, because another column stands in for each.
    pub(crate) lacking: Vec<String>,
}

impl InputFile {
    /// A file of which the config says no more than where it is.
    pub(crate) fn new(path: PathBuf, folder: Option<&Path>) -> Self {
        Self { path, folder: folder.map(Path::to_owned), layout: Layout::default(), lacking: Vec::new() }
    }
}
