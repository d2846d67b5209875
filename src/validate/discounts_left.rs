//! Discounts that no amount has off: a product costs with one what it costs without one, and nothing in the config takes it off.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::finding::{Finding, Severity};
use super::order_amounts::orders;
use super::order_discounts::of_order;
use crate::config::{Config, Table};
use crate::ingest::{ABSENT, Says, TypedTable, WatchedColumn, sql_name, toml_text};
use crate::maths::hash::{key, with_value};
use crate::text::counted;

/// Lines with a discount whose product was sold without one too, at least, and the least share of them in per cent with a price of those.
const LEAST_LINES: u64 = 30;
const LEAST_PERCENT: u64 = 80;

/// Products with a quantity that are looked at, at most, and different amounts of one.
const MOST_PRODUCTS: usize = 4_096;
const MOST_AMOUNTS: usize = 24;

/// One part in so many of the turnover that is left in is worth a word.
const ONE_IN: i128 = 200;

/// Orders of several lines that show what discounts are of, at least.
const LEAST_ORDERS: u64 = 10;

/// Lines of a product and quantity with an amount: of orders without a discount, with one of their own, and beside one.
type Lines = BTreeMap<u64, BTreeMap<i64, [u64; 3]>>;

/// What rows say of a discount.
#[derive(Debug, Clone, Default)]
struct Left {
    lines: Lines,
    /// What discounts come to, once for each order, and line by line.
    of_orders: i128,
    of_lines: i128,
    /// Orders of several lines with one discount on all of them or on one alone, and those with others.
    n_of_order: u64,
    n_of_lines: u64,
    /// Orders with a discount.
    n_orders: u64,
}

/// The discounts that are not read, and the one that is mapped; by the name of their column, empty for the mapped one.
#[derive(Debug, Clone, Default)]
pub(super) struct DiscountsLeft {
    columns: BTreeMap<String, Left>,
    turnover: i128,
}

impl DiscountsLeft {
    pub(super) fn of(purchases: &TypedTable, config: &Config) -> Self {
        let is_mapped = !purchases.money("discount").is_empty();
        let unread = || purchases.watched.iter().filter(|column| column.watched.says == Says::TakenOff);
        let no_products = purchases.codes("product_id").is_empty();
        if config.purchases.discount_is.is_some() || no_products || (!is_mapped && unread().next().is_none()) {
            return Self::default();
        }
        // Orders are gathered only where prices may be those before a discount.
        let mapped = purchases.money("discount");
        let may_be = |discount: &dyn Fn(usize) -> Option<i64>| !are_net(purchases, discount);
        let given = |own: i64| Some(own).filter(|own| *own != ABSENT && *own != 0);
        let of_mapped = |row: usize| mapped.get(row).copied().and_then(given);
        let is_mapped = is_mapped && !is_read_by_amount(config) && may_be(&of_mapped);
        let left_in: Vec<&WatchedColumn> =
            unread().filter(|column| may_be(&|row| column.money(row).and_then(given))).collect();
        if !is_mapped && left_in.is_empty() {
            return Self::default();
        }
        let orders = orders(purchases);
        let amounts = purchases.money("amount");
        let turnover =
            orders.iter().flatten().filter_map(|row| amounts.get(*row)).map(|amount| i128::from(*amount)).sum();
        let mut columns: BTreeMap<String, Left> = left_in
            .into_iter()
            .map(|column| {
                let all: Vec<i64> = (0..purchases.n_rows()).map(|row| column.money(row).unwrap_or(ABSENT)).collect();
                (column.watched.name.clone(), left(purchases, &orders, &all))
            })
            .collect();
        if is_mapped {
            columns.insert(String::new(), left(purchases, &orders, mapped));
        }
        Self { columns, turnover }
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        self.turnover += other.turnover;
        for (column, own) in other.columns {
            let sum = self.columns.entry(column).or_default();
            for (product, amounts) in own.lines {
                let all = sum.lines.entry(product).or_default();
                for (amount, counts) in amounts {
                    let sum = all.entry(amount).or_default();
                    sum.iter_mut().zip(counts).for_each(|(sum, own)| *sum += own);
                }
            }
            sum.of_orders += own.of_orders;
            sum.of_lines += own.of_lines;
            sum.n_of_order += own.n_of_order;
            sum.n_of_lines += own.n_of_lines;
            sum.n_orders += own.n_orders;
        }
    }

    pub(super) fn finding(&self, config: &Config) -> Option<Finding> {
        let is_told =
            |(_, own): &(&String, &Left)| own.sum() * ONE_IN >= self.turnover && self.turnover > 0 && own.is_before();
        let (column, own) = self.columns.iter().filter(is_told).max_by_key(|(_, own)| own.sum())?;
        let mapped = config.purchases.columns.get("discount").map_or("", String::as_str);
        let name = if column.is_empty() { mapped } else { column.as_str() };
        let message = format!(
            "{} have a `{name}` that is not taken off: their products cost what they cost without one, and revenue is {:.1} % too high",
            counted(own.n_orders, "order"),
            100.0 * own.sum() as f64 / (self.turnover - own.sum()).max(1) as f64
        );
        let finding = Finding::new("discount_not_taken_off", Table::Purchases.name(), Severity::Warning, message);
        Some(finding.of_column(name).counting(own.n_orders).with_hint(own.mend(name, config)))
    }
}

/// Rows that show at a glance whether prices have a discount off, and lines of products with one among them that suffice.
const GLANCE: usize = 200_000;
const ENOUGH: usize = 1_000;

/// Whether the first rows show clearly that prices have a discount off: most products cost another amount with it than without.
fn are_net(purchases: &TypedTable, discount: &dyn Fn(usize) -> Option<i64>) -> bool {
    let (products, amounts, quantities) =
        (purchases.codes("product_id"), purchases.money("amount"), purchases.numbers("quantity"));
    let line = |row: usize| {
        let amount = amounts.get(row).copied().filter(|amount| *amount > 0)?;
        Some((*products.get(row)?, quantities.get(row).copied().unwrap_or(1.0).to_bits(), amount))
    };
    let rows = || purchases.used_rows().take(GLANCE);
    let without: FxHashSet<(u32, u32, i64)> = rows().filter(|row| discount(*row).is_none()).filter_map(line).collect();
    let with = rows().filter(|row| discount(*row).is_some()).filter_map(line).take(4 * ENOUGH);
    let known: Vec<bool> = with.map(|line| without.contains(&line)).collect();
    known.len() >= ENOUGH && known.iter().filter(|known| **known).count() * 2 < known.len()
}

/// Whether the mapping of the amount reads what that of the discount reads.
fn is_read_by_amount(config: &Config) -> bool {
    let columns = &config.purchases.columns;
    let (Some(amount), Some(discount)) = (columns.get("amount"), columns.get("discount")) else { return false };
    amount.contains(discount.trim_matches('"')) || discount.contains('*')
}

impl Left {
    /// Whether products cost with a discount what they cost without: on the lines that have it, and beside them where it is the order's.
    fn is_before(&self) -> bool {
        let (mut n, mut same) = ([0; 3], [0; 3]);
        for amounts in self.lines.values() {
            let without: u64 = amounts.values().map(|[without, ..]| without).sum();
            let n_without = amounts.values().filter(|[without, ..]| *without > 0).count() as u64;
            // A product of many prices says nothing.
            if without == 0 || n_without * 3 > without {
                continue;
            }
            for counts in amounts.values() {
                let is_known = counts.first().is_some_and(|without| *without > 0);
                for ((n, same), own) in n.iter_mut().zip(&mut same).zip(counts) {
                    *n += own;
                    *same += if is_known { *own } else { 0 };
                }
            }
        }
        let ([_, own, beside], [_, own_same, beside_same]) = (n, same);
        let is_same = |n: u64, same: u64| same * 100 >= n * LEAST_PERCENT;
        own >= LEAST_LINES && is_same(own, own_same) && (!self.is_of_order() || is_same(beside, beside_same))
    }

    const fn is_of_order(&self) -> bool {
        self.n_of_order >= LEAST_ORDERS && self.n_of_lines * 10 <= self.n_of_order
    }

    const fn sum(&self) -> i128 {
        if self.is_of_order() { self.of_orders } else { self.of_lines }
    }

    fn mend(&self, name: &str, config: &Config) -> String {
        let source = if name.contains(['(', '*']) { name.to_owned() } else { sql_name(name) };
        let amount = config.purchases.columns.get("amount").map_or("", String::as_str);
        let whole = if amount.contains([' ', '(', '"']) { amount.to_owned() } else { sql_name(amount) };
        let of_line = format!("`amount = {}`", toml_text(&format!("{whole} - COALESCE({source}, 0)")));
        let of_order = format!(
            "`discount = {}` in `[purchases.columns]` and `discount_is = \"order\"` in `[purchases]`",
            toml_text(name)
        );
        let kept =
            "if it is a means of payment, such as a gift card, or is off already, write `discount_is = \"line\"`";
        if self.is_of_order() {
            format!("it is one for each order: write {of_order}; {kept}")
        } else {
            format!("if it is money of the line, write {of_line}; if it is money of the order, {of_order}; {kept}")
        }
    }
}

fn left(purchases: &TypedTable, orders: &[Vec<usize>], discounts: &[i64]) -> Left {
    let mut left = Left::default();
    let (products, names) = (purchases.codes("product_id"), purchases.names("product_id"));
    let (amounts, quantities) = (purchases.money("amount"), purchases.numbers("quantity"));
    let given = |row: &usize| discounts.get(*row).copied().filter(|own| *own != ABSENT && *own != 0);
    let product = |row: usize| {
        let name = names.get(usize::try_from(*products.get(row)?).ok()?)?;
        Some(with_value(key(name.as_bytes()), u64::from(quantities.get(row).copied().unwrap_or(1.0).to_bits())))
    };
    for rows in orders {
        let off = of_order(discounts, rows);
        let n_given = rows.iter().filter(|row| given(row).is_some()).count();
        for row in rows {
            let Some((product, amount)) = product(*row).zip(amounts.get(*row).copied().filter(|amount| *amount > 0))
            else {
                continue;
            };
            if left.lines.len() >= MOST_PRODUCTS && !left.lines.contains_key(&product) {
                continue;
            }
            let of_product = left.lines.entry(product).or_default();
            if of_product.len() < MOST_AMOUNTS || of_product.contains_key(&amount) {
                let [without, with, beside] = of_product.entry(amount).or_default();
                *(if off == 0 {
                    without
                } else if given(row).is_some() {
                    with
                } else {
                    beside
                }) += 1;
            }
        }
        left.of_orders += i128::from(off);
        left.of_lines += rows.iter().filter_map(given).map(|own| i128::from(own.saturating_abs())).sum::<i128>();
        left.n_orders += u64::from(off > 0);
        if off > 0 && rows.len() > 1 {
            let is_same =
                n_given == rows.len() && rows.iter().all(|row| given(row).map(i64::saturating_abs) == Some(off));
            *(if n_given == 1 || is_same { &mut left.n_of_order } else { &mut left.n_of_lines }) += 1;
        }
    }
    left
}
