//! Owns what was known when. The only room that cuts time: everything behind it receives a [`History`] or, for labels
//! alone, a [`Future`], and cannot reach the events themselves.
//!
//! History is `[start, cutoff)`; an event at the cutoff instant is not history. A row recorded later than it happened
//! is visible from its `recorded_at` on.

mod attributes;
mod available;
mod buyers;
mod calendar;
mod census;
pub mod columns;
mod complaints;
mod contacts;
mod context;
mod custom;
mod customer_profile;
mod cutoff;
mod error;
mod future;
mod history;
mod ledger;
mod levels;
mod lines;
mod log;
mod margins;
mod mix;
mod opt_outs;
mod pairs;
mod partition;
mod rhythm;
mod running;
mod scan;
mod season;
mod shop_census;
mod shop_sums;
mod slope;
mod span;
mod spend;
mod surveys;
mod tally;
mod voids;
mod walk;
mod window;

pub use attributes::Attributes;
pub use available::Available;
pub use buyers::fit_purchases;
pub use calendar::{Calendar, date_of, day_of, local_time};
pub use complaints::KnownComplaint;
pub use contacts::{ContactArm, ContactLog, ContactRow, FirstContact, KnownContact};
pub use context::{ContextNeeds, ShopContext};
pub use cutoff::{Cutoff, matured_cutoffs};
pub use error::LogError;
pub use future::{Future, Retention};
pub use history::{Gaps, History};
pub use levels::OrderLevels;
pub use lines::{SAME_ORDER_DAYS, goes_on};
pub use log::EventLog;
pub use margins::Margins;
pub use mix::{Basket, ShopMix};
pub use season::Season;
pub use shop_census::ShopCensus;
pub use shop_sums::ShopSums;
pub use slope::Slope;
pub use span::KnownSpan;
pub use surveys::KnownAnswer;
pub use tally::CategoryCadence;
pub use voids::{ReturnCounts, VoidOrder};
pub use window::Window;

pub(crate) use ledger::Presence;
pub(crate) use scan::{Place, ScanScratch, ScanSettings, Shard};
