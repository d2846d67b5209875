//! Sets of goods of which a line has the price of all, and the lines below it that of each part: what was paid once is counted twice.

use std::collections::BTreeMap;

use super::finding::{Finding, Severity};
use super::mending::filter;
use crate::config::{Config, Table};
use crate::ingest::{ColumnForm, Says, TypedTable, WatchedColumn, is_empty_or};
use crate::text::{counted, grouped, verb};

/// Sets with a price of which parts have one too, at least, and the least share of the turnover that the parts are.
const LEAST: u64 = 20;
const ONE_IN: u64 = 200;

/// Sets with a price and parts with one, those of which the parts come to no more than the set, and what these are.
#[derive(Debug, Clone, Copy, Default)]
struct Counted {
    sets: u64,
    within: u64,
    parts: u64,
    minor: u64,
    is_text: bool,
}

/// What columns say that name the line of which another one is a part.
#[derive(Debug, Clone, Default)]
pub(super) struct Bundles {
    columns: BTreeMap<String, Counted>,
    turnover: u64,
}

impl Bundles {
    pub(super) fn of(purchases: &TypedTable) -> Self {
        let mut found = Self::default();
        for column in purchases.watched.iter().filter(|column| column.watched.says == Says::PartOf) {
            let amounts = purchases.money("amount");
            let minor = purchases.used_rows().filter_map(|row| amounts.get(row)).filter(|amount| **amount > 0);
            found.turnover = minor.map(|amount| amount.unsigned_abs()).sum();
            found.columns.insert(column.watched.name.clone(), counted_of(purchases, column));
        }
        found
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        self.turnover += other.turnover;
        for (column, own) in other.columns {
            let sum = self.columns.entry(column).or_default();
            *sum = Counted {
                sets: sum.sets + own.sets,
                within: sum.within + own.within,
                parts: sum.parts + own.parts,
                minor: sum.minor + own.minor,
                is_text: sum.is_text || own.is_text,
            };
        }
    }

    pub(super) fn finding(&self, config: &Config) -> Option<Finding> {
        // What is chosen with something, such as a warranty, costs less than it now and then, and more in others.
        let is_told = |own: &&Counted| {
            own.sets >= LEAST && own.within * 10 >= own.sets * 9 && own.minor.saturating_mul(ONE_IN) >= self.turnover
        };
        let (name, own) = self.columns.iter().find(|(_, own)| is_told(own))?;
        let message = format!(
            "{} {} a part of the line above by `{name}`, and both have an amount: if the first is a set of the others, what was paid once is \
             counted twice ({:.1} % of the turnover)",
            counted(own.parts, "line"),
            verb(own.parts, "is", "are"),
            100.0 * own.minor as f64 / self.turnover.max(1) as f64
        );
        let form = ColumnForm { is_text: own.is_text, has_empty: true };
        let hint = format!(
            "look at one of the {} sets: if its amount has that of its parts in it, write {}; if parts are paid beside it, leave them",
            grouped(own.sets),
            filter(config, &is_empty_or(name, &["0"], form))
        );
        let finding = Finding::new("parts_beside_sets", Table::Purchases.name(), Severity::Warning, message);
        Some(finding.of_column(name).counting(own.parts).with_hint(hint))
    }
}

/// A line that may be a set: its order, its amount, and what the parts below it come to.
#[derive(Clone, Copy, Default)]
struct Set {
    order: u64,
    amount: u64,
    parts: u64,
    n: u64,
}

fn counted_of(purchases: &TypedTable, column: &WatchedColumn) -> Counted {
    let (keys, amounts) = (purchases.keys("order_id"), purchases.money("amount"));
    let mut counted = Counted { is_text: column.is_text, ..Counted::default() };
    let mut set = Set::default();
    let mut close = |set: &Set| {
        if set.n > 0 && set.amount > 0 && set.parts > 0 {
            counted.sets += 1;
            counted.within += u64::from(set.parts <= set.amount + set.n);
            counted.parts += set.n;
            counted.minor += set.parts;
        }
    };
    for row in purchases.used_rows() {
        let Some(order) = keys.get(row).copied().filter(|order| *order != 0) else { continue };
        let amount = amounts.get(row).copied().and_then(|amount| u64::try_from(amount).ok()).unwrap_or(0);
        let is_part = column.word(row).is_some_and(|word| word != "0");
        if is_part && order == set.order {
            (set.parts, set.n) = (set.parts.saturating_add(amount), set.n + 1);
        } else {
            close(&set);
            set = Set { order: if is_part { 0 } else { order }, amount, parts: 0, n: 0 };
        }
    }
    close(&set);
    counted
}
