//! Parquet files; below a folder, parts of the path like `year=2011` are columns too.

use polars::prelude::*;

use super::engine;
use super::error::IngestError;
use super::source::{InputFile, Opened, Source};
use super::text_file::refuse_bomb;

/// Reads Parquet files.
pub(crate) struct Parquet;

impl Source for Parquet {
    fn endings(&self) -> &'static [&'static str] {
        &[".parquet", ".pq"]
    }

    fn open(&self, file: &InputFile) -> Result<Opened, IngestError> {
        let shown = file.path.display().to_string();
        // A file that may not be read is reported as one, and not as damaged.
        let opened = std::fs::File::open(&file.path).map_err(IngestError::io(&file.path))?;
        let size = opened.metadata().map_err(IngestError::io(&file.path))?.len();
        let wrong = |detail: String| IngestError::WrongFormat { path: shown.clone(), format: "Parquet", detail };
        if size == 0 {
            return Err(wrong("it is empty".to_owned()));
        }
        let path = PlRefPath::try_from_path(&file.path).map_err(|error| wrong(error.to_string()))?;
        let arguments = ScanArgsParquet { glob: false, hive_options: hive_columns(file), ..Default::default() };
        let damaged = |error: PolarsError| {
            if engine::lacks_memory(&error) {
                return IngestError::io(&file.path)(std::io::ErrorKind::OutOfMemory.into());
            }
            wrong(first_line(&error))
        };
        let claims = engine::ask(|| Claims::of(opened)).map_err(damaged)?;
        claims.check(&shown, size)?;
        // The footer is read here, so that a wrong file is named here.
        let frame = engine::ask(|| {
            let mut frame = LazyFrame::scan_parquet(path, arguments)?;
            frame.collect_schema()?;
            Ok(frame)
        });
        let frame = frame.map_err(damaged)?;
        Ok(Opened { frame, expected_rows: None, first_row: 0, cut: Vec::new(), facts: Vec::new(), found: Vec::new() })
    }

    fn keeps_columns_apart(&self) -> bool {
        true
    }

    fn unreadable(&self, file: &InputFile, error: PolarsError) -> IngestError {
        let detail = format!("its rows cannot be read: {}", first_line(&error));
        IngestError::WrongFormat { path: file.path.display().to_string(), format: "sound Parquet", detail }
    }

    fn bytes_per_row(&self) -> u64 {
        160
    }
}

/// Rows of a file that are read whatever its size, and rows for each of its bytes beyond that. A row of a shop takes some
/// bytes; ten rows in a byte are a row repeated.
const ALWAYS_READ: u64 = 1 << 22;
const ROWS_PER_BYTE: u64 = 10;

/// What the footer of a file says that there is.
struct Claims {
    rows: u64,
    /// Bytes of the pages, unpacked.
    n_bytes: u64,
}

impl Claims {
    fn of(file: std::fs::File) -> PolarsResult<Self> {
        let mut reader = ParquetReader::new(file);
        let groups = &reader.get_metadata()?.row_groups;
        let sum = |of: fn(&_) -> usize| groups.iter().map(of).fold(0_u64, |sum, n| sum.saturating_add(n as u64));
        Ok(Self { rows: sum(|group| group.num_rows()), n_bytes: sum(|group| group.total_byte_size()) })
    }

    /// Refuses a file that holds far more than its size says.
    fn check(&self, path: &str, size: u64) -> Result<(), IngestError> {
        if self.rows > ALWAYS_READ.max(size.saturating_mul(ROWS_PER_BYTE)) {
            let (path, rows, always) = (path.to_owned(), self.rows, ALWAYS_READ);
            return Err(IngestError::CrowdedRows { path, rows, size, ratio: ROWS_PER_BYTE, always });
        }
        refuse_bomb(path, self.n_bytes, size)
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
        let opened = Parquet.open(&InputFile::new(path, Some(folder.path()))).unwrap();
        let frame = opened.frame.select([col("store"), col("x")]).collect().unwrap();
        let stores: Vec<_> = frame.column("store").unwrap().str().unwrap().iter().collect();
        assert_eq!(stores, [Some("007"), Some("007")]);
    }

    #[test]
    fn a_file_of_one_row_millions_of_times_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let open = |rows: usize| {
            let path = folder.path().join("a.parquet");
            write(&path, &mut df!("x" => vec![true; rows]).unwrap());
            Parquet.open(&InputFile::new(path, None)).map(|_| ())
        };
        let error = open((1 << 22) + 1).unwrap_err();
        assert!(matches!(error, IngestError::CrowdedRows { .. }), "{error}");
        open(1 << 22).unwrap();
    }

    #[test]
    fn what_is_no_parquet_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        for bytes in ["", "a,b\n1,2\n"] {
            let path: PathBuf = folder.path().join("a.parquet");
            std::fs::write(&path, bytes).unwrap();
            let error = Parquet.open(&InputFile::new(path, None)).map(|_| ()).unwrap_err();
            assert!(matches!(error, IngestError::WrongFormat { format: "Parquet", .. }), "{error}");
            assert!(error.to_string().contains("a.parquet"));
        }
    }
}
