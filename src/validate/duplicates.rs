//! Rows that repeat earlier ones: rejected with a warning, or refused, as the config says.

use super::checked::Checked;
use super::finding::Severity;
use super::tally::{Counts, Tally};
use crate::config::Duplicates;
use crate::ingest::Reason;
use crate::text::{counted, grouped, verb};

/// Counts the repeated rows of each table.
pub(super) fn check(checked: &mut Checked<'_>) {
    let mut tallies = Vec::new();
    for table in &checked.tables {
        let Some((_, count, rows)) = table.rejections().into_iter().find(|(reason, ..)| *reason == Reason::DUPLICATE)
        else {
            continue;
        };
        let (name, one) = (table.table().name(), table.table().one());
        let refuses = checked.section(table.table()).is_some_and(|section| section.duplicates == Duplicates::Refuse);
        let (severity, outcome) = if refuses { (Severity::Error, "refused") } else { (Severity::Warning, "dropped") };
        let wording = move |counts: Counts| {
            let (found, of) = (grouped(counts.found), counted(counts.belonging, one));
            let repeat = verb(counts.found, "repeats", "repeat");
            (severity, format!("{found} of {of} {repeat} an earlier row in every mapped column; {outcome}"))
        };
        let hint = format!("set `{name}.duplicates` to \"keep\" if repetitions are real, or \"drop\" to use each once");
        let tally = Tally::new("duplicate", (table.table(), count), wording);
        tallies.push(tally.with_examples(rows.iter().map(|row| table.mentioned(*row))).with_hint(hint));
    }
    for tally in tallies {
        checked.tallies.add(tally);
    }
}
