//! The life-cycle stage of a customer, by the customer's own rhythm.

use serde::{Deserialize, Serialize};

use crate::units::Days;

/// Where a customer stands. Customers silent for longer than the active window are lost and not on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// One visit, within the last horizon.
    New,
    /// Two to four visits, silent for no more than twice the usual gap.
    Repeat,
    /// Five visits or more, silent for no more than twice the usual gap.
    Loyal,
    /// Came back after a silence longer than the active window.
    WonBack,
    /// Silent for more than twice the usual gap.
    AtRisk,
    /// Silent for more than four times the usual gap, or one visit longer ago than the horizon.
    Dormant,
}

/// Visits from which a customer in rhythm is loyal.
const LOYAL_VISITS: f64 = 5.0;
/// Visits from which on the gaps between them are a rhythm: one or two gaps tell how a customer began, not how the customer buys.
pub(super) const RHYTHM_VISITS: f64 = 4.0;
/// Multiples of the usual gap after which silence tells.
const AT_RISK_GAPS: f64 = 2.0;
pub(super) const DORMANT_GAPS: f64 = 4.0;

/// What the stage is read from. A visit is a day of the shop's calendar with an order; all days are of that calendar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Behaviour {
    /// Visits so far.
    pub visits: f64,
    /// Days since the last visit.
    pub recency_days: f64,
    /// Median days between visits; `None` with one visit.
    pub gap_median_days: Option<f64>,
    /// Days between the last two visits; `None` with one visit.
    pub gap_last_days: Option<f64>,
}

impl Behaviour {
    /// Whether there are visits enough for a rhythm.
    #[must_use]
    pub fn has_rhythm(&self) -> bool {
        self.visits >= RHYTHM_VISITS
    }

    /// The usual gap in days: the own median gap, and before there is a rhythm at least so much that silence within the horizon
    /// does not tell; `None` with one visit.
    fn usual_gap_days(&self, horizon: Days) -> Option<f64> {
        let least = if self.has_rhythm() { 0.0 } else { f64::from(horizon.0) / AT_RISK_GAPS };
        self.gap_median_days.map(|gap| gap.max(least))
    }
}

impl Stage {
    /// The stage of a customer in a shop with this horizon and active window.
    #[must_use]
    pub fn of(customer: &Behaviour, horizon: Days, active: Days) -> Self {
        let (Some(gap), Some(last_gap)) = (customer.usual_gap_days(horizon), customer.gap_last_days) else {
            return if customer.recency_days <= f64::from(horizon.0) { Self::New } else { Self::Dormant };
        };
        let silence = customer.recency_days / gap;
        if silence > DORMANT_GAPS {
            Self::Dormant
        } else if silence > AT_RISK_GAPS {
            Self::AtRisk
        } else if last_gap > f64::from(active.0) {
            Self::WonBack
        } else if customer.visits >= LOYAL_VISITS {
            Self::Loyal
        } else {
            Self::Repeat
        }
    }

    /// All of them, in the order of a customer's life.
    pub const ALL: [Self; 6] = [Self::New, Self::Repeat, Self::Loyal, Self::WonBack, Self::AtRisk, Self::Dormant];

    /// What it means, for people.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::New => "New: one visit, not long ago",
            Self::Repeat => "Repeat: two to four visits, the last one within twice the usual gap",
            Self::Loyal => "Loyal: five visits or more, the last one within twice the usual gap",
            Self::WonBack => "Won back: returned after a long silence",
            Self::AtRisk => "At risk: overdue, silent for more than twice the usual gap",
            Self::Dormant => {
                "Dormant: long overdue, silent for more than four times the usual gap, or one visit long ago"
            }
        }
    }

    /// The stage of a word in files.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == word)
    }

    /// The word in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Repeat => "repeat",
            Self::Loyal => "loyal",
            Self::WonBack => "won_back",
            Self::AtRisk => "at_risk",
            Self::Dormant => "dormant",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(visits: f64, recency_days: f64, gaps: Option<(f64, f64)>) -> Stage {
        let customer = Behaviour {
            visits,
            recency_days,
            gap_median_days: gaps.map(|gaps| gaps.0),
            gap_last_days: gaps.map(|gaps| gaps.1),
        };
        Stage::of(&customer, Days(90), Days(180))
    }

    #[test]
    fn playbooks_know_every_stage() {
        let all = [Stage::New, Stage::Repeat, Stage::Loyal, Stage::WonBack, Stage::AtRisk, Stage::Dormant];
        assert_eq!(all.map(Stage::name), crate::config::playbook::STAGE_WORDS);
    }

    #[test]
    fn stages_follow_the_own_rhythm() {
        assert_eq!(stage(1.0, 90.0, None), Stage::New);
        assert_eq!(stage(1.0, 91.0, None), Stage::Dormant);
        assert_eq!(stage(3.0, 60.0, Some((30.0, 30.0))), Stage::Repeat);
        assert_eq!(stage(5.0, 60.0, Some((30.0, 30.0))), Stage::Loyal);
        assert_eq!(stage(5.0, 61.0, Some((30.0, 30.0))), Stage::AtRisk);
        assert_eq!(stage(5.0, 121.0, Some((30.0, 30.0))), Stage::Dormant);
        assert_eq!(stage(2.0, 20.0, Some((200.0, 200.0))), Stage::WonBack);
    }

    #[test]
    fn one_gap_is_no_rhythm() {
        let next_day = Some((1.0, 1.0));
        assert_eq!(stage(2.0, 18.0, next_day), Stage::Repeat);
        assert_eq!(stage(3.0, 90.0, next_day), Stage::Repeat);
        assert_eq!(stage(3.0, 91.0, next_day), Stage::AtRisk);
        assert_eq!(stage(3.0, 181.0, next_day), Stage::Dormant);
        assert_eq!(stage(2.0, 150.0, Some((80.0, 80.0))), Stage::Repeat);
        assert_eq!(stage(4.0, 18.0, next_day), Stage::Dormant);
    }
}
