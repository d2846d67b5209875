//! Orders that may be lines: a number of its own for each line, though many lines stand beside others of one customer and day.

use rustc_hash::{FxHashMap, FxHashSet};

use super::finding::{Finding, Severity};
use crate::config::{Config, Table};
use crate::ingest::{ABSENT, TypedTable};
use crate::text::grouped;
use crate::units::MICROS_PER_DAY;

/// Fewer lines beside others are chance, and a smaller share customers who order twice on one day.
const LEAST: u64 = 100;
const ONE_IN: u64 = 4;

/// Lines of which each has an order of its own.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LinesAsOrders {
    /// Whether an order has several lines, or none says what was bought.
    is_disproved: bool,
    lines: u64,
    beside: u64,
}

impl LinesAsOrders {
    pub(super) fn of(purchases: &TypedTable) -> Self {
        let disproved = Self { is_disproved: true, ..Self::default() };
        let (keys, customers) = (purchases.keys("order_id"), purchases.codes("customer_id"));
        let (times, has_goods) =
            (purchases.times("purchased_at"), purchases.has("product_id") || purchases.has("quantity"));
        if keys.is_empty() || !has_goods {
            return disproved;
        }
        let mut seen: FxHashSet<u64> = FxHashSet::default();
        if !purchases.used_rows().filter_map(|row| keys.get(row)).all(|key| *key != 0 && seen.insert(*key)) {
            return disproved;
        }
        let bought = purchases.bought();
        let mut days: FxHashMap<(u32, i64), u64> = FxHashMap::default();
        for row in purchases.used_rows().filter(|row| bought.holds(*row)) {
            let (Some(customer), Some(at)) = (customers.get(row), times.get(row).filter(|at| **at != ABSENT)) else {
                continue;
            };
            *days.entry((*customer, at.div_euclid(MICROS_PER_DAY))).or_default() += 1;
        }
        let beside = days.values().filter(|lines| **lines > 1).sum();
        Self { is_disproved: false, lines: days.values().sum(), beside }
    }

    /// Adds other customers.
    pub(super) const fn add(&mut self, other: Self) {
        self.is_disproved |= other.is_disproved;
        self.lines += other.lines;
        self.beside += other.beside;
    }

    pub(super) fn finding(&self, config: &Config) -> Option<Finding> {
        if self.is_disproved || self.beside < LEAST || self.beside * ONE_IN < self.lines {
            return None;
        }
        let source = config.purchases.columns.get("order_id").map_or("", String::as_str);
        let message = format!(
            "each line has an `order_id` of its own (`{source}`), though {} of {} stand beside others of one customer and day: it may \
             number lines and not orders",
            grouped(self.beside),
            grouped(self.lines)
        );
        let hint = "map the number of the order, which its lines have in common, as `order_id`; if the source has none, leave `order_id` \
                    out: then lines of one customer and instant are one order";
        let finding = Finding::new("order_of_each_line", Table::Purchases.name(), Severity::Warning, message);
        Some(finding.of_column("order_id").counting(self.beside).with_hint(hint))
    }
}
