//! Owns the order in which customers are worth the retention team's time: life-cycle stage, what is lost if a customer
//! leaves, and the ranked list.

mod places;
mod ranking;
mod stage;

pub use places::Contenders;
pub use ranking::{Prospect, RiskBand, Suppression, rank};
pub use stage::{Behaviour, Stage};
