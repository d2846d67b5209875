//! Rows that repeat others: rejected with a warning, or refused, as the config says; or used all the same, which may be wrong.

use super::changed_orders;
use super::checked::Checked;
use super::finding::Severity;
use super::tally::{Counts, Tally};
use crate::config::Duplicates;
use crate::ingest::{Reason, TypedTable};
use crate::text::{counted, grouped, verb};

/// Counts the repeated rows of each table.
pub(super) fn check(checked: &mut Checked<'_>) {
    let mut tallies = Vec::new();
    for table in &checked.tables {
        let refuses = checked.section(table.table()).is_some_and(|section| section.duplicates == Duplicates::Refuse);
        for (reason, count, rows) in table.rejections() {
            match reason {
                Reason::DUPLICATE => tallies.push(dropped(table, count, &rows, refuses)),
                Reason::OVERLAP => tallies.push(overlap(table, count, &rows)),
                _ => {}
            }
        }
        tallies.extend(differing(table));
        tallies.extend(far(table));
    }
    for tally in tallies {
        checked.tallies.add(tally);
    }
}

fn dropped(table: &TypedTable, count: u64, rows: &[usize], refuses: bool) -> Tally {
    let (name, one) = (table.table().name(), table.table().one());
    let (severity, outcome) = if refuses { (Severity::Error, "refused") } else { (Severity::Warning, "dropped") };
    let wording = move |counts: Counts| {
        let (found, of) = (grouped(counts.found), counted(counts.belonging, one));
        let repeat = verb(counts.found, "repeats", "repeat");
        (severity, format!("{found} of {of} {repeat} an earlier row in every mapped column; {outcome}"))
    };
    let hint = format!(
        "set `{name}.duplicates` to \"keep\" if repetitions are real, to \"overlap\" if only those of several files are not, or \
         to \"drop\" to use each once"
    );
    let tally = Tally::new("duplicate", (table.table(), count), wording);
    tally.with_examples(rows.iter().map(|row| table.mentioned(*row))).with_hint(hint)
}

fn overlap(table: &TypedTable, count: u64, rows: &[usize]) -> Tally {
    let (name, one) = (table.table().name(), table.table().one());
    let wording = move |counts: Counts| {
        let (found, of) = (grouped(counts.found), counted(counts.belonging, one));
        let stand = verb(counts.found, "stands", "stand");
        let message = format!(
            "{found} of {of} {stand} in another file of `{name}` too, equal in all columns; each row counts as often as in the \
             one file that has it most often"
        );
        (Severity::Warning, message)
    };
    let hint =
        format!("the files overlap; set `{name}.duplicates` to \"keep\" if equal rows of several files are all real");
    let tally = Tally::new("overlap", (table.table(), count), wording);
    tally.with_examples(rows.iter().map(|row| table.mentioned(*row))).with_hint(hint)
}

/// Rows of several files that are the same to us and not to the shop: what has changed between two exports, where no number
/// of an order tells more of it.
fn differing(table: &TypedTable) -> Option<Tally> {
    let differing = &table.repeats.differing;
    let replaced = if differing.is_empty() { Vec::new() } else { changed_orders::rows(table) };
    let is_told = |row: &usize| replaced.binary_search(row).is_ok();
    let rows: Vec<usize> = differing.iter().filter(|row| !is_told(row)).copied().collect();
    let (name, one) = (table.table().name(), table.table().one());
    let wording = move |counts: Counts| {
        let is_much = counts.found >= LEAST && counts.found * 100 >= counts.used;
        let severity = if is_much { Severity::Error } else { Severity::Warning };
        let (rows, stand) = (counted(counts.found, one), verb(counts.found, "stands", "stand"));
        let message = format!(
            "{rows} {stand} in another file of `{name}` too, equal in every mapped column and different in others; counted in \
             each of the files"
        );
        (severity, message)
    };
    let hint = format!(
        "if they were exported twice and have changed since, write `duplicates = \"drop\"` in `[{name}]`: each counts once; if \
         they are different {one}s, write `duplicates = \"keep\"`"
    );
    Some(Tally::of_rows("overlap_differs", (table, &rows), wording)?.with_hint(hint))
}

/// Rows that stand twice in one file, far from each other.
fn far(table: &TypedTable) -> Option<Tally> {
    let (name, one) = (table.table().name(), table.table().one());
    let wording = move |counts: Counts| {
        let (found, of) = (grouped(counts.found), counted(counts.used, one));
        let message = format!(
            "{found} of {of} {} a row far before in the same file in every mapped column; all are used",
            verb(counts.found, "repeats", "repeat")
        );
        // So many are a file that was put behind itself.
        let is_doubled = counts.found * 100 >= counts.used * DOUBLED_PERCENT;
        (if is_doubled { Severity::Error } else { Severity::Warning }, message)
    };
    let hint = format!(
        "has an export been put behind itself? `duplicates = \"drop\"` in `[{name}]` counts each once, `\"keep\"` says that all \
         are real"
    );
    let tally = Tally::of_rows("repeated_far", (table, &table.repeats.far), wording)?.with_hint(hint);
    Some(tally.if_meant(LEAST, (true, false)).if_share(FAR_PERCENT))
}

/// The share of rows, in per cent, from which nothing is used until the config says what repetitions are.
const DOUBLED_PERCENT: u64 = 25;

/// Fewer rows are an accident.
const LEAST: u64 = 20;

/// The share of rows, in per cent, from which repetitions far apart are no chance.
const FAR_PERCENT: u64 = 2;
