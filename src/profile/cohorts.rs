//! Which share of the customers who came in a quarter bought again in each quarter after it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::timeline::date_of;

/// Customers whose first order was in one quarter of the calendar.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Cohort {
    /// The quarter, such as `2024 Q3`.
    pub quarter: String,
    /// Customers.
    pub customers: usize,
    /// The share that bought in each quarter after it, those alone that have ended.
    pub bought_in_quarter: Vec<f64>,
}

/// What some customers add.
#[derive(Debug, Clone, Default)]
pub(super) struct CohortsPart {
    /// By the number of the quarter: customers, and who bought in each quarter after it.
    cohorts: BTreeMap<i32, (usize, BTreeMap<i32, usize>)>,
}

impl CohortsPart {
    /// Takes in the days of one customer's visits, ascending.
    pub(super) fn add(&mut self, days: &[i32]) {
        let mut quarters: Vec<i32> = days.iter().filter_map(|day| date_of(*day)).map(quarter_of).collect();
        quarters.dedup();
        let Some((first, later)) = quarters.split_first() else { return };
        let (customers, bought) = self.cohorts.entry(*first).or_default();
        *customers += 1;
        for quarter in later {
            *bought.entry(quarter - first).or_default() += 1;
        }
    }

    pub(super) fn join(&mut self, other: Self) {
        for (quarter, (customers, bought)) in other.cohorts {
            let own = self.cohorts.entry(quarter).or_default();
            own.0 += customers;
            for (after, n) in bought {
                *own.1.entry(after).or_default() += n;
            }
        }
    }

    /// The cohorts in the order of their quarters, as seen at the start of a day, without the first: who came before history
    /// began seems new there. A quarter that has not ended has no share.
    pub(super) fn finish(&self, as_of: Date) -> Vec<Cohort> {
        let present = quarter_of(as_of);
        let cohort = |(quarter, (customers, bought)): (&i32, &(usize, BTreeMap<i32, usize>))| Cohort {
            quarter: format!("{} Q{}", quarter.div_euclid(4), quarter.rem_euclid(4) + 1),
            customers: *customers,
            bought_in_quarter: (1..present - quarter)
                .map(|after| bought.get(&after).copied().unwrap_or(0) as f64 / *customers as f64)
                .collect(),
        };
        self.cohorts.iter().skip(1).map(cohort).collect()
    }
}

/// Quarters since the year 0.
fn quarter_of(date: Date) -> i32 {
    4 * i32::from(date.year()) + i32::from((date.month() - 1) / 3)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::timeline::day_of;

    #[test]
    fn a_quarter_counts_once_it_has_ended() {
        let days = |dates: &[Date]| dates.iter().map(|date| day_of(*date)).collect::<Vec<i32>>();
        let mut part = CohortsPart::default();
        part.add(&days(&[date(2024, 1, 5), date(2024, 3, 31), date(2024, 7, 1), date(2024, 10, 2)]));
        part.add(&days(&[date(2024, 2, 1), date(2024, 4, 1)]));
        part.add(&days(&[date(2024, 12, 31)]));
        part.add(&[]);
        part.add(&days(&[date(2023, 12, 30), date(2024, 1, 2)]));
        let mut other = CohortsPart::default();
        other.add(&days(&[date(2024, 3, 1), date(2024, 5, 1), date(2024, 6, 1)]));
        part.join(other);
        let cohorts = part.finish(date(2024, 11, 15));
        assert_eq!(cohorts.len(), 2);
        assert_eq!((cohorts[0].quarter.as_str(), cohorts[0].customers), ("2024 Q1", 3));
        // Two came in the second quarter, one in the third; the fourth has not ended.
        assert_eq!(cohorts[0].bought_in_quarter, [2.0 / 3.0, 1.0 / 3.0]);
        assert_eq!((cohorts[1].quarter.as_str(), cohorts[1].bought_in_quarter.len()), ("2024 Q4", 0));
    }
}
