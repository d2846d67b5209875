//! Opt-outs: who asked not to be contacted must not get lost, neither in rows that cannot be used nor in a column that
//! has stopped saying anything.

use std::collections::BTreeMap;

use super::checked::Checked;
use super::finding::{Finding, Severity};
use super::tally::{Counts, Tally};
use crate::config::{Config, SilentOptOuts, Table};
use crate::ingest::{ABSENT, Fact, FactRule, NO_FLAG, Reason, TypedTable};
use crate::text::{counted, verb};
use crate::timeline::{Calendar, date_of};
use crate::units::Timestamp;

/// The column.
pub(super) const COLUMN: &str = "opted_out";

/// Counts the rows that opt out and cannot be used.
pub(super) fn check(checked: &mut Checked<'_>) {
    let customers = checked.tables.iter().find(|table| table.table() == Table::Customers);
    let Some(customers) = customers.filter(|table| table.has(COLUMN)) else { return };
    let flags = customers.flags(COLUMN);
    let opts_out = |row: &usize| flags.get(*row) == Some(&1);
    let rejected = |is_meant: fn(Option<&'static str>) -> bool| -> Vec<usize> {
        let is_lost = |row: &usize| {
            let reason = customers.reason(*row);
            reason.is_some_and(|reason| !reason.is_wanted() && is_meant(reason.column))
        };
        (0..customers.n_rows()).filter(opts_out).filter(is_lost).collect()
    };
    let nameless = |counts: Counts| {
        let (rows, opt) = (counted(counts.found, "row"), verb(counts.found, "opts", "opt"));
        let name = verb(counts.found, "names", "name");
        (
            Severity::Warning,
            format!("{rows} of `customers` {opt} out and {name} no customer; nobody is left out for it"),
        )
    };
    let lost = |counts: Counts| {
        let (rows, opt) = (counted(counts.found, "row"), verb(counts.found, "opts", "opt"));
        let are = verb(counts.found, "is", "are");
        (Severity::Error, format!("{rows} of `customers` {opt} out and {are} rejected: the opt-out would be lost"))
    };
    let hides =
        |fact: &&Fact| matches!(fact.rule, FactRule::BrokenLines | FactRule::BrokenObjects | FactRule::ShortLines);
    for fact in customers.facts.iter().filter(hides) {
        let hidden = |counts: Counts| {
            let (lines, have) = (counted(counts.found, "line"), verb(counts.found, "does", "do"));
            let message = format!("{lines} of `customers` {have} not have all columns: an opt-out there would be lost");
            (Severity::Error, message)
        };
        let tally = Tally::new("hidden_opt_outs", (Table::Customers, fact.count), hidden).of_column(COLUMN);
        let tally = tally.with_examples(fact.examples.clone());
        checked
            .tallies
            .add(tally.with_hint("correct the lines: put fields with separators or quotes in double quotes"));
    }
    let set_aside = |row: &usize| customers.reason(*row).is_some_and(Reason::is_filter);
    let filtered: Vec<usize> = (0..customers.n_rows()).filter(opts_out).filter(set_aside).collect();
    let by_filter = |counts: Counts| {
        let (rows, opt) = (counted(counts.found, "row"), verb(counts.found, "opts", "opt"));
        (Severity::Warning, format!("{rows} of `customers` {opt} out and the filter sets them aside"))
    };
    let without_customer = rejected(|column| column == Some("customer_id"));
    let others = rejected(|column| column != Some("customer_id"));
    let tallies = [
        Tally::of_rows("filtered_opt_outs", (customers, &filtered), by_filter)
            .map(|tally| tally.with_hint("who opted out there is contacted: check `customers.filter`")),
        Tally::of_rows("opt_outs_without_customer", (customers, &without_customer), nameless)
            .map(|tally| tally.with_hint("find out whose rows they are: the reject file lists them")),
        Tally::of_rows("rejected_opt_outs", (customers, &others), lost)
            .map(|tally| tally.with_hint("correct the rows, or set them aside with `customers.filter`")),
    ];
    tallies.into_iter().flatten().for_each(|tally| checked.tallies.add(tally.of_column(COLUMN)));
}

/// So many rows without a statement, one after the other, are no chance.
const LEAST_SILENT_ROWS: u64 = 20;

/// A silence that chance explains more rarely than this is one.
const CHANCE: f64 = 1e-6;

/// What the rows of the column say, of a shop or a part of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Statements {
    /// Whether the column is mapped.
    is_mapped: bool,
    rows: u64,
    stated: u64,
    /// Statements that do not opt out.
    noes: u64,
    /// Rows, and those that say something, by the local day from which they are known, counted from
    /// 1970-01-01; rows without a time are not among them.
    by_day: BTreeMap<i32, [u64; 2]>,
}

impl Statements {
    pub(super) fn of(customers: &TypedTable, config: &Config, now: Timestamp) -> Self {
        let flags = customers.flags(COLUMN);
        let mut all = Self { is_mapped: customers.has(COLUMN), ..Self::default() };
        let (from, recorded) = (customers.times("valid_from"), customers.times("recorded_at"));
        let calendar = Calendar::new(&config.timezone);
        let time = |times: &[i64], row: usize| times.get(row).copied().unwrap_or(ABSENT);
        if !all.is_mapped {
            return all;
        }
        for row in customers.used_rows() {
            let stated = u64::from(flags.get(row).is_some_and(|flag| *flag != NO_FLAG));
            all.rows += 1;
            all.stated += stated;
            all.noes += u64::from(flags.get(row) == Some(&0));
            let known = time(from, row).max(time(recorded, row));
            if known != ABSENT && known <= now.0 {
                let day = all.by_day.entry(calendar.day(Timestamp(known))).or_default();
                day[0] += 1;
                day[1] += stated;
            }
        }
        all
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: &Self) {
        self.is_mapped |= other.is_mapped;
        self.rows += other.rows;
        self.stated += other.stated;
        self.noes += other.noes;
        for (day, [rows, stated]) in &other.by_day {
            let sum = self.by_day.entry(*day).or_default();
            *sum = [sum[0] + rows, sum[1] + stated];
        }
    }

    /// A finding where nothing is said, or nothing any more.
    pub(super) fn stopped(&self, config: &Config) -> Option<Finding> {
        if !self.is_mapped {
            return None;
        }
        let silent = if self.rows == 0 {
            Some(("because the table has no rows".to_owned(), 0))
        } else if self.stated == 0 {
            Some((format!("in any of {}", counted(self.rows, "row")), self.rows))
        } else {
            self.silence().map(|(day, rows)| {
                (format!("since {}, in {}", date_of(day).unwrap_or_default(), counted(rows, "row")), rows)
            })
        };
        let (silence, rows) = silent?;
        let message = format!("`customers.{COLUMN}` says nothing {silence}; who opted out there would be contacted");
        let severity = match config.validate.silent_opt_outs {
            // Where nobody ever says no, an empty cell is how it is said.
            SilentOptOuts::Refuse if self.stated > 0 && self.noes == 0 => Severity::Warning,
            SilentOptOuts::Refuse => Severity::Error,
            SilentOptOuts::Accept => Severity::Warning,
        };
        let finding = Finding::new("opt_outs_stopped", Table::Customers.name(), severity, message).of_column(COLUMN);
        Some(finding.counting(rows).with_hint(
            "deliver the column; if it is right that it is empty, set `validate.silent_opt_outs = \"accept\"`",
        ))
    }

    /// The day of the last statement and the rows since, where there were so many statements before that chance does not
    /// explain the silence.
    fn silence(&self) -> Option<(i32, u64)> {
        let (last, _) = self.by_day.iter().rfind(|(_, [_, stated])| *stated > 0)?;
        let sum = |rows: u64, [more, _]: &[u64; 2]| rows + more;
        let silent = self.by_day.range((std::ops::Bound::Excluded(*last), std::ops::Bound::Unbounded));
        let silent = silent.map(|(_, rows)| rows).fold(0, sum);
        let before = self.by_day.range(..=*last).map(|(_, rows)| rows).fold(0, sum);
        let stated: u64 = self.by_day.values().map(|[_, stated]| stated).sum();
        let says_nothing = (before - stated + 1) as f64 / (before + 2) as f64;
        let is_stop = silent >= LEAST_SILENT_ROWS && silent as f64 * says_nothing.ln() < CHANCE.ln();
        is_stop.then_some((*last, silent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows and statements of successive days.
    fn silence(days: &[[u64; 2]]) -> Option<u64> {
        let mut all = Statements { is_mapped: true, ..Statements::default() };
        for (day, counts) in (20_000..).zip(days) {
            all.add(&Statements { by_day: BTreeMap::from([(day, *counts)]), ..Statements::default() });
        }
        all.silence().map(|(day, rows)| {
            assert!(all.by_day[&day][1] > 0);
            rows
        })
    }

    #[test]
    fn a_silence_is_one_where_chance_does_not_explain_it() {
        assert_eq!(silence(&[[100, 100], [19, 0]]), None, "too few rows");
        assert_eq!(silence(&[[100, 100], [12, 0], [8, 0]]), Some(20));
        assert_eq!(silence(&[[100, 50], [20, 0]]), Some(20));
        assert_eq!(silence(&[[1_000, 10], [500, 0]]), None, "one row in a hundred says something");
        assert_eq!(silence(&[[1_000, 10], [2_000, 0]]), Some(2_000));
        assert_eq!(silence(&[[100, 100], [20, 0], [1, 1]]), None, "it speaks again");
    }
}
