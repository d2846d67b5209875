//! What can go wrong while writing.

use std::path::PathBuf;

use crate::error::{Exit, Report};

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The operating system refused.
    #[error("cannot write `{}`: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The table engine refused.
    #[error("cannot write table `{table}`: {message}")]
    Table {
        /// The table.
        table: String,
        /// Why not.
        message: String,
    },
}

impl Report for OutputError {
    fn code(&self) -> &'static str {
        match self {
            Self::Write { .. } => "E701",
            Self::Table { .. } => "E702",
        }
    }

    fn exit(&self) -> Exit {
        Exit::CouldNotRun
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Write { .. } => Some("check that the folder can be written to and the disk has room".to_owned()),
            Self::Table { .. } => None,
        }
    }
}
