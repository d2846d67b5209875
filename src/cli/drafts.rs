//! What is given to draft a config: files that no config maps yet.

use std::path::PathBuf;

use jiff::civil::Date;

use super::day;

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
