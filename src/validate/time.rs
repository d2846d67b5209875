//! Times: nothing happens in the future, and nothing happens to a complaint before it is opened.

use jiff::tz::TimeZone;

use super::after_now::FUTURE;
use super::checked::Checked;
use super::finding::Severity;
use super::tally::{Counts, Tally};
use crate::config::Table;
use crate::ingest::{ABSENT, Reason, TypedTable};
use crate::text::{counted, verb};
use crate::timeline::{Calendar, Cutoff, date_of};
use crate::units::Timestamp;

/// Columns of what happens to a complaint.
const STATES: [&str; 3] = ["first_response_at", "resolved_at", "reopened_at"];

/// Rejects rows from the future; takes impossible times of complaints as absent.
pub(super) fn check(checked: &mut Checked<'_>) {
    let now = checked.now;
    let zone = &checked.config.timezone;
    let mut tallies: Vec<Option<Tally>> = Vec::new();
    for table in &mut checked.tables {
        match table.table() {
            Table::Purchases => tallies.push(reject_future(table, "purchased_at", now)),
            Table::Complaints => {
                tallies.push(reject_future(table, "opened_at", now));
                for column in STATES {
                    put_dates_on_their_day(table, column, zone);
                    tallies.push(drop_impossible(table, column));
                }
            }
            Table::Customers => {}
            Table::Surveys => tallies.push(reject_future(table, "answered_at", now)),
            Table::Contacts => tallies.push(reject_future(table, "contacted_at", now)),
        }
        tallies.push(unrecorded(table));
    }
    tallies.into_iter().flatten().for_each(|tally| checked.tallies.add(tally));
}

fn reject_future(table: &mut TypedTable, column: &'static str, now: Timestamp) -> Option<Tally> {
    let times = table.times(column);
    let rows: Vec<usize> = table.used_rows().filter(|row| times.get(*row).is_some_and(|time| *time > now.0)).collect();
    let first = *rows.first()?;
    let one = table.table().one();
    let example = format!("{} ({})", table.mention(first), Timestamp(*times.get(first)?));
    let wording = move |counts: Counts| {
        let (rows, have) = (counted(counts.found, one), verb(counts.found, "has", "have"));
        (Severity::Warning, format!("{rows} {have} a `{column}` later than now ({now}); rejected"))
    };
    let tally = Tally::new(FUTURE, (table.table(), rows.len() as u64), wording).of_column(column);
    let tally = tally.with_examples([table.example(first, example)]);
    table.reject(rows, Reason::of_column(FUTURE, column));
    Some(tally.with_hint("if they are planned, such as bookings and instalments, nothing needs to be done; else check the time zone of the source and \
         the clock of this machine"))
}

/// A date without a time is the midnight before a complaint that was opened on that day: what is recorded for the day happened
/// on it, once the complaint was there.
fn put_dates_on_their_day(table: &mut TypedTable, column: &'static str, zone: &TimeZone) {
    let (opened, times) = (table.times("opened_at"), table.times(column));
    let calendar = Calendar::new(zone);
    let midnight = |at: i64| Some(Cutoff::at_start_of(date_of(calendar.day(Timestamp(at)))?, zone).at().0);
    let on_its_day = |row: usize| {
        let (opened, time) = (*opened.get(row)?, *times.get(row)?);
        (time != ABSENT && time < opened && midnight(opened)? == time).then_some((row, opened))
    };
    let moved: Vec<(usize, i64)> = table.used_rows().filter_map(on_its_day).collect();
    let times = table.times_mut(column);
    for (row, opened) in moved {
        if let Some(time) = times.get_mut(row) {
            *time = opened;
        }
    }
}

/// A complaint cannot be answered, resolved or reopened before it is opened: such a time is an error of record.
fn drop_impossible(table: &mut TypedTable, column: &'static str) -> Option<Tally> {
    let opened = table.times("opened_at");
    let times = table.times(column);
    let is_impossible = |row: &usize| match (opened.get(*row), times.get(*row)) {
        (Some(opened), Some(time)) => *time != ABSENT && time < opened,
        _ => false,
    };
    let rows: Vec<usize> = table.used_rows().filter(is_impossible).collect();
    let wording = move |counts: Counts| {
        let (complaints, have) = (counted(counts.found, "complaint"), verb(counts.found, "has", "have"));
        let its = verb(counts.found, "its", "their");
        let message =
            format!("{complaints} {have} a `{column}` before {its} `opened_at`; that time is taken as absent");
        (Severity::Warning, message)
    };
    let tally = Tally::of_rows("before_opened", (table, &rows), wording)?.of_column(column);
    let times = table.times_mut(column);
    for row in &rows {
        if let Some(time) = times.get_mut(*row) {
            *time = ABSENT;
        }
    }
    Some(tally.with_hint("look whether the two columns are of one clock and one zone"))
}

fn unrecorded(table: &TypedTable) -> Option<Tally> {
    let times = table.times("recorded_at");
    let rows: Vec<usize> = table.used_rows().filter(|row| times.get(*row) == Some(&ABSENT)).collect();
    let one = table.table().one();
    let wording = move |counts: Counts| {
        let (rows, have) = (counted(counts.found, one), verb(counts.found, "has", "have"));
        (Severity::Warning, format!("{rows} {have} no `recorded_at`; taken as known when they happened"))
    };
    Some(Tally::of_rows("no_recorded_time", (table, &rows), wording)?.of_column("recorded_at"))
}
