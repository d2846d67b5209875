//! The thin binary: reads the command line, runs one command, prints one error.

use std::process::ExitCode;

use clap::Parser;
use retain::cli::Cli;
use retain::units::Timestamp;

fn main() -> ExitCode {
    let outcome = retain::commands::run(&Cli::parse(), now());
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            retain::cli::print_failure(&failure);
            ExitCode::from(failure.report().exit() as u8)
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_microsecond())
}
