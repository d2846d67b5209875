//! Figures of a shop's history before the as-of day: customers, orders, their values and rhythm, how concentrated spend
//! is, returns, complaints.

use jiff::civil::Date;
use rayon::prelude::*;
use serde::Serialize;

use super::quantiles::Quantiles;
use super::settings::ProfileSettings;
use crate::clv::{Concentration, concentration};
use crate::timeline::{Available, EventLog, History, ScanScratch, ScanSettings, Shard, Window, date_of};
use crate::units::Days;

/// What the history of a shop is like. Days are calendar days of its zone, amounts are in major units.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShopFigures {
    /// Customers with an order.
    pub customers: usize,
    /// Their orders.
    pub orders: usize,
    /// Day of the first order.
    pub first_order_on: Date,
    /// Day of the last order.
    pub last_order_on: Date,
    /// Days from the first order to the last, both included.
    pub days: usize,
    /// Days among them on which nobody ordered.
    pub days_without_order: usize,
    /// The longest stretch of such days.
    pub longest_stretch_without_order_days: usize,
    /// Orders of a customer.
    pub orders_per_customer: Quantiles,
    /// Share of customers with one order.
    pub one_order_share: f64,
    /// Value of an order, returns not deducted.
    pub order_value: Quantiles,
    /// Days between an order and the next of the same customer, orders of one day counting as one; absent if nobody came
    /// back. The gaps that have not ended yet are missing here; the curve counts them.
    pub gap_days: Option<Quantiles>,
    /// How concentrated spend net of returns is; absent if nobody spent anything.
    pub spend: Option<Concentration>,
    /// What came back.
    pub returns: ReturnFigures,
    /// Complaints of customers with an order; absent if the shop records none.
    pub complaints: Option<ComplaintFigures>,
}

/// What came back.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ReturnFigures {
    /// Return lines.
    pub lines: usize,
    /// Share of customers with any.
    pub customers_share: f64,
    /// Value returned as a share of the value ordered; absent if nothing was ordered for money.
    pub value_share: Option<f64>,
}

/// Complaints as they are known at the as-of day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComplaintFigures {
    /// How many.
    pub complaints: usize,
    /// Share of customers with any.
    pub customers_share: f64,
    /// Share of complaints that are resolved and not open again; absent without complaints, or if the shop does not say
    /// when they are resolved.
    pub resolved_share: Option<f64>,
    /// Days from opening to the last resolution, of the resolved ones; absent without any.
    pub days_to_resolve: Option<Quantiles>,
}

/// What the curve is estimated from: one entry per pair of successive order days, and one per customer.
#[derive(Debug, Default)]
pub(super) struct Rhythm {
    pub(super) gaps: Vec<u32>,
    pub(super) silences: Vec<u32>,
}

impl Rhythm {
    /// Takes in the days of one customer's visits, ascending; `today` is not watched yet.
    pub(super) fn add(&mut self, days: &[i32], today: i32) {
        let days_from = |from: i32, to: i32| u32::try_from(to - from).unwrap_or(0);
        self.gaps.extend(days.windows(2).map(|pair| days_from(pair[0], pair[1])));
        self.silences.extend(days.last().map(|last| days_from(last + 1, today)));
    }

    pub(super) fn joined(mut self, other: Self) -> Self {
        self.gaps.extend(other.gaps);
        self.silences.extend(other.silences);
        self
    }
}

/// One pass over all customers; `None` if nobody has an order before the as-of day.
pub(super) fn collect(log: &EventLog, settings: &ProfileSettings) -> Option<(ShopFigures, Rhythm)> {
    let (first, _) = log.span().before(settings.as_of)?;
    let first_day = log.calendar().day(first);
    let cutoffs = [settings.as_of];
    let fold = ScanSettings {
        cutoffs: &cutoffs,
        minor_per_major: settings.minor_per_major,
        horizon: Days(1),
        gap: Days(0),
        // Nothing that is read here depends on the rest of the shop.
        contexts: &[],
    };
    let of_shard = |scratch: &mut ScanScratch, shard: &Shard| {
        let mut part = Part { first_day, ..Part::default() };
        shard.fold(&fold, scratch, |_, _| true, |_, history, _| part.add(history, settings.as_of.day()));
        part
    };
    let parts: Vec<Part> = log.shards().par_iter().map_init(ScanScratch::default, of_shard).collect();
    let whole = parts.into_iter().reduce(Part::joined)?;
    let records = |part: Available| log.available().contains(&part);
    whole.finish(records(Available::Complaints), records(Available::Resolution))
}

/// What some customers add; customers in ascending order.
#[derive(Debug, Default)]
struct Part {
    /// The day of the shop's first purchase, from which those with an order are counted.
    first_day: i32,
    orders_of: Vec<f64>,
    net_of: Vec<f64>,
    values: Vec<f64>,
    rhythm: Rhythm,
    /// Whether anybody ordered on each day from the first on.
    has_order: Vec<bool>,
    ordered: i64,
    returned: i64,
    return_lines: usize,
    returning: usize,
    complaints: usize,
    complaining: usize,
    resolved: usize,
    days_to_resolve: Vec<f64>,
}

impl Part {
    fn add(&mut self, history: &History<'_>, today: i32) {
        for (_, amount) in history.orders() {
            self.values.push(history.major(amount));
            self.ordered = self.ordered.saturating_add(amount);
        }
        self.orders_of.push(history.order_count(Window::All) as f64);
        self.net_of.push(history.net_spend(Window::All));
        self.add_days(history.visit_days(), today);
        let returns = history.return_count(Window::All);
        self.returned = self.returned.saturating_add(history.returned(Window::All));
        self.return_lines += returns;
        self.returning += usize::from(returns > 0);
        self.add_complaints(history);
    }

    /// Takes the days of one customer's visits, ascending, into the rhythm; `today` is not watched yet.
    fn add_days(&mut self, days: &[i32], today: i32) {
        self.rhythm.add(days, today);
        for day in days {
            let place = usize::try_from(day - self.first_day).unwrap_or(0);
            if place >= self.has_order.len() {
                self.has_order.resize(place + 1, false);
            }
            self.has_order[place] = true;
        }
    }

    fn add_complaints(&mut self, history: &History<'_>) {
        let complaints = history.complaints();
        self.complaints += complaints.len();
        self.complaining += usize::from(!complaints.is_empty());
        for complaint in complaints.iter().filter(|complaint| !complaint.is_open()) {
            self.resolved += 1;
            self.days_to_resolve.extend(complaint.resolved_at.map(|at| at.days_since(complaint.opened_at)));
        }
    }

    fn joined(mut self, other: Self) -> Self {
        self.orders_of.extend(other.orders_of);
        self.net_of.extend(other.net_of);
        self.values.extend(other.values);
        self.rhythm = self.rhythm.joined(other.rhythm);
        let n_days = self.has_order.len().max(other.has_order.len());
        self.has_order.resize(n_days, false);
        self.has_order.iter_mut().zip(other.has_order).for_each(|(has, other)| *has |= other);
        self.ordered = self.ordered.saturating_add(other.ordered);
        self.returned = self.returned.saturating_add(other.returned);
        self.return_lines += other.return_lines;
        self.returning += other.returning;
        self.complaints += other.complaints;
        self.complaining += other.complaining;
        self.resolved += other.resolved;
        self.days_to_resolve.extend(other.days_to_resolve);
        self
    }

    fn finish(self, complaints: bool, resolutions: bool) -> Option<(ShopFigures, Rhythm)> {
        let ordered_on = |place: Option<usize>| date_of(self.first_day + i32::try_from(place?).ok()?);
        let first_order_on = ordered_on(self.has_order.iter().position(|has| *has))?;
        let last_order_on = ordered_on(self.has_order.iter().rposition(|has| *has))?;
        let (customers, orders) = (self.orders_of.len(), self.values.len());
        let n_customers = customers as f64;
        let single = self.orders_of.iter().filter(|orders| **orders < 2.0).count();
        // Without an as-of day before it, the first day is that of the first order.
        let days = self.has_order.iter().skip_while(|has| !**has);
        let quiet: Vec<usize> =
            days.clone().copied().collect::<Vec<_>>().split(|has| *has).map(<[bool]>::len).collect();
        let gaps = self.rhythm.gaps.iter().map(|gap| f64::from(*gap)).collect();
        let share = |part: usize, all: usize| (all > 0).then(|| part as f64 / all as f64);
        let complaints = complaints.then(|| ComplaintFigures {
            complaints: self.complaints,
            customers_share: self.complaining as f64 / n_customers,
            resolved_share: share(self.resolved, self.complaints).filter(|_| resolutions),
            days_to_resolve: Quantiles::of(self.days_to_resolve),
        });
        let figures = ShopFigures {
            customers,
            orders,
            first_order_on,
            last_order_on,
            days: days.count(),
            days_without_order: quiet.iter().sum(),
            longest_stretch_without_order_days: quiet.iter().copied().max().unwrap_or(0),
            orders_per_customer: Quantiles::of(self.orders_of)?,
            one_order_share: single as f64 / n_customers,
            order_value: Quantiles::of(self.values)?,
            gap_days: Quantiles::of(gaps),
            spend: concentration(&self.net_of),
            returns: ReturnFigures {
                lines: self.return_lines,
                customers_share: self.returning as f64 / n_customers,
                value_share: (self.ordered > 0).then(|| self.returned as f64 / self.ordered as f64),
            },
            complaints,
        };
        Some((figures, self.rhythm))
    }
}
