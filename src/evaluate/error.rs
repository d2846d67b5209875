//! Owns what can be wrong with what is handed to the evaluation.

use thiserror::Error;

use crate::error::{Exit, Report};

/// Why no evaluation was made.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum EvaluateError {
    /// There is nothing to evaluate on.
    #[error("no eligible customer at any test cutoff, so there is nothing to evaluate on (test cutoffs: {n_cutoffs})")]
    NoRows {
        /// Test cutoffs given.
        n_cutoffs: usize,
    },
    /// A column is not as long as the list of customers.
    #[error("{column} at test cutoff {cutoff} has {found} entries; allowed: one for each of the {expected} customers")]
    LengthDiffers {
        /// The test cutoff.
        cutoff: String,
        /// Which column, in words.
        column: String,
        /// Entries needed.
        expected: usize,
        /// Entries found.
        found: usize,
    },
    /// NaN or infinity among the numbers.
    #[error("{column} at test cutoff {cutoff} is not finite everywhere (rows: {count}, e.g. row {row}: {value})")]
    NotFinite {
        /// The test cutoff.
        cutoff: String,
        /// Which column, in words.
        column: String,
        /// Entries that are NaN or infinite.
        count: usize,
        /// The first such row, counted from 0.
        row: usize,
        /// What stands there.
        value: f64,
    },
    /// A learner's probabilities leave [0, 1].
    #[error(
        "learner `{learner}` at test cutoff {cutoff} gives probabilities outside 0 to 1 (rows: {count}, e.g. row {row}: {value})"
    )]
    NotAProbability {
        /// The test cutoff.
        cutoff: String,
        /// The learner.
        learner: String,
        /// Entries outside.
        count: usize,
        /// The first such row, counted from 0.
        row: usize,
        /// What stands there.
        value: f64,
    },
    /// A learner that is named has no scores at a cutoff.
    #[error("learner `{learner}` has no scores at test cutoff {cutoff}, which has: {known}")]
    LearnerMissing {
        /// The test cutoff.
        cutoff: String,
        /// The learner.
        learner: String,
        /// The learners that have scores there.
        known: String,
    },
    /// One name stands for two columns of scores.
    #[error("learner `{learner}` has scores {count} times at test cutoff {cutoff}; allowed: once")]
    LearnerRepeated {
        /// The test cutoff.
        cutoff: String,
        /// The learner.
        learner: String,
        /// How often it occurs.
        count: usize,
    },
    /// One name stands for two slices.
    #[error("slice `{slice}` is given {count} times at test cutoff {cutoff}; allowed: once")]
    SliceRepeated {
        /// The test cutoff.
        cutoff: String,
        /// The slice.
        slice: String,
        /// How often it occurs.
        count: usize,
    },
    /// There is nothing to grade against.
    #[error("no baseline other than the main learner `{main}` is named; allowed: one or more")]
    NoBaseline {
        /// The main learner.
        main: String,
    },
    /// Too few resamples for a 95 % interval.
    #[error("the bootstrap is asked for {n_bootstrap} resamples; allowed: {least} or more")]
    TooFewResamples {
        /// Resamples asked for.
        n_bootstrap: u32,
        /// Resamples needed at least.
        least: u32,
    },
}

impl Report for EvaluateError {
    fn code(&self) -> &'static str {
        match self {
            Self::NoRows { .. } => "E411",
            Self::LengthDiffers { .. } => "E412",
            Self::NotFinite { .. } => "E413",
            Self::NotAProbability { .. } => "E414",
            Self::LearnerMissing { .. } => "E415",
            Self::LearnerRepeated { .. } => "E416",
            Self::NoBaseline { .. } => "E417",
            Self::TooFewResamples { .. } => "E418",
            Self::SliceRepeated { .. } => "E419",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::NoRows { .. } => Exit::DataRefused,
            _ => Exit::CouldNotRun,
        }
    }

    fn hint(&self) -> Option<String> {
        let advice = match self {
            Self::NoRows { .. } => "choose test cutoffs at which customers have bought within `churn.active_days`",
            Self::NoBaseline { .. } => "name a rule, such as the overdue rule, as the baseline",
            Self::TooFewResamples { .. } => "200 resamples take seconds and give steady intervals",
            _ => return None,
        };
        Some(advice.to_owned())
    }
}
