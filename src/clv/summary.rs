//! Owns what value models know of a customer: frequency, recency and age, and the same grouped with counts.
//!
//! Recency here is the time from first to last purchase, as in the literature of these models; the feature of the same
//! name is days since the last purchase.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::error::ValueError;

/// The unit in which recency, age, horizons and the time-like parameters are stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    /// 24 hours.
    Day,
    /// 7 days.
    Week,
    /// A twelfth of 365.25 days.
    Month,
    /// 365.25 days.
    Year,
}

impl TimeUnit {
    /// Days in one unit.
    ///
    /// ```
    /// assert_eq!(retain::clv::TimeUnit::Week.days(), 7.0);
    /// ```
    #[must_use]
    pub const fn days(self) -> f64 {
        match self {
            Self::Day => 1.0,
            Self::Week => 7.0,
            Self::Month => 365.25 / 12.0,
            Self::Year => 365.25,
        }
    }

    /// Units in one year of 365.25 days.
    #[must_use]
    pub const fn per_year(self) -> f64 {
        365.25 / self.days()
    }
}

/// A customer's purchase history as far as the models use it: x repeat purchases, the last at `t_x`, observed up to T.
///
/// Times count from the first purchase. A value of this type is always possible: `0 <= t_x <= T`, all finite, and
/// `t_x = 0` exactly if `x = 0`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CustomerSummary {
    frequency: u32,
    recency: f64,
    age: f64,
    sum_log_gaps: Option<f64>,
}

impl CustomerSummary {
    /// Somebody who makes the first purchase now: predictions for a new customer are predictions for this history.
    pub const NEW: Self = Self { frequency: 0, recency: 0.0, age: 0.0, sum_log_gaps: Some(0.0) };

    /// A history of `frequency` repeat purchases, the last `recency` after the first, observed for `age`.
    ///
    /// # Errors
    /// `ValueError::Summary` if such a history is impossible.
    pub fn new(frequency: u32, recency: f64, age: f64) -> Result<Self, ValueError> {
        let refuse = |allowed| Err(ValueError::Summary { frequency, recency, age, allowed });
        if !(recency.is_finite() && age.is_finite() && recency >= 0.0) {
            return refuse("finite times, none negative");
        }
        if recency > age {
            return refuse("recency of at most age");
        }
        if (frequency == 0) != (recency <= 0.0) {
            return refuse("recency 0 without repeat purchases and above 0 with them");
        }
        let sum_log_gaps = (frequency == 0).then_some(0.0);
        Ok(Self { frequency, recency: recency + 0.0, age: age + 0.0, sum_log_gaps })
    }

    /// The history of purchases at the given ascending times, observed up to `end`; purchases at one time are one.
    ///
    /// # Errors
    /// `ValueError::NoCustomers` without a purchase, `ValueError::Summary` if a time is not finite or out of order.
    pub fn from_purchases(times: &[f64], end: f64) -> Result<Self, ValueError> {
        let (Some(first), Some(last)) = (times.first(), times.last()) else { return Err(ValueError::NoCustomers) };
        let (mut frequency, mut sum_log_gaps) = (0, 0.0);
        for gap in times.windows(2).filter_map(|pair| Some(pair.get(1)? - pair.first()?)) {
            if !(gap.is_finite() && gap >= 0.0) {
                let (recency, age) = (last - first, end - first);
                return Err(ValueError::Summary { frequency, recency, age, allowed: "purchases in ascending order" });
            }
            if gap > 0.0 {
                frequency += 1;
                sum_log_gaps += gap.ln();
            }
        }
        Ok(Self::new(frequency, last - first, end - first)?.with_log_gaps(sum_log_gaps))
    }

    /// The same history with the sum of the logarithms of the times between purchases, which only regularity needs.
    #[must_use]
    pub fn with_log_gaps(self, sum_log_gaps: f64) -> Self {
        Self { sum_log_gaps: sum_log_gaps.is_finite().then_some(sum_log_gaps), ..self }
    }

    /// Repeat purchases, x.
    #[must_use]
    pub const fn frequency(&self) -> u32 {
        self.frequency
    }

    /// Time from the first to the last purchase, `t_x`.
    #[must_use]
    pub const fn recency(&self) -> f64 {
        self.recency
    }

    /// Time from the first purchase to the end of the observation, T.
    #[must_use]
    pub const fn age(&self) -> f64 {
        self.age
    }

    /// Sum of the logarithms of the times between purchases, if known.
    #[must_use]
    pub const fn sum_log_gaps(&self) -> Option<f64> {
        self.sum_log_gaps
    }
}

/// Customers of one history.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Row {
    pub(super) x: f64,
    pub(super) t_x: f64,
    pub(super) t: f64,
    pub(super) count: f64,
}

/// The sufficient statistics of a shop: each distinct history once, with the number of customers who have it.
#[derive(Debug, Clone, PartialEq)]
pub struct Grouped {
    rows: Vec<Row>,
    by_frequency: Vec<(u32, f64)>,
    n_customers: f64,
    sum_log_gaps: Option<f64>,
}

impl Grouped {
    /// Groups customers of equal history.
    ///
    /// # Errors
    /// `ValueError::NoCustomers` if there is none.
    pub fn new(customers: &[CustomerSummary]) -> Result<Self, ValueError> {
        if customers.is_empty() {
            return Err(ValueError::NoCustomers);
        }
        // Bits of finite numbers that are not negative stand in the order of the numbers.
        let mut keys: Vec<(u32, u64, u64)> =
            customers.par_iter().map(|c| (c.frequency, c.age.to_bits(), c.recency.to_bits())).collect();
        keys.par_sort_unstable();
        let mut rows: Vec<Row> = Vec::new();
        let mut last = None;
        for key in keys {
            match rows.last_mut() {
                Some(row) if last == Some(key) => row.count += 1.0,
                _ => rows.push(Row {
                    x: f64::from(key.0),
                    t_x: f64::from_bits(key.2),
                    t: f64::from_bits(key.1),
                    count: 1.0,
                }),
            }
            last = Some(key);
        }
        let sum_log_gaps = customers.iter().map(|c| c.sum_log_gaps).sum();
        Ok(Self::of_rows(rows, sum_log_gaps))
    }

    fn of_rows(rows: Vec<Row>, sum_log_gaps: Option<f64>) -> Self {
        let mut by_frequency: Vec<(u32, f64)> = Vec::new();
        for row in &rows {
            match by_frequency.last_mut() {
                Some((x, count)) if f64::from(*x).to_bits() == row.x.to_bits() => *count += row.count,
                _ => by_frequency.push((whole(row.x), row.count)),
            }
        }
        let n_customers = rows.iter().map(|row| row.count).sum();
        Self { rows, by_frequency, n_customers, sum_log_gaps }
    }

    /// At most about `n_rows` of the rows, evenly spread over the sorted histories.
    pub(super) fn thinned(&self, n_rows: usize) -> Self {
        let step = self.rows.len().div_ceil(n_rows.max(1)).max(1);
        let rows = self.rows.iter().skip(step / 2).step_by(step).copied().collect();
        Self::of_rows(rows, self.sum_log_gaps)
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// How many customers have each frequency, ascending.
    pub(super) fn by_frequency(&self) -> &[(u32, f64)] {
        &self.by_frequency
    }

    /// Number of distinct histories.
    #[must_use]
    pub const fn n_rows(&self) -> usize {
        self.rows.len()
    }

    /// Number of customers.
    #[must_use]
    pub const fn n_customers(&self) -> f64 {
        self.n_customers
    }

    /// Repeat purchases of all customers.
    #[must_use]
    pub fn n_repeat_purchases(&self) -> f64 {
        self.by_frequency.iter().map(|(x, count)| f64::from(*x) * count).sum()
    }

    /// Mean age of the customers.
    #[must_use]
    pub fn mean_age(&self) -> f64 {
        self.rows.iter().map(|row| row.t * row.count).sum::<f64>() / self.n_customers
    }

    /// Sum over all customers of the logarithms of the times between purchases, if known of everyone.
    pub(super) const fn sum_log_gaps(&self) -> Option<f64> {
        self.sum_log_gaps
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "came from a u32")]
fn whole(x: f64) -> u32 {
    x as u32
}

/// Items of one block; fixed, because the grouping of a sum decides its last bits.
const BLOCK: usize = 4_096;

/// Sums `N` figures over all items: blocks in parallel, their sums in order, so that threads change nothing.
pub(super) fn sum_blocks<T: Sync, const N: usize>(items: &[T], figures: impl Fn(&T) -> [f64; N] + Sync) -> [f64; N] {
    let add = |mut total: [f64; N], figures: [f64; N]| {
        total.iter_mut().zip(figures).for_each(|(total, figure)| *total += figure);
        total
    };
    let sum_block = |block: &[T]| block.iter().map(&figures).fold([0.0; N], add);
    let sums: Vec<[f64; N]> = if items.len() <= BLOCK {
        items.chunks(BLOCK).map(sum_block).collect()
    } else {
        items.par_chunks(BLOCK).map(sum_block).collect()
    };
    sums.into_iter().fold([0.0; N], add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_histories_are_refused() {
        for (x, t_x, t) in [(0, 1.0, 2.0), (1, 0.0, 2.0), (1, 3.0, 2.0), (1, -1.0, 2.0), (1, f64::NAN, 2.0)] {
            assert!(CustomerSummary::new(x, t_x, t).is_err(), "{x} {t_x} {t}");
        }
        assert!(CustomerSummary::new(0, 0.0, f64::INFINITY).is_err());
        assert!(CustomerSummary::from_purchases(&[3.0, 1.0], 4.0).is_err());
        assert!(CustomerSummary::from_purchases(&[], 4.0).is_err());
    }

    #[test]
    fn purchases_become_a_history() {
        let history = CustomerSummary::from_purchases(&[2.0, 2.0, 5.0, 9.0], 12.0).unwrap();
        assert_eq!((history.frequency(), history.recency(), history.age()), (2, 7.0, 10.0));
        assert!((history.sum_log_gaps().unwrap() - 12.0_f64.ln()).abs() < 1e-15);
    }

    #[test]
    fn equal_histories_are_counted() {
        let of = |x, t_x| CustomerSummary::new(x, t_x, 10.0).unwrap();
        let grouped = Grouped::new(&[of(1, 2.0), of(0, 0.0), of(1, 2.0), of(1, 3.0)]).unwrap();
        assert_eq!(grouped.n_rows(), 3);
        assert_eq!(grouped.by_frequency(), &[(0, 1.0), (1, 3.0)]);
        assert!((grouped.n_repeat_purchases() - 3.0).abs() < 1e-15 && grouped.sum_log_gaps().is_none());
        assert!(Grouped::new(&[]).is_err());
    }
}
