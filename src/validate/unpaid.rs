//! Purchases without a day of payment, where the others have one: a file that has no states tells by it alone which orders came to
//! nothing. The newest may still be paid, and a column that was kept for a while only tells nothing.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::finding::{Finding, Severity};
use super::mending::filter;
use super::newest_rows::FlaggedDays;
use crate::config::{Config, Table};
use crate::ingest::{ABSENT, NoPurchases, Says, TypedTable, WatchedColumn, sql_name};
use crate::text::{counted, grouped, verb};

/// What a column of days of payments says: the days of all purchases, and of those without.
#[derive(Debug, Clone, Default)]
struct Unpaid {
    rows: u64,
    without: u64,
    days: FlaggedDays,
    is_text: bool,
}

/// What columns of days of payments say, by name.
#[derive(Debug, Clone, Default)]
pub(super) struct UnpaidOrders(BTreeMap<String, Unpaid>);

impl UnpaidOrders {
    pub(super) fn of(purchases: &TypedTable) -> Self {
        let columns: Vec<&WatchedColumn> =
            purchases.watched.iter().filter(|column| column.watched.says == Says::PaidOn).collect();
        if columns.is_empty() {
            return Self::default();
        }
        let undone = undone(purchases);
        Self(columns.iter().map(|own| (own.watched.name.clone(), unpaid(purchases, own, &undone))).collect())
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        for (name, own) in other.0 {
            let sum = self.0.entry(name).or_default();
            sum.rows += own.rows;
            sum.without += own.without;
            sum.days.add(own.days);
            sum.is_text |= own.is_text;
        }
    }

    pub(super) fn finding(&self, config: &Config) -> Option<Finding> {
        // Who says which states count has thought of those that wait for a payment.
        if !config.purchases.known_values.is_empty() {
            return None;
        }
        let (name, own) = self.0.iter().find(|(_, own)| own.days.are_of_any_time())?;
        let message = format!(
            "{} of {} that are used ({:.1} %) {} no `{name}`, of all times and not of the newest orders alone: were they paid? Nothing \
             in the config looks at it",
            grouped(own.without),
            counted(own.rows, "purchase"),
            100.0 * own.without as f64 / own.rows.max(1) as f64,
            verb(own.without, "has", "have"),
        );
        let column = sql_name(name);
        let condition =
            if own.is_text { format!("COALESCE({column}, '') <> ''") } else { format!("{column} IS NOT NULL") };
        let hint = format!(
            "if they were never paid, set them aside: write {}; leave it if they are paid in another way, such as on account",
            filter(config, &condition)
        );
        let finding = Finding::new("unpaid_orders", Table::Purchases.name(), Severity::Warning, message);
        Some(finding.of_column(name).counting(own.without).with_hint(hint))
    }
}

/// Rows that a state of theirs says were undone: that they were not paid follows from it.
fn undone(purchases: &TypedTable) -> FxHashSet<usize> {
    let mut found = FxHashSet::default();
    for column in purchases.watched.iter().filter(|column| column.watched.says.is_of_order()) {
        let words = || {
            let codes: FxHashSet<u32> = purchases.used_rows().filter_map(|row| column.code(row)).collect();
            codes.into_iter().filter_map(|code| Some((code, column.word_of(code)?)))
        };
        let beside = NoPurchases::beside(words().map(|(_, word)| word));
        let against: FxHashSet<u32> =
            words().filter(|(_, word)| column.watched.says.speaks(word, &beside)).map(|(code, _)| code).collect();
        let is_undone = |row: &usize| column.code(*row).is_some_and(|code| against.contains(&code));
        found.extend(purchases.used_rows().filter(is_undone));
    }
    found
}

fn unpaid(purchases: &TypedTable, column: &WatchedColumn, undone: &FxHashSet<usize>) -> Unpaid {
    let (keys, times, is_bought) = (purchases.keys("order_id"), purchases.times("purchased_at"), purchases.bought());
    let key = |row: usize| keys.get(row).copied().filter(|key| *key != 0);
    // An order may have the day on its first line alone.
    let paid: FxHashSet<u64> =
        purchases.used_rows().filter(|row| column.word(*row).is_some()).filter_map(key).collect();
    let is_paid = |row: usize| column.word(row).is_some() || key(row).is_some_and(|key| paid.contains(&key));
    let codes = purchases.codes("customer_id");
    // Who never has a day pays in another way, such as on account.
    let payers: FxHashSet<u32> = purchases
        .used_rows()
        .filter(|row| column.word(*row).is_some())
        .filter_map(|row| codes.get(row).copied())
        .collect();
    let is_of_payer = |row: usize| codes.get(row).is_some_and(|code| payers.contains(code));
    let mut found = Unpaid { is_text: column.is_text, ..Unpaid::default() };
    let mut days = Vec::new();
    for row in purchases.used_rows().filter(|row| is_bought.holds(*row) && !undone.contains(row)) {
        found.rows += 1;
        found.without += u64::from(!is_paid(row));
        if let Some(at) = times.get(row).copied().filter(|at| *at != ABSENT && is_of_payer(row)) {
            days.push((at, !is_paid(row)));
        }
    }
    Unpaid { days: FlaggedDays::of(days.into_iter()), ..found }
}
