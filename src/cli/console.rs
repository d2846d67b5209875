//! How the program talks: results and data go to standard output, all messages through `tracing` to standard error.

use std::fmt;
use std::io::Write;

use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::{FmtContext, MakeWriter};
use tracing_subscriber::registry::LookupSpan;

use super::{LogFormat, OutputOptions, watch};
use crate::error::Failure;
use crate::text::printable_lines;

/// Writes data to standard output; what steers a terminal is written out, in JSON as JSON does it.
///
/// # Errors
/// What the operating system says; a reader that went away is not an error.
pub fn print_data(text: &str) -> std::io::Result<()> {
    match std::io::stdout().lock().write_all(printable_lines(text).as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome,
    }
}

/// Writes an error, its causes and its hint to standard error.
pub fn print_failure(failure: &Failure) {
    let report = failure.report();
    tracing::error!(code = report.code(), "{failure}");
}

/// Sets up how messages are written.
pub fn start_logging(talk: OutputOptions) {
    let level = match talk {
        OutputOptions { quiet: true, .. } => Level::WARN,
        OutputOptions { verbose: true, .. } => Level::DEBUG,
        _ => Level::INFO,
    };
    let builder = tracing_subscriber::fmt().with_max_level(level).with_writer(AboveTheBar { is_quiet: talk.quiet });
    // A second call, as in tests, keeps the first one's settings.
    let _ = match talk.log_format {
        LogFormat::Text => builder.event_format(Plain).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).with_target(false).try_init(),
    };
}

/// Only the message: it says itself what it is.
struct Plain;

impl<S, N> FormatEvent<S, N> for Plain
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut message = Message(String::new());
        event.record(&mut message);
        writeln!(writer, "{}", message.0)
    }
}

struct Message(String);

impl tracing::field::Visit for Message {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

/// Standard error, with the progress bar out of the way while a message is written.
struct AboveTheBar {
    /// Whether errors and alarms alone are written.
    is_quiet: bool,
}

/// One message: written, or left out.
struct OneMessage {
    is_heard: bool,
}

/// The target of warnings that are heard though everything else is quiet: what is odd tonight, and was not on the nights before.
pub const ALARM: &str = "alarm";

impl<'w> MakeWriter<'w> for AboveTheBar {
    type Writer = OneMessage;

    fn make_writer(&'w self) -> OneMessage {
        OneMessage { is_heard: true }
    }

    fn make_writer_for(&'w self, meta: &Metadata<'_>) -> OneMessage {
        OneMessage { is_heard: !self.is_quiet || *meta.level() == Level::ERROR || meta.target() == ALARM }
    }
}

impl Write for OneMessage {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if !self.is_heard {
            return Ok(bytes.len());
        }
        // A message comes in one piece, as text or as JSON; what steers a terminal is written out in either.
        let message = String::from_utf8_lossy(bytes);
        let message = printable_lines(&message);
        // If standard error is gone there is nobody to tell.
        let _ = watch::without_bar(|| std::io::stderr().lock().write_all(message.as_bytes()));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
