//! What came after a cutoff: for labels alone.

use super::ledger::Orders;
use crate::units::Timestamp;

/// All orders of one customer, whenever they happened or became known.
#[derive(Debug, Clone, Copy)]
pub struct Future<'a> {
    pub(super) orders: Orders<'a>,
}

impl Future<'_> {
    /// The instant after which it is known that the customer bought in `[from, until)`; [`NEVER`](super::columns::NEVER) if no such order.
    #[must_use]
    pub fn purchase_known(&self, from: Timestamp, until: Timestamp) -> Timestamp {
        let orders = self.orders.count_before(from)..self.orders.count_before(until);
        let first_line = |order: usize| order.checked_sub(1).map_or(0, |last| self.orders.lines_so_far[last] as usize);
        let lines = first_line(orders.start)..first_line(orders.end);
        self.orders.lines.first_known(lines)
    }
}
