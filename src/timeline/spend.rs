//! What a customer paid, how much of it and what came back, as known before a cutoff.

use super::history::History;
use super::partition::Return;
use super::running::{before, difference};
use super::window::Window;
use crate::units::{Days, Timestamp};

/// A return and the purchase that it corrects may be booked in either order, at most so far apart.
const CORRECTED_WITHIN: Days = Days(7);

impl<'a> History<'a> {
    /// Sum of the amounts of a range of orders, returns not deducted, in major units.
    #[must_use]
    pub fn amount_of(&self, orders: std::ops::Range<usize>) -> f64 {
        self.major(difference(self.orders.amount_so_far, orders))
    }

    /// Spend in a window net of what came back in it, in major units.
    #[must_use]
    pub fn net_spend(&self, window: Window) -> f64 {
        let bought = difference(self.orders.amount_so_far, self.start(window)..self.orders.at.len());
        self.major(bought - self.returned(window))
    }

    /// What the customer paid and kept so far, in major units: purchases less all that came back, and what a return exceeds an order by
    /// that it makes void.
    ///
    /// Where more had come back than was bought up to a week after it, the rest was bought before the data begin, and counts for
    /// nothing: nobody gives back what was never paid. A week, since a correction is booked before or after what it corrects.
    #[must_use]
    pub fn kept_spend(&self) -> f64 {
        let cutoff = self.cutoff.at();
        let lost = |given_back: &Return| if given_back.void < cutoff { given_back.excess } else { given_back.amount };
        let mut back: Vec<(Timestamp, i64)> =
            self.returns_in(Window::All).map(|given_back| (given_back.at, lost(given_back))).collect();
        back.sort_unstable();
        let bought = |orders| difference(self.orders.amount_so_far, orders);
        let (mut kept, mut taken) = (0, 0);
        for (at, amount) in back {
            let by = at.plus(CORRECTED_WITHIN);
            let until = self.orders.at.partition_point(|order| *order <= by);
            kept = (kept + bought(taken..until) - amount).max(0);
            taken = until;
        }
        self.major(kept + bought(taken..self.orders.at.len()))
    }

    /// Spend on orders placed in `[from, until)` net of what came back in it, in major units.
    #[must_use]
    pub fn net_spend_between(&self, from: Timestamp, until: Timestamp) -> f64 {
        let [start, end] = [from, until].map(|at| self.orders.at.partition_point(|order| *order < at));
        let back = self.standing_returns(Window::All).filter(|given_back| (from..until).contains(&given_back.at));
        let bought = difference(self.orders.amount_so_far, start..end.max(start));
        self.major(bought - back.map(|given_back| given_back.amount).sum::<i64>())
    }

    /// What came back in a window, in minor units, not negative; what void orders had cost is in no sum.
    #[must_use]
    pub fn returned(&self, window: Window) -> i64 {
        self.standing_returns(window).map(|given_back| given_back.amount).sum()
    }

    /// What came back in a window as a share of what was bought in it, at most 1; orders that were given back as a whole count
    /// among both, when they came back. NaN where nothing was bought.
    #[must_use]
    pub fn returned_share(&self, window: Window) -> f64 {
        let bought = self.gross_spend(window) + self.major(self.undone(window));
        if bought > 0.0 { (self.given_back(window) / bought).clamp(0.0, 1.0) } else { f64::NAN }
    }

    /// What came back in a window, orders that were given back as a whole among it, in major units.
    #[must_use]
    pub fn given_back(&self, window: Window) -> f64 {
        self.major(self.returned(window) + self.undone(window))
    }

    /// What the orders had cost that were given back as a whole, by the returns in a window, in minor units.
    fn undone(&self, window: Window) -> i64 {
        let cutoff = self.cutoff.at();
        let undone = self.returns_in(window).filter(|given_back| given_back.void < cutoff);
        undone.map(|given_back| given_back.amount - given_back.excess).sum()
    }

    /// Return lines in a window whose order is not void.
    fn standing_returns(&self, window: Window) -> impl Iterator<Item = &'a Return> {
        let cutoff = self.cutoff.at();
        self.returns_in(window).filter(move |given_back| given_back.void >= cutoff)
    }

    /// Return lines in a window.
    #[must_use]
    pub fn return_count(&self, window: Window) -> usize {
        self.returns_in(window).count()
    }

    fn returns_in(&self, window: Window) -> impl Iterator<Item = &'a Return> {
        let cutoff = self.cutoff.at();
        let from = window.days().map_or(Timestamp(i64::MIN), |days| cutoff.minus(days));
        self.returns.iter().filter(move |given_back| given_back.at >= from && given_back.known < cutoff)
    }

    /// Days since the latest return; `None` without returns.
    #[must_use]
    pub fn return_recency_days(&self) -> Option<f64> {
        self.returns_in(Window::All).map(|given_back| given_back.at).max().map(|at| self.cutoff.at().days_since(at))
    }

    /// Order lines in a window.
    #[must_use]
    pub fn line_count(&self, window: Window) -> u32 {
        let total = self.orders.lines_so_far.last().copied().unwrap_or(0);
        total - before(self.orders.lines_so_far, self.start(window))
    }

    /// Pieces bought in a window.
    #[must_use]
    pub fn quantity(&self, window: Window) -> f64 {
        let total = self.orders.quantity_so_far.last().copied().unwrap_or(0.0);
        total - before(self.orders.quantity_so_far, self.start(window))
    }

    /// Discounts of a window, in major units.
    #[must_use]
    pub fn discount(&self, window: Window) -> f64 {
        self.major(difference(self.orders.discount_so_far, self.start(window)..self.orders.at.len()))
    }

    /// Amounts of a window before returns, in major units.
    #[must_use]
    pub fn gross_spend(&self, window: Window) -> f64 {
        self.amount_of(self.start(window)..self.orders.at.len())
    }

    /// Amount of the orders of the last visit, before returns, in major units.
    #[must_use]
    pub fn last_visit_amount(&self) -> f64 {
        let last = self.orders.day.last();
        let of_visit = self.orders.day.iter().zip(self.orders.amount).rev().take_while(|(day, _)| Some(*day) == last);
        self.major(of_visit.map(|(_, amount)| amount).sum())
    }

    /// Amount of the largest order, in major units.
    #[must_use]
    pub fn max_order_amount(&self) -> f64 {
        self.major(self.walk.amount_max)
    }

    /// Sample standard deviation of the order amounts, in major units; `None` with one order.
    #[must_use]
    pub fn order_amount_sd(&self) -> Option<f64> {
        self.walk.amount_sd().map(|sd| sd / self.minor_per_major)
    }
}
