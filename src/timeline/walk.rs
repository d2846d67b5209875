//! One pass over a customer's orders in time: running figures that every cutoff reads off in constant time.
//!
//! The running figures depend on the orders passed and never on the cutoffs asked before, so a cutoff gives the same
//! bytes alone and in company.

use super::ledger::Orders;
use super::lines::is_code;
use super::tally::{Rhythms, Tally};
use crate::maths::quantiles::quantile;

/// Longest half-life of the decayed sums, in days; the others are a half, a third, a sixth and a twelfth of it.
pub(super) const LONGEST_HALF_LIFE_DAYS: f64 = 180.0;

/// Marks which codes a customer has used, without clearing between customers.
#[derive(Debug, Clone, Default)]
pub(super) struct Stamps {
    marks: Vec<u32>,
    current: u32,
}

impl Stamps {
    /// Forgets all codes.
    pub(super) fn begin(&mut self) {
        self.current = self.current.wrapping_add(1);
        if self.current == 0 {
            self.marks.fill(0);
            self.current = 1;
        }
    }

    /// Marks the code; whether it was new.
    pub(super) fn is_new(&mut self, code: u32) -> bool {
        if !is_code(code) {
            return false;
        }
        let code = code as usize;
        if code >= self.marks.len() {
            self.marks.resize(code + 1, 0);
        }
        std::mem::replace(&mut self.marks[code], self.current) != self.current
    }
}

/// Figures over the first `orders` orders of a customer. A visit is a day with an order; gaps are the days from one visit to
/// the next.
#[derive(Debug, Clone, Default)]
pub(super) struct CustomerWalk {
    pub(super) orders: usize,
    /// The days of the visits, counted from 1970-01-01, ascending.
    pub(super) visit_days: Vec<i32>,
    pub(super) sorted_gaps: Vec<u32>,
    /// Sum of the squares of the gaps.
    gap_squares: u64,
    pub(super) amount_max: i64,
    amount_mean: f64,
    amount_squares: f64,
    /// Decayed number of orders on the day of the last visit, for half-lives of 180, 90 and 30 days.
    decayed_orders: [f64; 3],
    /// The same for half-lives of 60 and 15 days.
    decayed_briefly: [f64; 2],
    /// Decayed spend on the day of the last visit, for half-lives of 180, 90 and 30 days.
    decayed_amounts: [f64; 3],
    /// Decayed number of visits, for half-lives of 180 and 30 days.
    decayed_visits: [f64; 2],
    pub(super) visit_months: u32,
    last_month: i32,
    /// Distinct products, and categories, up to each order.
    pub(super) products_so_far: Vec<u32>,
    pub(super) categories_so_far: Vec<u32>,
    pub(super) regions: u32,
    pub(super) products: Tally,
    pub(super) categories: Tally,
    pub(super) rhythms: Rhythms,
    pub(super) channels: Tally,
    region_stamps: Stamps,
}

impl CustomerWalk {
    /// Starts a new customer; keeps the memory.
    pub(super) fn begin(&mut self) {
        self.orders = 0;
        self.visit_days.clear();
        self.sorted_gaps.clear();
        self.gap_squares = 0;
        (self.amount_max, self.amount_mean, self.amount_squares) = (i64::MIN, 0.0, 0.0);
        (self.decayed_orders, self.decayed_briefly, self.decayed_amounts) = ([0.0; 3], [0.0; 2], [0.0; 3]);
        (self.decayed_visits, self.visit_months, self.last_month) = ([0.0; 2], 0, i32::MIN);
        self.products_so_far.clear();
        self.categories_so_far.clear();
        self.regions = 0;
        for tally in [&mut self.products, &mut self.categories, &mut self.channels] {
            tally.begin();
        }
        self.rhythms.begin();
        self.region_stamps.begin();
    }

    /// Passes the orders up to the first `n`.
    pub(super) fn advance(&mut self, orders: &Orders<'_>, n: usize) {
        while self.orders < n {
            self.pass(orders, self.orders);
            self.orders += 1;
        }
    }

    fn pass(&mut self, orders: &Orders<'_>, i: usize) {
        self.pass_day(orders.day[i]);
        self.pass_amount(orders.amount[i]);
        self.decayed_orders.iter_mut().for_each(|sum| *sum += 1.0);
        self.decayed_briefly.iter_mut().for_each(|sum| *sum += 1.0);
        self.decayed_amounts.iter_mut().for_each(|sum| *sum += orders.amount[i] as f64);
        self.pass_basket(orders, i);
    }

    /// Notes the day of an order; several of one day are one visit.
    fn pass_day(&mut self, day: i32) {
        match self.visit_days.last() {
            Some(last) if *last == day => return,
            Some(last) => self.pass_gap(day.abs_diff(*last)),
            None => {}
        }
        self.visit_days.push(day);
        self.decayed_visits.iter_mut().for_each(|sum| *sum += 1.0);
        let month = month_of(day);
        self.visit_months += u32::from(month != self.last_month);
        self.last_month = month;
    }

    fn pass_gap(&mut self, gap: u32) {
        let place = self.sorted_gaps.partition_point(|other| *other <= gap);
        self.sorted_gaps.insert(place, gap);
        self.gap_squares += u64::from(gap).pow(2);
        let decay = Decay::after(f64::from(gap));
        self.decayed_orders = self.decayed_orders(decay);
        self.decayed_briefly = self.decayed_briefly(decay);
        self.decayed_amounts = self.decayed_amounts(decay);
        self.decayed_visits = self.decayed_visits(decay);
    }

    fn pass_amount(&mut self, amount: i64) {
        self.amount_max = self.amount_max.max(amount);
        let deviation = amount as f64 - self.amount_mean;
        self.amount_mean += deviation / (self.orders + 1) as f64;
        self.amount_squares += deviation * (amount as f64 - self.amount_mean);
    }

    fn pass_basket(&mut self, orders: &Orders<'_>, i: usize) {
        let start = if i == 0 { 0 } else { orders.lines_so_far[i - 1] as usize };
        let lines = start..orders.lines_so_far[i] as usize;
        let of = |column: &'_ [u32]| -> std::ops::Range<usize> { if column.is_empty() { 0..0 } else { lines.clone() } };
        let (product, category) = (orders.lines.product(), orders.lines.category());
        let (channel, region) = (orders.lines.channel(), orders.lines.region());
        for code in &product[of(product)] {
            self.products.add(*code);
        }
        for code in &category[of(category)] {
            if let Some((place, _)) = self.categories.add(*code) {
                self.rhythms.add(place, orders.day[i]);
            }
        }
        for code in &channel[of(channel)] {
            self.channels.add(*code);
        }
        self.regions += region[of(region)].iter().map(|code| u32::from(self.region_stamps.is_new(*code))).sum::<u32>();
        self.products_so_far.push(self.products.distinct());
        self.categories_so_far.push(self.categories.distinct());
    }

    /// Decayed number of orders when that decay has passed since the last visit, for half-lives of 180, 90 and 30 days.
    pub(super) fn decayed_orders(&self, decay: Decay) -> [f64; 3] {
        std::array::from_fn(|i| self.decayed_orders[i] * decay.slow[i])
    }

    /// The same for half-lives of 60 and 15 days.
    pub(super) fn decayed_briefly(&self, decay: Decay) -> [f64; 2] {
        std::array::from_fn(|i| self.decayed_briefly[i] * decay.brief[i])
    }

    /// Decayed spend, for half-lives of 180, 90 and 30 days, in minor units.
    pub(super) fn decayed_amounts(&self, decay: Decay) -> [f64; 3] {
        std::array::from_fn(|i| self.decayed_amounts[i] * decay.slow[i])
    }

    /// Decayed number of visits, for half-lives of 180 and 30 days.
    pub(super) fn decayed_visits(&self, decay: Decay) -> [f64; 2] {
        [self.decayed_visits[0] * decay.slow[0], self.decayed_visits[1] * decay.slow[2]]
    }

    /// Visits so far.
    pub(super) fn visits(&self) -> u32 {
        u32::try_from(self.visit_days.len()).unwrap_or(u32::MAX)
    }

    /// Mean of the last `n` gaps, or of all if there are fewer, in days; `None` without gaps.
    pub(super) fn recent_gap_mean(&self, n: usize) -> Option<f64> {
        let n = n.min(self.sorted_gaps.len());
        let (first, last) = (self.visit_days[self.visit_days.len().checked_sub(n + 1)?], *self.visit_days.last()?);
        (n > 0).then(|| f64::from(last - first) / n as f64)
    }

    /// Sample standard deviation of the gaps in days; `None` with fewer than two gaps.
    pub(super) fn gap_sd(&self) -> Option<f64> {
        let (n, first, last) = (self.sorted_gaps.len() as u64, self.visit_days.first()?, self.visit_days.last()?);
        let sum = u64::from(last.abs_diff(*first));
        // In whole numbers, so that equal gaps do not differ by a rounding error.
        let deviations = n * self.gap_squares - sum * sum;
        (n >= 2).then(|| (deviations as f64 / (n * (n - 1)) as f64).sqrt())
    }

    /// The quantile `q` of the gaps in days, interpolated between neighbours; `None` without gaps.
    pub(super) fn gap_quantile(&self, q: f64) -> Option<f64> {
        quantile(&self.sorted_gaps, q)
    }

    /// Sample standard deviation of the order amounts in minor units; `None` with fewer than two orders.
    pub(super) fn amount_sd(&self) -> Option<f64> {
        (self.orders >= 2).then(|| (self.amount_squares / (self.orders - 1) as f64).sqrt())
    }
}

/// What remains after a time of things that halve every so many days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Decay {
    /// Half-lives of 180, 90 and 30 days.
    slow: [f64; 3],
    /// Half-lives of 60 and 15 days.
    brief: [f64; 2],
}

impl Decay {
    pub(super) fn after(days: f64) -> Self {
        let by_180 = libm::exp2(-days / LONGEST_HALF_LIFE_DAYS);
        let by_90 = by_180 * by_180;
        let by_30 = by_90 * by_90 * by_90;
        Self { slow: [by_180, by_90, by_30], brief: [by_180 * by_90, by_30 * by_30] }
    }
}

/// Months since year 0 of the day `day` after 1970-01-01.
///
/// # Source
/// Hinnant (2013), chrono-compatible low-level date algorithms, `civil_from_days`.
const fn month_of(day: i32) -> i32 {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    (era * 400 + year_of_era) * 12 + month_from_march
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::super::calendar::Calendar;
    use super::super::ledger::Ledger;
    use super::super::lines::Lines;
    use super::*;
    use crate::units::Timestamp;

    #[test]
    fn several_orders_of_a_local_day_are_one_visit() {
        let hours = [20, 26, 260, 266, 332];
        let at = hours.map(|hours| Timestamp(hours * 3_600_000_000)).to_vec();
        let lines = Lines { at, amount: vec![1; hours.len()], ..Lines::default() };
        let walked = |zone: &str| {
            let (mut ledger, mut walk) = (Ledger::default(), CustomerWalk::default());
            let calendar = Calendar::new(&TimeZone::get(zone).unwrap());
            walk.begin();
            walk.advance(&ledger.read(&lines, 0..hours.len(), &calendar), hours.len());
            walk
        };
        let (there, utc) = (walked("America/Los_Angeles"), walked("UTC"));
        assert_eq!((&there.visit_days[..], &utc.visit_days[..]), (&[0, 10, 13][..], &[0, 1, 10, 11, 13][..]));
        assert_eq!((&there.sorted_gaps[..], there.gap_quantile(0.5)), (&[3, 10][..], Some(6.5)));
        assert_eq!((there.recent_gap_mean(1), there.recent_gap_mean(3)), (Some(3.0), Some(6.5)));
        assert!((there.gap_sd().unwrap() - 24.5_f64.sqrt()).abs() < 1e-12);
        assert_eq!((there.orders, there.visits(), there.visit_months), (5, 3, 1));
    }

    #[test]
    fn months_change_at_month_ends_leap_years_included() {
        let month_of_date = |y, m, d| {
            let days = jiff::civil::date(y, m, d).since(jiff::civil::date(1970, 1, 1)).unwrap().get_days();
            month_of(days)
        };
        assert_eq!(month_of_date(2024, 2, 29), month_of_date(2024, 2, 1));
        assert_eq!(month_of_date(2024, 3, 1), month_of_date(2024, 2, 29) + 1);
        assert_eq!(month_of_date(2025, 1, 1), month_of_date(2024, 12, 31) + 1);
        assert_eq!(month_of_date(2025, 1, 1), month_of_date(2024, 1, 31) + 12);
    }

    #[test]
    fn decay_halves_at_each_half_life() {
        for (days, factor) in [
            (180.0, Decay::after(180.0).slow[0]),
            (90.0, Decay::after(90.0).slow[1]),
            (30.0, Decay::after(30.0).slow[2]),
            (60.0, Decay::after(60.0).brief[0]),
            (15.0, Decay::after(15.0).brief[1]),
        ] {
            assert!((factor - 0.5).abs() < 1e-12, "{days}: {factor}");
        }
    }

    #[test]
    fn stamps_forget_between_customers() {
        let mut stamps = Stamps { marks: vec![0; 3], current: u32::MAX };
        stamps.begin();
        assert!(stamps.is_new(2) && !stamps.is_new(2) && stamps.is_new(9));
        stamps.begin();
        assert!(stamps.is_new(2));
        assert!(!stamps.is_new(super::super::columns::NO_CODE));
    }
}
