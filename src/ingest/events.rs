//! Orders and complaints among the rows of a table: how many there are, and which belong to several customers.

use std::collections::HashSet;

use rayon::prelude::*;

use super::duplicates::{keyed, meeting};
use crate::timeline::goes_on;
use crate::units::Timestamp;

/// What the numbers of orders or complaints say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Events {
    /// How many there are: different numbers, and those that stand again much later; rows without one do not count.
    pub(crate) distinct: u64,
    /// The first row of each number that several customers carry; ascending.
    pub(crate) shared: Vec<usize>,
    /// A row of each order whose number the same customer had long before; ascending.
    pub(crate) again: Vec<usize>,
}

/// The columns that tell which rows are one order or complaint.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Numbered<'t> {
    pub(crate) keys: &'t [u64],
    pub(crate) customers: &'t [u32],
    pub(crate) times: &'t [i64],
}

impl Numbered<'_> {
    fn line(&self, row: usize) -> Option<(u64, u32)> {
        Some((*self.keys.get(row)?, self.customers.get(row).copied().unwrap_or(0)))
    }

    fn at(&self, row: usize) -> Timestamp {
        Timestamp(self.times.get(row).copied().unwrap_or(0))
    }

    /// A row of each order whose number the same customer had long before, among rows that `counts` accepts; `several` are
    /// the lines that may be such orders.
    fn again(&self, several: &HashSet<(u64, u32)>, counts: impl Fn(usize) -> bool + Sync) -> Vec<usize> {
        if several.is_empty() {
            return Vec::new();
        }
        let of_several = |row: &usize| counts(*row) && self.line(*row).is_some_and(|line| several.contains(&line));
        let rows = (0..self.keys.len()).into_par_iter().filter(of_several);
        let mut lines: Vec<_> = rows.filter_map(|row| Some((self.line(row)?, self.at(row), row))).collect();
        lines.par_sort_unstable();
        let is_again =
            |pair: &&[((u64, u32), Timestamp, usize)]| pair[0].0 == pair[1].0 && !goes_on(pair[0].1, pair[1].1);
        let mut again: Vec<usize> = lines.windows(2).filter(is_again).map(|pair| pair[1].2).collect();
        again.sort_unstable();
        again
    }

    /// The number of each row that begins a run of lines of one order; 0 for the others. Lines of one order mostly follow each
    /// other, and most orders are then alone: little is left to sort.
    fn starts(&self, kind: impl Fn(usize) -> Option<bool> + Sync) -> Vec<u64> {
        let start = |row: usize| {
            let own = self.line(row).filter(|(key, _)| *key != 0)?;
            let own_kind = kind(row)?;
            let follows = row.checked_sub(1).is_some_and(|before| {
                let (one, other) = (self.at(before), self.at(row));
                let is_same = self.line(before) == Some(own) && kind(before) == Some(own_kind);
                is_same && goes_on(one.min(other), one.max(other))
            });
            (!follows).then_some(own.0)
        };
        keyed(self.keys.len(), start)
    }
}

impl Events {
    /// Counts the events of rows that `is_used` accepts; orders are looked for again among those that `is_bought` does.
    pub(crate) fn count(
        rows: Numbered<'_>,
        is_used: impl Fn(usize) -> bool + Sync,
        is_bought: impl Fn(usize) -> bool + Sync,
    ) -> Self {
        let starts = rows.starts(|row| is_used(row).then(|| is_bought(row)));
        let n_starts = starts.par_iter().filter(|key| **key != 0).count();
        let candidates = meeting(&starts);
        let alone = n_starts - candidates.len();
        let with_row = |row: usize| rows.line(row).map(|(key, customer)| (key, customer, row));
        let mut lines: Vec<(u64, u32, usize)> = candidates.into_iter().filter_map(with_row).collect();
        lines.par_sort_unstable();
        let runs = lines.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
        let several = runs.filter(|runs| runs.iter().filter(|run| is_bought(run.2)).count() > 1);
        let several = several.filter_map(|runs| runs.first().map(|run| (run.0, run.1))).collect();
        let again = rows.again(&several, |row| is_used(row) && is_bought(row));
        let mut events = Self { distinct: (alone + again.len()) as u64, shared: Vec::new(), again };
        for order in lines.chunk_by(|a, b| a.0 == b.0) {
            events.distinct += 1;
            if order.first().zip(order.last()).is_some_and(|(first, last)| first.1 != last.1) {
                events.shared.extend(order.iter().map(|line| line.2).min());
            }
        }
        events.shared.sort_unstable();
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maths::hash::spread;

    fn counted(keys: &[u64], customers: &[u32], unused: &[usize]) -> (u64, Vec<usize>) {
        let keys: Vec<u64> = keys.iter().map(|key| if *key == 0 { 0 } else { spread(*key) }).collect();
        let rows = Numbered { keys: &keys, customers, times: &vec![0; keys.len()] };
        let events = Events::count(rows, |row| !unused.contains(&row), |_| true);
        assert!(events.again.is_empty());
        (events.distinct, events.shared)
    }

    #[test]
    fn a_number_that_stands_again_much_later_is_counted_again() {
        let rows =
            [(4, 1, 0), (4, 1, 20), (5, 1, 0), (4, 1, 45), (4, 2, 400), (4, 1, 90), (4, 1, 90), (6, 1, 0), (6, 1, 31)];
        let keys: Vec<u64> = rows.iter().map(|row| spread(row.0)).collect();
        let customers: Vec<u32> = rows.iter().map(|row| row.1).collect();
        let times: Vec<i64> = rows.iter().map(|row| row.2 * crate::units::MICROS_PER_DAY).collect();
        let rows = Numbered { keys: &keys, customers: &customers, times: &times };
        let events = Events::count(rows, |_| true, |_| true);
        assert_eq!((events.distinct, events.again), (5, vec![5, 8]));
        let events = Events::count(rows, |row| row != 3, |row| row != 8);
        assert_eq!((events.distinct, events.again), (4, vec![5]), "no line in between is needed; returns do not count");
    }

    #[test]
    fn numbers_are_counted_once_wherever_they_stand() {
        assert_eq!(counted(&[], &[], &[]), (0, vec![]));
        assert_eq!(counted(&[1, 1, 2, 1, 3, 3], &[7; 6], &[]), (3, vec![]));
        assert_eq!(counted(&[1, 1, 2, 1, 3, 3], &[7; 6], &[2, 4, 5]), (1, vec![]));
        assert_eq!(counted(&[1, 0, 0], &[7; 3], &[]), (1, vec![]), "no number is no order");
    }

    #[test]
    fn an_order_of_several_customers_is_one_order_and_its_first_row_is_reported() {
        assert_eq!(counted(&[5, 4, 4, 9, 5], &[1, 2, 3, 1, 2], &[]), (3, vec![0, 1]));
        assert_eq!(counted(&[5, 4, 4, 9, 5], &[1, 2, 3, 1, 2], &[1]), (3, vec![0]));
    }
}
