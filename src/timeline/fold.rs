//! The fold: one pass over each customer's events that shows every wanted cutoff as a [`History`].
//!
//! This is the hot path of the product. Shards run in parallel; within a shard nothing is allocated per event.

use std::ops::Range;

use super::complaints::{ComplaintLog, KnownComplaint};
use super::cutoff::Cutoff;
use super::future::Future;
use super::history::{Basket, History};
use super::ledger::{Ledger, LineColumns, Orders};
use super::log::{ByCustomer, Returns};
use super::walk::{CustomerWalk, Stamps};
use crate::units::{Days, Timestamp};

/// A range of customers with their events.
#[derive(Debug, Default)]
pub(crate) struct Shard {
    customers: Range<usize>,
    ledger: Ledger,
    order_starts: Vec<usize>,
    line_starts: Vec<usize>,
    pub(super) returns: Returns,
    pub(super) complaints: ComplaintLog,
    pub(super) signed_up_at: Vec<Option<Timestamp>>,
}

/// What decides whether a customer counts at a cutoff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Presence {
    pub(crate) orders: usize,
    pub(crate) last_order_at: Timestamp,
}

/// What a fold is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FoldSettings<'a> {
    /// In ascending order.
    pub(crate) cutoffs: &'a [Cutoff],
    pub(crate) minor_per_major: f64,
    pub(crate) horizon: Days,
}

/// Memory that a thread keeps from shard to shard.
#[derive(Debug, Default)]
pub(crate) struct FoldScratch {
    walk: CustomerWalk,
    late: Ledger,
    late_walk: CustomerWalk,
    recent: Recent,
}

/// Memory for what is gathered anew at each cutoff.
#[derive(Debug, Default)]
struct Recent {
    complaints: Vec<KnownComplaint>,
    products: Stamps,
    categories: Stamps,
}

/// A customer at a cutoff, on the way to the visitor.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// The customer's number.
    pub(crate) customer: usize,
    /// Its position in the shard.
    local: usize,
    /// Position of the cutoff in the settings.
    pub(crate) cutoff: usize,
}

impl Shard {
    pub(super) fn with_orders(lines: &LineColumns, bought: &ByCustomer, customers: Range<usize>) -> Self {
        let mut shard = Self { order_starts: vec![0], line_starts: vec![0], customers, ..Self::default() };
        for customer in shard.customers.clone() {
            shard.ledger.push_customer(lines, bought.rows(customer).iter().copied());
            shard.order_starts.push(shard.ledger.at.len());
            shard.line_starts.push(shard.ledger.lines.at.len());
        }
        shard
    }

    /// Counts, per cutoff, the customers that `wanted` accepts.
    pub(crate) fn count(&self, cutoffs: &[Cutoff], wanted: impl Fn(usize, Presence) -> bool) -> Vec<usize> {
        let mut counts = vec![0; cutoffs.len()];
        let mut late = Ledger::default();
        for local in 0..self.customers.len() {
            let all = self.orders(local);
            for (position, cutoff) in cutoffs.iter().enumerate() {
                let presence = match all.known_at(cutoff.at()) {
                    Some(known) => known.presence(),
                    None => self.late_orders(local, cutoff.at(), &mut late).presence(),
                };
                counts[position] += usize::from(presence.is_some_and(|presence| wanted(position, presence)));
            }
        }
        counts
    }

    /// Visits every customer and cutoff that `wanted` accepts, customers ascending, then cutoffs ascending.
    pub(crate) fn fold(
        &self,
        settings: &FoldSettings<'_>,
        scratch: &mut FoldScratch,
        wanted: impl Fn(usize, Presence) -> bool,
        mut visit: impl FnMut(Place, &History<'_>, &Future<'_>),
    ) {
        let FoldScratch { walk, late, late_walk, recent } = scratch;
        for (local, customer) in self.customers.clone().enumerate() {
            let all = self.orders(local);
            walk.begin();
            for (position, cutoff) in settings.cutoffs.iter().enumerate() {
                let complete = all.known_at(cutoff.at());
                let known = match complete {
                    Some(known) => known,
                    None => self.late_orders(local, cutoff.at(), late),
                };
                if !known.presence().is_some_and(|presence| wanted(position, presence)) {
                    continue;
                }
                let walk = if complete.is_some() {
                    &mut *walk
                } else {
                    late_walk.begin();
                    &mut *late_walk
                };
                walk.advance(&known, known.at.len());
                let place = Place { customer, local, cutoff: position };
                let history = self.history(place, settings, (known, walk), recent);
                visit(place, &history, &Future { orders: all });
            }
        }
    }

    fn orders(&self, local: usize) -> Orders<'_> {
        self.ledger.slice(
            self.order_starts[local]..self.order_starts[local + 1],
            self.line_starts[local]..self.line_starts[local + 1],
        )
    }

    /// The customer's orders built anew from the lines that were known before the cutoff.
    fn late_orders<'s>(&self, local: usize, cutoff: Timestamp, late: &'s mut Ledger) -> Orders<'s> {
        late.clear();
        let lines = self.line_starts[local]..self.line_starts[local + 1];
        let known = lines.filter(|line| self.ledger.lines.known[*line] < cutoff);
        late.push_customer(&self.ledger.lines, known.filter_map(|line| u32::try_from(line).ok()));
        late.all()
    }

    fn history<'h>(
        &'h self,
        place: Place,
        settings: &FoldSettings<'_>,
        (orders, walk): (Orders<'h>, &'h CustomerWalk),
        recent: &'h mut Recent,
    ) -> History<'h> {
        let cutoff = settings.cutoffs[place.cutoff];
        let starts = History::window_starts(orders.at, cutoff.at());
        let basket = recent.basket(&orders, starts);
        self.complaints.known_at(place.local, cutoff.at(), &mut recent.complaints);
        History {
            cutoff,
            orders,
            walk,
            basket,
            returns: self.returns.of(place.local),
            complaints: &recent.complaints,
            signed_up_at: self.signed_up_at.get(place.local).copied().flatten(),
            minor_per_major: settings.minor_per_major,
            horizon: settings.horizon,
            starts,
        }
    }
}

impl Recent {
    /// Counts distinct codes backwards in time, so that one pass serves the nested windows.
    fn basket(&mut self, orders: &Orders<'_>, starts: [u32; 6]) -> Basket {
        let lines_before =
            |start: u32| start.checked_sub(1).map_or(0, |last| orders.lines_so_far[last as usize] as usize);
        let end = orders.lines_so_far.last().map_or(0, |lines| *lines as usize);
        let (year, quarter) = (lines_before(starts[5]), lines_before(starts[3]));
        let distinct = |codes: &[u32], stamps: &mut Stamps| -> [u32; 2] {
            let Some(codes) = codes.get(year..end) else { return [0; 2] };
            stamps.begin();
            let (older, recent) = codes.split_at(quarter - year);
            let in_quarter = recent.iter().map(|code| u32::from(stamps.is_new(*code))).sum();
            [in_quarter, in_quarter + older.iter().map(|code| u32::from(stamps.is_new(*code))).sum::<u32>()]
        };
        Basket {
            products: distinct(orders.lines.product, &mut self.products),
            categories: distinct(orders.lines.category, &mut self.categories),
        }
    }
}
