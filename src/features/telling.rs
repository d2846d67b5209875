//! What a feature may say of a customer in a list: which fact it tells, on which side, and in which sentence; and which of
//! its parts belong to other facts.

use serde::{Deserialize, Serialize};

/// Something that the customer did or that happened to the customer: what reasons tell, each at most once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// No order for long, by itself and beside the customer's own rhythm.
    Silence,
    /// Few orders, or a first one not long ago.
    FewOrders,
    /// Fewer orders than before.
    FewerOrders,
    /// Little spent.
    LowSpend,
    /// Less spent than before.
    SpendFell,
    /// Few different things, in few ways.
    NarrowBasket,
    /// A category that was bought regularly is bought no longer, though others are.
    CategoryStopped,
    /// Bought at a discount.
    Discounts,
    /// Given back.
    Returns,
    /// A complaint that waits.
    OpenComplaint,
    /// Complaints handled slowly or badly.
    ComplaintHandling,
    /// Complaints.
    Complaints,
    /// What the customer said when asked.
    Surveys,
    /// What the shop has defined itself.
    Custom,
}

impl Fact {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Silence,
        Self::FewOrders,
        Self::FewerOrders,
        Self::LowSpend,
        Self::SpendFell,
        Self::NarrowBasket,
        Self::CategoryStopped,
        Self::Discounts,
        Self::Returns,
        Self::OpenComplaint,
        Self::ComplaintHandling,
        Self::Complaints,
        Self::Surveys,
        Self::Custom,
    ];

    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Silence => "silence",
            Self::FewOrders => "few orders",
            Self::FewerOrders => "fewer orders than before",
            Self::LowSpend => "low spend",
            Self::SpendFell => "less spent than before",
            Self::NarrowBasket => "narrow basket",
            Self::CategoryStopped => "category stopped",
            Self::Discounts => "discounts",
            Self::Returns => "returns",
            Self::OpenComplaint => "open complaint",
            Self::ComplaintHandling => "handling of complaints",
            Self::Complaints => "complaints",
            Self::Surveys => "surveys",
            Self::Custom => "the shop's own features",
        }
    }
}

/// What is no fact about one customer and so never told as a reason; `retain explain` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Context {
    /// The time of the year.
    Season,
    /// What the shop sells to others.
    Shop,
    /// How many others are alike.
    Population,
    /// What no customer can change and no shop can mend.
    Person,
    /// What another model expects.
    Forecast,
}

impl Context {
    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Season => "season",
            Self::Shop => "shop",
            Self::Population => "population",
            Self::Person => "person",
            Self::Forecast => "forecast",
        }
    }
}

/// On which side of the training median a value may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Above it.
    High,
    /// Below it.
    Low,
    /// Wherever it raises the odds: a custom feature, of which only the shop knows what is bad.
    Any,
}

impl Side {
    /// Whether a value stands on this side of a median, if there is one.
    #[must_use]
    pub fn has(self, value: f64, median: Option<f64>) -> bool {
        match (self, median) {
            (Self::High, Some(median)) => value > median,
            (Self::Low, Some(median)) => value < median,
            (Self::Any, _) | (_, None) => true,
        }
    }
}

/// What a feature has to do with reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// Nobody has decided; a test refuses it.
    Undecided,
    /// It tells a fact on one side, in the sentence of the feature.
    Tells(Fact, Side),
    /// The same, ahead of what else tells the fact.
    TellsFirst(Fact, Side),
    /// It adds to a fact that others tell.
    Adds(Fact),
    /// It is never told.
    Context(Context),
}

impl Telling {
    /// The fact that it adds to.
    #[must_use]
    pub const fn fact(self) -> Option<Fact> {
        match self {
            Self::Tells(fact, _) | Self::TellsFirst(fact, _) | Self::Adds(fact) => Some(fact),
            Self::Undecided | Self::Context(_) => None,
        }
    }

    /// The context that it belongs to.
    #[must_use]
    pub const fn context(self) -> Option<Context> {
        match self {
            Self::Context(context) => Some(context),
            _ => None,
        }
    }

    /// The side on which it may be told.
    #[must_use]
    pub const fn side(self) -> Option<Side> {
        match self {
            Self::Tells(_, side) | Self::TellsFirst(_, side) => Some(side),
            _ => None,
        }
    }
}

/// A figure of the purchase model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForecastFigure {
    /// The probability of no purchase.
    NoPurchase,
    /// The expected purchases.
    Purchases,
    /// The probability of being active.
    Active,
}

/// How the contribution of a derived quantity is passed on to what it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// A forecast from silence, number of visits and tenure: to the features of [`FORECAST_INPUTS`].
    Forecast(ForecastFigure),
    /// A product: one factor is the feature of this name, the rest stays.
    Product(&'static str),
    /// A sum that halves every so many days of silence: to the silence, the rest stays.
    Decay {
        /// Days in which it halves.
        half_life_days: u32,
    },
}

/// The feature that tells the silence.
pub const SILENCE_FEATURE: &str = "recency_days";

/// What forecasts of the purchase model are made of: silence, visits, tenure.
pub const FORECAST_INPUTS: [&str; 3] = [SILENCE_FEATURE, "order_days_all_count", "tenure_days"];

impl Split {
    /// The features that it needs to know.
    #[must_use]
    pub fn inputs(self) -> Vec<&'static str> {
        match self {
            Self::Forecast(_) => FORECAST_INPUTS.to_vec(),
            Self::Product(name) => vec![name],
            Self::Decay { .. } => vec![SILENCE_FEATURE],
        }
    }
}
