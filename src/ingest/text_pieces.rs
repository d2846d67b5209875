//! A text table on its way in, some lines at a time, so that a file larger than memory can be read; a file that is read
//! whole is one piece.
//!
//! A piece ends where a line surely ends: what an open quote or half a line may still become is left to the next one.

use std::borrow::Cow;
use std::path::PathBuf;

use polars::prelude::*;

use super::error::IngestError;
use super::facts::{Fact, FactRule};
use super::head::{self, Head};
use super::limits::MOST_COLUMNS;
use super::records::{self, Records};
use super::source::{InputFile, Opened};
use super::text_file::TextFile;
use super::{digits, file_facts, other_formats};
use crate::config::{FoundKey, Layout};

/// A text table, some lines at a time; at least one piece, be there lines or not.
pub(super) struct TextPieces {
    path: PathBuf,
    layout: Layout,
    text: TextFile,
    /// Bytes of a piece.
    n_bytes: usize,
    head: Option<Head>,
    /// What was read and belongs to the next piece.
    ahead: Vec<u8>,
    /// Characters that were replaced since the last piece.
    n_replaced: u64,
    /// Rows of the pieces so far.
    n_rows: u64,
    /// Whether it was told which encoding was found, and that two are mixed.
    is_told: bool,
    is_mix_told: bool,
    is_done: bool,
}

impl TextPieces {
    /// Opens a file in pieces of about so many bytes.
    ///
    /// # Errors
    /// Those of the machine, and of a file that is no text.
    pub(super) fn new(file: &InputFile, n_bytes: usize) -> Result<Self, IngestError> {
        let InputFile { path, layout, .. } = file.clone();
        let text = TextFile::open(&path, layout.encoding.as_deref())?;
        other_formats::refuse(&path, text.first_bytes())?;
        Ok(Self {
            path,
            layout,
            text,
            n_bytes,
            head: None,
            ahead: Vec::new(),
            n_replaced: 0,
            n_rows: 0,
            is_told: false,
            is_mix_told: false,
            is_done: false,
        })
    }

    fn shown(&self) -> String {
        self.path.display().to_string()
    }

    /// Text up to the end of a line, which ends no character in the middle, and whether the file ends there.
    fn read_on(&mut self) -> Result<(Vec<u8>, bool), IngestError> {
        let mut text = std::mem::take(&mut self.ahead);
        let wanted = self.n_bytes.saturating_sub(text.len()).max(1) as u64;
        let is_last = self.text.read(&self.path, wanted, &mut text)?;
        if !is_last {
            let end = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
            self.ahead = text.split_off(end);
        }
        Ok((text, is_last))
    }

    /// The next lines; `None` if more of the file is needed to tell where they end.
    fn piece(&mut self) -> Result<Option<Opened>, IngestError> {
        let (bytes, is_last) = self.read_on()?;
        let (mut text, n_replaced) = as_utf8(bytes);
        self.n_replaced += n_replaced + self.text.take_replaced();
        let is_first = self.head.is_none();
        let Some((head, start)) = self.head(&text, is_last)? else { return Ok(self.put_back(text)) };
        text = digits::as_ascii(text, start);
        let mut records = records::check(&head, text.get(start..).unwrap_or_default(), is_last);
        let end = start + records.n_bytes;
        if !is_last && records.n_bytes == 0 {
            return Ok(self.put_back(text));
        }
        let first_row = self.n_rows;
        let mut cut = std::mem::take(&mut records.cut);
        for line in &mut cut {
            line.row += first_row;
        }
        let mut facts = self.facts_of(&records);
        facts.extend(file_facts::of_cut_lines(&self.path, &cut));
        if is_first {
            facts.extend(file_facts::of_head(&self.path, &head));
        }
        let found = if is_first { self.found(&head) } else { Vec::new() };
        self.n_rows += (records.n_sound + cut.len()) as u64;
        let n_sound = records.n_sound;
        let rewritten = match records.body {
            Cow::Owned(body) => Some(body),
            Cow::Borrowed(_) => None,
        };
        self.ahead.splice(0..0, text.split_off(end));
        let body = rewritten.unwrap_or_else(|| {
            text.drain(..start);
            text
        });
        let frame = scan(&head, (body, n_sound)).map_err(IngestError::engine(format!("opening `{}`", self.shown())))?;
        (self.head, self.is_done) = (Some(head), is_last);
        Ok(Some(Opened { frame, expected_rows: Some(n_sound), first_row, cut, facts, found }))
    }

    /// The head of the file and where the lines of a text begin; `None` if more of the file is needed to tell.
    fn head(&self, text: &[u8], is_last: bool) -> Result<Option<(Head, usize)>, IngestError> {
        if let Some(head) = &self.head {
            return Ok(Some((head.clone(), 0)));
        }
        let head = match head::head(text, &self.layout, is_last) {
            None if is_last => return Err(IngestError::Empty { path: self.shown() }),
            found => found.filter(|head| is_last || head.n_bytes < text.len()),
        };
        match head {
            Some(head) if head.columns().len() > MOST_COLUMNS => {
                let (path, found) = (self.shown(), head.columns().len());
                Err(IngestError::TooManyColumns { path, found, limit: MOST_COLUMNS })
            }
            head => Ok(head.map(|head| (head.clone(), head.n_bytes))),
        }
    }

    /// Takes text back, to be read again with as much more.
    fn put_back(&mut self, text: Vec<u8>) -> Option<Opened> {
        self.ahead.splice(0..0, text);
        self.n_bytes = self.n_bytes.saturating_mul(2);
        None
    }

    /// What was noticed among some lines.
    fn facts_of(&mut self, records: &Records<'_>) -> Vec<Fact> {
        let place = self.shown();
        let counted = [
            (FactRule::NotUtf8, std::mem::take(&mut self.n_replaced)),
            (FactRule::ShortLines, records.n_short),
            (FactRule::StrayQuotes, records.n_stray),
            (FactRule::BlankLines, records.n_blank),
        ];
        let noticed = counted.into_iter().filter(|(_, count)| *count > 0);
        let fact = |(rule, count)| Fact { rule, place: place.clone(), count, examples: Vec::new() };
        let mut facts: Vec<Fact> = noticed.map(fact).collect();
        let encoding = file_facts::of_encoding(&self.path, &self.text).filter(|_| !self.is_told);
        self.is_told |= encoding.is_some();
        let mix = file_facts::of_mixed_encodings(&self.path, &self.text).filter(|_| !self.is_mix_told);
        self.is_mix_told |= mix.is_some();
        facts.extend(encoding.into_iter().chain(mix));
        facts
    }

    /// The keys that say how the file is read.
    fn found(&self, head: &Head) -> Vec<FoundKey> {
        let mut found: Vec<FoundKey> = file_facts::key_of_encoding(&self.text).into_iter().collect();
        found.extend(file_facts::keys_of(head, &self.layout));
        found
    }
}

impl Iterator for TextPieces {
    type Item = Result<Opened, IngestError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_done {
            match self.piece() {
                Ok(None) => {}
                Ok(Some(piece)) => return Some(Ok(piece)),
                Err(error) => {
                    self.is_done = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

/// The text and how many of its characters had to be replaced because they are no UTF-8.
fn as_utf8(bytes: Vec<u8>) -> (Vec<u8>, u64) {
    if std::str::from_utf8(&bytes).is_ok() {
        return (bytes, 0);
    }
    let replaced = |text: &str| text.matches(char::REPLACEMENT_CHARACTER).count() as u64;
    let already: u64 = bytes.utf8_chunks().map(|chunk| replaced(chunk.valid())).sum();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let count = replaced(&text) - already;
    (text.into_bytes(), count)
}

/// A frame of so many lines.
fn scan(head: &Head, (body, n_lines): (Vec<u8>, usize)) -> PolarsResult<LazyFrame> {
    let schema: Schema = head.columns().iter().map(|name| Field::new(name.into(), DataType::String)).collect();
    if n_lines == 0 {
        return Ok(DataFrame::empty_with_schema(&schema).lazy());
    }
    let body = std::iter::once(body.into()).collect();
    LazyCsvReader::new_with_sources(ScanSources::Buffers(body))
        .with_has_header(false)
        .with_schema(Some(Arc::new(schema)))
        .with_separator(head.dialect.delimiter)
        .with_quote_char(head.dialect.quote)
        .with_missing_is_null(true)
        // Only empty fields are left to cut off; see `records`.
        .with_truncate_ragged_lines(true)
        .with_cache(false)
        .finish()
}
