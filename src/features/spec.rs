//! What a feature is: the form that every entry of the catalogue fills in.

use serde::{Deserialize, Serialize};

use super::telling::{Context, Fact, Side, Split, Telling};
use crate::timeline::{Available, History, Window};

/// Features that tell about the same side of a customer; reasons are given by family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// How long since the last order and since the first.
    Recency,
    /// How often.
    Frequency,
    /// How much money.
    Monetary,
    /// The customer's own rhythm.
    Cadence,
    /// More or less than before.
    Trend,
    /// The time of the year.
    Season,
    /// What is bought, and where.
    Basket,
    /// What is given back.
    Returns,
    /// Complaints and how they were handled.
    Complaints,
    /// Going without a word: decline without any complaint.
    Silence,
    /// The customer's own rhythm in each category.
    Categories,
    /// Answers to surveys.
    Surveys,
    /// Who the customer is.
    Attributes,
    /// What the shop as a whole does.
    Shop,
    /// What a model of repeat purchases expects.
    ValueModel,
    /// What the shop has defined itself.
    Custom,
}

impl Family {
    /// Whether its features read what the shop as a whole looked like, beside the customer's own history.
    #[must_use]
    pub const fn looks_at_the_shop(self) -> bool {
        matches!(self, Self::Shop | Self::Attributes)
    }

    /// Whether its features read the purchase model that is fitted on the shop.
    #[must_use]
    pub const fn asks_the_purchase_model(self) -> bool {
        matches!(self, Self::ValueModel)
    }

    /// A stable code for systems that read reasons.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Recency => "recency",
            Self::Frequency => "frequency",
            Self::Monetary => "monetary",
            Self::Cadence => "cadence",
            Self::Trend => "trend",
            Self::Season => "season",
            Self::Basket => "basket",
            Self::Returns => "returns",
            Self::Complaints => "complaints",
            Self::Silence => "silence",
            Self::Categories => "categories",
            Self::Surveys => "surveys",
            Self::Attributes => "attributes",
            Self::Shop => "shop",
            Self::ValueModel => "value_model",
            Self::Custom => "custom",
        }
    }
}

/// What a value is measured in; names end in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Days: of the shop's calendar between visits, of 24 hours between instants.
    Days,
    /// A number of things.
    Count,
    /// Major units of the currency.
    Amount,
    /// Between 0 and 1.
    Share,
    /// One figure divided by another.
    Ratio,
    /// A number of things per month of 30 days.
    PerMonth,
    /// Standard deviations.
    Sd,
    /// A point on a scale of the shop.
    Level,
    /// Natural units of information: 0 where all is one.
    Nats,
    /// Years of 365.25 days.
    Years,
    /// A plain number, of which nothing more is known.
    Number,
}

impl Unit {
    /// The end of the names of features in this unit.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Days => "_days",
            Self::Count => "_count",
            Self::Amount => "_amount",
            Self::Share => "_share",
            Self::Ratio => "_ratio",
            Self::PerMonth => "_per_month",
            Self::Sd => "_sd",
            Self::Level => "_level",
            Self::Nats => "_nats",
            Self::Years => "_years",
            Self::Number => "_number",
        }
    }
}

/// What a feature is when there is nothing to compute it from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Absent {
    /// Nothing happened: zero is the truth.
    Zero,
    /// Not defined: a missing value, which learners treat as such.
    Missing,
}

/// One feature.
#[derive(Debug, Clone, Copy)]
pub struct Feature {
    /// Its name, ending in the unit.
    pub name: &'static str,
    /// Its family.
    pub family: Family,
    /// Its unit.
    pub unit: Unit,
    /// Which of its definitions this is, counted from 1: a stored model that learnt from another one cannot use it.
    pub definition: u32,
    /// The stretch of history that its computation is handed. A feature that compares stretches, or looks at other rows than
    /// orders, may have all of the history here and names the stretches in its meaning.
    pub window: Window,
    /// The optional input it needs; shops without it do not have the feature.
    pub needs: Option<Available>,
    /// Columns that it reads beside those of its family and the input it needs.
    pub also: &'static [&'static str],
    /// What it tells.
    pub meaning: &'static str,
    /// Its value when there is nothing to compute it from.
    pub absent: Absent,
    /// What it has to do with reasons.
    pub telling: Telling,
    /// How its contribution is passed on to what it is made of, if it is a derived quantity.
    pub split: Option<Split>,
    /// It looks at so many last days: after a longer silence it says no more than the silence does, and adds to that.
    pub recent_days: Option<u32>,
    /// The sentence for the ranked list, if it tells a fact; `explain/sentence.rs` says how it is filled in.
    pub reason: &'static str,
    /// The computation; NaN stands for a missing value.
    pub compute: fn(&History<'_>, Window) -> f64,
}

impl Feature {
    /// A feature over all of the history that every shop has and that is never absent.
    pub(super) const fn new(name: &'static str, family: Family, unit: Unit) -> Self {
        Self {
            name,
            family,
            unit,
            definition: 1,
            window: Window::All,
            needs: None,
            also: &[],
            meaning: "",
            absent: Absent::Zero,
            telling: Telling::Undecided,
            split: None,
            recent_days: None,
            reason: "",
            compute: |_, _| f64::NAN,
        }
    }

    /// The `definition`-th definition: the same customers may have other values than under the one before.
    #[allow(dead_code, reason = "until a feature is defined anew")]
    pub(super) const fn revised(mut self, definition: u32) -> Self {
        self.definition = definition;
        self
    }

    pub(super) const fn over(mut self, window: Window) -> Self {
        self.window = window;
        self
    }

    pub(super) const fn needs(mut self, input: Available) -> Self {
        self.needs = Some(input);
        self
    }

    pub(super) const fn also(mut self, columns: &'static [&'static str]) -> Self {
        self.also = columns;
        self
    }

    pub(super) const fn meaning(mut self, meaning: &'static str) -> Self {
        self.meaning = meaning;
        self
    }

    /// The feature is missing where it is not defined.
    pub(super) const fn or_missing(mut self) -> Self {
        self.absent = Absent::Missing;
        self
    }

    /// It tells a fact on one side of the training median.
    pub(super) const fn tells(mut self, fact: Fact, side: Side, reason: &'static str) -> Self {
        self.telling = Telling::Tells(fact, side);
        self.reason = reason;
        self
    }

    /// The same, ahead of what else tells the fact.
    pub(super) const fn tells_first(mut self, fact: Fact, side: Side, reason: &'static str) -> Self {
        self.telling = Telling::TellsFirst(fact, side);
        self.reason = reason;
        self
    }

    /// It adds to a fact that other features tell better.
    pub(super) const fn adds_to(mut self, fact: Fact) -> Self {
        self.telling = Telling::Adds(fact);
        self
    }

    /// It is no fact about the customer alone, and never told.
    pub(super) const fn context(mut self, context: Context) -> Self {
        self.telling = Telling::Context(context);
        self
    }

    pub(super) const fn split(mut self, split: Split) -> Self {
        self.split = Some(split);
        self
    }

    pub(super) const fn recent(mut self, days: u32) -> Self {
        self.recent_days = Some(days);
        self
    }

    pub(super) const fn is(mut self, compute: fn(&History<'_>, Window) -> f64) -> Self {
        self.compute = compute;
        self
    }
}

/// `a / b`, or missing where `b` is not positive.
pub(super) fn ratio(a: f64, b: f64) -> f64 {
    if b > 0.0 { a / b } else { f64::NAN }
}

/// A count as a number.
pub(super) fn count(n: usize) -> f64 {
    n as f64
}
