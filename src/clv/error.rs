//! Owns what can be wrong with what is handed to the value models.

use thiserror::Error;

use crate::error::{Exit, Report};

/// Why no value was estimated.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ValueError {
    /// A purchase history that cannot be.
    #[error("history of {frequency} repeat purchases, recency {recency}, age {age} is impossible; allowed: {allowed}")]
    Summary {
        /// Repeat purchases.
        frequency: u32,
        /// Time from first to last purchase.
        recency: f64,
        /// Time from first purchase to the end of the observation.
        age: f64,
        /// The rule that is broken.
        allowed: &'static str,
    },
    /// A parameter outside its range.
    #[error("parameter `{parameter}` of {model} is {value}; allowed: finite and above 0")]
    Parameter {
        /// The model.
        model: String,
        /// The parameter, as the papers write it.
        parameter: &'static str,
        /// What came.
        value: f64,
    },
    /// A regularity outside its range.
    #[error("regularity k is {regularity}; allowed: 1 to {most}")]
    Regularity {
        /// What came.
        regularity: u32,
        /// The most that is allowed.
        most: u32,
    },
    /// There is nobody to learn from.
    #[error("no customers to fit a value model on")]
    NoCustomers,
    /// Nobody ever came back, so nothing can be learned about coming back.
    #[error("none of {n_customers} customers has bought again; allowed: one repeat purchase or more")]
    NoRepeatPurchases {
        /// Customers given.
        n_customers: usize,
    },
    /// No step of the fallback ladder gave a usable model.
    #[error("no value model could be fitted; tried: {tried}")]
    NoModel {
        /// Every step and why it was refused.
        tried: String,
    },
    /// Two columns that belong together differ in length.
    #[error("{column} has {found} entries; allowed: one for each of the {expected} customers")]
    LengthDiffers {
        /// Which column, in words.
        column: &'static str,
        /// Entries needed.
        expected: usize,
        /// Entries found.
        found: usize,
    },
    /// An amount that is not a number.
    #[error("{column} holds {value}; allowed: {allowed}")]
    Number {
        /// Which column or argument, in words.
        column: &'static str,
        /// What came.
        value: f64,
        /// The rule that is broken.
        allowed: &'static str,
    },
    /// Too few customers with a positive mean spend.
    #[error("{found} customers have repeat purchases with a positive mean spend; allowed: {least} or more")]
    TooFewSpenders {
        /// Customers found.
        found: usize,
        /// Customers needed.
        least: usize,
    },
    /// The model has no rate that the covariate could shift.
    #[error("{model} has no {rate} rate that a covariate could shift")]
    NoSuchRate {
        /// The model.
        model: String,
        /// `purchase` or `dropout`.
        rate: &'static str,
    },
}

impl Report for ValueError {
    fn code(&self) -> &'static str {
        match self {
            Self::Summary { .. } => "E501",
            Self::Parameter { .. } => "E502",
            Self::NoCustomers => "E503",
            Self::NoRepeatPurchases { .. } => "E504",
            Self::NoModel { .. } => "E505",
            Self::LengthDiffers { .. } => "E506",
            Self::Number { .. } => "E507",
            Self::TooFewSpenders { .. } => "E508",
            Self::NoSuchRate { .. } => "E509",
            Self::Regularity { .. } => "E510",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::NoCustomers | Self::NoRepeatPurchases { .. } | Self::NoModel { .. } | Self::TooFewSpenders { .. } => {
                Exit::DataRefused
            }
            _ => Exit::CouldNotRun,
        }
    }

    fn hint(&self) -> Option<String> {
        let advice = match self {
            Self::NoCustomers | Self::NoRepeatPurchases { .. } => {
                "take a longer history: value models need customers who have had the time to buy again"
            }
            Self::NoModel { .. } => "look at the frequency table: a handful of bulk buyers may dominate the history",
            Self::TooFewSpenders { .. } => "use the shop's mean spend per order instead of a fitted one",
            Self::NoSuchRate { .. } => "covariates on dropout need a model with dropout, such as BG/NBD",
            _ => return None,
        };
        Some(advice.to_owned())
    }
}
