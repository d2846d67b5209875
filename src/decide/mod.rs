//! Owns what is decided about customers: life-cycle stage, why one is probably lost, what is to come of a customer, what an action for one is expected to
//! bring, who gets which one under a budget, who is left alone to measure by, and the order of the lists.

mod allocation;
mod candidate;
mod causes;
mod chances;
mod cool_down;
mod draws;
mod experiment;
mod gain;
mod grievance;
mod interviews;
mod outcomes;
mod owners;
mod places;
mod plan;
mod ranking;
mod segments;
mod stage;
mod why;

pub use allocation::{Allocation, Choice, Limits, Prices, Problem, allocate};
pub use candidate::Candidate;
pub use causes::{
    Cause, ComplaintRecord, Evidence, FoundCause, NO_CAUSE, Signs, SlowFrom, ToldFact, cause_of, cause_why,
};
pub use chances::Chances;
pub use cool_down::{PastContact, Pause};
pub use experiment::{Arm, Balance, SUSPICIOUS};
pub use gain::{Rates, Spending, Stakes, expected_cost, expected_net_gain};
pub use grievance::{Grievance, GrievanceState, day_in_words};
pub use interviews::{Interview, LostCustomer, Stratum, interviews};
pub use outcomes::{Conditionals, OutcomeProbabilities, OwnRhythm};
pub use places::{Contenders, Worth};
pub use plan::{
    ActionCount, Alternative, BindingLimit, Decision, FirstHundred, Group, LimitKind, Plan, PlanSummary, PlannedAction,
    Planner,
};
pub use ranking::{Order, Prospect, RiskBand, Suppression, rank};
pub use segments::{MatrixCuts, Quadrant, RfmSegment, Segments, Shopper, segments};
pub use stage::{Behaviour, Stage};
pub use why::{Subject, action_why, pause_why};
