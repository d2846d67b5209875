//! What came of a customer: bought in the label window or not, and came back in the follow-up behind it or not.
//!
//! The follow-up is `[cutoff + gap + horizon, cutoff + gap + horizon + follow_up)`. An outcome is known from its end on, so
//! that only cutoffs whose follow-up had ended by an as-of day can teach anything then.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::rule::{ChurnRule, Schedule};
use crate::timeline::{Cutoff, Future, Retention};
use crate::units::{Days, Timestamp};

/// What came of a customer who was eligible at a cutoff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Bought nothing, neither in the label window nor in the follow-up.
    Never,
    /// Bought nothing in the label window and came back in the follow-up.
    Quiet,
    /// Bought in the label window and nothing in the follow-up.
    Last,
    /// Bought in both.
    Staying,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Never, Self::Quiet, Self::Last, Self::Staying];

    /// The outcome of a customer who bought in the label window or not, and in the follow-up or not.
    #[must_use]
    pub const fn of(bought: bool, came_back: bool) -> Self {
        match (bought, came_back) {
            (false, false) => Self::Never,
            (false, true) => Self::Quiet,
            (true, false) => Self::Last,
            (true, true) => Self::Staying,
        }
    }

    /// Whether the customer bought nothing in the label window, which is what churn means.
    #[must_use]
    pub const fn has_churned(self) -> bool {
        matches!(self, Self::Never | Self::Quiet)
    }

    /// The word in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Quiet => "quiet",
            Self::Last => "last",
            Self::Staying => "staying",
        }
    }
}

/// The churn rule with a follow-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeRule<'a> {
    /// Who counts, and the label window.
    pub churn: &'a ChurnRule,
    /// Length of the follow-up behind the label window, in days.
    pub follow_up: Days,
}

impl OutcomeRule<'_> {
    /// Days from a cutoff until its outcomes are known.
    #[must_use]
    pub const fn settles_after(&self) -> Days {
        Days(self.churn.matures_after().0.saturating_add(self.follow_up.0))
    }

    /// The follow-up of each cutoff.
    #[must_use]
    pub fn windows(&self, cutoffs: &[Cutoff], zone: &TimeZone) -> Vec<FollowUpWindow> {
        let window = |cutoff: &Cutoff| FollowUpWindow {
            from: cutoff.after(self.churn.matures_after(), zone).at(),
            until: cutoff.after(self.settles_after(), zone).at(),
        };
        cutoffs.iter().map(window).collect()
    }

    /// The training cutoffs of the churn rule whose outcomes were known at `as_of`, in ascending order.
    #[must_use]
    pub fn training_cutoffs(&self, as_of: Cutoff, schedule: &Schedule, zone: &TimeZone) -> Vec<Cutoff> {
        self.churn.cutoffs_before(as_of, as_of.before(self.settles_after(), zone), schedule, zone)
    }
}

/// The follow-up of one cutoff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FollowUpWindow {
    from: Timestamp,
    until: Timestamp,
}

impl FollowUpWindow {
    /// From when to when it is known that the customer came back; [`Retention::NONE`] for one who did not.
    #[must_use]
    pub fn comeback(&self, future: &Future<'_>) -> Retention {
        future.purchase(self.from, self.until)
    }

    /// The instant from which the outcome is known.
    #[must_use]
    pub const fn ends_at(&self) -> Timestamp {
        self.until
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::timeline::columns::{PurchaseColumns, Tables};
    use crate::timeline::{EventLog, KnownSpan, ScanScratch, ScanSettings};
    use crate::units::{MICROS_PER_DAY, Money};

    const RULE: ChurnRule = ChurnRule { horizon: Days(10), gap: Days(2), active: Days(5), min_purchases: 1 };

    fn day(month: i8, day: i8) -> Cutoff {
        Cutoff::at_start_of(date(2024, month, day), &TimeZone::UTC)
    }

    fn log(days: &[i64]) -> EventLog {
        let at = |days: &i64| Timestamp(day(6, 1).at().0 + days * MICROS_PER_DAY + 1);
        let tables = Tables {
            customer_ids: vec!["a".to_owned()],
            purchases: PurchaseColumns {
                customer: vec![0; days.len()],
                purchased_at: days.iter().map(at).collect(),
                amount: vec![Money(100); days.len()],
                is_return: vec![false; days.len()],
                ..PurchaseColumns::default()
            },
            ..Tables::default()
        };
        EventLog::build(tables, &TimeZone::UTC).unwrap()
    }

    /// What came of a customer with orders on some days from the cutoff.
    fn outcome(days: &[i64]) -> Outcome {
        let cutoffs = [day(6, 1)];
        let rule = OutcomeRule { churn: &RULE, follow_up: Days(20) };
        let (labels, follow_ups) = (RULE.windows(&cutoffs, &TimeZone::UTC), rule.windows(&cutoffs, &TimeZone::UTC));
        let settings =
            ScanSettings { cutoffs: &cutoffs, minor_per_major: 100.0, horizon: Days(10), gap: Days(2), contexts: &[] };
        let mut found = None;
        log(days).shards()[0].fold(
            &settings,
            &mut ScanScratch::default(),
            |_, _| true,
            |_, _, future| {
                let stands = |retention: Retention| retention.stands_at(follow_ups[0].ends_at());
                let bought = stands(labels[0].retention(future));
                found = Some(Outcome::of(bought, stands(follow_ups[0].comeback(future))));
            },
        );
        found.unwrap()
    }

    #[test]
    fn the_follow_up_begins_where_the_label_window_ends_and_is_half_open() {
        assert_eq!(outcome(&[-1]), Outcome::Never);
        assert_eq!(outcome(&[-1, 1]), Outcome::Never, "the gap is neither");
        assert_eq!(outcome(&[-1, 11]), Outcome::Last, "the last day of the label window");
        assert_eq!(outcome(&[-1, 12]), Outcome::Quiet, "the first day of the follow-up");
        assert_eq!(outcome(&[-1, 31]), Outcome::Quiet, "the last day of the follow-up");
        assert_eq!(outcome(&[-1, 32]), Outcome::Never, "the day after it");
        assert_eq!(outcome(&[-1, 2, 31]), Outcome::Staying);
        for outcome in Outcome::ALL {
            assert_eq!(outcome.has_churned(), matches!(outcome.name(), "never" | "quiet"));
        }
    }

    #[test]
    fn only_cutoffs_whose_follow_up_has_ended_can_teach() {
        let rule = OutcomeRule { churn: &RULE, follow_up: Days(20) };
        let span: KnownSpan = log(&[-150, -1]).span().clone();
        let schedule = Schedule { step: Days(7), max_cutoffs: Some(3), span };
        let churn = RULE.training_cutoffs(day(6, 1), &schedule, &TimeZone::UTC);
        let settled = rule.training_cutoffs(day(6, 1), &schedule, &TimeZone::UTC);
        assert_eq!(churn, [day(5, 6), day(5, 13), day(5, 20)]);
        // 32 days before the first of June is the thirtieth of April; the grid is that of the churn rule.
        assert_eq!(settled, [day(4, 15), day(4, 22), day(4, 29)], "as many as a training may have");
        assert!(settled.iter().all(|cutoff| cutoff.after(rule.settles_after(), &TimeZone::UTC) <= day(6, 1)));
    }
}
