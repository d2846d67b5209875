//! What jobs on real data are given: nights, training, checks.

use std::path::PathBuf;

use jiff::civil::Date;

use super::day;
use crate::monitor::CHECKS;

/// What every job on real data is given.
#[derive(Debug, clap::Args)]
pub struct Job {
    /// The config file; without it `retain.toml`, or where there is none the sample shop `data/sample/retain.toml`.
    #[arg(long, short)]
    pub config: Option<PathBuf>,
    /// The day the run takes for today, as YYYY-MM-DD: its local midnight ends history. Without it, the config's
    /// `as_of`; else `score` takes the present day, and the other commands the day after the last purchase.
    #[arg(long, value_parser = day::day)]
    pub as_of: Option<Date>,
    /// Folder for the files written, instead of one under the config's `output.dir`.
    #[arg(long, short)]
    pub out: Option<PathBuf>,
    /// Threads, from 1 to 1024; all cores if not given.
    #[arg(long)]
    pub threads: Option<usize>,
}

/// A job that trains models.
#[derive(Debug, clap::Args)]
pub struct Learning {
    /// What it works on.
    #[command(flatten)]
    pub job: Job,
    /// Try so many settings of the learners beside the usual ones, instead of the config's `tuning.trials`; 16 if no number
    /// is given. Each takes about as long as learning once more.
    #[arg(long, value_name = "TRIALS", num_args = 0..=1, default_missing_value = "16", value_parser = clap::value_parser!(u32).range(0..=MOST_TRIALS))]
    pub tune: Option<u32>,
}

/// A list of tonight with the model that scores.
#[derive(Debug, clap::Args)]
pub struct Nightly {
    /// What it works on.
    #[command(flatten)]
    pub job: Job,
    /// What is published all the same.
    #[command(flatten)]
    pub accepted: Accepted,
}

/// A list of tonight with a model that is trained for it.
#[derive(Debug, clap::Args)]
pub struct NightlyRun {
    /// What it works on, and how it learns.
    #[command(flatten)]
    pub learning: Learning,
    /// What is published all the same.
    #[command(flatten)]
    pub accepted: Accepted,
}

/// What the gates found before and a person has looked at.
#[derive(Debug, clap::Args)]
pub struct Accepted {
    /// Publish tonight's list in spite of what this check finds, after a look at the data; may be given several times. The
    /// manifest records it, and it holds for this run alone.
    #[arg(long = "accept", value_name = "CHECK", value_parser = clap::builder::PossibleValuesParser::new(checks()))]
    pub checks: Vec<String>,
}

/// The checks with what each looks for.
fn checks() -> Vec<clap::builder::PossibleValue> {
    CHECKS.iter().map(|check| clap::builder::PossibleValue::new(check.name).help(check.meaning)).collect()
}

/// Settings that are tried at most, as in the config.
const MOST_TRIALS: i64 = 200;
