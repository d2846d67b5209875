//! What lines cost the shop: costs above what they brought, and lines of which none is known.

use super::checked::Checked;
use super::finding::Severity;
use super::tally::{Counts, Tally};
use crate::config::Table;
use crate::ingest::{ABSENT, TypedTable};
use crate::text::{counted, grouped, verb};

/// Per cent of the lines from which on their costs cannot be meant.
const ABOVE_PERCENT: u64 = 50;

/// Per cent of the lines without a cost that are worth a warning.
const ABSENT_PERCENT: u64 = 5;

/// Counts costs that are absent, negative or above the amount of their line.
pub(super) fn check(checked: &mut Checked<'_>) {
    for table in checked.tables.iter_mut().filter(|table| table.table() == Table::Purchases && table.has("cost")) {
        let tallies = [negative(table), above(table), absent(table)];
        tallies.into_iter().flatten().for_each(|tally| checked.tallies.add(tally));
    }
}

/// Used lines that were bought and cost something.
fn bought(table: &TypedTable) -> impl Iterator<Item = (usize, i64)> + '_ {
    let (amounts, bought) = (table.money("amount"), table.bought());
    let rows = table.used_rows().filter(move |row| bought.holds(*row));
    rows.filter_map(|row| Some((row, amounts.get(row).copied().filter(|amount| *amount > 0)?)))
}

fn cost(table: &TypedTable, row: usize) -> Option<i64> {
    table.money("cost").get(row).copied().filter(|cost| *cost != ABSENT)
}

/// Some systems book costs with a minus.
fn negative(table: &mut TypedTable) -> Option<Tally> {
    let is_negative = |row: &usize| cost(table, *row).is_some_and(|cost| cost < 0);
    let rows: Vec<usize> = bought(table).map(|(row, _)| row).filter(is_negative).collect();
    let wording = |counts: Counts| {
        let (purchases, have) = (counted(counts.found, "purchase"), verb(counts.found, "has", "have"));
        (Severity::Recommendation, format!("{purchases} {have} a negative `cost`; taken without its sign"))
    };
    let tally = Tally::of_rows("negative_cost", (table, &rows), wording)?.of_column("cost");
    let costs = table.money_mut("cost");
    for row in rows {
        if let Some(cost) = costs.get_mut(row) {
            *cost = -*cost;
        }
    }
    Some(tally)
}

fn above(table: &TypedTable) -> Option<Tally> {
    let is_above = |(row, amount): &(usize, i64)| cost(table, *row).is_some_and(|cost| cost > *amount);
    let rows: Vec<usize> = bought(table).filter(is_above).map(|(row, _)| row).collect();
    let wording = |counts: Counts| {
        let severity =
            if counts.found * 100 >= counts.used * ABOVE_PERCENT { Severity::Error } else { Severity::Warning };
        let (found, of) = (grouped(counts.found), counted(counts.used, "purchase"));
        let have = verb(counts.found, "has", "have");
        (severity, format!("{found} of {of} {have} a `cost` above their `amount`: they would be sold at a loss"))
    };
    let tally = Tally::of_rows("cost_above_amount", (table, &rows), wording)?.of_column("cost");
    Some(tally.with_hint(
        "`cost` is what all pieces of the line cost the shop, in the unit of `amount`: map `unit_cost * quantity` if the column \
         is of one piece, and leave tax out of both or in both",
    ))
}

fn absent(table: &TypedTable) -> Option<Tally> {
    let rows: Vec<usize> = bought(table).map(|(row, _)| row).filter(|row| cost(table, *row).is_none()).collect();
    let wording = |counts: Counts| {
        let is_much = counts.found * 100 >= counts.used * ABSENT_PERCENT;
        let severity = if is_much { Severity::Warning } else { Severity::Recommendation };
        let (found, of) = (grouped(counts.found), counted(counts.used, "purchase"));
        let message = format!(
            "{found} of {of} {} no `cost`; their margin is that of their category, or `value.margin_share`",
            verb(counts.found, "has", "have")
        );
        (severity, message)
    };
    let tally = Tally::of_rows("no_cost", (table, &rows), wording)?.of_column("cost");
    Some(
        tally.with_hint(
            "deliver what these products cost, or set `margin_share` in `[value]` to what is earned of them",
        ),
    )
}
