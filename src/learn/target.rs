//! What a learner predicts: churn, or one of the two halves of what came of a customer.

use serde::{Deserialize, Serialize};

use crate::dataset::Dataset;
use crate::label::Outcome;
use crate::timeline::Cutoff;

/// What is predicted of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// No purchase in the label window.
    #[default]
    Churn,
    /// No return in the follow-up, asked of those without a purchase in the label window.
    Never,
    /// No return in the follow-up, asked of those with a purchase in the label window.
    Last,
}

impl Target {
    /// Whether the row is one of those of whom it is asked, as far as was known at `as_of`.
    #[must_use]
    pub fn is_asked(self, dataset: &Dataset, row: usize, as_of: Cutoff) -> bool {
        let outcome = || dataset.outcome(row, as_of);
        match self {
            Self::Churn => true,
            Self::Never => outcome().is_some_and(Outcome::has_churned),
            Self::Last => outcome().is_some_and(|outcome| !outcome.has_churned()),
        }
    }

    /// Whether it came true for the row, as far as was known at `as_of`.
    #[must_use]
    pub fn is_true(self, dataset: &Dataset, row: usize, as_of: Cutoff) -> bool {
        match self {
            Self::Churn => dataset.churned(row, as_of),
            Self::Never => dataset.outcome(row, as_of) == Some(Outcome::Never),
            Self::Last => dataset.outcome(row, as_of) == Some(Outcome::Last),
        }
    }

    /// The word in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Churn => "churn",
            Self::Never => "never",
            Self::Last => "last",
        }
    }
}
