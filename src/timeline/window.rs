//! Stretches of time that end at a cutoff.

use crate::units::Days;

/// A stretch of time that ends at the cutoff and excludes it, in days of 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Window {
    /// The last 7 days.
    Days7,
    /// The last 30 days.
    Days30,
    /// The last 60 days.
    Days60,
    /// The last 90 days.
    Days90,
    /// The last 180 days.
    Days180,
    /// The last 365 days.
    Days365,
    /// All of the history.
    All,
}

/// The windows with a length, the shortest first.
pub(super) const BOUNDED: [Window; 6] =
    [Window::Days7, Window::Days30, Window::Days60, Window::Days90, Window::Days180, Window::Days365];

impl Window {
    /// Its length; `None` for all of the history.
    #[must_use]
    pub const fn days(self) -> Option<Days> {
        match self {
            Self::Days7 => Some(Days(7)),
            Self::Days30 => Some(Days(30)),
            Self::Days60 => Some(Days(60)),
            Self::Days90 => Some(Days(90)),
            Self::Days180 => Some(Days(180)),
            Self::Days365 => Some(Days(365)),
            Self::All => None,
        }
    }
}
