//! What stops the work: nothing to test on, nothing to learn from, a model that may not be promoted.

use crate::error::{Exit, Report};
use crate::explain::Absence;
use crate::units::Days;

/// Work that cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// There is no cutoff to test at.
    #[error("no test cutoff has matured by {as_of}: a label is known {matures_after} after its cutoff")]
    NothingMatured {
        /// The day at which labels are read.
        as_of: String,
        /// Gap plus horizon.
        matures_after: Days,
    },
    /// A configured test cutoff has no labels yet.
    #[error("test cutoff {cutoff} has no labels by {as_of}: they are known {matures_after} after it")]
    NotMatured {
        /// The cutoff.
        cutoff: String,
        /// The day at which labels are read.
        as_of: String,
        /// Gap plus horizon.
        matures_after: Days,
    },
    /// There is nothing to learn from before a test cutoff.
    #[error(
        "no training cutoff has matured by {cutoff}: a label is known {matures_after} after its cutoff, and {}",
        start.as_ref().map_or_else(|| "no purchase was known".to_owned(), |start| format!("history begins at {start}"))
    )]
    NothingToLearnFrom {
        /// The day.
        cutoff: String,
        /// Gap plus horizon.
        matures_after: Days,
        /// The first purchase known by then, if there was one.
        start: Option<String>,
    },
    /// Nobody counts at the day of the list.
    #[error("no customer is eligible at {as_of}: {population}")]
    NobodyEligible {
        /// The day.
        as_of: String,
        /// Who would be.
        population: String,
    },
    /// A customer is asked about who is not ranked.
    #[error("customer `{customer}` is not on the list of {as_of}: {why}. On the list are {population}")]
    NotOnTheList {
        /// The customer.
        customer: String,
        /// The day.
        as_of: String,
        /// Who is on the list.
        population: String,
        /// What keeps the customer off it.
        why: Box<Absence>,
    },
    /// Contributions that do not sum to the log-odds: a bug.
    #[error("contributions differ from the log-odds by {off:.1e}")]
    DoesNotAddUp {
        /// By how much.
        off: f64,
    },
    /// A part of the manifest cannot be written: a bug.
    #[error("{what} cannot be written as JSON: {message}")]
    NotJson {
        /// The part.
        what: &'static str,
        /// What the writer said.
        message: String,
    },
    /// The model did not pass the gate.
    #[error("model `{version}` is not promoted: {why}")]
    GateFailed {
        /// The version.
        version: String,
        /// What it failed.
        why: String,
        /// The simple rule that makes lists until a model passes, where there is no champion.
        rule: Option<String>,
    },
}

impl Report for PipelineError {
    fn code(&self) -> &'static str {
        match self {
            Self::NothingMatured { .. } => "E421",
            Self::NotMatured { .. } => "E422",
            Self::NothingToLearnFrom { .. } => "E423",
            Self::NobodyEligible { .. } => "E424",
            Self::GateFailed { .. } => "E425",
            Self::NotOnTheList { .. } => "E426",
            Self::DoesNotAddUp { .. } => "E427",
            Self::NotJson { .. } => "E429",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::GateFailed { .. } => Exit::GateFailed,
            Self::NobodyEligible { .. } | Self::NotOnTheList { .. } => Exit::NothingToDo,
            Self::DoesNotAddUp { .. } | Self::NotJson { .. } => Exit::CouldNotRun,
            _ => Exit::DataRefused,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NobodyEligible { .. } => {
                "choose an earlier `--as-of`, a longer `churn.active_days` or a lower `churn.min_purchases`".to_owned()
            }
            Self::NotOnTheList { why, .. } => why.hint(),
            Self::DoesNotAddUp { .. } => "this is a bug in retain; please report it with the model's folder".to_owned(),
            Self::NotJson { .. } => "this is a bug in retain; please report it with the config".to_owned(),
            Self::GateFailed { rule: Some(rule), .. } => format!(
                "lists come from the simple rule `{rule}` until a model passes the gate; `evaluation.json` in the folder of the \
                 version has every figure. Try `retain run` again with a longer history or with complaints, or see what \
                 `[gate]` in the config allows"
            ),
            Self::GateFailed { .. } => {
                "the champion stays as it was; the version is kept, `evaluation.json` and `manifest.json` in its folder have \
                 every figure"
                    .to_owned()
            }
            _ => "choose later or earlier cutoffs, a shorter `churn.horizon_days`, or give a longer history".to_owned(),
        })
    }
}
