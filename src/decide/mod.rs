//! Owns what is decided about customers: life-cycle stage, why one is probably lost, what is to come of a customer, what an action for one is expected to
//! bring, who gets which one under a budget, who is left alone to measure by, and the order of the lists.

mod allocation;
mod candidate;
mod causes;
mod chances;
mod comparison;
mod contact_evidence;
mod cool_down;
mod decision;
mod draws;
mod experiment;
mod gain;
mod grievance;
mod interviews;
mod next_category;
mod outcomes;
mod owners;
mod places;
mod plan;
mod plan_summary;
mod ranking;
mod reckoning;
mod segments;
mod stage;
mod why;
mod why_not;

pub use allocation::{Allocation, Choice, Limits, Prices, Problem, allocate};
pub use candidate::Candidate;
pub use causes::{
    Cause, ComplaintRecord, Evidence, FoundCause, NO_CAUSE, Signs, SlowFrom, ToldFact, cause_of, cause_why, has_slowed,
};
pub use chances::Chances;
pub use comparison::{ArmOutcome, Arms, Estimate, LEAST_CUSTOMERS};
pub use contact_evidence::{
    ALL as ALL_STAGES, ActionEvidence, ContactComparison, ContactEvidence, ContactFinding, ContactTrial, HARM_LEVEL,
    RateEvidence,
};
pub use cool_down::{PastContact, Pause};
pub use decision::{Alternative, Decision, Group, PlannedAction, Wanted};
pub use experiment::{Arm, Balance, SUSPICIOUS};
pub use gain::{Rates, Spending, Stakes, expected_cost, expected_net_gain};
pub use grievance::{Grievance, GrievanceState, day_in_words};
pub use interviews::{Interview, LostCustomer, Stratum, interviews};
pub use next_category::NextCategory;
pub use outcomes::{Conditionals, OutcomeProbabilities, OwnRhythm, lasting};
pub use places::{Contenders, Worth};
pub use plan::{Plan, Planner};
pub use plan_summary::{ActionCount, BindingLimit, FirstHundred, PlanSummary};
pub use ranking::{Order, Prospect, RiskBand, Suppression, rank};
pub use reckoning::LimitKind;
pub use segments::{MatrixCuts, Quadrant, RfmSegment, Segments, Shopper, segments};
pub use stage::{Behaviour, Stage};
pub use why::{Subject, action_why, money as money_in_words, percent as percent_in_words};
pub use why_not::{Untouched, bring, no_longer_because, pause_why, suppressed_because};
