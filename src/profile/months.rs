//! Figures of the shop by month of the calendar, so that a year can be seen in its course.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::years::YEAR;
use crate::timeline::{Cutoff, History, Window};

/// Months that are told at most: those of a year, and those of the year before it.
const MONTHS: i32 = 24;
/// Months, the newest, whose retention is told at most.
const RETENTION_MONTHS: i32 = 12;

/// What a shop did in a month of the calendar. Amounts are in major units.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct MonthFigures {
    /// The first day.
    #[schemars(with = "String", extend("format" = "date"))]
    pub from: Date,
    /// The day after the last.
    #[schemars(with = "String", extend("format" = "date"))]
    pub until: Date,
    /// Customers who bought.
    pub customers: usize,
    /// Days on which a customer bought, over all customers.
    pub visits: usize,
    /// Spend net of returns.
    pub net_spend: f64,
    /// At the month's end: share of those who bought in the year before the past one that bought in the past one again; of the
    /// newest twelve months alone, and absent where history does not reach back so far.
    pub retention_rate: Option<f64>,
}

/// The bounds of a month.
#[derive(Debug, Clone, Copy)]
pub(super) struct MonthBounds {
    from: Cutoff,
    until: Cutoff,
    /// The starts of the year before the past one and of the past one, as seen at the month's end.
    years: Option<[i32; 2]>,
}

/// What some customers add to a month.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct MonthPart {
    customers: usize,
    visits: usize,
    net_spend: f64,
    /// Customers of the year before the past one, and those of them who came back.
    before: usize,
    retained: usize,
}

impl MonthBounds {
    /// The months that had ended by a day and that history covers in full, the oldest first.
    pub(super) fn of(as_of: Cutoff, first_day: i32, zone: &TimeZone) -> Vec<Self> {
        let start = |ago: i32| {
            let first = as_of.date().first_of_month().checked_sub(ago.months()).ok()?;
            Some(Cutoff::at_start_of(first, zone)).filter(|start| first_day <= start.day())
        };
        let year_before = |end: Cutoff| {
            let from = end.before(YEAR, zone);
            let before = from.before(YEAR, zone);
            (first_day <= before.day()).then(|| [before.day(), from.day()])
        };
        let month = |ago: i32| {
            let (from, until) = (start(ago)?, start(ago - 1)?);
            let years = if ago <= RETENTION_MONTHS { year_before(until) } else { None };
            Some(Self { from, until, years })
        };
        (1..=MONTHS).rev().filter_map(month).collect()
    }

    fn add(&self, part: &mut MonthPart, history: &History<'_>, gave_back: bool) {
        let days = history.visit_days();
        let place = |day: i32| days.partition_point(|visit| *visit < day);
        let visits = place(self.until.day()) - place(self.from.day());
        part.visits += visits;
        part.customers += usize::from(visits > 0);
        if visits > 0 || gave_back {
            part.net_spend += history.net_spend_between(self.from.at(), self.until.at());
        }
        if let Some([before, from]) = self.years {
            let was_customer = place(from) > place(before);
            part.before += usize::from(was_customer);
            part.retained += usize::from(was_customer && place(self.until.day()) > place(from));
        }
    }

    fn finish(&self, part: &MonthPart) -> MonthFigures {
        MonthFigures {
            from: self.from.date(),
            until: self.until.date(),
            customers: part.customers,
            visits: part.visits,
            net_spend: part.net_spend,
            retention_rate: (self.years.is_some() && part.before > 0)
                .then(|| part.retained as f64 / part.before as f64),
        }
    }
}

/// What some customers add to all months.
#[derive(Debug, Clone)]
pub(super) struct MonthsPart(Vec<MonthPart>);

impl MonthsPart {
    pub(super) fn new(bounds: &[MonthBounds]) -> Self {
        Self(vec![MonthPart::default(); bounds.len()])
    }

    pub(super) fn add(&mut self, bounds: &[MonthBounds], history: &History<'_>) {
        let gave_back = history.return_count(Window::All) > 0;
        self.0.iter_mut().zip(bounds).for_each(|(part, bounds)| bounds.add(part, history, gave_back));
    }

    pub(super) fn join(&mut self, other: Self) {
        for (own, part) in self.0.iter_mut().zip(other.0) {
            own.customers += part.customers;
            own.visits += part.visits;
            own.net_spend += part.net_spend;
            own.before += part.before;
            own.retained += part.retained;
        }
    }

    pub(super) fn finish(&self, bounds: &[MonthBounds]) -> Vec<MonthFigures> {
        bounds.iter().zip(&self.0).map(|(bounds, part)| bounds.finish(part)).collect()
    }
}
