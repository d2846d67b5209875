//! Plain tables as CSV or Parquet files.

use std::io::Write;
use std::path::PathBuf;

use polars::prelude::{
    Column as PolarsColumn, CsvWriter, DataFrame, DataType, IntoColumn, IntoSeries, NamedFrom, ParquetWriter,
    PlSmallStr, PolarsResult, SerWriter, Series, StringChunked, TimeUnit,
};

use rayon::prelude::*;

use super::error::{OutputError, of_engine};
use super::formula::without_formulas;
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

/// Stages a table under its own name and tells the path that it will have.
///
/// # Errors
/// What the operating system or the table engine says.
pub fn stage_table(table: &Table<'_>, format: Format, staged: &Staged) -> Result<PathBuf, Failure> {
    let frame = to_frame(table)?;
    let mut frame = match format {
        Format::Csv => without_formulas(&frame).map_err(OutputError::of_table(table.name))?,
        Format::Parquet => frame,
    };
    Ok(staged.add(&file_name(table.name, format), |writer| write_frame(&mut frame, writer, format))?)
}

/// The name of the file that holds a table.
#[must_use]
pub fn file_name(table: &str, format: Format) -> String {
    format!("{table}.{}", format.extension())
}

/// How instants are written in CSV.
pub(super) const INSTANT: &str = "%Y-%m-%dT%H:%M:%SZ";

pub(super) fn write_frame(frame: &mut DataFrame, writer: impl Write + Send, format: Format) -> std::io::Result<()> {
    let outcome = match format {
        Format::Csv => CsvWriter::new(writer).with_datetime_format(Some(INSTANT.into())).finish(frame),
        Format::Parquet => ParquetWriter::new(writer).finish(frame).map(|_| ()),
    };
    outcome.map_err(of_engine)
}

pub(super) fn to_frame(table: &Table<'_>) -> Result<DataFrame, OutputError> {
    let columns = table.columns.par_iter().map(|(name, column)| to_polars(name, column));
    let frame = columns.collect::<PolarsResult<Vec<_>>>().and_then(|columns| DataFrame::new(table.n_rows(), columns));
    frame.map_err(OutputError::of_table(table.name))
}

fn to_polars(name: &str, column: &Column<'_>) -> PolarsResult<PolarsColumn> {
    let name = name.into();
    let series = match column {
        Column::Text(values) => texts(name, values.iter().map(|text| Some(text.as_ref()))),
        Column::OptionalText(values) => texts(name, values.iter().map(Option::as_deref)),
        Column::Number(values) => Series::new(name, values),
        Column::OptionalNumber(values) => Series::new(name, values),
        Column::Money { amounts, .. } => Series::new(name, amounts),
        Column::OptionalMoney { amounts, .. } => Series::new(name, amounts),
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

/// Texts without a copy of each on the way.
fn texts<'t>(name: PlSmallStr, values: impl Iterator<Item = Option<&'t str>>) -> Series {
    values.collect::<StringChunked>().with_name(name).into_series()
}

fn instants(name: PlSmallStr, values: impl Iterator<Item = Option<Timestamp>>) -> PolarsResult<Series> {
    let micros: Vec<Option<i64>> = values.map(|at| at.map(|at| at.0)).collect();
    Series::new(name, micros).cast(&DataType::Datetime(TimeUnit::Microseconds, None))
}

pub(super) fn days_since_1970(date: jiff::civil::Date) -> i32 {
    date.since(jiff::civil::date(1970, 1, 1)).map_or(0, |span| span.get_days())
}
