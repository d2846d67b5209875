//! The churn rule: who counts at a cutoff, and who left after it.
//!
//! Eligible at a cutoff: at least `min_purchases` orders, the last one in `[cutoff - active, cutoff)`. Churned: eligible
//! and no purchase in `[cutoff + gap, cutoff + gap + horizon)`. Days are calendar days in the shop's zone.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::checked::{Checked, Flaw};
use crate::config::ChurnConfig;
use crate::timeline::{Cutoff, Future, KnownSpan, Presence, Retention, Season, matured_cutoffs};
use crate::units::{Days, Timestamp};

/// What churn means for a shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChurnRule {
    /// Length of the label window.
    pub horizon: Days,
    /// Time between the cutoff and the label window.
    pub gap: Days,
    /// How long before the cutoff the last order of an eligible customer may lie.
    pub active: Days,
    /// Orders an eligible customer has at least.
    pub min_purchases: u32,
}

impl From<&ChurnConfig> for ChurnRule {
    fn from(churn: &ChurnConfig) -> Self {
        Self {
            horizon: churn.horizon_days,
            gap: churn.gap_days,
            active: churn.active_days,
            min_purchases: churn.min_purchases,
        }
    }
}

impl Checked for ChurnRule {
    /// A rule is one that the config allows.
    fn check(&self) -> Result<(), Flaw> {
        let Self { horizon, gap, active, min_purchases } = *self;
        let follow_up_days = None;
        ChurnConfig { horizon_days: horizon, gap_days: gap, active_days: active, min_purchases, follow_up_days }.check()
    }
}

impl ChurnRule {
    /// Days from a cutoff until its labels are known.
    #[must_use]
    pub const fn matures_after(&self) -> Days {
        Days(self.gap.0 + self.horizon.0)
    }

    /// The rule's instants for each cutoff.
    #[must_use]
    pub fn windows(&self, cutoffs: &[Cutoff], zone: &TimeZone) -> Vec<RuleWindow> {
        let window = |cutoff: &Cutoff| RuleWindow {
            active_from: cutoff.before(self.active, zone).at(),
            label_from: cutoff.after(self.gap, zone).at(),
            label_until: cutoff.after(self.matures_after(), zone).at(),
            min_purchases: self.min_purchases as usize,
        };
        cutoffs.iter().map(window).collect()
    }

    /// The part of the year that the label window repeats.
    #[must_use]
    pub const fn season(&self) -> Season {
        Season { gap: self.gap, horizon: self.horizon }
    }

    /// The first instant with enough history before it for a cutoff, by what was known before `as_of`: the first customers
    /// need some before they can be distinguished, the active window or, where that is shorter, a third of all there is.
    /// `None` where nothing was known.
    #[must_use]
    pub fn earliest_cutoff(&self, as_of: Cutoff, span: &KnownSpan) -> Option<Timestamp> {
        let (first, last) = span.before(as_of)?;
        let warm_up = self.active.micros().min(last.0.saturating_sub(first.0) / 3);
        Some(Timestamp(first.0.saturating_add(warm_up)))
    }

    /// The cutoffs whose labels were known at `as_of`, in ascending order, none before [`Self::earliest_cutoff`]: they
    /// depend on nothing that was known only later.
    #[must_use]
    pub fn training_cutoffs(&self, as_of: Cutoff, schedule: &Schedule, zone: &TimeZone) -> Vec<Cutoff> {
        self.cutoffs_before(as_of, as_of, schedule, zone)
    }

    /// The cutoffs of the same schedule at or before `limit` alone; as many of them as a training may have.
    pub(super) fn cutoffs_before(
        &self,
        as_of: Cutoff,
        limit: Cutoff,
        schedule: &Schedule,
        zone: &TimeZone,
    ) -> Vec<Cutoff> {
        let Some(earliest) = self.earliest_cutoff(as_of, &schedule.span) else { return Vec::new() };
        let mut cutoffs = matured_cutoffs(as_of, self.matures_after(), schedule.step, earliest, zone);
        cutoffs.retain(|cutoff| *cutoff <= limit);
        if let Some(most) = schedule.max_cutoffs {
            cutoffs.drain(..cutoffs.len().saturating_sub(most as usize));
        }
        cutoffs
    }

    /// Who the figures speak of, in a few words.
    #[must_use]
    pub fn population(&self) -> String {
        let orders = if self.min_purchases == 1 { "order" } else { "orders" };
        format!("customers with at least {} {orders}, the last within {}", self.min_purchases, self.active)
    }

    /// What is predicted, in a few words.
    #[must_use]
    pub fn question(&self) -> String {
        if self.gap.0 == 0 {
            format!("no purchase in the {} from the cutoff", self.horizon)
        } else {
            format!("no purchase in the {} that begin {} after the cutoff", self.horizon, self.gap)
        }
    }
}

/// How the training cutoffs of a shop lie in its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Days between them.
    pub step: Days,
    /// At most this many, the most recent ones; `None` for all.
    pub max_cutoffs: Option<u32>,
    /// From when to when there were purchases, as far as that was known at each day.
    pub span: KnownSpan,
}

/// The churn rule at one cutoff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleWindow {
    active_from: Timestamp,
    label_from: Timestamp,
    label_until: Timestamp,
    min_purchases: usize,
}

impl RuleWindow {
    pub(crate) fn is_eligible(&self, presence: Presence) -> bool {
        presence.orders >= self.min_purchases && presence.last_order_at >= self.active_from
    }

    /// From when to when it is known that the customer stayed; [`Retention::NONE`] for one who left.
    #[must_use]
    pub fn retention(&self, future: &Future<'_>) -> Retention {
        future.purchase(self.label_from, self.label_until)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::timeline::columns::{PurchaseColumns, Tables};
    use crate::timeline::{EventLog, ScanScratch, ScanSettings};
    use crate::units::{Days, MICROS_PER_DAY, Money};

    fn rule() -> ChurnRule {
        ChurnRule { horizon: Days(10), gap: Days(2), active: Days(5), min_purchases: 1 }
    }

    /// Whether a customer with orders at `offsets` (microseconds from the cutoff) is eligible and, if so, left.
    fn outcome(offsets: &[i64]) -> Option<bool> {
        let cutoff = Cutoff::at_start_of(date(2024, 6, 1), &TimeZone::UTC);
        let at = offsets.iter().map(|offset| Timestamp(cutoff.at().0 + offset)).collect::<Vec<_>>();
        let tables = Tables {
            customer_ids: vec!["a".to_owned()],
            purchases: PurchaseColumns {
                customer: vec![0; at.len()],
                amount: vec![Money(100); at.len()],
                is_return: vec![false; at.len()],
                purchased_at: at,
                ..PurchaseColumns::default()
            },
            ..Tables::default()
        };
        let log = EventLog::build(tables, &TimeZone::UTC).unwrap();
        let windows = rule().windows(&[cutoff], &TimeZone::UTC);
        let settings =
            ScanSettings { cutoffs: &[cutoff], minor_per_major: 100.0, horizon: Days(10), gap: Days(0), contexts: &[] };
        let mut left = None;
        let wanted = |at: crate::timeline::Place, presence| windows[at.cutoff].is_eligible(presence);
        log.shards()[0].fold(&settings, &mut ScanScratch::default(), wanted, |_, _, future| {
            left = Some(windows[0].retention(future) == Retention::NONE);
        });
        left
    }

    #[test]
    fn windows_are_half_open_at_every_edge() {
        const DAY: i64 = MICROS_PER_DAY;
        let eligible = -1;
        assert_eq!(outcome(&[0]), None, "an order at the cutoff is not history");
        assert_eq!(outcome(&[-1]), Some(true));
        assert_eq!(outcome(&[-5 * DAY]), Some(true), "the active window includes its start");
        assert_eq!(outcome(&[-5 * DAY - 1]), None);
        assert_eq!(outcome(&[eligible, 2 * DAY - 1]), Some(true), "the gap does not count");
        assert_eq!(outcome(&[eligible, 2 * DAY]), Some(false), "the label window includes its start");
        assert_eq!(outcome(&[eligible, 12 * DAY - 1]), Some(false));
        assert_eq!(outcome(&[eligible, 12 * DAY]), Some(true), "the label window excludes its end");
    }

    /// From when to when there were purchases on days of 2024, each with the day on which it was recorded.
    fn span(lines: &[(Cutoff, Cutoff)]) -> KnownSpan {
        let instants = |of: fn(&(Cutoff, Cutoff)) -> Cutoff| lines.iter().map(|line| of(line).at()).collect::<Vec<_>>();
        let tables = Tables {
            customer_ids: vec!["a".to_owned()],
            purchases: PurchaseColumns {
                customer: vec![0; lines.len()],
                amount: vec![Money(100); lines.len()],
                is_return: vec![false; lines.len()],
                purchased_at: instants(|line| line.0),
                recorded_at: Some(instants(|line| line.1)),
                ..PurchaseColumns::default()
            },
            ..Tables::default()
        };
        EventLog::build(tables, &TimeZone::UTC).unwrap().span().clone()
    }

    fn day(month: i8, day: i8) -> Cutoff {
        Cutoff::at_start_of(date(2024, month, day), &TimeZone::UTC)
    }

    #[test]
    fn training_cutoffs_leave_the_first_customers_some_history_and_are_the_most_recent_ones() {
        let at_once = |days: &[Cutoff]| span(&days.iter().map(|day| (*day, *day)).collect::<Vec<_>>());
        let schedule = Schedule { step: Days(7), max_cutoffs: None, span: at_once(&[day(6, 1), day(6, 30)]) };
        let dates = |schedule: &Schedule| -> Vec<String> {
            let cutoffs = rule().training_cutoffs(day(7, 1), schedule, &TimeZone::UTC);
            cutoffs.iter().map(ToString::to_string).collect()
        };
        // Labels are known twelve days after a cutoff; the active window of five days begins on June 1.
        assert_eq!(rule().earliest_cutoff(day(7, 1), &schedule.span), Some(day(6, 6).at()));
        assert_eq!(dates(&schedule), ["2024-06-12", "2024-06-19"]);
        assert_eq!(dates(&Schedule { max_cutoffs: Some(1), ..schedule.clone() }), ["2024-06-19"]);
        let short = at_once(&[day(6, 1), day(6, 4)]);
        let earliest = rule().earliest_cutoff(day(7, 1), &short);
        assert_eq!(earliest, Some(day(6, 2).at()), "a third of a history shorter than that");
        assert_eq!(dates(&Schedule { span: at_once(&[day(7, 1)]), ..schedule }), [""; 0], "nothing is known yet");
    }

    #[test]
    fn what_is_known_later_moves_no_training_cutoff() {
        let known = [(day(1, 1), day(1, 1)), (day(6, 30), day(6, 30))];
        let rule = ChurnRule { active: Days(365), ..rule() };
        let cutoffs = |more: &[(Cutoff, Cutoff)]| {
            let span = span(&[&known, more].concat());
            let schedule = Schedule { step: Days(7), max_cutoffs: None, span };
            rule.training_cutoffs(day(7, 1), &schedule, &TimeZone::UTC)
        };
        // The warm-up is a third of the half-year that is known.
        assert_eq!((cutoffs(&[]).len(), cutoffs(&[])[0]), (16, day(3, 6)));
        assert_eq!(cutoffs(&[(day(7, 1), day(7, 1)), (day(12, 24), day(12, 24))]), cutoffs(&[]), "bought later");
        assert_eq!(cutoffs(&[(day(6, 20), day(7, 1))]), cutoffs(&[]), "recorded later");
        let year_before = Cutoff::at_start_of(date(2023, 1, 1), &TimeZone::UTC);
        assert_eq!(cutoffs(&[(year_before, day(7, 1))]), cutoffs(&[]), "an old purchase that was recorded later");
        assert!(cutoffs(&[(year_before, year_before)]).len() > 16);
    }

    #[test]
    fn the_population_is_reported_in_words() {
        assert_eq!(rule().population(), "customers with at least 1 order, the last within 5 days");
        assert_eq!(rule().question(), "no purchase in the 10 days that begin 2 days after the cutoff");
    }
}
