//! Orders that stand in two files under different numbers, as the exports of a shop and of the system behind it have them: the same
//! customer, the same day, the same amount, or one that stands to it as with and without a tax.

use std::collections::BTreeMap;

use super::file_orders::{Order, Pair, orders, pair_of};
use super::finding::{Finding, Severity};
use super::same_moments::SameMoments;
use crate::config::{Config, Duplicates, Table};
use crate::ingest::{ABSENT, TypedTable};
use crate::text::{counted, grouped};

const HOUR: i64 = 3_600_000_000;

/// How far the same order may be from itself in two systems, and how far from it others of the customer are compared.
const WITHIN: i64 = 36 * HOUR;
const WEEK: i64 = 7 * 24 * HOUR;

/// Rows with a counterpart, at least, and their least share of the smaller file in per cent.
const LEAST_ROWS: u64 = 20;
const LEAST_PERCENT: u64 = 50;

/// How many times as many have one on the same day as a week apart.
const TIMES_APART: u64 = 4;

/// One order with a counterpart in so many may have the most frequent amount: a price that all pay says nothing.
const ONE_AMOUNT_IN: u64 = 5;

/// Different amounts that are kept.
const MOST_AMOUNTS: usize = 1_000;

/// Orders of a customer that are held against each other, at most.
const MOST_ORDERS: usize = 400;

/// Rows of orders with a counterpart, of the first and the second file, and how many orders have one a week apart.
#[derive(Debug, Clone, Copy, Default)]
struct Same {
    rows: [u64; 2],
    orders: u64,
    apart: u64,
}

/// What the orders of several files have in common.
#[derive(Debug, Clone, Default)]
pub(super) struct SoldTwice {
    files: BTreeMap<usize, (String, u64)>,
    pairs: BTreeMap<Pair, Same>,
    amounts: BTreeMap<(Pair, i64), u64>,
    moments: SameMoments,
}

impl SoldTwice {
    pub(super) fn of(purchases: &TypedTable) -> Self {
        let files: Vec<(String, usize)> = purchases.files().collect();
        let mut found = Self::default();
        if files.len() < 2 {
            return found;
        }
        let (times, mut first) = (purchases.times("purchased_at"), 0);
        let mut spans = Vec::new();
        for (file, (name, n_rows)) in files.into_iter().enumerate() {
            let is_counted =
                |row: &usize| purchases.reason(*row).is_none() && times.get(*row).is_some_and(|time| *time != ABSENT);
            let (mut n, mut span) = (0, (i64::MAX, i64::MIN));
            for time in (first..first + n_rows).filter(is_counted).filter_map(|row| times.get(row)) {
                n += 1;
                span = (span.0.min(*time), span.1.max(*time));
            }
            found.files.insert(file, (name, n));
            spans.push((first..first + n_rows, span));
            first += n_rows;
        }
        // Months side by side have no order twice.
        let meet =
            |one: &(i64, i64), other: &(i64, i64)| one.0.max(other.0).saturating_add(WITHIN) <= one.1.min(other.1);
        let meets = |file: usize| {
            let own = spans.get(file).map(|own| own.1);
            own.is_some_and(|own| spans.iter().enumerate().any(|(other, (_, span))| other != file && meet(&own, span)))
        };
        let kept: Vec<(usize, std::ops::Range<usize>)> = (0..spans.len())
            .filter(|file| meets(*file))
            .filter_map(|file| Some((file, spans.get(file)?.0.clone())))
            .collect();
        let orders = orders(purchases, kept);
        for order in &orders {
            found.moments.count(order.file, (order.time, order.amount));
        }
        found.compare(&orders);
        found
    }

    /// Counts the orders with a counterpart; they are sorted by customer and time.
    fn compare(&mut self, orders: &[Order]) {
        for own in orders.chunk_by(|one, other| one.customer == other.customer) {
            let files = own.iter().map(|order| order.file);
            if own.len() > MOST_ORDERS || files.clone().min() == files.max() {
                continue;
            }
            let mut is_taken = vec![false; own.len()];
            for (place, order) in own.iter().enumerate() {
                let later = || {
                    own.iter().enumerate().skip(place + 1).take_while(|(_, other)| other.time - order.time <= WITHIN)
                };
                let is_free =
                    |(place, other): &(usize, &Order)| other.file != order.file && is_taken.get(*place) == Some(&false);
                let best =
                    later().filter(is_free).filter_map(|(place, other)| Some((place, other, pair_of(order, other)?)));
                let best = best.min_by_key(|(_, other, (.., ratio))| (ratio.abs_diff(100), other.time - order.time));
                if let Some((other_place, other, pair)) = best.filter(|_| is_taken.get(place) == Some(&false)) {
                    for place in [place, other_place] {
                        if let Some(taken) = is_taken.get_mut(place) {
                            *taken = true;
                        }
                    }
                    let (one, two) = if order.file < other.file { (order, other) } else { (other, order) };
                    let same = self.pairs.entry(pair).or_default();
                    (same.rows[0], same.rows[1]) = (same.rows[0] + one.rows, same.rows[1] + two.rows);
                    same.orders += 1;
                    if self.amounts.len() < MOST_AMOUNTS || self.amounts.contains_key(&(pair, one.amount)) {
                        *self.amounts.entry((pair, one.amount)).or_default() += 1;
                    }
                }
                let apart = own.iter().skip(place + 1).filter(|other| (other.time - order.time - WEEK).abs() <= WITHIN);
                if let Some(pair) =
                    apart.filter(|other| other.file != order.file).find_map(|other| pair_of(order, other))
                {
                    self.pairs.entry(pair).or_default().apart += 1;
                }
            }
        }
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        for (file, (name, rows)) in other.files {
            self.files.entry(file).or_insert((name, 0)).1 += rows;
        }
        for (pair, own) in other.pairs {
            let sum = self.pairs.entry(pair).or_default();
            (sum.rows[0], sum.rows[1]) = (sum.rows[0] + own.rows[0], sum.rows[1] + own.rows[1]);
            (sum.orders, sum.apart) = (sum.orders + own.orders, sum.apart + own.apart);
        }
        self.moments.add(other.moments);
        for (amount, count) in other.amounts {
            *self.amounts.entry(amount).or_default() += count;
        }
    }

    pub(super) fn finding(&self, config: &Config) -> Option<Finding> {
        if config.purchases.duplicates == Duplicates::Keep {
            return None;
        }
        let (message, count) = self.of_customers().or_else(|| self.of_moments())?;
        let hint = "read one of the files alone: name it in `path` of `[purchases]`, or cut the other one to the days that the first \
                    lacks; if all of them are orders, write `duplicates = \"keep\"` in `[purchases]`";
        let finding = Finding::new("sold_twice", Table::Purchases.name(), Severity::Error, message);
        Some(finding.of_column("order_id").counting(count).with_hint(hint))
    }

    fn name(&self, file: usize) -> &str {
        self.files.get(&file).map_or("", |(name, _)| name.as_str())
    }

    /// Orders of the same customers.
    fn of_customers(&self) -> Option<(String, u64)> {
        let told = self.pairs.iter().filter(|(pair, same)| self.is_told(**pair, **same));
        let (pair, same) = told.max_by_key(|(_, same)| same.orders)?;
        let (one, two) = (self.name(pair.0), self.name(pair.1));
        let amount = if pair.2 == 100 {
            "the same amount".to_owned()
        } else {
            format!("{} % of the amount, as with and without a tax", pair.2)
        };
        let message = format!(
            "{} of `{one}` have another one of the same customer and day in `{two}`, with {amount} and another number ({} have one \
             a week apart): two systems have the same orders, and each would count twice",
            counted(same.orders, "order"),
            grouped(same.apart),
        );
        Some((message, same.orders))
    }

    /// Orders of customers who are called otherwise.
    fn of_moments(&self) -> Option<(String, u64)> {
        let (one, two, percent) = self.moments.shared()?;
        let (one, two) = (self.name(one), self.name(two));
        let message = format!(
            "{percent} % of the orders of one of `{one}` and `{two}` have the very moment and amount of one of the other, under another \
             number: two systems have the same orders, and each would count twice"
        );
        Some((message, percent))
    }

    fn is_told(&self, pair: Pair, same: Same) -> bool {
        let rows = |file: usize| self.files.get(&file).map_or(0, |(_, rows)| *rows);
        let of_smaller =
            if rows(pair.0) <= rows(pair.1) { (same.rows[0], rows(pair.0)) } else { (same.rows[1], rows(pair.1)) };
        let amounts = || self.amounts.iter().filter(|((own, _), _)| *own == pair).map(|(_, count)| *count);
        let most = amounts().max().unwrap_or(0);
        of_smaller.0 >= LEAST_ROWS
            && of_smaller.0 * 100 >= of_smaller.1 * LEAST_PERCENT
            && same.orders >= same.apart * TIMES_APART
            && most * ONE_AMOUNT_IN <= same.orders
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted_of(other: impl Fn(&Order, i64) -> Order) -> SoldTwice {
        let mut orders = Vec::new();
        for n in 0..200_i64 {
            let amount = 1_000 + n * 7_919 % 5_000;
            let own = Order { customer: u32::try_from(n % 40).unwrap(), file: 0, time: n * 30 * HOUR, amount, rows: 1 };
            orders.extend([own, other(&own, n)]);
        }
        orders.sort_unstable_by_key(|order| (order.customer, order.time, order.file, order.amount));
        let files = BTreeMap::from([(0, ("a.csv".to_owned(), 200)), (1, ("b.csv".to_owned(), 200))]);
        let mut found = SoldTwice { files, ..SoldTwice::default() };
        found.compare(&orders);
        found
    }

    fn is_told(found: &SoldTwice) -> bool {
        found.pairs.iter().any(|(pair, same)| found.is_told(*pair, *same))
    }

    #[test]
    fn the_same_orders_in_two_files_are_told_from_others() {
        let moved = |hours: i64| move |own: &Order, _: i64| Order { file: 1, time: own.time + hours * HOUR, ..*own };
        assert!(is_told(&counted_of(moved(0))) && is_told(&counted_of(moved(14))));
        assert!(!is_told(&counted_of(moved(80))), "three days later");
        assert!(
            is_told(&counted_of(|own, _| Order { file: 1, amount: own.amount * 119 / 100, ..*own })),
            "with the tax"
        );
        let of_own = |own: &Order, n: i64| Order { file: 1, amount: 900 + n * 104_729 % 6_000, ..*own };
        assert!(!is_told(&counted_of(of_own)), "amounts of their own");
        assert!(!is_told(&counted_of(|own, _| Order {
            file: 1,
            amount: own.amount,
            customer: own.customer + 50,
            ..*own
        })));
    }
}
