//! A Parquet file that is written while its rows are made, so that they need never be in memory together.

use std::io::Error;
use std::path::{Path, PathBuf};

use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{ParquetCompression, ParquetWriter, StatisticsOptions};

use super::error::OutputError;
use super::tables::{Format, to_frame};
use crate::error::Failure;
use crate::files::{Staged, Writer};
use crate::table::Table;

/// Takes the next rows of a table.
pub type Emit<'e> = &'e mut (dyn FnMut(Table) -> Result<(), Failure> + Send);

/// Stages `<name>.parquet` in `folder`: `make` emits tables of the same columns, each of which becomes a row group.
///
/// # Errors
/// What the operating system, the table engine or `make` says.
pub fn stage_stream(
    name: &'static str,
    folder: &Path,
    staged: &mut Staged,
    make: impl FnOnce(Emit<'_>) -> Result<(), Failure>,
) -> Result<PathBuf, Failure> {
    let path = folder.join(format!("{name}.parquet"));
    let mut failure = None;
    let written = staged.add(&path, |file| {
        let mut writer = Stream { name, file: Some(file), open: None };
        let outcome = make(&mut |table| writer.write(&table)).and_then(|()| writer.finish());
        outcome.map_err(|reason| {
            failure = Some(reason);
            Error::other("stopped")
        })
    });
    match failure {
        Some(failure) => Err(failure),
        None => Ok(written.map(|()| path)?),
    }
}

/// The writer, opened by the first rows because they tell the columns.
struct Stream<'s, 'f> {
    name: &'static str,
    file: Option<&'s mut Writer<'f>>,
    open: Option<BatchedWriter<&'s mut Writer<'f>>>,
}

impl Stream<'_, '_> {
    fn write(&mut self, table: &Table) -> Result<(), Failure> {
        let failed = OutputError::of_table(self.name);
        let frame = to_frame(table, Format::Parquet)?;
        if let Some(file) = self.file.take() {
            // Numbers hardly shrink, and nobody looks for ranges of a feature: fast compression, no statistics.
            let writer = ParquetWriter::new(file)
                .with_compression(ParquetCompression::Lz4Raw)
                .with_statistics(StatisticsOptions::empty());
            self.open = Some(writer.batched(frame.schema()).map_err(&failed)?);
        }
        match &mut self.open {
            Some(open) => Ok(open.write_batch(&frame).map_err(&failed)?),
            None => Ok(()),
        }
    }

    fn finish(self) -> Result<(), Failure> {
        match self.open {
            Some(open) => Ok(open.finish().map(|_| ()).map_err(OutputError::of_table(self.name))?),
            None => Ok(()),
        }
    }
}
