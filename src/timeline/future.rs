//! What labels are read from: the only view that reaches behind a cutoff.

use super::columns::NEVER;
use super::ledger::Orders;
use crate::units::Timestamp;

/// All orders of one customer: those before a cutoff and those after it, whenever they became known. Returns are no part of
/// it.
#[derive(Debug, Clone, Copy)]
pub struct Future<'a> {
    pub(super) orders: Orders<'a>,
}

/// From when to when it is known that a customer bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// The instant after which a purchase is known; [`NEVER`] without one.
    pub known_at: Timestamp,
    /// The instant after which it is known to be void, and every other one too; [`NEVER`] while one stands.
    pub void_at: Timestamp,
}

impl Retention {
    /// That of a customer who bought nothing.
    pub const NONE: Self = Self { known_at: NEVER, void_at: NEVER };

    /// Whether a purchase stands by what was known before an instant.
    #[must_use]
    pub const fn stands_at(self, as_of: Timestamp) -> bool {
        self.known_at.0 < as_of.0 && self.void_at.0 >= as_of.0
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self::NONE
    }
}

impl Future<'_> {
    /// What is known of orders that were placed, by their first line, in `[from, until)`, from `until` on: nobody asks
    /// before. Orders that were void by then are none.
    #[must_use]
    pub fn purchase(&self, from: Timestamp, until: Timestamp) -> Retention {
        let orders = self.orders.count_before(from)..self.orders.count_before(until);
        let first_line = |order: usize| order.checked_sub(1).map_or(0, |last| self.orders.lines_so_far[last] as usize);
        let lines = first_line(orders.start)..first_line(orders.end);
        let mut standing: Vec<(Timestamp, Timestamp)> =
            self.orders.lines.standing(lines).filter(|(_, void)| *void >= until).collect();
        // The usual case, that of a shop without returns, needs no order.
        if standing.iter().all(|(_, void)| *void == NEVER) {
            let known_at = standing.iter().map(|(known, _)| *known).min().unwrap_or(NEVER);
            return Retention { known_at, void_at: NEVER };
        }
        standing.sort_unstable();
        let mut retention = Retention::NONE;
        for (known, void) in standing {
            if retention == Retention::NONE {
                retention = Retention { known_at: known, void_at: void };
            } else if known <= retention.void_at.max(until) {
                retention.void_at = retention.void_at.max(void);
            }
        }
        retention
    }
}
