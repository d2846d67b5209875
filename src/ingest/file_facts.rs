//! What is noticed about how a file is laid out, the same for text and for spreadsheets, and the keys that say so.

use std::path::Path;

use super::account::Reason;
use super::facts::{Example, Fact, FactRule};
use super::head::Head;
use super::header::Names;
use super::source::CutLine;
use super::text_file::TextFile;
use crate::config::{FoundKey, Layout};

/// What is noticed about the header of a text.
pub(super) fn of_head(path: &Path, head: &Head) -> Vec<Fact> {
    of_header(path, (&head.names, &head.doubted), head.n_skipped)
}

/// What is noticed about a header: its names, those that are doubted, and how many lines stand above it.
pub(super) fn of_header(path: &Path, (names, doubted): (&Names, &[String]), n_skipped: usize) -> Vec<Fact> {
    let place = path.display().to_string();
    let mut facts = Vec::new();
    if n_skipped > 0 {
        let examples = vec![Example::of_text(format!("{n_skipped} of {place}"))];
        facts.push(Fact { rule: FactRule::SkippedLines, place: String::new(), count: 1, examples });
    }
    if !doubted.is_empty() {
        let shown = doubted.iter().filter(|name| !name.contains('@')).cloned();
        let (count, examples) = (doubted.len() as u64, Example::of_texts(shown));
        facts.push(Fact { rule: FactRule::DoubtfulHeader, place, count, examples });
    }
    for called in &names.doubled {
        let position = |name: &String| names.columns.iter().position(|column| column == name).map_or(0, |at| at + 1);
        let shown = |name: &String| format!("{name}, column {}", position(name));
        let examples = Example::of_texts(called.iter().map(shown));
        let place = called.first().cloned().unwrap_or_default();
        facts.push(Fact { rule: FactRule::DoubledColumns, place, count: called.len() as u64, examples });
    }
    facts
}

/// What is noticed about rows that were set aside before anything was parsed.
pub(super) fn of_cut_lines(path: &Path, cut: &[CutLine]) -> Vec<Fact> {
    let rules = [
        (FactRule::BrokenLines, Reason::BROKEN_LINE),
        (FactRule::RepeatedHeaders, Reason::REPEATED_HEADER),
        (FactRule::TotalLines, Reason::TOTAL_LINE),
    ];
    of_cut(path, cut, &rules)
}

/// The same of rows that are objects.
pub(super) fn of_cut_objects(path: &Path, cut: &[CutLine]) -> Vec<Fact> {
    of_cut(path, cut, &[(FactRule::BrokenObjects, Reason::BROKEN_LINE)])
}

fn of_cut(path: &Path, cut: &[CutLine], rules: &[(FactRule, Reason)]) -> Vec<Fact> {
    let fact = |(rule, reason): &(FactRule, Reason)| {
        let rows: Vec<u64> = cut.iter().filter(|line| line.reason == *reason).map(|line| line.row + 1).collect();
        let example = |row: &u64| Example { place: (0, *row), text: format!("row {row}") };
        let examples = rows.iter().take(Example::SHOWN).map(example).collect();
        (!rows.is_empty()).then(|| Fact {
            rule: *rule,
            place: path.display().to_string(),
            count: rows.len() as u64,
            examples,
        })
    };
    rules.iter().filter_map(fact).collect()
}

/// The encoding of a text, if it is another than UTF-8 and was found out.
pub(super) fn of_encoding(path: &Path, text: &TextFile) -> Option<Fact> {
    let (name, _) = text.encoding().filter(|(_, is_detected)| *is_detected)?;
    let examples = vec![Example::of_text(path.display().to_string())];
    Some(Fact { rule: FactRule::Encoding, place: name.to_owned(), count: 1, examples })
}

/// Letters in UTF-8 in a text of another encoding.
pub(super) fn of_mixed_encodings(path: &Path, text: &TextFile) -> Option<Fact> {
    let place = path.display().to_string();
    text.holds_utf8.then(|| Fact { rule: FactRule::MixedEncodings, place, count: 1, examples: Vec::new() })
}

/// Characters that could not be read.
pub(super) fn of_replaced(path: &Path, count: u64) -> Option<Fact> {
    let place = path.display().to_string();
    (count > 0).then(|| Fact { rule: FactRule::NotUtf8, place, count, examples: Vec::new() })
}

/// The key of an encoding that was found out.
pub(super) fn key_of_encoding(text: &TextFile) -> Option<FoundKey> {
    let (name, _) = text.encoding().filter(|(_, is_detected)| *is_detected)?;
    Some(FoundKey::settled("encoding", format!("\"{}\"", name.to_lowercase()), "detected"))
}

/// The keys of what was found at the head of a text and is not the usual.
pub(super) fn keys_of(head: &Head, layout: &Layout) -> Vec<FoundKey> {
    let mut keys = Vec::new();
    let (delimiter, quote) = (head.dialect.delimiter, head.dialect.quote);
    if delimiter != b',' && head.columns().len() > 1 && layout.delimiter.is_none() {
        let written = if delimiter == b'\t' { "tab".to_owned() } else { char::from(delimiter).to_string() };
        keys.push(FoundKey::settled("delimiter", format!("\"{written}\""), "detected from the first lines"));
    }
    if quote != Some(b'"') && layout.quote.is_none() {
        let written = quote.map_or("none".to_owned(), |quote| char::from(quote).to_string());
        keys.push(FoundKey::settled("quote", format!("\"{written}\""), "detected from the first lines"));
    }
    let skipped = key_of_skipped(head.n_skipped, layout);
    keys.extend(skipped.or_else(|| key_of_doubt(&head.doubted, layout)));
    keys
}

/// The key that says that the first line has names, where it does not look so: a person shall see it in the draft.
pub(super) fn key_of_doubt(doubted: &[String], layout: &Layout) -> Option<FoundKey> {
    let why = "the line of names looks like a row: if it is one, add a line with the names of the columns above it";
    (!doubted.is_empty() && layout.skip_rows.is_none()).then(|| FoundKey::settled("skip_rows", "0", why))
}

/// The key of lines above the header, if there are any.
pub(super) fn key_of_skipped(n_skipped: usize, layout: &Layout) -> Option<FoundKey> {
    let is_found = n_skipped > 0 && layout.skip_rows.is_none();
    let why = if n_skipped == 1 { "a line stands above the header" } else { "lines above the header" };
    is_found.then(|| FoundKey::settled("skip_rows", n_skipped.to_string(), why))
}
