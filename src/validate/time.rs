//! Times: nothing happens in the future, and nothing happens to a complaint before it is opened.

use super::Checked;
use super::finding::{Finding, Severity};
use crate::config::Table;
use crate::ingest::{ABSENT, Reason, TypedTable};
use crate::text::{counted, verb};
use crate::units::Timestamp;

/// Rejects rows from the future; takes impossible times of complaints as absent.
pub(super) fn check(checked: &mut Checked<'_>) {
    let now = checked.now;
    let mut findings = Vec::new();
    for table in &mut checked.tables {
        match table.table() {
            Table::Purchases => findings.extend(reject_future(table, "purchased_at", now)),
            Table::Complaints => {
                findings.extend(reject_future(table, "opened_at", now));
                for column in ["first_response_at", "resolved_at", "reopened_at"] {
                    findings.extend(drop_impossible(table, column));
                }
            }
            Table::Customers => {}
            Table::Surveys => findings.extend(reject_future(table, "answered_at", now)),
        }
        findings.extend(unrecorded(table));
    }
    checked.findings.extend(findings);
}

fn reject_future(table: &mut TypedTable, column: &'static str, now: Timestamp) -> Option<Finding> {
    let times = table.times(column);
    let rows: Vec<usize> = table.used_rows().filter(|row| times.get(*row).is_some_and(|time| *time > now.0)).collect();
    let first = *rows.first()?;
    let name = table.table().name();
    let count = rows.len() as u64;
    let example = format!("{} ({})", table.mention(first), Timestamp(*times.get(first)?));
    let (rows_told, have) = (counted(count, table.table().one()), verb(count, "has", "have"));
    let message = format!("{rows_told} {have} a `{column}` later than now ({now}); rejected");
    table.reject(rows, Reason::of_column("future", column));
    let finding = Finding::new("future", name, Severity::Warning, message).of_column(column).counting(count);
    Some(finding.with_examples([example]).with_hint("check the time zone of the source and the clock of this machine"))
}

/// A complaint cannot be answered, resolved or reopened before it is opened: such a time is an error of record.
fn drop_impossible(table: &mut TypedTable, column: &'static str) -> Option<Finding> {
    let opened = table.times("opened_at");
    let times = table.times(column);
    let is_impossible = |row: &usize| match (opened.get(*row), times.get(*row)) {
        (Some(opened), Some(time)) => *time != ABSENT && time < opened,
        _ => false,
    };
    let rows: Vec<usize> = table.used_rows().filter(is_impossible).collect();
    if rows.is_empty() {
        return None;
    }
    let examples: Vec<String> = rows.iter().take(3).map(|row| table.mention(*row)).collect();
    let times = table.times_mut(column);
    for row in &rows {
        if let Some(time) = times.get_mut(*row) {
            *time = ABSENT;
        }
    }
    let count = rows.len() as u64;
    let message = format!(
        "{} {} a `{column}` before {} `opened_at`; that time is taken as absent",
        counted(count, "complaint"),
        verb(count, "has", "have"),
        verb(count, "its", "their")
    );
    let finding = Finding::new("before_opened", "complaints", Severity::Warning, message).of_column(column);
    Some(finding.counting(count).with_examples(examples).with_hint("a date without a time means midnight at its start"))
}

fn unrecorded(table: &TypedTable) -> Option<Finding> {
    let times = table.times("recorded_at");
    let rows: Vec<usize> = table.used_rows().filter(|row| times.get(*row) == Some(&ABSENT)).collect();
    let count = rows.len() as u64;
    let name = table.table().name();
    let (rows_told, have) = (counted(count, table.table().one()), verb(count, "has", "have"));
    let message = format!("{rows_told} {have} no `recorded_at`; taken as known when they happened");
    let finding = Finding::new("no_recorded_time", name, Severity::Warning, message).of_column("recorded_at");
    let examples = rows.iter().take(3).map(|row| table.mention(*row));
    (count > 0).then(|| finding.counting(count).with_examples(examples))
}
