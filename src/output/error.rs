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
    /// The template engine refused.
    #[error("cannot make the page `{page}`: {message}")]
    Page {
        /// The page.
        page: String,
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

/// The error of the operating system that the table engine met, as it was: a full disk is to be called one.
pub(super) fn of_engine(error: polars::prelude::PolarsError) -> std::io::Error {
    match error {
        polars::prelude::PolarsError::IO { error, .. } => std::io::Error::new(error.kind(), error.to_string()),
        other => std::io::Error::other(other),
    }
}

impl Report for OutputError {
    fn code(&self) -> &'static str {
        match self {
            Self::Table { .. } => "E702",
            Self::Page { .. } => "E710",
        }
    }

    fn exit(&self) -> Exit {
        Exit::CouldNotRun
    }
}
