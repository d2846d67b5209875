//! Owns explanation: the reasons of a list, and one customer explained in full.

mod customer;
mod reasons;
mod sentence;

pub(crate) use customer::Subject;
pub use customer::{ComplaintSummary, CustomerExplanation, ExplainedValue, FeatureContribution, VoidOrderSummary};
pub use reasons::{CustomerExplainer, Explanations, REASONS, Reason, features_in_sentence};
pub use sentence::render;
