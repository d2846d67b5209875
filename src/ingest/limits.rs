//! How much is read at most.

/// Rows of a table in memory at most: their numbers, and those of different words, are 32 bits wide.
pub const MAX_ROWS: usize = u32::MAX as usize - 1;

/// Columns of a table at most.
pub(super) const MOST_COLUMNS: usize = 10_000;
