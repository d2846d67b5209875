//! The rows of a file that were dealt out to parts on disk.

use std::path::PathBuf;

use polars::prelude::*;

use super::error::IngestError;
use super::facts::Fact;
use super::forms::WrittenForms;
use super::resolve::Available;
use super::source::CutLine;
use super::watched::Unread;

/// The column that holds the number of a row in its file, under a name that no file can have.
pub(super) const NUMBER: &str = "\u{0}row";

/// The column that holds a hash of all columns of a row, where rows of several files are compared.
pub(super) const HASH: &str = "\u{0}hash";

/// Rows of a file that belong to a part.
pub(super) struct DealtRows {
    pub(super) frame: DataFrame,
    /// Their positions among all rows of the file.
    pub(super) numbers: Vec<u64>,
    /// A hash of all columns of each; empty where rows are not compared.
    pub(super) hashes: Vec<u64>,
}

/// A source file whose rows have been dealt out.
#[derive(Debug)]
pub(super) struct DealtFile {
    pub(super) path: PathBuf,
    pub(super) available: Available,
    /// Lines that were set aside before anything was parsed; they belong to the first part.
    pub(super) cut: Vec<CutLine>,
    pub(super) facts: Vec<Fact>,
    /// What its columns that nothing reads say.
    pub(super) unread: Unread,
    /// Whether its rows have hashes of all their columns.
    pub(super) is_hashed: bool,
    /// How its numbers and times are written.
    pub(super) written: WrittenForms,
    /// Its rows, by part.
    pub(super) chunks: Vec<Vec<PathBuf>>,
}

impl DealtFile {
    /// The rows of a part.
    pub(super) fn rows(&self, part: usize, columns: &[String]) -> Result<DealtRows, IngestError> {
        let failed = || IngestError::engine("reading back a part of the customers");
        let mut rows: Option<DataFrame> = None;
        for path in self.chunks.get(part).into_iter().flatten() {
            let path = PlRefPath::try_from_path(path).map_err(failed())?;
            let hidden = [NUMBER].into_iter().chain(self.is_hashed.then_some(HASH));
            let columns: Vec<Expr> = columns.iter().map(String::as_str).chain(hidden).map(col).collect();
            let chunk = LazyFrame::scan_parquet(path, ScanArgsParquet { glob: false, ..Default::default() });
            let chunk = chunk.and_then(|chunk| chunk.select(columns).collect()).map_err(failed())?;
            match &mut rows {
                Some(rows) => rows.vstack_mut_owned(chunk).map(|_| ()).map_err(failed())?,
                None => rows = Some(chunk),
            }
        }
        let mut frame = rows.unwrap_or_default();
        let mut taken = |name: &str| -> Result<Vec<u64>, IngestError> {
            let column = frame.drop_in_place(name).and_then(|column| Ok(column.u64()?.iter().flatten().collect()));
            column.map_err(failed())
        };
        let numbers = taken(NUMBER)?;
        let hashes = if self.is_hashed { taken(HASH)? } else { Vec::new() };
        Ok(DealtRows { frame, numbers, hashes })
    }
}
