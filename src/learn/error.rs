//! What can go wrong while learning.

use crate::error::{Exit, Report};

/// A model that could not be learnt or used.
#[derive(Debug, thiserror::Error)]
pub enum LearnError {
    /// All training rows have the same label.
    #[error("all {n_rows} training rows of the {learner} have the same label: {}", outcome(*.churned))]
    SingleClass {
        /// The learner.
        learner: &'static str,
        /// Its training rows.
        n_rows: usize,
        /// The label.
        churned: bool,
    },
    /// There are no training rows.
    #[error("there is no training row for the {learner}")]
    NoRows {
        /// The learner.
        learner: &'static str,
    },
    /// A value is infinite.
    #[error("feature `{feature}` is infinite in row {row}")]
    NotFinite {
        /// The feature.
        feature: String,
        /// The row of the dataset.
        row: usize,
    },
    /// The data lack a feature of the model.
    #[error("the model needs feature `{feature}`, which the data do not have")]
    MissingFeature {
        /// The feature.
        feature: String,
    },
    /// The optimiser stopped before the optimum.
    #[error("the {learner} did not converge: gradient {gradient:.1e} per row, at most {limit:.1e} is allowed")]
    NotConverged {
        /// The learner.
        learner: &'static str,
        /// Largest entry of the gradient, per row.
        gradient: f64,
        /// The largest allowed.
        limit: f64,
    },
    /// linfa refused the data.
    #[error("linfa refused to fit the {learner}: {message}")]
    Linfa {
        /// The learner.
        learner: &'static str,
        /// What linfa said.
        message: String,
    },
    /// hessboost refused the data.
    #[error("hessboost refused to fit the {learner}: {message}")]
    Boosting {
        /// The learner.
        learner: &'static str,
        /// What hessboost said.
        message: String,
    },
    /// Numbers do not fill the matrix that they were made for: a bug.
    #[error("{found} numbers do not fill a matrix of {n_rows} rows and {n_columns} columns")]
    Shape {
        /// Rows of the matrix.
        n_rows: usize,
        /// Its columns.
        n_columns: usize,
        /// Numbers that were made.
        found: usize,
    },
    /// The parts of a row do not sum to its log-odds.
    #[error("the contributions of row {row} miss its log-odds by {difference:.1e}, at most {limit:.1e} is allowed")]
    NotAdditive {
        /// The row of the dataset.
        row: usize,
        /// Parts and base, less the log-odds.
        difference: f64,
        /// The largest allowed.
        limit: f64,
    },
}

const fn outcome(churned: bool) -> &'static str {
    if churned { "everybody left" } else { "nobody left" }
}

impl Report for LearnError {
    fn code(&self) -> &'static str {
        match self {
            Self::SingleClass { .. } => "E401",
            Self::NoRows { .. } => "E402",
            Self::NotFinite { .. } => "E403",
            Self::MissingFeature { .. } => "E404",
            Self::NotConverged { .. } => "E405",
            Self::Linfa { .. } => "E406",
            Self::Boosting { .. } => "E407",
            Self::NotAdditive { .. } => "E408",
            Self::Shape { .. } => "E428",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::SingleClass { .. } | Self::NoRows { .. } => Exit::DataRefused,
            _ => Exit::CouldNotRun,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::SingleClass { .. } => Some(
                "choose `churn.horizon_days` and `churn.active_days` so that some customers leave and some stay"
                    .to_owned(),
            ),
            Self::NoRows { .. } => {
                Some("a training cutoff needs customers who bought within `churn.active_days`".to_owned())
            }
            Self::Shape { .. } => Some("this is a bug in retain; please report it with the model's folder".to_owned()),
            _ => None,
        }
    }
}
