//! One file per command, thin: what the command line asks for becomes calls into the rooms.

mod backtest;
mod check;
mod job;
mod reference;
mod simulate;

use crate::cli::{Cli, Command};
use crate::error::Failure;
use crate::units::Timestamp;

/// Runs the command that the command line names; `now` is the clock, read in `main` alone.
///
/// # Errors
/// Whatever the command could not do.
pub fn run(cli: &Cli, now: Timestamp) -> Result<(), Failure> {
    match &cli.command {
        Command::Check(arguments) => check::run(arguments, now),
        Command::Backtest(arguments) => backtest::run(arguments, now),
        Command::Simulate(arguments) => simulate::run(arguments),
        Command::ConfigReference => reference::config(),
        Command::Features => reference::features(),
    }
}
