//! Text tables: `*.csv`, `*.tsv` and `*.txt`, plain or compressed.
//!
//! Every column is read as text, so that `007` stays `007`; types are the business of the mapping. Absent are empty
//! fields and the words in [`ABSENT_WORDS`].

use std::borrow::Cow;
use std::io::Read;
use std::path::Path;

use polars::io::utils::compression::{CompressedReader, SupportedCompression};
use polars::prelude::*;

use super::error::IngestError;
use super::facts::{Fact, FactRule};
use super::paths::InputFile;
use super::records::{self, Records};
use super::source::{Opened, Source};

/// Words that other programs write where there is nothing.
pub(crate) const ABSENT_WORDS: &[&str] = &["NA", "N/A", "NULL", "null", "NaN", "nan", "\\N"];

/// Reads text tables.
pub(crate) struct Csv;

impl Source for Csv {
    fn endings(&self) -> &'static [&'static str] {
        &[".csv", ".csv.gz", ".csv.zst", ".tsv", ".tsv.gz", ".tsv.zst", ".txt", ".txt.gz", ".txt.zst"]
    }

    fn open(&self, file: &InputFile) -> Result<Opened, IngestError> {
        let path = file.path.as_path();
        let bytes = decompressed(path)?;
        let (text, n_replaced) = as_utf8(path, &bytes)?;
        let records = records::check(&text).ok_or_else(|| IngestError::Empty { path: path.display().to_string() })?;
        let facts = facts_of(path, &records, n_replaced);
        let (expected_rows, broken) = (Some(records.n_sound), records.broken.clone());
        let frame = scan(records).map_err(IngestError::engine(format!("opening `{}`", path.display())))?;
        Ok(Opened { frame, expected_rows, broken, facts })
    }
}

fn decompressed(path: &Path) -> Result<Vec<u8>, IngestError> {
    let bytes = std::fs::read(path).map_err(IngestError::io(path))?;
    if SupportedCompression::check(&bytes).is_none() {
        return Ok(bytes);
    }
    let damaged = |detail: String| IngestError::WrongFormat {
        path: path.display().to_string(),
        format: "readable compressed",
        detail,
    };
    let mut reader = CompressedReader::try_new(bytes.into()).map_err(|error| damaged(error.to_string()))?;
    let mut text = Vec::new();
    reader.read_to_end(&mut text).map_err(|error| damaged(error.to_string()))?;
    Ok(text)
}

/// The text and how many of its characters had to be replaced because they are no UTF-8.
fn as_utf8<'a>(path: &Path, bytes: &'a [u8]) -> Result<(Cow<'a, [u8]>, u64), IngestError> {
    let wrong = |detail: &str| IngestError::WrongFormat {
        path: path.display().to_string(),
        format: "CSV",
        detail: detail.to_owned(),
    };
    if bytes.starts_with(b"PAR1") {
        return Err(wrong("it begins like a Parquet file"));
    }
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(wrong("it is written in UTF-16; save it as UTF-8"));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(wrong("it begins like a zip archive or a spreadsheet"));
    }
    if std::str::from_utf8(bytes).is_ok() {
        return Ok((Cow::Borrowed(bytes), 0));
    }
    let replaced = |text: &str| text.matches(char::REPLACEMENT_CHARACTER).count() as u64;
    let already: u64 = bytes.utf8_chunks().map(|chunk| replaced(chunk.valid())).sum();
    let text = String::from_utf8_lossy(bytes).into_owned();
    let count = replaced(&text) - already;
    Ok((Cow::Owned(text.into_bytes()), count))
}

fn facts_of(path: &Path, records: &Records<'_>, n_replaced: u64) -> Vec<Fact> {
    let lines: Vec<String> = records.broken.iter().take(3).map(|row| format!("row {}", row + 1)).collect();
    let counted = [
        (FactRule::NotUtf8, n_replaced, Vec::new()),
        (FactRule::BrokenLines, records.broken.len() as u64, lines),
        (FactRule::ShortLines, records.n_short, Vec::new()),
        (FactRule::StrayQuotes, records.n_stray, Vec::new()),
    ];
    let place = path.display().to_string();
    let noticed = counted.into_iter().filter(|(_, count, _)| *count > 0);
    noticed.map(|(rule, count, examples)| Fact { rule, place: place.clone(), count, examples }).collect()
}

fn scan(records: Records<'_>) -> PolarsResult<LazyFrame> {
    let schema: Schema = records.header.iter().map(|name| Field::new(name.into(), DataType::String)).collect();
    if records.n_sound == 0 {
        return Ok(DataFrame::empty_with_schema(&schema).lazy());
    }
    let absent = ABSENT_WORDS.iter().map(|word| (*word).into()).collect();
    let body = std::iter::once(records.body.into_owned().into()).collect();
    LazyCsvReader::new_with_sources(ScanSources::Buffers(body))
        .with_has_header(false)
        .with_schema(Some(Arc::new(schema)))
        .with_separator(records.separator)
        .with_null_values(Some(NullValues::AllColumns(absent)))
        .with_missing_is_null(true)
        // Only empty fields are left to cut off; see `records`.
        .with_truncate_ragged_lines(true)
        .with_cache(false)
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(name: &str, bytes: &[u8]) -> Result<Opened, IngestError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        Csv.open(&InputFile { path, folder: None })
    }

    fn rows(opened: Opened) -> Vec<String> {
        let frame = opened.frame.collect().unwrap();
        assert_eq!(Some(frame.height()), opened.expected_rows);
        let text = |column: &Column, row| column.str().unwrap().get(row).unwrap_or("-").to_owned();
        let line = |row| frame.columns().iter().map(|c| text(c, row)).collect::<Vec<_>>().join("|");
        (0..frame.height()).map(line).collect()
    }

    #[test]
    fn text_stays_text_and_absent_words_are_absent() {
        let opened =
            open("a.csv", b"\xEF\xBB\xBFid,name,n\r\n007,\"a, \"\"b\"\"\nc\",1.50\r\nNA,,NULL\r\n\"\",x,1\r\n");
        assert_eq!(rows(opened.unwrap()), ["007|a, \"b\"\nc|1.50", "-|-|-", "|x|1"]);
    }

    #[test]
    fn broken_and_short_lines_are_told() {
        let opened = open("a.csv", b"a,b,c\n1,2,3\n1,2,3,4\n5\n\n6,7\" x,8\n9,10,11,\n").unwrap();
        assert_eq!(opened.broken, [1]);
        let rules: Vec<_> = opened.facts.iter().map(|fact| (fact.rule, fact.count)).collect();
        assert_eq!(rules, [(FactRule::BrokenLines, 1), (FactRule::ShortLines, 1), (FactRule::StrayQuotes, 1)]);
        assert_eq!(opened.facts[0].examples, ["row 2"]);
        assert_eq!(rows(opened), ["1|2|3", "5|-|-", "6|7\" x|8", "9|10|11"]);
    }

    #[test]
    fn a_selection_of_columns_reads_the_same_lines() {
        let opened = open("a.csv", b"a,b,c\n1,\"x\ny\",3\n4,5\n6,7,8,\n").unwrap();
        let frame = opened.frame.select([col("b")]).collect().unwrap();
        let values: Vec<_> = frame.column("b").unwrap().str().unwrap().iter().collect();
        assert_eq!(values, [Some("x\ny"), Some("5"), Some("7")]);
    }

    #[test]
    fn other_encodings_are_replaced_or_refused() {
        let opened = open("a.csv", b"a;b\ncaf\xE9;1\n").unwrap();
        assert_eq!((opened.facts[0].rule, opened.facts[0].count), (FactRule::NotUtf8, 1));
        assert_eq!(rows(opened), ["caf\u{FFFD}|1"]);
        let refused = |bytes| open("a.csv", bytes).map(|_| ()).unwrap_err();
        assert!(refused(b"\xFF\xFEa\0").to_string().contains("UTF-16"));
        assert!(refused(b"PAR1...").to_string().contains("Parquet"));
        assert!(matches!(refused(b""), IngestError::Empty { .. }));
        assert!(matches!(refused(b"\n\n"), IngestError::Empty { .. }));
    }

    #[test]
    fn a_header_alone_is_a_table_without_rows() {
        let frame = open("a.csv", b"a,b\n").unwrap().frame.collect().unwrap();
        assert_eq!(frame.shape(), (0, 2));
    }

    #[test]
    fn compressed_files_are_read() {
        let gz = [
            31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 75, 212, 73, 226, 50, 48, 48, 215, 49, 228, 2, 0, 28, 160, 172, 80, 10, 0,
            0, 0,
        ];
        assert_eq!(rows(open("a.csv.gz", &gz).unwrap()), ["007|1"]);
        assert!(open("a.csv.gz", &gz[..15]).is_err());
        let zst = [40, 181, 47, 253, 36, 10, 81, 0, 0, 97, 44, 98, 10, 48, 48, 55, 44, 49, 10, 19, 50, 81, 184];
        assert_eq!(rows(open("a.csv.zst", &zst).unwrap()), ["007|1"]);
    }
}
