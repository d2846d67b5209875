//! Checks the lines of a text table before anything is parsed, so that one broken line neither stops a run nor shifts
//! columns silently: polars 0.55.2 counts the fields of a line only if every column is asked for.
//!
//! The rules are those of RFC 4180. A quote inside an unquoted field is taken as it stands; a quoted field that is not
//! closed, or is followed by more text, makes its line broken, and only that line. A large file is checked piece by
//! piece; what its last lines say may depend on the next piece, and they are left to it. Ours, because `csv-core` takes the
//! rest of the file into a field whose quote is not closed.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// Bytes of a field at most: a quoted one that is longer was never meant to be closed.
pub(super) const LONGEST_FIELD: usize = 1 << 20;

/// What the first line of a text table says.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    /// Names of the columns, made unique.
    pub(crate) columns: Vec<String>,
    /// What separates them.
    pub(crate) separator: u8,
    /// Bytes up to the line after it.
    pub(crate) n_bytes: usize,
}

/// Lines of a text table that all have the columns of its head.
#[derive(Debug)]
pub(crate) struct Records<'a> {
    /// The sound lines.
    pub(crate) body: Cow<'a, [u8]>,
    /// How many they are.
    pub(crate) n_sound: usize,
    /// Positions of the broken lines among all lines that are not blank, from 0.
    pub(crate) broken: Vec<u64>,
    /// Sound lines with fewer fields than the head.
    pub(crate) n_short: u64,
    /// Sound lines with quotes inside unquoted fields.
    pub(crate) n_stray: u64,
    /// Bytes of the lines that were checked; those after them are unfinished.
    pub(crate) n_bytes: usize,
}

/// Reads the first line that is not blank; `None` if there is none.
///
/// The separator is the one of `,` `;` tab `|` that occurs most in it.
pub(crate) fn head(text: &[u8]) -> Option<Head> {
    let mark = if text.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let start = mark + text.get(mark..)?.iter().position(|byte| !matches!(byte, b'\r' | b'\n'))?;
    let first_line = text.get(start..)?.split(|byte| *byte == b'\n').next()?;
    let occurs = |separator: &u8| first_line.iter().filter(|byte| *byte == separator).count();
    let separator = *[b'|', b'\t', b';', b','].iter().max_by_key(|separator| occurs(separator))?;
    let record = next_record(text, start, separator);
    let columns = unique(fields(text.get(start..record.end)?, separator));
    Some(Head { columns, separator, n_bytes: record.next })
}

/// Sets broken lines aside. Unless the text is the last of its file, lines at its end may be unfinished.
pub(crate) fn check<'a>(head: &Head, text: &'a [u8], is_last: bool) -> Records<'a> {
    let mut records =
        Records { body: Cow::Borrowed(text), n_sound: 0, broken: Vec::new(), n_short: 0, n_stray: 0, n_bytes: 0 };
    let (n_columns, separator) = (head.columns.len(), head.separator);
    let mut rewritten: Vec<u8> = Vec::new();
    let (mut at, mut copied, mut position) = (0, 0, 0);
    while at < text.len() {
        let record = next_record(text, at, separator);
        if !is_last && (record.is_unfinished || record.end >= text.len()) {
            break;
        }
        let line = text.get(at..record.end).unwrap_or_default();
        let is_blank = line.is_empty() || line == b"\r";
        let is_broken = record.is_torn || (record.n_fields > n_columns && !excess_is_empty(line, separator, n_columns));
        if is_blank || is_broken || record.has_stray_quote {
            rewritten.extend_from_slice(text.get(copied..at).unwrap_or_default());
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
    records.n_bytes = at;
    if copied > 0 {
        rewritten.extend_from_slice(text.get(copied..at).unwrap_or_default());
        records.body = Cow::Owned(rewritten);
    } else {
        records.body = Cow::Borrowed(text.get(..at).unwrap_or_default());
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
    /// Torn only because the text ends: more of it might close the field.
    is_unfinished: bool,
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

fn next_record(text: &[u8], start: usize, separator: u8) -> Record {
    let mut record =
        Record { end: start, next: start, n_fields: 1, has_stray_quote: false, is_torn: false, is_unfinished: false };
    let mut at = start;
    let mut field_start = true;
    let mut field = start;
    while let Some(byte) = text.get(at) {
        if *byte == b'\n' {
            break;
        }
        if field_start && *byte == b'"' {
            match end_of_quoted(text, at, separator) {
                Closing::At(end) => at = end,
                Closing::Never => return torn(text, start, false),
                Closing::Beyond => return torn(text, start, true),
            }
            field_start = false;
            continue;
        }
        field_start = *byte == separator;
        if field_start {
            record.n_fields += 1;
            record.is_torn |= at - field > LONGEST_FIELD;
            field = at + 1;
        }
        record.has_stray_quote |= *byte == b'"';
        at += 1;
    }
    record.is_torn |= at - field > LONGEST_FIELD;
    record.end = at;
    record.next = (at + 1).min(text.len());
    record
}

/// Where the field ends that opens at `open`.
fn end_of_quoted(text: &[u8], open: usize, separator: u8) -> Closing {
    let limit = open + LONGEST_FIELD;
    let seen = text.get(..limit).unwrap_or(text);
    let mut at = open + 1;
    loop {
        match seen.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'"')) {
            Some(distance) => at += distance + 1,
            None => return if limit <= text.len() { Closing::Never } else { Closing::Beyond },
        }
        match text.get(at) {
            Some(b'"') => at += 1,
            Some(b'\r') if matches!(text.get(at + 1), Some(b'\n') | None) => return Closing::At(at),
            Some(byte) if *byte == separator || *byte == b'\n' => return Closing::At(at),
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
        let closed = match quoted.then(|| end_of_quoted(record, at, separator)) {
            Some(Closing::At(end)) => Some(end),
            _ => None,
        };
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
    let mut taken: HashSet<String> = HashSet::with_capacity(names.len());
    let mut repetitions: HashMap<String, usize> = HashMap::new();
    let mut free_name = |(position, name): (usize, String)| {
        let name = if name.trim().is_empty() { format!("column_{}", position + 1) } else { name.trim().to_owned() };
        let mut free = name.clone();
        while !taken.insert(free.clone()) {
            let repetition = repetitions.entry(name.clone()).or_insert(1);
            *repetition += 1;
            free = format!("{name}_{repetition}");
        }
        free
    };
    names.into_iter().enumerate().map(&mut free_name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> (String, Head, Records<'_>) {
        let head = head(text.as_bytes()).unwrap();
        let records = check(&head, &text.as_bytes()[head.n_bytes..], true);
        assert_eq!(head.n_bytes + records.n_bytes, text.len());
        (String::from_utf8(records.body.to_vec()).unwrap(), head, records)
    }

    #[test]
    fn a_sound_file_is_passed_on_untouched() {
        let (text, head, records) = body("\u{FEFF}a,b\r\n1,\"x,\"\"y\"\"\nz\"\r\n2,\r\n");
        assert!(matches!(records.body, Cow::Borrowed(_)));
        assert_eq!(text, "1,\"x,\"\"y\"\"\nz\"\r\n2,\r\n");
        assert_eq!((head.columns, records.n_sound, records.n_short), (vec!["a".into(), "b".into()], 2, 0));
    }

    #[test]
    fn a_line_with_too_many_fields_is_cut_out_and_named() {
        let (text, _, records) = body("a,b\n1,2\n1,2,3\n\n4,5,\n6\n");
        assert_eq!(text, "1,2\n4,5,\n6\n");
        assert_eq!((records.broken, records.n_sound, records.n_short), (vec![1], 3, 1));
    }

    #[test]
    fn an_open_quote_breaks_its_own_line_only() {
        let (text, _, records) = body("a,b\n1,2\n2,\"open\n3,4\n5,\"x\" y\n6,7");
        assert_eq!(text, "1,2\n3,4\n6,7");
        assert_eq!((records.broken, records.n_sound), (vec![1, 3], 3));
    }

    #[test]
    fn a_stray_quote_is_kept_as_text() {
        let (text, _, records) = body("a,b,c\n1,5\" nail,\n");
        assert_eq!(text, "\"1\",\"5\"\" nail\",\n");
        assert_eq!((records.n_stray, records.n_sound, records.broken.len()), (1, 1, 0));
    }

    #[test]
    fn a_field_that_is_too_long_breaks_its_line() {
        let long = "x".repeat(LONGEST_FIELD + 1);
        let text = format!("a,b\n1,2\n{long},3\n4,{long}\n\"{long}\",5\n6,7\n");
        let (body, _, records) = body(&text);
        assert_eq!((body.as_str(), records.broken), ("1,2\n6,7\n", vec![1, 2, 3]));
    }

    #[test]
    fn ten_thousand_columns_of_one_name_are_reported_apart() {
        let head = head(vec!["a"; 10_000].join(",").as_bytes()).unwrap();
        assert_eq!((head.columns[1].as_str(), head.columns[9_999].as_str()), ("a_2", "a_10000"));
    }

    #[test]
    fn separators_are_found_and_names_made_unique() {
        let (_, found, _) = body("a;\"b;x\";;a\n1;2;3;4\n");
        assert_eq!(found.separator, b';');
        assert_eq!(found.columns, ["a", "b;x", "column_3", "a_2"]);
        assert_eq!(body("a\tb\n1\t2\n").1.separator, b'\t');
        assert_eq!(body("a\n1\n").1.columns, ["a"]);
        assert!(head(b"").is_none());
        assert!(head(b"\r\n\n").is_none());
    }

    #[test]
    fn lines_that_may_go_on_are_left_to_the_next_piece() {
        let head = head(b"a,b\n").unwrap();
        let n_bytes = |text: &[u8]| {
            let records = check(&head, text, false);
            assert_eq!(records.body.len(), records.n_bytes);
            records.n_bytes
        };
        assert_eq!(n_bytes(b"1,2\n3,4\n"), 8);
        assert_eq!(n_bytes(b"1,2\n3,4"), 4);
        assert_eq!(n_bytes(b"1,2\n3,\"x\ny\n"), 4);
        assert_eq!(n_bytes(b"1,2\n3,\"x\""), 4);
        assert_eq!(check(&head, b"1,2\n3,\"x\ny\n", true).broken, [1]);
        let open = [b"3,\"x\n".as_slice(), &vec![b'.'; LONGEST_FIELD], b"\n"].concat();
        let records = check(&head, &open, false);
        assert_eq!((records.broken, records.n_sound), (vec![0], 1), "a field that long was never closed");
    }
}
