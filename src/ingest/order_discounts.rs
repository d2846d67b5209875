//! Discounts of orders: on one of their lines or on each, beside amounts that are those before it. Prices tell that they are, as a
//! product costs with a discount what it costs without, or columns of a row that add up.

use std::collections::{BTreeMap, HashMap};

use polars::prelude::*;

use super::beside::is_of_money;
use super::found_in_rows::may_number_orders;
use super::line_discounts::{signed_percents, written_as_percent};
use super::line_values::{Numbers, agree, groups, names_discount, same};
use super::words::Words;
use crate::config::{TAXES, in_words, means};

/// Lines with a discount of a product that was sold without one too, at least, and the least share of them in per cent with such a price.
const LEAST_LINES: usize = 30;
const LEAST_PERCENT: usize = 80;

/// Orders of several lines that show what a discount is of, at least.
const LEAST_ORDERS: usize = 10;

/// Columns that are looked at, at most, and rows of which columns have to add up.
const MOST: usize = 4;
const MOST_MONEY: usize = 10;
const ROWS: usize = 3_000;

/// Rows that are looked at, at most.
const MOST_ROWS: usize = 40_000;

/// Beginnings of words that name what takes the place of money in an order.
const VOUCHERS: &[&str] = &[
    "voucher",
    "coupon",
    "gutschein",
    "promo",
    "markdown",
    "cupón",
    "cupon",
    "cupom",
    "kupon",
    "buono",
    "rebate",
    "クーポン",
    "ポイント利用",
    "купон",
];

/// Points of a loyalty scheme, which count where a word says that they are money.
const POINTS: &[&str] =
    &["points", "point", "punkte", "treuepunkte", "bonuspunkte", "puntos", "pontos", "punti", "loyalty", "ポイント"];
const OF_MONEY: &[&str] = &[
    "value", "amount", "wert", "betrag", "valor", "importe", "montant", "valeur", "discount", "eur", "usd", "gbp",
    "redeemed",
];

/// Words beside which a column has something else of a discount than its money.
const OTHERS: &[&str] = &[
    "code",
    "id",
    "name",
    "type",
    "typ",
    "rule",
    "reason",
    "percent",
    "pct",
    "percentage",
    "prozent",
    "rate",
    "tax",
    "steuer",
    "mwst",
    "vat",
    "after",
    "before",
    "vor",
    "nach",
    "net",
    "netto",
    "without",
    "ohne",
    "with",
    "excl",
    "incl",
    "earned",
    "collected",
    "balance",
    "count",
    "price",
    "preis",
    "description",
    "title",
    "group",
    "sale",
    "sold",
];

/// Whether a column has money that is taken off, by its name and values, some of which are not zero.
pub(super) fn is_discount(column: &Column) -> bool {
    is_named(column.name())
        && Numbers::of(column)
            .is_some_and(|own| (0..column.len()).any(|row| own.steps(row).is_some_and(|own| own != 0)))
}

fn is_named(name: &str) -> bool {
    let words = in_words(name);
    let is = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    let starts = |known: &[&str]| words.iter().any(|word| known.iter().any(|start| word.starts_with(start)));
    let are_points = is(POINTS) && is(OF_MONEY);
    (names_discount(name) || starts(VOUCHERS) || is_gift_card(name) || are_points)
        && !is(OTHERS)
        && !written_as_percent(name)
}

/// Whether a column of that name has what was paid by gift cards: a means of payment where they are sold for money.
fn is_gift_card(name: &str) -> bool {
    let joined = in_words(name).join("");
    ["giftcard", "geschenkkarte", "cartecadeau", "tarjetaregalo", "cadeaukaart", "storecredit"]
        .iter()
        .any(|own| joined.contains(own))
}

/// By the name of the column of discounts, the columns of money that are before it, and which it may be taken from once an order.
pub(super) fn of_rows(rows: &DataFrame) -> BTreeMap<String, Vec<String>> {
    let candidates = rows.columns().iter().filter(|column| is_named(column.name()) && !is_gift_card(column.name()));
    let percents = signed_percents(rows);
    let discounts: Vec<Numbers> = candidates
        .take(MOST)
        .filter_map(Numbers::of)
        .filter(|own| percents.iter().all(|percent| percent.name != own.name))
        .collect();
    let named = |ours: &str| rows.columns().iter().find(|column| means(ours, column.name()));
    if discounts.is_empty() {
        return BTreeMap::new();
    }
    // `Name` may number orders as well, where its values stand in rows that follow each other.
    let in_runs = || rows.columns().iter().find(|column| may_number_orders(column).unwrap_or(false));
    let Some(orders) = named("order_id").or_else(in_runs).and_then(Words::of_column) else { return BTreeMap::new() };
    let quantity = named("quantity").and_then(Numbers::of);
    let money: Vec<Numbers> = rows
        .columns()
        .iter()
        .filter(|column| (is_of_money(column.name()) || is_tax(column.name())) && !is_named(column.name()))
        .take(MOST_MONEY)
        .filter_map(Numbers::of)
        .collect();
    let products: Vec<Words> = groups(rows).into_iter().take(MOST).map(|groups| groups.words).collect();
    let found = |discount: &Numbers| {
        let table = Lines { orders: &orders, discount, quantity: quantity.as_ref(), n: rows.height().min(MOST_ROWS) };
        let level = table.level()?;
        let is_before = |own: &&Numbers| {
            !is_tax(&own.name)
                && (products.iter().any(|products| table.is_before(own, products))
                    || (level == Level::Row && table.adds_up(own, &money)))
        };
        let before: Vec<String> = money.iter().filter(is_before).map(|own| own.name.clone()).collect();
        (!before.is_empty()).then(|| (discount.name.clone(), before))
    };
    discounts.iter().filter_map(found).collect()
}

fn is_tax(name: &str) -> bool {
    in_words(name).iter().any(|word| TAXES.contains(&word.as_str()))
}

/// What a discount is seen to be of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    /// An order of several lines.
    Order,
    /// A row, each of which is an order.
    Row,
}

struct Lines<'c> {
    orders: &'c Words,
    discount: &'c Numbers,
    quantity: Option<&'c Numbers>,
    n: usize,
}

impl Lines<'_> {
    fn off(&self, row: usize) -> Option<i64> {
        self.discount.steps(row).filter(|off| *off != 0)
    }

    /// What the discount is of; nothing if it is of lines, or of neither.
    fn level(&self) -> Option<Level> {
        if self.orders.names.len() == self.orders.codes.len() {
            return Some(Level::Row);
        }
        // The first discount of each order, lines, lines with one, and whether all are the same.
        let mut each: HashMap<u32, (Option<i64>, usize, usize, bool)> = HashMap::new();
        for row in 0..self.n {
            let Some(order) = self.orders.codes.get(row) else { continue };
            let own = self.off(row);
            let (first, lines, given, is_same) = each.entry(*order).or_insert((own, 0, 0, true));
            *lines += 1;
            *given += usize::from(own.is_some());
            *is_same &= own.is_none() || first.is_none() || *first == own;
            *first = first.or(own);
        }
        let several = || each.values().filter(|(first, lines, ..)| first.is_some() && *lines > 1);
        let of_orders =
            several().filter(|(_, lines, given, is_same)| *given == 1 || (given == lines && *is_same)).count();
        (of_orders >= LEAST_ORDERS && of_orders * 10 >= several().count() * 9).then_some(Level::Order)
    }

    /// Whether a product costs with a discount what it costs without: as money stands, or for each piece.
    fn is_before(&self, money: &Numbers, products: &Words) -> bool {
        let of_piece = |row: usize| {
            let pieces = self.quantity?.steps(row).filter(|pieces| *pieces > 0)?;
            Some((money.steps(row)?.checked_mul(20_000)? + pieces) / (2 * pieces))
        };
        self.costs_the_same(products, |row| money.steps(row)) || self.costs_the_same(products, of_piece)
    }

    fn costs_the_same(&self, products: &Words, price: impl Fn(usize) -> Option<i64>) -> bool {
        let with: std::collections::HashSet<u32> = (0..self.n)
            .filter(|row| self.off(*row).is_some())
            .filter_map(|row| self.orders.codes.get(row).copied())
            .collect();
        let mut without: HashMap<u32, HashMap<i64, usize>> = HashMap::new();
        let mut lines: Vec<(u32, i64)> = Vec::new();
        for row in 0..self.n {
            let own = (self.orders.codes.get(row), products.codes.get(row), price(row).filter(|price| *price > 0));
            let (Some(order), Some(product), Some(price)) = own else { continue };
            if with.contains(order) {
                lines.push((*product, price));
            } else {
                *without.entry(*product).or_default().entry(price).or_default() += 1;
            }
        }
        let n_prices: usize = without.values().map(HashMap::len).sum();
        let n_lines: usize = without.values().flat_map(HashMap::values).sum();
        let known: Vec<bool> =
            lines.iter().filter_map(|(product, price)| Some(without.get(product)?.contains_key(price))).collect();
        let n_same = known.iter().filter(|known| **known).count();
        // A product of many prices says nothing.
        known.len() >= LEAST_LINES && n_same * 100 >= known.len() * LEAST_PERCENT && n_prices * 3 <= n_lines
    }

    /// Whether money less the discount and with another column, such as the tax, is a third one, on each row.
    fn adds_up(&self, money: &Numbers, all: &[Numbers]) -> bool {
        let other = |own: &&Numbers| own.name != money.name;
        let is_sum = |added: &Numbers, whole: &Numbers| {
            let row = |row| {
                let (own, added, whole) = (money.get(row)?, added.get(row).unwrap_or(0.0), whole.get(row)?);
                let off = self.discount.get(row).unwrap_or(0.0).abs();
                Some((same(whole, own - off + added, 2.0), off != 0.0))
            };
            agree((0..self.n.min(ROWS)).filter_map(row))
        };
        let pairs =
            all.iter().filter(other).flat_map(|added| all.iter().filter(other).map(move |whole| (added, whole)));
        pairs.filter(|(added, whole)| added.name != whole.name).any(|(added, whole)| is_sum(added, whole))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Orders of two lines each, every third with a discount of five, which stands as `given` says.
    fn found(name: &str, given: impl Fn(usize) -> bool, is_net: bool) -> BTreeMap<String, Vec<String>> {
        let is_off = |row: usize| (row / 2).is_multiple_of(3);
        let price = |row: usize| 10.5 + (row % 10) as f64 * 4.15 - if is_net && is_off(row) { 2.5 } else { 0.0 };
        let rows = df!(
            "Order No" => (0..600).map(|row| format!("A{}", row / 2)).collect::<Vec<_>>(),
            "Product" => (0..600).map(|row| format!("P{}", row % 10)).collect::<Vec<_>>(),
            "Line total" => (0..600).map(|row| format!("{:.2}", price(row))).collect::<Vec<_>>(),
            name => (0..600).map(|row| if is_off(row) && given(row) { "5.00" } else { "" }).collect::<Vec<_>>(),
        )
        .unwrap();
        of_rows(&rows)
    }

    #[test]
    fn discounts_of_orders_are_told_where_amounts_are_before_them() {
        let before = |name: &str| BTreeMap::from([(name.to_owned(), vec!["Line total".to_owned()])]);
        assert_eq!(found("Voucher", |row| row.is_multiple_of(2), false), before("Voucher"), "on first lines");
        assert_eq!(found("Rabatt", |_| true, false), before("Rabatt"), "on each line");
        assert!(found("Discount", |row| row.is_multiple_of(2), true).is_empty(), "off already");
        assert!(
            found("Voucher code", |_| true, false).is_empty() && found("Gift card amount", |_| true, false).is_empty()
        );
    }

    #[test]
    fn a_row_that_adds_up_tells_that_its_amount_is_before_the_discount() {
        let off = |row: usize| if row.is_multiple_of(4) { 2.0 } else { 0.0 };
        let own = |row: usize| 12.5 + (row * 37 % 50) as f64;
        let tax = |row: usize| ((own(row) - off(row)) * 20.0).round() / 100.0;
        let column = |of: &dyn Fn(usize) -> f64| (0..400).map(|row| format!("{:.2}", of(row))).collect::<Vec<_>>();
        let rows = df!(
            "Invoice Number" => (0..400).map(|row| format!("A{row}")).collect::<Vec<_>>(),
            "Sub Total" => column(&own),
            "Discounts" => column(&off),
            "Tax Total" => column(&tax),
            "Amount" => column(&|row| own(row) - off(row) + tax(row)),
        )
        .unwrap();
        assert_eq!(of_rows(&rows), BTreeMap::from([("Discounts".to_owned(), vec!["Sub Total".to_owned()])]));
    }
}
