//! Words, each drawn as often as its weight says.

use serde::Serialize;

/// A word and how often it is used.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Weighted {
    /// The word.
    pub word: String,
    /// Its weight; weights need not sum to one.
    pub weight: f64,
}

/// Words with their weights.
pub(super) fn weighted(words: &[(&str, f64)]) -> Vec<Weighted> {
    words.iter().map(|&(word, weight)| Weighted { word: word.to_owned(), weight }).collect()
}
