//! How a line goes, in words.

/// What a course may go back, as a share of its whole height, and still be called rising or falling.
const UNEVEN: f64 = 0.15;

/// How a line goes, from the left to the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    Rises,
    Falls,
    Valley,
    Hill,
    UpAndDown,
}

impl Course {
    /// The course of heights; small steps back do not count.
    pub(super) fn of(heights: &[f64]) -> Self {
        let most = heights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let least = heights.iter().copied().fold(f64::INFINITY, f64::min);
        let back = UNEVEN * (most - least);
        let falls = |part: &[f64]| drop_of(part.iter().map(|height| -height)) <= back;
        let rises = |part: &[f64]| drop_of(part.iter().copied()) <= back;
        let place = |height: f64| heights.iter().position(|other| other.total_cmp(&height).is_eq()).unwrap_or(0);
        let (bottom, top) = (heights.split_at(place(least)), heights.split_at(place(most)));
        match () {
            () if rises(heights) => Self::Rises,
            () if falls(heights) => Self::Falls,
            () if falls(bottom.0) && rises(bottom.1) => Self::Valley,
            () if rises(top.0) && falls(top.1) => Self::Hill,
            () => Self::UpAndDown,
        }
    }

    /// What it says of the risk.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Rises => "the larger, the higher the risk",
            Self::Falls => "the larger, the lower the risk",
            Self::Valley => "the risk is lowest in between",
            Self::Hill => "the risk is highest in between",
            Self::UpAndDown => "the risk goes up and down",
        }
    }
}

/// The largest way down from a height to a later one.
fn drop_of(heights: impl Iterator<Item = f64>) -> f64 {
    heights
        .fold((f64::NEG_INFINITY, 0.0_f64), |(top, most), height| (top.max(height), most.max(top.max(height) - height)))
        .1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_course_is_called_as_it_looks() {
        let found = [
            &[0.0, 1.0, 0.9, 2.0][..],
            &[1.0, 0.0, -0.5],
            &[1.0, -1.0, -1.1, 0.8],
            &[-1.0, 1.0, -0.8],
            &[0.0, 1.0, 0.0, 1.0],
        ]
        .map(Course::of);
        assert_eq!(found, [Course::Rises, Course::Falls, Course::Valley, Course::Hill, Course::UpAndDown]);
    }
}
