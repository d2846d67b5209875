//! Parquet files; below a folder, parts of the path like `year=2011` are columns too.

use polars::prelude::*;

use super::error::IngestError;
use super::paths::InputFile;
use super::source::{Opened, Source};

/// Reads Parquet files.
pub(crate) struct Parquet;

impl Source for Parquet {
    fn endings(&self) -> &'static [&'static str] {
        &[".parquet", ".pq"]
    }

    fn open(&self, file: &InputFile) -> Result<Opened, IngestError> {
        let shown = file.path.display().to_string();
        let size = std::fs::metadata(&file.path).map_err(IngestError::io(&file.path))?.len();
        let wrong = |detail: String| IngestError::WrongFormat { path: shown.clone(), format: "Parquet", detail };
        if size == 0 {
            return Err(wrong("it is empty".to_owned()));
        }
        let path = PlRefPath::try_from_path(&file.path).map_err(|error| wrong(error.to_string()))?;
        let arguments = ScanArgsParquet { glob: false, hive_options: hive_columns(file), ..Default::default() };
        let mut frame = LazyFrame::scan_parquet(path, arguments).map_err(|error| wrong(error.to_string()))?;
        // The footer is read here, so that a wrong file is named here.
        frame.collect_schema().map_err(|error| wrong(first_line(&error)))?;
        Ok(Opened { frame, expected_rows: None, first_row: 0, broken: Vec::new(), facts: Vec::new() })
    }

    fn keeps_columns_apart(&self) -> bool {
        true
    }

    fn bytes_per_row(&self) -> u64 {
        160
    }
}

/// Columns from the `key=value` folders between the given folder and the file; text, so that `07` stays `07`.
fn hive_columns(file: &InputFile) -> HiveOptions {
    let below = file.folder.as_deref().and_then(|folder| file.path.strip_prefix(folder).ok());
    let parts = below.and_then(|path| path.parent()).map(|path| path.to_string_lossy().into_owned());
    let parts = parts.unwrap_or_default();
    let schema: Schema = parts
        .split(['/', '\\'])
        .filter_map(|part| part.split_once('='))
        .map(|(key, _)| Field::new(key.into(), DataType::String))
        .collect();
    if schema.is_empty() {
        return HiveOptions::new_disabled();
    }
    let start = file.folder.as_deref().map_or(0, |folder| folder.as_os_str().len());
    HiveOptions { enabled: Some(true), hive_start_idx: start, schema: Some(Arc::new(schema)), try_parse_dates: false }
}

fn first_line(error: &PolarsError) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::{Path, PathBuf};

    pub(crate) fn write(path: &Path, frame: &mut DataFrame) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        ParquetWriter::new(std::fs::File::create(path).unwrap()).finish(frame).unwrap();
    }

    #[test]
    fn folders_become_text_columns() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store=007/year=2011/a.parquet");
        write(&path, &mut df!("x" => [1_i64, 2]).unwrap());
        let opened = Parquet.open(&InputFile { path, folder: Some(folder.path().to_owned()) }).unwrap();
        let frame = opened.frame.select([col("store"), col("x")]).collect().unwrap();
        let stores: Vec<_> = frame.column("store").unwrap().str().unwrap().iter().collect();
        assert_eq!(stores, [Some("007"), Some("007")]);
    }

    #[test]
    fn what_is_no_parquet_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        for bytes in ["", "a,b\n1,2\n"] {
            let path: PathBuf = folder.path().join("a.parquet");
            std::fs::write(&path, bytes).unwrap();
            let error = Parquet.open(&InputFile { path, folder: None }).map(|_| ()).unwrap_err();
            assert!(matches!(error, IngestError::WrongFormat { format: "Parquet", .. }), "{error}");
            assert!(error.to_string().contains("a.parquet"));
        }
    }
}
