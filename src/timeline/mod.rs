//! Owns what was known when. The only room that cuts time: everything behind it receives a [`History`] or, for labels
//! alone, a [`Future`], and cannot reach the events themselves.
//!
//! History is `[start, cutoff)`; an event at the cutoff instant is not history. A row recorded later than it happened
//! is visible from its `recorded_at` on.

mod available;
pub mod columns;
mod complaints;
mod cutoff;
mod fold;
mod future;
mod history;
mod ledger;
mod lines;
mod log;
mod partition;
mod walk;

pub use available::Available;
pub use complaints::KnownComplaint;
pub use cutoff::{Cutoff, matured_cutoffs};
pub use future::Future;
pub use history::{Basket, Gaps, History, Window};
pub use log::{EventLog, LogError};

pub(crate) use fold::{FoldScratch, FoldSettings, Presence, Shard};
