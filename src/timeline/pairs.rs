//! When each thing that a customer bought was known to be bought for the first and for the second time.

use super::columns::NEVER;
use crate::units::Timestamp;

/// When each thing of one customer was known to be bought for the first and for the second time.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    places: Vec<(u32, u32)>,
    current: u32,
    things: Vec<Pair>,
}

/// A thing and the customer's orders with it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    pub(super) code: u32,
    /// The order that is being read, and since when it was known to hold the thing.
    order: u64,
    known: Timestamp,
    /// The two smallest of the instants since when earlier orders were.
    earliest: [Timestamp; 2],
}

impl Pairs {
    /// Forgets the customer before.
    pub(super) fn begin(&mut self) {
        self.current = self.current.wrapping_add(1);
        if self.current == 0 {
            self.places.fill((0, 0));
            self.current = 1;
        }
        self.things.clear();
    }

    /// Notes that an order, by its number among the customer's, was known from an instant on to hold the thing; lines of
    /// one order follow each other.
    pub(super) fn add(&mut self, code: u32, order: u64, known: Timestamp) {
        if code as usize >= self.places.len() {
            self.places.resize(code as usize + 1, (0, 0));
        }
        let place = &mut self.places[code as usize];
        if place.0 != self.current {
            *place = (self.current, u32::try_from(self.things.len()).unwrap_or(u32::MAX));
            self.things.push(Pair { code, order, known, earliest: [NEVER; 2] });
            return;
        }
        let pair = &mut self.things[place.1 as usize];
        if pair.order == order {
            pair.known = pair.known.min(known);
        } else {
            *pair = Pair { code, order, known, earliest: pair.finished() };
        }
    }

    /// The customer's things.
    pub(super) fn all(&self) -> &[Pair] {
        &self.things
    }
}

impl Pair {
    /// The two smallest instants, the order that is being read included.
    pub(super) fn finished(&self) -> [Timestamp; 2] {
        let [first, second] = self.earliest;
        if self.known < first { [self.known, first] } else { [first, second.min(self.known)] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_order_of_a_thing_counts_from_when_two_orders_are_known() {
        let mut pairs = Pairs::default();
        pairs.begin();
        for (order, known) in [(1, 50), (1, 40), (2, 90), (3, 60)] {
            pairs.add(5, order, Timestamp(known));
        }
        assert_eq!(pairs.things[0].finished(), [Timestamp(40), Timestamp(60)]);
        pairs.begin();
        pairs.add(5, 1, Timestamp(7));
        assert_eq!(pairs.things[0].finished(), [Timestamp(7), NEVER]);
    }
}
