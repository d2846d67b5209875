//! Complaints that are themselves the exit: a category whose customers almost never buy again, such as the closing of an
//! account. What a model learns from them is who has left already.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::leavers::{LEAST_CUSTOMERS, Leavers};
use crate::dataset::Dataset;
use crate::timeline::{Cutoff, EventLog, KnownComplaint};

/// What came after complaints of a category.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComplaintFigure {
    /// The category; `None` for all complaints.
    pub category: Option<String>,
    /// Customers with such a complaint, each counted at the first cutoff at which it was known.
    pub n_customers: usize,
    /// Share of them that left.
    pub churn_rate: f64,
    /// Share of the rows without such a complaint whose customer left.
    pub others_churn_rate: f64,
}

/// What came after the complaints of each category of which there are enough, and after all of them, the highest rate
/// first; with each whether it is an exit.
pub(super) fn complaint_figures(
    dataset: &Dataset,
    log: &EventLog,
    (as_of, max_rate): (Cutoff, f64),
) -> Vec<(ComplaintFigure, bool)> {
    let mut counted = Counted::default();
    let mut known: Vec<KnownComplaint> = Vec::new();
    let rows: Vec<usize> = (0..dataset.len()).collect();
    for rows in rows.chunk_by(|a, b| dataset.customers[*a] == dataset.customers[*b]) {
        let mut seen = BTreeSet::new();
        for row in rows {
            let cutoff = dataset.cutoffs[usize::from(dataset.cutoff_idx[*row])];
            log.complaints_at(dataset.customers[*row], cutoff, &mut known);
            counted.add(&known, dataset.churned(*row, as_of), &mut seen);
        }
    }
    let mut figures = counted.figures(log, max_rate);
    figures.sort_by(|(a, _), (b, _)| b.churn_rate.total_cmp(&a.churn_rate).then(a.category.cmp(&b.category)));
    figures
}

/// Rows and customers so far.
#[derive(Default)]
struct Counted {
    n_rows: usize,
    n_churned: usize,
    /// By category; `None` for any.
    groups: BTreeMap<Option<u32>, CategoryCounts>,
}

#[derive(Default)]
struct CategoryCounts {
    n_customers: usize,
    left: usize,
    n_rows: usize,
    n_churned: usize,
}

impl Counted {
    fn add(&mut self, known: &[KnownComplaint], churned: bool, seen: &mut BTreeSet<Option<u32>>) {
        let one = usize::from(churned);
        self.n_rows += 1;
        self.n_churned += one;
        let mut groups: BTreeSet<Option<u32>> = known.iter().filter_map(|one| one.category).map(Some).collect();
        if !known.is_empty() {
            groups.insert(None);
        }
        for name in groups {
            let group = self.groups.entry(name).or_default();
            group.n_rows += 1;
            group.n_churned += one;
            if seen.insert(name) {
                group.n_customers += 1;
                group.left += one;
            }
        }
    }

    fn figures(&self, log: &EventLog, max_rate: f64) -> Vec<(ComplaintFigure, bool)> {
        let enough = self.groups.iter().filter(|(_, group)| group.n_customers >= LEAST_CUSTOMERS);
        let figure = |(name, group): (&Option<u32>, &CategoryCounts)| {
            let leavers = Leavers {
                n: group.n_customers,
                left: group.left,
                others: self.n_rows - group.n_rows,
                others_left: self.n_churned - group.n_churned,
            };
            let figure = ComplaintFigure {
                category: name.map(|code| log.complaint_category(code)),
                n_customers: leavers.n,
                churn_rate: leavers.rate(),
                others_churn_rate: leavers.others_rate(),
            };
            (figure, leavers.is_exit(max_rate))
        };
        enough.map(figure).collect()
    }
}
