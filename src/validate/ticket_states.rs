//! Rows of `complaints` that are none by a column that no filter looks at: spam, merged tickets, tests, praise.

use std::collections::BTreeMap;

use super::finding::{Finding, Severity};
use super::mending::filter_of;
use crate::config::{Config, Table};
use crate::ingest::{NoComplaints, TicketColumn, TypedTable};
use crate::text::{counted, grouped};

/// Values of a column that a message shows.
const SHOWN: usize = 5;

/// What the columns of the complaints hold that no filter looks at.
#[derive(Debug, Clone, Default)]
pub(super) struct TicketStates {
    columns: BTreeMap<String, TicketColumn>,
    used: u64,
}

impl TicketStates {
    pub(super) fn of(complaints: &TypedTable) -> Self {
        let columns = complaints.watched.iter();
        let columns = columns.map(|own| (own.watched.name.clone(), own.counted(complaints.used_rows())));
        Self { columns: columns.collect(), used: complaints.used_rows().count() as u64 }
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        for (name, column) in other.columns {
            self.columns.entry(name).or_default().add(column);
        }
        self.used += other.used;
    }

    /// One finding for all columns: a filter is one line.
    pub(super) fn finding(&self, config: &Config) -> Option<Finding> {
        let own = self.columns.iter().filter_map(|(name, column)| Some((name, column.no_complaints(name)?)));
        let found: Vec<(&String, NoComplaints)> = own.collect();
        let (first, _) = found.first()?;
        let told: Vec<String> = found.iter().map(|(name, own)| told(name, own)).collect();
        let most = found.iter().map(|(_, own)| own.rows).max().unwrap_or_default();
        let message = format!(
            "some of {} are no complaints by columns that no filter looks at: {}",
            counted(self.used, "row"),
            told.join("; ")
        );
        let conditions: Vec<&str> = found.iter().map(|(_, own)| own.condition.as_str()).collect();
        let mend = filter_of(Table::Complaints, config, &conditions.join(" AND "));
        let hint = format!("if they are no complaints, write {mend}; what the filter names is not asked about again");
        let finding = Finding::new("tickets_not_looked_at", Table::Complaints.name(), Severity::Warning, message);
        Some(finding.of_column(first.as_str()).counting(most).with_hint(hint))
    }
}

/// What a column says, with its rows.
fn told(name: &str, own: &NoComplaints) -> String {
    if own.values.is_empty() {
        return format!("`{name}` is filled in {}", grouped(own.rows));
    }
    let shown = own.values.iter().take(SHOWN).map(|(value, rows)| format!("`{value}` {}", grouped(*rows)));
    let n_more = own.values.len().saturating_sub(SHOWN);
    let more = if n_more > 0 { format!(" and {n_more} more") } else { String::new() };
    format!("`{name}` has {}{more}", shown.collect::<Vec<_>>().join(", "))
}
