//! Tables as the page takes them: those of a run, and those read back from its files.

use std::path::Path;

use polars::prelude::{Column, DataFrame, DataType, LazyFrame, PlRefPath, PolarsResult, ScanArgsParquet};

use super::error::OutputError;
use super::page::{Columns, Values};
use super::tables::to_frame;
use crate::error::Failure;
use crate::ingest::ask;
use crate::table::Table;

/// The first rows of a table.
///
/// # Errors
/// What the table engine says.
pub fn columns_of(table: &Table<'_>, n_rows: usize) -> Result<Columns, Failure> {
    let columns = first_rows(&to_frame(table)?, n_rows);
    Ok(columns.map_err(OutputError::of_table(table.name))?)
}

/// The first rows of a Parquet file, and how many it has in all.
///
/// # Errors
/// A file that is missing or that no longer is what a run left.
pub fn read_columns(path: &Path, n_rows: usize) -> Result<(Columns, usize), Failure> {
    let read = || {
        let path = PlRefPath::try_from_path(path)?;
        let frame = LazyFrame::scan_parquet(path, ScanArgsParquet::default())?.collect()?;
        Ok((first_rows(&frame, n_rows)?, frame.height()))
    };
    Ok(ask(read).map_err(OutputError::of_table(&path.display().to_string()))?)
}

/// Those of some columns that a Parquet file has; the others are not read.
///
/// # Errors
/// A file that is missing or damaged.
pub fn read_some_columns(path: &Path, names: &[&str]) -> Result<Columns, Failure> {
    let read = || {
        let path = PlRefPath::try_from_path(path)?;
        let mut scanned = LazyFrame::scan_parquet(path, ScanArgsParquet::default())?;
        let schema = scanned.collect_schema()?;
        let found = names.iter().filter(|name| schema.contains(name));
        let columns: Vec<_> = found.map(|name| polars::prelude::col(*name)).collect();
        first_rows(&scanned.select(columns).collect()?, usize::MAX)
    };
    Ok(ask(read).map_err(OutputError::of_table(&path.display().to_string()))?)
}

fn first_rows(frame: &DataFrame, n_rows: usize) -> PolarsResult<Columns> {
    let first = frame.head(Some(n_rows));
    let named = first.columns().iter().map(|column| Ok((column.name().to_string(), values_of(column)?)));
    Ok(Columns { columns: named.collect::<PolarsResult<_>>()? })
}

fn values_of(column: &Column) -> PolarsResult<Values> {
    Ok(match column.dtype() {
        DataType::Date => Values::Day(column.cast(&DataType::Int32)?.i32()?.iter().collect()),
        DataType::String | DataType::Boolean | DataType::Datetime(..) => {
            let texts = column.cast(&DataType::String)?;
            Values::Text(texts.str()?.iter().map(|text| text.map(str::to_owned)).collect())
        }
        _ => Values::Number(column.cast(&DataType::Float64)?.f64()?.iter().collect()),
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::files::Staged;
    use crate::output::{Format, stage_table};
    use crate::table::Column;

    #[test]
    fn a_damaged_file_is_an_error_whatever_the_engine_does() {
        let folder = tempfile::tempdir().unwrap();
        let columns = [
            ("customer_id", Column::optional_text([Some("a"), None])),
            ("count", Column::OptionalInteger(vec![None, Some(2)])),
        ];
        let staged = Staged::among_others(folder.path()).unwrap();
        let path = stage_table(&Table::new("list", columns), Format::Parquet, &staged).unwrap();
        staged.commit().unwrap();
        let sound = std::fs::read(&path).unwrap();
        let end = sound.len() - 8;
        let footer = u32::from_le_bytes(sound[end..end + 4].try_into().unwrap()) as usize;
        let is_panic = |place: usize| {
            let mut damaged = sound.clone();
            damaged[place] ^= 0x10;
            std::fs::write(&path, damaged).unwrap();
            let read = read_some_columns(&path, &["customer_id"]);
            read.is_err_and(|error| error.to_string().contains("the table engine cannot work with it"))
        };
        assert!((end - footer..end).filter(|place| is_panic(*place)).count() > 0);
    }

    #[test]
    fn a_table_and_its_file_give_the_same_columns() {
        let columns = [
            ("word", Column::optional_text([Some("a"), None, Some("c")])),
            ("amount", Column::Money { amounts: vec![1.5, 2.0, 3.0], decimals: 2 }),
            ("count", Column::OptionalInteger(vec![None, Some(2), Some(3)])),
            ("day", Column::OptionalDate(vec![Some(date(1970, 1, 3)), None, None])),
        ];
        let table = Table::new("details", columns);
        let folder = tempfile::tempdir().unwrap();
        let staged = Staged::among_others(folder.path()).unwrap();
        let path = stage_table(&table, Format::Parquet, &staged).unwrap();
        staged.commit().unwrap();
        let (read, n_rows) = read_columns(&path, 2).unwrap();
        assert_eq!((&read, n_rows), (&columns_of(&table, 2).unwrap(), 3));
        assert_eq!(read.get("day"), Some(&Values::Day(vec![Some(2), None])));
        assert_eq!(read.get("count"), Some(&Values::Number(vec![None, Some(2.0)])));
        assert!(read_columns(&folder.path().join("none.parquet"), 2).is_err());
    }
}
