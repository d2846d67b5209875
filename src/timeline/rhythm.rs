//! What a history tells of rhythm and of change: quantiles of gaps, slopes, decayed rates, order and complaint.

use super::complaints::KnownComplaint;
use super::history::History;
use super::slope::Slope;
use crate::units::{Days, Timestamp};

impl History<'_> {
    /// The quantile `q` of the gaps in days, interpolated between neighbours; `None` without gaps.
    #[must_use]
    pub fn gap_quantile(&self, q: f64) -> Option<f64> {
        self.walk.gap_quantile(q)
    }

    /// Mean of the last three gaps in days, or of all if there are fewer; `None` without gaps.
    #[must_use]
    pub fn recent_gaps_mean_days(&self) -> Option<f64> {
        self.walk.recent_gap_mean(3)
    }

    /// Exponentially decayed number of visits, for half-lives of 180 and 30 days.
    #[must_use]
    pub fn decayed_visits(&self) -> [f64; 2] {
        self.walk.decayed_visits(self.decay())
    }

    /// Exponentially decayed number of orders, for half-lives of 60 and 15 days.
    #[must_use]
    pub fn decayed_orders_briefly(&self) -> [f64; 2] {
        self.walk.decayed_briefly(self.decay())
    }

    /// Exponentially decayed spend, for half-lives of 180, 90 and 30 days, in major units.
    #[must_use]
    pub fn decayed_amounts(&self) -> [f64; 3] {
        self.walk.decayed_amounts(self.decay()).map(|sum| sum / self.minor_per_major)
    }

    /// The slope over the last six months of 30 days.
    #[must_use]
    pub fn half_year_slope(&self) -> Slope {
        // Two features read it.
        *self.half_year_slope.get_or_init(|| self.monthly_slope(6))
    }

    /// The slope over the last twelve months of 30 days.
    #[must_use]
    pub fn year_slope(&self) -> Slope {
        self.monthly_slope(12)
    }

    /// The slope over the last `months` months of 30 days, the oldest first.
    fn monthly_slope(&self, months: u32) -> Slope {
        let n = i64::from(months);
        let span = self.orders_aged(Days(0), Days(30 * months));
        let (mut orders, mut amount) = (0_i64, 0_i64);
        for i in span {
            // A month reaches from its first instant to the one before the next, as every window does.
            let age = (self.cutoff.at().0 - self.orders.at[i].0 - 1) / Days(30).micros();
            // Twice the distance from the middle of the months.
            let place = n - 1 - 2 * age;
            orders += place;
            amount = amount.saturating_add(place.saturating_mul(self.orders.amount[i]));
        }
        let squares = (n * (n * n - 1)) as f64 / 12.0;
        Slope { orders: orders as f64 / 2.0 / squares, amount: self.major(amount) / 2.0 / squares }
    }

    /// Orders of the customer's first `days` days of the calendar, that of the first order included.
    #[must_use]
    pub fn orders_at_first(&self, days: Days) -> usize {
        let first = self.orders.day.first().copied().unwrap_or_default();
        self.orders.day.partition_point(|day| day.abs_diff(first) < days.0)
    }

    /// Amount of the first order, in major units.
    #[must_use]
    pub fn first_order_amount(&self) -> f64 {
        self.major(self.orders.amount.first().copied().unwrap_or(0))
    }

    /// Categories bought in a window for the first time.
    #[must_use]
    pub fn new_categories(&self, window: super::Window) -> u32 {
        let before = self.order_count(super::Window::All) - self.order_count(window);
        self.categories() - before.checked_sub(1).map_or(0, |last| self.walk.categories_so_far[last])
    }

    /// Entropy of the shares of products and of categories in the lines, in nats; NaN without any.
    #[must_use]
    pub fn entropies(&self) -> [f64; 2] {
        [self.walk.products.entropy(), self.walk.categories.entropy()]
    }

    /// Share of the lines of the most bought product, category, and most used channel; NaN without any.
    #[must_use]
    pub fn top_shares(&self) -> [f64; 3] {
        [self.walk.products.top_share(), self.walk.categories.top_share(), self.walk.channels.top_share()]
    }

    /// Days from the order complained about to the complaint: the order it names if that was placed by then, else the
    /// last one placed by then; `None` if none was.
    #[must_use]
    pub fn days_from_order(&self, complaint: &KnownComplaint) -> Option<f64> {
        let opened = complaint.opened_at;
        let latest = self.orders.at.partition_point(|at| *at <= opened).checked_sub(1);
        let named = complaint.order.and_then(|key| self.orders.placed_at(key, opened));
        named.or_else(|| latest.map(|i| self.orders.at[i])).map(|at| opened.days_since(at))
    }

    /// Orders placed at or before an instant.
    #[must_use]
    pub fn orders_until(&self, at: Timestamp) -> usize {
        self.orders.at.len() - self.orders_after(at)
    }
}
