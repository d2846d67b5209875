//! One file per command, thin: what the command line asks for becomes calls into the rooms.

mod backtest;
mod champion;
mod check;
mod choices;
mod config_file;
mod contact_evidence;
mod decisions;
mod drafting;
mod earlier;
mod eligibility;
mod error;
mod explain;
mod features;
mod gates;
mod init;
mod inputs;
mod inspect;
mod inspect_page;
mod inspect_report;
mod install;
mod items;
mod job;
mod lineage;
mod manifest;
mod metrics;
mod models;
mod night_file;
mod nights;
mod performance;
mod plot;
mod printing;
mod remarks;
mod report;
mod run;
mod score;
mod session;
mod shop;
mod simulate;
mod sink;
mod summary;
mod threads;
mod train;

use crate::cli::{Cli, Command};
use crate::error::Failure;
use crate::units::Timestamp;

pub use backtest::backtest_schema;
pub use error::JobError;
pub use manifest::manifest_schema;

/// Runs the command that the command line names; `now` is the clock, read in `main` alone.
///
/// # Errors
/// Whatever the command could not do.
pub fn run(cli: &Cli, now: Timestamp) -> Result<(), Failure> {
    let talk = cli.talk;
    threads::start(cli.command.threads())?;
    match &cli.command {
        Command::Run(job) => lineage::around(&job.learning.job, "run", now, || run::run(job, talk, now)),
        Command::Init(files) => init::run(files),
        Command::Inspect(what) => inspect::run(what, talk, now),
        Command::Check(job) => check::run(job, talk, now),
        Command::Train(job) => lineage::around(&job.job, "train", now, || train::run(job, talk, now)),
        Command::Backtest(job) => lineage::around(&job.job, "backtest", now, || backtest::run(job, talk, now)),
        Command::Score(job) => lineage::around(&job.job, "score", now, || score::run(job, talk, now)),
        Command::Explain(customer) => explain::run(customer, talk, now),
        Command::Report(past) => report::run(past, now),
        Command::Models(models) => models::run(models, now),
        Command::Simulate(shop) => simulate::run(shop, now),
        Command::Features(features) => features::run(features, talk, now),
        Command::Completions { shell } => install::completions(*shell),
        Command::Man(pages) => install::man(pages, now),
        Command::ConfigReference => printing::print(&crate::config::reference()),
    }
}
