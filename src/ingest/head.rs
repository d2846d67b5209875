//! The head of a text table: how its lines are split, which of them has the names of the columns, and what stands above.

use super::dialect::{self, named_by};
use super::header::{self, Names};
use super::lines::{Dialect, fields, is_blank, next_record};
use crate::config::Layout;

/// Bytes of text from which the head is told.
const LOOKED_AT: usize = 1 << 16;

/// What the first lines of a text table say.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub(super) names: Names,
    pub(super) dialect: Dialect,
    /// Bytes up to the line after the header.
    pub(super) n_bytes: usize,
    /// The line of the header as it stands, without its end.
    pub(super) line: Vec<u8>,
    /// Bytes that begin neither an empty line nor the header nor totals: most lines need no second look.
    pub(super) begins_row: [bool; 256],
    /// Lines above the header, where any of them holds something.
    pub(super) n_skipped: usize,
    /// Names that look like values.
    pub(super) doubted: Vec<String>,
}

impl Head {
    pub(super) fn columns(&self) -> &[String] {
        &self.names.columns
    }
}

/// Reads the head of a text; `None` if there is none, or more of the text is needed to tell.
///
/// The text that is looked at does not depend on how much there is: it is told the same of a whole file and of its first
/// piece.
pub(super) fn head(text: &[u8], layout: &Layout, is_last: bool) -> Option<Head> {
    let mut n_looked_at = LOOKED_AT;
    loop {
        let is_whole = is_last && text.len() <= n_looked_at;
        if !is_last && text.len() <= n_looked_at {
            return None;
        }
        let seen = text.get(..n_looked_at).unwrap_or(text);
        match of_sample(seen, layout, is_whole) {
            None if !is_whole => n_looked_at = n_looked_at.saturating_mul(2),
            found => return found,
        }
    }
}

fn of_sample(text: &[u8], layout: &Layout, is_whole: bool) -> Option<Head> {
    let mark = if text.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let (start, named) = above(text, mark, layout);
    let rest = text.get(start..)?;
    let dialect = dialect::detect(rest, is_whole, (layout.delimiter.or(named), layout.quote));
    let cells = |from: usize| {
        let end = next_record(rest, from, dialect).end;
        fields(rest.get(from..end).unwrap_or_default(), dialect)
    };
    let starts: Vec<usize> = dialect::records(rest, is_whole, dialect).map(|(start, ..)| start).collect();
    let rows: Vec<Vec<String>> = starts.iter().map(|start| cells(*start)).collect();
    let place = if layout.skip_rows.is_some() { 0 } else { header::start(&rows) };
    let at = *starts.get(place)?;
    let record = next_record(rest, at, dialect);
    let line = rest.get(at..record.end)?;
    let called = header::names(rows.get(place)?);
    let header_at = start + at;
    let skipped = text.get(mark..header_at).unwrap_or_default();
    let n_lines = skipped.iter().filter(|byte| **byte == b'\n').count();
    let says_something = skipped.split(|byte| *byte == b'\n').any(|line| !is_blank(line, dialect));
    let line = line.strip_suffix(b"\r").unwrap_or(line).to_owned();
    Some(Head {
        begins_row: begins_row(&line, dialect),
        doubted: header::doubted(rows.get(place)?, rows.get(place + 1..).unwrap_or_default()),
        names: called,
        dialect,
        n_bytes: start + record.next,
        line,
        n_skipped: if says_something { n_lines } else { 0 },
    })
}

/// Bytes with which rows alone begin.
fn begins_row(header: &[u8], dialect: Dialect) -> [bool; 256] {
    let mut begins = header::first_bytes_of_totals().map(|may_be_total| !may_be_total);
    let others = [b' ', b'\t', b'\r', b'\n', 0xEF, dialect.delimiter, dialect.quote.unwrap_or(b' ')];
    for byte in others.iter().chain(header.first()) {
        if let Some(begins) = begins.get_mut(usize::from(*byte)) {
            *begins = false;
        }
    }
    begins
}

/// Where the text begins in which the header is looked for, and the delimiter that the first line may name.
fn above(text: &[u8], mark: usize, layout: &Layout) -> (usize, Option<u8>) {
    let next_line = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        from + rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1)
    };
    let mut first = mark;
    while text.get(first).is_some_and(|byte| matches!(byte, b'\r' | b'\n')) {
        first += 1;
    }
    let after = next_line(first);
    let named = text.get(first..after).and_then(named_by);
    match layout.skip_rows {
        Some(0) => (mark, None),
        Some(n_lines) => ((0..n_lines).fold(mark, |at, _| next_line(at)), named),
        None => (if named.is_some() { after } else { mark }, named),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<Head> {
        head(text.as_bytes(), &Layout::default(), true)
    }

    #[test]
    fn titles_are_skipped_unless_the_layout_says_otherwise() {
        let text = "sep=;\r\nReport of sales\r\n\r\nid;day;net\r\n1;2024-01-01;5,00\r\n2;2024-01-02;6,00\r\n";
        let found = of(text).unwrap();
        assert_eq!(
            (found.columns(), found.n_skipped, found.dialect.delimiter),
            (&["id", "day", "net"].map(str::to_owned)[..], 3, b';')
        );
        assert_eq!(found.line, b"id;day;net");
        assert!(text[found.n_bytes..].starts_with("1;"));
        let with = |skip_rows| {
            let layout = Layout { skip_rows: Some(skip_rows), ..Layout::default() };
            head(text.as_bytes(), &layout, true).unwrap().columns().to_vec()
        };
        assert_eq!(with(3), ["id", "day", "net"]);
        assert_eq!(with(4), ["1", "2024-01-01", "5,00"]);
        assert_eq!(with(0), ["sep=", "column_2"]);
    }

    #[test]
    fn there_may_be_no_head_and_more_text_may_be_needed() {
        assert!(of("").is_none() && of("\r\n\n").is_none() && of(";;\n").is_none());
        assert_eq!(of("\u{FEFF}\n\na,b").unwrap().n_skipped, 0);
        assert!(head(b"a,b\n1,2\n", &Layout::default(), false).is_none());
        let long = format!("a,{}\n1,2\n", "x".repeat(3 * LOOKED_AT));
        let text = format!("{long}{}", "3,4\n".repeat(LOOKED_AT));
        let whole = head(text.as_bytes(), &Layout::default(), true).unwrap();
        let piece = head(&text.as_bytes()[..5 * LOOKED_AT], &Layout::default(), false).unwrap();
        assert_eq!((whole.n_bytes, whole.n_bytes), (piece.n_bytes, long.len() - 4));
    }
}
