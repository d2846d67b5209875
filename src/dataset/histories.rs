//! What value models know of the customers: purchase days and spend of everyone who had bought before a cutoff.

use rayon::prelude::*;

use super::DatasetSettings;
use crate::clv::{CustomerSummary, SpendSummary};
use crate::timeline::{Cutoff, EventLog, FoldScratch, FoldSettings, History, Shard, Window};
use crate::units::Timestamp;

/// Everyone who had bought before a cutoff, in the order of customer numbers; one entry each in every column.
#[derive(Debug, Clone, Default)]
pub struct Histories {
    /// Number of the customer.
    pub customers: Vec<u32>,
    /// Purchase days, times in days; several orders on a day are one purchase.
    pub purchases: Vec<CustomerSummary>,
    /// Net spend per purchase day, in major units.
    pub spend: Vec<SpendSummary>,
    /// Net spend so far, in major units.
    pub net_total: Vec<f64>,
    /// Net spend of the past 365 days, in major units.
    pub past_year: Vec<f64>,
    /// Instant of the first order.
    pub first_order_at: Vec<Timestamp>,
}

impl Histories {
    /// Collects the histories as they were known at a cutoff.
    #[must_use]
    pub fn collect(log: &EventLog, cutoff: Cutoff, settings: &DatasetSettings) -> Self {
        let cutoffs = [cutoff];
        let fold = FoldSettings {
            cutoffs: &cutoffs,
            minor_per_major: settings.minor_per_major,
            horizon: settings.rule.horizon,
            // Neither purchase days nor spend depend on the rest of the shop.
            contexts: &[],
        };
        let of_shard = |scratch: &mut FoldScratch, shard: &Shard| {
            let (mut part, mut days) = (Self::default(), Vec::new());
            shard.fold(
                &fold,
                scratch,
                |_, _| true,
                |place, history, _| {
                    part.push(u32::try_from(place.customer).unwrap_or(u32::MAX), history, &mut days);
                },
            );
            part
        };
        let parts: Vec<Self> = log.shards().par_iter().map_init(FoldScratch::default, of_shard).collect();
        parts.into_iter().fold(Self::default(), Self::joined)
    }

    fn push(&mut self, customer: u32, history: &History<'_>, days: &mut Vec<f64>) {
        let end = history.purchase_days(days);
        let net = history.net_spend(Window::All);
        // A history of days before the cutoff is always possible.
        let Ok(purchases) = CustomerSummary::from_purchases(days, end) else { return };
        let Ok(spend) = SpendSummary::new(purchases.frequency() + 1, net) else { return };
        self.customers.push(customer);
        self.purchases.push(purchases);
        self.spend.push(spend);
        self.net_total.push(net);
        self.past_year.push(history.net_spend(Window::Days365).max(0.0));
        self.first_order_at.push(history.first_order_at().unwrap_or_default());
    }

    fn joined(mut self, other: Self) -> Self {
        self.customers.extend(other.customers);
        self.purchases.extend(other.purchases);
        self.spend.extend(other.spend);
        self.net_total.extend(other.net_total);
        self.past_year.extend(other.past_year);
        self.first_order_at.extend(other.first_order_at);
        self
    }

    /// The place of a customer.
    #[must_use]
    pub fn position(&self, customer: u32) -> Option<usize> {
        self.customers.binary_search(&customer).ok()
    }
}
