//! The gate to the table engine: where it panics at what it was given, that is an error like any other, told once and by us.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

use polars::prelude::{PolarsError, PolarsResult};

thread_local! {
    /// How many gates this thread is inside of.
    static INSIDE: Cell<usize> = const { Cell::new(0) };
}

/// How many gates all threads are inside of.
static OPEN: AtomicUsize = AtomicUsize::new(0);

/// The beginnings of the names of the engine's own threads.
const ITS_THREADS: [&str; 2] = ["polars-", "async-executor-"];

/// Asks the table engine for something; a panic becomes an error of it, and nothing is printed.
///
/// # Errors
/// What the engine says, or what it panicked with.
pub(crate) fn ask<T>(work: impl FnOnce() -> PolarsResult<T>) -> PolarsResult<T> {
    caught(work).unwrap_or_else(|message| Err(PolarsError::ComputeError(message.into())))
}

/// Whether the engine had too little memory: then nothing is wrong with what it was given.
pub(super) fn lacks_memory(error: &PolarsError) -> bool {
    matches!(error, PolarsError::IO { error, .. } if error.kind() == std::io::ErrorKind::OutOfMemory)
        || error.to_string().contains("(os error 12)")
}

/// Does something with the table engine or its parser; a panic becomes a sentence, and nothing is printed.
///
/// # Errors
/// The sentence.
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    quieten();
    let _inside = Inside::new();
    // What the work has changed is dropped with it.
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| in_words(panic.as_ref()))
}

/// What a panic says, in a sentence.
fn in_words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    let line = text.and_then(|text| text.lines().next()).unwrap_or("no reason given");
    format!("the table engine cannot work with it ({line})")
}

/// Lets the hook that prints panics leave out those that become errors, and the engine's warnings with them.
fn quieten() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // What the engine will call otherwise one day is no matter of the user's.
        polars::error::set_warning_function(|_, _| {});
        let print = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !is_caught() {
                print(panic);
            }
        }));
    });
}

/// Whether a panic of this thread ends at a gate: the engine hands panics of its threads on to the one that asked.
fn is_caught() -> bool {
    let is_its_thread = || {
        let thread = std::thread::current();
        thread.name().is_some_and(|name| ITS_THREADS.iter().any(|its| name.starts_with(its)))
    };
    INSIDE.get() > 0 || (OPEN.load(Ordering::SeqCst) > 0 && is_its_thread())
}

/// Being inside a gate.
struct Inside;

impl Inside {
    fn new() -> Self {
        INSIDE.set(INSIDE.get() + 1);
        OPEN.fetch_add(1, Ordering::SeqCst);
        Self
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.set(INSIDE.get().saturating_sub(1));
        OPEN.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::*;

    #[test]
    fn panics_here_and_on_the_threads_of_the_engine_become_errors() {
        let here = ask::<()>(|| panic!("a {}", "reason")).unwrap_err().to_string();
        assert!(here.contains("a reason"), "{here}");
        let frame = df!("a" => [1, 2]).unwrap().lazy();
        let there = frame.select([col("a").map(|_| panic!("far away"), |_, field| Ok(field.clone()))]);
        let there = ask(|| there.collect()).unwrap_err().to_string();
        assert!(there.contains("far away"), "{there}");
        assert_eq!(ask(|| Ok(7)).unwrap(), 7);
        assert_eq!(INSIDE.get(), 0);
    }
}
