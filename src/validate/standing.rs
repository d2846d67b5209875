//! What the checks of a shop as a whole look at, counted so that parts of the customers add up to the shop.

use super::feed::{self, PurchaseDays};
use super::finding::Finding;
use super::volume;
use crate::config::{Config, Table};
use crate::ingest::TypedTable;
use crate::units::Timestamp;

/// Days, customers and tables of a shop or a part of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Standing {
    pub(super) days: PurchaseDays,
    /// Customers with a purchase.
    pub(super) n_customers: u64,
    pub(super) complaints: Presence,
}

/// Whether there is a table, and rows in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Presence {
    /// No table is configured.
    #[default]
    NoTable,
    /// No row is usable.
    Empty,
    /// Some rows are.
    Rows,
}

impl Standing {
    pub(super) fn of(tables: &[TypedTable]) -> Self {
        let table = |wanted| tables.iter().find(|table| table.table() == wanted);
        let has_rows = |table: &TypedTable| {
            if table.used_rows().next().is_some() { Presence::Rows } else { Presence::Empty }
        };
        let purchases = table(Table::Purchases);
        Self {
            days: purchases.map_or_else(PurchaseDays::default, PurchaseDays::new),
            n_customers: purchases.map_or(0, volume::n_customers),
            complaints: table(Table::Complaints).map_or(Presence::NoTable, has_rows),
        }
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: &Self) {
        self.days.add(&other.days);
        self.n_customers += other.n_customers;
        self.complaints = self.complaints.max(other.complaints);
    }

    /// What the checks of the whole find.
    pub(super) fn findings(&self, config: &Config, as_of: Timestamp) -> Vec<Finding> {
        let mut findings = feed::check(&self.days, &config.validate, as_of);
        findings.extend(volume::check(self, config));
        findings
    }
}
