//! Figures of the shop over the past year, beside the same of the year before it, as both are known at the as-of day.

use jiff::civil::Date;
use serde::Serialize;

use super::quantiles::Quantiles;
use crate::timeline::{Cutoff, History, KnownComplaint};
use crate::units::{Days, Timestamp};

/// Length of a year here.
pub(super) const YEAR: Days = Days(365);

/// What a shop did in 365 days. Amounts are in major units.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct YearFigures {
    /// The first day.
    #[schemars(with = "String", extend("format" = "date"))]
    pub from: Date,
    /// The day after the last.
    #[schemars(with = "String", extend("format" = "date"))]
    pub until: Date,
    /// Customers who bought.
    pub customers: usize,
    /// Those of them who had never bought before; absent where history does not reach back by another year, since everyone is
    /// new at its start.
    pub new_customers: Option<usize>,
    /// Days on which a customer bought, over all customers.
    pub visits: usize,
    /// Spend net of returns.
    pub net_spend: f64,
    /// Share of the customers who bought on a second day of the year.
    pub repeat_rate: Option<f64>,
    /// Share of the customers of the year before who bought again; absent where history does not reach back so far.
    pub retention_rate: Option<f64>,
    /// The others: `1 - retention_rate`.
    pub churn_rate: Option<f64>,
    /// What the complaints of the year were like; absent if the shop records none.
    pub complaints: Option<YearComplaints>,
}

/// Complaints that were opened in a year.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct YearComplaints {
    /// How many, of customers who ever bought.
    pub opened: usize,
    /// On a hundred visits.
    pub per_hundred_visits: Option<f64>,
    /// Those that wait for a resolution on the as-of day; absent if the shop does not say when they are resolved.
    pub still_open: Option<usize>,
    /// Days from opening to the first response, of the answered ones.
    pub days_to_response: Option<Quantiles>,
    /// Days from opening to the last resolution, of the resolved ones.
    pub days_to_resolve: Option<Quantiles>,
}

/// The bounds of a year.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// The start of the year before.
    before: Cutoff,
    from: Cutoff,
    until: Cutoff,
    /// Whether history reaches back to the start of the year before this one.
    has_year_before: bool,
}

/// What the shop records beside purchases.
#[derive(Debug, Clone, Copy)]
pub(super) struct Records {
    pub(super) complaints: bool,
    pub(super) resolution: bool,
}

/// What some customers add to the figures of a year.
#[derive(Debug, Clone, Default)]
pub(super) struct YearPart {
    customers: usize,
    new_customers: usize,
    repeated: usize,
    visits: usize,
    net_spend: f64,
    /// Customers of the year before, and those of them who came back.
    before: usize,
    retained: usize,
    opened: usize,
    still_open: usize,
    days_to_response: Vec<f64>,
    days_to_resolve: Vec<f64>,
}

impl Bounds {
    /// The past year and the one before it, as far as history reaches; the first is there even if it is not a whole one.
    pub(super) fn of(as_of: Cutoff, first_day: i32, zone: &jiff::tz::TimeZone) -> Vec<Self> {
        let year = |until: Cutoff| {
            let from = until.before(YEAR, zone);
            let before = from.before(YEAR, zone);
            Self { before, from, until, has_year_before: first_day <= before.day() }
        };
        let past = year(as_of);
        let before = year(past.from);
        std::iter::once(past).chain(past.has_year_before.then_some(before)).collect()
    }

    fn has(&self, at: Timestamp) -> bool {
        (self.from.at()..self.until.at()).contains(&at)
    }
}

impl YearPart {
    pub(super) fn add(&mut self, bounds: &Bounds, history: &History<'_>) {
        let days = history.visit_days();
        let (from, until) = (bounds.from.day(), bounds.until.day());
        let place = |day: i32| days.partition_point(|visit| *visit < day);
        let visits = place(until) - place(from);
        let was_customer = place(from) > place(bounds.before.day());
        self.visits += visits;
        self.customers += usize::from(visits > 0);
        self.repeated += usize::from(visits > 1);
        self.new_customers += usize::from(visits > 0 && place(from) == 0);
        self.before += usize::from(was_customer);
        self.retained += usize::from(was_customer && visits > 0);
        self.net_spend += history.net_spend_between(bounds.from.at(), bounds.until.at());
        history
            .complaints()
            .iter()
            .filter(|complaint| bounds.has(complaint.opened_at))
            .for_each(|one| self.add_one(one));
    }

    fn add_one(&mut self, complaint: &KnownComplaint) {
        let after = |at: Option<Timestamp>| at.map(|at| at.days_since(complaint.opened_at));
        self.opened += 1;
        self.still_open += usize::from(complaint.is_open());
        self.days_to_response.extend(after(complaint.first_response_at));
        self.days_to_resolve.extend(after(complaint.resolved_at).filter(|_| !complaint.is_open()));
    }

    pub(super) fn join(&mut self, other: Self) {
        self.customers += other.customers;
        self.new_customers += other.new_customers;
        self.repeated += other.repeated;
        self.visits += other.visits;
        self.net_spend += other.net_spend;
        self.before += other.before;
        self.retained += other.retained;
        self.opened += other.opened;
        self.still_open += other.still_open;
        self.days_to_response.extend(other.days_to_response);
        self.days_to_resolve.extend(other.days_to_resolve);
    }

    /// The figures, as far as the shop records what they are of.
    pub(super) fn finish(self, bounds: &Bounds, records: Records) -> YearFigures {
        let share = |part: usize, all: usize| (all > 0).then(|| part as f64 / all as f64);
        let retention_rate = share(self.retained, self.before).filter(|_| bounds.has_year_before);
        YearFigures {
            from: bounds.from.date(),
            until: bounds.until.date(),
            customers: self.customers,
            new_customers: bounds.has_year_before.then_some(self.new_customers),
            visits: self.visits,
            net_spend: self.net_spend,
            repeat_rate: share(self.repeated, self.customers),
            retention_rate,
            churn_rate: retention_rate.map(|rate| 1.0 - rate),
            complaints: records.complaints.then(|| YearComplaints {
                opened: self.opened,
                per_hundred_visits: share(self.opened, self.visits).map(|share| 100.0 * share),
                still_open: records.resolution.then_some(self.still_open),
                days_to_response: Quantiles::of(self.days_to_response),
                days_to_resolve: Quantiles::of(self.days_to_resolve),
            }),
        }
    }
}
