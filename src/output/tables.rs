//! Plain tables as CSV or Parquet files.

use std::io::Write;
use std::path::Path;

use polars::prelude::{
    Column as PolarsColumn, CsvWriter, DataFrame, DataType, IntoColumn, NamedFrom, ParquetWriter, SerWriter, Series,
    TimeUnit,
};

use super::error::OutputError;
use super::whole::write_whole;
use crate::simulate::{Column, Table};

/// A file format for tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values; instants in UTC as `2024-05-31T12:00:00Z`.
    Csv,
    /// Apache Parquet, compressed with zstd.
    Parquet,
}

impl Format {
    /// The end of the names of such files.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }
}

/// Writes a table to `folder` under its own name.
///
/// # Errors
/// What the operating system or the table engine says; an earlier file is then untouched.
pub fn write_table(table: &Table, folder: &Path, format: Format) -> Result<(), OutputError> {
    let failed = |error: polars::prelude::PolarsError| OutputError::Table {
        table: table.name.to_owned(),
        message: error.to_string(),
    };
    let columns = table.columns.iter().map(|(name, column)| to_polars(name, column)).collect::<Result<Vec<_>, _>>();
    let mut frame = columns.and_then(|columns| DataFrame::new(table.n_rows(), columns)).map_err(failed)?;
    let path = folder.join(format!("{}.{}", table.name, format.extension()));
    write_whole(&path, |writer| write_frame(&mut frame, writer, format))
}

fn write_frame(frame: &mut DataFrame, writer: impl Write + Send, format: Format) -> std::io::Result<()> {
    let outcome = match format {
        Format::Csv => CsvWriter::new(writer).with_datetime_format(Some("%Y-%m-%dT%H:%M:%SZ".into())).finish(frame),
        Format::Parquet => ParquetWriter::new(writer).finish(frame).map(|_| ()),
    };
    outcome.map_err(std::io::Error::other)
}

fn to_polars(name: &str, column: &Column) -> Result<PolarsColumn, polars::prelude::PolarsError> {
    let name = name.into();
    let instants = DataType::Datetime(TimeUnit::Microseconds, None);
    let series = match column {
        Column::Text(values) => Series::new(name, values),
        Column::OptionalText(values) => Series::new(name, values),
        Column::Number(values) => Series::new(name, values),
        Column::OptionalNumber(values) => Series::new(name, values),
        Column::Integer(values) => Series::new(name, values),
        Column::Flag(values) => Series::new(name, values),
        Column::Time(values) => Series::new(name, values.iter().map(|at| at.0).collect::<Vec<_>>()).cast(&instants)?,
        Column::OptionalTime(values) => {
            Series::new(name, values.iter().map(|at| at.map(|at| at.0)).collect::<Vec<_>>()).cast(&instants)?
        }
    };
    Ok(series.into_column())
}
