//! Returns of customers who bought nothing: an export of payments names the shop as the one who pays back.

use super::finding::{Finding, Severity};
use crate::config::Table;
use crate::ingest::{ABSENT, TypedTable};
use crate::text::{counted, verb};

/// Fewer returns are those of purchases before the first day of the data.
const LEAST_ROWS: u64 = 20;

/// Share of what was given back, and of what was bought, from which on they count.
const OF_RETURNS: f64 = 0.25;
const OF_PURCHASES: f64 = 0.01;

/// What was bought, what was given back, and by whom.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LoneReturns {
    bought_minor: u128,
    returned_minor: u128,
    lone_minor: u128,
    lone_rows: u64,
    lone_customers: u64,
}

impl LoneReturns {
    pub(super) fn of(purchases: &TypedTable) -> Self {
        let (codes, amounts) = (purchases.codes("customer_id"), purchases.money("amount"));
        let mut found = Self::default();
        // What each customer bought, gave back, and in how many rows.
        let mut of_customers = vec![(0_u128, 0_u128, 0_u64); purchases.names("customer_id").len()];
        for row in purchases.used_rows() {
            let size = amounts.get(row).filter(|amount| **amount != ABSENT).map_or(0, |amount| amount.unsigned_abs());
            let place = codes.get(row).and_then(|code| usize::try_from(*code).ok());
            let Some(customer) = place.and_then(|place| of_customers.get_mut(place)) else { continue };
            if purchases.is_bought(row) {
                customer.0 += u128::from(size);
            } else {
                *customer = (customer.0, customer.1 + u128::from(size), customer.2 + 1);
            }
        }
        for (bought, returned, rows) in of_customers {
            found.bought_minor += bought;
            found.returned_minor += returned;
            if bought == 0 && rows > 0 {
                found.lone_minor += returned;
                found.lone_rows += rows;
                found.lone_customers += 1;
            }
        }
        found
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        self.bought_minor += other.bought_minor;
        self.returned_minor += other.returned_minor;
        self.lone_minor += other.lone_minor;
        self.lone_rows += other.lone_rows;
        self.lone_customers += other.lone_customers;
    }

    pub(super) fn finding(&self) -> Option<Finding> {
        let share = |of: u128| self.lone_minor as f64 / of.max(1) as f64;
        if self.lone_rows < LEAST_ROWS
            || share(self.returned_minor) < OF_RETURNS
            || share(self.bought_minor) < OF_PURCHASES
        {
            return None;
        }
        let message = format!(
            "{} {} to {} who bought nothing, and {} {:.0} % of all that was given back: no purchase is undone by them",
            counted(self.lone_rows, "return"),
            verb(self.lone_rows, "belongs", "belong"),
            counted(self.lone_customers, "customer"),
            verb(self.lone_rows, "carries", "carry"),
            100.0 * share(self.returned_minor)
        );
        let hint = "does `customer_id` name who bought in these rows too? An export of payments may name the shop there, or have \
                    rows that are no returns, such as payouts: set those aside with `filter`";
        let finding = Finding::new("lone_returns", Table::Purchases.name(), Severity::Warning, message);
        Some(finding.of_column("customer_id").counting(self.lone_rows).with_hint(hint))
    }
}
