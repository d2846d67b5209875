//! Orders and complaints among the rows of a table: how many there are, and which belong to several customers.

use rayon::prelude::*;

use super::duplicates::meeting;

/// What the numbers of orders or complaints say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Events {
    /// Different numbers; rows without one do not count.
    pub(crate) distinct: u64,
    /// The first row of each number that several customers carry; ascending.
    pub(crate) shared: Vec<usize>,
}

impl Events {
    /// Counts the events of rows that `is_used` accepts, from the key and the customer of each row.
    pub(crate) fn count(keys: &[u64], customers: &[u32], is_used: impl Fn(usize) -> bool + Sync) -> Self {
        let line = |row: usize| Some((*keys.get(row)?, customers.get(row).copied().unwrap_or(0)));
        // Lines of one order mostly follow each other, and most orders are then alone: little is left to sort.
        let first_of_order = |row: usize| {
            let (key, customer) = line(row).filter(|(key, _)| *key != 0 && is_used(row))?;
            let follows =
                row.checked_sub(1).is_some_and(|before| line(before) == Some((key, customer)) && is_used(before));
            (!follows).then_some(key)
        };
        let n_firsts = (0..keys.len()).into_par_iter().filter(|row| first_of_order(*row).is_some()).count();
        let candidates = meeting(keys.len(), first_of_order);
        let alone = n_firsts - candidates.len();
        let lines = candidates.into_iter().filter_map(|row| line(row).map(|(key, customer)| (key, customer, row)));
        let mut lines: Vec<(u64, u32, usize)> = lines.collect();
        lines.par_sort_unstable();
        let mut events = Self { distinct: alone as u64, shared: Vec::new() };
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
    use super::super::ids::finished;
    use super::*;

    fn counted(keys: &[u64], customers: &[u32], unused: &[usize]) -> (u64, Vec<usize>) {
        let keys: Vec<u64> = keys.iter().map(|key| if *key == 0 { 0 } else { finished(*key) }).collect();
        let events = Events::count(&keys, customers, |row| !unused.contains(&row));
        (events.distinct, events.shared)
    }

    #[test]
    fn numbers_are_counted_once_wherever_they_stand() {
        assert_eq!(counted(&[], &[], &[]), (0, vec![]));
        assert_eq!(counted(&[1, 1, 2, 1, 3, 3], &[7; 6], &[]), (3, vec![]));
        assert_eq!(counted(&[1, 1, 2, 1, 3, 3], &[7; 6], &[2, 4, 5]), (1, vec![]));
        assert_eq!(counted(&[1, 0, 0], &[7; 3], &[]), (1, vec![]), "no number is no order");
    }

    #[test]
    fn an_order_of_several_customers_is_one_order_and_its_first_row_is_told() {
        assert_eq!(counted(&[5, 4, 4, 9, 5], &[1, 2, 3, 1, 2], &[]), (3, vec![0, 1]));
        assert_eq!(counted(&[5, 4, 4, 9, 5], &[1, 2, 3, 1, 2], &[1]), (3, vec![0]));
    }
}
