//! Owns the order in which customers are worth the retention team's time: life-cycle stage, what is to come of a customer,
//! what is lost if one leaves, and the order of the lists.

mod outcomes;
mod places;
mod ranking;
mod stage;

pub use outcomes::{Conditionals, OutcomeProbabilities, OwnRhythm};
pub use places::Contenders;
pub use ranking::{Order, Prospect, RiskBand, Suppression, rank};
pub use stage::{Behaviour, Stage};
