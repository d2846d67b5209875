//! The amount of a line: as it stands, from cents, or from a price and a quantity.

use std::collections::BTreeMap;

use super::nearness::{BY_WORDS, distance};
use crate::config::expressions::{always_quoted, quoted};
use crate::config::found::{DiscountForm, DraftColumn, LineDiscount};
use crate::config::lexicon;
use crate::config::looks::plausible;
use crate::config::name_words::in_words;
use crate::config::synonyms::{ORDER_LEVEL, UNIT_PRICES};
use crate::config::tables::Kind;

/// Words that tell that an amount is counted in hundredths.
const HUNDREDTHS: &[&str] = &["cent", "cents", "ct", "pence", "centimes", "centavos", "pfennig", "ore", "minor"];

/// An amount as it stands, or divided where its name says that it is counted in cents.
pub(super) fn in_major_units(column: &DraftColumn, written: String) -> String {
    let is_in_cents = in_words(&column.name).iter().any(|word| HUNDREDTHS.contains(&word.as_str()));
    if is_in_cents { format!("{} / 100", always_quoted(&column.name)) } else { written }
}

/// Whether an amount of that name is of an order as a whole.
pub(super) fn is_of_order(name: &str) -> bool {
    let words = in_words(name);
    ORDER_LEVEL.contains(&words.join("_").as_str()) || lexicon::is_of_order(&words)
}

/// What is left of an amount after a discount and without its tax, as far as columns have it.
pub(super) fn what_is_left<'c>(amount: &'c DraftColumn, columns: &'c [DraftColumn]) -> &'c DraftColumn {
    let next = |column: &&'c DraftColumn| {
        let left = &column.left.as_ref()?.column;
        columns.iter().find(|other| other.name == *left)
    };
    // First the discount, then the tax.
    std::iter::successors(Some(amount), next).take(3).last().unwrap_or(amount)
}

/// Quantity times unit price, if there is no amount of the line itself; the price alone if there is no quantity. Where values
/// give away that a price is of the line or an amount of one piece, they count and not the names.
pub(super) fn derived_amount(
    matched: &BTreeMap<&'static str, &DraftColumn>,
    columns: &[DraftColumn],
) -> Option<String> {
    let quantity = matched.get("quantity");
    let times = |quantity: &DraftColumn, price: &DraftColumn| {
        let whole = format!("{} * {}", quoted(&quantity.name), in_major_units(price, quoted(&price.name)));
        match price.less.as_ref().filter(|less| columns.iter().any(|column| column.name == less.column)) {
            Some(less) => less_discount(&whole, less, columns),
            None => whole,
        }
    };
    let is_of_line = |column: &DraftColumn| {
        let told = column.line_value.as_ref().filter(|told| quantity.is_some_and(|own| own.name == told.quantity));
        told.map(|told| told.is_of_line)
    };
    // A total that grows with the quantity within a product is one of the line, whatever it is called.
    let is_total = |column: &DraftColumn| is_of_order(&column.name) && is_of_line(column) != Some(true);
    let left_of = |amount: &DraftColumn| {
        let left = what_is_left(amount, columns);
        (left.name != amount.name).then(|| in_major_units(left, left.name.clone()))
    };
    if let Some(amount) = matched.get("amount").filter(|column| !is_total(column)) {
        // One price may be paid for any quantity, where the name says that it is of the line.
        let is_of_piece = is_of_line(amount) == Some(false) && !lexicon::is_of_line(&in_words(&amount.name));
        let of_pieces = quantity.filter(|_| is_of_piece).map(|quantity| times(quantity, amount));
        return of_pieces.or_else(|| left_of(amount));
    }
    let Some(price) = unit_price(columns) else { return matched.get("amount").and_then(|amount| left_of(amount)) };
    match (quantity, matched.get("amount")) {
        (Some(_), _) if is_of_line(price) == Some(true) => {
            let net = price.line_value.as_ref().and_then(|told| told.net.as_ref());
            let price = columns.iter().find(|column| Some(&column.name) == net).unwrap_or(price);
            Some(in_major_units(price, price.name.clone()))
        }
        (Some(quantity), _) => Some(times(quantity, price)),
        (None, Some(amount)) => left_of(amount),
        (None, None) => Some(in_major_units(price, price.name.clone())),
    }
}

/// A line less its discount.
fn less_discount(whole: &str, less: &LineDiscount, columns: &[DraftColumn]) -> String {
    let discount = discount_of(less, columns);
    match less.form {
        DiscountForm::Amount => format!("{whole} - {discount}"),
        DiscountForm::Percent => format!("{whole} * (1 - {discount} / 100)"),
        DiscountForm::Share => format!("{whole} * (1 - {discount})"),
        DiscountForm::Open => whole.to_owned(),
    }
}

/// A discount in per cent, or as a share, as money of the line.
pub(super) fn discount_in_money(
    matched: &BTreeMap<&'static str, &DraftColumn>,
    columns: &[DraftColumn],
) -> Option<String> {
    let (quantity, price) = (matched.get("quantity")?, unit_price(columns)?);
    let less = price.less.as_ref().filter(|less| matched.get("discount").is_none_or(|own| own.name == less.column))?;
    let whole = format!("{} * {}", quoted(&quantity.name), in_major_units(price, quoted(&price.name)));
    let discount = discount_of(less, columns);
    match less.form {
        DiscountForm::Amount | DiscountForm::Open => None,
        DiscountForm::Percent => Some(format!("{whole} * {discount} / 100")),
        DiscountForm::Share => Some(format!("{whole} * {discount}")),
    }
}

/// The discounts of the order that the columns of an amount are before, together.
pub(super) fn discount_of_order(read: &[String], columns: &[DraftColumn]) -> Option<String> {
    let found: Vec<&DraftColumn> = columns
        .iter()
        .filter(|column| column.off_order.iter().any(|before| read.contains(before)) && !read.contains(&column.name))
        .collect();
    match found.as_slice() {
        [] => None,
        [one] => Some(one.name.clone()),
        several => {
            let each: Vec<String> =
                several.iter().map(|column| format!("ABS(COALESCE({}, 0))", always_quoted(&column.name))).collect();
            Some(each.join(" + "))
        }
    }
}

/// The discount as it is taken off; where there is none, none is.
fn discount_of(less: &LineDiscount, columns: &[DraftColumn]) -> String {
    let name = quoted(&less.column);
    let has_empty = columns.iter().any(|column| column.name == less.column && column.n_empty > 0);
    let given = if has_empty { format!("COALESCE({name}, 0)") } else { name };
    if less.is_negative { format!("ABS({given})") } else { given }
}

/// Whether a name is that of what a shop has, and nobody has bought.
pub(super) fn is_of_stock(name: &str) -> bool {
    const STOCK: &[&str] = &[
        "stock",
        "stocks",
        "inventory",
        "bestand",
        "lagerbestand",
        "lager",
        "existencias",
        "estoque",
        "giacenza",
        "voorraad",
        "magazyn",
        "stan",
        "在庫",
        "库存",
    ];
    in_words(name).iter().any(|word| STOCK.contains(&word.as_str()))
}

/// The column whose name is that of a price of one piece, the one most alike.
fn unit_price(columns: &[DraftColumn]) -> Option<&DraftColumn> {
    let prices = columns.iter().filter(|column| plausible(Kind::Money, column));
    let near = prices.filter_map(|column| Some((distance_of_price(&column.name)?, column)));
    near.min_by_key(|(distance, _)| *distance).map(|(_, column)| column)
}

fn distance_of_price(name: &str) -> Option<(u8, usize)> {
    let by_words = || lexicon::distance_of_unit_price(&in_words(name)).map(|rank| (BY_WORDS, rank));
    distance(Kind::Money, UNIT_PRICES, name).or_else(by_words)
}

/// Whether a name is that of a price of one piece.
pub(crate) fn is_unit_price(name: &str) -> bool {
    distance_of_price(name).is_some()
}
