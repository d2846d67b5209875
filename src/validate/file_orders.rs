//! The orders of each of several files, and what the amounts of two of them are of each other.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::ingest::{ABSENT, TypedTable};

/// What one amount is of the other, in hundredths, at most and at least.
const RATIOS: std::ops::RangeInclusive<i64> = 70..=143;

/// Two files, and what an amount of the second is of one of the first, in hundredths.
pub(super) type Pair = (usize, usize, i64);

/// An order of one file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    pub(super) customer: u32,
    pub(super) file: usize,
    pub(super) time: i64,
    pub(super) amount: i64,
    pub(super) rows: u64,
}

/// The orders of files, by customer and time; those that stand in several of them under one number are none.
pub(super) fn orders(purchases: &TypedTable, files: Vec<(usize, Range<usize>)>) -> Vec<Order> {
    let (keys, codes) = (purchases.keys("order_id"), purchases.codes("customer_id"));
    let (times, amounts) = (purchases.times("purchased_at"), purchases.money("amount"));
    let bought = purchases.bought();
    let mut orders: FxHashMap<(u64, u32), Option<Order>> = FxHashMap::default();
    for (file, rows) in files {
        for row in rows.filter(|row| purchases.reason(*row).is_none() && bought.holds(*row)) {
            let (Some(customer), Some(time), Some(amount)) = (codes.get(row), times.get(row), amounts.get(row)) else {
                continue;
            };
            if *time == ABSENT || *amount == ABSENT {
                continue;
            }
            // Without a number, lines of one moment in one file are one order.
            let numbered = keys.get(row).copied().filter(|key| *key != 0);
            let key = numbered.unwrap_or_else(|| time.unsigned_abs().rotate_left(9) ^ file as u64);
            let new = Order { customer: *customer, file, time: *time, amount: 0, rows: 0 };
            let order = orders.entry((key, *customer)).or_insert(Some(new));
            match order {
                Some(own) if own.file == file => {
                    own.amount = own.amount.saturating_add(*amount);
                    own.rows += 1;
                }
                other => *other = None,
            }
        }
    }
    let mut orders: Vec<Order> = orders.into_values().flatten().filter(|order| order.amount > 0).collect();
    orders.sort_unstable_by_key(|order| (order.customer, order.time, order.file, order.amount));
    orders
}

/// The files of two orders and what the amounts are of each other, if that is near enough to be a tax.
pub(super) fn pair_of(one: &Order, other: &Order) -> Option<Pair> {
    let (first, second) = if one.file < other.file { (one, other) } else { (other, one) };
    let ratio = (second.amount.checked_mul(100)? + first.amount / 2) / first.amount;
    // A hundredth off the same amount is no tax.
    let is_same = first.amount.abs_diff(second.amount) <= 1;
    (RATIOS.contains(&ratio) && (is_same || ratio != 100)).then_some((
        first.file,
        second.file,
        if is_same { 100 } else { ratio },
    ))
}
