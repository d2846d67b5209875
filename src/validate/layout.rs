//! How files are laid out: what reading found out about them, and what it left aside.

use super::finding::Severity;
use super::tally::{Counts, Tally};
use crate::config::TableConfig;
use crate::ingest::{Example, Fact, FactRule, TypedTable, toml_text};
use crate::text::{counted, grouped, verb};

/// What is to be said of a fact about how a file is laid out; `None` if it is about something else, or nothing depends on
/// it.
pub(super) fn of_fact(table: &TypedTable, fact: &Fact, section: Option<&TableConfig>) -> Option<Tally> {
    let (place, rule, name) = (fact.place.clone(), fact.rule, table.table().name());
    let (code, hint) = told(fact, name)?;
    if rule == FactRule::DoubledColumns && !section.is_some_and(|section| reads(section, fact)) {
        return None;
    }
    let n_below = fact.count.saturating_sub(1);
    let wording = move |counts: Counts| worded(rule, &place, counts.found, n_below);
    let quoted = |example: &Example| Example { text: format!("`{}`", example.text), ..example.clone() };
    let tally = Tally::new(code, (table.table(), fact.count), wording).with_hint(hint);
    // Files that say the same are counted together.
    let tally = if fact.place.is_empty() { tally } else { tally.of_column(fact.place.clone()) };
    Some(tally.with_examples(fact.examples.iter().map(quoted)))
}

/// Whether the mapping reads the name that several columns have, and none of the names that tell them apart.
fn reads(section: &TableConfig, fact: &Fact) -> bool {
    let name = &fact.place;
    let is_meant =
        |text: &String| text == name || (text.contains(name.as_str()) && !text.contains(&format!("{name}_")));
    section.columns.values().chain(&section.filter).any(is_meant)
}

/// The rule, and what can be done.
fn told(fact: &Fact, table: &str) -> Option<(&'static str, String)> {
    let place = &fact.place;
    Some(match fact.rule {
        FactRule::Encoding => {
            let name = place.to_lowercase();
            (
                "encoding",
                format!("if names look right, `encoding = \"{name}\"` in `[{table}]` keeps it so; else give another"),
            )
        }
        FactRule::MixedEncodings => (
            "mixed_encodings",
            format!("write `encoding = \"utf-8\"` in `[{table}]`, or export the file again in one encoding"),
        ),
        FactRule::SkippedLines => (
            "skipped_lines",
            format!("`skip_rows` in `[{table}]` says how many lines stand above the header; 0 for none"),
        ),
        FactRule::BlankLines => ("blank_lines", "nothing needs to be done; such lines are no rows".to_owned()),
        FactRule::RepeatedHeaders => (
            "repeated_headers",
            "files were put one behind the other; if their columns differ, give them one by one as `path`".to_owned(),
        ),
        FactRule::TotalLines => ("total_lines", "if these are rows, rename what stands first in them".to_owned()),
        FactRule::DoubledColumns => {
            ("doubled_columns", format!("write in the mapping which is meant: `{place}` is the first of them"))
        }
        FactRule::DoubtfulHeader => (
            "doubtful_header",
            format!(
                "add a line with the names of the columns; or write `skip_rows` in `[{table}]`, if they stand lower"
            ),
        ),
        FactRule::ErrorCells => ("error_cells", "mend the formulas in the spreadsheet".to_owned()),
        FactRule::ColumnsOfSomeFiles => (
            "columns_of_some_files",
            "nothing reads them; look whether the files are of one kind, and whether a column was renamed".to_owned(),
        ),
        _ => return told_of_more(fact, table),
    })
}

/// The same of files and sheets beside those that are read.
fn told_of_more(fact: &Fact, table: &str) -> Option<(&'static str, String)> {
    let place = &fact.place;
    Some(match fact.rule {
        FactRule::FilesLeftOut => (
            "files_left_out",
            format!(
                "if they are of the same table, add them to `path` in `[{table}]`, or give a pattern such as `{place}`"
            ),
        ),
        FactRule::OtherSheets => {
            let first = toml_text(fact.examples.first().map_or("", |example| &example.text));
            (
                "other_sheets",
                format!("write `sheet = {first}` in `[{table}]` if it is the right one, or a list of names"),
            )
        }
        FactRule::SheetsLeftOut => (
            "other_sheets",
            format!(
                "if they are of the same table, write `sheet = \"*\"` in `[{table}]`, which reads all with these columns"
            ),
        ),
        FactRule::JoinedSheets => {
            let first = toml_text(fact.examples.first().map_or("", |example| &example.text));
            (
                "joined_sheets",
                format!("`sheet = \"*\"` in `[{table}]` keeps it so; `sheet = {first}` reads one of them, a list some"),
            )
        }
        _ => return None,
    })
}

fn worded(rule: FactRule, place: &str, found: u64, n_below: u64) -> (Severity, String) {
    let (lines, files) = (counted(found, "line"), counted(found, "file"));
    match rule {
        FactRule::Encoding => (
            Severity::Recommendation,
            format!("{files} {} read as {place}, which was detected", verb(found, "was", "were")),
        ),
        FactRule::MixedEncodings => (
            Severity::Warning,
            format!("`{place}` is read in an encoding of its country, but has letters that are written in UTF-8"),
        ),
        FactRule::SkippedLines => (Severity::Recommendation, format!("lines above the header were skipped in {files}")),
        FactRule::BlankLines => {
            (Severity::Recommendation, format!("`{place}` has {lines} without any value; left out"))
        }
        FactRule::RepeatedHeaders => (
            Severity::Warning,
            format!("`{place}` has {lines} that {} the header once more; rejected", verb(found, "is", "are")),
        ),
        FactRule::TotalLines => (
            Severity::Warning,
            format!("`{place}` has {lines} that {} totals and no row; rejected", verb(found, "states", "state")),
        ),
        FactRule::DoubledColumns => {
            let others = counted(n_below, "other column");
            (
                Severity::Warning,
                format!("the mapping reads column `{place}`, and {others} of the file have the same name"),
            )
        }
        FactRule::DoubtfulHeader => {
            let names = counted(found, "column name");
            (
                Severity::Warning,
                format!("`{place}` seems to have no header: {names} {} like a value", verb(found, "looks", "look")),
            )
        }
        FactRule::ColumnsOfSomeFiles => {
            let (columns, stand) = (counted(found, "column"), verb(found, "stands", "stand"));
            (Severity::Recommendation, format!("{columns} {stand} in some of the files alone"))
        }
        FactRule::ErrorCells => {
            (Severity::Warning, format!("`{place}` has {} with an error; taken as absent", counted(found, "cell")))
        }
        rule => worded_of_more(rule, place, found),
    }
}

/// The same of files and sheets beside those that are read.
fn worded_of_more(rule: FactRule, place: &str, found: u64) -> (Severity, String) {
    let files = counted(found, "file");
    match rule {
        FactRule::FilesLeftOut => (
            Severity::Warning,
            format!(
                "{files} {} beside those of `path`, called like them, and {} not read",
                verb(found, "lies", "lie"),
                verb(found, "is", "are")
            ),
        ),
        FactRule::SheetsLeftOut => {
            let (sheets, were) = (counted(found, "sheet"), verb(found, "was", "were"));
            (
                Severity::Warning,
                format!("`{place}` has {sheets} with the columns of those that `sheet` names, which {were} not read"),
            )
        }
        FactRule::JoinedSheets => {
            let sheets = grouped(found);
            (
                Severity::Recommendation,
                format!("`{place}` has {sheets} sheets with the same columns; they were read as one table"),
            )
        }
        _ => {
            let (sheets, were) = (counted(found, "other sheet"), verb(found, "was", "were"));
            (Severity::Warning, format!("`{place}` has {sheets} with rows, which {were} not read"))
        }
    }
}
