//! How a text table is split into records, and a record into fields.
//!
//! The rules are those of RFC 4180. A quote inside an unquoted field is taken as it stands; a quoted field that is not
//! closed, or is followed by more text, makes its line torn, and only that line. Ours, because `csv-core` takes the rest
//! of the file into a field whose quote is not closed.

use memchr::memchr;

/// Bytes of a field at most: a quoted one that is longer was never meant to be closed.
pub(super) const LONGEST_FIELD: usize = 1 << 20;

/// What stands between the fields of a text table and around them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    /// `None` where quotes are text.
    pub(super) quote: Option<u8>,
}

impl Dialect {
    /// What is written where nothing else is known.
    pub(super) const USUAL: Self = Self { delimiter: b',', quote: Some(b'"') };

    fn is_quote(self, byte: u8) -> bool {
        self.quote == Some(byte)
    }
}

/// Where a record ends and what is wrong with it.
pub(super) struct Record {
    /// Position after its last byte, a final `\r` included.
    pub(super) end: usize,
    /// Position of the next record.
    pub(super) next: usize,
    pub(super) n_fields: usize,
    pub(super) has_stray_quote: bool,
    pub(super) is_torn: bool,
    /// Torn only because the text ends: more of it might close the field.
    pub(super) is_unfinished: bool,
}

/// Where a quoted field ends.
enum Closing {
    /// After the closing quote.
    At(usize),
    /// It closes in the middle of text, or not for very long.
    Never,
    /// The text ends before.
    Beyond,
}

/// The record that begins at `start`.
pub(super) fn next_record(text: &[u8], start: usize, dialect: Dialect) -> Record {
    let rest = text.get(start..).unwrap_or_default();
    let line = rest.get(..memchr(b'\n', rest).unwrap_or(rest.len())).unwrap_or_default();
    // Most lines have no quotes, and end where they end.
    if line.len() <= LONGEST_FIELD && dialect.quote.is_none_or(|quote| memchr(quote, line).is_none()) {
        let end = start + line.len();
        let n_fields = 1 + line.iter().filter(|byte| **byte == dialect.delimiter).count();
        let next = (end + 1).min(text.len());
        return Record { end, next, n_fields, has_stray_quote: false, is_torn: false, is_unfinished: false };
    }
    quoted_record(text, start, dialect)
}

/// The record that begins at `start`, byte by byte.
fn quoted_record(text: &[u8], start: usize, dialect: Dialect) -> Record {
    let mut record =
        Record { end: start, next: start, n_fields: 1, has_stray_quote: false, is_torn: false, is_unfinished: false };
    let Dialect { delimiter, quote } = dialect;
    // Without quotes no byte is one: a line break cannot stand in a line.
    let quote = quote.unwrap_or(b'\n');
    let mut at = start;
    let mut field_start = true;
    let mut field = start;
    while let Some(byte) = text.get(at) {
        if *byte == b'\n' {
            break;
        }
        if field_start && *byte == quote {
            match end_of_quoted(text, at, (delimiter, quote)) {
                Closing::At(end) => at = end,
                Closing::Never => return torn(text, start, false),
                Closing::Beyond => return torn(text, start, true),
            }
            field_start = false;
            continue;
        }
        field_start = *byte == delimiter;
        if field_start {
            record.n_fields += 1;
            record.is_torn |= at - field > LONGEST_FIELD;
            field = at + 1;
        }
        record.has_stray_quote |= *byte == quote;
        at += 1;
    }
    record.is_torn |= at - field > LONGEST_FIELD;
    record.end = at;
    record.next = (at + 1).min(text.len());
    record
}

/// Where the field ends that opens at `open`.
fn end_of_quoted(text: &[u8], open: usize, (delimiter, quote): (u8, u8)) -> Closing {
    let limit = open + LONGEST_FIELD;
    let seen = text.get(..limit).unwrap_or(text);
    let mut at = open + 1;
    loop {
        match seen.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == quote)) {
            Some(distance) => at += distance + 1,
            None => return if limit <= text.len() { Closing::Never } else { Closing::Beyond },
        }
        match text.get(at) {
            Some(byte) if *byte == quote => at += 1,
            Some(b'\r') if matches!(text.get(at + 1), Some(b'\n') | None) => return Closing::At(at),
            Some(byte) if *byte == delimiter || *byte == b'\n' => return Closing::At(at),
            None => return Closing::At(at),
            Some(_) => return Closing::Never,
        }
    }
}

/// The record is given up at the end of its first line, so that it takes no other line with it.
fn torn(text: &[u8], start: usize, is_unfinished: bool) -> Record {
    let rest = text.get(start..).unwrap_or_default();
    let end = start + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let next = (end + 1).min(text.len());
    Record { end, next, n_fields: 0, has_stray_quote: false, is_torn: true, is_unfinished }
}

/// The fields of one sound record as text.
pub(super) fn fields(record: &[u8], dialect: Dialect) -> Vec<String> {
    let record = record.strip_suffix(b"\r").unwrap_or(record);
    let (mut found, mut at) = (Vec::new(), 0);
    loop {
        let opening = record.get(at).copied().filter(|byte| dialect.is_quote(*byte));
        let closed = match opening.map(|quote| (quote, end_of_quoted(record, at, (dialect.delimiter, quote)))) {
            Some((quote, Closing::At(end))) => Some((quote, end)),
            _ => None,
        };
        let plain =
            || at + record.get(at..).unwrap_or_default().iter().take_while(|byte| **byte != dialect.delimiter).count();
        let end = closed.map_or_else(plain, |(_, end)| end);
        let field = record.get(at..end).unwrap_or_default();
        found.push(match closed {
            Some((quote, _)) => undoubled(field.get(1..field.len() - 1).unwrap_or_default(), quote),
            None => String::from_utf8_lossy(field).into_owned(),
        });
        if end >= record.len() {
            return found;
        }
        at = end + 1;
    }
}

/// The inside of a quoted field.
fn undoubled(inside: &[u8], quote: u8) -> String {
    let quote = char::from(quote);
    String::from_utf8_lossy(inside).replace(&format!("{quote}{quote}"), &quote.to_string())
}

/// Writes a record with every field quoted.
pub(super) fn quote(record: &[u8], dialect: Dialect, out: &mut Vec<u8>) {
    let mark = char::from(dialect.quote.unwrap_or(b'"'));
    let (one, two) = (mark.to_string(), format!("{mark}{mark}"));
    for (position, field) in fields(record, dialect).iter().enumerate() {
        if position > 0 {
            out.push(dialect.delimiter);
        }
        if !field.is_empty() {
            out.extend_from_slice(one.as_bytes());
            out.extend_from_slice(field.replace(&one, &two).as_bytes());
            out.extend_from_slice(one.as_bytes());
        }
    }
    out.push(b'\n');
}

/// Whether a line holds nothing: no byte but delimiters, quotes and blanks.
pub(super) fn is_blank(line: &[u8], dialect: Dialect) -> bool {
    line.iter()
        .all(|byte| *byte == dialect.delimiter || matches!(byte, b' ' | b'\t' | b'\r') || dialect.is_quote(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_without_quotes_are_what_they_are_byte_by_byte() {
        for text in ["", "\n", "a", "a,b\n", "a,b\r\nc", ",,\n\n", "a;b,c\nd"] {
            for start in 0..text.len() {
                let of = [next_record, quoted_record].map(|read| {
                    let record = read(text.as_bytes(), start, Dialect::USUAL);
                    (record.end, record.next, record.n_fields, record.has_stray_quote, record.is_torn)
                });
                assert_eq!(of[0], of[1], "{text:?} from {start}");
            }
        }
    }

    #[test]
    fn quotes_of_another_kind_or_none_are_respected() {
        let single = Dialect { delimiter: b';', quote: Some(b'\'') };
        assert_eq!(fields(b"'a;b';'O''Neill';\"x\"", single), ["a;b", "O'Neill", "\"x\""]);
        let none = Dialect { delimiter: b'\t', quote: None };
        assert_eq!(fields(b"\"x\t5\" nail\r", none), ["\"x", "5\" nail"]);
        let record = next_record(b"\"x\t5\" nail\n", 0, none);
        assert!(record.n_fields == 2 && !record.is_torn && !record.has_stray_quote);
        assert!(is_blank(b";;\"\"; ;\r", Dialect { delimiter: b';', ..Dialect::USUAL }));
        assert!(!is_blank(b";;0", Dialect { delimiter: b';', ..Dialect::USUAL }));
    }
}
