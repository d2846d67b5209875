//! One file per command, thin: what the command line asks for becomes calls into the rooms.

mod reference;
mod simulate;

use crate::cli::{Cli, Command};
use crate::error::Failure;

/// Runs the command that the command line names.
///
/// # Errors
/// Whatever the command could not do.
pub fn run(cli: &Cli) -> Result<(), Failure> {
    match &cli.command {
        Command::Simulate(arguments) => simulate::run(arguments),
        Command::ConfigReference => reference::config(),
        Command::Features => reference::features(),
    }
}
