//! The shop's events, sorted by customer and time, in shards of customers that are folded in parallel.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::available::Available;
use super::columns::{CustomerColumns, Tables};
use super::complaints::ComplaintLog;
use super::cutoff::Cutoff;
use super::fold::{FoldScratch, FoldSettings, Shard};
use super::history::History;
use super::partition::{Part, counting_sort, partition};
use crate::error::{Exit, Report};
use crate::units::{Days, Timestamp};

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

/// All events of a shop.
#[derive(Debug)]
pub struct EventLog {
    customer_ids: Arc<Vec<String>>,
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
        let facts = Facts::collect(&customers, n_customers);
        let span =
            purchases.purchased_at.par_iter().copied().min().zip(purchases.purchased_at.par_iter().copied().max());
        let (complaint_starts, complaint_rows) = counting_sort(&complaints.customer, &(0..n_customers));
        let rows_of = |customer: usize| {
            &complaint_rows[complaint_starts[customer] as usize..complaint_starts[customer + 1] as usize]
        };
        let ranges = shard_ranges(n_customers);
        let shard = |(part, range): (Part, &Range<usize>)| {
            let complaints = ComplaintLog::build(&complaints, range.clone().map(rows_of));
            let signed_up_at = facts.signed_up_at.get(range.clone()).map(<[_]>::to_vec).unwrap_or_default();
            Shard::new(range.clone(), part, complaints, signed_up_at)
        };
        let shards = partition(purchases, &ranges).into_par_iter().zip(&ranges).map(shard).collect();
        Ok(Self { customer_ids: Arc::new(customer_ids), opted_out: facts.opted_out, shards, available, span })
    }

    /// The customers, sorted by id; positions in this list are the customer numbers used everywhere.
    #[must_use]
    pub fn customer_ids(&self) -> &[String] {
        &self.customer_ids
    }

    /// The customers, for tables that name them by number.
    #[must_use]
    pub fn shared_customer_ids(&self) -> Arc<Vec<String>> {
        Arc::clone(&self.customer_ids)
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

    /// Shows one customer as known at a cutoff, if there is an order by then.
    pub fn visit(&self, customer: u32, cutoff: Cutoff, minor_per_major: f64, mut show: impl FnMut(&History<'_>)) {
        let cutoffs = [cutoff];
        let settings = FoldSettings { cutoffs: &cutoffs, minor_per_major, horizon: Days(1) };
        let has = |shard: &&Shard| shard.customers().contains(&(customer as usize));
        if let Some(shard) = self.shards.iter().find(has) {
            shard.fold(
                &settings,
                &mut FoldScratch::default(),
                |_, _| true,
                |place, history, _| {
                    if place.customer == customer as usize {
                        show(history);
                    }
                },
            );
        }
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
