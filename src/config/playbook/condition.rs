//! Conditions of actions: a column of the list held against a number.

use std::fmt;

use serde::{Serialize, Serializer};

/// A column of the list that conditions may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConditionColumn {
    /// `churn_probability`
    ChurnProbability,
    /// `leaving_probability`
    LeavingProbability,
    /// `gone_probability`
    GoneProbability,
    /// `value_at_stake`
    ValueAtStake,
    /// `clv_historic`
    ClvHistoric,
    /// `days_since_last_order`
    DaysSinceLastOrder,
    /// `open_complaints`
    OpenComplaints,
}

impl ConditionColumn {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::ChurnProbability,
        Self::LeavingProbability,
        Self::GoneProbability,
        Self::ValueAtStake,
        Self::ClvHistoric,
        Self::DaysSinceLastOrder,
        Self::OpenComplaints,
    ];

    /// Its name in the list.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ChurnProbability => "churn_probability",
            Self::LeavingProbability => "leaving_probability",
            Self::GoneProbability => "gone_probability",
            Self::ValueAtStake => "value_at_stake",
            Self::ClvHistoric => "clv_historic",
            Self::DaysSinceLastOrder => "days_since_last_order",
            Self::OpenComplaints => "open_complaints",
        }
    }
}

/// How two numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
    /// `=`
    Equal,
}

const COMPARISONS: [(&str, Comparison); 5] = [
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("<", Comparison::Less),
    (">", Comparison::More),
    ("=", Comparison::Equal),
];

impl Comparison {
    const fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
            Self::Equal => "=",
        }
    }
}

/// A column of the list held against a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Condition {
    /// The column.
    pub column: ConditionColumn,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what.
    pub number: f64,
}

/// Why a condition cannot be read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Unreadable {
    /// It is not `column comparison number`.
    Form,
    /// No column of that name can be read.
    Column(String),
}

impl Condition {
    /// Reads `value_at_stake >= 50`.
    pub(super) fn read(text: &str) -> Result<Self, Unreadable> {
        let found = COMPARISONS.into_iter().find_map(|(sign, comparison)| {
            let (column, number) = text.split_once(sign)?;
            Some((column.trim(), comparison, number.trim()))
        });
        let (name, comparison, number) = found.ok_or(Unreadable::Form)?;
        let number = number.parse().ok().filter(|number: &f64| number.is_finite()).ok_or(Unreadable::Form)?;
        let column = ConditionColumn::ALL.into_iter().find(|column| column.name() == name);
        Ok(Self { column: column.ok_or_else(|| Unreadable::Column(name.to_owned()))?, comparison, number })
    }

    /// Whether it holds of a customer's value; of a value that is not known nothing holds.
    #[must_use]
    #[expect(clippy::float_cmp, reason = "a person wrote the number that is to be met")]
    pub fn holds(&self, value: Option<f64>) -> bool {
        value.is_some_and(|value| match self.comparison {
            Comparison::Less => value < self.number,
            Comparison::AtMost => value <= self.number,
            Comparison::More => value > self.number,
            Comparison::AtLeast => value >= self.number,
            Comparison::Equal => value == self.number,
        })
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.column.name(), self.comparison.sign(), self.number)
    }
}

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_reads_as_it_is_written() {
        for text in ["value_at_stake >= 50", "open_complaints = 0", "churn_probability < 0.5", "clv_historic <= -2"] {
            assert_eq!(Condition::read(text).unwrap().to_string(), text);
        }
        assert_eq!(Condition::read("clv_historic>100").unwrap().to_string(), "clv_historic > 100");
        let wrong = ["", "value_at_stake", "value_at_stake >= ", "value_at_stake >= many", "clv_historic > inf"];
        assert!(wrong.into_iter().all(|text| Condition::read(text) == Err(Unreadable::Form)));
        let unknown = Condition::read("value_at_steak > 1");
        assert_eq!(unknown, Err(Unreadable::Column("value_at_steak".to_owned())));
    }

    #[test]
    fn it_holds_at_its_edge_and_never_of_what_is_not_known() {
        let holds = |text: &str, value| Condition::read(text).unwrap().holds(value);
        assert_eq!([49.9, 50.0].map(|value| holds("value_at_stake >= 50", Some(value))), [false, true]);
        assert_eq!([50.0, 50.1].map(|value| holds("value_at_stake > 50", Some(value))), [false, true]);
        assert_eq!([49.9, 50.0].map(|value| holds("value_at_stake < 50", Some(value))), [true, false]);
        assert_eq!([50.0, 50.1].map(|value| holds("value_at_stake <= 50", Some(value))), [true, false]);
        assert_eq!([0.0, 1.0].map(|value| holds("open_complaints = 0", Some(value))), [true, false]);
        assert!(!holds("open_complaints = 0", None) && !holds("value_at_stake < 50", Some(f64::NAN)));
    }
}
