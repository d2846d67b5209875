//! The rows of a file that were dealt out to parts on disk.

use std::path::PathBuf;

use polars::prelude::*;

use super::error::IngestError;
use super::facts::Fact;
use super::numeric::Census;
use super::resolve::Available;

/// The column that holds the number of a row in its file, under a name that no file can have.
pub(super) const NUMBER: &str = "\u{0}row";

/// A source file whose rows have been dealt out.
#[derive(Debug)]
pub(super) struct DealtFile {
    pub(super) path: PathBuf,
    pub(super) available: Available,
    /// Positions of its broken lines; they belong to the first part.
    pub(super) broken: Vec<u64>,
    pub(super) facts: Vec<Fact>,
    /// How the values of the columns that expressions read are written.
    pub(super) written: Census,
    /// Its rows, by part.
    pub(super) chunks: Vec<Vec<PathBuf>>,
}

impl DealtFile {
    /// The rows of a part and their positions among all rows of the file.
    pub(super) fn rows(&self, part: usize, columns: &[String]) -> Result<(DataFrame, Vec<u64>), IngestError> {
        let failed = || IngestError::engine("reading back a part of the customers");
        let mut rows: Option<DataFrame> = None;
        for path in self.chunks.get(part).into_iter().flatten() {
            let path = PlRefPath::try_from_path(path).map_err(failed())?;
            let columns: Vec<Expr> = columns.iter().map(String::as_str).chain([NUMBER]).map(col).collect();
            let chunk = LazyFrame::scan_parquet(path, ScanArgsParquet { glob: false, ..Default::default() });
            let chunk = chunk.and_then(|chunk| chunk.select(columns).collect()).map_err(failed())?;
            match &mut rows {
                Some(rows) => rows.vstack_mut_owned(chunk).map(|_| ()).map_err(failed())?,
                None => rows = Some(chunk),
            }
        }
        let mut rows = rows.unwrap_or_default();
        let numbers = rows.drop_in_place(NUMBER).and_then(|numbers| Ok(numbers.u64()?.iter().flatten().collect()));
        Ok((rows, numbers.map_err(failed())?))
    }
}
