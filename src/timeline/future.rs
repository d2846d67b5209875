//! What labels are read from: the only view that reaches behind a cutoff.

use super::ledger::Orders;
use crate::units::Timestamp;

/// All orders of one customer: those before a cutoff and those after it, whenever they became known. Returns are no part of
/// it.
#[derive(Debug, Clone, Copy)]
pub struct Future<'a> {
    pub(super) orders: Orders<'a>,
}

impl Future<'_> {
    /// The instant after which a line of an order is known that was placed, by its first line, in `[from, until)`;
    /// [`NEVER`](super::columns::NEVER) without such an order.
    #[must_use]
    pub fn purchase_known(&self, from: Timestamp, until: Timestamp) -> Timestamp {
        let orders = self.orders.count_before(from)..self.orders.count_before(until);
        let first_line = |order: usize| order.checked_sub(1).map_or(0, |last| self.orders.lines_so_far[last] as usize);
        let lines = first_line(orders.start)..first_line(orders.end);
        self.orders.lines.first_known(lines)
    }
}
