//! Owns the command line: types that clap reads, and the one place that prints.

use std::io::Write;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

use crate::error::Failure;

/// Who is about to leave, what each customer is worth, and why they go.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check the data contract alone: what was read, what was rejected and why.
    Check(Job),
    /// Retrain before each test cutoff and evaluate out of time; writes `backtest.json`.
    Backtest(Job),
    /// Write a simulated shop with known truth: purchases, complaints, customers, and the truth in a table of its own.
    Simulate(Simulate),
    /// Print the reference of the config file as Markdown.
    ConfigReference,
    /// Print the dictionary of features as Markdown.
    Features,
}

/// What every job on real data is given.
#[derive(Debug, clap::Args)]
pub struct Job {
    /// The config file.
    #[arg(long, default_value = "retain.toml")]
    pub config: PathBuf,
    /// The day the run takes for today, as YYYY-MM-DD: its local midnight ends history. Without it, the config's `as_of`,
    /// or else the day after the last purchase.
    #[arg(long)]
    pub as_of: Option<Date>,
    /// Folder for the files written, instead of the config's `output.dir`.
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Threads; all cores if not given.
    #[arg(long)]
    pub threads: Option<usize>,
}

/// A simulated shop.
#[derive(Debug, clap::Args)]
pub struct Simulate {
    /// Folder to write the tables to; made if absent.
    #[arg(long)]
    pub out: PathBuf,
    /// Customers.
    #[arg(long, default_value_t = 2_000)]
    pub customers: usize,
    /// Days simulated.
    #[arg(long, default_value_t = 913)]
    pub days: u32,
    /// Seed; the same seed gives the same shop.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// File format.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    pub format: Format,
}

/// A file format for tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Comma-separated values.
    Csv,
    /// Apache Parquet, compressed with zstd.
    Parquet,
}

/// Writes data to standard output.
///
/// # Errors
/// What the operating system says; a reader that went away is not an error.
pub fn print_data(text: &str) -> std::io::Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome,
    }
}

/// Writes a message for people to standard error.
pub fn print_message(text: &str) {
    // If standard error is gone there is nobody to tell.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Writes an error, its causes and its hint to standard error.
pub fn print_failure(failure: &Failure) {
    print_message(&failure.to_string());
}
