//! Watches a job: a progress bar on a terminal, and how long each stage takes.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use super::OutputOptions;
use crate::pipeline::Progress;

/// How long a stage took.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StageTime {
    /// The stage.
    pub stage: String,
    /// Wall time in seconds.
    pub seconds: f64,
}

/// The bar on the terminal, if there is one.
static BAR: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Does something while no bar is on the terminal.
pub(super) fn without_bar<T>(write: impl FnOnce() -> T) -> T {
    match locked(&BAR).as_ref() {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Shows and times the stages of a job.
#[derive(Debug)]
pub struct Watch {
    stages: Mutex<Stages>,
    /// Work inside stages, by what it is.
    work: Mutex<BTreeMap<&'static str, Work>>,
}

/// Work that several threads did.
#[derive(Debug, Clone, Copy, Default)]
struct Work {
    time: Duration,
    bytes: u64,
}

#[derive(Debug, Default)]
struct Stages {
    ended: Vec<StageTime>,
    present: Option<(&'static str, Instant)>,
}

impl Watch {
    /// A watch; the bar appears only on a terminal, and not if the user wants silence.
    #[must_use]
    pub fn new(talk: OutputOptions) -> Self {
        if !talk.quiet && !talk.no_progress {
            // Hidden by the library itself where standard error is no terminal.
            let bar = ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg:34} {bar:24} {pos}/{len} {elapsed}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            *locked(&BAR) = Some(bar);
        }
        Self { stages: Mutex::default(), work: Mutex::default() }
    }

    /// Does a piece of work inside a stage, and adds its time and bytes to those of its kind; `work` returns the bytes.
    ///
    /// # Errors
    /// That of `work`.
    pub fn during<T, E>(&self, kind: &'static str, work: impl FnOnce() -> Result<(T, u64), E>) -> Result<T, E> {
        let began = Instant::now();
        let (made, bytes) = work()?;
        self.add(kind, began.elapsed(), bytes);
        Ok(made)
    }

    /// Does a piece of work inside a stage, and adds its time to that of its kind.
    pub fn time(&self, kind: &'static str, work: &mut dyn FnMut()) {
        let began = Instant::now();
        work();
        self.add(kind, began.elapsed(), 0);
    }

    fn add(&self, kind: &'static str, time: Duration, bytes: u64) {
        let mut kinds = locked(&self.work);
        let sum = kinds.entry(kind).or_default();
        sum.time += time;
        sum.bytes += bytes;
    }

    /// Ends the present stage and tells how long each one took.
    #[must_use]
    pub fn finish(&self) -> Vec<StageTime> {
        let mut stages = locked(&self.stages);
        stages.end();
        for (kind, Work { time, bytes }) in std::mem::take(&mut *locked(&self.work)) {
            let (seconds, megabytes) = (time.as_secs_f64(), bytes as f64 / 1e6);
            let moved = if bytes > 0 { format!(", {megabytes:.0} MB") } else { String::new() };
            tracing::debug!(kind, seconds, megabytes, "{kind}: {seconds:.2} s of a thread{moved}");
        }
        if let Some(bar) = locked(&BAR).take() {
            bar.finish_and_clear();
        }
        stages.ended.clone()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(bar) = locked(&BAR).take() {
            bar.finish_and_clear();
        }
    }
}

impl Stages {
    fn end(&mut self) {
        if let Some((stage, began)) = self.present.take() {
            let seconds = began.elapsed().as_secs_f64();
            tracing::debug!(stage, seconds, "{stage}: {seconds:.2} s");
            self.ended.push(StageTime { stage: stage.to_owned(), seconds: (seconds * 1e3).round() / 1e3 });
        }
    }
}

impl Progress for Watch {
    fn begin(&self, stage: &'static str, steps: usize) {
        let mut stages = locked(&self.stages);
        stages.end();
        stages.present = Some((stage, Instant::now()));
        if let Some(bar) = locked(&BAR).as_ref() {
            bar.set_length(steps as u64);
            bar.set_position(0);
            bar.set_message(stage);
        }
    }

    fn step(&self) {
        if let Some(bar) = locked(&BAR).as_ref() {
            bar.inc(1);
        }
    }
}
