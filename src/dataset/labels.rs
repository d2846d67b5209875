//! What is known of what came of a row.

use crate::timeline::Retention;

/// What is known of what came of a row.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RowLabels {
    /// Of purchases in the label window.
    pub(super) retention: Retention,
    /// Of purchases in the follow-up behind it.
    pub(super) comeback: Retention,
}
