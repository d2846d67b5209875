//! Orders that are invoiced in parts: a deposit and the rest, or an invoice for each delivery. Each part has a number of its own and would
//! count as an order, a customer of one order as one who came again.

use std::collections::BTreeMap;

use super::finding::{Finding, Severity};
use super::mending::filter;
use crate::config::{Config, Table};
use crate::ingest::{ColumnForm, Says, TypedTable, WatchedColumn, is_part_of_order, names_orders, none_of, toml_text};
use crate::text::{counted, grouped, verb};

/// Orders in several parts at least, and the least share of all orders in per cent.
const LEAST: u64 = 20;
const LEAST_PERCENT: u64 = 1;

/// Parts of an order on average, above which they are renewals and no parts.
const MOST_PARTS: u64 = 3;

/// One number in so many may be of several customers: then it is none of orders.
const SHARED_ONE_IN: u64 = 50;

/// Rows that are parts by their kind, at least.
const LEAST_ROWS: u64 = 10;

/// Kinds that a message shows.
const SHOWN: usize = 4;

/// The numbers of orders in a column that is not mapped.
#[derive(Debug, Clone, Copy, Default)]
struct Numbers {
    all: u64,
    /// Those with several of the mapped numbers, and how many these are.
    several: u64,
    parts: u64,
    /// Those of several customers.
    shared: u64,
}

/// What columns say of parts of orders.
#[derive(Debug, Clone, Default)]
pub(super) struct OrderParts {
    numbers: BTreeMap<String, Numbers>,
    /// Rows of each kind that is a part, and whether the column is text and has gaps.
    kinds: BTreeMap<String, (BTreeMap<String, u64>, ColumnForm)>,
}

impl OrderParts {
    pub(super) fn of(purchases: &TypedTable, config: &Config) -> Self {
        let mut found = Self::default();
        // Several orders on one invoice are orders.
        let is_order = config.purchases.columns.get("order_id").is_none_or(|own| names_orders(own.trim_matches('"')));
        for column in &purchases.watched {
            let name = &column.watched.name;
            match column.watched.says {
                Says::OrderOf if !is_order => {
                    found.numbers.insert(name.clone(), numbers(purchases, column));
                }
                Says::State if !is_order => {
                    let kinds = kinds(purchases, column);
                    if !kinds.0.is_empty() {
                        found.kinds.insert(name.clone(), kinds);
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        for (column, own) in other.numbers {
            let sum = self.numbers.entry(column).or_default();
            sum.all += own.all;
            sum.several += own.several;
            sum.parts += own.parts;
            sum.shared += own.shared;
        }
        for (column, (kinds, form)) in other.kinds {
            let sum = self.kinds.entry(column).or_insert_with(|| (BTreeMap::new(), form));
            sum.1.has_empty |= form.has_empty;
            for (kind, rows) in kinds {
                *sum.0.entry(kind).or_default() += rows;
            }
        }
    }

    pub(super) fn finding(&self, config: &Config) -> Option<Finding> {
        let is_told = |own: &Numbers| {
            own.several >= LEAST
                && own.several * 100 >= own.all * LEAST_PERCENT
                && own.parts <= own.several * MOST_PARTS
                && own.shared * SHARED_ONE_IN <= own.all
        };
        let by_number = self.numbers.iter().filter(|(_, own)| is_told(own)).max_by_key(|(_, own)| own.several);
        let by_kind = self.kinds.iter().map(|(name, (kinds, form))| (name, kinds, kinds.values().sum::<u64>(), *form));
        let by_kind = by_kind.filter(|(.., rows, _)| *rows >= LEAST_ROWS).max_by_key(|(.., rows, _)| *rows);
        let (column, count, message) = match (by_number, &by_kind) {
            (Some((name, own)), _) => (
                name,
                own.several,
                format!(
                    "{} of {} in `{name}` stand in several of the orders that are counted, {} in all: parts of an order, such as a \
                     deposit and the rest, count as orders of their own",
                    grouped(own.several),
                    counted(own.all, "order"),
                    grouped(own.parts)
                ),
            ),
            (None, Some((name, kinds, rows, _))) => {
                let shown: Vec<String> =
                    kinds.iter().take(SHOWN).map(|(kind, rows)| format!("`{kind}` {}", grouped(*rows))).collect();
                let (found, are) = (counted(*rows, "purchase"), verb(*rows, "is", "are"));
                let text = format!(
                    "{found} {are} parts of orders by `{name}`: {}; a deposit and the rest count as two orders",
                    shown.join(", ")
                );
                (*name, *rows, text)
            }
            (None, None) => return None,
        };
        let hint = match (by_number, by_kind) {
            (Some((name, _)), _) => {
                format!("write `order_id = {}` in `[purchases.columns]`, if it numbers the orders", toml_text(name))
            }
            (None, Some((name, kinds, _, form))) => {
                let words: Vec<&str> = kinds.keys().map(String::as_str).collect();
                format!(
                    "map `order_id` to the number that all parts of an order have; or, where the last invoice has the whole amount, set the \
                     others aside: write {}",
                    filter(config, &none_of(name, &words, form))
                )
            }
            (None, None) => return None,
        };
        let finding = Finding::new("orders_in_parts", Table::Purchases.name(), Severity::Warning, message);
        Some(finding.of_column(column).counting(count).with_hint(hint))
    }
}

/// One number of a column: its customer, the first mapped number, how many there are, and whether it has several customers.
#[derive(Clone, Copy, Default)]
struct Number {
    customer: u32,
    first: u64,
    last: u64,
    n: u64,
    is_shared: bool,
}

fn numbers(purchases: &TypedTable, column: &WatchedColumn) -> Numbers {
    let (keys, customers, is_bought) = (purchases.keys("order_id"), purchases.codes("customer_id"), purchases.bought());
    let mut each: Vec<Number> = Vec::new();
    for row in purchases.used_rows().filter(|row| is_bought.holds(*row)) {
        let place = column.word(row).and_then(|_| column.code(row)).and_then(|code| usize::try_from(code).ok());
        let (Some(place), Some(key), Some(customer)) = (place, keys.get(row), customers.get(row)) else { continue };
        if each.len() <= place {
            each.resize(place + 1, Number::default());
        }
        let Some(own) = each.get_mut(place) else { continue };
        if own.n == 0 {
            *own = Number { customer: *customer, first: *key, last: *key, n: 1, is_shared: false };
        }
        own.is_shared |= own.customer != *customer;
        // Lines of one part stand together.
        if own.first != *key && own.last != *key {
            own.n += 1;
            own.last = *key;
        }
    }
    let mut sum = Numbers::default();
    for own in each.iter().filter(|own| own.n > 0) {
        let is_several = own.n > 1 && !own.is_shared;
        sum.all += 1;
        sum.several += u64::from(is_several);
        sum.parts += if is_several { own.n } else { 0 };
        sum.shared += u64::from(own.is_shared);
    }
    sum
}

fn kinds(purchases: &TypedTable, column: &WatchedColumn) -> (BTreeMap<String, u64>, ColumnForm) {
    let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
    let is_bought = purchases.bought();
    for code in purchases.used_rows().filter(|row| is_bought.holds(*row)).filter_map(|row| column.code(row)) {
        *counts.entry(code).or_default() += 1;
    }
    let has_empty = counts.keys().any(|code| column.word_of(*code).is_none());
    let kind =
        |(code, rows): (u32, u64)| Some((column.word_of(code).filter(|word| is_part_of_order(word))?.to_owned(), rows));
    let is_few = counts.len() <= 100;
    let kinds = counts.into_iter().filter(|_| is_few).filter_map(kind).collect();
    (kinds, ColumnForm { is_text: column.is_text, has_empty })
}
