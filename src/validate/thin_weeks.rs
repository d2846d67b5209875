//! Weeks in the middle of a steady shop with far fewer purchases than the weeks before and after: a part of the rows was likely
//! not exported. A season is no fault: the same weeks of another year must have been as full as those around them, or the numbers
//! of orders must have gaps in these weeks alone.

use std::collections::BTreeMap;

use super::finding::{Finding, Severity};
use super::pace::Pace;
use crate::config::{Config, Table};
use crate::ingest::TypedTable;
use crate::text::counted;
use crate::timeline::{Calendar, date_of};
use crate::units::Timestamp;

/// Days of a week, and weeks of a year of whole weeks.
const WEEK: i32 = 7;
const YEAR: i32 = 52;

/// Weeks before and after that tell what is usual, and those of another year.
const AROUND: i32 = 8;
const AROUND_ELSEWHEN: i32 = 4;

/// Weeks that are judged: fewer are a holiday, more are another shop.
const LENGTHS: std::ops::RangeInclusive<i32> = 3..=26;

/// Purchases of a usual week from which on chance makes no such hole.
const LEAST_USUAL: f64 = 40.0;

/// The share of what is usual that a week has at most, three in a row around one that has more by chance, and all together.
const LOW: f64 = 0.8;
const LOW_IN_A_ROW: f64 = 0.75;
const LOW_TOGETHER: f64 = 0.7;

/// The share that each week around has at least, and how many times the level on one side that on the other may be.
const STEADY: f64 = 0.6;
const MOST_APART: f64 = 1.6;

/// The share from which on the same weeks of another year were as full as those around them.
const FULL: f64 = 0.85;

/// The share of the numbers of orders that are there in usual weeks at least, and in thin ones at most.
const NUMBERS_USUAL: f64 = 0.9;
const NUMBERS_THIN: f64 = 0.75;

/// What a week holds.
#[derive(Debug, Clone, Copy, Default)]
struct Week {
    purchases: u64,
    /// Orders with a number of digits, and the lowest and the highest of these.
    orders: u64,
    span: Option<(u64, u64)>,
}

/// The weeks of a shop, counted from 1970-01-01.
#[derive(Debug, Clone, Default)]
pub(super) struct ThinWeeks(BTreeMap<i32, Week>);

impl ThinWeeks {
    /// The numbers of the orders of each week, where they are whole ones.
    pub(super) fn of(purchases: &TypedTable, config: &Config) -> Self {
        let Some(numbers) = purchases.whole_numbers("order_id") else { return Self::default() };
        let (times, calendar) = (purchases.times("purchased_at"), Calendar::new(&config.timezone));
        let mut orders: Vec<(u64, i32)> = Vec::new();
        for row in purchases.used_rows() {
            let (Some(time), Some(number)) = (times.get(row), numbers.get(row)) else { continue };
            let week = calendar.day(Timestamp(*time)).div_euclid(WEEK);
            // The lines of an order mostly follow each other.
            if *number > 0 && orders.last() != Some(&(*number, week)) {
                orders.push((*number, week));
            }
        }
        orders.sort_unstable();
        orders.dedup_by_key(|(number, _)| *number);
        let mut weeks: BTreeMap<i32, Week> = BTreeMap::new();
        for (number, week) in orders {
            let own = weeks.entry(week).or_default();
            own.orders += 1;
            own.span = Some(own.span.map_or((number, number), |(least, most)| (least.min(number), most.max(number))));
        }
        Self(weeks)
    }

    /// Counts the purchases of each day.
    pub(super) fn count_purchases(&mut self, pace: &Pace) {
        for (day, purchases) in pace.all() {
            let week = i32::try_from(day).unwrap_or(i32::MAX).div_euclid(WEEK);
            self.0.entry(week).or_default().purchases += purchases;
        }
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: &Self) {
        for (week, theirs) in &other.0 {
            let own = self.0.entry(*week).or_default();
            own.purchases += theirs.purchases;
            own.orders += theirs.orders;
            own.span = match (own.span, theirs.span) {
                (Some(one), Some(other)) => Some((one.0.min(other.0), one.1.max(other.1))),
                (one, other) => one.or(other),
            };
        }
    }

    /// The thin weeks, if there are any.
    pub(super) fn finding(&self) -> Option<Finding> {
        let (from, until, share) = self.thin()?;
        let missing = 1.0 - self.numbers(from, until).unwrap_or(1.0);
        let more = if missing >= 1.0 - NUMBERS_THIN {
            format!(", and {:.0} % of the numbers of orders are not there", 100.0 * missing)
        } else {
            String::new()
        };
        let n_purchases: u64 = self.0.range(from..until).map(|(_, week)| week.purchases).sum();
        let date = |day: i32| date_of(day).unwrap_or_default();
        let message = format!(
            "the {} from {} to {} have {}, {:.0} % of what is usual before and after{more}: a part of the rows may be missing",
            counted(u64::from((until - from).unsigned_abs()), "week"),
            date(from * WEEK),
            date(until * WEEK - 1),
            counted(n_purchases, "purchase"),
            100.0 * share,
        );
        let finding = Finding::new("thin_weeks", Table::Purchases.name(), Severity::Warning, message);
        let hint = "export these days again and compare the number of rows; nothing needs to be done if less was sold";
        Some(finding.of_column("purchased_at").counting(n_purchases).with_hint(hint))
    }

    /// The first stretch of thin weeks, and the share of what is usual that they have.
    fn thin(&self) -> Option<(i32, i32, f64)> {
        let (first, last) = (*self.0.keys().next()?, *self.0.keys().next_back()?);
        // The weeks at both ends are not whole.
        let mut from = first + 1 + AROUND;
        while from + AROUND < last {
            let usual = self.median(from - AROUND, from);
            let mut until = from;
            while until + AROUND < last && self.is_low(until, usual, until > from) {
                until += 1;
            }
            if let Some(share) = self.share(from, until).filter(|_| self.is_no_season(from, until)) {
                return Some((from, until, share));
            }
            from = until.max(from + 1);
        }
        None
    }

    fn purchases(&self, week: i32) -> f64 {
        self.0.get(&week).map_or(0.0, |own| own.purchases as f64)
    }

    /// Whether a week is one of a thin stretch, which may have begun.
    fn is_low(&self, week: i32, usual: f64, has_begun: bool) -> bool {
        let in_a_row = || (week..week + 3).map(|week| self.purchases(week)).sum::<f64>() / 3.0;
        self.purchases(week) < LOW * usual || (has_begun && in_a_row() < LOW_IN_A_ROW * usual)
    }

    fn median(&self, from: i32, until: i32) -> f64 {
        let mut counts: Vec<f64> = (from..until).map(|week| self.purchases(week)).collect();
        counts.sort_by(f64::total_cmp);
        counts.get(counts.len() / 2).copied().unwrap_or(0.0)
    }

    /// What some weeks have of what is usual around them, where that is steady and they are thin.
    fn share(&self, from: i32, until: i32) -> Option<f64> {
        let (before, after) = ((from - AROUND, from), (until, until + AROUND));
        let levels = [before, after].map(|(from, until)| self.median(from, until));
        let usual = levels[0].min(levels[1]);
        let is_steady = [before, after]
            .iter()
            .all(|(from, until)| (*from..*until).all(|week| self.purchases(week) >= STEADY * usual));
        let share = (from..until).map(|week| self.purchases(week)).sum::<f64>() / (usual * f64::from(until - from));
        let is_thin = LENGTHS.contains(&(until - from))
            && usual >= LEAST_USUAL
            && levels[0].max(levels[1]) <= MOST_APART * usual
            && is_steady
            && share > 0.0
            && share <= LOW_TOGETHER;
        // Of the lower side it is told, of both it is said.
        is_thin.then_some(share * usual * 2.0 / (levels[0] + levels[1]))
    }

    /// Whether the same weeks of each other year were full, of which there is one at least, or numbers of orders are missing.
    fn is_no_season(&self, from: i32, until: i32) -> bool {
        let (Some(first), Some(last)) = (self.0.keys().next(), self.0.keys().next_back()) else { return false };
        let elsewhen = |years: &i32| {
            let (from, until) = (from + years * YEAR, until + years * YEAR);
            let is_known = from - AROUND_ELSEWHEN > *first && until + AROUND_ELSEWHEN < *last;
            let usual = self.median(from - AROUND_ELSEWHEN, from).min(self.median(until, until + AROUND_ELSEWHEN));
            let own = (from..until).map(|week| self.purchases(week)).sum::<f64>();
            (is_known && usual > 0.0).then(|| own / (usual * f64::from(until - from)))
        };
        let years: Vec<f64> = (-20..=20).filter(|years| *years != 0).filter_map(|years| elsewhen(&years)).collect();
        let are_full = !years.is_empty() && years.iter().all(|share| *share >= FULL);
        are_full || self.has_gaps(from, until)
    }

    /// Whether numbers of orders are missing in some weeks, and not in those around them.
    fn has_gaps(&self, from: i32, until: i32) -> bool {
        let is_whole = |from, until| self.numbers(from, until).is_some_and(|share| share >= NUMBERS_USUAL);
        is_whole(from - AROUND, from - 1)
            && is_whole(until + 1, until + AROUND)
            && self.numbers(from + 1, until - 1).is_some_and(|share| share <= NUMBERS_THIN)
    }

    /// The share of the numbers from the lowest to the highest of each week that orders have.
    fn numbers(&self, from: i32, until: i32) -> Option<f64> {
        let (mut there, mut all) = (0.0, 0.0);
        for week in self.0.range(from..until.max(from)).map(|(_, week)| week) {
            let (least, most) = week.span?;
            there += week.orders as f64;
            all += (most - least) as f64 + 1.0;
        }
        (all > 0.0).then(|| there / all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two years of weeks with 70 purchases each, of which some have fewer.
    fn shop(n_weeks: i32, purchases: impl Fn(i32) -> u64, are_numbered: bool) -> ThinWeeks {
        let week = |week: i32| {
            let first = u64::try_from(week).unwrap() * 70 + 1;
            let own = purchases(week);
            let span = are_numbered.then_some((first, first + 69));
            (2_700 + week, Week { purchases: own, orders: if are_numbered { own } else { 0 }, span })
        };
        ThinWeeks((0..n_weeks).map(week).collect())
    }

    fn said(weeks: &ThinWeeks) -> Option<String> {
        weeks.finding().map(|finding| finding.message)
    }

    #[test]
    fn weeks_with_half_of_the_rows_are_told() {
        let holey = |week: i32| if (57..70).contains(&week) { 36 } else { 70 + u64::from(week % 3 == 0) };
        let told = said(&shop(104, holey, false)).unwrap();
        assert!(told.starts_with("the 13 weeks from 2022-11-03 to 2023-02-01 have 468 purchases, 51 % of"), "{told}");
        // Without another year the numbers of orders tell.
        assert_eq!(said(&shop(60, |week| if (30..40).contains(&week) { 36 } else { 70 }, false)), None);
        let told = said(&shop(60, |week| if (30..40).contains(&week) { 36 } else { 70 }, true)).unwrap();
        assert!(told.contains("49 % of the numbers of orders are not there"), "{told}");
    }

    #[test]
    fn seasons_growth_and_small_shops_are_left_alone() {
        let summer = |week: i32| if (20..26).contains(&(week % 52)) { 36 } else { 70 };
        assert_eq!(said(&shop(156, summer, false)), None);
        assert_eq!(said(&shop(156, |week| 70 + u64::try_from(week).unwrap(), false)), None);
        assert_eq!(said(&shop(156, |week| if week < 80 { 70 } else { 36 }, false)), None);
        assert_eq!(said(&shop(156, |week| if (57..70).contains(&week) { 5 } else { 10 }, false)), None);
        assert_eq!(said(&shop(156, |week| if week == 60 { 5 } else { 70 }, false)), None);
        assert_eq!(said(&shop(156, |_| 70, true)), None);
    }
}
