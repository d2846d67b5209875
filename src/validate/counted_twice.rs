//! Orders that stand in a file more than once: as one line of the order, as its lines, as its payment. Each kind of line comes to
//! the same amount. Where orders have no number, what a customer bought on one day is held together.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::finding::{Finding, Severity};
use super::mending::filter;
use crate::config::{Config, Table};
use crate::ingest::{ABSENT, ColumnForm, ComparedColumn, Says, TypedTable, WatchedColumn, none_of, toml_text};
use crate::text::{counted, grouped};
use crate::units::MICROS_PER_DAY;

/// Fewer orders tell nothing.
const LEAST_ORDERS: u64 = 20;

/// Of the orders with lines of both kinds the share that comes to the same, and of all orders the share that has both.
const SAME_SHARE: f64 = 0.9;
const BOTH_SHARE: f64 = 0.25;

/// Kinds of lines of one order that are compared; a column with more of them holds something else.
const MOST_KINDS: usize = 8;

/// Minor units by which a sum of rounded lines may differ, for each line.
const ROUNDING: u64 = 1;

/// Orders with lines of two kinds, and those in which both come to the same.
#[derive(Debug, Clone, Copy, Default)]
struct Pair {
    both: u64,
    same: u64,
}

/// What the kinds of lines come to, by the column that names them.
#[derive(Debug, Clone, Default)]
struct Kinds {
    pairs: BTreeMap<(String, String), Pair>,
    rows: BTreeMap<String, u64>,
}

/// The lines of one kind of one order.
#[derive(Debug, Clone, Copy)]
struct Lines {
    kind: u32,
    count: u64,
    sum: i64,
}

/// A column that may name kinds of lines: one that nothing looks at, or one of which the filter names some kinds alone.
#[derive(Debug, Clone, Copy)]
enum KindColumn<'c> {
    Watched(&'c WatchedColumn),
    Compared(&'c ComparedColumn),
}

impl<'c> KindColumn<'c> {
    fn all(purchases: &'c TypedTable) -> impl Iterator<Item = Self> {
        let watched = purchases.watched.iter().filter(|column| column.watched.says == Says::State);
        watched.map(KindColumn::Watched).chain(purchases.compared.iter().map(KindColumn::Compared))
    }

    fn name(&self) -> &'c str {
        match self {
            Self::Watched(column) => &column.watched.name,
            Self::Compared(column) => &column.name,
        }
    }

    fn code(&self, row: usize) -> Option<u32> {
        match self {
            Self::Watched(column) => column.code(row),
            Self::Compared(column) => column.code(row),
        }
    }

    fn word_of(&self, code: u32) -> &'c str {
        let word = match self {
            Self::Watched(column) => column.word_of(code),
            Self::Compared(column) => column.word_of(code),
        };
        word.unwrap_or_default()
    }
}

/// What the kinds of lines come to, for each column that may name them.
#[derive(Debug, Clone, Default)]
pub(super) struct CountedTwice {
    orders: u64,
    columns: BTreeMap<String, Kinds>,
}

impl CountedTwice {
    pub(super) fn of(purchases: &TypedTable) -> Self {
        let mut found = Self::default();
        let columns: Vec<KindColumn<'_>> = KindColumn::all(purchases).collect();
        if columns.is_empty() {
            return found;
        }
        let (keys, n_orders) = keys(purchases);
        found.orders = n_orders;
        for column in columns {
            let mixed = Mixed::among(purchases, &keys, column);
            let orders = mixed.map(|mixed| orders(purchases, &keys, column, &mixed)).unwrap_or_default();
            found.columns.insert(column.name().to_owned(), kinds(&orders, column));
        }
        found
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        self.orders += other.orders;
        for (column, own) in other.columns {
            let sum = self.columns.entry(column).or_default();
            for (pair, Pair { both, same }) in own.pairs {
                let known = sum.pairs.entry(pair).or_default();
                *known = Pair { both: known.both + both, same: known.same + same };
            }
            for (kind, rows) in own.rows {
                *sum.rows.entry(kind).or_default() += rows;
            }
        }
    }

    /// The column whose kinds of lines each hold the orders as a whole.
    pub(super) fn finding(&self, config: &Config) -> Option<Finding> {
        self.columns.iter().find_map(|(name, kinds)| {
            let is_same = |pair: &Pair| {
                pair.both >= LEAST_ORDERS
                    && pair.same as f64 >= SAME_SHARE * pair.both as f64
                    && pair.both as f64 >= BOTH_SHARE * self.orders as f64
            };
            let is_known = |kind: &String| config.purchases.known_values.iter().any(|known| known.trim() == kind);
            let same = kinds.pairs.iter().filter(|((one, other), pair)| {
                is_same(pair) && !(is_known(one) && is_known(other))
            });
            let pairs: Vec<(&(String, String), &Pair)> = same.collect();
            let ((one, other), most) = pairs.iter().max_by_key(|(_, pair)| pair.same)?;
            let rows = |kind: &String| kinds.rows.get(kind).copied().unwrap_or(0);
            let all: BTreeMap<u64, &String> =
                pairs.iter().flat_map(|((a, b), _)| [a, b]).map(|kind| (rows(kind), kind)).collect();
            // The finest lines tell what was bought.
            let kept = *all.values().next_back()?;
            let others = pairs.iter().flat_map(|((a, b), _)| [a, b]).filter(|kind| *kind != kept);
            let mut aside: Vec<&str> = others.map(String::as_str).collect();
            aside.sort_unstable();
            aside.dedup();
            let message = format!(
                "orders are counted more than once: in {} of {} the lines with `{one}` in `{name}` come to the same as those with \
                 `{other}`",
                grouped(most.same),
                counted(most.both, if config.purchases.columns.contains_key("order_id") { "order" } else { "visit" }),
            );
            let texts: Vec<String> = [kept.as_str()].iter().chain(&aside).map(|kind| toml_text(kind)).collect();
            let form = ColumnForm { is_text: true, has_empty: false };
            let hint = format!(
                "keep one of them, for example {}; if all are purchases, write `known_values = [{}]` in `[purchases]`",
                filter(config, &none_of(name, &aside, form)),
                texts.join(", ")
            );
            let finding = Finding::new("counted_twice", Table::Purchases.name(), Severity::Error, message);
            Some(finding.of_column(name).counting(most.same).with_hint(hint))
        })
    }
}

/// The order of each row, and how many there are; without numbers of orders, what a customer bought on one day.
fn keys(purchases: &TypedTable) -> (Cow<'_, [u64]>, u64) {
    let keys = purchases.keys("order_id");
    if !keys.is_empty() {
        return (Cow::Borrowed(keys), purchases.events().map_or(0, |events| events.distinct));
    }
    let (customers, times) = (purchases.codes("customer_id"), purchases.times("purchased_at"));
    let visit = |(customer, at): (&u32, &i64)| {
        if *at == ABSENT {
            return 0;
        }
        let mut hasher = FxHasher::default();
        (*customer, at.div_euclid(MICROS_PER_DAY)).hash(&mut hasher);
        hasher.finish().max(1)
    };
    let keys: Vec<u64> = customers.iter().zip(times).map(visit).collect();
    let used: FxHashSet<u64> = purchases.used_rows().filter_map(|row| keys.get(row).copied()).collect();
    (Cow::Owned(keys), used.len() as u64)
}

/// Which orders may have lines of several kinds; in most shops hardly any has, and nothing is kept of the others.
struct Mixed {
    /// The only kind in each slot of a table of orders, from 1; `SEVERAL` where there are more.
    slots: Vec<u8>,
}

const SEVERAL: u8 = u8::MAX;

/// Different values above which a column names no kinds of lines.
const MOST_VALUES: u8 = 200;

impl Mixed {
    /// `None` if the column has too many values.
    fn among(purchases: &TypedTable, keys: &[u64], column: KindColumn<'_>) -> Option<Self> {
        let mut mixed = Self { slots: vec![0; (keys.len().max(64) * 4).next_power_of_two()] };
        for row in purchases.used_rows() {
            let (Some(key), Some(code)) = (keys.get(row).filter(|key| **key != 0), column.code(row)) else { continue };
            // What is empty is a kind of its own.
            let kind = u8::try_from(code).map_or(MOST_VALUES + 1, |code| code.saturating_add(1));
            if kind == MOST_VALUES || kind > MOST_VALUES + 1 {
                return None;
            }
            let place = mixed.place(*key);
            if let Some(slot) = mixed.slots.get_mut(place) {
                *slot = if *slot == 0 || *slot == kind { kind } else { SEVERAL };
            }
        }
        Some(mixed)
    }

    /// Keys are well mixed.
    fn place(&self, key: u64) -> usize {
        usize::try_from(key >> 20).unwrap_or(0) & (self.slots.len() - 1)
    }

    fn has(&self, key: u64) -> bool {
        self.slots.get(self.place(key)) == Some(&SEVERAL)
    }
}

/// What the lines of each kind come to in each order; orders with more kinds than are compared have none.
fn orders(purchases: &TypedTable, keys: &[u64], column: KindColumn<'_>, mixed: &Mixed) -> FxHashMap<u64, Vec<Lines>> {
    let amounts = purchases.money("amount");
    let mut orders: FxHashMap<u64, Vec<Lines>> = FxHashMap::default();
    for row in purchases.used_rows() {
        let key = keys.get(row).filter(|key| **key != 0 && mixed.has(**key));
        let (Some(key), Some(amount)) = (key, amounts.get(row)) else { continue };
        let Some(kind) = column.code(row).filter(|_| *amount != ABSENT) else { continue };
        let lines = orders.entry(*key).or_default();
        let n_kinds = lines.len();
        match lines.iter_mut().find(|lines| lines.kind == kind) {
            Some(own) => *own = Lines { kind, count: own.count + 1, sum: own.sum.saturating_add(*amount) },
            None if n_kinds <= MOST_KINDS => lines.push(Lines { kind, count: 1, sum: *amount }),
            None => (),
        }
    }
    orders
}

fn kinds(orders: &FxHashMap<u64, Vec<Lines>>, column: KindColumn<'_>) -> Kinds {
    let mut pairs: FxHashMap<(u32, u32), Pair> = FxHashMap::default();
    let mut rows: FxHashMap<u32, u64> = FxHashMap::default();
    for lines in orders.values().filter(|lines| lines.len() <= MOST_KINDS) {
        for (place, one) in lines.iter().enumerate() {
            *rows.entry(one.kind).or_default() += one.count;
            for other in lines.iter().skip(place + 1).filter(|other| other.sum != 0 || one.sum != 0) {
                let pair = pairs.entry((one.kind.min(other.kind), one.kind.max(other.kind))).or_default();
                pair.both += 1;
                pair.same += u64::from(one.sum.abs_diff(other.sum) <= ROUNDING * (one.count + other.count));
            }
        }
    }
    let word = |code: u32| column.word_of(code).to_owned();
    let named = |((one, other), pair): ((u32, u32), Pair)| {
        let (one, other) = (word(one), word(other));
        (if one < other { (one, other) } else { (other, one) }, pair)
    };
    Kinds {
        pairs: pairs.into_iter().map(named).collect(),
        rows: rows.into_iter().map(|(kind, rows)| (word(kind), rows)).collect(),
    }
}
