//! What is asked about one customer.

use std::path::PathBuf;

use clap::ValueEnum;
use jiff::civil::Date;

use super::day;

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
