//! The thin binary: reads the command line and the clock, runs one command, prints one error.

use std::alloc::{GlobalAlloc, Layout};
use std::fmt::Write as _;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, PanicHookInfo};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use retain::cli;
use retain::commands::JobError;
use retain::error::{Exit, Failure, Report};
use retain::units::Timestamp;

#[global_allocator]
static ALLOCATOR: Memory = Memory(mimalloc::MiMalloc);

/// The allocator's option `purge_delay` in milliseconds, by its place in `mimalloc.h`; -1 is never.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

/// The last panic: told if it reaches `main`, and forgotten if a caller takes it for an error.
static PANIC: Mutex<Option<Panic>> = Mutex::new(None);

/// What may be reported of a panic. Its message may hold a customer's text.
struct Panic {
    /// Where in the source.
    place: String,
}

/// How libraries say that they could not have their threads.
const LACKS_THREADS: [&str; 2] = ["could not spawn threads", "failed to spawn thread"];

fn main() -> ExitCode {
    keep_memory();
    hear_of_long_files();
    let cli = match cli::read_command_line() {
        Ok(cli) => cli,
        Err(code) => return ExitCode::from(code),
    };
    cli::start_logging(cli.talk);
    std::panic::set_hook(Box::new(note_panic));
    // Without a handler, unfinished files with `.partial` names would be left for the next run to sweep.
    let _ = ctrlc::set_handler(stop);
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| retain::commands::run(&cli, now()?)));
    // A process that was told to stop says so itself, and nothing else: this waits for its end.
    let _whole = retain::files::Uninterrupted::begin();
    match outcome {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(failure)) => failed(&failure),
        Err(_) => failed(&of_panic().into()),
    }
}

fn failed(failure: &Failure) -> ExitCode {
    cli::print_failure(failure);
    ExitCode::from(failure.report().exit() as u8)
}

/// The system's allocator returns large columns to the kernel, which pays for every page again; this one keeps them. Where
/// there is no memory left the process ends with an error of ours: the usual way is to abort.
struct Memory(mimalloc::MiMalloc);

// SAFETY: everything is passed on to an allocator; what is added allocates nothing and gives no memory out.
#[expect(unsafe_code, reason = "the only way to hear of a lack of memory")]
unsafe impl GlobalAlloc for Memory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        had(unsafe { self.0.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        had(unsafe { self.0.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, n_bytes: usize) -> *mut u8 {
        // SAFETY: as the caller promises.
        had(unsafe { self.0.realloc(memory, layout, n_bytes) }, n_bytes)
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { self.0.dealloc(memory, layout) }
    }
}

fn had(memory: *mut u8, n_bytes: usize) -> *mut u8 {
    if memory.is_null() {
        end_without_memory(n_bytes);
    }
    memory
}

/// Says that memory is short and ends the process without asking for any; what is unfinished is swept by the next run.
#[cold]
fn end_without_memory(n_bytes: usize) -> ! {
    let error = JobError::OutOfMemory { n_bytes };
    let mut message = Line { bytes: [0; 512], len: 0 };
    let _ = writeln!(message, "error[{}]: {error}\nhint: {}", error.code(), JobError::OUT_OF_MEMORY);
    // If standard error is gone there is nobody to tell.
    let _ = std::io::stderr().write_all(&message.bytes[..message.len]);
    end_at_once(Exit::CouldNotRun as i32)
}

#[cfg(unix)]
fn end_at_once(code: i32) -> ! {
    #[expect(unsafe_code, reason = "handlers that run at the usual end ask for memory")]
    // SAFETY: it takes a plain number and does not return.
    unsafe {
        libc::_exit(code)
    }
}

#[cfg(not(unix))]
#[expect(clippy::exit, reason = "there is no memory to go on with")]
fn end_at_once(code: i32) -> ! {
    std::process::exit(code)
}

/// A text in memory that is already there; what does not fit is cut.
struct Line {
    bytes: [u8; 512],
    len: usize,
}

impl std::fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let room = &mut self.bytes[self.len..];
        let n = text.len().min(room.len());
        room[..n].copy_from_slice(&text.as_bytes()[..n]);
        self.len += n;
        Ok(())
    }
}

/// Keeps what may be reported of a panic. Its message is for those who ask for backtraces.
fn note_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let message = panic.payload_as_str().unwrap_or_default();
    let lacks_threads = LACKS_THREADS.iter().any(|words| message.contains(words));
    if lacks_threads {
        end_without_threads();
    }
    *PANIC.lock().unwrap_or_else(PoisonError::into_inner) = Some(Panic { place });
    if std::env::var_os("RUST_BACKTRACE").is_some_and(|wanted| wanted != "0") {
        tracing::error!("{panic}\n{}", std::backtrace::Backtrace::force_capture());
    }
}

/// Says that there are no threads and ends the process: what is missing is memory for their stacks, and unwinding may ask for more.
fn end_without_threads() -> ! {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let error = JobError::NoThreads { threads, message: "the table engine could not start its own".to_owned() };
    cli::print_failure(&error.into());
    retain::files::remove_unfinished();
    end_at_once(Exit::CouldNotRun as i32)
}

fn of_panic() -> JobError {
    let panic = PANIC.lock().unwrap_or_else(PoisonError::into_inner).take();
    JobError::Bug { place: panic.map_or_else(|| "an unknown place".to_owned(), |panic| panic.place) }
}

/// A run takes again what it has freed. Pages given back to the kernel in between would have to be cleared once more: that
/// took a tenth of the time of a list of a million customers. The peak is a tenth higher, a third where data come in parts.
#[expect(unsafe_code, reason = "a setter of plain numbers, called before there are other threads")]
fn keep_memory() {
    // SAFETY: the option exists in the version that Cargo.lock pins; a number that is none is ignored.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, -1) }
}

/// A file that grows beyond what the system allows the process is an error like a full disk: the usual way is to end it.
#[cfg(unix)]
#[expect(unsafe_code, reason = "a setter of plain numbers, called before there are other threads")]
fn hear_of_long_files() {
    // SAFETY: to ignore a signal runs no code of ours.
    let _ = unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
}

#[cfg(not(unix))]
const fn hear_of_long_files() {}

#[expect(clippy::exit, reason = "the process was told to stop, and other threads are still at work")]
fn stop() {
    retain::files::remove_unfinished();
    tracing::error!("interrupted; what was being written is removed, earlier results are untouched");
    std::process::exit(Exit::Interrupted as i32);
}

/// The clock, or the instant in `SOURCE_DATE_EPOCH` (seconds since 1970), by which builds and runs are made repeatable.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn now() -> Result<Timestamp, JobError> {
    let Some(value) = std::env::var_os("SOURCE_DATE_EPOCH") else {
        return Ok(Timestamp(jiff::Timestamp::now().as_microsecond()));
    };
    let value = value.to_string_lossy();
    let is_plain = !value.is_empty() && value.bytes().all(|digit| digit.is_ascii_digit());
    let stated = value.parse::<i64>().ok().filter(|_| is_plain);
    let stated = stated.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    let stated = stated.ok_or_else(|| JobError::Epoch { value: value.into_owned() })?;
    Ok(Timestamp(stated.as_microsecond()))
}
