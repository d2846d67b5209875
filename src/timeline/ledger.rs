//! One customer's orders as running columns, made from lines that stand order after order.

use std::ops::Range;

use super::calendar::Calendar;
use super::columns::NEVER;
use super::lines::Lines;
use crate::units::Timestamp;

/// The orders of one customer at a time.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger {
    /// Instant of the order's first line.
    at: Vec<Timestamp>,
    /// Its day, counted from 1970-01-01.
    day: Vec<i32>,
    /// The instant after which this and all earlier orders are completely known.
    known_so_far: Vec<Timestamp>,
    /// The instant after which one of these orders is void; `NEVER` if none is.
    void_so_far: Vec<Timestamp>,
    amount: Vec<i64>,
    /// Sums over this and all earlier orders.
    amount_so_far: Vec<i64>,
    discount_so_far: Vec<i64>,
    quantity_so_far: Vec<f64>,
    /// Lines of this and all earlier orders.
    lines_so_far: Vec<u32>,
}

struct Totals {
    known: Timestamp,
    void: Timestamp,
    amount: i64,
    discount: i64,
    quantity: f64,
    lines: u32,
}

impl Ledger {
    /// Replaces the orders by those of the lines `range`, which stand order after order.
    pub(super) fn read<'l>(&'l mut self, lines: &'l Lines, range: Range<usize>, calendar: &Calendar) -> Orders<'l> {
        self.clear();
        let mut totals =
            Totals { known: Timestamp(i64::MIN), void: NEVER, amount: 0, discount: 0, quantity: 0.0, lines: 0 };
        let mut line = range.start;
        while line < range.end {
            line = self.push_order(lines, line..range.end, &mut totals);
        }
        self.day.extend(self.at.iter().map(|at| calendar.day(*at)));
        Orders {
            at: &self.at,
            day: &self.day,
            known_so_far: &self.known_so_far,
            void_so_far: &self.void_so_far,
            amount: &self.amount,
            amount_so_far: &self.amount_so_far,
            discount_so_far: &self.discount_so_far,
            quantity_so_far: &self.quantity_so_far,
            lines_so_far: &self.lines_so_far,
            lines: LineSlice { lines, start: range.start, end: range.end },
        }
    }

    /// Appends the order that begins the range; where the next one begins.
    fn push_order(&mut self, lines: &Lines, range: Range<usize>, totals: &mut Totals) -> usize {
        let before = totals.amount;
        let mut line = range.start;
        while line < range.end && (line == range.start || lines.continues(line)) {
            totals.known = totals.known.max(lines.known(line));
            totals.void = totals.void.min(lines.void(line));
            totals.amount += lines.amount[line];
            totals.discount += lines.discount.get(line).copied().unwrap_or(0);
            totals.quantity += f64::from(lines.quantity.get(line).copied().filter(|q| q.is_finite()).unwrap_or(0.0));
            totals.lines += 1;
            line += 1;
        }
        self.at.push(lines.at[range.start]);
        self.known_so_far.push(totals.known);
        self.void_so_far.push(totals.void);
        self.amount.push(totals.amount - before);
        self.amount_so_far.push(totals.amount);
        self.discount_so_far.push(totals.discount);
        self.quantity_so_far.push(totals.quantity);
        self.lines_so_far.push(totals.lines);
        line
    }

    fn clear(&mut self) {
        self.at.clear();
        self.day.clear();
        self.known_so_far.clear();
        self.void_so_far.clear();
        self.amount.clear();
        self.amount_so_far.clear();
        self.discount_so_far.clear();
        self.quantity_so_far.clear();
        self.lines_so_far.clear();
    }
}

/// One customer's orders in ascending time, as far as the slice reaches.
#[derive(Debug, Clone, Copy)]
pub(super) struct Orders<'a> {
    pub(super) at: &'a [Timestamp],
    pub(super) day: &'a [i32],
    pub(super) known_so_far: &'a [Timestamp],
    pub(super) void_so_far: &'a [Timestamp],
    pub(super) amount: &'a [i64],
    pub(super) amount_so_far: &'a [i64],
    pub(super) discount_so_far: &'a [i64],
    pub(super) quantity_so_far: &'a [f64],
    pub(super) lines_so_far: &'a [u32],
    pub(super) lines: LineSlice<'a>,
}

impl<'a> Orders<'a> {
    /// What was known before `cutoff`, if that is simply the orders before it; `None` if some row of those was
    /// recorded, or happened, later, or was void by then.
    pub(super) fn known_at(&self, cutoff: Timestamp) -> Option<Orders<'a>> {
        let n = self.count_before(cutoff);
        let is_simple = |last: usize| self.known_so_far[last] < cutoff && self.void_so_far[last] >= cutoff;
        n.checked_sub(1).is_none_or(is_simple).then(|| self.first(n))
    }

    /// The first `n` orders.
    fn first(&self, n: usize) -> Orders<'a> {
        let lines = n.checked_sub(1).map_or(0, |last| self.lines_so_far[last] as usize);
        Orders {
            at: &self.at[..n],
            day: &self.day[..n],
            known_so_far: &self.known_so_far[..n],
            void_so_far: &self.void_so_far[..n],
            amount: &self.amount[..n],
            amount_so_far: &self.amount_so_far[..n],
            discount_so_far: &self.discount_so_far[..n],
            quantity_so_far: &self.quantity_so_far[..n],
            lines_so_far: &self.lines_so_far[..n],
            lines: LineSlice { end: self.lines.start + lines, ..self.lines },
        }
    }

    /// When the order with a key was placed, the last one until an instant; `None` if there is no such order, or the shop
    /// has no order numbers.
    pub(super) fn placed_at(&self, key: u64, until: Timestamp) -> Option<Timestamp> {
        let first_line = |order: usize| order.checked_sub(1).map_or(0, |last| self.lines_so_far[last] as usize);
        let mut orders = 0..self.at.partition_point(|at| *at <= until);
        let order = orders.rfind(|order| self.lines.number(first_line(*order)) == Some(key))?;
        Some(self.at[order])
    }

    /// How many orders there are and when the last one was; `None` without any.
    pub(super) fn presence(&self) -> Option<Presence> {
        self.at.last().map(|at| Presence { orders: self.at.len(), last_order_at: *at })
    }

    /// Orders placed before `instant`, known or not.
    pub(super) fn count_before(&self, instant: Timestamp) -> usize {
        self.at.partition_point(|at| *at < instant)
    }
}

/// The lines of [`Orders`], order after order.
#[derive(Debug, Clone, Copy)]
pub(super) struct LineSlice<'a> {
    lines: &'a Lines,
    start: usize,
    end: usize,
}

impl<'a> LineSlice<'a> {
    pub(super) fn product(&self) -> &'a [u32] {
        part(&self.lines.product, self.start..self.end)
    }

    pub(super) fn category(&self) -> &'a [u32] {
        part(&self.lines.category, self.start..self.end)
    }

    pub(super) fn amount(&self) -> &'a [i64] {
        self.lines.amount.get(self.start..self.end).unwrap_or(&[])
    }

    /// What each line cost the shop; nothing if the shop does not say.
    pub(super) fn cost(&self) -> &'a [i64] {
        self.lines.cost.get(self.start..self.end).unwrap_or(&[])
    }

    pub(super) fn channel(&self) -> &'a [u32] {
        part(&self.lines.channel, self.start..self.end)
    }

    pub(super) fn region(&self) -> &'a [u32] {
        part(&self.lines.region, self.start..self.end)
    }

    /// The order number of a line, counted from the first of these.
    fn number(&self, line: usize) -> Option<u64> {
        self.lines.order.get(self.start + line).copied()
    }

    /// From when to when each of the lines `range`, counted from the first of these, stands.
    pub(super) fn standing(&self, range: Range<usize>) -> impl Iterator<Item = (Timestamp, Timestamp)> + use<'a> {
        let (lines, start) = (self.lines, self.start);
        range.map(move |line| (lines.known(start + line), lines.void(start + line)))
    }
}

fn part(column: &[u32], range: Range<usize>) -> &[u32] {
    column.get(range).unwrap_or(&[])
}

/// Whether an instant lies before the cutoff; [`NEVER`] does not lie before anything.
pub(super) fn happened_before(at: Timestamp, cutoff: Timestamp) -> bool {
    at < cutoff && at != NEVER
}

/// What decides whether a customer counts at a cutoff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Presence {
    pub(crate) orders: usize,
    pub(crate) last_order_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn lines_of_one_order_are_one_order_at_the_instant_of_the_first() {
        let lines = Lines {
            at: [10, 50, 20, 20].map(Timestamp).to_vec(),
            order: vec![7, 7, 9, 9],
            amount: vec![2, 1, 10, 5],
            ..Lines::default()
        };
        let mut ledger = Ledger::default();
        let orders = ledger.read(&lines, 0..4, &Calendar::new(&TimeZone::UTC));
        assert_eq!(orders.at, [Timestamp(10), Timestamp(20)]);
        assert_eq!(orders.amount, [3, 15]);
        assert_eq!(orders.amount_so_far, [3, 18]);
        assert_eq!(orders.lines_so_far, [2, 4]);
        // The second line of order 7 is known only at 50, so from there on nothing before it is complete.
        assert_eq!(orders.known_so_far, [Timestamp(50), Timestamp(50)]);
        assert!(orders.known_at(Timestamp(50)).is_none());
        assert_eq!(orders.known_at(Timestamp(51)).map(|known| known.at.len()), Some(2));
        assert_eq!(orders.known_at(Timestamp(10)).map(|known| known.at.len()), Some(0));
        assert_eq!(orders.lines.standing(2..4).next(), Some((Timestamp(20), NEVER)));
        assert_eq!(orders.lines.standing(0..0).next(), None);
    }

    #[test]
    fn reading_forgets_the_customer_before() {
        let lines = Lines { at: vec![Timestamp(1), Timestamp(2)], amount: vec![5, 6], ..Lines::default() };
        let (mut ledger, utc) = (Ledger::default(), Calendar::new(&TimeZone::UTC));
        assert_eq!(ledger.read(&lines, 0..2, &utc).amount_so_far, [5, 11]);
        assert_eq!(ledger.read(&lines, 1..2, &utc).amount_so_far, [6]);
        assert_eq!(ledger.read(&lines, 1..1, &utc).presence(), None);
    }
}
