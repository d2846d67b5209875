//! The hand-over of contacts: they go past the tables that features are made of.

use super::table::TypedTable;
use super::values::ABSENT;
use crate::config::Table;
use crate::timeline::{ContactArm, ContactLog, ContactRow};
use crate::units::Timestamp;

/// Words for a customer who was left alone to measure by, in small letters.
const CONTROL: &[&str] = &["control", "holdout", "hold-out", "hold_out"];
/// Words for a customer who was contacted, in small letters.
const TREATED: &[&str] = &["treated", "treat", "treatment", "contacted"];

/// Who was contacted, by the used rows; the default where the shop has no such table.
pub(crate) fn contacts(tables: &[TypedTable]) -> ContactLog {
    let Some(contacts) = tables.iter().find(|table| table.table() == Table::Contacts) else {
        return ContactLog::default();
    };
    let (times, recorded) = (contacts.times("contacted_at"), contacts.times("recorded_at"));
    let row = |row: usize| {
        Some(ContactRow {
            customer_id: word(contacts, "customer_id", row)?,
            contacted_at: Timestamp(*times.get(row)?),
            recorded_at: recorded.get(row).filter(|at| **at != ABSENT).map(|at| Timestamp(*at)),
            action: word(contacts, "action", row),
            arm: word(contacts, "arm", row).map_or(ContactArm::Unknown, arm_of),
        })
    };
    let rows: Vec<ContactRow<'_>> = contacts.used_rows().filter_map(row).collect();
    ContactLog::of(&rows)
}

/// The text of a cell, if there is one.
fn word<'t>(table: &'t TypedTable, column: &str, row: usize) -> Option<&'t str> {
    let code = usize::try_from(*table.codes(column).get(row)?).ok()?;
    Some(table.names(column).get(code)?.as_str())
}

/// What a word in the column `arm` means. One that is neither is taken as contacted, so that nobody is asked twice.
pub(crate) fn arm_of(word: &str) -> ContactArm {
    let word = word.trim().to_lowercase();
    if CONTROL.contains(&word.as_str()) {
        ContactArm::Control
    } else if TREATED.contains(&word.as_str()) {
        ContactArm::Treated
    } else {
        ContactArm::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arm_is_read_whatever_its_capitals_and_in_doubt_as_contacted() {
        let of = ["Control", " holdout ", "TREATED", "treat", "A", ""].map(arm_of);
        let [control, holdout, treated, treat, letter, none] = of;
        assert_eq!([control, holdout], [ContactArm::Control; 2]);
        assert_eq!([treated, treat], [ContactArm::Treated; 2]);
        assert_eq!([letter, none], [ContactArm::Unknown; 2]);
    }
}
