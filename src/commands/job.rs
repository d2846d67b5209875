//! What jobs on real data have in common: the config, the checked data, the as-of day.

use std::path::PathBuf;

use crate::cli::{self, Job};
use crate::config::Config;
use crate::error::{Exit, Failure, Report};
use crate::timeline::{Cutoff, EventLog};
use crate::units::{Days, Timestamp};
use crate::validate::{self, Loaded};

/// A job that cannot start.
#[derive(Debug, thiserror::Error)]
pub(super) enum JobError {
    #[error("cannot read the config `{}`: {source}", path.display())]
    Config { path: PathBuf, source: std::io::Error },
    #[error("cannot use {threads} threads: {message}")]
    Threads { threads: usize, message: String },
    #[error("there is no purchase to start from")]
    NoPurchases,
}

impl Report for JobError {
    fn code(&self) -> &'static str {
        match self {
            Self::Config { .. } => "E111",
            Self::Threads { .. } => "E112",
            Self::NoPurchases => "E241",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Config { .. } | Self::Threads { .. } => Exit::BadUsage,
            Self::NoPurchases => Exit::DataRefused,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Config { .. } => Some("give the config file with `--config FILE`".to_owned()),
            Self::Threads { .. } => None,
            Self::NoPurchases => Some("look at the filter and the time columns of `[purchases]`".to_owned()),
        }
    }
}

/// Reads the config, sets the number of threads, reads and checks the data, and tells what became of every row.
pub(super) fn load(job: &Job, now: Timestamp) -> Result<(Config, Loaded), Failure> {
    if let Some(threads) = job.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build_global().map_err(|error| JobError::Threads { threads, message: error.to_string() })?;
    }
    let text =
        std::fs::read_to_string(&job.config).map_err(|source| JobError::Config { path: job.config.clone(), source })?;
    let mut config = Config::from_toml(&text, &job.config)?;
    config.as_of = job.as_of.or(config.as_of);
    let loaded = validate::load(&config, now)?;
    for account in &loaded.accounts {
        cli::print_message(&account.to_string());
    }
    for finding in &loaded.findings {
        cli::print_message(&finding.to_string());
    }
    Ok((config, loaded))
}

/// The as-of day: the config's, or the day after the last purchase.
pub(super) fn as_of(config: &Config, log: &EventLog) -> Result<Cutoff, JobError> {
    if let Some(date) = config.as_of {
        return Ok(Cutoff::at_start_of(date, &config.timezone));
    }
    let (_, last) = log.span().ok_or(JobError::NoPurchases)?;
    let instant = jiff::Timestamp::from_microsecond(last.0).map_err(|_| JobError::NoPurchases)?;
    let day = Cutoff::at_start_of(instant.to_zoned(config.timezone.clone()).date(), &config.timezone);
    Ok(day.after(Days(1), &config.timezone))
}
