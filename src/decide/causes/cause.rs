//! The causes: their words, whether a shop can do something about them, and which fact is evidence for which.

use serde::{Deserialize, Serialize};

use crate::features::Fact;

/// Why a customer is probably lost or about to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// What it costs.
    Price,
    /// What was wrong with the goods.
    Quality,
    /// How the shop delivered, answered, and mended.
    ServiceResponse,
    /// A complaint that waits.
    UnresolvedComplaint,
    /// Less and less is needed, or it is bought elsewhere.
    FadedNeed,
    /// A steady customer who stopped, and nothing tells why.
    BrokenRhythm,
    /// A life that went another way.
    Uncontrollable,
}

impl Cause {
    /// All of them, in the order of files.
    pub const ALL: [Self; 7] = [
        Self::Price,
        Self::Quality,
        Self::ServiceResponse,
        Self::UnresolvedComplaint,
        Self::FadedNeed,
        Self::BrokenRhythm,
        Self::Uncontrollable,
    ];

    /// The word in files and playbooks.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::Quality => "quality",
            Self::ServiceResponse => "service_response",
            Self::UnresolvedComplaint => "unresolved_complaint",
            Self::FadedNeed => "faded_need",
            Self::BrokenRhythm => "broken_rhythm",
            Self::Uncontrollable => "uncontrollable",
        }
    }

    /// The words in a sentence.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Price => "the price",
            Self::Quality => "the quality of the goods",
            Self::ServiceResponse => "the service",
            Self::UnresolvedComplaint => "a complaint that is not settled",
            Self::FadedNeed => "a need that has faded",
            Self::BrokenRhythm => "a broken habit",
            Self::Uncontrollable => "something that you cannot change",
        }
    }

    /// Whether a shop can do something about it: mend its own fault, or ask a customer who only stopped.
    #[must_use]
    pub const fn is_controllable(self) -> bool {
        !matches!(self, Self::FadedNeed | Self::Uncontrollable)
    }

    /// The cause for which a fact that raises the risk is evidence; `None` for facts that go with any cause.
    #[must_use]
    pub const fn of_fact(fact: Fact) -> Option<Self> {
        match fact {
            Fact::Silence => Some(Self::BrokenRhythm),
            Fact::FewerOrders | Fact::SpendFell | Fact::CategoryStopped => Some(Self::FadedNeed),
            Fact::Discounts => Some(Self::Price),
            Fact::Returns => Some(Self::Quality),
            Fact::OpenComplaint => Some(Self::UnresolvedComplaint),
            Fact::ComplaintHandling => Some(Self::ServiceResponse),
            // What a complaint was about, and how it went, stands in its record.
            Fact::Complaints | Fact::FewOrders | Fact::LowSpend | Fact::NarrowBasket | Fact::Surveys | Fact::Custom => {
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn playbooks_know_every_cause_and_the_absence_of_one() {
        let words: Vec<&str> = Cause::ALL.into_iter().map(Cause::name).chain(["none"]).collect();
        assert_eq!(words, crate::config::playbook::CAUSE_WORDS);
        let shared: Vec<&str> =
            Cause::ALL.into_iter().filter(|cause| !cause.is_controllable()).map(Cause::name).collect();
        assert_eq!(shared, ["faded_need", "uncontrollable"]);
    }
}
