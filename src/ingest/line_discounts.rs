//! Discounts of lines beside the price of a piece: whether the price is that before the discount, and how the discount is written.

use std::collections::{BTreeMap, HashMap};

use polars::prelude::*;

use super::line_values::{Numbers, discounts, groups, names_discount};
use super::words::Words;
use crate::config::{DiscountForm, LineDiscount, in_words, is_unit_price, means};

/// Lines with a discount whose price is that of other lines of the product, at least, and their least share.
const LEAST_LINES: usize = 30;
const LEAST_SHARE: f64 = 0.6;

/// One in steps of four decimals.
const ONE: i64 = 10_000;

/// Different rates of per cents and shares of one at most.
const MOST_RATES: usize = 40;

/// Columns that are looked at, at most.
const MOST: usize = 4;

/// One order in so many may have a discount above what it comes to: a voucher of a round amount is now and then more than is bought.
const ABOVE_ONE_IN: usize = 25;

/// The discount to be taken from each price of a piece, by the name of the price.
pub(super) fn of_rows(rows: &DataFrame) -> BTreeMap<String, LineDiscount> {
    let named = |ours: &str| rows.columns().iter().find(|column| means(ours, column.name()));
    let Some(quantity) = named("quantity").and_then(Numbers::of) else { return BTreeMap::new() };
    // What was bought may be called as nobody knows: whatever goes with prices is looked at.
    let unnamed = || groups(rows).into_iter().map(|groups| groups.words).collect();
    let products: Vec<Words> =
        named("product_id").and_then(Words::of_column).map_or_else(unnamed, |products| vec![products]);
    let prices = rows.columns().iter().filter(|column| is_unit_price(column.name())).take(MOST).filter_map(Numbers::of);
    let orders = named("order_id").and_then(Words::of_column);
    let discounts: Vec<Numbers> = discounts(rows).into_iter().chain(signed_percents(rows)).take(MOST).collect();
    let found = |price: Numbers| {
        let of = |discount: &Numbers| {
            let table = Lines { quantity: &quantity, price: &price, discount, n: rows.height() };
            let is_whole = products.iter().any(|products| table.is_before(products));
            let form = is_whole.then(|| table.form(written_as_percent(&discount.name)))?;
            let is_per_cent = form == DiscountForm::Share || written_as_percent(&discount.name);
            // Per cents of an order would often be more than it comes to, if they were money.
            let may_be_of_order = !is_per_cent
                && orders.as_ref().is_some_and(|orders| {
                    let is_of_lines = form == DiscountForm::Percent && orders.names.len() == orders.codes.len();
                    (is_of_lines || table.repeats(orders)) && table.fits_orders(orders)
                });
            Some(LineDiscount {
                column: discount.name.clone(),
                form: if may_be_of_order { DiscountForm::Open } else { form },
                is_negative: table.is_negative(),
            })
        };
        let mut told: Vec<LineDiscount> =
            discounts.iter().filter(|own| own.name != price.name).filter_map(of).collect();
        told.sort_by_key(|own| own.form == DiscountForm::Open);
        Some((price.name.clone(), told.into_iter().next()?))
    };
    prices.filter_map(found).collect()
}

/// Discounts with a sign of per cent at each value, which are read as shares.
pub(super) fn signed_percents(rows: &DataFrame) -> Vec<Numbers> {
    let share = |text: &str| {
        let number = text.trim_end_matches('%').trim().replace(',', ".").parse::<f64>().ok()?;
        (text.ends_with('%') || number.abs() < f64::EPSILON).then_some(number / 100.0)
    };
    let of = |column: &Column| {
        let texts = column.str().ok()?;
        let given = texts.iter().map(|text| text.map(str::trim).filter(|text| !text.is_empty()));
        let all: Option<Vec<Option<f64>>> =
            given.map(|text| text.map_or(Some(None), |text| share(text).map(Some))).collect();
        let has_sign = texts.iter().flatten().any(|text| text.trim_end().ends_with('%'));
        let shares = Column::new(column.name().clone(), all.filter(|_| has_sign)?);
        Numbers::of(&shares)
    };
    rows.columns().iter().filter(|column| names_discount(column.name())).filter_map(of).collect()
}

/// Whether a column says by its name that its numbers are per cents.
pub(super) fn written_as_percent(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "pct",
        "percent",
        "percentage",
        "perc",
        "prozent",
        "pourcent",
        "pourcentage",
        "porcentaje",
        "percentuale",
        "procent",
        "rate",
        "taux",
    ];
    name.contains('%') || in_words(name).iter().any(|word| NAMES.contains(&word.as_str()))
}

/// The lines of a table.
struct Lines<'c> {
    quantity: &'c Numbers,
    price: &'c Numbers,
    discount: &'c Numbers,
    n: usize,
}

impl Lines<'_> {
    /// The rows with a price and a discount, and the latter in steps of four decimals.
    fn discounted(&self) -> impl Iterator<Item = (usize, i64)> {
        let row = |row| {
            let discount = self.discount.steps(row).filter(|discount| *discount != 0)?;
            (self.price.steps(row)? > 0).then_some((row, discount))
        };
        (0..self.n).filter_map(row)
    }

    /// Whether a product has the price that it has without a discount where there is one too.
    fn is_before(&self, products: &Words) -> bool {
        let mut without: HashMap<u32, HashMap<i64, usize>> = HashMap::new();
        for row in (0..self.n).filter(|row| matches!(self.discount.steps(*row), Some(0) | None)) {
            if let (Some(price), Some(code)) = (self.price.steps(row), products.codes.get(row)) {
                *without.entry(*code).or_default().entry(price).or_default() += 1;
            }
        }
        let (mut n, mut same) = (0, 0);
        for (row, _) in self.discounted() {
            let Some(known) = products.codes.get(row).and_then(|code| without.get(code)) else { continue };
            n += 1;
            same += usize::from(self.price.steps(row).is_some_and(|price| known.contains_key(&price)));
        }
        // A product of many prices says nothing.
        let n_prices: usize = without.values().map(HashMap::len).sum();
        let n_lines: usize = without.values().flat_map(HashMap::values).sum();
        n >= LEAST_LINES && same as f64 >= LEAST_SHARE * n as f64 && n_prices * 3 <= n_lines
    }

    /// How the discount is written.
    fn form(&self, is_percent: bool) -> DiscountForm {
        let mut rates: Vec<i64> = self.discounted().map(|(_, discount)| discount.abs()).collect();
        rates.sort_unstable();
        rates.dedup();
        let most = rates.last().copied().unwrap_or(0);
        let are_rates = rates.len() <= MOST_RATES;
        let are_whole = rates.iter().all(|rate| rate % ONE == 0);
        let is_too_much = self.discounted().any(|(row, discount)| self.is_more_than_line(row, discount));
        if most <= ONE && are_rates {
            return DiscountForm::Share;
        }
        if most <= 100 * ONE && are_rates && (is_percent || (is_too_much && are_whole)) {
            return DiscountForm::Percent;
        }
        // Few round numbers may be either.
        let is_open = are_whole && are_rates && most <= 100 * ONE;
        if !is_percent && !is_too_much && !is_open { DiscountForm::Amount } else { DiscountForm::Open }
    }

    fn is_more_than_line(&self, row: usize, discount: i64) -> bool {
        let line = self.price.get(row).unwrap_or(0.0) * self.quantity.get(row).unwrap_or(1.0).abs();
        discount.abs() as f64 / ONE as f64 > line + 0.005
    }

    fn is_negative(&self) -> bool {
        self.discounted().all(|(_, discount)| discount < 0)
    }

    /// Whether hardly an order has a discount above what it comes to: then it may be money of the order.
    fn fits_orders(&self, orders: &Words) -> bool {
        let mut each: HashMap<u32, (f64, i64)> = HashMap::new();
        for (row, discount) in self.discounted() {
            let line = self.price.get(row).unwrap_or(0.0) * self.quantity.get(row).unwrap_or(1.0).abs();
            if let Some(order) = orders.codes.get(row) {
                let (whole, own) = each.entry(*order).or_insert((0.0, discount));
                (*whole, *own) = (*whole + line, discount);
            }
        }
        let is_above = |(whole, own): &&(f64, i64)| own.abs() as f64 / ONE as f64 > whole + 0.005;
        each.values().filter(is_above).count() * ABOVE_ONE_IN <= each.len()
    }

    /// Whether orders of several lines have one discount on all of them: it is that of the order.
    fn repeats(&self, orders: &Words) -> bool {
        let mut first: HashMap<u32, (i64, usize, bool)> = HashMap::new();
        for row in 0..self.n {
            let (Some(code), Some(own)) = (orders.codes.get(row), self.discount.steps(row)) else { continue };
            let (known, n, is_same) = first.entry(*code).or_insert((own, 0, true));
            *n += 1;
            *is_same &= *known == own;
        }
        let several: Vec<bool> =
            first.values().filter(|(known, n, is_same)| *n > 1 && (*known != 0 || !is_same)).map(|own| own.2).collect();
        several.len() >= LEAST_LINES / 3 && several.iter().filter(|same| **same).count() * 10 >= several.len() * 9
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of ten products, a third of them with a discount, which is written as `discount` says.
    fn found(name: &str, discount: impl Fn(f64) -> String, is_net: bool) -> Option<LineDiscount> {
        let (price, pieces) = (|row: usize| 4.5 + (row % 10) as f64 * 4.15, |row: usize| [1.0, 1.0, 2.0][row / 10 % 3]);
        let is_off = |row: usize| (row / 10).is_multiple_of(3);
        let own = |row: usize| if is_off(row) && is_net { price(row) * 0.8 } else { price(row) };
        let rows = df!(
            "order_id" => (0..600).map(|row| format!("A{}", row / 2)).collect::<Vec<_>>(),
            "product" => (0..600).map(|row| format!("P{}", row % 10)).collect::<Vec<_>>(),
            "quantity" => (0..600).map(|row| pieces(row).to_string()).collect::<Vec<_>>(),
            "unit_price" => (0..600).map(|row| format!("{:.2}", own(row))).collect::<Vec<_>>(),
            name => (0..600)
                .map(|row| if is_off(row) { discount(price(row) * pieces(row)) } else { String::new() })
                .collect::<Vec<_>>(),
        )
        .unwrap();
        of_rows(&rows).remove("unit_price")
    }

    #[test]
    fn discounts_are_amounts_per_cents_or_shares() {
        let form = |own: Option<LineDiscount>| own.map(|own| own.form);
        assert_eq!(
            form(found("line_discount", |line| format!("{:.2}", line * 0.2), false)),
            Some(DiscountForm::Amount)
        );
        assert_eq!(
            form(found("discount", |_| "20".to_owned(), false)),
            Some(DiscountForm::Percent),
            "more than the price of some"
        );
        assert_eq!(form(found("Rabatt %", |_| "2".to_owned(), false)), Some(DiscountForm::Percent));
        assert_eq!(form(found("remise", |_| "20 %".to_owned(), false)), Some(DiscountForm::Share), "as signs are read");
        assert_eq!(form(found("discount", |_| "0.2".to_owned(), false)), Some(DiscountForm::Share));
        assert!(found("discount", |line| format!("-{:.2}", line * 0.2), false).unwrap().is_negative);
        assert_eq!(found("discount", |line| format!("{:.2}", line * 0.2), true), None, "the price is net");
        assert_eq!(
            form(found("discount", |_| "3".to_owned(), false)),
            Some(DiscountForm::Open),
            "three euros or three per cent"
        );
    }
}
