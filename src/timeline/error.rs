//! What keeps tables from becoming an event log.

use crate::error::{Exit, Report};

/// Tables that cannot become an event log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// A column is longer or shorter than its table.
    #[error("column `{table}.{column}` has {found} rows where the table has {expected}")]
    UnequalColumns {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// Its length.
        found: usize,
        /// The length of the table.
        expected: usize,
    },
    /// Row numbers are 32 bits wide.
    #[error("table `{table}` has {rows} rows, at most 4,294,967,295 are possible")]
    TooManyRows {
        /// The table.
        table: &'static str,
        /// Its rows.
        rows: usize,
    },
    /// A customer column points outside the list of customers.
    #[error("table `{table}` names customer number {customer} of {n_customers}")]
    UnknownCustomer {
        /// The table.
        table: &'static str,
        /// The number.
        customer: u32,
        /// How many there are.
        n_customers: usize,
    },
}

impl Report for LogError {
    fn code(&self) -> &'static str {
        match self {
            Self::UnequalColumns { .. } => "E301",
            Self::TooManyRows { .. } => "E302",
            Self::UnknownCustomer { .. } => "E303",
        }
    }

    fn exit(&self) -> Exit {
        Exit::CouldNotRun
    }
}
