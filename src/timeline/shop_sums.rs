//! What the purchases of a shop sum to, to be held against its own books.

use rayon::prelude::*;

use super::log::EventLog;
use super::scan::Shard;

/// Buyers, orders and money over the whole history, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ShopSums {
    /// Customers who bought; who only gave something back, or only complained, is none.
    pub buyers: u64,
    /// Orders in which something was bought.
    pub orders: u64,
    /// What was bought.
    pub bought: i128,
    /// What was given back, not negative.
    pub returned: i128,
}

impl ShopSums {
    /// What is left of what was bought.
    #[must_use]
    pub const fn revenue(&self) -> i128 {
        self.bought - self.returned
    }
}

impl EventLog {
    /// Sums over all purchases, known or not at any cutoff.
    #[must_use]
    pub fn sums(&self) -> ShopSums {
        self.shards().par_iter().map(of_shard).reduce(ShopSums::default, |one, other| ShopSums {
            buyers: one.buyers + other.buyers,
            orders: one.orders + other.orders,
            bought: one.bought + other.bought,
            returned: one.returned + other.returned,
        })
    }
}

fn of_shard(shard: &Shard) -> ShopSums {
    let (mut sums, lines) = (ShopSums::default(), shard.lines());
    for local in 0..shard.customers().len() {
        let own = shard.lines_of(local);
        let begins = |line: &usize| *line == own.start || !lines.continues(*line);
        sums.orders += own.clone().filter(begins).count() as u64;
        sums.buyers += u64::from(!own.is_empty());
        sums.bought += own.filter_map(|line| lines.amount.get(line)).map(|amount| i128::from(*amount)).sum::<i128>();
        sums.returned += shard.returns_of(local).iter().map(|row| i128::from(row.amount)).sum::<i128>();
    }
    sums
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::timeline::columns::{PurchaseColumns, Tables};
    use crate::units::{Days, Money, Timestamp};

    #[test]
    fn buyers_orders_and_money_of_a_shop() {
        let day = |days| Timestamp(0).plus(Days(days));
        let purchases = PurchaseColumns {
            customer: vec![0, 0, 0, 1, 2],
            purchased_at: [1, 1, 9, 3, 4].map(day).to_vec(),
            order: Some(vec![7, 7, 8, 9, 9]),
            amount: [100, 50, 25, 10, -40].map(Money).to_vec(),
            is_return: vec![false, false, false, false, true],
            ..PurchaseColumns::default()
        };
        let customer_ids = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        let log = EventLog::build(Tables { customer_ids, purchases, ..Tables::default() }, &TimeZone::UTC).unwrap();
        let sums = log.sums();
        assert_eq!(sums, ShopSums { buyers: 2, orders: 3, bought: 185, returned: 40 });
        assert_eq!(sums.revenue(), 145);
    }
}
