//! The command line as it is read, and what is wrong with it, told in the form that it asks for.

use std::ffi::OsString;

use clap::Parser;

use super::{Cli, LogFormat, OutputOptions, start_logging};

/// Reads the command line; of a wrong one, and of one that asks for help, the exit code once the words are out.
///
/// # Errors
/// That code.
pub fn read_command_line() -> Result<Cli, u8> {
    let words: Vec<OsString> = std::env::args_os().collect();
    Cli::try_parse_from(&words).map_err(|error| {
        if error.use_stderr() && asks_for_json(&words) {
            let log_format = LogFormat::Json;
            start_logging(OutputOptions { quiet: true, verbose: false, log_format, no_progress: true });
            tracing::error!("{}", error.to_string().trim_end());
        } else {
            // If the reader is gone there is nobody to tell.
            let _ = error.print();
        }
        u8::try_from(error.exit_code()).unwrap_or(u8::MAX)
    })
}

/// Whether messages are wanted as JSON, by a command line that cannot be read.
fn asks_for_json(words: &[OsString]) -> bool {
    let is_pair = |pair: &[OsString]| matches!(pair, [key, value] if key == "--log-format" && value == "json");
    words.iter().any(|word| word == "--log-format=json") || words.windows(2).any(is_pair)
}
