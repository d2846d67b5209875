//! Orders whose lines all stand several times: rows of a join with another table, such as two payments of one order.

use rustc_hash::FxHashMap;

use super::finding::{Finding, Severity};
use crate::config::Table;
use crate::ingest::{TypedTable, repeated};
use crate::maths::hash::with_value;
use crate::text::{counted, grouped};

/// Orders from which on it is told, and the share of those with several different lines.
const LEAST_ORDERS: u64 = 20;
const ONE_IN: u64 = 100;

/// How many times the orders with uneven repetitions they must be: where lines are repeated by hand, most are uneven.
const TIMES_UNEVEN: u64 = 4;

/// Orders of several different lines, and those of them in which each line stands as often as the others, twice at least.
#[derive(Debug, Clone, Default)]
pub(super) struct JoinedLines {
    orders: u64,
    joined: u64,
    /// Orders of several different lines in which some stand more often than others: what a till writes for three yoghurts.
    uneven: u64,
    /// The first of the latter, by its place.
    example: Option<(usize, u64, String)>,
}

/// An order's lines: what each is, and how often it stands.
#[derive(Debug, Clone, Default)]
struct Lines {
    counts: Vec<(u64, u32)>,
    first: usize,
}

impl JoinedLines {
    pub(super) fn of(purchases: &TypedTable) -> Self {
        let (keys, products) = (purchases.keys("order_id"), purchases.codes("product_id"));
        // Without products, equal lines are as good as any.
        if keys.is_empty() || products.is_empty() {
            return Self::default();
        }
        let (codes, amounts, quantities) =
            (purchases.codes("customer_id"), purchases.money("amount"), purchases.numbers("quantity"));
        let order = |row: usize| {
            let key = *keys.get(row).filter(|key| **key != 0)?;
            Some(with_value(key, u64::from(codes.get(row).copied().unwrap_or(0))))
        };
        let line = |row: usize| {
            let product = products.get(row).map_or(0, |product| u64::from(*product) + 1);
            let amount = amounts.get(row).map_or(0, |amount| amount.cast_unsigned());
            let quantity = quantities.get(row).map_or(0, |quantity| quantity.to_bits());
            with_value(with_value(product, amount), u64::from(quantity))
        };
        let whole = |row: usize| order(row).map_or(0, |order| with_value(order, line(row)));
        let mut wholes = vec![0; purchases.n_rows()];
        for row in purchases.used_rows() {
            wholes.get_mut(row).into_iter().for_each(|own| *own = whole(row));
        }
        let mut orders: FxHashMap<u64, Lines> = FxHashMap::default();
        for row in repeated(&wholes) {
            let Some(own) = order(row) else { continue };
            orders.entry(own).or_insert_with(|| Lines { counts: Vec::new(), first: row });
        }
        // The lines of an order with a repeated one that stand alone count too.
        for row in purchases.used_rows() {
            if orders.is_empty() {
                break;
            }
            let Some(lines) = order(row).and_then(|own| orders.get_mut(&own)) else { continue };
            let what = line(row);
            match lines.counts.iter_mut().find(|(known, _)| *known == what) {
                Some((_, count)) => *count += 1,
                None => lines.counts.push((what, 1)),
            }
        }
        let mut found = Self { orders: purchases.events().map_or(0, |events| events.distinct), ..Self::default() };
        for lines in orders.values().filter(|lines| lines.counts.len() > 1) {
            if !lines.is_joined() {
                found.uneven += u64::from(lines.counts.iter().any(|(_, count)| *count > 1));
                continue;
            }
            found.joined += 1;
            let example = purchases.mentioned(lines.first);
            let example = (example.place.0, example.place.1, example.text);
            found.example = found.example.take().map(|known| known.min(example.clone())).or(Some(example));
        }
        found
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        self.orders += other.orders;
        self.joined += other.joined;
        self.uneven += other.uneven;
        self.example = match (self.example.take(), other.example) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
    }

    pub(super) fn finding(&self) -> Option<Finding> {
        if self.joined < LEAST_ORDERS || self.joined * ONE_IN < self.orders || self.joined < TIMES_UNEVEN * self.uneven
        {
            return None;
        }
        let message = format!(
            "in {} of {} each of several different lines stands equally often, twice at least: a file that was joined with another, \
             such as payments or parcels, has each line once for each of them, and its amount would count as often",
            grouped(self.joined),
            counted(self.orders, "order"),
        );
        let hint = "write `duplicates = \"drop\"` in `[purchases]` to count each line once, where equal lines of an order are never \
                    real; or export the lines without the other table";
        let finding = Finding::new("joined_lines", Table::Purchases.name(), Severity::Warning, message);
        let example = self.example.iter().map(|(.., text)| text.clone());
        Some(finding.of_column("amount").counting(self.joined).with_examples(example).with_hint(hint))
    }
}

impl Lines {
    fn is_joined(&self) -> bool {
        let first = self.counts.first().map_or(0, |(_, count)| *count);
        self.counts.len() > 1 && first > 1 && self.counts.iter().all(|(_, count)| *count == first)
    }
}
