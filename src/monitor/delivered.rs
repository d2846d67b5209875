//! The rows of a feed as they came in, before repeated ones were set aside.

/// The rows of a feed as they came in, repeated ones included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivered {
    /// The feed.
    pub feed: &'static str,
    /// Rows that came in.
    pub rows: u64,
    /// Rows that repeat others.
    pub repeated: u64,
    /// Rows that are lost: none that the config or the shop sets aside.
    pub rejected: u64,
}
