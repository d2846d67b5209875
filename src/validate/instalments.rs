//! Payments of one order that are paid in parts: a column numbers them, and each would count as an order of its own.

use std::collections::BTreeMap;

use super::finding::{Finding, Severity};
use crate::config::Table;
use crate::ingest::{ABSENT, Says, TypedTable, WatchedColumn};
use crate::text::{counted, grouped, verb};

/// Later payments from which on it is told, and of how many of them, in per cent, the one before is there.
const LEAST: u64 = 20;
const LEAST_PERCENT: u64 = 80;

/// How many payments before it are looked at for the one that it goes on with.
const BEFORE: usize = 12;

/// What a column numbers: later payments, and those of them that follow the one before under another number of an order.
#[derive(Debug, Clone, Copy, Default)]
struct Counted {
    later: u64,
    follows: u64,
}

/// What columns say of payments in parts, by name.
#[derive(Debug, Clone, Default)]
pub(super) struct Instalments {
    rows: u64,
    columns: BTreeMap<String, Counted>,
}

impl Instalments {
    pub(super) fn of(purchases: &TypedTable) -> Self {
        let mut found = Self::default();
        for column in purchases.watched.iter().filter(|column| column.watched.says == Says::Instalment) {
            found.rows = purchases.used_rows().count() as u64;
            found.columns.insert(column.watched.name.clone(), counted_of(purchases, column));
        }
        found
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        self.rows += other.rows;
        for (column, own) in other.columns {
            let sum = self.columns.entry(column).or_default();
            *sum = Counted { later: sum.later + own.later, follows: sum.follows + own.follows };
        }
    }

    pub(super) fn finding(&self) -> Option<Finding> {
        let is_told = |own: &&Counted| own.follows >= LEAST && own.follows * 100 >= own.later * LEAST_PERCENT;
        let (name, own) = self.columns.iter().find(|(_, own)| is_told(own))?;
        let message = format!(
            "{} of {} {} by `{name}` a later part of what was bought before: each counts as an order of its own, on the day on which \
             it was paid",
            grouped(own.follows),
            counted(self.rows, "purchase"),
            verb(own.follows, "pays", "pay"),
        );
        let hint = "export the orders, each with its day and what it comes to as a whole; or map `order_id` to the number that all \
                    parts of an order have";
        let finding = Finding::new("instalments", Table::Purchases.name(), Severity::Warning, message);
        Some(finding.of_column(name).counting(own.follows).with_hint(hint))
    }
}

/// A payment: of whom, when, the which part of its order, and the number of the order.
type Payment = (u32, i64, u32, u64);

fn counted_of(purchases: &TypedTable, column: &WatchedColumn) -> Counted {
    let (keys, codes, times) =
        (purchases.keys("order_id"), purchases.codes("customer_id"), purchases.times("purchased_at"));
    let payment = |row: usize| -> Option<Payment> {
        let time = times.get(row).copied().filter(|time| *time != ABSENT)?;
        Some((*codes.get(row)?, time, part(column.word(row)?)?, keys.get(row).copied().unwrap_or(0)))
    };
    let mut payments: Vec<Payment> = purchases.used_rows().filter_map(payment).collect();
    payments.sort_unstable();
    let mut counted = Counted::default();
    for (place, (customer, time, part, key)) in payments.iter().enumerate().filter(|(_, own)| own.2 > 1) {
        let before = payments.get(place.saturating_sub(BEFORE)..place).unwrap_or_default();
        let is_before = |own: &&Payment| own.0 == *customer && own.1 < *time && own.2 + 1 == *part;
        counted.later += 1;
        counted.follows += u64::from(before.iter().rev().find(is_before).is_some_and(|own| *key == 0 || own.3 != *key));
    }
    counted
}

/// Which part of an order is paid: 2 in `2`, `2/3`, `2 of 3`.
fn part(word: &str) -> Option<u32> {
    let digits: &str = word.split(|letter: char| !letter.is_ascii_digit()).next()?;
    digits.parse().ok().filter(|part| (1..=120).contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_as_they_are_written() {
        assert_eq!(
            (part("2"), part("2/3"), part("3 von 12"), part("x"), part("0")),
            (Some(2), Some(2), Some(3), None, None)
        );
    }
}
