//! Amounts that count the quantity once too often, or not at all: within a product the amount of a line grows as its quantity,
//! that of a price taken for it not, and that of a line that is multiplied once more as the square.

use std::collections::BTreeMap;

use super::finding::{Finding, Severity};
use super::mending;
use crate::config::{AmountIs, Config, Table};
use crate::ingest::{TypedTable, toml_text};
use crate::maths::hash::key;
use crate::maths::powers::{Evidence, Powers};
use crate::text::{counted, grouped};

/// The amounts of each product beside their quantities, and those of all.
#[derive(Debug, Clone, Default)]
pub(super) struct CountedPieces {
    products: BTreeMap<u64, Powers>,
    all: Powers,
}

impl CountedPieces {
    /// What lines show; nothing where amounts are of orders and were shared out.
    pub(super) fn of(purchases: &TypedTable, config: &Config) -> Self {
        let (quantities, amounts) = (purchases.numbers("quantity"), purchases.money("amount"));
        if quantities.is_empty() || config.purchases.amount_is == Some(AmountIs::Order) {
            return Self::default();
        }
        let (names, codes) = (purchases.names("product_id"), purchases.codes("product_id"));
        let (mut each, mut all) = (vec![Powers::default(); names.len()], Powers::default());
        for row in purchases.used_rows() {
            let (Some(quantity), Some(amount)) = (quantities.get(row), amounts.get(row)) else { continue };
            let mut own = Powers::default();
            own.see(f64::from(*quantity), *amount as f64);
            all.add(&own);
            let product = codes.get(row).and_then(|code| usize::try_from(*code).ok());
            if let Some(product) = product.and_then(|product| each.get_mut(product)) {
                product.add(&own);
            }
        }
        let products = names.iter().map(|name| key(name.as_bytes())).zip(each).collect();
        Self { products, all }
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: &Self) {
        self.all.add(&other.all);
        for (product, own) in &other.products {
            self.products.entry(*product).or_default().add(own);
        }
    }

    /// What is found of amounts that do not grow as the quantity does.
    pub(super) fn finding(&self, config: &Config) -> Option<Finding> {
        let of_products = Evidence::of(self.products.values());
        match of_products.filter(|evidence| evidence.rows > 0) {
            Some(evidence) if evidence.is_clear() => by_products(&evidence, config),
            Some(_) => None,
            None => by_all(&self.all, config),
        }
    }
}

fn by_products(evidence: &Evidence, config: &Config) -> Option<Finding> {
    let (is_overwhelming, lines) = (evidence.is_overwhelming(), grouped(evidence.rows.unsigned_abs()));
    let products = counted(evidence.groups as u64, "product");
    let place = format!("in {lines} lines of {products} with another `quantity` than one");
    match evidence.power {
        2 => {
            let severity = if is_overwhelming { Severity::Error } else { Severity::Warning };
            Some(squared(severity, &place, config).counting(evidence.rows.unsigned_abs()))
        }
        0 if is_overwhelming => Some(of_a_piece(&place, config).counting(evidence.rows.unsigned_abs())),
        _ => None,
    }
}

/// Without products, an amount that grows as the square is told: no other reading has one.
fn by_all(all: &Powers, config: &Config) -> Option<Finding> {
    let (_, is_sure) = all.ungrouped().filter(|(power, _)| *power == 2)?;
    let severity = if is_sure { Severity::Error } else { Severity::Warning };
    let lines = all.rows_of_several().unsigned_abs();
    let place = format!("over {} lines with another `quantity` than one", grouped(lines));
    Some(squared(severity, &place, config).counting(lines))
}

/// The amount grows as the square of the quantity.
fn squared(severity: Severity, place: &str, config: &Config) -> Finding {
    let (amount, factor) = (mending::number(&config.purchases, "amount"), other_factor(config));
    let what = factor.as_ref().map_or_else(|| "what it multiplies by it".to_owned(), |price| format!("`{price}`"));
    let message = format!(
        "`amount` grows as the square of `quantity` {place}: {what} grows with the quantity already, as the amount of a line does \
         and the price of one piece does not, so that money is counted several times"
    );
    let mended = factor.unwrap_or_else(|| format!("{amount} / {}", mending::number(&config.purchases, "quantity")));
    let hint = format!(
        "if {what} is the amount of the line, write {}; if it is the price of one piece all the same, take `quantity` out of the \
         mapping, which then is no number of pieces",
        line(&mended)
    );
    Finding::new("quantity_counted_twice", Table::Purchases.name(), severity, message)
        .of_column("amount")
        .with_hint(hint)
}

/// The amount does not depend on the quantity.
fn of_a_piece(place: &str, config: &Config) -> Finding {
    let message = format!(
        "`amount` is the same for any `quantity` {place}: it seems to be the price of one piece and not of the line"
    );
    let (quantity, amount) =
        (mending::number(&config.purchases, "quantity"), mending::number(&config.purchases, "amount"));
    let hint = format!(
        "if it is the price of one piece, write {}; leave it if one price is paid for any quantity, such as that of a pack",
        line(&format!("{quantity} * {amount}"))
    );
    Finding::new("price_of_a_piece", Table::Purchases.name(), Severity::Warning, message)
        .of_column("amount")
        .with_hint(hint)
}

fn line(amount: &str) -> String {
    format!("`amount = {}` in `[purchases.columns]`", toml_text(amount))
}

/// What the amount multiplies by the quantity, where it is the product of two columns.
fn other_factor(config: &Config) -> Option<String> {
    let columns = &config.purchases.columns;
    let (amount, quantity) = (columns.get("amount")?, columns.get("quantity")?);
    let (one, other) = amount.split_once('*')?;
    let bare = |name: &str| name.trim().trim_matches('"').to_owned();
    let is_column = |name: &str| !name.contains(['*', '/', '+', '(', ',']) && name.matches('"').count() != 1;
    match (one.trim(), other.trim()) {
        (one, other) if bare(one) == bare(quantity) && is_column(other) => Some(bare(other)),
        (one, other) if bare(other) == bare(quantity) && is_column(one) => Some(bare(one)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(amount: &str) -> Config {
        let toml = format!(
            "name = 'x'\ncurrency = 'EUR'\n[churn]\nhorizon_days = 90\n[purchases]\npath = 'p.csv'\n[purchases.columns]\n\
             customer_id = 'c'\npurchased_at = 'day'\nquantity = 'Qty'\namount = '{amount}'\n"
        );
        Config::from_toml(&toml, std::path::Path::new("retain.toml")).unwrap()
    }

    fn said(amount: &str, power: i32, products: u64) -> Option<String> {
        let mut pieces = CountedPieces::default();
        for row in 0..600_u64 {
            let quantity = f64::from([1, 1, 2, 1, 4][usize::try_from(row / 10 % 5).unwrap()]);
            let mut own = Powers::default();
            own.see(quantity, (350 + row % 10 * 415) as f64 * quantity.powi(power));
            let name = if products == 0 { continue } else { row % 10 % products };
            let mut part = CountedPieces { all: own, ..CountedPieces::default() };
            part.products.insert(name, own);
            pieces.add(&part);
        }
        let finding = pieces.finding(&config(amount))?;
        Some(format!("{} {} {}", finding.severity, finding.message, finding.hint.unwrap_or_default()))
    }

    #[test]
    fn amounts_that_count_the_quantity_twice_or_never_are_told_with_the_line_that_mends_them() {
        let twice = said(r#"Qty * "Gross Price""#, 2, 10).unwrap();
        assert!(
            twice.starts_with("error `amount` grows as the square of `quantity` in 240 lines of 10 products"),
            "{twice}"
        );
        assert!(twice.contains(r#"write `amount = "Gross Price"` in `[purchases.columns]`"#), "{twice}");
        let other = said("price * 1.19 * Qty", 2, 10).unwrap();
        assert!(other.contains(r#"(price * 1.19 * Qty) / \"Qty\""#), "{other}");
        let never = said("sales", 0, 10).unwrap();
        assert!(never.starts_with("warning") && never.contains(r#"`amount = "\"Qty\" * \"sales\""`"#), "{never}");
    }

    #[test]
    fn amounts_of_lines_and_shops_that_show_nothing_are_left_alone() {
        assert_eq!(said("Qty * price", 1, 10), None);
        assert_eq!(said("total", 1, 10), None);
        assert_eq!(said("total", 0, 0), None);
    }
}
