//! What can go wrong while tables are written.

use crate::error::{Exit, Report};

/// A table that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The table engine refused.
    #[error("cannot write table `{table}`: {message}")]
    Table {
        /// The table.
        table: String,
        /// Why not.
        message: String,
    },
}

impl OutputError {
    /// The table engine refusing `table`.
    pub(super) fn of_table(table: &str) -> impl Fn(polars::prelude::PolarsError) -> Self {
        move |error| Self::Table { table: table.to_owned(), message: error.to_string() }
    }
}

impl Report for OutputError {
    fn code(&self) -> &'static str {
        match self {
            Self::Table { .. } => "E702",
        }
    }

    fn exit(&self) -> Exit {
        Exit::CouldNotRun
    }
}
