//! A list of an earlier day, and what a row is beside it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::decide::{RfmSegment, Stage, Suppression};

/// A list of an earlier day.
#[derive(Debug, Clone, PartialEq)]
pub struct EarlierList {
    /// Its day.
    pub as_of: Date,
    /// The model that made it.
    pub model_version: String,
    /// The rows of both lists by customer.
    pub rows: BTreeMap<String, EarlierRow>,
}

/// That a customer went from one group to another, as lists tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved<T> {
    /// The day of the first list on which the customer was in the present group.
    pub since: Date,
    /// The group on the list before that.
    pub before: T,
}

impl<T: Copy + PartialEq> Moved<T> {
    /// The move that led to where a customer is `now`: one since the earlier list, or else the one that it tells of. `None`
    /// where no list has seen one: since when the customer is there is then not known.
    #[must_use]
    pub fn to(now: T, earlier: Option<T>, told: Option<Self>, today: Date) -> Option<Self> {
        let before = earlier?;
        if before == now { told } else { Some(Self { since: today, before }) }
    }
}

/// A row of an earlier list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EarlierRow {
    /// Whether it stood on the win-back list.
    pub is_winback: bool,
    /// Its place on its list, from 1.
    pub rank: i64,
    /// Probability of churning, as it was written.
    pub churn_probability: f64,
    /// Whether the customer was to be contacted.
    pub is_treated: bool,
    /// Why the customer was not to be contacted; `None` where there was no reason, or one that is not known.
    pub suppressed: Option<Suppression>,
    /// Days since the last order.
    pub days_since_last_order: i64,
    /// The life-cycle stage; `None` if it is a word that is not known.
    pub stage: Option<Stage>,
    /// The RFM segment; `None` if it is a word that is not known.
    pub rfm: Option<RfmSegment>,
    /// The last move between stages that it tells of.
    pub stage_moved: Option<Moved<Stage>>,
    /// The last move between segments that it tells of.
    pub rfm_moved: Option<Moved<RfmSegment>>,
}

/// What happened to a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// On neither list before.
    New,
    /// From the list to the win-back list.
    ToWinback,
    /// From the win-back list to the list.
    FromWinback,
    /// To be contacted, and was not before.
    ToContact,
    /// Was to be contacted, and is not any more.
    NoLonger,
    /// More likely to churn.
    Riskier,
    /// Less likely to churn.
    Safer,
}

impl Change {
    /// The word in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::ToWinback => "to_winback",
            Self::FromWinback => "from_winback",
            Self::ToContact => "to_contact",
            Self::NoLonger => "no_longer",
            Self::Riskier => "riskier",
            Self::Safer => "safer",
        }
    }
}

/// A row beside the same customer's row on the earlier list.
#[derive(Debug, Clone, PartialEq)]
pub struct RowChange {
    /// What happened, if it is worth telling, and why.
    pub told: Option<(Change, String)>,
    /// The row of the earlier list.
    pub before: Option<EarlierRow>,
    /// The last move between stages that a list has seen.
    pub stage: Option<Moved<Stage>>,
    /// The last move between segments that a list has seen.
    pub rfm: Option<Moved<RfmSegment>>,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn since_when_is_carried_from_list_to_list_and_never_invented() {
        let [first, second] = [date(2025, 6, 1), date(2025, 6, 8)];
        let moved = |now, earlier, told, today| Moved::to(now, earlier, told, today);
        assert_eq!(moved(Stage::AtRisk, None, None, first), None, "no list before this one");
        assert_eq!(moved(Stage::AtRisk, Some(Stage::AtRisk), None, first), None, "it was so when first seen");
        let seen = moved(Stage::AtRisk, Some(Stage::Loyal), None, first);
        assert_eq!(seen, Some(Moved { since: first, before: Stage::Loyal }));
        assert_eq!(moved(Stage::AtRisk, Some(Stage::AtRisk), seen, second), seen, "still the same");
        let again = moved(Stage::Dormant, Some(Stage::AtRisk), seen, second);
        assert_eq!(again, Some(Moved { since: second, before: Stage::AtRisk }));
    }
}
