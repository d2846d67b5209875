//! The shop's events, sorted by customer and time, in shards of customers that are folded in parallel.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use jiff::tz::TimeZone;
use rayon::prelude::*;

use super::attributes::AttributeLog;
use super::available::Available;
use super::calendar::Calendar;
use super::census::{self, Asked, CodeCounts};
use super::columns::{NO_CODE, Tables};
use super::complaints::{ComplaintLog, KnownComplaint};
use super::context::{ContextNeeds, ShopContext};
use super::custom::{self, CustomLog};
use super::cutoff::Cutoff;
use super::error::LogError;
use super::history::History;
use super::opt_outs::OptOuts;
use super::partition::{Part, counting_sort, partition};
use super::scan::{PartFacts, ScanScratch, ScanSettings, Shard};
use super::season::Season;
use super::shop_census::ShopCensus;
use super::span::KnownSpan;
use super::surveys::SurveyLog;
use super::voids::{ReturnCounts, VoidOrder};
use crate::units::Days;

/// All events of a shop.
#[derive(Debug)]
pub struct EventLog {
    customer_ids: Vec<String>,
    opt_outs: OptOuts,
    shards: Vec<Shard>,
    available: BTreeSet<Available>,
    /// Custom features, in the order of their columns.
    custom: Vec<String>,
    span: KnownSpan,
    calendar: Arc<Calendar>,
    codes: CodeCounts,
    complaint_categories: Vec<String>,
    categories: Vec<String>,
    channels: Vec<String>,
    regions: Vec<String>,
}

impl EventLog {
    /// Sorts the tables by customer and time; days are those of `zone`.
    ///
    /// # Errors
    /// Columns of unequal length, customers out of range, or more rows than row numbers.
    pub fn build(mut tables: Tables, zone: &TimeZone) -> Result<Self, LogError> {
        super::columns::check(&tables)?;
        let available = tables.available();
        let codes = code_counts(&tables);
        let ranges = shard_ranges(tables.customer_ids.len());
        let custom = custom::names(&tables);
        let custom_logs = custom::build(&mut tables, &ranges);
        let Tables { customer_ids, purchases, complaints, customers, surveys } = tables;
        let n_customers = customer_ids.len();
        let opt_outs = OptOuts::build(&customers, &(0..n_customers));
        let calendar = Arc::new(Calendar::new(zone));
        let span = KnownSpan::of(&purchases, &calendar);
        let complaint_categories = complaints.category_names.clone();
        let all = 0..n_customers;
        let complaint_rows = RowsByCustomer::of(&complaints.customer, &all);
        let customer_rows = RowsByCustomer::of(&customers.customer, &all);
        let survey_rows = RowsByCustomer::of(&surveys.customer, &all);
        let shard = |((part, custom), range): ((Part, CustomLog), &Range<usize>)| {
            let complaints = ComplaintLog::build(&complaints, complaint_rows.in_range(range));
            let attributes = AttributeLog::build(&customers, customer_rows.in_range(range));
            let surveys = SurveyLog::build(&surveys, survey_rows.in_range(range));
            Shard::new(
                range.clone(),
                part,
                PartFacts { complaints, attributes, surveys, custom },
                Arc::clone(&calendar),
            )
        };
        let parts = partition(purchases, &ranges).into_par_iter().zip(custom_logs);
        let shards = parts.zip(&ranges).map(shard).collect();
        Ok(Self {
            customer_ids,
            opt_outs,
            shards,
            available,
            custom,
            span,
            calendar,
            codes,
            complaint_categories,
            categories: Vec::new(),
            channels: Vec::new(),
            regions: Vec::new(),
        })
    }

    /// The same log, knowing what the codes of product categories mean.
    #[must_use]
    pub fn naming_categories(self, categories: Vec<String>) -> Self {
        Self { categories, ..self }
    }

    /// The same log, knowing what the codes of sales channels and regions mean.
    #[must_use]
    pub fn naming_places(self, channels: Vec<String>, regions: Vec<String>) -> Self {
        Self { channels, regions, ..self }
    }

    /// The sales channels by code; empty if they have no names here.
    #[must_use]
    pub fn channels(&self) -> &[String] {
        &self.channels
    }

    /// The regions by code; empty if they have no names here.
    #[must_use]
    pub fn regions(&self) -> &[String] {
        &self.regions
    }

    /// The product categories by code; empty if they have no names here.
    #[must_use]
    pub fn categories(&self) -> &[String] {
        &self.categories
    }

    /// What the shop as a whole looked like at each cutoff, for the season that a label window repeats, as far as it is
    /// needed. `cutoffs` ascend.
    #[must_use]
    pub fn contexts(&self, cutoffs: &[Cutoff], season: Season, needs: ContextNeeds) -> Vec<ShopContext> {
        self.census(cutoffs, season, needs).contexts(cutoffs)
    }

    /// The counts that contexts are made of, which may be added to those of other customers of the shop.
    #[must_use]
    pub fn census(&self, cutoffs: &[Cutoff], season: Season, needs: ContextNeeds) -> ShopCensus {
        if needs.are_none() {
            return ShopCensus::default();
        }
        census::take(&self.shards, self.codes, cutoffs, Asked { needs, season, customer_ids: &self.customer_ids })
    }

    /// The customers, sorted by id; positions in this list are the customer numbers used everywhere.
    #[must_use]
    pub fn customer_ids(&self) -> &[String] {
        &self.customer_ids
    }

    /// How returns were matched with purchases.
    #[must_use]
    pub fn return_counts(&self) -> ReturnCounts {
        let mut counts = ReturnCounts::default();
        self.shards.iter().for_each(|shard| counts += shard.return_counts());
        counts
    }

    /// Whether the customer had asked not to be contacted, by the latest statement that was known before a day.
    #[must_use]
    pub fn opted_out(&self, customer: u32, as_of: Cutoff) -> bool {
        self.opt_outs.at(customer as usize, as_of.at())
    }

    /// Whether the customer asked on the day, or after it, not to be contacted.
    #[must_use]
    pub fn opts_out_after(&self, customer: u32, as_of: Cutoff) -> bool {
        self.opt_outs.after(customer as usize, as_of.at())
    }

    /// What the shop's tables provide beyond the required columns.
    #[must_use]
    pub const fn available(&self) -> &BTreeSet<Available> {
        &self.available
    }

    /// Position of the column of a custom feature; `None` if the tables had none.
    #[must_use]
    pub fn custom_column(&self, feature: &str) -> Option<usize> {
        self.custom.iter().position(|name| name == feature)
    }

    /// From when to when there were purchases, as far as that was known at each day.
    #[must_use]
    pub const fn span(&self) -> &KnownSpan {
        &self.span
    }

    /// The days of the shop's zone.
    #[must_use]
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// Shows one customer as known at a cutoff, if there is an order by then.
    pub fn visit(&self, customer: u32, cutoff: Cutoff, minor_per_major: f64, mut show: impl FnMut(&History<'_>)) {
        let cutoffs = [cutoff];
        let settings =
            ScanSettings { cutoffs: &cutoffs, minor_per_major, horizon: Days(1), gap: Days(0), contexts: &[] };
        let customer = customer as usize;
        if let Some(shard) = self.shard_of(customer) {
            let scratch = &mut ScanScratch::default();
            shard.fold_of(customer..customer + 1, &settings, scratch, |_, _| true, |_, history, _| show(history));
        }
    }

    /// Writes into `known` a customer's complaints as they were known before a cutoff.
    pub(crate) fn complaints_at(&self, customer: u32, cutoff: Cutoff, known: &mut Vec<KnownComplaint>) {
        known.clear();
        let customer = customer as usize;
        if let Some(shard) = self.shard_of(customer) {
            shard.complaints_at(customer, cutoff, known);
        }
    }

    /// A customer's orders that were void before a cutoff.
    pub(crate) fn void_orders_at(&self, customer: u32, cutoff: Cutoff) -> Vec<VoidOrder> {
        let customer = customer as usize;
        self.shard_of(customer).map_or_else(Vec::new, |shard| shard.void_orders_at(customer, cutoff))
    }

    fn shard_of(&self, customer: usize) -> Option<&Shard> {
        let after = self.shards.partition_point(|shard| shard.customers().end <= customer);
        self.shards.get(after).filter(|shard| shard.customers().contains(&customer))
    }

    /// The name of a cause of complaints, or its number where the tables have no names.
    pub(crate) fn complaint_category(&self, code: u32) -> String {
        self.complaint_categories.get(code as usize).cloned().unwrap_or_else(|| code.to_string())
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

/// Rows of a table by customer.
struct RowsByCustomer {
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl RowsByCustomer {
    fn of(customer: &[u32], customers: &Range<usize>) -> Self {
        let (starts, rows) = counting_sort(customer, customers);
        Self { starts, rows }
    }

    /// The rows of each customer of a range.
    fn in_range(&self, range: &Range<usize>) -> impl Iterator<Item = &[u32]> {
        range.clone().map(|customer| &self.rows[self.starts[customer] as usize..self.starts[customer + 1] as usize])
    }
}

/// Codes of each kind, from the largest one in use.
fn code_counts(tables: &Tables) -> CodeCounts {
    let count = |column: &Option<Vec<u32>>| {
        let codes = column.as_ref().map(|codes| codes.par_iter().filter(|code| **code != NO_CODE).max());
        codes.flatten().map_or(0, |code| *code as usize + 1)
    };
    CodeCounts {
        products: count(&tables.purchases.product),
        categories: count(&tables.purchases.category),
        regions: count(&tables.customers.region),
        acquisitions: count(&tables.customers.acquisition),
    }
}
