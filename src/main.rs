//! The thin binary: reads the command line and the clock, runs one command, prints one error.

use std::process::ExitCode;

use clap::Parser;
use retain::cli::{self, Cli};
use retain::units::Timestamp;

/// Large columns come and go; the system's allocator returns each to the kernel and pays for every page again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The allocator's option `purge_delay` in milliseconds, by its place in `mimalloc.h`; -1 is never.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

/// What shells expect of a process that was told to stop by Ctrl-C.
const INTERRUPTED: i32 = 130;

fn main() -> ExitCode {
    keep_memory();
    let cli = Cli::parse();
    cli::start_logging(cli.talk);
    // Without a handler, unfinished files with `.partial` names would be left behind; nothing else depends on it.
    let _ = ctrlc::set_handler(stop);
    match retain::commands::run(&cli, now()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            cli::print_failure(&failure);
            ExitCode::from(failure.report().exit() as u8)
        }
    }
}

/// A run takes again what it has freed. Pages given back to the kernel in between would have to be cleared once more: that
/// took a tenth of the time of a list of a million customers. The peak is a tenth higher, a third where data come in parts.
#[expect(unsafe_code, reason = "a setter of plain numbers, called before there are other threads")]
fn keep_memory() {
    // SAFETY: the option exists in the version that Cargo.lock pins; a number that is none is ignored.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, -1) }
}

#[expect(clippy::exit, reason = "the process was told to stop, and other threads are still at work")]
fn stop() {
    retain::files::remove_unfinished();
    tracing::error!("interrupted; what was being written is removed, earlier results are untouched");
    std::process::exit(INTERRUPTED);
}

/// The clock, or the instant in `SOURCE_DATE_EPOCH` (seconds since 1970), by which builds and runs are made repeatable.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn now() -> Timestamp {
    let stated = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse::<i64>().ok());
    let stated = stated.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    Timestamp(stated.unwrap_or_else(jiff::Timestamp::now).as_microsecond())
}
