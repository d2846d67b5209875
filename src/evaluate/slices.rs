//! Owns quality within named groups of customers, such as those with a complaint or the third worth most.
//!
//! Which customers form a group is the caller's business; groups may overlap.

use serde::{Deserialize, Serialize};

use super::bootstrap::{Draws, Interval};
use super::prepared::{Prepared, Sample};

/// A named group of the customers of one test cutoff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// What the report calls the group; the same at every cutoff.
    pub name: String,
    /// For each row of the cutoff, whether the customer belongs to the group.
    pub rows: Vec<bool>,
}

/// Quality of the main learner in one slice; means over the test cutoffs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SliceReport {
    /// What the group is called.
    pub name: String,
    /// Its rows over all test cutoffs.
    pub n: usize,
    /// How many of them left.
    pub n_churned: usize,
    /// Churn rate.
    pub churn_rate: Option<Interval>,
    /// Mean churn probability; `None` for rule scores. Well away from the churn rate, the slice is misjudged.
    pub mean_probability: Option<Interval>,
    /// Area under the curve within the slice.
    pub auc: Option<Interval>,
    /// Brier score within the slice; `None` for rule scores.
    pub brier: Option<Interval>,
}

/// Ranks the rows of a slice. A cutoff without the slice gives a sample without rows, of which no figure is defined.
pub(super) fn prepare(sample: &Sample<'_>, slice: Option<&Slice>) -> Option<Prepared> {
    Prepared::some_rows(sample, &members(slice))
}

fn members(slice: Option<&Slice>) -> Vec<u32> {
    let rows = slice.map_or(&[][..], |slice| &slice.rows);
    (0_u32..).zip(rows).filter_map(|(row, &belongs)| belongs.then_some(row)).collect()
}

/// Names of all slices in the order of their first appearance.
pub(super) fn names<'a>(slices_by_cutoff: impl Iterator<Item = &'a [Slice]>) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for slice in slices_by_cutoff.flatten() {
        if !names.contains(&slice.name.as_str()) {
            names.push(&slice.name);
        }
    }
    names
}

/// Rows of a slice at one cutoff, and how many of them left.
pub(super) fn count(slice: Option<&Slice>, churned: &[bool]) -> (usize, usize) {
    let rows = slice.map_or(&[][..], |slice| &slice.rows).iter().zip(churned);
    rows.filter(|(belongs, _)| **belongs).fold((0, 0), |(n, left), (_, &churned)| (n + 1, left + usize::from(churned)))
}

impl SliceReport {
    /// Reads a slice's figures, which start at `first` in the flat list, out of the draws.
    pub(super) fn from_draws(name: &str, counts: (usize, usize), draws: &Draws, first: usize) -> Self {
        Self {
            name: name.to_owned(),
            n: counts.0,
            n_churned: counts.1,
            churn_rate: draws.interval(first),
            mean_probability: draws.interval(first + 1),
            auc: draws.interval(first + 2),
            brier: draws.interval(first + 3),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::bootstrap::{Customers, Resampling, bootstrap};
    use super::*;

    fn report(churned: &[bool], scores: &[f64], rows: &[bool]) -> SliceReport {
        let slice = Slice { name: "complainers".to_owned(), rows: rows.to_vec() };
        let value = vec![1.0; churned.len()];
        let sample = Sample { churned, scores, value: &value, is_probability: true };
        let prepared = prepare(&sample, Some(&slice)).unwrap();
        let ids: Vec<u32> = (0..).take(churned.len()).collect();
        let plan = Resampling { seed: 1, n_replicates: 200 };
        let draws = bootstrap(&Customers::new(&[&ids]).unwrap(), plan, |_, w| prepared.slice_figures(w).to_vec());
        SliceReport::from_draws(&slice.name, count(Some(&slice), churned), &draws, 0)
    }

    /// Rows 0, 2, 3 and 5 belong: two of four leave, mean probability .5, pairs won 3 of 4.
    #[test]
    fn a_slice_sees_its_own_rows_only() {
        let churned = [true, false, false, true, true, false];
        let scores = [0.9, 0.99, 0.4, 0.3, 0.01, 0.2];
        let slice = report(&churned, &scores, &[true, false, true, true, false, true]);
        assert_eq!((slice.n, slice.n_churned), (4, 2));
        let estimates = [slice.churn_rate, slice.mean_probability, slice.auc].map(|figure| figure.unwrap().estimate);
        assert!(estimates.iter().zip([0.5, 0.45, 0.75]).all(|(found, by_hand)| (found - by_hand).abs() < 1e-12));
        let brier = (0.01 + 0.16 + 0.49 + 0.04) / 4.0;
        assert!((slice.brier.unwrap().estimate - brier).abs() < 1e-12);
    }

    #[test]
    fn an_empty_or_one_sided_slice_has_no_auc() {
        let churned = [true, true, false];
        let one_sided = report(&churned, &[0.5; 3], &[true, true, false]);
        assert_eq!((one_sided.n, one_sided.auc), (2, None));
        assert!(one_sided.brier.is_some());
        let empty = report(&churned, &[0.5; 3], &[false; 3]);
        assert_eq!((empty.n, empty.churn_rate, empty.mean_probability), (0, None, None));
    }

    #[test]
    fn names_are_listed_once_in_order() {
        let slice = |name: &str| Slice { name: name.to_owned(), rows: Vec::new() };
        let by_cutoff = [vec![slice("new"), slice("established")], vec![slice("complainers"), slice("new")]];
        assert_eq!(names(by_cutoff.iter().map(Vec::as_slice)), ["new", "established", "complainers"]);
    }
}
