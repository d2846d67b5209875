//! What is told of a customer, and what it adds.

use crate::features::{Fact, Family};

/// Some facts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Facts(u16);

impl Facts {
    /// Those of two sets.
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether a fact is one of them.
    #[must_use]
    pub const fn has(self, fact: Fact) -> bool {
        self.0 & Self::of(fact).0 != 0
    }

    /// One of them.
    #[must_use]
    pub const fn of(fact: Fact) -> Self {
        Self(1 << fact as u16)
    }
}

/// A fact of a customer that raises the odds of the risk ([`super::Risk`]): of not coming back, or of having left.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// The fact.
    pub fact: Fact,
    /// That fact and others of which the sentence says all that would be told.
    pub facts: Facts,
    /// The family of the feature that tells it; its code is stable for systems.
    pub family: Family,
    /// The place of that feature among the columns.
    pub column: usize,
    /// The customer's own numbers, in a sentence.
    pub sentence: Box<str>,
    /// What the fact adds to the log-odds, against the mean training row, and with it others that the sentence tells too.
    pub log_odds: f64,
}

impl Reason {
    /// Says what another one says, too.
    pub(super) fn take_over(&mut self, other: &Self) {
        self.facts = self.facts.and(other.facts);
        self.log_odds += other.log_odds;
    }
}
