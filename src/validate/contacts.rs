//! Contacts: arms that cannot be read, and customers who never bought.

use super::checked::Checked;
use super::finding::Severity;
use super::tally::{Counts, Tally};
use crate::config::Table;
use crate::ingest::{TypedTable, arm_of};
use crate::text::{counted, verb};
use crate::timeline::ContactArm;

/// Findings only: a contact that is not understood is taken as one.
pub(super) fn check(checked: &mut Checked<'_>) {
    let contacts = checked.tables.iter().find(|table| table.table() == Table::Contacts);
    if let Some(tally) = contacts.and_then(unknown_arms) {
        checked.tallies.add(tally);
    }
}

fn unknown_arms(contacts: &TypedTable) -> Option<Tally> {
    let is_unknown: Vec<bool> = contacts.names("arm").iter().map(|word| arm_of(word) == ContactArm::Unknown).collect();
    let codes = contacts.codes("arm");
    let place = |row: usize| usize::try_from(*codes.get(row)?).ok();
    let rows: Vec<usize> =
        contacts.used_rows().filter(|row| place(*row).and_then(|code| is_unknown.get(code)) == Some(&true)).collect();
    let wording = |counts: Counts| {
        let (found, of) = (counted(counts.found, "contact"), crate::text::grouped(counts.used));
        let have = verb(counts.found, "has", "have");
        let message =
            format!("{found} of {of} {have} an `arm` that says neither treated nor control; taken as contacted");
        (Severity::Warning, message)
    };
    let word = |row: &usize| Some(contacts.example(*row, format!("`{}`", contacts.names("arm").get(place(*row)?)?)));
    let examples: Vec<_> = rows.iter().filter_map(word).take(3).collect();
    let tally = Tally::new("unknown_arm", (Table::Contacts, rows.len() as u64), wording).of_column("arm");
    let hint = "write `treated` or `control`, or translate the words in the mapping, as in `arm = \"CASE WHEN arm = 'B' THEN \
                'control' ELSE 'treated' END\"`";
    (!rows.is_empty()).then(|| tally.with_examples(examples).with_hint(hint))
}
