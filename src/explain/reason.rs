//! What is told of a customer, and what it adds.

use crate::features::{Fact, Family};

/// A fact of a customer that raises the odds of the risk ([`super::Risk`]): of not coming back, or of having left.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// The fact.
    pub fact: Fact,
    /// The family of the feature that tells it; its code is stable for systems.
    pub family: Family,
    /// The place of that feature among the columns.
    pub column: usize,
    /// The customer's own numbers, in a sentence.
    pub sentence: Box<str>,
    /// What the fact adds to the log-odds, against the mean training row, and with it others that the sentence tells too.
    pub log_odds: f64,
}
