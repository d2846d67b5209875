//! Lines held against the total of their order, where the source has both.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::finding::{Finding, Severity};
use crate::config::{Config, Table};
use crate::ingest::{ABSENT, Says, TypedTable, WatchedColumn};
use crate::text::{counted, grouped};

/// Fewer orders tell nothing.
const LEAST_ORDERS: u64 = 20;

/// Shipping, taxes and discounts move a total within these bounds of the sum of its lines.
const LEAST_RATIO: f64 = 0.5;
const MOST_RATIO: f64 = 2.0;

/// Share of the orders that may be beyond them.
const ALLOWED_SHARE: f64 = 0.05;

/// Minor units by which a sum of rounded lines may differ, for each line.
const ROUNDING: u64 = 1;

/// How the lines of orders and a total agree.
#[derive(Debug, Clone, Copy, Default)]
struct Agreement {
    orders: u64,
    same: u64,
    beyond: u64,
    lines_minor: i128,
    totals_minor: i128,
}

/// The agreement with each column of totals.
#[derive(Debug, Clone, Default)]
pub(super) struct OrderTotals(BTreeMap<String, Agreement>);

/// The lines of an order.
#[derive(Debug, Clone, Copy, Default)]
struct Order {
    lines: u64,
    sum: i64,
    total: Option<i64>,
    /// A line of it is not used.
    is_cut: bool,
    /// Its lines name different totals: these are of lines, whatever they are called.
    is_of_lines: bool,
}

impl OrderTotals {
    pub(super) fn of(purchases: &TypedTable) -> Self {
        let columns = purchases.watched.iter().filter(|column| column.watched.says == Says::Total);
        let orders = |column: &WatchedColumn| (column.watched.name.clone(), agreement(purchases, column));
        if purchases.keys("order_id").is_empty() { Self::default() } else { Self(columns.map(orders).collect()) }
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        for (column, own) in other.0 {
            let sum = self.0.entry(column).or_default();
            sum.orders += own.orders;
            sum.same += own.same;
            sum.beyond += own.beyond;
            sum.lines_minor += own.lines_minor;
            sum.totals_minor += own.totals_minor;
        }
    }

    /// A finding where the lines add up to none of the totals, told of the one that they agree with best.
    pub(super) fn disagreement(&self, config: &Config) -> Option<Finding> {
        let judged = self.0.iter().filter(|(_, own)| own.orders >= LEAST_ORDERS);
        let (name, own) = judged.min_by(|a, b| (a.1.beyond * b.1.orders).cmp(&(b.1.beyond * a.1.orders)))?;
        if own.beyond as f64 <= ALLOWED_SHARE * own.orders as f64 {
            return None;
        }
        let money = |minor: i128| format!("{} {}", config.currency.digits(minor), config.currency.code());
        let message = format!(
            "the lines of {} of {} ({:.1} %) come to less than half or more than twice their `{name}`; together {} in lines, {} in \
             `{name}`, and {} agree to the cent",
            grouped(own.beyond),
            counted(own.orders, "order"),
            100.0 * own.beyond as f64 / own.orders as f64,
            money(own.lines_minor),
            money(own.totals_minor),
            grouped(own.same),
        );
        let hint = "is `amount` the price of one piece, or the total of the order on each line? Map `quantity * price`, or the value of \
                    the line";
        let finding = Finding::new("totals_disagree", Table::Purchases.name(), Severity::Warning, message);
        Some(finding.of_column("amount").counting(own.beyond).with_hint(hint))
    }
}

fn agreement(purchases: &TypedTable, column: &WatchedColumn) -> Agreement {
    let (keys, amounts) = (purchases.keys("order_id"), purchases.money("amount"));
    let mut orders: FxHashMap<u64, Order> = FxHashMap::default();
    for (row, key) in keys.iter().enumerate().filter(|(_, key)| **key != 0) {
        let order = orders.entry(*key).or_default();
        order.lines += 1;
        let total = column.money(row);
        order.is_of_lines |= order.total.zip(total).is_some_and(|(one, other)| one != other);
        order.total = order.total.or(total);
        let amount = amounts.get(row).copied().filter(|amount| *amount != ABSENT);
        order.is_cut |= purchases.reason(row).is_some() || amount.is_none();
        order.sum = order.sum.saturating_add(amount.unwrap_or(0));
    }
    let mut agreement = Agreement::default();
    for order in orders.values().filter(|order| !order.is_cut && !order.is_of_lines && order.sum > 0) {
        let Some(total) = order.total.filter(|total| *total > 0) else { continue };
        let ratio = total as f64 / order.sum as f64;
        agreement.orders += 1;
        agreement.same += u64::from(total.abs_diff(order.sum) <= ROUNDING * order.lines);
        agreement.beyond += u64::from(!(LEAST_RATIO..=MOST_RATIO).contains(&ratio));
        agreement.lines_minor += i128::from(order.sum);
        agreement.totals_minor += i128::from(total);
    }
    agreement
}
