//! Checks the lines of a text table before anything is parsed, so that one broken line neither stops a run nor shifts
//! columns silently: polars 0.55.2 counts the fields of a line only if every column is asked for.
//!
//! The rules are those of RFC 4180. A quote inside an unquoted field is taken as it stands; a quoted field that is not
//! closed, or is followed by more text, makes its line broken, and only that line.

use std::borrow::Cow;

/// A text table whose lines all have the columns of the header.
#[derive(Debug)]
pub(crate) struct Records<'a> {
    /// Names of the columns, made unique.
    pub(crate) header: Vec<String>,
    /// What separates them.
    pub(crate) separator: u8,
    /// The sound lines, without the header.
    pub(crate) body: Cow<'a, [u8]>,
    /// How many they are.
    pub(crate) n_sound: usize,
    /// Positions of the broken lines among all lines that are not blank, from 0.
    pub(crate) broken: Vec<u64>,
    /// Sound lines with fewer fields than the header.
    pub(crate) n_short: u64,
    /// Sound lines with quotes inside unquoted fields.
    pub(crate) n_stray: u64,
}

/// Splits off the header and sets broken lines aside; `None` if there is no header.
///
/// The separator is the one of `,` `;` tab `|` that occurs most in the header.
pub(crate) fn check(text: &[u8]) -> Option<Records<'_>> {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let start = text.iter().position(|byte| !matches!(byte, b'\r' | b'\n'))?;
    let first = text.get(start..)?;
    let first_line = first.split(|byte| *byte == b'\n').next()?;
    let occurs = |separator: &u8| first_line.iter().filter(|byte| *byte == separator).count();
    let separator = *[b'|', b'\t', b';', b','].iter().max_by_key(|separator| occurs(separator))?;
    let head = next_record(first, 0, separator);
    let header = unique(fields(first.get(..head.end)?, separator));
    let body = first.get(head.next..).unwrap_or_default();
    Some(sound_lines(header, separator, body))
}

fn sound_lines(header: Vec<String>, separator: u8, body: &[u8]) -> Records<'_> {
    let mut records = Records {
        header,
        separator,
        body: Cow::Borrowed(body),
        n_sound: 0,
        broken: Vec::new(),
        n_short: 0,
        n_stray: 0,
    };
    let n_columns = records.header.len();
    let mut rewritten: Vec<u8> = Vec::new();
    let (mut at, mut copied, mut position) = (0, 0, 0);
    while at < body.len() {
        let record = next_record(body, at, separator);
        let line = body.get(at..record.end).unwrap_or_default();
        let is_blank = line.is_empty() || line == b"\r";
        let is_broken = record.is_torn || (record.n_fields > n_columns && !excess_is_empty(line, separator, n_columns));
        if is_blank || is_broken || record.has_stray_quote {
            rewritten.extend_from_slice(body.get(copied..at).unwrap_or_default());
            copied = record.next;
        }
        if is_broken && !is_blank {
            records.broken.push(position);
        } else if !is_blank {
            records.n_sound += 1;
            records.n_short += u64::from(record.n_fields < n_columns);
            if record.has_stray_quote {
                records.n_stray += 1;
                quote(line, separator, &mut rewritten);
            }
        }
        position += u64::from(!is_blank);
        at = record.next;
    }
    if copied > 0 {
        rewritten.extend_from_slice(body.get(copied..).unwrap_or_default());
        records.body = Cow::Owned(rewritten);
    }
    records
}

/// Where a record ends and what is wrong with it.
struct Record {
    /// Position after its last byte, a final `\r` included.
    end: usize,
    /// Position of the next record.
    next: usize,
    n_fields: usize,
    has_stray_quote: bool,
    is_torn: bool,
}

fn next_record(text: &[u8], start: usize, separator: u8) -> Record {
    let mut record = Record { end: start, next: start, n_fields: 1, has_stray_quote: false, is_torn: false };
    let mut at = start;
    let mut field_start = true;
    while let Some(byte) = text.get(at) {
        if *byte == b'\n' {
            break;
        }
        if field_start && *byte == b'"' {
            match end_of_quoted(text, at, separator) {
                Some(end) => at = end,
                None => return torn(text, start),
            }
            field_start = false;
            continue;
        }
        field_start = *byte == separator;
        record.n_fields += usize::from(field_start);
        record.has_stray_quote |= *byte == b'"';
        at += 1;
    }
    record.end = at;
    record.next = (at + 1).min(text.len());
    record
}

/// The position after the closing quote of the field that opens at `open`; `None` if it never closes or closes in the
/// middle of text.
fn end_of_quoted(text: &[u8], open: usize, separator: u8) -> Option<usize> {
    let mut at = open + 1;
    loop {
        at += text.get(at..)?.iter().position(|byte| *byte == b'"')? + 1;
        match text.get(at) {
            Some(b'"') => at += 1,
            Some(b'\r') if matches!(text.get(at + 1), Some(b'\n') | None) => return Some(at),
            Some(byte) if *byte == separator || *byte == b'\n' => return Some(at),
            None => return Some(at),
            Some(_) => return None,
        }
    }
}

/// The record is given up at the end of its first line, so that it takes no other line with it.
fn torn(text: &[u8], start: usize) -> Record {
    let rest = text.get(start..).unwrap_or_default();
    let end = start + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    Record { end, next: (end + 1).min(text.len()), n_fields: 0, has_stray_quote: false, is_torn: true }
}

/// Whether all fields beyond the header's are empty, as after a separator at the end of each line.
fn excess_is_empty(line: &[u8], separator: u8, n_columns: usize) -> bool {
    fields(line, separator).iter().skip(n_columns).all(String::is_empty)
}

/// The fields of one sound record as text.
fn fields(record: &[u8], separator: u8) -> Vec<String> {
    let record = record.strip_suffix(b"\r").unwrap_or(record);
    let (mut found, mut at) = (Vec::new(), 0);
    loop {
        let quoted = record.get(at) == Some(&b'"');
        let closed = if quoted { end_of_quoted(record, at, separator) } else { None };
        let plain = || at + record.get(at..).unwrap_or_default().iter().take_while(|byte| **byte != separator).count();
        let end = closed.unwrap_or_else(plain);
        let field = record.get(at..end).unwrap_or_default();
        let inside = if closed.is_some() { field.get(1..field.len() - 1).unwrap_or_default() } else { field };
        let text = String::from_utf8_lossy(inside);
        found.push(if closed.is_some() { text.replace("\"\"", "\"") } else { text.into_owned() });
        if end >= record.len() {
            return found;
        }
        at = end + 1;
    }
}

/// Writes a record with every field quoted.
fn quote(record: &[u8], separator: u8, out: &mut Vec<u8>) {
    for (position, field) in fields(record, separator).iter().enumerate() {
        if position > 0 {
            out.push(separator);
        }
        if !field.is_empty() {
            out.push(b'"');
            out.extend_from_slice(field.replace('"', "\"\"").as_bytes());
            out.push(b'"');
        }
    }
    out.push(b'\n');
}

/// Column names without blanks at the ends; nameless ones are called by position, repeated ones get a number.
fn unique(names: Vec<String>) -> Vec<String> {
    let mut taken: Vec<String> = Vec::with_capacity(names.len());
    for (position, name) in names.into_iter().enumerate() {
        let name = if name.trim().is_empty() { format!("column_{}", position + 1) } else { name.trim().to_owned() };
        let mut free = name.clone();
        let mut repetition = 2;
        while taken.contains(&free) {
            free = format!("{name}_{repetition}");
            repetition += 1;
        }
        taken.push(free);
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> (String, Records<'_>) {
        let records = check(text.as_bytes()).unwrap();
        (String::from_utf8(records.body.to_vec()).unwrap(), records)
    }

    #[test]
    fn a_sound_file_is_passed_on_untouched() {
        let (text, records) = body("\u{FEFF}a,b\r\n1,\"x,\"\"y\"\"\nz\"\r\n2,\r\n");
        assert!(matches!(records.body, Cow::Borrowed(_)));
        assert_eq!(text, "1,\"x,\"\"y\"\"\nz\"\r\n2,\r\n");
        assert_eq!((records.header, records.n_sound, records.n_short), (vec!["a".into(), "b".into()], 2, 0));
    }

    #[test]
    fn a_line_with_too_many_fields_is_cut_out_and_named() {
        let (text, records) = body("a,b\n1,2\n1,2,3\n\n4,5,\n6\n");
        assert_eq!(text, "1,2\n4,5,\n6\n");
        assert_eq!((records.broken, records.n_sound, records.n_short), (vec![1], 3, 1));
    }

    #[test]
    fn an_open_quote_breaks_its_own_line_only() {
        let (text, records) = body("a,b\n1,2\n2,\"open\n3,4\n5,\"x\" y\n6,7");
        assert_eq!(text, "1,2\n3,4\n6,7");
        assert_eq!((records.broken, records.n_sound), (vec![1, 3], 3));
    }

    #[test]
    fn a_stray_quote_is_kept_as_text() {
        let (text, records) = body("a,b,c\n1,5\" nail,\n");
        assert_eq!(text, "\"1\",\"5\"\" nail\",\n");
        assert_eq!((records.n_stray, records.n_sound, records.broken.len()), (1, 1, 0));
    }

    #[test]
    fn separators_are_found_and_names_made_unique() {
        let (_, records) = body("a;\"b;x\";;a\n1;2;3;4\n");
        assert_eq!(records.separator, b';');
        assert_eq!(records.header, ["a", "b;x", "column_3", "a_2"]);
        assert_eq!(body("a\tb\n1\t2\n").1.separator, b'\t');
        assert_eq!(body("a\n1\n").1.header, ["a"]);
        assert!(check(b"").is_none());
        assert!(check(b"\r\n\n").is_none());
    }
}
