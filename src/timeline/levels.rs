//! What a customer's orders were of, by code: categories, channels and regions. What the codes mean, the log says.

use super::history::History;
use super::lines::is_code;
use crate::units::Timestamp;

/// What an order was of, by its first line; `None` where the shop does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OrderLevels {
    /// Product category.
    pub category: Option<u32>,
    /// Sales channel.
    pub channel: Option<u32>,
    /// Region.
    pub region: Option<u32>,
}

impl<'a> History<'a> {
    /// The category of each line bought from an instant on, where it is given.
    pub fn categories_since(&self, from: Timestamp) -> impl Iterator<Item = u32> + use<'a> {
        let first_order = self.orders.at.partition_point(|at| *at < from);
        let first = self.first_line(first_order);
        let codes = self.orders.lines.category().get(first..).unwrap_or(&[]);
        codes.iter().copied().filter(|code| is_code(*code))
    }

    /// What the last order was of.
    #[must_use]
    pub fn last_order_levels(&self) -> OrderLevels {
        let line = self.first_line(self.orders.at.len().saturating_sub(1));
        let of = |codes: &[u32]| codes.get(line).copied().filter(|code| is_code(*code));
        let lines = &self.orders.lines;
        OrderLevels { category: of(lines.category()), channel: of(lines.channel()), region: of(lines.region()) }
    }

    /// The first line of an order, counted from the customer's first.
    fn first_line(&self, order: usize) -> usize {
        let before = order.checked_sub(1).and_then(|before| self.orders.lines_so_far.get(before));
        before.map_or(0, |lines| *lines as usize)
    }
}
