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
        self.config.table(table)
    }
}
