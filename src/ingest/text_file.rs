//! The bytes of a text file as UTF-8, some at a time: plain or compressed, in whatever encoding; bounded in what it may
//! unpack to and in the length of its lines.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use polars::io::utils::compression::{CompressedReader, SupportedCompression};

use super::encoding::{FIRST_BYTES, LOOKED_AT, Transcoder, cannot_be, first_foreign, holds_utf8};
use super::engine;
use super::error::{IngestError, UTF_16};

/// Bytes that a compressed file may hold whatever its size.
const ALWAYS_UNPACKED: u64 = 64 << 20;

/// How many times its size a compressed file may hold beyond that. Tables of shops unpack to some ten times their size.
const MOST_UNPACKED: u64 = 100;

/// Bytes of a line at most.
const LONGEST_LINE: u64 = 16 << 20;

/// Bytes that are read before the text is looked at.
const STEP: u64 = 4 << 20;

/// The text of a file, as it is read.
pub(super) struct TextFile {
    form: Form,
    /// Bytes of the file.
    n_bytes: u64,
    /// Bytes so far, unpacked.
    n_unpacked: u64,
    /// Bytes of text so far.
    n_text: u64,
    /// Where the line begins that has no end yet.
    line: u64,
    transcoder: Transcoder,
    /// First bytes that were read and are no text yet.
    first: Vec<u8>,
    has_room: bool,
    /// Bytes of a line at most.
    longest_line: u64,
    /// Characters that could not be read and were replaced, since they were last asked for.
    n_replaced: u64,
    /// Whether a text of another encoding holds letters in UTF-8.
    pub(super) holds_utf8: bool,
}

/// How the text stands in the file.
enum Form {
    Plain(File),
    Compressed(Box<CompressedReader>),
}

impl TextFile {
    /// Opens a file that is written in an encoding, if the config names it.
    ///
    /// # Errors
    /// Those of the machine, or `WrongFormat` if what is compressed cannot be unpacked.
    pub(super) fn open(path: &Path, label: Option<&str>) -> Result<Self, IngestError> {
        let io = || IngestError::io(path);
        let mut file = File::open(path).map_err(io())?;
        let n_bytes = file.metadata().map_err(io())?.len();
        let mut first = Vec::new();
        file.by_ref().take(FIRST_BYTES as u64).read_to_end(&mut first).map_err(io())?;
        let form = if SupportedCompression::check(&first).is_none() {
            Form::Plain(file)
        } else {
            file.read_to_end(&mut first).map_err(io())?;
            let packed = std::mem::take(&mut first);
            let reader = engine::ask(|| CompressedReader::try_new(packed.into()));
            let mut reader = Box::new(reader.map_err(|error| damaged(path, &error))?);
            reader.by_ref().take(FIRST_BYTES as u64).read_to_end(&mut first).map_err(|error| damaged(path, &error))?;
            Form::Compressed(reader)
        };
        if cannot_be(&first, label) {
            return Err(IngestError::WrongFormat {
                path: path.display().to_string(),
                format: UTF_16,
                detail: "`encoding` says so, and none of its first bytes is zero, as many are in such files".to_owned(),
            });
        }
        let transcoder = Transcoder::new(&first, label);
        Ok(Self {
            form,
            n_bytes,
            n_unpacked: 0,
            n_text: 0,
            line: 0,
            transcoder,
            first,
            has_room: false,
            longest_line: LONGEST_LINE,
            n_replaced: 0,
            holds_utf8: false,
        })
    }

    /// The same, of a form whose lines mean nothing.
    pub(super) fn with_long_lines(self) -> Self {
        Self { longest_line: u64::MAX, ..self }
    }

    /// The first bytes, before any are read.
    pub(super) fn first_bytes(&self) -> &[u8] {
        &self.first
    }

    /// The name of the encoding, if it is not UTF-8, and whether it was found out.
    pub(super) fn encoding(&self) -> Option<(&'static str, bool)> {
        match &self.transcoder {
            Transcoder::From { encoding, is_detected, .. } => Some((encoding.name(), *is_detected)),
            Transcoder::Undecided | Transcoder::Utf8 => None,
        }
    }

    /// How many characters could not be read since this was last asked.
    pub(super) fn take_replaced(&mut self) -> u64 {
        std::mem::take(&mut self.n_replaced)
    }

    /// Adds about so many bytes to a text, fewer at the end of the file alone; returns whether it has ended.
    pub(super) fn read(&mut self, path: &Path, wanted: u64, text: &mut Vec<u8>) -> Result<bool, IngestError> {
        let mut n_read = 0;
        while n_read < wanted {
            let step = STEP.min(wanted - n_read);
            if n_read >= 2 * LONGEST_LINE && !self.has_room {
                self.make_room(path, wanted - n_read, text)?;
            }
            let before = text.len();
            let (n_new, has_ended) = self.step(path, step, text)?;
            n_read += n_new;
            self.n_unpacked += n_new;
            self.check(path, text.get(before..).unwrap_or_default())?;
            if has_ended {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A first look has shown that lines end: the rest comes at one go, if there is room for it.
    fn make_room(&mut self, path: &Path, wanted: u64, text: &mut Vec<u8>) -> Result<(), IngestError> {
        self.has_room = true;
        if !matches!(self.form, Form::Plain(_)) {
            return Ok(());
        }
        let rest = usize::try_from(wanted.min(self.n_bytes)).unwrap_or(usize::MAX);
        let no_room = |_| std::io::Error::from(std::io::ErrorKind::OutOfMemory);
        text.try_reserve(rest).map_err(no_room).map_err(IngestError::io(path))
    }

    /// Adds so many bytes as UTF-8; returns how many were read and whether the file has ended.
    fn step(&mut self, path: &Path, wanted: u64, text: &mut Vec<u8>) -> Result<(u64, bool), IngestError> {
        if matches!(self.transcoder, Transcoder::From { .. }) {
            let mut bytes = Vec::new();
            let has_ended = self.fill(path, wanted, &mut bytes)?;
            self.transcode(&bytes, has_ended, text);
            return Ok((bytes.len() as u64, has_ended));
        }
        let before = text.len();
        let mut has_ended = self.fill(path, wanted, text)?;
        let foreign = first_foreign(text.get(before..).unwrap_or_default());
        if let (Transcoder::Undecided, Some(foreign)) = (&self.transcoder, foreign) {
            let start = before + foreign;
            while !has_ended && text.len() - start < LOOKED_AT {
                let missing = (LOOKED_AT + start - text.len()) as u64;
                has_ended = self.fill(path, missing, text)?;
            }
            let seen = text.get(start..).unwrap_or_default();
            self.transcoder = Transcoder::decide(seen.get(..LOOKED_AT).unwrap_or(seen));
        }
        let n_new = (text.len() - before) as u64;
        if matches!(self.transcoder, Transcoder::From { .. }) {
            let bytes = text.split_off(before);
            self.transcode(&bytes, has_ended, text);
        }
        Ok((n_new, has_ended))
    }

    fn transcode(&mut self, bytes: &[u8], is_last: bool, text: &mut Vec<u8>) {
        let of_one_byte = matches!(&self.transcoder, Transcoder::From { encoding, .. } if encoding.is_single_byte());
        self.holds_utf8 = self.holds_utf8 || (of_one_byte && holds_utf8(bytes));
        self.n_replaced += self.transcoder.add(bytes, is_last, text);
    }

    /// Adds so many bytes as they stand, fewer at the end of the file alone; returns whether it has ended.
    fn fill(&mut self, path: &Path, wanted: u64, bytes: &mut Vec<u8>) -> Result<bool, IngestError> {
        let n_first = self.first.len().min(usize::try_from(wanted).unwrap_or(usize::MAX));
        bytes.extend(self.first.drain(..n_first));
        let wanted = wanted - n_first as u64;
        let n_new = match &mut self.form {
            Form::Plain(file) => file.take(wanted).read_to_end(bytes).map_err(IngestError::io(path))?,
            Form::Compressed(reader) => {
                reader.take(wanted).read_to_end(bytes).map_err(|error| damaged(path, &error))?
            }
        };
        Ok((n_new as u64) < wanted)
    }

    /// Looks at new text: whether lines end, and whether a compressed file holds what its size allows.
    fn check(&mut self, path: &Path, new: &[u8]) -> Result<(), IngestError> {
        let shown = || path.display().to_string();
        if let Some(last) = new.iter().rposition(|byte| *byte == b'\n') {
            self.line = self.n_text + last as u64 + 1;
        }
        self.n_text += new.len() as u64;
        if matches!(self.form, Form::Compressed(_)) {
            refuse_bomb(&shown(), self.n_unpacked, self.n_bytes)?;
        }
        if self.n_text - self.line > self.longest_line {
            return Err(IngestError::EndlessLine { path: shown(), start: self.line, limit: self.longest_line });
        }
        Ok(())
    }
}

/// Refuses a file of `size` bytes that unpacks to far more.
pub(super) fn refuse_bomb(path: &str, unpacked: u64, size: u64) -> Result<(), IngestError> {
    if unpacked <= most_unpacked(size) {
        return Ok(());
    }
    Err(IngestError::Bomb { path: path.to_owned(), size, ratio: MOST_UNPACKED, always: ALWAYS_UNPACKED })
}

/// Bytes that a compressed file of `size` bytes may hold.
pub(super) fn most_unpacked(size: u64) -> u64 {
    ALWAYS_UNPACKED.max(size.saturating_mul(MOST_UNPACKED))
}

fn damaged(path: &Path, detail: &dyn std::fmt::Display) -> IngestError {
    let (path, detail) = (path.display().to_string(), detail.to_string());
    IngestError::WrongFormat { path, format: "readable compressed", detail }
}
