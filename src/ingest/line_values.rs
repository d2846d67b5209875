//! Whether columns of money are of a line or of one piece: what a line comes to grows with its quantity, a price does not.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::beside::{is_of_money, minor_values};
use super::values::ABSENT;
use super::words::Words;
use crate::config::{LineValue, in_words, means};
use crate::maths::powers::{Evidence, Powers};

/// Decimals that prices are read with.
const DECIMALS: u32 = 4;

/// Columns that are looked at, at most, so that wide files take no longer.
const MOST_MONEY: usize = 10;
const MOST_GROUPS: usize = 8;

/// Rows that have to agree where one column is reckoned from others, and those of them where it matters.
const LEAST_ROWS: usize = 100;
const LEAST_TELLING: usize = 30;

/// One row in so many may disagree.
const ONE_IN: usize = 50;

/// Parts of words that name what is taken off.
const DISCOUNTS: &[&str] = &[
    "discount",
    "rabatt",
    "nachlass",
    "remise",
    "descuento",
    "desconto",
    "sconto",
    "korting",
    "rabat",
    "sleva",
    "indirim",
    "скидка",
    "割引",
    "値引",
    "折扣",
    "할인",
];

/// A column of numbers.
pub(super) struct Numbers {
    pub(super) name: String,
    values: Vec<i64>,
}

impl Numbers {
    pub(super) fn of(column: &Column) -> Option<Self> {
        Some(Self { name: column.name().to_string(), values: minor_values(column, DECIMALS)? })
    }

    /// What several columns come to on each row, taking what is absent for nothing.
    pub(super) fn sum(all: &[Self]) -> Self {
        let n = all.iter().map(|own| own.values.len()).max().unwrap_or(0);
        let values = (0..n).map(|row| all.iter().filter_map(|own| own.steps(row)).sum()).collect();
        Self { name: String::new(), values }
    }

    /// The number of a row in steps of four decimals.
    pub(super) fn steps(&self, row: usize) -> Option<i64> {
        self.values.get(row).copied().filter(|value| *value != ABSENT)
    }

    /// The number of a row, in units.
    pub(super) fn get(&self, row: usize) -> Option<f64> {
        self.values.get(row).filter(|value| **value != ABSENT).map(|value| *value as f64 / 10_f64.powi(4))
    }
}

/// A column that may say what was bought.
pub(super) struct Groups {
    name: String,
    pub(super) words: Words,
    /// Whether its name says so; of others the values have to be the clearer.
    is_named: bool,
}

/// The columns of money whose values give away what they are of.
pub(super) fn of_rows(rows: &DataFrame) -> BTreeMap<String, LineValue> {
    let Some(quantity) = rows.columns().iter().find(|column| means("quantity", column.name())).and_then(Numbers::of)
    else {
        return BTreeMap::new();
    };
    let is_money = |column: &&Column| is_of_money(column.name()) && column.name().as_str() != quantity.name;
    let money = rows.columns().iter().filter(is_money).filter_map(Numbers::of).take(MOST_MONEY);
    let money: Vec<Numbers> = money.collect();
    if money.is_empty() {
        return BTreeMap::new();
    }
    let (groups, discounts) = (groups(rows), discounts(rows));
    let mut found = BTreeMap::new();
    for own in &money {
        let by_groups = || groups.iter().find_map(|groups| by_groups(own, &quantity, groups));
        let by_whole = || ungrouped(own, &quantity).filter(|power| *power == 1).map(|_| (true, None));
        let by_product = || money.iter().any(|other| is_product(other, (own, &quantity))).then_some((false, None));
        let Some((is_of_line, within)) = by_product().or_else(by_groups).or_else(by_whole) else { continue };
        let net = discounts.iter().find_map(|discount| money.iter().find(|net| is_less(net, (own, discount))));
        let net = net.map(|net| net.name.clone());
        found.insert(own.name.clone(), LineValue { quantity: quantity.name.clone(), is_of_line, within, net });
    }
    found
}

/// The columns that name what is taken off.
pub(super) fn discounts(rows: &DataFrame) -> Vec<Numbers> {
    rows.columns().iter().filter(|column| names_discount(column.name())).filter_map(Numbers::of).collect()
}

/// Whether a name is that of what is taken off.
pub(super) fn names_discount(name: &str) -> bool {
    in_words(name).iter().any(|word| DISCOUNTS.iter().any(|known| word.starts_with(known)))
}

/// Columns that may say what was bought, those that are called so first.
pub(super) fn groups(rows: &DataFrame) -> Vec<Groups> {
    let group = |column: &Column| {
        let is_named = means("product_id", column.name());
        if !is_named && (!column.dtype().is_string() || is_of_money(column.name())) {
            return None;
        }
        let words = Words::from_text(column.cast(&DataType::String).ok()?.str().ok()?);
        let n_letters = words.names.iter().filter(|name| name.chars().any(char::is_alphabetic)).count();
        let are_names = n_letters * 2 > words.names.len() && words.names.len() > 1;
        let repeat = words.names.len() * 5 <= rows.height();
        (repeat && (is_named || are_names)).then(|| Groups { name: column.name().to_string(), words, is_named })
    };
    let mut groups: Vec<Groups> = rows.columns().iter().filter_map(group).collect();
    groups.sort_by_key(|groups| (!groups.is_named, std::cmp::Reverse(groups.words.names.len())));
    groups.truncate(MOST_GROUPS);
    groups
}

fn by_groups(own: &Numbers, quantity: &Numbers, groups: &Groups) -> Option<(bool, Option<String>)> {
    let mut each = vec![Powers::default(); groups.words.names.len()];
    for (row, code) in groups.words.codes.iter().enumerate() {
        let powers = usize::try_from(*code).ok().and_then(|code| each.get_mut(code));
        if let (Some(powers), Some(pieces), Some(value)) = (powers, quantity.get(row), own.get(row)) {
            powers.see(pieces, value);
        }
    }
    let evidence = Evidence::of(each.iter()).filter(Evidence::is_clear)?;
    // One price may be paid for any quantity of some products.
    let is_sure = evidence.power == 1 || evidence.is_overwhelming();
    let is_telling = groups.is_named || (evidence.is_close() && evidence.is_overwhelming());
    (is_sure && is_telling && evidence.power < 2).then(|| (evidence.power == 1, Some(groups.name.clone())))
}

fn ungrouped(own: &Numbers, quantity: &Numbers) -> Option<u8> {
    let mut powers = Powers::default();
    for (pieces, value) in (0..own.values.len()).filter_map(|row| quantity.get(row).zip(own.get(row))) {
        powers.see(pieces, value);
    }
    powers.ungrouped().map(|(power, _)| power)
}

/// Whether a column is a price times the quantity on each row, quantities of one being no proof.
fn is_product(product: &Numbers, (price, quantity): (&Numbers, &Numbers)) -> bool {
    let row = |row| {
        let (pieces, price, product) = (quantity.get(row)?, price.get(row)?, product.get(row)?);
        (price != 0.0).then(|| (same(product, pieces * price, pieces), (pieces.abs() - 1.0).abs() > f64::EPSILON))
    };
    product.name != price.name && agree((0..product.values.len()).filter_map(row))
}

/// Whether a column is another one less a discount on each row, rows without a discount being no proof.
fn is_less(net: &Numbers, (gross, discount): (&Numbers, &Numbers)) -> bool {
    let row = |row| {
        let (net, gross, discount) = (net.get(row)?, gross.get(row)?, discount.get(row)?);
        Some((same(net, gross - discount.abs(), 1.0), discount != 0.0))
    };
    net.name != gross.name && agree((0..net.values.len()).filter_map(row))
}

/// Whether two numbers differ by no more than the rounding of each piece to cents.
pub(super) fn same(one: f64, other: f64, pieces: f64) -> bool {
    (one - other).abs() <= 0.0051 * pieces.abs().clamp(1.0, 20.0) && (one == 0.0) == (other == 0.0)
}

/// Whether enough rows agree, of each those that tell something: whether it agrees, and whether it tells.
pub(super) fn agree(rows: impl Iterator<Item = (bool, bool)>) -> bool {
    let (mut n, mut telling, mut wrong, mut wrong_telling) = (0, 0, 0, 0);
    for (is_same, tells) in rows {
        n += 1;
        telling += usize::from(tells);
        wrong += usize::from(!is_same);
        wrong_telling += usize::from(!is_same && tells);
    }
    n >= LEAST_ROWS && telling >= LEAST_TELLING && wrong * ONE_IN <= n && wrong_telling * ONE_IN <= telling
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of ten products; the money of a line is made of the price in cents and the quantity.
    fn rows(product: &str, money: &str, cents: impl Fn(usize, usize, usize) -> usize) -> DataFrame {
        let (price, quantity) = (|row: usize| 350 + row % 10 * 415, |row: usize| [1, 1, 2, 1, 3][row / 10 % 5]);
        let written = |row: usize| {
            let cents = cents(price(row), quantity(row), row);
            format!("${}.{:02}", cents / 100, cents % 100)
        };
        df!(
            product => (0..400).map(|row| format!("P {}", row % 10)).collect::<Vec<_>>(),
            "Guest" => (0..400).map(|row| format!("C{}", row * 7 % 67)).collect::<Vec<_>>(),
            "Qty" => (0..400).map(|row| format!("{}.0", quantity(row))).collect::<Vec<_>>(),
            money => (0..400).map(written).collect::<Vec<_>>(),
        )
        .unwrap()
    }

    fn found(rows: &DataFrame) -> Vec<String> {
        let say = |(name, own): (&String, &LineValue)| {
            format!("{name} {} {:?} {:?}", if own.is_of_line { "line" } else { "piece" }, own.within, own.net)
        };
        of_rows(rows).iter().map(say).collect()
    }

    #[test]
    fn money_of_lines_and_of_pieces_is_told_by_products() {
        let line = |price: usize, quantity: usize, _: usize| price * quantity;
        assert_eq!(found(&rows("Item", "Price", line)), ["Price line Some(\"Item\") None"]);
        assert_eq!(found(&rows("Dish", "Price", line)), ["Price line Some(\"Dish\") None"], "whatever it is called");
        assert_eq!(found(&rows("Item", "sales", |price, _, _| price)), ["sales piece Some(\"Item\") None"]);
        assert!(found(&rows("Item", "Price", |_, _, row| 400 + row * 7_919 % 8_700)).is_empty());
    }

    #[test]
    fn what_columns_of_a_row_give_away_needs_no_product() {
        let mut both = rows("Item", "sales", |price, _, _| price);
        let total = rows("Item", "total", |price, quantity, _| price * quantity).column("total").unwrap().clone();
        both.with_column(total).unwrap();
        let both = both.drop("Item").unwrap();
        assert_eq!(found(&both)[0], "sales piece None None");
        let mut net = rows("Item", "Gross Price", |price, quantity, _| price * quantity);
        let off = |row: usize| if row.is_multiple_of(4) { 50 } else { 0 };
        net.with_column(Column::new(
            "Discount".into(),
            (0..400).map(|row| format!("$0.{:02}", off(row))).collect::<Vec<_>>(),
        ))
        .unwrap();
        let cents = |row: usize| (350 + row % 10 * 415) * [1, 1, 2, 1, 3][row / 10 % 5] - off(row);
        let less = (0..400).map(|row| format!("${}.{:02}", cents(row) / 100, cents(row) % 100)).collect::<Vec<_>>();
        net.with_column(Column::new("Net Price".into(), less)).unwrap();
        assert_eq!(found(&net)[0], "Gross Price line Some(\"Item\") Some(\"Net Price\")");
    }
}
