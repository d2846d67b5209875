//! The thin binary: reads the command line, runs one command, prints one error.

use std::process::ExitCode;

use clap::Parser;
use retain::cli::Cli;

fn main() -> ExitCode {
    let outcome = retain::commands::run(&Cli::parse());
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            retain::cli::print_failure(&failure);
            ExitCode::from(failure.report().exit() as u8)
        }
    }
}
