//! Purchase lines in columns, grouped into orders, customer after customer.
//!
//! Built once for the whole shop, and again into a scratch ledger for the rare customer of whom some rows were not yet
//! known at a cutoff; both ways run the same code.

use super::columns::{NEVER, NO_CODE, PurchaseColumns};
use super::fold::Presence;
use crate::units::Timestamp;

/// Purchase lines without returns; every column has one entry per line, or none if the shop lacks it.
#[derive(Debug, Clone, Default)]
pub(super) struct LineColumns {
    pub(super) at: Vec<Timestamp>,
    /// The instant after which the line is known: when it happened or, if later, when it was recorded.
    pub(super) known: Vec<Timestamp>,
    pub(super) order: Vec<u64>,
    pub(super) amount: Vec<i64>,
    pub(super) quantity: Vec<f32>,
    pub(super) discount: Vec<i64>,
    pub(super) product: Vec<u32>,
    pub(super) category: Vec<u32>,
    pub(super) channel: Vec<u32>,
    pub(super) region: Vec<u32>,
}

impl LineColumns {
    /// Takes over the shop's columns.
    pub(super) fn from_purchases(purchases: PurchaseColumns) -> Self {
        let at = purchases.purchased_at;
        let known = match purchases.recorded_at {
            Some(recorded) => at.iter().zip(recorded).map(|(at, recorded)| (*at).max(recorded)).collect(),
            None => at.clone(),
        };
        // Without order numbers the instant is the key. Instants keep their order as keys because the sign is flipped.
        let order = purchases.order.unwrap_or_else(|| at.iter().map(|at| instant_key(*at)).collect());
        Self {
            known,
            order,
            amount: purchases.amount.iter().map(|amount| amount.0).collect(),
            quantity: purchases.quantity.unwrap_or_default(),
            discount: purchases.discount.unwrap_or_default().iter().map(|amount| amount.0).collect(),
            product: purchases.product.unwrap_or_default(),
            category: purchases.category.unwrap_or_default(),
            channel: purchases.channel.unwrap_or_default(),
            region: purchases.region.unwrap_or_default(),
            at,
        }
    }

    fn push_from(&mut self, source: &Self, row: usize) {
        self.at.push(source.at[row]);
        self.known.push(source.known[row]);
        self.order.push(source.order[row]);
        self.amount.push(source.amount[row]);
        copy_if_present(&mut self.quantity, &source.quantity, row);
        copy_if_present(&mut self.discount, &source.discount, row);
        copy_if_present(&mut self.product, &source.product, row);
        copy_if_present(&mut self.category, &source.category, row);
        copy_if_present(&mut self.channel, &source.channel, row);
        copy_if_present(&mut self.region, &source.region, row);
    }

    fn clear(&mut self) {
        self.at.clear();
        self.known.clear();
        self.order.clear();
        self.amount.clear();
        self.quantity.clear();
        self.discount.clear();
        self.product.clear();
        self.category.clear();
        self.channel.clear();
        self.region.clear();
    }
}

/// The key of an order that has no number: the instant, mapped so that earlier is smaller.
const fn instant_key(at: Timestamp) -> u64 {
    at.0.cast_unsigned() ^ (1 << 63)
}

fn copy_if_present<T: Copy>(to: &mut Vec<T>, from: &[T], row: usize) {
    if let Some(value) = from.get(row) {
        to.push(*value);
    }
}

/// Lines grouped into orders. The running columns start anew with every customer.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger {
    pub(super) lines: LineColumns,
    /// Instant of the order's first line.
    pub(super) at: Vec<Timestamp>,
    /// The instant after which this and all earlier orders of the customer are completely known.
    pub(super) known_so_far: Vec<Timestamp>,
    pub(super) amount: Vec<i64>,
    /// Sums over this and all earlier orders of the customer.
    pub(super) amount_so_far: Vec<i64>,
    pub(super) discount_so_far: Vec<i64>,
    pub(super) quantity_so_far: Vec<f64>,
    /// Lines of this and all earlier orders of the customer.
    pub(super) lines_so_far: Vec<u32>,
    grouping: Grouping,
}

/// Buffers for one customer at a time, kept so that nothing is allocated per customer.
#[derive(Debug, Clone, Default)]
struct Grouping {
    rows: Vec<(u64, Timestamp, u32)>,
    orders: Vec<(Timestamp, u64, u32, u32)>,
}

impl Ledger {
    /// Appends one customer's lines, the rows `rows` of `source`, as orders in ascending time.
    pub(super) fn push_customer(&mut self, source: &LineColumns, rows: impl Iterator<Item = u32>) {
        let mut grouping = std::mem::take(&mut self.grouping);
        grouping.group(source, rows);
        let mut totals = Totals { known: Timestamp(i64::MIN), ..Totals::default() };
        for &(at, _, start, end) in &grouping.orders {
            let order = &grouping.rows[start as usize..end as usize];
            self.push_order(source, at, order, &mut totals);
        }
        self.grouping = grouping;
    }

    fn push_order(
        &mut self,
        source: &LineColumns,
        at: Timestamp,
        order: &[(u64, Timestamp, u32)],
        totals: &mut Totals,
    ) {
        let before = totals.amount;
        for &(_, _, row) in order {
            let row = row as usize;
            self.lines.push_from(source, row);
            totals.known = totals.known.max(source.known[row]);
            totals.amount += source.amount[row];
            totals.discount += source.discount.get(row).copied().unwrap_or(0);
            totals.quantity += f64::from(source.quantity.get(row).copied().filter(|q| q.is_finite()).unwrap_or(0.0));
            totals.lines += 1;
        }
        self.at.push(at);
        self.known_so_far.push(totals.known);
        self.amount.push(totals.amount - before);
        self.amount_so_far.push(totals.amount);
        self.discount_so_far.push(totals.discount);
        self.quantity_so_far.push(totals.quantity);
        self.lines_so_far.push(totals.lines);
    }

    /// Forgets all customers and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.at.clear();
        self.known_so_far.clear();
        self.amount.clear();
        self.amount_so_far.clear();
        self.discount_so_far.clear();
        self.quantity_so_far.clear();
        self.lines_so_far.clear();
    }

    /// The orders `orders` and their lines `lines`.
    pub(super) fn slice(&self, orders: std::ops::Range<usize>, lines: std::ops::Range<usize>) -> Orders<'_> {
        Orders {
            at: &self.at[orders.clone()],
            known_so_far: &self.known_so_far[orders.clone()],
            amount: &self.amount[orders.clone()],
            amount_so_far: &self.amount_so_far[orders.clone()],
            discount_so_far: &self.discount_so_far[orders.clone()],
            quantity_so_far: &self.quantity_so_far[orders.clone()],
            lines_so_far: &self.lines_so_far[orders],
            lines: LineSlice::new(&self.lines, lines),
        }
    }

    /// Everything in the ledger.
    pub(super) fn all(&self) -> Orders<'_> {
        self.slice(0..self.at.len(), 0..self.lines.at.len())
    }
}

#[derive(Default)]
struct Totals {
    known: Timestamp,
    amount: i64,
    discount: i64,
    quantity: f64,
    lines: u32,
}

impl Grouping {
    /// Sorts the rows by order, and the orders by the instant of their first line, then by key: a sequence that does
    /// not depend on the order of the input rows.
    fn group(&mut self, source: &LineColumns, rows: impl Iterator<Item = u32>) {
        self.rows.clear();
        self.orders.clear();
        self.rows.extend(rows.map(|row| (source.order[row as usize], source.at[row as usize], row)));
        self.rows.sort_unstable();
        let mut start = 0_u32;
        for order in self.rows.chunk_by(|a, b| a.0 == b.0) {
            let end = start + u32::try_from(order.len()).unwrap_or(u32::MAX);
            self.orders.push((order[0].1, order[0].0, start, end));
            start = end;
        }
        self.orders.sort_unstable();
    }
}

/// One customer's orders in ascending time, as far as the slice reaches.
#[derive(Debug, Clone, Copy)]
pub(super) struct Orders<'a> {
    pub(super) at: &'a [Timestamp],
    pub(super) known_so_far: &'a [Timestamp],
    pub(super) amount: &'a [i64],
    pub(super) amount_so_far: &'a [i64],
    pub(super) discount_so_far: &'a [i64],
    pub(super) quantity_so_far: &'a [f64],
    pub(super) lines_so_far: &'a [u32],
    pub(super) lines: LineSlice<'a>,
}

impl<'a> Orders<'a> {
    /// What was known before `cutoff`, if that is simply the orders before it; `None` if some row of those was
    /// recorded, or happened, later.
    pub(super) fn known_at(&self, cutoff: Timestamp) -> Option<Orders<'a>> {
        let n = self.count_before(cutoff);
        (n == 0 || self.known_so_far[n - 1] < cutoff).then(|| self.first(n))
    }

    /// The first `n` orders.
    fn first(&self, n: usize) -> Orders<'a> {
        let lines = n.checked_sub(1).map_or(0, |last| self.lines_so_far[last] as usize);
        Orders {
            at: &self.at[..n],
            known_so_far: &self.known_so_far[..n],
            amount: &self.amount[..n],
            amount_so_far: &self.amount_so_far[..n],
            discount_so_far: &self.discount_so_far[..n],
            quantity_so_far: &self.quantity_so_far[..n],
            lines_so_far: &self.lines_so_far[..n],
            lines: self.lines.first(lines),
        }
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
    pub(super) known: &'a [Timestamp],
    pub(super) product: &'a [u32],
    pub(super) category: &'a [u32],
    pub(super) channel: &'a [u32],
    pub(super) region: &'a [u32],
}

impl<'a> LineSlice<'a> {
    fn new(lines: &'a LineColumns, range: std::ops::Range<usize>) -> Self {
        Self {
            known: &lines.known[range.clone()],
            product: part(&lines.product, range.clone()),
            category: part(&lines.category, range.clone()),
            channel: part(&lines.channel, range.clone()),
            region: part(&lines.region, range),
        }
    }

    fn first(&self, n: usize) -> Self {
        Self {
            known: &self.known[..n],
            product: part(self.product, 0..n),
            category: part(self.category, 0..n),
            channel: part(self.channel, 0..n),
            region: part(self.region, 0..n),
        }
    }
}

fn part(column: &[u32], range: std::ops::Range<usize>) -> &[u32] {
    column.get(range).unwrap_or(&[])
}

/// Whether a code names something.
pub(super) const fn is_code(code: u32) -> bool {
    code != NO_CODE
}

/// Whether an instant lies before the cutoff; [`NEVER`] does not lie before anything.
pub(super) fn happened_before(at: Timestamp, cutoff: Timestamp) -> bool {
    at < cutoff && at != NEVER
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Money;

    fn lines(rows: &[(u64, i64, i64)]) -> LineColumns {
        LineColumns::from_purchases(PurchaseColumns {
            customer: vec![0; rows.len()],
            purchased_at: rows.iter().map(|row| Timestamp(row.1)).collect(),
            order: Some(rows.iter().map(|row| row.0).collect()),
            amount: rows.iter().map(|row| Money(row.2)).collect(),
            is_return: vec![false; rows.len()],
            ..PurchaseColumns::default()
        })
    }

    #[test]
    fn lines_of_one_order_are_one_order_at_the_instant_of_the_first() {
        let source = lines(&[(7, 50, 1), (9, 20, 10), (7, 10, 2), (9, 20, 5)]);
        let mut ledger = Ledger::default();
        ledger.push_customer(&source, 0..4);
        let orders = ledger.all();
        assert_eq!(orders.at, [Timestamp(10), Timestamp(20)]);
        assert_eq!(orders.amount, [3, 15]);
        assert_eq!(orders.amount_so_far, [3, 18]);
        assert_eq!(orders.lines_so_far, [2, 4]);
        // The second line of order 7 is known only at 50, so from there on nothing before it is complete.
        assert_eq!(orders.known_so_far, [Timestamp(50), Timestamp(50)]);
        assert!(orders.known_at(Timestamp(50)).is_none());
        assert_eq!(orders.known_at(Timestamp(51)).map(|known| known.at.len()), Some(2));
        assert_eq!(orders.known_at(Timestamp(10)).map(|known| known.at.len()), Some(0));
    }

    #[test]
    fn without_order_numbers_lines_at_one_instant_are_one_order() {
        let mut columns = PurchaseColumns {
            customer: vec![0; 3],
            purchased_at: [-5, 20, -5].map(Timestamp).to_vec(),
            amount: [1, 2, 4].map(Money).to_vec(),
            is_return: vec![false; 3],
            ..PurchaseColumns::default()
        };
        columns.order = None;
        let mut ledger = Ledger::default();
        ledger.push_customer(&LineColumns::from_purchases(columns), 0..3);
        assert_eq!(ledger.all().at, [Timestamp(-5), Timestamp(20)]);
        assert_eq!(ledger.all().amount, [5, 2]);
    }
}
