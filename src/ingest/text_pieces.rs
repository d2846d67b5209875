//! A text table on its way in, some lines at a time, so that a file larger than memory can be read; a file that is read
//! whole is one piece.
//!
//! A piece ends where a line surely ends: what an open quote or half a line may still become is left to the next one.

use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use polars::io::utils::compression::{CompressedReader, SupportedCompression};
use polars::prelude::*;

use super::absent::ABSENT_WORDS;
use super::engine;
use super::error::IngestError;
use super::facts::{Example, Fact, FactRule};
use super::limits::MOST_COLUMNS;
use super::records::{self, Head, Records};
use super::source::Opened;

/// Bytes of text that a compressed file may hold whatever its size.
const ALWAYS_UNPACKED: u64 = 64 << 20;

/// How many times its size a compressed file may hold beyond that. Tables of shops unpack to some ten times their size.
const MOST_UNPACKED: u64 = 100;

/// Bytes of a line at most.
const LONGEST_LINE: u64 = 16 << 20;

/// Bytes that are read before the text is looked at.
const STEP: u64 = 4 << 20;

/// A text table, some lines at a time; at least one piece, be there lines or not.
pub(super) struct TextPieces {
    path: PathBuf,
    text: Text,
    /// Bytes of a piece.
    n_bytes: usize,
    head: Option<Head>,
    /// What was read and belongs to the next piece.
    ahead: Vec<u8>,
    /// Characters that were replaced since the last piece.
    n_replaced: u64,
    /// Rows of the pieces so far.
    n_rows: u64,
    is_done: bool,
}

impl TextPieces {
    /// Opens a file in pieces of about so many bytes.
    ///
    /// # Errors
    /// Those of the machine.
    pub(super) fn new(path: &Path, n_bytes: usize) -> Result<Self, IngestError> {
        let (text, ahead) = Text::open(path)?;
        let path = path.to_owned();
        Ok(Self { path, text, n_bytes, head: None, ahead, n_replaced: 0, n_rows: 0, is_done: false })
    }

    fn shown(&self) -> String {
        self.path.display().to_string()
    }

    /// Text up to the end of a line, which ends no character in the middle, and whether the file ends there.
    fn read_on(&mut self) -> Result<(Vec<u8>, bool), IngestError> {
        let mut text = std::mem::take(&mut self.ahead);
        let wanted = self.n_bytes.saturating_sub(text.len()).max(1) as u64;
        let is_last = self.text.read(&self.path, wanted, &mut text)? < wanted;
        if !is_last {
            let end = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
            self.ahead = text.split_off(end);
        }
        Ok((text, is_last))
    }

    /// The next lines; `None` if more of the file is needed to tell where they end.
    fn piece(&mut self) -> Result<Option<Opened>, IngestError> {
        let (bytes, is_last) = self.read_on()?;
        if self.head.is_none() {
            refuse_other_formats(&self.path, &bytes)?;
        }
        let (mut text, n_replaced) = as_utf8(bytes);
        self.n_replaced += n_replaced;
        let Some((head, start)) = self.head(&text, is_last)? else { return Ok(self.put_back(text)) };
        let records = records::check(&head, text.get(start..).unwrap_or_default(), is_last);
        let end = start + records.n_bytes;
        if !is_last && records.n_bytes == 0 {
            return Ok(self.put_back(text));
        }
        let first = self.n_rows;
        let broken: Vec<u64> = records.broken.iter().map(|row| first + row).collect();
        let facts = facts_of(&self.path, (&records, &broken), std::mem::take(&mut self.n_replaced));
        self.n_rows += records.n_sound as u64 + broken.len() as u64;
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
        Ok(Some(Opened { frame, expected_rows: Some(n_sound), first_row: first, broken, facts, found: Vec::new() }))
    }

    /// The head of the file and where the lines of a text begin; `None` if more of the file is needed to tell.
    fn head(&self, text: &[u8], is_last: bool) -> Result<Option<(Head, usize)>, IngestError> {
        if let Some(head) = &self.head {
            return Ok(Some((head.clone(), 0)));
        }
        let head = match records::head(text) {
            None if is_last => return Err(IngestError::Empty { path: self.shown() }),
            found => found.filter(|head| is_last || head.n_bytes < text.len()),
        };
        match head {
            Some(Head { columns, .. }) if columns.len() > MOST_COLUMNS => {
                Err(IngestError::TooManyColumns { path: self.shown(), found: columns.len(), limit: MOST_COLUMNS })
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

/// The text of a file, as it is read.
struct Text {
    form: Form,
    /// Bytes of the file.
    n_bytes: u64,
    /// Bytes of text so far.
    n_read: u64,
    /// Where the line begins that has no end yet.
    line: u64,
}

/// How the text stands in the file.
enum Form {
    Plain(File),
    Compressed(Box<CompressedReader>),
}

impl Text {
    /// Opens a file; its first bytes, from which its form is reported, are returned where they are text already.
    fn open(path: &Path) -> Result<(Self, Vec<u8>), IngestError> {
        let io = || IngestError::io(path);
        let mut file = File::open(path).map_err(io())?;
        let mut bytes = Vec::new();
        file.by_ref().take(MAGIC).read_to_end(&mut bytes).map_err(io())?;
        let n_bytes = file.metadata().map_err(io())?.len();
        let of_form = |form, n_read| Self { form, n_bytes, n_read, line: 0 };
        if SupportedCompression::check(&bytes).is_none() {
            let n_read = bytes.len() as u64;
            return Ok((of_form(Form::Plain(file), n_read), bytes));
        }
        file.read_to_end(&mut bytes).map_err(io())?;
        let reader = engine::ask(|| CompressedReader::try_new(bytes.into())).map_err(|error| damaged(path, &error))?;
        Ok((of_form(Form::Compressed(Box::new(reader)), 0), Vec::new()))
    }

    /// Adds so many bytes to a text, fewer at the end of the file; returns how many.
    fn read(&mut self, path: &Path, wanted: u64, text: &mut Vec<u8>) -> Result<u64, IngestError> {
        let mut n_read = 0;
        while n_read < wanted {
            let step = STEP.min(wanted - n_read);
            let before = text.len();
            let n_new = match &mut self.form {
                Form::Plain(file) => {
                    if n_read == 2 * LONGEST_LINE {
                        // A first look has shown that lines end: the rest comes at one go, if there is room for it.
                        let rest = usize::try_from((wanted - n_read).min(self.n_bytes)).unwrap_or(usize::MAX);
                        let no_room = |_| std::io::Error::from(std::io::ErrorKind::OutOfMemory);
                        text.try_reserve(rest).map_err(no_room).map_err(IngestError::io(path))?;
                    }
                    file.take(step).read_to_end(text).map_err(IngestError::io(path))?
                }
                Form::Compressed(reader) => {
                    reader.take(step).read_to_end(text).map_err(|error| damaged(path, &error))?
                }
            } as u64;
            n_read += n_new;
            self.check(path, text.get(before..).unwrap_or_default())?;
            if n_new < step {
                break;
            }
        }
        Ok(n_read)
    }

    /// Looks at new text: whether lines end, and whether a compressed file holds what its size allows.
    fn check(&mut self, path: &Path, new: &[u8]) -> Result<(), IngestError> {
        let shown = || path.display().to_string();
        if let Some(last) = new.iter().rposition(|byte| *byte == b'\n') {
            self.line = self.n_read + last as u64 + 1;
        }
        self.n_read += new.len() as u64;
        if matches!(self.form, Form::Compressed(_)) {
            refuse_bomb(&shown(), self.n_read, self.n_bytes)?;
        }
        if self.n_read - self.line > LONGEST_LINE {
            return Err(IngestError::EndlessLine { path: shown(), start: self.line, limit: LONGEST_LINE });
        }
        Ok(())
    }
}

/// Refuses a file of `size` bytes that unpacks to far more.
pub(super) fn refuse_bomb(path: &str, unpacked: u64, size: u64) -> Result<(), IngestError> {
    if unpacked <= ALWAYS_UNPACKED.max(size.saturating_mul(MOST_UNPACKED)) {
        return Ok(());
    }
    Err(IngestError::Bomb { path: path.to_owned(), size, ratio: MOST_UNPACKED, always: ALWAYS_UNPACKED })
}

/// Bytes that tell whether a file is compressed.
const MAGIC: u64 = 8;

fn damaged(path: &Path, detail: &dyn std::fmt::Display) -> IngestError {
    let (path, detail) = (path.display().to_string(), detail.to_string());
    IngestError::WrongFormat { path, format: "readable compressed", detail }
}

/// Refuses what is no text table, whatever its name says.
fn refuse_other_formats(path: &Path, bytes: &[u8]) -> Result<(), IngestError> {
    let detail = if bytes.starts_with(b"PAR1") {
        "it begins like a Parquet file"
    } else if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        "it is written in UTF-16; save it as UTF-8"
    } else if bytes.starts_with(b"PK\x03\x04") {
        "it begins like a zip archive or a spreadsheet"
    } else {
        return Ok(());
    };
    Err(IngestError::WrongFormat { path: path.display().to_string(), format: "CSV", detail: detail.to_owned() })
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

/// What was noticed among some lines; broken ones by their positions in the file.
fn facts_of(path: &Path, (records, broken): (&Records<'_>, &[u64]), n_replaced: u64) -> Vec<Fact> {
    let line = |row: &u64| Example { place: (0, row + 1), text: format!("row {}", row + 1) };
    let lines: Vec<Example> = broken.iter().take(Example::SHOWN).map(line).collect();
    let counted = [
        (FactRule::NotUtf8, n_replaced, Vec::new()),
        (FactRule::BrokenLines, broken.len() as u64, lines),
        (FactRule::ShortLines, records.n_short, Vec::new()),
        (FactRule::StrayQuotes, records.n_stray, Vec::new()),
    ];
    let place = path.display().to_string();
    let noticed = counted.into_iter().filter(|(_, count, _)| *count > 0);
    noticed.map(|(rule, count, examples)| Fact { rule, place: place.clone(), count, examples }).collect()
}

/// A frame of so many lines.
fn scan(head: &Head, (body, n_lines): (Vec<u8>, usize)) -> PolarsResult<LazyFrame> {
    let schema: Schema = head.columns.iter().map(|name| Field::new(name.into(), DataType::String)).collect();
    if n_lines == 0 {
        return Ok(DataFrame::empty_with_schema(&schema).lazy());
    }
    let absent = ABSENT_WORDS.iter().map(|word| (*word).into()).collect();
    let body = std::iter::once(body.into()).collect();
    LazyCsvReader::new_with_sources(ScanSources::Buffers(body))
        .with_has_header(false)
        .with_schema(Some(Arc::new(schema)))
        .with_separator(head.separator)
        .with_null_values(Some(NullValues::AllColumns(absent)))
        .with_missing_is_null(true)
        // Only empty fields are left to cut off; see `records`.
        .with_truncate_ragged_lines(true)
        .with_cache(false)
        .finish()
}
