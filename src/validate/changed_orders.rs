//! Orders that stand in several files with the same lines, and differ in something else: they were exported again after their
//! state had changed, and count once for each file.

use super::checked::Checked;
use super::finding::Severity;
use super::tally::{Counts, Tally};
use crate::config::{Duplicates, Table};
use crate::ingest::TypedTable;
use crate::text::{counted, verb};

/// Rows from which on nothing is used until the config says what they are.
const LEAST: u64 = 20;

/// Counts the rows of orders that stand in a later file again.
pub(super) fn check(checked: &mut Checked<'_>) {
    let is_open = |table: &&TypedTable| {
        checked.section(table.table()).is_some_and(|section| section.duplicates == Duplicates::Overlap)
    };
    let tallies: Vec<Tally> = checked.tables.iter().filter(is_open).filter_map(changed).collect();
    for tally in tallies {
        checked.tallies.add(tally);
    }
}

/// The rows; of tables without orders there are none.
pub(super) fn rows(table: &TypedTable) -> Vec<usize> {
    if table.table() == Table::Purchases { table.replaced_rows() } else { Vec::new() }
}

fn changed(table: &TypedTable) -> Option<Tally> {
    let name = table.table().name();
    let wording = move |counts: Counts| {
        let severity = if counts.found >= LEAST { Severity::Error } else { Severity::Warning };
        let (rows, stand) = (counted(counts.found, "row"), verb(counts.found, "stands", "stand"));
        let message = format!(
            "{rows} of `{name}` {stand} in a later file again, with the same number, customer, time and value, and differ in \
             something else, such as a state; counted in each of the files, and what was cancelled since counts all the same"
        );
        (severity, message)
    };
    let hint = format!(
        "write `duplicates = \"latest\"` in `[{name}]` with the files in the order of their export: the rows of the last of them \
         count; `\"keep\"` if all are real"
    );
    Some(Tally::of_rows("changed_since", (table, &rows(table)), wording)?.with_hint(hint))
}
