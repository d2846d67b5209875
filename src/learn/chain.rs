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

/// At most `n_folds` folds over the customers that training learns from, spread over the training cutoffs before which
/// others had matured, in ascending time. The label windows of a fold's training rows had ended at its cutoff; those of its
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
    let folds = spread(&candidates, n_folds).map(fold);
    folds.filter(|fold| !fold.training.is_empty() && !fold.validation.is_empty()).collect()
}

/// At most `n` entries, evenly spread, the last one always among them.
fn spread<T: Copy>(entries: &[T], n: usize) -> impl Iterator<Item = T> {
    let n = n.min(entries.len());
    (1..=n).map(move |i| entries[i * entries.len() / n - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_spread_and_the_last_one_is_kept() {
        assert_eq!(spread(&[1, 2, 3, 4, 5, 6, 7], 3).collect::<Vec<_>>(), [2, 4, 7]);
        assert_eq!(spread(&[1, 2], 5).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(spread::<u8>(&[], 5).count(), 0);
    }
}
