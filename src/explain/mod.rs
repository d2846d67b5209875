//! Owns explanation: the reasons of a list, and one customer explained in full.

mod absence;
mod customer;
mod faithfulness;
mod medians;
mod mention;
mod passing;
mod path;
mod reason;
mod reasons;
mod repeats;
mod rhythm;
mod scorer;
mod sentence;
mod shapley;
mod unexplained;

pub use absence::{Absence, VoidNote};
pub(crate) use customer::Breakdown;
pub(crate) use customer::Subject;
pub use customer::{
    ComplaintSummary, ContextContribution, CustomerExplanation, ExplainedAlternative, ExplainedCause,
    ExplainedDecision, ExplainedValue, FactContribution, FeatureContribution, VoidOrderSummary, explanation_schema,
};
pub use faithfulness::TestedReasons;
pub use medians::Medians;
pub use passing::Background;
pub use path::Risk;
pub use reason::{Facts, Reason};
pub use reasons::{
    CustomerExplainer, Explanations, MATERIAL_LOG_ODDS, MATERIAL_SHARE, Makeup, REASONS, features_in_sentence,
};
pub use rhythm::RhythmReader;
pub use scorer::{Forecast, ScoringModel};
pub use sentence::render;
pub use unexplained::{Unexplained, Usual};
