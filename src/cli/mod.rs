//! Owns the command line: types that clap reads, and how the program talks: data to standard output, everything else to
//! standard error.

mod console;
mod day;
mod drafts;
mod explain;
mod install;
mod jobs;
mod memory;
mod models;
mod usage;
mod watch;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

pub use clap_complete::Shell;
pub use console::{ALARM, print_data, print_failure, start_logging};
pub use drafts::{DraftFiles, Init, Inspect};
pub use explain::{Explain, ExplainFormat};
pub use install::{completions, man_pages};
pub use jobs::{Accepted, Job, Learning, Nightly, NightlyRun};
pub use memory::MemorySize;
pub use models::{Models, ModelsAction};
pub use usage::read_command_line;
pub use watch::{StageTime, Watch};

/// Who is about to leave, what each customer is worth, and why they go.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How to talk.
    #[command(flatten)]
    pub talk: OutputOptions,
}

/// How the program talks to people and machines; never what it computes.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct OutputOptions {
    /// Say only what went wrong, and what is odd tonight.
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more.
    #[arg(long, short, global = true)]
    pub verbose: bool,
    /// Form of the messages on standard error.
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
    /// No progress bar, even on a terminal.
    #[arg(long, global = true)]
    pub no_progress: bool,
}

/// Form of the messages on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check, train, judge and score in one go: leaves the ranked list.
    Run(NightlyRun),
    /// Draft a commented config from given files.
    Init(Init),
    /// Describe files or a shop, propose mapping, horizon and active window, and draft the config.
    Inspect(Inspect),
    /// Check the data contract alone: what was read, what was rejected and why.
    Check(Job),
    /// Train on all that has matured, test out of time, register the model, and promote it if it may score.
    Train(Learning),
    /// Retrain before each test cutoff and evaluate out of time.
    Backtest(Learning),
    /// The nightly job: rank the present customers with the champion.
    Score(Nightly),
    /// Tell one customer: orders and complaints, features beside the shop's, what each adds to the risk, value.
    Explain(Explain),
    /// Make the page of a past run again, from the files that it left.
    Report(Report),
    /// List, show, promote, take back, compare or remove the stored models of a shop.
    Models(Models),
    /// Write a simulated shop with known truth: purchases, complaints, customers, and the truth in a table of its own.
    Simulate(Simulate),
    /// Write the feature table at given days, or print the dictionary of features.
    Features(Features),
    /// Print the reference of the config file as Markdown.
    ConfigReference,
    /// Print the completions for a shell, to be put where the shell looks for them.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Write the pages for `man` into a folder.
    Man(ManPages),
}

impl Command {
    /// The number of threads that is asked for.
    #[must_use]
    pub const fn threads(&self) -> Option<usize> {
        match self {
            Self::Run(NightlyRun { learning: Learning { job, .. }, .. })
            | Self::Train(Learning { job, .. })
            | Self::Backtest(Learning { job, .. })
            | Self::Check(job)
            | Self::Score(Nightly { job, .. }) => job.threads,
            Self::Explain(explain) => explain.threads,
            Self::Inspect(inspect) => inspect.threads,
            Self::Features(features) => features.threads,
            Self::Init(_)
            | Self::Models(_)
            | Self::Report(_)
            | Self::Simulate(_)
            | Self::ConfigReference
            | Self::Completions { .. }
            | Self::Man(_) => None,
        }
    }
}

/// A run whose page is to be made again.
#[derive(Debug, clap::Args)]
pub struct Report {
    /// The folder of the run, such as `data/runs/sample/2025-07-02`.
    pub run: PathBuf,
}

/// Pages for `man`.
#[derive(Debug, clap::Args)]
pub struct ManPages {
    /// The folder, such as `/usr/local/share/man/man1`; it is made if it is not there.
    pub folder: PathBuf,
}

/// A feature table.
#[derive(Debug, clap::Args)]
pub struct Features {
    /// Print the dictionary of features as Markdown and do nothing else; with `--config`, custom features too.
    #[arg(long)]
    pub describe: bool,
    /// The days, as YYYY-MM-DD, each a cutoff; without them the config's `as_of`, else the day after the last purchase.
    #[arg(long, num_args = 1.., value_name = "DAY", value_parser = day::day)]
    pub as_of: Vec<Date>,
    /// The config file; without it `retain.toml`, or where there is none the sample shop `data/sample/retain.toml`.
    #[arg(long, short)]
    pub config: Option<PathBuf>,
    /// Only these features, or whole families such as `cadence`; all if not given.
    #[arg(long, num_args = 1.., value_name = "NAME")]
    pub only: Vec<String>,
    /// Memory that the data may take, as 500MiB or 6GiB: more of them is dealt out to parts of the customers on disk,
    /// under the config's `output.dir`, and worked on part by part. The table is the same.
    #[arg(long, value_name = "SIZE")]
    pub memory: Option<MemorySize>,
    /// Folder for `features.parquet`, instead of one under the config's `output.dir`.
    #[arg(long, short)]
    pub out: Option<PathBuf>,
    /// Threads, from 1 to 1024; all cores if not given.
    #[arg(long)]
    pub threads: Option<usize>,
}

/// A simulated shop.
#[derive(Debug, clap::Args)]
pub struct Simulate {
    /// Folder to write the tables to; made if absent.
    #[arg(long, short)]
    pub out: PathBuf,
    /// Customers.
    #[arg(long, default_value_t = 2_000)]
    pub customers: usize,
    /// Days simulated.
    #[arg(long, default_value_t = 913)]
    pub days: u32,
    /// Have the shop contact customers: a table of contacts, with their true effect in the table of truth.
    #[arg(long)]
    pub contacts: bool,
    /// Seed; the same seed gives the same shop.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// File format.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    pub format: Format,
    /// Replace files that are there.
    #[arg(long)]
    pub force: bool,
}

/// A file format for tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Comma-separated values.
    Csv,
    /// Apache Parquet, compressed with zstd.
    Parquet,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}
