//! Which keys may stand more than once, in little memory: every one that does, and few others.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

/// A table of keys: most shops have many orders of one line, which would fill a map and say nothing.
pub(super) struct Repeated {
    once: Vec<u64>,
    again: Vec<u64>,
}

/// Bits for each line: of the keys that stand once, one in so many is taken for one that stands again.
const BITS: usize = 8;

impl Repeated {
    /// Of the keys of so many lines.
    pub(super) fn among(keys: impl Iterator<Item = (u64, u32)>, n_lines: usize) -> Self {
        let n_words = (n_lines * BITS).next_power_of_two().div_ceil(64);
        let mut repeated = Self { once: vec![0; n_words], again: vec![0; n_words] };
        for key in keys {
            let (word, bit) = repeated.place(key);
            if let (Some(once), Some(again)) = (repeated.once.get_mut(word), repeated.again.get_mut(word)) {
                *again |= *once & bit;
                *once |= bit;
            }
        }
        repeated
    }

    /// Whether a key may stand more than once.
    pub(super) fn has(&self, key: (u64, u32)) -> bool {
        let (word, bit) = self.place(key);
        self.again.get(word).is_some_and(|again| again & bit != 0)
    }

    /// The word and the bit of a key.
    fn place(&self, key: (u64, u32)) -> (usize, u64) {
        let mut hasher = FxHasher::default();
        key.hash(&mut hasher);
        let hash = hasher.finish();
        let word = usize::try_from(hash >> 6).unwrap_or(0) % self.once.len().max(1);
        (word, 1 << (hash & 63))
    }
}
