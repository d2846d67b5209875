//! What keeps a dataset from being made.

use crate::error::{Exit, Report};
use crate::features::SchemaError;

/// A dataset that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// The features do not fit.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// Rows number their cutoffs with 16 bits.
    #[error("{n_cutoffs} cutoffs are asked for, at most {} are possible", crate::dataset::MAX_CUTOFFS)]
    TooManyCutoffs {
        /// How many different ones.
        n_cutoffs: usize,
    },
}

impl Report for DatasetError {
    fn code(&self) -> &'static str {
        match self {
            Self::Schema(error) => error.code(),
            Self::TooManyCutoffs { .. } => "E249",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Schema(error) => error.exit(),
            Self::TooManyCutoffs { .. } => Exit::BadUsage,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Schema(error) => error.hint(),
            Self::TooManyCutoffs { .. } => {
                Some("set `panel.max_cutoffs`, take larger steps, or ask for fewer days at a time".to_owned())
            }
        }
    }
}
