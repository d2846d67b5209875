//! What can be wrong with how a job is started.

use std::path::PathBuf;

use crate::error::{Exit, Report};

/// A job that cannot start.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The config file cannot be read.
    #[error("cannot read the config `{}`: {source}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The number of threads cannot be had.
    #[error("cannot use {threads} threads: {message}")]
    Threads {
        /// The number.
        threads: usize,
        /// Why not.
        message: String,
    },
    /// The tables have no purchase.
    #[error("there is no purchase to start from")]
    NoPurchases,
    /// A file that would be replaced.
    #[error("`{}` exists", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A proposal that cannot be put into a copy of the config.
    #[error("cannot put the proposal into `{}`: {why}", path.display())]
    NotEdited {
        /// The file that would be written.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// Standard output is gone.
    #[error("cannot write to standard output: {source}")]
    Output {
        /// Why not.
        source: std::io::Error,
    },
}

impl Report for JobError {
    fn code(&self) -> &'static str {
        match self {
            Self::Config { .. } => "E111",
            Self::Threads { .. } => "E112",
            Self::Exists { .. } => "E113",
            Self::NotEdited { .. } => "E114",
            Self::NoPurchases => "E241",
            Self::Output { .. } => "E704",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Config { .. } | Self::Threads { .. } | Self::Exists { .. } | Self::NotEdited { .. } => Exit::BadUsage,
            Self::NoPurchases => Exit::DataRefused,
            Self::Output { .. } => Exit::CouldNotRun,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Config { .. } => {
                "give the config file with `--config FILE`, or draft one with `retain init`".to_owned()
            }
            Self::Threads { .. } => "choose a number from 1 to the number of cores, or leave it out".to_owned(),
            Self::NoPurchases => "look at the filter and the time columns of `[purchases]`".to_owned(),
            Self::Exists { .. } => "choose another name with `--out`, or replace it with `--force`".to_owned(),
            Self::NotEdited { .. } => "write the two lines into the config yourself; they are in the output".to_owned(),
            Self::Output { .. } => return None,
        })
    }
}
