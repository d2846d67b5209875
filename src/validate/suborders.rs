//! Orders of a marketplace that stand in a file as a whole and once more in parts, one for each seller or warehouse: a column names the
//! order that a row is a part of, and the parts of its day come to the same.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::finding::{Finding, Severity};
use super::mending::filter;
use crate::config::{Config, Table};
use crate::ingest::{ABSENT, ColumnForm, Says, TypedTable, WatchedColumn, is_empty_or};
use crate::maths::hash::key;
use crate::text::{counted, grouped, verb};
use crate::units::MICROS_PER_DAY;

/// Fewer orders with parts tell nothing, and one in so many may come to something else.
const LEAST: u64 = 20;
const ONE_IN: u64 = 10;

/// Minor units by which a part may be rounded.
const ROUNDING: u64 = 1;

/// Orders that stand in the file beside parts of theirs, those whose parts come to the same, and the rows of these.
#[derive(Debug, Clone, Copy, Default)]
struct Counted {
    both: u64,
    same: u64,
    parts: u64,
    is_text: bool,
}

/// What columns say that name the whole of a part.
#[derive(Debug, Clone, Default)]
pub(super) struct Suborders {
    orders: u64,
    columns: BTreeMap<String, Counted>,
}

impl Suborders {
    pub(super) fn of(purchases: &TypedTable) -> Self {
        let mut found = Self::default();
        for column in purchases.watched.iter().filter(|column| column.watched.says == Says::PartOf) {
            found.orders = purchases.events().map_or(0, |events| events.distinct);
            found.columns.insert(column.watched.name.clone(), counted_of(purchases, column));
        }
        found
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        self.orders += other.orders;
        for (column, own) in other.columns {
            let sum = self.columns.entry(column).or_default();
            *sum = Counted {
                both: sum.both + own.both,
                same: sum.same + own.same,
                parts: sum.parts + own.parts,
                is_text: sum.is_text || own.is_text,
            };
        }
    }

    pub(super) fn finding(&self, config: &Config) -> Option<Finding> {
        let is_told = |own: &&Counted| own.same >= LEAST && (own.both - own.same) * ONE_IN <= own.both;
        let (name, own) = self.columns.iter().find(|(_, own)| is_told(own))?;
        let message = format!(
            "orders are counted more than once: {} of {} {} in the table as a whole and in parts, as `{name}` says, and both come to the same",
            grouped(own.same),
            counted(self.orders, "order"),
            verb(own.same, "stands", "stand"),
        );
        let form = ColumnForm { is_text: own.is_text, has_empty: true };
        let hint = format!("set the parts aside: write {}", filter(config, &is_empty_or(name, &["0"], form)));
        let finding = Finding::new("counted_twice", Table::Purchases.name(), Severity::Error, message);
        Some(finding.of_column(name).counting(own.parts).with_hint(hint))
    }
}

/// What an order comes to, and the day of it.
#[derive(Debug, Clone, Copy, Default)]
struct Whole {
    sum: i64,
    day: i64,
    parts: i64,
    n_parts: u64,
}

fn counted_of(purchases: &TypedTable, column: &WatchedColumn) -> Counted {
    let (keys, amounts, times) =
        (purchases.keys("order_id"), purchases.money("amount"), purchases.times("purchased_at"));
    let of_word = |row: usize| column.word(row).filter(|word| *word != "0").map(|word| key(word.as_bytes()));
    let line = |row: usize| {
        let at = times.get(row).copied().filter(|at| *at != ABSENT)?;
        let amount = amounts.get(row).copied().filter(|amount| *amount != ABSENT && *amount > 0)?;
        Some((*keys.get(row)?, at.div_euclid(MICROS_PER_DAY), amount))
    };
    let mut wholes: FxHashMap<u64, Whole> = FxHashMap::default();
    for row in purchases.used_rows().filter(|row| of_word(*row).is_none()) {
        if let Some((key, day, amount)) = line(row) {
            let whole = wholes.entry(key).or_insert(Whole { day, ..Whole::default() });
            whole.sum = whole.sum.saturating_add(amount);
        }
    }
    for row in purchases.used_rows() {
        let whole = of_word(row).and_then(|of| wholes.get_mut(&of));
        if let (Some(whole), Some((_, day, amount))) = (whole, line(row)) {
            // What is renewed later is no part.
            if day == whole.day {
                (whole.parts, whole.n_parts) = (whole.parts.saturating_add(amount), whole.n_parts + 1);
            }
        }
    }
    let mut counted = Counted { is_text: column.is_text, ..Counted::default() };
    for whole in wholes.values().filter(|whole| whole.n_parts > 0) {
        let is_same = whole.sum.abs_diff(whole.parts) <= ROUNDING * whole.n_parts;
        counted.both += 1;
        counted.same += u64::from(is_same);
        counted.parts += if is_same { whole.n_parts } else { 0 };
    }
    counted
}
