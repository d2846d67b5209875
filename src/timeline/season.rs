//! The coming season a year ago: the label window, moved back by a year.

use crate::units::Days;

/// Days of the year by which a season is moved back.
pub(super) const YEAR_DAYS: u32 = 365;

/// The part of the year that the label window repeats: `[cutoff - 365 d + gap, cutoff - 365 d + gap + horizon)`, as far as
/// it lies before the cutoff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Season {
    /// Days between the cutoff and the label window.
    pub gap: Days,
    /// Length of the label window.
    pub horizon: Days,
}

impl Season {
    /// The ages of its days before the cutoff: more than the first and at most the second, which are equal where none of
    /// it lies before the cutoff.
    #[must_use]
    pub const fn ages(self) -> (Days, Days) {
        let oldest = YEAR_DAYS.saturating_sub(self.gap.0);
        (Days(oldest.saturating_sub(self.horizon.0)), Days(oldest))
    }

    /// How many days it has.
    #[must_use]
    pub const fn length(self) -> Days {
        let (from, to) = self.ages();
        Days(to.0 - from.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_season_is_the_label_window_a_year_ago() {
        let ages = |gap, horizon| Season { gap: Days(gap), horizon: Days(horizon) }.ages();
        assert_eq!(ages(0, 90), (Days(275), Days(365)));
        assert_eq!(ages(30, 90), (Days(245), Days(335)));
        assert_eq!(ages(300, 90), (Days(0), Days(65)), "what lies behind the cutoff is not known");
        assert_eq!(ages(365, 90), (Days(0), Days(0)));
        assert_eq!(Season { gap: Days(300), horizon: Days(90) }.length(), Days(65));
    }
}
