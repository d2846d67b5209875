//! How a shop recovers from complaints: how long customers wait, whether they buy again, and how many go without a word.

use jiff::civil::Date;
use serde::Serialize;

use super::quantiles::Quantiles;
use crate::maths::proportion::wilson;
use crate::timeline::{Available, Cutoff, EventLog, History, date_of};
use crate::units::{Days, Timestamp};

/// Complaints of so many days are looked at, the latest whose window has ended.
const YEAR: i32 = 365;
/// A settlement is fast at most within so many days, however slow the shop is.
const FAST_AT_MOST: i32 = 60;
/// Length of either stretch in which visits are compared for a decline, in days.
const STRETCH: i32 = 180;
/// Visits in the earlier stretch from which on a decline can be told.
const VISITS: usize = 2;

/// Complaints and what came of them. A window is `horizon_days` long and begins `fast_days` after a complaint was opened, for
/// all complaints alike; those whose window had not ended by the as-of day are not counted.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Recovery {
    /// Of whom, and how it is counted.
    pub population: String,
    /// The first day on which a counted complaint was opened.
    #[schemars(with = "String", extend("format" = "date"))]
    pub from: Date,
    /// The day after the last.
    #[schemars(with = "String", extend("format" = "date"))]
    pub until: Date,
    /// Length of the window in which a purchase counts, in days.
    pub horizon_days: u32,
    /// A complaint settled within so many days is settled fast: half of those settled are. Absent if the shop does not record it.
    pub fast_days: Option<u32>,
    /// Columns of complaints that are not mapped, so that what needs them is absent.
    pub not_recorded: Vec<&'static str>,
    /// Complaints counted.
    pub complaints: usize,
    /// Days from opening to the first answer, of those answered.
    pub days_to_response: Option<Quantiles>,
    /// Days from opening to the settlement, of those settled for good.
    pub days_to_resolve: Option<Quantiles>,
    /// Complaints after which the customer complained again within the horizon after a complaint.
    pub complained_again: Share,
    /// Complaints after which the customer bought in the window, by how they were handled.
    pub bought_again: Vec<Repurchase>,
    /// Customers who buy less than before, and how many of them never complained.
    pub silent_decline: SilentDecline,
}

/// A share that was counted.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Share {
    /// Of how many.
    pub n: usize,
    /// How many.
    pub count: usize,
    /// The share; absent of nothing.
    pub share: Option<f64>,
    /// Bounds that hold it in 95 of 100 cases (Wilson).
    pub interval: Option<[f64; 2]>,
}

/// Who bought after a complaint.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Repurchase {
    /// How the complaint was handled.
    pub handling: Handling,
    /// Complaints, and those after which the customer bought in the window.
    #[serde(flatten)]
    pub bought: Share,
}

/// How a complaint was handled, as it stood at the end of its window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Handling {
    /// Settled within `fast_days`.
    Fast,
    /// Settled later.
    Slow,
    /// Not settled.
    None,
    /// The shop does not record it.
    NotRecorded,
}

/// Customers who buy less than before. A customer counts with two days with an order or more in the 180 days before the last
/// 180, and declines with at most half as many in the last 180.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SilentDecline {
    /// Customers of whom a decline can be told.
    pub customers: usize,
    /// Those who declined, and how many of them did not complain in the 365 days before the as-of day.
    #[serde(flatten)]
    pub silent: Share,
}

/// One complaint with what came of it.
#[derive(Debug, Clone)]
struct Case {
    opened: i32,
    response_days: Option<f64>,
    resolution_days: Option<f64>,
    settled: Option<i32>,
    /// The day on which it was opened again.
    reopened: Option<i32>,
    visits: Vec<i32>,
    next_complaint: Option<i32>,
}

/// What some customers add.
#[derive(Debug, Clone, Default)]
pub(super) struct RecoveryPart {
    cases: Vec<Case>,
    comparable: usize,
    declined: usize,
    silent: usize,
}

/// What recovery is asked.
#[derive(Clone, Copy)]
pub(super) struct RecoveryQuestion<'a> {
    pub(super) log: &'a EventLog,
    pub(super) as_of: Cutoff,
    pub(super) horizon: Days,
}

impl RecoveryQuestion<'_> {
    fn horizon(&self) -> i32 {
        i32::try_from(self.horizon.0).unwrap_or(i32::MAX / 4)
    }

    fn day(&self, at: Timestamp) -> i32 {
        self.log.calendar().day(at)
    }

    /// The figures of all parts; `None` if the shop records no complaints.
    pub(super) fn finish(&self, part: RecoveryPart) -> Option<Recovery> {
        let has = |what: Available| self.log.available().contains(&what);
        if !has(Available::Complaints) {
            return None;
        }
        let RecoveryPart { cases, comparable, declined, silent } = part;
        let fast = has(Available::Resolution).then(|| fast_days(&cases)).flatten();
        let until = self.as_of.day() - self.horizon() - fast.unwrap_or(0) + 1;
        let from = until - YEAR;
        let counted: Vec<&Case> = cases.iter().filter(|case| (from..until).contains(&case.opened)).collect();
        let days = |of: fn(&Case) -> Option<f64>| Quantiles::of(counted.iter().filter_map(|case| of(case)).collect());
        let again = |case: &&&Case| case.next_complaint.is_some_and(|next| next - case.opened <= self.horizon());
        let needed = [Available::FirstResponse, Available::Resolution];
        Some(Recovery {
            population: format!(
                "complaints opened from {} to {} whose window of {} has ended; decline: customers with {VISITS} days with an order \
                 or more from {} to {STRETCH} days before the day",
                date_of(from)?,
                date_of(until - 1)?,
                self.horizon,
                2 * STRETCH
            ),
            from: date_of(from)?,
            until: date_of(until)?,
            horizon_days: self.horizon.0,
            fast_days: fast.and_then(|days| u32::try_from(days).ok()),
            not_recorded: needed.into_iter().filter(|what| !has(*what)).map(Available::input).collect(),
            complaints: counted.len(),
            days_to_response: days(|case| case.response_days),
            days_to_resolve: days(|case| case.resolution_days),
            complained_again: Share::of(counted.iter().filter(again).count(), counted.len()),
            bought_again: self.bought_again(&counted, fast),
            silent_decline: SilentDecline { customers: comparable, silent: Share::of(silent, declined) },
        })
    }

    /// Who bought in the window, by handling.
    fn bought_again(&self, cases: &[&Case], fast: Option<i32>) -> Vec<Repurchase> {
        let start = fast.unwrap_or(0);
        let window = |case: &Case| case.opened + start..case.opened + start + self.horizon();
        // What was opened again after the window was settled in it.
        let settled = |case: &Case| case.settled.filter(|_| case.reopened.is_none_or(|day| day >= window(case).end));
        let handling = |case: &Case| match (fast, settled(case)) {
            (None, _) => Handling::NotRecorded,
            (Some(days), Some(settled)) if settled - case.opened <= days => Handling::Fast,
            (Some(_), Some(settled)) if settled < window(case).end => Handling::Slow,
            (Some(_), _) => Handling::None,
        };
        let has_bought =
            |case: &Case| case.visits.iter().any(|visit| window(case).contains(visit) && *visit > case.opened);
        let of = |asked: Handling| {
            let own: Vec<&&Case> = cases.iter().filter(|case| handling(case) == asked).collect();
            let bought = own.iter().filter(|case| has_bought(case)).count();
            Repurchase { handling: asked, bought: Share::of(bought, own.len()) }
        };
        let asked = if fast.is_some() {
            vec![Handling::Fast, Handling::Slow, Handling::None]
        } else {
            vec![Handling::NotRecorded]
        };
        asked.into_iter().map(of).collect()
    }
}

/// Days within which half of the settled complaints were settled, in whole days, at least one.
#[expect(clippy::cast_possible_truncation, reason = "held between 1 and 60")]
fn fast_days(cases: &[Case]) -> Option<i32> {
    let days = Quantiles::of(cases.iter().filter_map(|case| case.resolution_days).collect())?;
    Some(days.p50.ceil().clamp(1.0, f64::from(FAST_AT_MOST)) as i32)
}

impl RecoveryPart {
    pub(super) fn add(&mut self, question: &RecoveryQuestion<'_>, history: &History<'_>) {
        let today = question.as_of.day();
        let visits = history.visit_days();
        let complaints = history.complaints();
        let oldest = today - YEAR - question.horizon() - FAST_AT_MOST;
        let opened: Vec<i32> = complaints.iter().map(|one| question.day(one.opened_at)).collect();
        for (place, one) in complaints.iter().enumerate().filter(|(_, one)| question.day(one.opened_at) >= oldest) {
            let day = question.day(one.opened_at);
            let resolved = one.resolved_at.filter(|_| !one.is_open());
            self.cases.push(Case {
                opened: day,
                response_days: one.first_response_at.map(|at| at.days_since(one.opened_at)),
                resolution_days: resolved.map(|at| at.days_since(one.opened_at)),
                settled: one.resolved_at.map(|at| question.day(at)),
                reopened: one
                    .reopened_at
                    .filter(|at| one.resolved_at.is_some_and(|resolved| *at > resolved))
                    .map(|at| question.day(at)),
                visits: visits.iter().copied().filter(|visit| *visit > day).collect(),
                next_complaint: opened.get(place + 1).copied(),
            });
        }
        let between = |from: i32, until: i32| {
            visits.partition_point(|visit| *visit < today - until)
                - visits.partition_point(|visit| *visit < today - from)
        };
        let (before, lately) = (between(2 * STRETCH, STRETCH), between(STRETCH, 0));
        let has_complained = opened.iter().any(|day| today - day <= YEAR);
        let has_declined = before >= VISITS && 2 * lately <= before;
        self.comparable += usize::from(before >= VISITS);
        self.declined += usize::from(has_declined);
        self.silent += usize::from(has_declined && !has_complained);
    }

    pub(super) fn join(&mut self, other: Self) {
        self.cases.extend(other.cases);
        self.comparable += other.comparable;
        self.declined += other.declined;
        self.silent += other.silent;
    }
}

impl Share {
    fn of(count: usize, n: usize) -> Self {
        let share = (n > 0).then(|| count as f64 / n as f64);
        Self { n, count, share, interval: wilson(count, n) }
    }
}
