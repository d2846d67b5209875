//! Purchase lines in columns: those of a range of customers, customer after customer, order after order.

use std::ops::Range;

use super::columns::{NEVER, NO_CODE};
use crate::units::{Days, Timestamp};

/// Lines of one number that lie further apart are orders of their own: deliveries that follow come within weeks, and
/// numbers that start again do so after months.
pub const SAME_ORDER_DAYS: Days = Days(30);

/// Whether an order, or a complaint, goes on with the next line of the same number; `before` is not later than `after`.
#[must_use]
pub const fn goes_on(before: Timestamp, after: Timestamp) -> bool {
    after.0.saturating_sub(before.0) <= SAME_ORDER_DAYS.micros()
}

/// Purchase lines; every column has one entry per line, or none if the shop lacks it.
#[derive(Debug, Clone, Default)]
pub(super) struct Lines {
    pub(super) at: Vec<Timestamp>,
    /// When the line was recorded, where that is known apart from when it happened.
    pub(super) recorded: Vec<Timestamp>,
    /// Since when the order is void, wholly given back; `NEVER` where it is not. None if the shop has no returns.
    pub(super) void: Vec<Timestamp>,
    /// The key of the order; without order numbers, the instant.
    pub(super) order: Vec<u64>,
    pub(super) amount: Vec<i64>,
    pub(super) quantity: Vec<f32>,
    pub(super) discount: Vec<i64>,
    pub(super) cost: Vec<i64>,
    pub(super) product: Vec<u32>,
    pub(super) category: Vec<u32>,
    pub(super) channel: Vec<u32>,
    pub(super) region: Vec<u32>,
}

impl Lines {
    /// The instant after which a line is known: when it happened or, if later, when it was recorded.
    pub(super) fn known(&self, line: usize) -> Timestamp {
        let at = self.at[line];
        self.recorded.get(line).map_or(at, |recorded| at.max(*recorded))
    }

    /// The instant after which a line is known to belong to a void order; `NEVER` where it does not.
    pub(super) fn void(&self, line: usize) -> Timestamp {
        self.void.get(line).copied().unwrap_or(NEVER)
    }

    /// Whether a line is part of a purchase as known before a cutoff.
    pub(super) fn stands_at(&self, line: usize, cutoff: Timestamp) -> bool {
        self.known(line) < cutoff && self.void(line) >= cutoff
    }

    /// The key of a line's order: its number or, for a line without one, its instant, earlier ones being smaller.
    pub(super) fn order_key(&self, line: usize) -> u64 {
        self.order.get(line).copied().filter(|key| *key != 0).unwrap_or_else(|| instant_key(self.at[line]))
    }

    /// Whether a line belongs to the order of the line before it, which is one of the same customer.
    pub(super) fn continues(&self, line: usize) -> bool {
        self.are_one_order(line - 1, line)
    }

    /// Whether two lines of one customer, no other of their number between them, belong to one order.
    pub(super) fn are_one_order(&self, before: usize, line: usize) -> bool {
        self.order_key(before) == self.order_key(line) && goes_on(self.at[before], self.at[line])
    }

    /// Whether what one customer's lines, which stand order after order, have in common may have been otherwise at an
    /// earlier cutoff: an order is void since then, or may have been two until a line between them was recorded.
    pub(super) fn changed(&self, range: Range<usize>) -> bool {
        range.clone().any(|line| self.void(line) != NEVER) || self.were_apart(range)
    }

    fn were_apart(&self, range: Range<usize>) -> bool {
        if self.recorded.is_empty() {
            return false;
        }
        let (mut first, mut latest) = (range.start, Timestamp(i64::MIN));
        range.clone().any(|line| {
            if line > range.start && !self.continues(line) {
                (first, latest) = (line, Timestamp(i64::MIN));
            }
            let known = self.known(line);
            let earlier = latest;
            latest = latest.max(known);
            known < earlier && !goes_on(self.at[first], self.at[line])
        })
    }

    /// Copies a line of other lines to the end.
    pub(super) fn push_from(&mut self, source: &Self, line: usize) {
        self.at.push(source.at[line]);
        self.amount.push(source.amount[line]);
        copy_if_present(&mut self.recorded, &source.recorded, line);
        copy_if_present(&mut self.void, &source.void, line);
        copy_if_present(&mut self.order, &source.order, line);
        copy_if_present(&mut self.quantity, &source.quantity, line);
        copy_if_present(&mut self.discount, &source.discount, line);
        copy_if_present(&mut self.cost, &source.cost, line);
        copy_if_present(&mut self.product, &source.product, line);
        copy_if_present(&mut self.category, &source.category, line);
        copy_if_present(&mut self.channel, &source.channel, line);
        copy_if_present(&mut self.region, &source.region, line);
    }

    /// The same lines in the sequence `rows`; the memory of the old sequence is freed column by column.
    pub(super) fn arranged(self, rows: &[u32]) -> Self {
        Self {
            at: arranged(&self.at, rows),
            recorded: arranged(&self.recorded, rows),
            void: arranged(&self.void, rows),
            order: arranged(&self.order, rows),
            amount: arranged(&self.amount, rows),
            quantity: arranged(&self.quantity, rows),
            discount: arranged(&self.discount, rows),
            cost: arranged(&self.cost, rows),
            product: arranged(&self.product, rows),
            category: arranged(&self.category, rows),
            channel: arranged(&self.channel, rows),
            region: arranged(&self.region, rows),
        }
    }

    /// Forgets all lines and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.at.clear();
        self.recorded.clear();
        self.void.clear();
        self.order.clear();
        self.amount.clear();
        self.quantity.clear();
        self.discount.clear();
        self.cost.clear();
        self.product.clear();
        self.category.clear();
        self.channel.clear();
        self.region.clear();
    }
}

fn arranged<T: Copy>(column: &[T], rows: &[u32]) -> Vec<T> {
    if column.is_empty() { Vec::new() } else { rows.iter().map(|row| column[*row as usize]).collect() }
}

fn copy_if_present<T: Copy>(to: &mut Vec<T>, from: &[T], line: usize) {
    if let Some(value) = from.get(line) {
        to.push(*value);
    }
}

/// The key of an order that has no number: the instant, mapped so that earlier is smaller.
const fn instant_key(at: Timestamp) -> u64 {
    at.0.cast_unsigned() ^ (1 << 63)
}

/// Whether a code names something.
pub(super) const fn is_code(code: u32) -> bool {
    code != NO_CODE
}

/// Buffers for grouping one customer's lines into orders, kept so that nothing is allocated per customer.
#[derive(Debug, Clone, Default)]
pub(super) struct Grouping {
    rows: Vec<(u64, Timestamp, u32)>,
    orders: Vec<(Timestamp, u64, u32, u32)>,
}

impl Grouping {
    /// Appends one customer's lines to `sequence` order after order: orders by the instant of their first line, then by
    /// key; lines of an order by instant. The sequence does not depend on that of the input, equal lines aside.
    pub(super) fn arrange(&mut self, lines: &Lines, rows: impl Iterator<Item = u32>, sequence: &mut Vec<u32>) {
        self.rows.clear();
        self.orders.clear();
        self.rows.extend(rows.map(|row| (lines.order_key(row as usize), lines.at[row as usize], row)));
        self.rows.sort_unstable();
        let mut start = 0_u32;
        for order in self.rows.chunk_by(|a, b| a.0 == b.0 && goes_on(a.1, b.1)) {
            let end = start + u32::try_from(order.len()).unwrap_or(u32::MAX);
            self.orders.push((order[0].1, order[0].0, start, end));
            start = end;
        }
        self.orders.sort_unstable();
        for &(_, _, start, end) in &self.orders {
            sequence.extend(self.rows[start as usize..end as usize].iter().map(|&(_, _, row)| row));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_stand_by_their_first_line_and_lines_by_time() {
        let lines = Lines {
            at: [50, 20, 10, 21].map(Timestamp).to_vec(),
            order: vec![7, 9, 7, 9],
            amount: vec![1, 2, 3, 4],
            ..Lines::default()
        };
        let mut sequence = Vec::new();
        Grouping::default().arrange(&lines, 0..4, &mut sequence);
        assert_eq!(sequence, [2, 0, 1, 3]);
        let arranged = lines.arranged(&sequence);
        assert_eq!((arranged.amount, arranged.category.len()), (vec![3, 1, 2, 4], 0));
    }

    #[test]
    fn a_number_that_stands_again_much_later_is_another_order() {
        let day = |days: u32| Timestamp(0).plus(Days(days));
        let lines = Lines { at: [400, 60, 0, 30].map(day).to_vec(), order: vec![7; 4], ..Lines::default() };
        let mut sequence = Vec::new();
        Grouping::default().arrange(&lines, 0..4, &mut sequence);
        assert_eq!(sequence, [2, 3, 1, 0]);
        let arranged = lines.arranged(&sequence);
        assert_eq!([1, 2, 3].map(|line| arranged.continues(line)), [true, true, false], "30 days are not too many");
        assert!(!goes_on(day(0), Timestamp(day(30).0 + 1)));
    }

    #[test]
    fn an_order_was_two_until_the_line_between_was_recorded() {
        let day = |days: u32| Timestamp(0).plus(Days(days));
        let at: Vec<Timestamp> = [0, 25, 50].map(day).to_vec();
        let lines = |recorded: &[u32]| Lines {
            at: at.clone(),
            order: vec![7; 3],
            recorded: recorded.iter().map(|days| day(*days)).collect(),
            ..Lines::default()
        };
        assert!(lines(&[0, 90, 50]).were_apart(0..3));
        for never in [&[0, 25, 50][..], &[0, 45, 50], &[0, 25, 90], &[]] {
            assert!(!lines(never).were_apart(0..3), "{never:?}");
        }
    }

    #[test]
    fn without_order_numbers_an_instant_is_an_order() {
        let lines = Lines { at: [-5, 20].map(Timestamp).to_vec(), ..Lines::default() };
        assert!(lines.order_key(0) < lines.order_key(1));
        let unnumbered = Lines { order: vec![0, 0], ..lines };
        assert!(unnumbered.order_key(0) < unnumbered.order_key(1), "no number is not the same number");
    }
}
