//! Amounts of orders: one that stands on each line of its order must not be added up line by line.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::checked::Checked;
use super::finding::{Finding, Severity};
use super::tally::{Counts, Tally};
use crate::config::{AmountIs, Config, Table};
use crate::ingest::{ABSENT, TypedTable, repeated};
use crate::maths::hash::with_value;
use crate::text::{counted, grouped};
use crate::timeline::goes_on;
use crate::units::{MICROS_PER_DAY, Timestamp};

/// Of so many orders one may contradict the others and be taken for a slip.
const SLIPS: u64 = 200;

/// Orders of several lines that show what amounts are of.
const LEAST_ORDERS: u64 = 20;
/// Different amounts among them: where all goods cost the same, equal lines say nothing.
const LEAST_AMOUNTS: usize = 5;

/// Microseconds from which on two lines are far apart.
const FAR_APART: u64 = 14 * MICROS_PER_DAY.unsigned_abs();

/// What orders of several lines show of their amounts.
#[derive(Debug, Clone, Default)]
pub(super) struct OrderAmounts {
    /// Orders of several lines.
    n_orders: u64,
    /// Those with one amount on all lines.
    n_constant: u64,
    /// Those of them with different products or quantities, or where nothing tells them.
    n_different: u64,
    /// Those of these whose lines are of days far apart.
    n_apart: u64,
    /// Whether lines name products or quantities.
    tells: bool,
    /// Different amounts among these, as many as matter.
    amounts: BTreeSet<i64>,
    neighbours: Neighbours,
    example: Option<(usize, u64, String)>,
}

/// The lines of an order.
struct Lines {
    n: u64,
    amount: i64,
    is_constant: bool,
    detail: (u32, u32),
    is_different: bool,
    is_apart: bool,
    first: usize,
}

/// The order and customer of each row.
fn order_of(table: &TypedTable) -> impl Fn(usize) -> Option<(u64, u32)> + '_ {
    let (keys, customers) = (table.keys("order_id"), table.codes("customer_id"));
    move |row| {
        let key = *keys.get(row).filter(|key| **key != 0)?;
        Some((key, customers.get(row).copied().unwrap_or(0)))
    }
}

impl OrderAmounts {
    pub(super) fn of(table: &TypedTable, config: &Config) -> Self {
        if config.purchases.amount_is.is_some() || table.keys("order_id").is_empty() {
            return Self::default();
        }
        let (amounts, order) = (table.money("amount"), order_of(table));
        let line = |row: usize| {
            let amount = *amounts.get(row).filter(|amount| **amount > 0)?;
            Some((order(row)?, amount))
        };
        let neighbours = Neighbours::of(table, line);
        if neighbours.disprove() {
            // Each of them is an order whose amount is not constant; the others need not be counted.
            return Self { neighbours, n_orders: neighbours.n_different, ..Self::default() };
        }
        let (products, quantities) = (table.codes("product_id"), table.numbers("quantity"));
        let tells = !products.is_empty() || !quantities.is_empty();
        // Most shops have many orders of one line, which would fill a map and say nothing.
        let mut keys = vec![0; table.n_rows()];
        for (row, (key, customer)) in table.used_rows().filter_map(|row| Some((row, line(row)?.0))) {
            keys.get_mut(row).into_iter().for_each(|own| *own = with_value(key, u64::from(customer)));
        }
        let times = table.times("purchased_at");
        let is_apart = |one: usize, other: usize| match (times.get(one), times.get(other)) {
            (Some(one), Some(other)) if *one != ABSENT && *other != ABSENT => one.abs_diff(*other) >= FAR_APART,
            _ => false,
        };
        let mut orders: FxHashMap<(u64, u32), Lines> = FxHashMap::default();
        for row in repeated(&keys) {
            let Some((order, amount)) = line(row) else { continue };
            let detail =
                (products.get(row).copied().unwrap_or(0), quantities.get(row).map_or(0, |quantity| quantity.to_bits()));
            let fresh =
                Lines { n: 0, amount, is_constant: true, detail, is_different: !tells, is_apart: false, first: row };
            let lines = orders.entry(order).or_insert(fresh);
            lines.n += 1;
            lines.is_constant &= lines.amount == amount;
            lines.is_different |= lines.detail != detail;
            lines.is_apart |= is_apart(lines.first, row);
        }
        let mut found = Self { tells, neighbours, ..Self::default() };
        for lines in orders.values().filter(|lines| lines.n > 1) {
            found.n_orders += 1;
            found.n_constant += u64::from(lines.is_constant);
            if lines.is_constant && lines.is_different {
                found.n_different += 1;
                found.n_apart += u64::from(lines.is_apart);
                found.amounts.insert(lines.amount);
                let example = table.mentioned(lines.first);
                let example =
                    (example.place.0, example.place.1, format!("{} on {}", example.text, counted(lines.n, "line")));
                found.example = found.example.take().map(|known| known.min(example.clone())).or(Some(example));
            }
            while found.amounts.len() > LEAST_AMOUNTS {
                found.amounts.pop_last();
            }
        }
        found
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        self.n_orders += other.n_orders;
        self.n_constant += other.n_constant;
        self.n_different += other.n_different;
        self.n_apart += other.n_apart;
        self.tells |= other.tells;
        self.amounts.extend(other.amounts);
        self.neighbours.n_different += other.neighbours.n_different;
        self.neighbours.n_rows += other.neighbours.n_rows;
        self.example = match (self.example.take(), other.example) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
    }

    /// An amount that is the same on all lines of every order.
    pub(super) fn finding(&self) -> Option<Finding> {
        let is_total = !self.neighbours.disprove()
            && self.n_different >= LEAST_ORDERS
            && self.amounts.len() >= LEAST_AMOUNTS
            && (self.n_orders - self.n_constant) * SLIPS <= self.n_orders;
        if !is_total {
            return None;
        }
        let orders = counted(self.n_orders, "order") + " of several lines";
        let different = if self.tells {
            format!(", {} of them with different products or quantities", grouped(self.n_different))
        } else {
            String::new()
        };
        // Payments in parts are weeks from each other; lines of one order are not.
        let are_parts = self.n_apart * 2 > self.n_different;
        let (what, hint) = if are_parts {
            (
                "its lines are weeks from each other, so they may be payments of it in parts, or repeat what it comes to as a whole",
                PARTS,
            )
        } else {
            ("it is the amount of the order, and would count once for each line", WHOLE)
        };
        let message =
            format!("{} of {orders} have one `amount` on all their lines{different}: {what}", grouped(self.n_constant));
        let finding =
            Finding::new("order_totals", Table::Purchases.name(), Severity::Error, message).of_column("amount");
        let finding =
            finding.counting(self.n_constant).with_examples(self.example.iter().map(|example| example.2.clone()));
        Some(finding.with_hint(hint))
    }
}

/// What mends an amount that stands on each line of its order, and what to say of payments in parts.
const WHOLE: &str = "map the amount of the line if the source has one, such as price times quantity; else write `amount_is = \"order\"` \
                     in `[purchases]`, and each amount is shared out evenly among the lines of its order; if its rows are its states in \
                     turn, `latest_by` names the column that grows with them, such as `latest_by = \"updated_at\"`, and the last one \
                     counts";
const PARTS: &str = "look at one order: if its lines add up to what it came to, write `amount_is = \"line\"` in `[purchases]`; if each \
                     line repeats what it came to, write `amount_is = \"order\"`";

/// Lines of one order that follow each other.
#[derive(Debug, Clone, Copy, Default)]
struct Neighbours {
    /// Those with another amount than the line before.
    n_different: u64,
    n_rows: u64,
}

impl Neighbours {
    fn of(table: &TypedTable, line: impl Fn(usize) -> Option<((u64, u32), i64)>) -> Self {
        let (mut found, mut before) = (Self::default(), None);
        for row in table.used_rows() {
            found.n_rows += 1;
            let own = line(row);
            if let (Some((order, amount)), Some((other, earlier))) = (own, before) {
                found.n_different += u64::from(order == other && amount != earlier);
            }
            before = own;
        }
        found
    }

    /// Whether so many differ that amounts are those of lines.
    const fn disprove(self) -> bool {
        self.n_different * 8 > self.n_rows
    }
}

/// Shares the amount of each order out among its lines, to the minor unit.
pub(super) fn share_out(checked: &mut Checked<'_>) {
    if checked.config.purchases.amount_is != Some(AmountIs::Order) {
        return;
    }
    for table in checked.tables.iter_mut().filter(|table| table.table() == Table::Purchases) {
        let mut differing = Vec::new();
        let mut shares: Vec<(usize, i64)> = Vec::new();
        for rows in orders(table) {
            let amounts: Vec<i64> = rows.iter().filter_map(|row| table.money("amount").get(*row).copied()).collect();
            let (Some(first), n) = (amounts.first().copied(), i64::try_from(rows.len()).unwrap_or(i64::MAX)) else {
                continue;
            };
            if amounts.iter().any(|amount| *amount != first) {
                differing.extend(rows.first());
                continue;
            }
            let (share, rest) = (first / n, first % n);
            let extra = |place: usize| i64::try_from(place).is_ok_and(|place| place < rest.abs());
            shares.extend(
                rows.iter().enumerate().map(|(place, row)| (*row, share + i64::from(extra(place)) * rest.signum())),
            );
        }
        let money = table.money_mut("amount");
        for (row, share) in shares {
            money.get_mut(row).into_iter().for_each(|amount| *amount = share);
        }
        differing.sort_unstable();
        let wording = |counts: Counts| {
            let orders = counted(counts.found, "order");
            (
                Severity::Error,
                format!("`amount_is` says \"order\", and {orders} of several lines have different amounts"),
            )
        };
        let tally = Tally::of_rows("differing_order_amounts", (table, &differing), wording);
        let hint = "write `amount_is = \"line\"`, or map an `order_id` and an `amount` that are one for each order";
        if let Some(tally) = tally {
            checked.tallies.add(tally.of_column("amount").with_hint(hint));
        }
    }
}

/// Used rows with an amount by order: of one number, one customer, one sign, and no long time between them.
pub(super) fn orders(table: &TypedTable) -> Vec<Vec<usize>> {
    let (amounts, times, order) = (table.money("amount"), table.times("purchased_at"), order_of(table));
    let at = |row: usize| Timestamp(times.get(row).copied().unwrap_or(0));
    let mut lines: Vec<((u64, u32), bool, Timestamp, usize)> = table
        .used_rows()
        .filter_map(|row| {
            let amount = *amounts.get(row).filter(|amount| **amount != ABSENT)?;
            Some((order(row)?, amount < 0, at(row), row))
        })
        .collect();
    lines.sort_unstable();
    let of_one = |a: &((u64, u32), bool, Timestamp, usize), b: &((u64, u32), bool, Timestamp, usize)| {
        a.0 == b.0 && a.1 == b.1 && goes_on(a.2, b.2)
    };
    let mut orders: Vec<Vec<usize>> =
        lines.chunk_by(of_one).map(|lines| lines.iter().map(|line| line.3).collect()).collect();
    for rows in &mut orders {
        rows.sort_unstable();
    }
    orders
}
