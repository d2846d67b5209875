//! What separates the fields of a text table and what stands around them, told from its first lines.

use super::lines::{self, Dialect, is_blank, next_record};
use crate::config::Quote;

/// What may separate fields, the usual one first.
const DELIMITERS: [u8; 6] = [b',', b';', b'\t', b'|', b'~', b'^'];

/// Records that are looked at.
pub(super) const MOST_RECORDS: usize = 200;

/// The dialect of the first lines of a text.
pub(super) fn detect(text: &[u8], is_whole: bool, (delimiter, given): (Option<u8>, Option<Quote>)) -> Dialect {
    let quote = match given {
        Some(Quote::None) => None,
        Some(Quote::Mark(mark)) => Some(mark),
        None => Some(mark(text)),
    };
    let delimiter = delimiter.unwrap_or_else(|| {
        let fit = |delimiter| Fit::of(text, is_whole, Dialect { delimiter, quote });
        let best = DELIMITERS.into_iter().filter_map(fit).min_by_key(Fit::rank);
        best.map_or_else(|| most_in_first_line(text), |fit| fit.delimiter)
    });
    let dialect = Dialect { delimiter, quote };
    let without = Dialect { quote: None, ..dialect };
    if given.is_none() && delimiter == b'\t' && quotes_nothing(text, dialect) {
        // A quoted field may have line ends inside: then records are of one width with quotes alone.
        let share = |dialect| Fit::of(text, is_whole, dialect).map_or(0, |fit| fit.share);
        return if share(dialect) > share(without) { dialect } else { without };
    }
    dialect
}

/// The quote: a single one if nearly every line begins and ends with it.
fn mark(text: &[u8]) -> u8 {
    let mut lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).collect();
    // The last line may be cut.
    lines.pop();
    lines.retain(|line| !line.is_empty());
    let is_quoted = |line: &&&[u8]| line.len() > 2 && line.starts_with(b"'") && line.ends_with(b"'");
    let n_quoted = lines.iter().filter(is_quoted).count();
    if n_quoted > 0 && n_quoted * 10 >= lines.len() * 9 { b'\'' } else { b'"' }
}

/// Whether quotes begin fields and never end them: then they are inches and the like.
fn quotes_nothing(text: &[u8], dialect: Dialect) -> bool {
    let Some(quote) = dialect.quote else { return false };
    let fields = text.split(|byte| matches!(byte, b'\n' | b'\t'));
    let (mut opens, mut closes) = (false, false);
    for field in fields.map(|field| field.strip_suffix(b"\r").unwrap_or(field)) {
        opens |= field.first() == Some(&quote);
        closes |= field.len() > 1 && field.last() == Some(&quote) && field.first() == Some(&quote);
    }
    opens && !closes
}

/// How well a delimiter fits.
struct Fit {
    delimiter: u8,
    /// Records before the first that has as many fields as most.
    first: usize,
    /// Records in a thousand that have as many.
    share: usize,
    /// The fields that most have.
    width: usize,
}

impl Fit {
    /// `None` if at least half of the records do not have the same number of fields, two at least.
    fn of(text: &[u8], is_whole: bool, dialect: Dialect) -> Option<Self> {
        let widths: Vec<usize> = records(text, is_whole, dialect).map(|(_, _, n_fields)| n_fields).collect();
        let count = |width: usize| widths.iter().filter(|other| **other == width).count();
        let width = widths.iter().copied().filter(|width| *width >= 2).max_by_key(|width| (count(*width), *width))?;
        let first = widths.iter().position(|other| *other >= width)?;
        let share = count(width) * 1_000 / widths.len();
        (share >= 500).then_some(Self { delimiter: dialect.delimiter, first, share, width })
    }

    /// The header has all fields, so that what separates them there goes before what separates digits below.
    fn rank(&self) -> impl Ord + use<> {
        (self.first, std::cmp::Reverse(self.share), std::cmp::Reverse(self.width))
    }
}

/// The first records that are not blank: where each begins, where the next one does, and how many fields it has. One that
/// the end of the text may have cut is left out.
pub(super) fn records(text: &[u8], is_whole: bool, dialect: Dialect) -> impl Iterator<Item = (usize, usize, usize)> {
    let mut at = 0;
    let next = move || {
        while at < text.len() {
            let record = next_record(text, at, dialect);
            if !is_whole && (record.is_unfinished || record.end >= text.len()) {
                return None;
            }
            let (start, line) = (at, text.get(at..record.end).unwrap_or_default());
            at = record.next;
            if !is_blank(line, dialect) {
                return Some((start, record.next, record.n_fields));
            }
        }
        None
    };
    std::iter::from_fn(next).take(MOST_RECORDS)
}

fn most_in_first_line(text: &[u8]) -> u8 {
    let first = text.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
    let occurs = |delimiter: &u8| lines::fields(first, Dialect { delimiter: *delimiter, ..Dialect::USUAL }).len();
    DELIMITERS.into_iter().rev().max_by_key(occurs).unwrap_or(b',')
}

/// The delimiter that a line like `sep=;` names, which Excel writes and reads above the header.
pub(super) fn named_by(line: &[u8]) -> Option<u8> {
    let line = line.trim_ascii_end();
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    let (key, rest) = line.split_at_checked(4)?;
    match (key.eq_ignore_ascii_case(b"sep="), rest) {
        (true, [delimiter]) => Some(*delimiter),
        // The tab itself was trimmed.
        (true, []) => Some(b'\t'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delimiter(text: &str) -> char {
        char::from(detect(text.as_bytes(), true, (None, None)).delimiter)
    }

    #[test]
    fn delimiters_are_told_from_many_lines() {
        for (text, expected) in [
            ("a,b\n1,2\n", ','),
            ("a\n1\n", ','),
            ("id;day;net;gross\n1;2024-01-01;1,00;2,00\n2;2024-01-02;3,00;4,00\n", ';'),
            ("id;net\n1;1,00\n2;2,50\n", ';'),
            ("Report, of; all|shops\n\nid|name|town\n1|a, b|c\n2|c;d|e\n3|f|g\n4|h|i\n", '|'),
            ("id,path\n1,a|b|c\n2,d|e|f\n", ','),
            ("id\tname, first\ttown\n1\ta, b\tc\n2\tc, d\te\n", '\t'),
            ("id;a;b;c\n1;2,5\n2;3,5\n3;4,5\n", ';'),
            ("name,\"a;b;c;d\"\nx,1\n", ','),
        ] {
            assert_eq!(delimiter(text), expected, "{text}");
        }
    }

    #[test]
    fn quotes_are_told_and_what_is_given_is_kept() {
        let of = |text: &str| detect(text.as_bytes(), true, (None, None)).quote;
        assert_eq!(of("'id';'name'\n'1';'O''Neill; x'\n'2';'b'\n"), Some(b'\''));
        assert_eq!(of("id\tname\n1\t\"5 inch\n2\tx\n"), None);
        assert_eq!(of("id\tname\n1\t\"5 inch\"\n2\tx\n"), Some(b'"'));
        assert_eq!(of("id,name\n1,\"5 inch\n2,x\n"), Some(b'"'));
        let row = |n: usize| format!("{n}\t\"Main Website\n  Main, Store\"\tLeeds, {n} High St, UK\n");
        let quoted = "id\tplace\taddress\n".to_owned() + &(0..40).map(row).collect::<String>();
        assert_eq!((of(&quoted), delimiter(&quoted)), (Some(b'"'), '\t'), "line ends between quotes");
        let given = detect(b"a;b\n1;2\n", true, (Some(b','), Some(Quote::None)));
        assert_eq!(given, Dialect { delimiter: b',', quote: None });
    }

    #[test]
    fn a_line_may_name_the_delimiter() {
        assert_eq!(named_by(b"sep=;\r"), Some(b';'));
        assert_eq!(named_by(b"\"SEP=|\""), Some(b'|'));
        assert_eq!(named_by(b"sep=\t\r"), Some(b'\t'));
        assert_eq!(named_by(b"separator"), None);
    }
}
