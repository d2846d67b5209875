//! What was known of one customer before a cutoff: the only thing a feature may read.

use std::cell::OnceCell;

use super::attributes::Attributes;
use super::buyers::{forecast, summary};
use super::complaints::KnownComplaint;
use super::context::ShopContext;
use super::custom::CustomRows;
use super::cutoff::Cutoff;
use super::ledger::Orders;
use super::mix::Basket;
use super::partition::Return;
use super::running::before;
use super::season::Season;
use super::slope::Slope;
use super::surveys::KnownAnswer;
use super::tally::CategoryCadence;
use super::walk::{CustomerWalk, Decay};
use super::window::{BOUNDED, Window};
use crate::clv::Forecast;
use crate::units::{Days, Timestamp};

/// What the customer's own rhythm looks like: figures over the days between successive visits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gaps {
    /// Mean gap.
    pub mean_days: f64,
    /// Median gap.
    pub median_days: f64,
    /// Sample standard deviation; `None` with one gap.
    pub sd_days: Option<f64>,
    /// Longest gap.
    pub max_days: f64,
    /// Latest gap.
    pub last_days: f64,
    /// Share of the gaps shorter than the present silence.
    pub share_below_silence: f64,
}

/// One customer as known before a cutoff. There is at least one order.
///
/// A visit is a day of the shop's zone with an order, however many there are. Days between visits, and from one to the
/// cutoff, are differences of calendar days.
#[derive(Debug)]
pub struct History<'a> {
    pub(super) cutoff: Cutoff,
    /// Number of the day of the cutoff, counted from 1970-01-01.
    pub(super) today: i32,
    pub(super) orders: Orders<'a>,
    pub(super) walk: &'a CustomerWalk,
    pub(super) basket: Basket,
    pub(super) returns: &'a [Return],
    pub(super) complaints: &'a [KnownComplaint],
    pub(super) answers: &'a [KnownAnswer],
    pub(super) custom: CustomRows<'a>,
    pub(super) attributes: Attributes,
    /// Computed when first read.
    pub(super) category_cadence: OnceCell<CategoryCadence>,
    /// Computed when first read.
    pub(super) gaps: OnceCell<Option<Gaps>>,
    /// Computed when first read.
    pub(super) forecast: OnceCell<Option<Forecast>>,
    /// Computed when first read.
    pub(super) decay: OnceCell<Decay>,
    /// Computed when first read.
    pub(super) half_year_slope: OnceCell<Slope>,
    pub(super) context: &'a ShopContext,
    pub(super) minor_per_major: f64,
    pub(super) horizon: Days,
    pub(super) gap: Days,
    /// First order of each bounded window.
    pub(super) starts: [u32; 6],
}

impl<'a> History<'a> {
    /// Positions of the first order inside each bounded window.
    pub(super) fn window_starts(at: &[Timestamp], cutoff: Timestamp) -> [u32; 6] {
        let mut starts = [0; 6];
        let mut end = at.len();
        for (start, window) in starts.iter_mut().zip(BOUNDED) {
            let from = cutoff.minus(window.days().unwrap_or(Days(0)));
            // Windows nest: the start of a longer one lies at or before that of a shorter one.
            end = at[..end].partition_point(|at| *at < from);
            *start = u32::try_from(end).unwrap_or(u32::MAX);
        }
        starts
    }

    pub(super) fn start(&self, window: Window) -> usize {
        BOUNDED.iter().position(|bounded| *bounded == window).map_or(0, |i| self.starts[i] as usize)
    }

    /// The cutoff.
    #[must_use]
    pub const fn cutoff(&self) -> Cutoff {
        self.cutoff
    }

    /// The horizon that churn is asked about.
    #[must_use]
    pub const fn horizon(&self) -> Days {
        self.horizon
    }

    /// The coming season a year ago.
    #[must_use]
    pub const fn season(&self) -> Season {
        Season { gap: self.gap, horizon: self.horizon }
    }

    /// Minor units in major units of the currency.
    #[must_use]
    pub fn major(&self, minor: i64) -> f64 {
        minor as f64 / self.minor_per_major
    }

    /// A number of minor units, whole or not, in major units of the currency.
    #[must_use]
    pub fn in_major(&self, minor: f64) -> f64 {
        minor / self.minor_per_major
    }

    /// Orders in a window.
    #[must_use]
    pub fn order_count(&self, window: Window) -> usize {
        self.orders.at.len() - self.start(window)
    }

    /// Orders placed more than `from` and at most `to` days of 24 hours before the cutoff.
    #[must_use]
    pub fn orders_aged(&self, from: Days, to: Days) -> std::ops::Range<usize> {
        let start = self.first_within(to);
        start..self.first_within(from).max(start)
    }

    /// Position of the first order of the last `days`.
    fn first_within(&self, days: Days) -> usize {
        match BOUNDED.iter().position(|window| window.days() == Some(days)) {
            Some(known) => self.starts[known] as usize,
            None if days.0 == 0 => self.orders.at.len(),
            None => self.orders.at.partition_point(|at| *at < self.cutoff.at().minus(days)),
        }
    }

    /// Days from the last visit to the cutoff: the present silence.
    #[must_use]
    pub fn recency_days(&self) -> f64 {
        self.orders.day.last().map_or(0.0, |day| f64::from(self.today - day))
    }

    /// Days from the first visit to the cutoff.
    #[must_use]
    pub fn tenure_days(&self) -> f64 {
        self.orders.day.first().map_or(0.0, |day| f64::from(self.today - day))
    }

    /// Days since the customer signed up, if that was before the cutoff.
    #[must_use]
    pub fn signup_tenure_days(&self) -> Option<f64> {
        self.attributes.signed_up_at.map(|at| self.cutoff.at().days_since(at))
    }

    /// The days of the visits, counted from 1970-01-01, ascending.
    #[must_use]
    pub fn visit_days(&self) -> &'a [i32] {
        &self.walk.visit_days
    }

    /// Writes the days of the visits into `days`, counted from the first, and tells where the cutoff lies.
    pub fn days_since_first(&self, days: &mut Vec<f64>) -> f64 {
        days.clear();
        let first = self.walk.visit_days.first().copied().unwrap_or(self.today);
        days.extend(self.walk.visit_days.iter().map(|day| f64::from(day - first)));
        f64::from(self.today - first)
    }

    /// The customer's own rhythm; `None` with one visit.
    #[must_use]
    pub fn gaps(&self) -> Option<Gaps> {
        // A dozen features read them.
        *self.gaps.get_or_init(|| self.computed_gaps())
    }

    fn computed_gaps(&self) -> Option<Gaps> {
        let gaps = &self.walk.sorted_gaps;
        let silence = self.recency_days();
        Some(Gaps {
            mean_days: self.walk.recent_gap_mean(gaps.len())?,
            median_days: self.walk.gap_quantile(0.5)?,
            sd_days: self.walk.gap_sd(),
            max_days: gaps.last().copied().map(f64::from)?,
            last_days: self.walk.recent_gap_mean(1)?,
            share_below_silence: gaps.partition_point(|gap| f64::from(*gap) < silence) as f64 / gaps.len() as f64,
        })
    }

    /// What the purchase model of the cutoff says of the customer; `None` where the shop had no such model.
    #[must_use]
    pub fn forecast(&self) -> Option<Forecast> {
        // Three features read it.
        *self.forecast.get_or_init(|| self.computed_forecast())
    }

    fn computed_forecast(&self) -> Option<Forecast> {
        let model = self.context.purchases.as_ref()?;
        let days = &self.walk.visit_days;
        let history = summary(self.walk.visits(), [*days.first()?, *days.last()?], self.today)?;
        Some(forecast(model, &history, self.gap, self.horizon))
    }

    /// Exponentially decayed number of orders, for half-lives of 180, 90 and 30 days from the day of each to the cutoff.
    #[must_use]
    pub fn decayed_orders(&self) -> [f64; 3] {
        self.walk.decayed_orders(self.decay())
    }

    /// What remains after the present silence.
    pub(super) fn decay(&self) -> Decay {
        // Nine features read it.
        *self.decay.get_or_init(|| Decay::after(self.recency_days()))
    }

    /// Days on which the customer ordered.
    #[must_use]
    pub fn visits(&self) -> u32 {
        self.walk.visits()
    }

    /// Calendar months in which the customer ordered.
    #[must_use]
    pub const fn visit_months(&self) -> u32 {
        self.walk.visit_months
    }

    /// Order lines so far that name a product.
    #[must_use]
    pub const fn product_lines(&self) -> u32 {
        self.walk.products.lines()
    }

    /// Distinct products bought so far.
    #[must_use]
    pub fn products(&self) -> u32 {
        self.walk.products_so_far.last().copied().unwrap_or(0)
    }

    /// Products bought in the window for the first time.
    #[must_use]
    pub fn new_products(&self, window: Window) -> u32 {
        self.products() - before(&self.walk.products_so_far, self.start(window))
    }

    /// Distinct categories bought so far.
    #[must_use]
    pub fn categories(&self) -> u32 {
        self.walk.categories_so_far.last().copied().unwrap_or(0)
    }

    /// Distinct things bought in recent windows.
    #[must_use]
    pub const fn basket(&self) -> Basket {
        self.basket
    }

    /// Distinct sales channels used so far.
    #[must_use]
    pub fn channels(&self) -> u32 {
        self.walk.channels.distinct()
    }

    /// Distinct regions so far.
    #[must_use]
    pub const fn regions(&self) -> u32 {
        self.walk.regions
    }

    /// The complaints in ascending opening time, as known before the cutoff.
    #[must_use]
    pub const fn complaints(&self) -> &'a [KnownComplaint] {
        self.complaints
    }

    /// Instant and value of the rows of a column that the shop has defined, by its
    /// [position](super::EventLog::custom_column): those known before the cutoff and at most `window` old, in ascending
    /// time, of one instant the largest value first.
    pub fn custom(
        &self,
        column: usize,
        window: Option<Days>,
    ) -> impl DoubleEndedIterator<Item = (Timestamp, f64)> + use<'a> {
        self.custom.known(column, window)
    }

    /// Days from an instant to the cutoff.
    #[must_use]
    pub fn days_since(&self, at: Timestamp) -> f64 {
        self.cutoff.at().days_since(at)
    }

    /// Instant and amount in minor units of every order, in ascending time.
    pub fn orders(&self) -> impl Iterator<Item = (Timestamp, i64)> {
        self.orders.at.iter().copied().zip(self.orders.amount.iter().copied())
    }

    /// Orders placed after an instant.
    #[must_use]
    pub fn orders_after(&self, at: Timestamp) -> usize {
        self.orders.at.len() - self.orders.at.partition_point(|order| *order <= at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_starts_at_its_first_instant_and_ends_before_the_cutoff() {
        let day = |days| Timestamp(0).plus(Days(days));
        let at = [day(60), day(70), day(93)];
        // Cutoff on day 100: 30 days reach back to day 70 inclusive, 7 days to day 93 inclusive.
        assert_eq!(History::window_starts(&at, day(100)), [2, 1, 0, 0, 0, 0]);
        assert_eq!(History::window_starts(&at, day(101)), [3, 2, 0, 0, 0, 0]);
    }
}
