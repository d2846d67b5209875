//! Checks the lines of a text table before anything is parsed, so that one broken line neither stops a run nor shifts
//! columns silently: polars 0.55.2 counts the fields of a line only if every column is asked for.
//!
//! Lines that are no rows are set aside too: the header once more, totals, and lines that hold nothing. A large file is
//! checked piece by piece; what its last lines say may depend on the next piece, and they are left to it.

use std::borrow::Cow;

use super::account::Reason;
use super::head::Head;
use super::header::{is_total, may_begin_total};
use super::lines::{Record, fields, is_blank, next_record, quote};
use super::source::CutLine;

/// Lines of a text table that all have the columns of its head.
#[derive(Debug)]
pub(super) struct Records<'a> {
    /// The sound lines.
    pub(super) body: Cow<'a, [u8]>,
    /// How many they are.
    pub(super) n_sound: usize,
    /// The other lines, by their positions among all lines that hold something, from 0.
    pub(super) cut: Vec<CutLine>,
    /// Sound lines with fewer fields than the head.
    pub(super) n_short: u64,
    /// Sound lines with quotes inside unquoted fields.
    pub(super) n_stray: u64,
    /// Lines of nothing but delimiters, quotes and blanks.
    pub(super) n_blank: u64,
    /// Bytes of the lines that were checked; those after them are unfinished.
    pub(super) n_bytes: usize,
}

/// What a line is.
enum Line {
    Sound,
    Blank,
    Cut(Reason),
}

/// Sets lines aside that are no rows. Unless the text is the last of its file, lines at its end may be unfinished.
pub(super) fn check<'a>(head: &Head, text: &'a [u8], is_last: bool) -> Records<'a> {
    let body = Cow::Borrowed(text);
    let mut records = Records { body, n_sound: 0, cut: Vec::new(), n_short: 0, n_stray: 0, n_blank: 0, n_bytes: 0 };
    let (n_columns, dialect) = (head.columns().len(), head.dialect);
    let mut rewritten: Vec<u8> = Vec::new();
    let (mut at, mut copied, mut row) = (0, 0, 0);
    while at < text.len() {
        let record = next_record(text, at, dialect);
        if !is_last && (record.is_unfinished || record.end >= text.len()) {
            break;
        }
        let line = text.get(at..record.end).unwrap_or_default();
        let kind = kind_of(head, line, &record);
        let is_sound = matches!(kind, Line::Sound);
        if !is_sound || record.has_stray_quote {
            rewritten.extend_from_slice(text.get(copied..at).unwrap_or_default());
            copied = record.next;
        }
        match kind {
            Line::Sound => {
                records.n_sound += 1;
                records.n_short += u64::from(record.n_fields < n_columns);
                if record.has_stray_quote {
                    records.n_stray += 1;
                    quote(line, dialect, &mut rewritten);
                }
                row += 1;
            }
            Line::Cut(reason) => {
                records.cut.push(CutLine { row, reason });
                row += 1;
            }
            Line::Blank => records.n_blank += u64::from(!line.trim_ascii().is_empty()),
        }
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

fn kind_of(head: &Head, line: &[u8], record: &Record) -> Line {
    let (n_columns, dialect) = (head.columns().len(), head.dialect);
    let is_filler = |byte: u8| byte == dialect.delimiter || dialect.quote == Some(byte) || matches!(byte, b' ' | b'\r');
    let is_whole = !record.is_torn && record.n_fields <= n_columns;
    if is_whole && line.first().is_some_and(|first| head.begins_row.get(usize::from(*first)) == Some(&true)) {
        return Line::Sound;
    }
    let start = line.iter().position(|byte| !is_filler(*byte));
    let Some(inside) = start.and_then(|start| line.get(start..)) else { return Line::Blank };
    if inside.starts_with(b"\t") && is_blank(line, dialect) {
        return Line::Blank;
    }
    let is_too_long = || record.n_fields > n_columns && !excess_is_empty(line, head);
    if is_header(head, line) {
        Line::Cut(Reason::REPEATED_HEADER)
    } else if record.is_torn || is_too_long() {
        Line::Cut(Reason::BROKEN_LINE)
    } else if may_begin_total(inside) && is_total(cells(head, line).iter().map(String::as_str)) {
        Line::Cut(Reason::TOTAL_LINE)
    } else {
        Line::Sound
    }
}

/// Whether it is the header once more, as where files were put one behind the other.
fn is_header(head: &Head, line: &[u8]) -> bool {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    line == head.line
}

/// The fields of a line, as many as there are columns.
fn cells(head: &Head, line: &[u8]) -> Vec<String> {
    let mut cells = fields(line, head.dialect);
    cells.resize(head.columns().len(), String::new());
    cells
}

/// Whether all fields beyond the header's are empty, as after a delimiter at the end of each line.
fn excess_is_empty(line: &[u8], head: &Head) -> bool {
    fields(line, head.dialect).iter().skip(head.columns().len()).all(String::is_empty)
}

#[cfg(test)]
mod tests {
    use super::super::head;
    use super::super::lines::LONGEST_FIELD;
    use super::*;
    use crate::config::Layout;

    fn head(text: &[u8]) -> Option<Head> {
        head::head(text, &Layout::default(), true)
    }

    fn broken(records: &Records<'_>) -> Vec<u64> {
        records.cut.iter().filter(|line| line.reason == Reason::BROKEN_LINE).map(|line| line.row).collect()
    }

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
        assert_eq!((head.columns(), records.n_sound, records.n_short), (&["a".into(), "b".into()][..], 2, 0));
    }

    #[test]
    fn a_line_with_too_many_fields_is_cut_out_and_named() {
        let (text, _, records) = body("a,b\n1,2\n1,2,3\n\n4,5,\n6\n");
        assert_eq!(text, "1,2\n4,5,\n6\n");
        assert_eq!((broken(&records), records.n_sound, records.n_short), (vec![1], 3, 1));
    }

    #[test]
    fn an_open_quote_breaks_its_own_line_only() {
        let (text, _, records) = body("a,b\n1,2\n2,\"open\n3,4\n5,\"x\" y\n6,7");
        assert_eq!(text, "1,2\n3,4\n6,7");
        assert_eq!((broken(&records), records.n_sound), (vec![1, 3], 3));
    }

    #[test]
    fn a_stray_quote_is_kept_as_text() {
        let (text, _, records) = body("a,b,c\n1,5\" nail,\n");
        assert_eq!(text, "\"1\",\"5\"\" nail\",\n");
        assert_eq!((records.n_stray, records.n_sound, records.cut.len()), (1, 1, 0));
    }

    #[test]
    fn a_field_that_is_too_long_breaks_its_line() {
        let long = "x".repeat(LONGEST_FIELD + 1);
        let text = format!("a,b\n1,2\n{long},3\n4,{long}\n\"{long}\",5\n6,7\n");
        let (body, _, records) = body(&text);
        assert_eq!((body.as_str(), broken(&records)), ("1,2\n6,7\n", vec![1, 2, 3]));
    }

    #[test]
    fn ten_thousand_columns_of_one_name_are_reported_apart() {
        let head = head(vec!["a"; 10_000].join(",").as_bytes()).unwrap();
        assert_eq!((head.columns()[1].as_str(), head.columns()[9_999].as_str()), ("a_2", "a_10000"));
    }

    #[test]
    fn separators_are_found_and_names_made_unique() {
        let (_, found, _) = body("a;\"b;x\";;a\n1;2;3;4\n");
        assert_eq!(found.dialect.delimiter, b';');
        assert_eq!(found.columns(), ["a", "b;x", "column_3", "a_2"]);
        assert_eq!(body("a\tb\n1\t2\n").1.dialect.delimiter, b'\t');
        assert_eq!(body("a\n1\n").1.columns(), ["a"]);
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
        assert_eq!(broken(&check(&head, b"1,2\n3,\"x\ny\n", true)), [1]);
        let open = [b"3,\"x\n".as_slice(), &vec![b'.'; LONGEST_FIELD], b"\n"].concat();
        let records = check(&head, &open, false);
        assert_eq!((broken(&records), records.n_sound), (vec![0], 1), "a field that long was never closed");
    }

    #[test]
    fn lines_that_are_no_rows_are_set_aside_with_their_reason() {
        let text = "id,day,amount\n1,2024-01-01,5\n,,\n\u{FEFF}id,day,amount\r\n2,2024-01-02,6\nTotal,,11\n , \n\n";
        let (body, _, records) = body(text);
        assert_eq!((body.as_str(), records.n_sound, records.n_blank), ("1,2024-01-01,5\n2,2024-01-02,6\n", 2, 2));
        let cut: Vec<_> = records.cut.iter().map(|line| (line.row, line.reason)).collect();
        assert_eq!(cut, [(1, Reason::REPEATED_HEADER), (3, Reason::TOTAL_LINE)]);
    }
}
