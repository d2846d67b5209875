//! Whether a model is as right about one group of customers as about another, and how often each group stands first.
//!
//! Which customers form a group is the caller's business. A customer may be in the rows of several test cutoffs: intervals count
//! customers, not rows, and so are rather too wide than too narrow.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use crate::maths::proportion::wilson_of_share;
use crate::text::{grouped, shortened};

/// Groups of fewer customers have no figures of their own: they would be noise, and could be about persons.
const LEAST_CUSTOMERS: usize = 50;

/// Groups that are told apart at most, the largest.
const MOST_GROUPS: usize = 20;

/// What groups are called that are too small, and customers of whom nothing is known.
const OTHERS: &str = "(small groups)";
const UNKNOWN: &str = "(unknown)";

/// The customers of a test cutoff.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AuditDay {
    /// Their numbers.
    pub customers: Vec<u32>,
    /// What the main learner said of each.
    pub churn_probability: Vec<f64>,
    /// What came.
    pub churned: Vec<bool>,
    /// Whether each was in the first tenth of the list of the day.
    pub is_first: Vec<bool>,
}

/// The groups of one attribute.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct GroupAudit {
    /// The column or expression that makes the groups.
    pub attribute: String,
    /// Who is counted.
    pub population: String,
    /// Test cutoffs.
    pub n_cutoffs: usize,
    /// The groups, the largest first; small ones together.
    pub groups: Vec<AuditedGroup>,
}

/// A group over all test cutoffs.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct AuditedGroup {
    /// Its value.
    pub group: String,
    /// How many values were taken together.
    pub n_values: usize,
    /// Rows, a customer at a cutoff.
    pub n_rows: usize,
    /// Different customers.
    pub n_customers: usize,
    /// Its figures; `None` where it is too small.
    pub figures: Option<GroupFigures>,
}

/// How a group fares.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct GroupFigures {
    /// Mean churn probability.
    pub predicted: f64,
    /// Share that churned.
    pub realised: f64,
    /// Its 95 % interval.
    pub realised_interval: [f64; 2],
    /// Share that was in the first tenth of the list.
    pub selected: f64,
    /// Its 95 % interval.
    pub selected_interval: [f64; 2],
}

impl GroupFigures {
    /// Whether what was predicted lies within what came.
    #[must_use]
    pub fn is_calibrated(&self) -> bool {
        let [low, high] = self.realised_interval;
        (low..=high).contains(&self.predicted)
    }
}

#[derive(Debug, Clone, Default)]
struct Sums {
    n_values: usize,
    customers: BTreeSet<u32>,
    n_rows: usize,
    predicted: f64,
    churned: usize,
    first: usize,
}

impl GroupAudit {
    /// Holds the days against the groups; `groups` has the value of each customer of each day.
    #[must_use]
    pub fn of(attribute: &str, population: &str, days: &[AuditDay], groups: &[Vec<Option<String>>]) -> Self {
        let mut sums: BTreeMap<&str, Sums> = BTreeMap::new();
        for (day, groups) in days.iter().zip(groups) {
            for (row, group) in groups.iter().enumerate() {
                let group = group.as_deref().filter(|group| !group.is_empty()).unwrap_or(UNKNOWN);
                sums.entry(group).or_default().add(day, row);
            }
        }
        Self {
            attribute: attribute.to_owned(),
            population: population.to_owned(),
            n_cutoffs: days.len(),
            groups: folded(sums),
        }
    }
}

impl Sums {
    fn add(&mut self, day: &AuditDay, row: usize) {
        let (Some(customer), Some(p)) = (day.customers.get(row), day.churn_probability.get(row)) else { return };
        self.n_values = 1;
        self.customers.insert(*customer);
        self.n_rows += 1;
        self.predicted += p;
        self.churned += usize::from(day.churned.get(row).is_some_and(|churned| *churned));
        self.first += usize::from(day.is_first.get(row).is_some_and(|first| *first));
    }

    fn merge(&mut self, other: Self) {
        self.n_values += other.n_values;
        self.customers.extend(other.customers);
        self.n_rows += other.n_rows;
        self.predicted += other.predicted;
        self.churned += other.churned;
        self.first += other.first;
    }

    fn group(self, name: &str) -> AuditedGroup {
        let (n_rows, n_customers) = (self.n_rows, self.customers.len());
        let share = |n: usize| n as f64 / n_rows as f64;
        let interval = |n: usize| wilson_of_share(share(n), n_customers);
        let bounds = interval(self.churned).zip(interval(self.first)).filter(|_| n_customers >= LEAST_CUSTOMERS);
        let figures = bounds.map(|(realised_interval, selected_interval)| GroupFigures {
            predicted: self.predicted / n_rows as f64,
            realised: share(self.churned),
            realised_interval,
            selected: share(self.first),
            selected_interval,
        });
        AuditedGroup { group: name.to_owned(), n_values: self.n_values, n_rows, n_customers, figures }
    }
}

/// The groups, the largest first; what is too small or comes after the last that is told apart stands together at the end.
fn folded(sums: BTreeMap<&str, Sums>) -> Vec<AuditedGroup> {
    let mut all: Vec<(&str, Sums)> = sums.into_iter().collect();
    all.sort_by(|a, b| b.1.customers.len().cmp(&a.1.customers.len()).then(a.0.cmp(b.0)));
    let n_told = all.iter().take(MOST_GROUPS).filter(|(_, sums)| sums.customers.len() >= LEAST_CUSTOMERS).count();
    let rest = all.split_off(n_told);
    let mut groups: Vec<AuditedGroup> = all.into_iter().map(|(name, sums)| sums.group(name)).collect();
    if !rest.is_empty() {
        let mut together = Sums::default();
        for (_, sums) in rest {
            together.merge(sums);
        }
        groups.push(together.group(OTHERS));
    }
    groups
}

impl fmt::Display for GroupAudit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = format!("by {}", self.attribute);
        writeln!(
            f,
            "{:24}{:>9}{:>10}  {:>9}{:>24}{:>24}",
            shortened(&title, 24),
            "rows",
            "customers",
            "predicted",
            "churned [95 %]",
            "first tenth [95 %]"
        )?;
        let share = |share: f64, [low, high]: [f64; 2]| {
            format!("{:.1} % [{:.1}, {:.1}]", 100.0 * share, 100.0 * low, 100.0 * high)
        };
        for group in &self.groups {
            let (rows, customers) = (grouped(group.n_rows as u64), grouped(group.n_customers as u64));
            write!(f, "{:24}{rows:>9}{customers:>10}  ", shortened(&group.group, 23))?;
            match &group.figures {
                Some(figures) => writeln!(
                    f,
                    "{:>7.1} %{:>24}{:>24}{}",
                    100.0 * figures.predicted,
                    share(figures.realised, figures.realised_interval),
                    share(figures.selected, figures.selected_interval),
                    if figures.is_calibrated() { "" } else { "  *" }
                )?,
                None => writeln!(f, "too few customers for figures")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Customers `0..n`, of whom the first `n_churned` churn and the last `n_first` stand first.
    fn day(n: u32, (n_churned, n_first): (u32, u32), p: f64) -> AuditDay {
        AuditDay {
            customers: (0..n).collect(),
            churn_probability: vec![p; n as usize],
            churned: (0..n).map(|customer| customer < n_churned).collect(),
            is_first: (0..n).map(|customer| customer >= n - n_first).collect(),
        }
    }

    #[test]
    fn groups_have_their_figures_and_small_ones_stand_together() {
        let days = [day(200, (40, 20), 0.25), day(200, (60, 20), 0.25)];
        let group = |customer: u32| match customer {
            0..120 => Some("f".to_owned()),
            120..180 => Some("m".to_owned()),
            180..190 => Some(format!("rare {customer}")),
            _ => None,
        };
        let of_day: Vec<Option<String>> = (0..200).map(group).collect();
        let audit = GroupAudit::of("gender", "all", &days, &[of_day.clone(), of_day]);
        let names: Vec<&str> = audit.groups.iter().map(|group| group.group.as_str()).collect();
        assert_eq!(names, ["f", "m", OTHERS]);
        let [f, m, others] = audit.groups.as_slice() else { panic!("{audit:?}") };
        assert_eq!((f.n_rows, f.n_customers, m.n_rows, others.n_values), (240, 120, 120, 11));
        let figures = f.figures.unwrap();
        // 100 of 240 rows churned; nobody of them stands first. The interval counts 120 customers.
        assert!((figures.realised - 100.0 / 240.0).abs() < 1e-12 && figures.selected == 0.0);
        let [low, high] = figures.realised_interval;
        assert!((low - 0.3324).abs() < 1e-3 && (high - 0.5061).abs() < 1e-3, "{low} {high}");
        assert!(!figures.is_calibrated() && m.figures.is_some() && others.figures.is_none());
        let text = audit.to_string();
        assert!(text.contains("too few customers") && text.contains("  *"), "{text}");
    }

    #[test]
    fn order_of_groups_does_not_depend_on_the_order_of_rows() {
        let one = day(120, (10, 12), 0.1);
        let groups: Vec<Option<String>> =
            (0..120).map(|customer| Some(if customer % 2 == 0 { "b" } else { "a" }.to_owned())).collect();
        let audit = GroupAudit::of("x", "all", &[one], &[groups]);
        assert_eq!(audit.groups.iter().map(|group| group.group.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    }
}
