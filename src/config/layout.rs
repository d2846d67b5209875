//! How the files of a table are written, where the config says it; what it does not say is detected.

use serde::Serialize;

use super::allowed::Allowed;
use super::keys::nearest;
use super::raw_tables::{OneOrMany, RawTable};
use super::values::Check;
use super::{encodings, knobs};

/// How the files of a table are written; what is `None` is detected in each of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Layout {
    /// The encoding of text files, as a label of the WHATWG Encoding Standard.
    pub encoding: Option<String>,
    /// The byte between the fields of text files.
    pub delimiter: Option<u8>,
    /// The byte around fields of text files.
    pub quote: Option<Quote>,
    /// Lines above the header.
    pub skip_rows: Option<u32>,
    /// The sheets of a spreadsheet.
    pub sheet: Option<Sheets>,
}

/// Which sheets of a spreadsheet are read as one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sheets {
    /// The first with rows: what is looked up, and a customer, stands in a table once. No config says so.
    First,
    /// The first with rows and all others with its columns.
    Alike,
    /// These.
    Named(Vec<String>),
}

/// What stands for sheets of the same columns; no program lets a sheet have this name.
const ALIKE: &str = "*";

/// What stands around fields of text files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Quote {
    /// Nothing: quotes are text.
    None,
    /// This byte.
    Mark(u8),
}

/// The word for no quote.
const NO_QUOTE: &str = "none";

impl Check<'_> {
    /// The layout of a table.
    pub(super) fn layout(&mut self, section: &str, raw: &RawTable) -> Layout {
        let sheet = raw.sheet.as_ref().and_then(|came| self.sheets(section, came));
        Layout {
            encoding: raw.encoding.as_deref().and_then(|label| self.encoding(section, label)),
            delimiter: raw.delimiter.as_deref().and_then(|text| self.delimiter(section, text)),
            quote: raw.quote.as_deref().and_then(|text| self.quote(section, text)),
            skip_rows: self.count(section, &knobs::SKIP_ROWS, raw.skip_rows),
            sheet,
        }
    }

    fn sheets(&mut self, section: &str, came: &OneOrMany) -> Option<Sheets> {
        match came.texts() {
            [one] if one.trim() == ALIKE => Some(Sheets::Alike),
            names if names.is_empty() || names.iter().any(|name| matches!(name.trim(), "" | ALIKE)) => {
                self.unsuitable(section, &knobs::SHEET, &names.concat())
            }
            names => Some(Sheets::Named(names.to_vec())),
        }
    }

    fn encoding(&mut self, section: &str, label: &str) -> Option<String> {
        if encodings::is_known(label) {
            return Some(label.trim().to_lowercase());
        }
        let nearest = nearest(label, encodings::LABELS.iter().copied()).map(str::to_owned);
        self.unknown(section, &knobs::ENCODING, label, nearest);
        None
    }

    fn delimiter(&mut self, section: &str, text: &str) -> Option<u8> {
        match text {
            "tab" | "\\t" => Some(b'\t'),
            _ => one_byte(text).or_else(|| self.unsuitable(section, &knobs::DELIMITER, text)),
        }
    }

    fn quote(&mut self, section: &str, text: &str) -> Option<Quote> {
        if text == NO_QUOTE {
            return Some(Quote::None);
        }
        let mark = one_byte(text).filter(|byte| byte.is_ascii_punctuation());
        mark.map(Quote::Mark).or_else(|| self.unsuitable(section, &knobs::QUOTE, text))
    }
}

/// A text of one character that can stand between fields.
fn one_byte(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !matches!(byte, b'\n' | b'\r' | 0) => Some(*byte),
        _ => None,
    }
}

impl Allowed {
    /// What a key of the layout accepts, to be read after "must be"; empty for others.
    pub(super) const fn of_layout(self) -> &'static str {
        match self {
            Self::Encoding => "the name of an encoding such as `utf-8`, `utf-16le`, `windows-1252` or `latin-1`",
            Self::Delimiter => "one character such as `,` or `;`, or `tab`",
            Self::Quote => "one character such as `\"` or `'`, or `none`",
            Self::Sheet => {
                "the name of a sheet, a list of names, or `*` for the first with rows and all others with its columns"
            }
            _ => "",
        }
    }
}
