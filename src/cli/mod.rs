//! Owns the command line: types that clap reads, and how the program talks: data to standard output, everything else to
//! standard error.

mod console;
mod day;
mod install;
mod memory;
mod watch;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

use crate::monitor::CHECKS;

pub use clap_complete::Shell;
pub use console::{ALARM, print_data, print_failure, start_logging};
pub use install::{completions, man_pages};
pub use memory::MemorySize;
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

/// The stored models of a shop.
#[derive(Debug, clap::Args)]
pub struct Models {
    /// What to do with them.
    #[command(subcommand)]
    pub action: ModelsAction,
    /// The config file; without it `retain.toml`, or where there is none the sample shop `data/sample/retain.toml`.
    #[arg(long, short, global = true)]
    pub config: Option<PathBuf>,
}

/// What can be done with stored models; VERSION is a name from the list, or `champion`.
#[derive(Debug, Subcommand)]
pub enum ModelsAction {
    /// One line for each version: its day, its grade, what became of it.
    List,
    /// What a version learnt from, how it was tested and judged.
    Show {
        /// The version.
        #[arg(default_value = "champion")]
        version: String,
    },
    /// Make a version the one that scores, whatever the gate said.
    Promote {
        /// The version.
        version: String,
    },
    /// Make the version that scored before the champion the one that scores again.
    Rollback,
    /// Remove old versions from disk; the champion, the version before it and the history stay.
    Prune {
        /// The newest versions that stay.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        keep: u32,
        /// Say which versions would go, and remove none.
        #[arg(long)]
        dry_run: bool,
    },
    /// Write the probability of churning of a version as an ONNX file, in a folder for `MLflow`.
    Export {
        /// The version.
        #[arg(default_value = "champion")]
        version: String,
        /// The folder, which must not be there yet.
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// What differs between two versions: figures, features, config.
    Diff {
        /// The earlier version.
        from: String,
        /// The later one.
        #[arg(default_value = "champion")]
        to: String,
    },
}

/// One customer to be reported.
#[derive(Debug, clap::Args)]
pub struct Explain {
    /// The customer's id, as in the tables.
    #[arg(long)]
    pub customer: String,
    /// Text for a terminal, JSON with every feature, or a page that stands by itself, as `retain explain ... > customer.html`.
    #[arg(long, value_enum, default_value_t = ExplainFormat::Text)]
    pub format: ExplainFormat,
    /// The same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// The config file; without it `retain.toml`, or where there is none the sample shop `data/sample/retain.toml`.
    #[arg(long, short)]
    pub config: Option<PathBuf>,
    /// The day, as YYYY-MM-DD; without it the config's `as_of`, else that of the newest list in the folder of runs, else the
    /// day after the last purchase.
    #[arg(long, value_parser = day::day)]
    pub as_of: Option<Date>,
    /// Folder for rejected rows, instead of one under the config's `output.dir`.
    #[arg(long, short)]
    pub out: Option<PathBuf>,
    /// Threads, from 1 to 1024; all cores if not given.
    #[arg(long)]
    pub threads: Option<usize>,
}

/// How a customer is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    /// For a terminal.
    Text,
    /// For programs.
    Json,
    /// One page for a browser; it loads nothing.
    Html,
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

/// Files that no config maps yet.
#[derive(Debug, clap::Args)]
pub struct DraftFiles {
    /// Files, globs or folders with any of the tables; their columns tell which is which.
    pub files: Vec<PathBuf>,
    /// Files, globs or folders with purchases.
    #[arg(long, num_args = 1..)]
    pub purchases: Vec<PathBuf>,
    /// Files, globs or folders with complaints.
    #[arg(long, num_args = 1..)]
    pub complaints: Vec<PathBuf>,
    /// Files, globs or folders with facts about customers.
    #[arg(long, num_args = 1..)]
    pub customers: Vec<PathBuf>,
    /// Files, globs or folders with answers to surveys.
    #[arg(long, num_args = 1..)]
    pub surveys: Vec<PathBuf>,
    /// Files, globs or folders with contacts.
    #[arg(long, num_args = 1..)]
    pub contacts: Vec<PathBuf>,
    /// The product whose export a file is, where its columns do not tell; `csv` for none. May be given several times.
    #[arg(long, value_name = "PRODUCT", value_parser = clap::builder::PossibleValuesParser::new(products_or_none()))]
    pub from: Vec<String>,
}

impl DraftFiles {
    /// Whether no file was given.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.files.is_empty()
            && self.purchases.is_empty()
            && self.complaints.is_empty()
            && self.customers.is_empty()
            && self.surveys.is_empty()
            && self.contacts.is_empty()
    }
}

/// The products that have templates, and the word for none of them.
fn products_or_none() -> Vec<&'static str> {
    let mut products = crate::config::products();
    products.push("csv");
    products
}

/// A config to be drafted.
#[derive(Debug, clap::Args)]
pub struct Init {
    /// The files.
    #[command(flatten)]
    pub files: DraftFiles,
    /// Name of the shop; the name of the config's folder if not given.
    #[arg(long)]
    pub name: Option<String>,
    /// Where to write the config.
    #[arg(long, short, default_value = "retain.toml")]
    pub out: PathBuf,
    /// Replace the file if it is there.
    #[arg(long)]
    pub force: bool,
}

/// Files, or a shop whose config maps them, to be described.
#[derive(Debug, clap::Args)]
pub struct Inspect {
    /// Files that no config maps yet; without them the shop of the config is described.
    #[command(flatten)]
    pub files: DraftFiles,
    /// Name of the shop in a drafted config; the name of the config's folder if not given.
    #[arg(long)]
    pub name: Option<String>,
    /// The config file; without it `retain.toml`, or where there is none the sample shop `data/sample/retain.toml`.
    #[arg(long, short, conflicts_with_all = ["files", "purchases", "complaints", "customers", "surveys", "contacts", "from"])]
    pub config: Option<PathBuf>,
    /// The day at whose start history ends, as YYYY-MM-DD; without it the config's `as_of`, else the day after the last
    /// purchase.
    #[arg(long, value_parser = day::day)]
    pub as_of: Option<Date>,
    /// Print everything as JSON.
    #[arg(long)]
    pub json: bool,
    /// Where to write the config with the proposal in it; `retain.toml` for files. For the shop of a config nothing is
    /// written without it, and it must lie in the folder of that config.
    #[arg(long, short)]
    pub out: Option<PathBuf>,
    /// Replace the file if it is there.
    #[arg(long)]
    pub force: bool,
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
