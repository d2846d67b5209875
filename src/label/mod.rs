//! Owns the churn rule: who counts at a cutoff, and who left after it; and what came of customers in a follow-up behind.

mod outcome;
mod rule;

pub use outcome::{FollowUpWindow, Outcome, OutcomeRule};
pub use rule::{ChurnRule, RuleWindow, Schedule};
