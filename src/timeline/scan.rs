//! The fold: one pass over each customer's events that shows every wanted cutoff as a [`History`].
//!
//! This is the hot path of the product. Shards run in parallel; within a shard nothing is allocated per event.

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

use super::attributes::{AttributeLog, Attributes};
use super::calendar::Calendar;
use super::columns::NEVER;
use super::complaints::{ComplaintLog, KnownComplaint};
use super::context::ShopContext;
use super::custom::{CustomLog, CustomRows};
use super::cutoff::Cutoff;
use super::future::Future;
use super::history::History;
use super::ledger::{Ledger, Orders, Presence};
use super::lines::{Grouping, Lines};
use super::mix::Mixer;
use super::partition::{Part, Return, Returns};
use super::surveys::{KnownAnswer, SurveyLog};
use super::voids::{ReturnCounts, Undone, VoidOrder};
use super::walk::CustomerWalk;
use crate::units::{Days, Timestamp};

/// A range of customers with their events.
#[derive(Debug)]
pub(crate) struct Shard {
    customers: Range<usize>,
    calendar: Arc<Calendar>,
    /// Bought lines, customer after customer, order after order.
    lines: Lines,
    line_starts: Vec<u32>,
    returns: Returns,
    return_counts: ReturnCounts,
    facts: PartFacts,
}

/// What a range of customers said and is, beside what they bought.
#[derive(Debug, Default)]
pub(super) struct PartFacts {
    pub(super) complaints: ComplaintLog,
    pub(super) attributes: AttributeLog,
    pub(super) surveys: SurveyLog,
    /// Rows of custom features, those over purchases included.
    pub(super) custom: CustomLog,
}

/// What a fold is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScanSettings<'a> {
    /// In ascending order.
    pub(crate) cutoffs: &'a [Cutoff],
    pub(crate) minor_per_major: f64,
    pub(crate) horizon: Days,
    /// Days between the cutoff and the window that churn is asked about.
    pub(crate) gap: Days,
    /// What the shop looked like at each cutoff, from [`EventLog::contexts`](super::EventLog::contexts).
    pub(crate) contexts: &'a [ShopContext],
}

/// For a fold without contexts.
static UNKNOWN_SHOP: ShopContext = ShopContext::UNKNOWN;

/// Memory that a thread keeps from shard to shard.
#[derive(Debug, Default)]
pub(crate) struct ScanScratch {
    ledger: Ledger,
    walk: CustomerWalk,
    late: Late,
    late_walk: CustomerWalk,
    recent: Recent,
}

/// Memory for the rare customer of whom some rows were not yet known at a cutoff, or no longer stood: those that did are
/// grouped anew.
#[derive(Debug, Default)]
pub(super) struct Late {
    lines: Lines,
    sequence: Vec<u32>,
    grouping: Grouping,
    ledger: Ledger,
}

/// Memory for what is gathered anew at each cutoff.
#[derive(Debug, Default)]
struct Recent {
    complaints: Vec<KnownComplaint>,
    answers: Vec<KnownAnswer>,
    mixer: Mixer,
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

impl Late {
    /// The orders built anew from the lines that were known before the cutoff, without those of void orders.
    pub(super) fn orders(&mut self, shard: &Shard, range: Range<usize>, cutoff: Timestamp) -> Orders<'_> {
        let lines = &shard.lines;
        self.sequence.clear();
        self.lines.clear();
        let known = range.filter(|line| lines.stands_at(*line, cutoff)).filter_map(|line| u32::try_from(line).ok());
        self.grouping.arrange(lines, known, &mut self.sequence);
        for line in &self.sequence {
            self.lines.push_from(lines, *line as usize);
        }
        self.ledger.read(&self.lines, 0..self.lines.at.len(), &shard.calendar)
    }
}

impl Shard {
    pub(super) fn new(customers: Range<usize>, part: Part, facts: PartFacts, calendar: Arc<Calendar>) -> Self {
        let Part { bought: mut lines, bought_starts: line_starts, returned, returned_starts } = part;
        let undone = Undone::find(&lines, &line_starts, &returned, &returned_starts);
        if undone.counts.void_orders > 0 {
            lines.void = undone.void;
        }
        let gives_back = |line: usize| {
            let void = undone.line[line].map_or(NEVER, |bought| lines.void(bought));
            (void, undone.excess[line])
        };
        let returns = Returns::new(&returned, returned_starts, gives_back);
        Self { customers, calendar, lines, line_starts, returns, return_counts: undone.counts, facts }
    }

    /// The orders of the customer at a position of the shard, whenever they happened or became known.
    pub(super) fn orders_of<'l>(&'l self, local: usize, ledger: &'l mut Ledger) -> Orders<'l> {
        ledger.read(&self.lines, self.lines_of(local), &self.calendar)
    }

    pub(super) const fn lines(&self) -> &Lines {
        &self.lines
    }

    /// The attributes of the customer at a position of the shard.
    pub(super) fn attributes_at(&self, local: usize, cutoff: Timestamp) -> Attributes {
        self.facts.attributes.known_at(local, cutoff)
    }

    /// How its returns were matched with purchases.
    pub(super) const fn return_counts(&self) -> ReturnCounts {
        self.return_counts
    }

    /// The numbers of its customers.
    pub(crate) const fn customers(&self) -> &Range<usize> {
        &self.customers
    }

    /// Names every customer and cutoff that `wanted` accepts, as [`Shard::fold`] would visit them.
    pub(crate) fn meet(
        &self,
        cutoffs: &[Cutoff],
        wanted: impl Fn(Place, Presence) -> bool,
        mut met: impl FnMut(Place),
    ) {
        self.outcomes(cutoffs, |place, presence, _| {
            if wanted(place, presence) {
                met(place);
            }
        });
    }

    /// Shows, for every customer with an order known at a cutoff, what decides whether the customer counts there and
    /// what came after: customers ascending, then cutoffs. Nothing else of the history is made, which is what asking many
    /// churn rules about many cutoffs needs.
    pub(crate) fn outcomes(&self, cutoffs: &[Cutoff], mut visit: impl FnMut(Place, Presence, &Future<'_>)) {
        let (mut ledger, mut late) = (Ledger::default(), Late::default());
        for (local, customer) in self.customers.clone().enumerate() {
            let all = self.orders_of(local, &mut ledger);
            for (position, cutoff) in cutoffs.iter().enumerate() {
                let place = Place { customer, local, cutoff: position };
                let presence = match all.known_at(cutoff.at()) {
                    Some(known) => known.presence(),
                    None => late.orders(self, self.lines_of(local), cutoff.at()).presence(),
                };
                if let Some(presence) = presence {
                    visit(place, presence, &Future { orders: all });
                }
            }
        }
    }

    /// Writes into `known` the complaints of one of its customers, by number, as they were known before a cutoff.
    pub(crate) fn complaints_at(&self, customer: usize, cutoff: Cutoff, known: &mut Vec<KnownComplaint>) {
        self.facts.complaints.known_at(customer - self.customers.start, cutoff.at(), known);
    }

    /// The void orders of one of its customers, by number, as they were known before a cutoff.
    pub(crate) fn void_orders_at(&self, customer: usize, cutoff: Cutoff) -> Vec<VoidOrder> {
        VoidOrder::among(&self.lines, self.lines_of(customer - self.customers.start), cutoff.at())
    }

    /// Visits every customer and cutoff that `wanted` accepts, customers ascending, then cutoffs ascending.
    pub(crate) fn fold(
        &self,
        settings: &ScanSettings<'_>,
        scratch: &mut ScanScratch,
        wanted: impl Fn(Place, Presence) -> bool,
        visit: impl FnMut(Place, &History<'_>, &Future<'_>),
    ) {
        self.fold_of(self.customers.clone(), settings, scratch, wanted, visit);
    }

    /// The same for some of its customers, by number: no other is looked at.
    #[expect(clippy::too_many_arguments, reason = "what `fold` takes, and the customers")]
    pub(crate) fn fold_of(
        &self,
        customers: Range<usize>,
        settings: &ScanSettings<'_>,
        scratch: &mut ScanScratch,
        wanted: impl Fn(Place, Presence) -> bool,
        mut visit: impl FnMut(Place, &History<'_>, &Future<'_>),
    ) {
        let ScanScratch { ledger, walk, late, late_walk, recent } = scratch;
        for customer in customers {
            let local = customer - self.customers.start;
            let all = self.orders_of(local, ledger);
            walk.begin();
            for (position, cutoff) in settings.cutoffs.iter().enumerate() {
                let place = Place { customer, local, cutoff: position };
                let complete = all.known_at(cutoff.at());
                let known = match complete {
                    Some(known) => known,
                    None => late.orders(self, self.lines_of(local), cutoff.at()),
                };
                if !known.presence().is_some_and(|presence| wanted(place, presence)) {
                    continue;
                }
                let walk = if complete.is_some() {
                    &mut *walk
                } else {
                    late_walk.begin();
                    &mut *late_walk
                };
                walk.advance(&known, known.at.len());
                let history = self.history(place, settings, (known, walk), recent);
                visit(place, &history, &Future { orders: all });
            }
        }
    }

    /// What the customer at a position of the shard gave back, whenever that was.
    pub(super) fn returns_of(&self, local: usize) -> &[Return] {
        self.returns.of(local)
    }

    pub(super) fn lines_of(&self, local: usize) -> Range<usize> {
        self.line_starts[local] as usize..self.line_starts[local + 1] as usize
    }

    fn history<'h>(
        &'h self,
        place: Place,
        settings: &ScanSettings<'h>,
        (orders, walk): (Orders<'h>, &'h CustomerWalk),
        recent: &'h mut Recent,
    ) -> History<'h> {
        let cutoff = settings.cutoffs[place.cutoff];
        let starts = History::window_starts(orders.at, cutoff.at());
        let context = settings.contexts.get(place.cutoff).unwrap_or(&UNKNOWN_SHOP);
        let basket = recent.mixer.basket(&orders, starts, context);
        self.facts.complaints.known_at(place.local, cutoff.at(), &mut recent.complaints);
        self.facts.surveys.known_at(place.local, cutoff.at(), &mut recent.answers);
        History {
            cutoff,
            today: cutoff.day(),
            orders,
            walk,
            basket,
            returns: self.returns.of(place.local),
            complaints: &recent.complaints,
            answers: &recent.answers,
            custom: CustomRows { log: &self.facts.custom, customer: place.local, cutoff: cutoff.at() },
            attributes: self.attributes_at(place.local, cutoff.at()),
            category_cadence: OnceCell::new(),
            gaps: OnceCell::new(),
            forecast: OnceCell::new(),
            decay: OnceCell::new(),
            half_year_slope: OnceCell::new(),
            context,
            minor_per_major: settings.minor_per_major,
            horizon: settings.horizon,
            gap: settings.gap,
            starts,
        }
    }
}
