//! What the whole shop looked like at a cutoff: trade by day, season, and how popular products, categories, regions and
//! channels were. Made by a first pass under the same rules of time as a [`History`](super::History), from whole
//! numbers only, and a model fitted on sorted histories, so that it is the same for any partition and any number of
//! threads.

use super::season::{Season, YEAR_DAYS};
use crate::clv::PurchaseModel;

/// Days of trade that are kept, back from the cutoff.
pub(super) const TRADE_DAYS: usize = 1_100;
const YEAR: usize = YEAR_DAYS as usize;

/// How widely the things of one kind were bought, by code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Popularity {
    /// Customers who bought it.
    pub(super) buyers: Vec<u32>,
    /// Customers who bought it on at least two orders.
    pub(super) repeaters: Vec<u32>,
    /// Whether at least a quarter more of it was sold per day in the coming season a year ago than over the past year.
    pub(super) in_season: Vec<bool>,
    /// Things that were bought, and the sum of their buyers.
    pub(super) sold: u64,
    pub(super) all_buyers: u64,
}

/// Scale of sums of shares: whole numbers, so that the order of summation changes no bit.
pub(super) const SHARE: f64 = (1_u64 << 40) as f64;

impl Popularity {
    pub(super) fn new(buyers: Vec<u32>, repeaters: Vec<u32>, in_season: Vec<bool>) -> Self {
        let sold = buyers.iter().filter(|buyers| **buyers > 0).count() as u64;
        let all_buyers = buyers.iter().map(|buyers| u64::from(*buyers)).sum();
        Self { buyers, repeaters, in_season, sold, all_buyers }
    }

    pub(super) const fn empty() -> Self {
        Self { buyers: Vec::new(), repeaters: Vec::new(), in_season: Vec::new(), sold: 0, all_buyers: 0 }
    }

    /// Share of the buyers who bought it on at least two orders, times [`SHARE`].
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share times 2^40")]
    pub(super) fn repeat(&self, code: usize) -> u64 {
        let (buyers, repeaters) = (self.buyers[code], self.repeaters[code]);
        if buyers == 0 { 0 } else { (f64::from(repeaters) / f64::from(buyers) * SHARE) as u64 }
    }

    /// Whether it had more buyers than the mean of what was bought.
    pub(super) fn is_popular(&self, code: usize) -> bool {
        u64::from(self.buyers[code]) * self.sold > self.all_buyers
    }
}

/// Customers by the level of an attribute.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Levels {
    /// Customers of each level.
    pub(super) customers: Vec<u32>,
    /// Customers with any level.
    total: u64,
}

impl Levels {
    pub(super) fn new(customers: Vec<u32>) -> Self {
        let total = customers.iter().map(|customers| u64::from(*customers)).sum();
        Self { customers, total }
    }

    /// Share of the customers with any level who have this one.
    pub(super) fn share(&self, code: u32) -> f64 {
        let customers = self.customers.get(code as usize).copied().unwrap_or(0);
        if self.total == 0 { f64::NAN } else { f64::from(customers) / self.total as f64 }
    }

    /// One more than the levels with more customers.
    pub(super) fn rank(&self, code: u32) -> f64 {
        let own = self.customers.get(code as usize).copied().unwrap_or(0);
        (1 + self.customers.iter().filter(|customers| **customers > own).count()) as f64
    }
}

/// What of the shop as a whole is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ContextNeeds {
    /// Trade, popularity, and how many customers share an attribute.
    pub shop: bool,
    /// The purchase model.
    pub purchase_model: bool,
}

impl ContextNeeds {
    /// Whether nothing is.
    #[must_use]
    pub const fn are_none(self) -> bool {
        !self.shop && !self.purchase_model
    }
}

/// The whole shop as known before one cutoff.
#[derive(Debug, Clone, PartialEq)]
pub struct ShopContext {
    /// Customers with an order.
    pub(super) customers: u32,
    /// Orders of the last `i` days at place `i`.
    trade: Vec<u32>,
    orders_per_day: f64,
    season_index: f64,
    pub(super) products: Popularity,
    pub(super) categories: Popularity,
    pub(super) regions: Levels,
    pub(super) acquisitions: Levels,
    /// How customers buy and leave, in days; absent where no model could be fitted or none is asked for.
    pub(super) purchases: Option<PurchaseModel>,
}

/// Orders by the days from theirs to that of one cutoff, and all of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Trade {
    pub(super) customers: u32,
    pub(super) orders: u64,
    /// Orders of the day before the cutoff, of the one before that, and so on, up to [`TRADE_DAYS`].
    by_age: Vec<u32>,
}

impl Trade {
    /// Counts the orders placed on days, ascending, before the day of the cutoff.
    pub(super) fn add(&mut self, today: i32, days: &[i32]) {
        self.customers += 1;
        self.orders += days.len() as u64;
        if self.by_age.is_empty() {
            self.by_age.resize(TRADE_DAYS, 0);
        }
        for day in days.iter().rev() {
            match usize::try_from(today - day - 1).ok().and_then(|age| self.by_age.get_mut(age)) {
                Some(day) => *day += 1,
                None => break,
            }
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.customers += other.customers;
        self.orders += other.orders;
        if self.by_age.len() < other.by_age.len() {
            self.by_age.resize(other.by_age.len(), 0);
        }
        self.by_age.iter_mut().zip(&other.by_age).for_each(|(sum, orders)| *sum += orders);
    }
}

impl ShopContext {
    /// A shop of which nothing is known.
    pub(super) const UNKNOWN: Self = Self {
        customers: 0,
        trade: Vec::new(),
        orders_per_day: 0.0,
        season_index: 1.0,
        products: Popularity::empty(),
        categories: Popularity::empty(),
        regions: Levels { customers: Vec::new(), total: 0 },
        acquisitions: Levels { customers: Vec::new(), total: 0 },
        purchases: None,
    };

    pub(super) fn of_trade(trade: &Trade, season: Season) -> Self {
        let mut sums = vec![0_u32; TRADE_DAYS + 1];
        for (day, orders) in trade.by_age.iter().enumerate() {
            sums[day + 1] = sums[day] + orders;
        }
        let year = sums[YEAR];
        let is_older = trade.orders > u64::from(year);
        let days =
            if is_older { YEAR } else { trade.by_age.iter().rposition(|orders| *orders > 0).map_or(1, |d| d + 1) };
        let (from, to) = season.ages();
        let in_season = sums[to.0 as usize] - sums[from.0 as usize];
        let season_index = if is_older && year > 0 && to > from {
            (f64::from(in_season) / f64::from(season.length().0)) / (f64::from(year) / YEAR as f64)
        } else {
            1.0
        };
        let orders_per_day = f64::from(year) / days as f64;
        Self { customers: trade.customers, trade: sums, orders_per_day, season_index, ..Self::UNKNOWN }
    }

    /// How customers buy and leave, in days; `None` where no model could be fitted or none is asked for.
    #[must_use]
    pub const fn purchase_model(&self) -> Option<&PurchaseModel> {
        self.purchases.as_ref()
    }

    /// Orders per day of the coming season a year ago over those of the whole past year; 1 while the shop is younger
    /// than a year, and where no day of that season lies before the cutoff.
    #[must_use]
    pub const fn season_index(&self) -> f64 {
        self.season_index
    }

    /// Days of average trade that have passed in a silence: orders of the whole shop from the day of the last order to that
    /// before the cutoff, at most three years, over the orders of an average day of the past year. NaN without orders in the past year.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time that has passed")]
    pub fn days_of_trade(&self, silence_days: f64) -> f64 {
        let days = (silence_days.max(0.0) as usize).min(self.trade.len().saturating_sub(1));
        let orders = self.trade.get(days).copied().unwrap_or(0);
        if self.orders_per_day > 0.0 { f64::from(orders) / self.orders_per_day } else { f64::NAN }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Days;

    const MONTH: Season = Season { gap: Days(0), horizon: Days(30) };

    #[test]
    fn trade_is_counted_in_days_back_from_the_cutoff() {
        let mut trade = Trade::default();
        trade.add(1000, &[100, 990, 999]);
        let context = ShopContext::of_trade(&trade, MONTH);
        assert_eq!(context.trade[..3], [0, 1, 1]);
        assert_eq!((context.trade[9], context.trade[10], context.trade[TRADE_DAYS]), (1, 2, 3));
        assert!((context.days_of_trade(10.5) - 365.0).abs() < 1e-9);
        assert!((context.season_index() - 0.0).abs() < 1e-12, "nothing in the same season a year ago");
    }

    #[test]
    fn a_young_shop_has_no_season() {
        let mut trade = Trade::default();
        trade.add(1000, &[900, 999]);
        let context = ShopContext::of_trade(&trade, MONTH);
        assert!((context.season_index() - 1.0).abs() < 1e-12);
        assert!((context.days_of_trade(100.0) - 100.0).abs() < 1e-12, "two orders in the hundred days there were");
    }

    #[test]
    fn a_season_begins_after_the_gap() {
        let mut trade = Trade::default();
        // 335 days ago, when the label window of a gap of 30 days began a year ago, and the day before that.
        trade.add(1000, &[100, 664, 665, 665, 665]);
        let index = |gap| ShopContext::of_trade(&trade, Season { gap: Days(gap), ..MONTH }).season_index();
        assert!((index(30) - (3.0 / 30.0) / (4.0 / 365.0)).abs() < 1e-12);
        assert!((index(0) - (1.0 / 30.0) / (4.0 / 365.0)).abs() < 1e-12);
        assert!((index(365) - 1.0).abs() < 1e-12, "nothing is known of that season");
    }

    #[test]
    fn levels_have_shares_and_ranks() {
        let levels = Levels::new(vec![1, 5, 1, 1]);
        assert!((levels.share(1) - 0.625).abs() < 1e-12 && (levels.share(9) - 0.0).abs() < 1e-12);
        assert_eq!([0, 1, 3].map(|code| levels.rank(code).to_string()), ["2", "1", "2"]);
    }

    #[test]
    fn popular_is_more_than_the_mean() {
        let popularity = Popularity::new(vec![4, 1, 0, 1], vec![1, 0, 0, 0], Vec::new());
        assert_eq!([0, 1, 3].map(|code| popularity.is_popular(code)), [true, false, false]);
        assert!((popularity.repeat(0) as f64 / SHARE - 0.25).abs() < 1e-9);
    }
}
