//! The shop's events, sorted by customer and time, in shards of customers that are folded in parallel.

use std::collections::BTreeSet;
use std::ops::Range;

use rayon::prelude::*;

use super::available::Available;
use super::columns::{CustomerColumns, PurchaseColumns, Tables};
use super::complaints::ComplaintLog;
use super::fold::Shard;
use super::ledger::LineColumns;
use crate::error::{Exit, Report};
use crate::units::Timestamp;

/// Tables that cannot become an event log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// A column is longer or shorter than its table.
    #[error("column `{table}.{column}` has {found} rows where the table has {expected}")]
    UnequalColumns {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// Its length.
        found: usize,
        /// The length of the table.
        expected: usize,
    },
    /// Row numbers are 32 bits wide.
    #[error("table `{table}` has {rows} rows, at most 4,294,967,295 are possible")]
    TooManyRows {
        /// The table.
        table: &'static str,
        /// Its rows.
        rows: usize,
    },
    /// A customer column points outside the list of customers.
    #[error("table `{table}` names customer number {customer} of {n_customers}")]
    UnknownCustomer {
        /// The table.
        table: &'static str,
        /// The number.
        customer: u32,
        /// How many there are.
        n_customers: usize,
    },
}

impl Report for LogError {
    fn code(&self) -> &'static str {
        match self {
            Self::UnequalColumns { .. } => "E301",
            Self::TooManyRows { .. } => "E302",
            Self::UnknownCustomer { .. } => "E303",
        }
    }

    fn exit(&self) -> Exit {
        Exit::CouldNotRun
    }
}

/// A line that gave goods back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Return {
    pub(super) at: Timestamp,
    pub(super) known: Timestamp,
    /// What was given back, in minor units, not negative.
    pub(super) amount: i64,
}

/// All events of a shop.
#[derive(Debug)]
pub struct EventLog {
    customer_ids: Vec<String>,
    opted_out: Vec<bool>,
    shards: Vec<Shard>,
    available: BTreeSet<Available>,
    span: Option<(Timestamp, Timestamp)>,
}

impl EventLog {
    /// Sorts the tables by customer and time.
    ///
    /// # Errors
    /// Columns of unequal length, customers out of range, or more rows than row numbers.
    pub fn build(tables: Tables) -> Result<Self, LogError> {
        super::columns::check(&tables)?;
        let available = tables.available();
        let Tables { customer_ids, purchases, complaints, customers } = tables;
        let n_customers = customer_ids.len();
        let (bought, returned) = split_returns(&purchases, n_customers);
        let complained = ByCustomer::sort(&complaints.customer, n_customers, |_| true);
        let facts = Facts::collect(&customers, n_customers);
        let lines = LineColumns::from_purchases(purchases);
        let span = lines.at.iter().copied().min().zip(lines.at.iter().copied().max());
        let shards = shard_ranges(n_customers)
            .into_par_iter()
            .map(|range| {
                let mut shard = Shard::with_orders(&lines, &bought, range.clone());
                shard.returns = Returns::build(&lines, range.clone().map(|customer| returned.rows(customer)));
                let complaint_rows = range.clone().map(|customer| complained.rows(customer));
                shard.complaints = ComplaintLog::build(&complaints, complaint_rows);
                shard.signed_up_at = facts.signed_up_at.get(range).map(<[_]>::to_vec).unwrap_or_default();
                shard
            })
            .collect();
        Ok(Self { customer_ids, opted_out: facts.opted_out, shards, available, span })
    }

    /// The customers, sorted by id; positions in this list are the customer numbers used everywhere.
    #[must_use]
    pub fn customer_ids(&self) -> &[String] {
        &self.customer_ids
    }

    /// Whether the customer asked not to be contacted.
    #[must_use]
    pub fn opted_out(&self, customer: u32) -> bool {
        self.opted_out.get(customer as usize).copied().unwrap_or(false)
    }

    /// What the shop's tables provide beyond the required columns.
    #[must_use]
    pub const fn available(&self) -> &BTreeSet<Available> {
        &self.available
    }

    /// Instants of the first and the last purchase line; `None` without purchases.
    #[must_use]
    pub const fn span(&self) -> Option<(Timestamp, Timestamp)> {
        self.span
    }

    pub(crate) fn shards(&self) -> &[Shard] {
        &self.shards
    }
}

/// Shards small enough to keep two cores busy to the end, large enough to cost nothing themselves.
fn shard_ranges(n_customers: usize) -> Vec<Range<usize>> {
    let size = (n_customers / 128).clamp(64, 8_192);
    (0..n_customers).step_by(size).map(|start| start..(start + size).min(n_customers)).collect()
}

/// Rows of a table, customer after customer.
pub(super) struct ByCustomer {
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl ByCustomer {
    /// A counting sort of the rows that `wanted` accepts; rows of a customer stay in input order.
    fn sort(customer: &[u32], n_customers: usize, wanted: impl Fn(usize) -> bool) -> Self {
        let mut starts = vec![0_u32; n_customers + 1];
        for (_, customer) in customer.iter().enumerate().filter(|(row, _)| wanted(*row)) {
            starts[*customer as usize + 1] += 1;
        }
        for i in 0..n_customers {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut rows = vec![0_u32; starts[n_customers] as usize];
        for (row, customer) in (0_u32..).zip(customer).filter(|(row, _)| wanted(*row as usize)) {
            let place = &mut next[*customer as usize];
            rows[*place as usize] = row;
            *place += 1;
        }
        Self { starts, rows }
    }

    pub(super) fn rows(&self, customer: usize) -> &[u32] {
        &self.rows[self.starts[customer] as usize..self.starts[customer + 1] as usize]
    }
}

fn split_returns(purchases: &PurchaseColumns, n_customers: usize) -> (ByCustomer, ByCustomer) {
    let is_return = |row: usize| purchases.is_return.get(row).copied().unwrap_or(false);
    let bought = ByCustomer::sort(&purchases.customer, n_customers, |row| !is_return(row));
    (bought, ByCustomer::sort(&purchases.customer, n_customers, is_return))
}

/// Facts about customers that hold for ever: the latest version of each.
struct Facts {
    signed_up_at: Vec<Option<Timestamp>>,
    opted_out: Vec<bool>,
}

impl Facts {
    fn collect(customers: &CustomerColumns, n_customers: usize) -> Self {
        let mut facts = Self { signed_up_at: Vec::new(), opted_out: vec![false; n_customers] };
        let mut rows: Vec<usize> = (0..customers.customer.len()).collect();
        rows.sort_by_key(|row| customers.valid_from.as_ref().map(|times| times[*row]));
        if let Some(times) = &customers.signed_up_at {
            facts.signed_up_at = vec![None; n_customers];
            for &row in &rows {
                // The first sign-up counts, so that the fact does not depend on the order of equal versions.
                let fact = &mut facts.signed_up_at[customers.customer[row] as usize];
                *fact = Some(fact.map_or(times[row], |known| known.min(times[row])));
            }
        }
        if let Some(flags) = &customers.opted_out {
            for &row in &rows {
                facts.opted_out[customers.customer[row] as usize] = flags[row];
            }
        }
        facts
    }
}

/// Return lines of a range of customers.
#[derive(Debug, Default)]
pub(super) struct Returns {
    starts: Vec<u32>,
    rows: Vec<Return>,
}

impl Returns {
    fn build<'r>(lines: &LineColumns, rows_of: impl Iterator<Item = &'r [u32]>) -> Self {
        let mut returns = Self { starts: vec![0], rows: Vec::new() };
        for rows in rows_of {
            returns.rows.extend(rows.iter().map(|&row| {
                let row = row as usize;
                Return { at: lines.at[row], known: lines.known[row], amount: lines.amount[row].saturating_abs() }
            }));
            returns.starts.push(u32::try_from(returns.rows.len()).unwrap_or(u32::MAX));
        }
        returns
    }

    pub(super) fn of(&self, customer: usize) -> &[Return] {
        self.starts.get(customer..customer + 2).map_or(&[], |bounds| &self.rows[bounds[0] as usize..bounds[1] as usize])
    }
}
