//! Owns why a customer is probably lost or about to be: one cause of a fixed few, by stated rules, from complaint records and
//! from the reasons of the risk. Where the evidence is thin there is none.

mod cause;
mod records;
mod rules;
mod sentence;
mod theme;

pub use cause::Cause;
pub use records::{ComplaintRecord, SlowFrom};
pub use rules::{Evidence, FoundCause, Signs, ToldFact, cause_of, has_slowed};
pub use sentence::{NO_CAUSE, cause_why};
