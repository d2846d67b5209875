//! Data on their way through the checks.

use super::tally::Tallies;
use crate::config::{Config, Table, TableConfig};
use crate::ingest::TypedTable;
use crate::units::Timestamp;

/// Data on their way through the checks.
pub(super) struct Checked<'a> {
    pub(super) config: &'a Config,
    /// The clock: nothing happens after it.
    pub(super) now: Timestamp,
    pub(super) tables: Vec<TypedTable>,
    pub(super) tallies: Tallies,
}

impl Checked<'_> {
    pub(super) fn section(&self, table: Table) -> Option<&TableConfig> {
        match table {
            Table::Purchases => Some(&self.config.purchases),
            Table::Complaints => self.config.complaints.as_ref(),
            Table::Customers => self.config.customers.as_ref(),
            Table::Surveys => self.config.surveys.as_ref(),
        }
    }
}
