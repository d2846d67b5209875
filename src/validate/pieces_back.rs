//! Pieces that come back with a minus before their quantity and none before their amount: each would count as bought once more.

use super::finding::{Finding, Severity};
use super::mending;
use crate::config::{Config, Table};
use crate::ingest::{ABSENT, TypedTable, toml_text};
use crate::text::{counted, grouped, verb};

/// One purchase in so many may have a quantity below zero: more are what a stock has lost, and are sold.
const ONE_IN: u64 = 3;

/// Purchases with a quantity below zero and an amount above, what they come to, and all.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PiecesBack {
    rows: u64,
    all: u64,
    minor: u128,
}

impl PiecesBack {
    pub(super) fn of(purchases: &TypedTable) -> Self {
        let (quantities, amounts) = (purchases.numbers("quantity"), purchases.money("amount"));
        if quantities.is_empty() {
            return Self::default();
        }
        let is_bought = purchases.bought();
        let mut found = Self::default();
        for row in purchases.used_rows().filter(|row| is_bought.holds(*row)) {
            found.all += 1;
            let amount = amounts.get(row).copied().filter(|amount| *amount != ABSENT && *amount > 0);
            let is_below = quantities.get(row).is_some_and(|quantity| *quantity < 0.0);
            if let Some(amount) = amount.filter(|_| is_below) {
                found.rows += 1;
                found.minor += u128::from(amount.unsigned_abs());
            }
        }
        found
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.all += other.all;
        self.minor += other.minor;
    }

    pub(super) fn finding(&self, config: &Config) -> Option<Finding> {
        if self.rows == 0 || self.rows * ONE_IN > self.all {
            return None;
        }
        let money = config.currency.digits(i128::try_from(self.minor).unwrap_or(i128::MAX));
        let message = format!(
            "{} of {} ({:.1} %) {} a `quantity` below zero and an `amount` above: {} {money} that seem given back count as bought",
            grouped(self.rows),
            counted(self.all, "purchase"),
            100.0 * self.rows as f64 / self.all.max(1) as f64,
            verb(self.rows, "has", "have"),
            config.currency.code(),
        );
        let below = format!("{} < 0", mending::number(&config.purchases, "quantity"));
        let own = config.purchases.columns.get("is_return");
        let whole = own.map_or_else(
            || below.clone(),
            |_| format!("{} OR {below}", mending::number(&config.purchases, "is_return")),
        );
        let hint =
            format!("if they were given back, write `is_return = {}` in `[purchases.columns]`", toml_text(&whole));
        let finding = Finding::new("pieces_back", Table::Purchases.name(), Severity::Warning, message);
        Some(finding.of_column("quantity").counting(self.rows).with_hint(hint))
    }
}
