//! Forward chaining: earlier as-of days, each with what could have been learnt then and what came after.

use jiff::tz::TimeZone;

use crate::dataset::Dataset;
use crate::timeline::Cutoff;
use crate::units::Days;

/// An earlier as-of day: learn from the matured rows, predict the rows at the day itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// The validation cutoff, which is the as-of day of its training rows.
    pub cutoff: Cutoff,
    /// Rows whose labels were known at the cutoff.
    pub training: Vec<usize>,
    /// Rows at the cutoff.
    pub validation: Vec<usize>,
}

impl Fold {
    /// What the fold says about settings for the final fit: the more it learnt from, the more it is like it.
    #[must_use]
    pub fn weight(&self) -> f64 {
        self.training.len() as f64
    }

    /// Whether the labels of another fold's validation rows were known at this fold's cutoff.
    #[must_use]
    pub fn knows(&self, other: &Self) -> bool {
        other.validation.first().is_some_and(|row| self.training.binary_search(row).is_ok())
    }
}

/// At most `n_folds` folds over the customers that training learns from, at training cutoffs before which others had matured,
/// in ascending time: the last of these, and earlier ones that stand on a grid of the calendar, so that trainings of
/// neighbouring days have most of their folds in common. The label windows of a fold's training rows had ended at its cutoff; those of its
/// validation rows have ended by the day for which `training_cutoffs` are those that had matured.
#[must_use]
pub fn forward_chain(
    dataset: &Dataset,
    training_cutoffs: &[Cutoff],
    matures_after: Days,
    n_folds: usize,
    zone: &TimeZone,
) -> Vec<Fold> {
    let matured_at = |as_of: Cutoff| {
        let limit = as_of.before(matures_after, zone);
        training_cutoffs.iter().copied().filter(move |cutoff| *cutoff <= limit)
    };
    let candidates: Vec<Cutoff> = training_cutoffs.iter().copied().filter(|c| matured_at(*c).count() > 0).collect();
    let fold = |cutoff: Cutoff| {
        let limit = cutoff.before(matures_after, zone);
        let trained_on = |other: Cutoff| other <= limit && training_cutoffs.contains(&other);
        Fold {
            cutoff,
            training: dataset.panel_rows_at(trained_on),
            validation: dataset.panel_rows_at(|other| other == cutoff),
        }
    };
    let folds = on_grid(&candidates, n_folds).into_iter().map(fold);
    folds.filter(|fold| !fold.training.is_empty() && !fold.validation.is_empty()).collect()
}

/// At most `n` of some cutoffs: the last, and of the others the last ones that stand on a grid of the calendar whose step is
/// that of the cutoffs times a power of two, as wide as their number allows.
fn on_grid(cutoffs: &[Cutoff], n: usize) -> Vec<Cutoff> {
    let [earlier @ .., last] = cutoffs else { return Vec::new() };
    let step = earlier.last().map_or(1, |before| (last.day() - before.day()).max(1));
    let n_earlier = n.saturating_sub(1);
    let widths = (0..).map(|power| 1_usize << power).take_while(|width| width * n_earlier < cutoffs.len());
    let width = i32::try_from(widths.last().unwrap_or(1)).unwrap_or(1);
    let is_on_grid = |cutoff: &&Cutoff| cutoff.day().div_euclid(step).rem_euclid(width) == 0;
    let mut chosen: Vec<Cutoff> = earlier.iter().rev().filter(is_on_grid).take(n_earlier).copied().collect();
    chosen.reverse();
    chosen.push(*last);
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cutoffs(days: impl IntoIterator<Item = i32>) -> Vec<Cutoff> {
        let at =
            |day: i32| Cutoff::at_start_of(jiff::civil::date(1970, 1, 1) + jiff::Span::new().days(day), &TimeZone::UTC);
        days.into_iter().map(at).collect()
    }

    fn days(chosen: &[Cutoff]) -> Vec<i32> {
        chosen.iter().map(|cutoff| cutoff.day()).collect()
    }

    #[test]
    fn the_last_cutoff_and_those_on_the_grid_are_chosen() {
        let monthly = |n: i32| cutoffs((0..n).map(|month| 300 + 30 * month));
        // Twelve months: every second one, counted from 1970, and the last.
        assert_eq!(days(&on_grid(&monthly(12), 4)), [480, 540, 600, 630]);
        // A month later, all but the last are the same.
        assert_eq!(days(&on_grid(&monthly(13), 4)), [300 + 30 * 2, 480, 600, 660]);
        assert_eq!(days(&on_grid(&monthly(3), 4)), [300, 330, 360]);
        assert!(on_grid(&[], 4).is_empty());
    }

    #[test]
    fn neighbouring_days_share_their_folds() {
        let monthly = |n: i32| on_grid(&cutoffs((0..n).map(|month| 300 + 30 * month)), 4);
        for n in 14..24 {
            let (before, after) = (monthly(n), monthly(n + 1));
            let n_shared = after.iter().filter(|cutoff| before.contains(cutoff)).count();
            assert!(n_shared >= 2, "{n}: {before:?} {after:?}");
        }
    }
}
