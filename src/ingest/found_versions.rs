//! Exports that have an order's rows once for each of its states: a column that tells the versions apart. Of one version to the
//! next a state changes, and times; where anything else does, such as the number of a ticket, each row is a thing of its own.

use std::collections::BTreeMap;

use polars::prelude::*;
use rustc_hash::FxHashMap;

use super::beside::is_of_money;
use super::conditions::toml_text;
use super::state_words::{is_no_purchase, is_purchase};
use super::versions::begins_with_a_year;
use super::words::Words;
use crate::config::{FoundKey, Table, in_words, means};
use crate::maths::hash::with_value;

/// Orders of several versions that have to be there.
const LEAST_ORDERS: usize = 20;

/// Of those, so many in a hundred have the same lines in each version: edited orders are few.
const SAME_PERCENT: usize = 80;

/// States that a column has, at most.
const MOST_STATES: usize = 20;

/// Parts of names of columns that grow when a row is written anew.
const LATER: &[&str] = &[
    "updated",
    "update",
    "modified",
    "changed",
    "version",
    "revision",
    "geändert",
    "geaendert",
    "modifié",
    "modificado",
    "gewijzigd",
    "snapshot",
    "exported",
];

/// The key that names the column by which versions of orders are told apart.
pub(super) fn of_rows(rows: &DataFrame) -> Option<FoundKey> {
    let order = rows.columns().iter().find(|column| means("order_id", column.name()))?;
    let (orders, lines) = (Words::of_column(order)?, lines(rows)?);
    let may_be = |column: &&Column| in_words(column.name()).iter().any(|word| LATER.contains(&word.as_str()));
    let found = rows.columns().iter().filter(may_be).find_map(|column| {
        let versions = Words::of_column(column).filter(has_an_order)?;
        let grouped = Grouped::of(&orders, &versions)?;
        let are_versions = !grouped.changes(&lines) && grouped.is_by_state(rows, [order, column]);
        are_versions.then(|| (column.name().to_string(), grouped.0.len()))
    });
    let (name, n_orders) = found?;
    let why = format!("the lines of {n_orders} orders stand once for each value of it; the latest count");
    Some(FoundKey::settled("latest_by", toml_text(&name), why).of_table(Table::Purchases))
}

/// The rows of each version of each order that has several.
struct Grouped(Vec<Vec<Vec<usize>>>);

impl Grouped {
    /// `None` if they are too few, or a lesser part of all: a log of states has several of nearly each order.
    fn of(orders: &Words, versions: &Words) -> Option<Self> {
        let is_given = |words: &Words, row: usize| words.get(row).is_some_and(|name| !name.trim().is_empty());
        let mut by_order: FxHashMap<u32, BTreeMap<u32, Vec<usize>>> = FxHashMap::default();
        for (row, (order, version)) in orders.codes.iter().zip(&versions.codes).enumerate() {
            if is_given(orders, row) && is_given(versions, row) {
                by_order.entry(*order).or_default().entry(*version).or_default().push(row);
            }
        }
        let n_orders = by_order.len();
        let several = by_order.into_values().filter(|versions| versions.len() > 1);
        let several: Vec<Vec<Vec<usize>>> = several.map(|versions| versions.into_values().collect()).collect();
        (several.len() >= LEAST_ORDERS && 2 * several.len() >= n_orders).then_some(Self(several))
    }

    /// Whether the values of rows are others in another version, in more than a few orders.
    fn changes(&self, values: &[u64]) -> bool {
        let sorted = |rows: &Vec<usize>| {
            let mut own: Vec<Option<&u64>> = rows.iter().map(|row| values.get(*row)).collect();
            own.sort_unstable();
            own
        };
        let is_same = |versions: &&Vec<Vec<usize>>| {
            let mut each = versions.iter().map(sorted);
            let first = each.next();
            each.all(|other| Some(other) == first)
        };
        self.0.iter().filter(is_same).count() * 100 < self.0.len() * SAME_PERCENT
    }

    /// Whether a state changes from version to version, and nothing else does but times.
    fn is_by_state(&self, rows: &DataFrame, known: [&Column; 2]) -> bool {
        let mut has_state = false;
        for column in rows.columns().iter().filter(|column| known.iter().all(|known| known.name() != column.name())) {
            let Some(words) = Words::of_column(column) else { continue };
            let codes: Vec<u64> = words.codes.iter().map(|code| u64::from(*code)).collect();
            if !self.changes(&codes) || has_an_order_of_time(&words) {
                continue;
            }
            if !are_states(&words) {
                return false;
            }
            has_state = true;
        }
        has_state
    }
}

/// Whether most of a few words are states of orders.
fn are_states(words: &Words) -> bool {
    let given = || words.names.iter().filter(|name| !name.trim().is_empty());
    let n_known = given().filter(|name| is_purchase(name) || is_no_purchase(name)).count();
    words.names.len() <= MOST_STATES && n_known > 0 && n_known * 2 >= given().count()
}

fn has_an_order_of_time(words: &Words) -> bool {
    words.names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).all(begins_with_a_year)
}

/// Whether the values can be put in an order without knowing more of their form.
fn has_an_order(versions: &Words) -> bool {
    let mut given = versions.names.iter().map(|name| name.trim()).filter(|name| !name.is_empty());
    given.clone().all(|name| name.parse::<f64>().is_ok()) || given.all(begins_with_a_year)
}

/// What each row is a line of: its product, and all that is money.
fn lines(rows: &DataFrame) -> Option<Vec<u64>> {
    let is_of_line = |column: &&Column| is_of_money(column.name()) || means("product_id", column.name());
    let columns: Vec<Words> = rows.columns().iter().filter(is_of_line).filter_map(Words::of_column).collect();
    let code = |column: &Words, row: usize| column.codes.get(row).map_or(u64::MAX, |code| u64::from(*code));
    let line = |row: usize| columns.iter().fold(0, |hash, column| with_value(hash, code(column, row)));
    (!columns.is_empty()).then(|| (0..rows.height()).map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Orders with a row for each state and line.
    fn rows(n_orders: usize, lines: &[&'static str], amount: impl Fn(usize, usize) -> String) -> DataFrame {
        let (mut order, mut sku, mut at, mut money, mut state) = (vec![], vec![], vec![], vec![], vec![]);
        for number in 0..n_orders {
            for version in 0..3 {
                for (place, line) in lines.iter().enumerate() {
                    order.push(format!("o{number}"));
                    sku.push(*line);
                    at.push(format!("2024-0{}-1{version} 08:00", 1 + number % 9));
                    money.push(amount(place, version));
                    state.push(["pending", "paid", "shipped"][version]);
                }
            }
        }
        df!("order_id" => order, "sku" => sku, "updated_at" => at, "total" => money, "status" => state).unwrap()
    }

    fn same(place: usize, _: usize) -> String {
        format!("{place}.50")
    }

    #[test]
    fn rows_of_each_state_are_versions_and_lines_with_times_of_their_own_are_none() {
        for lines in [&["p1"][..], &["p1", "p2"]] {
            let found = of_rows(&rows(30, lines, same)).unwrap();
            assert_eq!((found.key, found.readings[0].toml.as_str()), ("latest_by", "\"updated_at\""));
        }
        assert_eq!(of_rows(&rows(10, &["p1"], same)), None, "too few");
        let mut few = rows(30, &["p1"], same);
        let numbers: Vec<String> =
            (0..few.height()).map(|row| format!("o{}", if row < 60 { row / 3 } else { row })).collect();
        few.with_column(Column::new("order_id".into(), numbers)).unwrap();
        assert_eq!(of_rows(&few), None, "a lesser part");
        assert_eq!(of_rows(&rows(30, &["p1"], |_, version| format!("{version}.50"))), None, "lines of their own");
    }

    #[test]
    fn things_with_a_number_of_their_own_or_without_a_state_are_no_versions() {
        let versions = rows(30, &["p1"], same);
        assert_eq!(of_rows(&versions.drop("status").unwrap()), None, "three equal tickets of one order");
        let n = versions.height();
        for (name, values) in [("Ticket No", (0..n).collect::<Vec<_>>()), ("Pos", (0..n).map(|row| row % 3).collect())]
        {
            let values: Vec<u64> = values.into_iter().map(|value| value as u64).collect();
            let mut rows = versions.clone();
            rows.with_column(Column::new(name.into(), values)).unwrap();
            assert_eq!(of_rows(&rows), None, "{name}");
        }
        let mut used = versions.drop("status").unwrap();
        let states: Vec<&str> = (0..n).map(|row| ["valid", "used", "valid"][row % 3]).collect();
        used.with_column(Column::new("ticket status".into(), states)).unwrap();
        assert_eq!(of_rows(&used), None, "states of tickets");
        let mut shipped = versions;
        let days: Vec<String> = (0..n).map(|row| format!("2024-03-{:02}", 1 + row % 28)).collect();
        shipped.with_column(Column::new("state since".into(), days)).unwrap();
        assert!(of_rows(&shipped).is_some(), "a time of the state");
    }
}
