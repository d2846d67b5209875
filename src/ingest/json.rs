//! JSON: `*.jsonl` and `*.ndjson` with an object a line, `*.json` with a list of objects, alone or as a field of one object.
//!
//! An object is a row. Fields of an object within it are columns of their own, `customer.email`; a list is the text of its
//! JSON. Every column is text, as it is in a text table: a number as it is written in plain digits, `null` is nothing.

use std::path::Path;

use polars::prelude::*;

use super::account::Reason;
use super::error::IngestError;
use super::file_facts;
use super::json_value::{Value, flat};
use super::limits::MOST_COLUMNS;
use super::source::{CutLine, InputFile, Opened, Source};
use super::text_file::TextFile;

/// Reads JSON.
pub(crate) struct Json;

impl Source for Json {
    fn endings(&self) -> &'static [&'static str] {
        &[".jsonl", ".jsonl.gz", ".jsonl.zst", ".ndjson", ".ndjson.gz", ".ndjson.zst", ".json", ".json.gz", ".json.zst"]
    }

    fn open(&self, file: &InputFile) -> Result<Opened, IngestError> {
        let mut reader = TextFile::open(&file.path, file.layout.encoding.as_deref())?.with_long_lines();
        let mut text = Vec::new();
        reader.read(&file.path, u64::MAX, &mut text)?;
        let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&text);
        let mut table = Table::new(&file.path);
        match document(&file.path, text).map_err(|detail| table.wrong(detail))? {
            Some(objects) => objects.into_iter().try_for_each(|object| table.add(Some(object)))?,
            None => lines(text).try_for_each(|line| table.add(serde_json::from_slice(line).ok()))?,
        }
        let mut opened = table.opened()?;
        opened.facts.extend(file_facts::of_replaced(&file.path, reader.take_replaced()));
        opened.facts.extend(file_facts::of_encoding(&file.path, &reader));
        opened.facts.extend(file_facts::of_mixed_encodings(&file.path, &reader));
        opened.found.extend(file_facts::key_of_encoding(&reader));
        Ok(opened)
    }

    fn bytes_per_row(&self) -> u64 {
        400
    }
}

/// The rows of a `.json` that is one value as a whole; `None` where it has one a line after all. An error says what is wrong with
/// a list.
fn document(path: &Path, text: &[u8]) -> Result<Option<Vec<Value>>, String> {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    if ![".json", ".json.gz", ".json.zst"].iter().any(|ending| name.ends_with(ending)) {
        return Ok(None);
    }
    match serde_json::from_slice(text) {
        Ok(value) => Ok(Some(listed(value))),
        Err(error) if text.trim_ascii_start().starts_with(b"[") => Err(format!("its list is not whole: {error}")),
        Err(_) => Ok(None),
    }
}

/// The lines with something in them.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty())
}

/// The rows of a document: the values of a list; those of the one list of objects that a document of several fields has;
/// else the document itself.
fn listed(document: Value) -> Vec<Value> {
    match document {
        Value::List(values) => values,
        Value::Object(fields) => {
            let mut lists = fields.iter().enumerate().filter(|(_, (_, value))| value.is_list_of_objects());
            match (lists.next(), lists.next()) {
                (Some((place, _)), None) => match fields.into_iter().nth(place) {
                    Some((_, Value::List(values))) => values,
                    _ => Vec::new(),
                },
                _ => vec![Value::Object(fields)],
            }
        }
        other => vec![other],
    }
}

/// Columns as they grow, object by object.
struct Table<'a> {
    path: &'a Path,
    names: Vec<String>,
    places: std::collections::HashMap<String, usize>,
    /// Cells of each column up to the last object that has it.
    cells: Vec<Vec<Option<String>>>,
    n_rows: usize,
    cut: Vec<CutLine>,
}

impl<'a> Table<'a> {
    fn new(path: &'a Path) -> Self {
        let (names, places, cells) = Default::default();
        Self { path, names, places, cells, n_rows: 0, cut: Vec::new() }
    }

    fn wrong(&self, detail: String) -> IngestError {
        IngestError::WrongFormat { path: self.path.display().to_string(), format: "JSON", detail }
    }

    /// Adds a row; what is no object is a broken one.
    fn add(&mut self, object: Option<Value>) -> Result<(), IngestError> {
        let row = (self.n_rows + self.cut.len()) as u64;
        let Some(Value::Object(fields)) = object else {
            self.cut.push(CutLine { row, reason: Reason::BROKEN_LINE });
            return Ok(());
        };
        for (name, cell) in flat(fields).map_err(|detail| self.wrong(format!("in row {}, {detail}", row + 1)))? {
            let place = self.place(&name)?;
            let column = &mut self.cells[place];
            if column.len() > self.n_rows {
                return Err(self.wrong(format!("row {} has two fields `{name}`", row + 1)));
            }
            column.resize(self.n_rows, None);
            column.push(cell);
        }
        self.n_rows += 1;
        Ok(())
    }

    fn place(&mut self, name: &str) -> Result<usize, IngestError> {
        if let Some(place) = self.places.get(name) {
            return Ok(*place);
        }
        let place = self.names.len();
        if place == MOST_COLUMNS {
            let path = self.path.display().to_string();
            return Err(IngestError::TooManyColumns { path, found: place + 1, limit: MOST_COLUMNS });
        }
        self.names.push(name.to_owned());
        self.places.insert(name.to_owned(), place);
        self.cells.push(Vec::new());
        Ok(place)
    }

    fn opened(self) -> Result<Opened, IngestError> {
        let shown = self.path.display().to_string();
        if self.names.is_empty() {
            let is_empty = self.cut.is_empty();
            let of_others = || self.wrong("it has no object, `{\"name\": value}`, that could be a row".to_owned());
            return Err(if is_empty { IngestError::Empty { path: shown } } else { of_others() });
        }
        let n_rows = self.n_rows;
        let column = |(name, mut cells): (String, Vec<Option<String>>)| {
            cells.resize(n_rows, None);
            let texts: StringChunked = cells.into_iter().collect();
            texts.with_name(name.into()).into_column()
        };
        let facts = file_facts::of_cut_objects(self.path, &self.cut);
        let frame = DataFrame::new(n_rows, self.names.into_iter().zip(self.cells).map(column).collect());
        let frame = frame.map_err(IngestError::engine(format!("opening `{shown}`")))?.lazy();
        let (expected_rows, found) = (Some(n_rows), Vec::new());
        Ok(Opened { frame, expected_rows, first_row: 0, cut: self.cut, facts, found })
    }
}

#[cfg(test)]
mod tests {
    use super::super::facts::FactRule;
    use super::*;

    fn open(name: &str, text: &str) -> Result<Opened, IngestError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        Json.open(&InputFile::new(path, None))
    }

    fn table(name: &str, text: &str) -> (String, Vec<String>) {
        let frame = open(name, text).unwrap().frame.collect().unwrap();
        let cell = |column: &Column, row| column.str().unwrap().get(row).unwrap_or("-").to_owned();
        let line = |row| frame.columns().iter().map(|c| cell(c, row)).collect::<Vec<_>>().join("|");
        let names: Vec<_> = frame.get_column_names().into_iter().map(|name| name.to_string()).collect();
        (names.join("|"), (0..frame.height()).map(line).collect())
    }

    #[test]
    fn objects_are_rows_and_what_is_in_them_are_columns() {
        let text = "{\"id\": \"007\", \"at\": {\"day\": \"2024-05-01\", \"h\": 9}, \"sum\": 12.50, \"tags\": [\"a\", 1]}\n\n\
            {\"sum\": -3, \"id\": 18446744073709551615, \"new\": true, \"at\": null}\r\n";
        let (names, rows) = table("a.jsonl", text);
        assert_eq!(names, "id|at.day|at.h|sum|tags|new|at");
        assert_eq!(rows, ["007|2024-05-01|9|12.5|[\"a\",1]|-|-", "18446744073709551615|-|-|-3|-|true|-"]);
    }

    #[test]
    fn a_document_is_a_list_or_holds_one() {
        let rows = vec!["1".to_owned(), "2".to_owned()];
        for text in [
            "[{\"a\": 1},\n {\"a\": 2}]",
            "{\"count\": 2, \"tags\": [1], \"orders\": [{\"a\": 1}, {\"a\": 2}]}",
            "{\"a\": 1}\n{\"a\": 2}",
        ] {
            assert_eq!(table("a.json", text), ("a".to_owned(), rows.clone()), "{text}");
        }
        assert_eq!(table("a.json", "{\"a\": 1, \"x\": [{}], \"y\": [{}]}").1, ["1|[{}]|[{}]"]);
    }

    #[test]
    fn a_line_is_a_row_whatever_lists_are_in_it_and_a_mark_at_the_beginning_is_none_of_it() {
        let line = "{\"a\": 1, \"lines\": [{\"b\": 2}, {\"b\": 3}]}";
        assert_eq!(table("a.jsonl", line).1, ["1|[{\"b\":2},{\"b\":3}]"]);
        assert_eq!(table("a.json", "\u{feff}[\n {\"a\": 1}\n]").1, ["1"]);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        std::fs::write(&path, b"{\"a\": \"caf\xE9\"}\n{\"a\": \"caf\xE9 x\"}").unwrap();
        let opened = Json.open(&InputFile::new(path, None)).unwrap();
        assert_eq!((opened.facts[0].rule, opened.found[0].key), (FactRule::Encoding, "encoding"));
    }

    #[test]
    fn what_is_no_row_is_told() {
        let opened = open("a.jsonl", "{\"a\": 1}\n{\"a\": \n[1]\n{\"a\": 2}\n").unwrap();
        assert_eq!(opened.cut.iter().map(|line| line.row).collect::<Vec<_>>(), [1, 2]);
        assert_eq!((opened.facts[0].rule, opened.facts[0].count), (FactRule::BrokenObjects, 2));
        let error = |name: &str, text: &str| open(name, text).map(|_| ()).unwrap_err().to_string();
        assert!(error("a.jsonl", "a,b\n1,2\n").contains("no object"));
        assert!(error("a.jsonl", "{\"a\": 1, \"a\": 2}").contains("row 1 has two fields `a`"));
        assert!(error("a.jsonl", "{\"a\": 123456789012345678901}").contains("`a`"));
        assert!(matches!(open("a.json", "").map(|_| ()), Err(IngestError::Empty { .. })));
        let deep = "[".repeat(100_000);
        assert!(error("a.json", &deep).contains("its list is not whole"));
        assert!(error("a.json", "[{\"a\": 1},\n{\"a\": ").contains("line 2"));
    }
}
