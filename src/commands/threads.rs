//! How many threads a command works with, settled before it begins.

use super::error::JobError;

/// More than any machine has; a number above it is a slip of the keyboard.
const MOST: usize = 1_024;

/// The environment's word for the threads of the table engine.
const OF_TABLES: &str = "POLARS_MAX_THREADS";

/// Pools of the table engine: for its work, for files that it maps, for what it waits for.
const POOLS: usize = 3;

/// Threads beside those of pools: for progress, signals, and files written side by side.
const OTHERS: usize = 4;

/// Starts so many threads, or as many as there are cores.
pub(super) fn start(threads: Option<usize>) -> Result<(), JobError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if let Some(threads) = threads {
        require(threads.to_string(), "`--threads`")?;
    }
    // The table engine has pools of its own, and panics where it cannot have them.
    let of_tables = std::env::var(OF_TABLES).ok().map(|threads| require(threads, OF_TABLES)).transpose()?;
    let wanted = threads.unwrap_or(cores);
    let refused = |message: String| JobError::NoThreads { threads: wanted, message };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(wanted);
    pool.build_global().map_err(|error| refused(error.to_string()))?;
    try_threads(POOLS * of_tables.unwrap_or(cores) + OTHERS).map_err(|error| refused(error.to_string()))
}

fn require(threads: String, key: &'static str) -> Result<usize, JobError> {
    let allowed = threads.parse().ok().filter(|threads| (1..=MOST).contains(threads));
    allowed.ok_or(JobError::Threads { key, threads, most: MOST })
}

/// Whether so many threads can be had at once.
fn try_threads(n: usize) -> std::io::Result<()> {
    let (release, wait) = std::sync::mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    std::thread::scope(|scope| {
        let waiting = || {
            // Released when the sender is gone.
            let _ = wait.lock().map(|wait| wait.recv());
        };
        let tried = (0..n).try_for_each(|_| std::thread::Builder::new().spawn_scoped(scope, waiting).map(|_| ()));
        drop(release);
        tried
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_threads_is_one_that_a_machine_may_have() {
        for (threads, expected) in [("1", Some(1)), ("1024", Some(1_024)), ("0", None), ("100000", None), ("two", None)]
        {
            assert_eq!(require(threads.to_owned(), "`--threads`").ok(), expected, "{threads}");
        }
        assert!(try_threads(3).is_ok());
    }
}
