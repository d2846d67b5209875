//! Plain tables as CSV or Parquet files.

use std::borrow::Cow;
use std::io::Write;
use std::path::{Path, PathBuf};

use polars::prelude::{
    Column as PolarsColumn, CsvWriter, DataFrame, DataType, IntoColumn, NamedFrom, ParquetWriter, PlSmallStr,
    PolarsResult, SerWriter, Series, TimeUnit,
};

use super::error::OutputError;
use super::formula::harmless;
use crate::error::Failure;
use crate::files::Staged;
use crate::table::{Column, Table};
use crate::units::Timestamp;

/// A file format for tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values; instants in UTC as `2024-05-31T12:00:00Z`, text that a spreadsheet would run made
    /// harmless.
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

/// Writes a table to `folder` under its own name and tells its path.
///
/// # Errors
/// What the operating system or the table engine says; an earlier file is then untouched.
pub fn write_table(table: &Table, folder: &Path, format: Format) -> Result<PathBuf, Failure> {
    let mut staged = Staged::default();
    let path = stage_table(table, folder, format, &mut staged)?;
    staged.commit()?;
    Ok(path)
}

/// Stages a table in `folder` under its own name and tells the path that it will have.
///
/// # Errors
/// What the operating system or the table engine says.
pub fn stage_table(table: &Table, folder: &Path, format: Format, staged: &mut Staged) -> Result<PathBuf, Failure> {
    let mut frame = to_frame(table, format)?;
    let path = folder.join(format!("{}.{}", table.name, format.extension()));
    staged.add(&path, |writer| write_frame(&mut frame, writer, format))?;
    Ok(path)
}

pub(super) fn write_frame(frame: &mut DataFrame, writer: impl Write + Send, format: Format) -> std::io::Result<()> {
    let outcome = match format {
        Format::Csv => CsvWriter::new(writer).with_datetime_format(Some("%Y-%m-%dT%H:%M:%SZ".into())).finish(frame),
        Format::Parquet => ParquetWriter::new(writer).finish(frame).map(|_| ()),
    };
    outcome.map_err(std::io::Error::other)
}

pub(super) fn to_frame(table: &Table, format: Format) -> Result<DataFrame, OutputError> {
    let columns = table.columns.iter().map(|(name, column)| to_polars(name, column, format));
    let frame = columns.collect::<PolarsResult<Vec<_>>>().and_then(|columns| DataFrame::new(table.n_rows(), columns));
    frame.map_err(OutputError::of_table(table.name))
}

fn to_polars(name: &str, column: &Column, format: Format) -> PolarsResult<PolarsColumn> {
    let name = name.into();
    let text = |text: &String| shown(text, format).into_owned();
    let series = match column {
        Column::Text(values) => Series::new(name, values.iter().map(text).collect::<Vec<_>>()),
        Column::OptionalText(values) => {
            Series::new(name, values.iter().map(|value| value.as_ref().map(text)).collect::<Vec<_>>())
        }
        Column::Number(values) => Series::new(name, values),
        Column::OptionalNumber(values) => Series::new(name, values),
        Column::Integer(values) => Series::new(name, values),
        Column::OptionalInteger(values) => Series::new(name, values),
        Column::Flag(values) => Series::new(name, values),
        Column::Time(values) => instants(name, values.iter().map(|at| Some(*at)))?,
        Column::OptionalTime(values) => instants(name, values.iter().copied())?,
        Column::OptionalDate(values) => {
            let days: Vec<Option<i32>> = values.iter().map(|date| date.map(days_since_1970)).collect();
            Series::new(name, days).cast(&DataType::Date)?
        }
    };
    Ok(series.into_column())
}

/// A text as it may stand in a file of that format.
fn shown(text: &str, format: Format) -> Cow<'_, str> {
    if format == Format::Csv { harmless(text) } else { Cow::Borrowed(text) }
}

fn instants(name: PlSmallStr, values: impl Iterator<Item = Option<Timestamp>>) -> PolarsResult<Series> {
    let micros: Vec<Option<i64>> = values.map(|at| at.map(|at| at.0)).collect();
    Series::new(name, micros).cast(&DataType::Datetime(TimeUnit::Microseconds, None))
}

pub(super) fn days_since_1970(date: jiff::civil::Date) -> i32 {
    date.since(jiff::civil::date(1970, 1, 1)).map_or(0, |span| span.get_days())
}
