//! Which column of money is another one less a discount, or without its tax, on each row.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::beside::is_of_money;
use super::line_values::{Numbers, agree, discounts, names_discount, same};
use crate::config::{TAXES, WITH_OR_WITHOUT, WhatIsLeft, in_words};

/// Columns that are looked at, at most, so that wide files take no longer.
const MOST_MONEY: usize = 12;
const MOST_TAKEN_OFF: usize = 4;

/// Words beside which a column has not the tax or the discount, but what there is with it or without it, as those of
/// [`WITH_OR_WITHOUT`].
const BESIDE: &[&str] = &["less", "net", "netto", "nach", "vor", "abzgl", "après"];

/// What is left of a column of money less a discount, or else without the tax, by its name.
pub(super) fn of_rows(rows: &DataFrame) -> BTreeMap<String, WhatIsLeft> {
    let is_money = |column: &&Column| {
        let name = column.name();
        is_of_money(name) && !is_tax(name) && !is_discount(name)
    };
    let money = || rows.columns().iter().filter(is_money);
    if money().count() < 2 {
        return BTreeMap::new();
    }
    let taxes = rows.columns().iter().filter(|column| is_tax(column.name())).filter_map(Numbers::of);
    let discounts = discounts(rows).into_iter().filter(|own| is_discount(&own.name));
    let taken_off: Vec<Numbers> = discounts.take(MOST_TAKEN_OFF).chain(taxes.take(MOST_TAKEN_OFF)).collect();
    if taken_off.is_empty() {
        return BTreeMap::new();
    }
    let money: Vec<Numbers> = money().take(MOST_MONEY).filter_map(Numbers::of).collect();
    let left = |own: &Numbers| {
        let of = |less: &Numbers| money.iter().find(|left| is_left(left, own, less, rows.height()));
        let (left, less) = taken_off.iter().find_map(|less| Some((of(less)?, less)))?;
        Some((own.name.clone(), WhatIsLeft { column: left.name.clone(), less: less.name.clone() }))
    };
    money.iter().filter_map(left).collect()
}

fn has(name: &str, known: &[&str]) -> bool {
    in_words(name).iter().any(|word| known.contains(&word.as_str()))
}

fn is_beside(name: &str) -> bool {
    has(name, BESIDE) || has(name, WITH_OR_WITHOUT)
}

fn is_tax(name: &str) -> bool {
    has(name, TAXES) && !is_beside(name)
}

fn is_discount(name: &str) -> bool {
    names_discount(name) && !is_beside(name)
}

/// Whether a column is another one less what is taken off it, which may have a minus; rows without that are no proof.
fn is_left(left: &Numbers, whole: &Numbers, less: &Numbers, n_rows: usize) -> bool {
    let row = |row| {
        let (left, whole) = (left.get(row)?, whole.get(row)?);
        let less = less.get(row).unwrap_or(0.0).abs();
        // Each of the three may be rounded on its own.
        Some((same(left, whole - less * whole.signum(), 2.0), less != 0.0))
    };
    left.name != whole.name && agree((0..n_rows).filter_map(row))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cents of a row.
    type Cents = fn(usize) -> usize;

    fn found(columns: &[(&str, Cents)]) -> Vec<String> {
        let column = |(name, cents): &(&str, Cents)| {
            let texts: Vec<String> =
                (0..400).map(cents).map(|cents| format!("{}.{:02}", cents / 100, cents % 100)).collect();
            Column::new((*name).into(), texts)
        };
        let rows = DataFrame::new(400, columns.iter().map(column).collect()).unwrap();
        of_rows(&rows).into_iter().map(|(whole, left)| format!("{whole} - {} = {}", left.less, left.column)).collect()
    }

    #[test]
    fn rows_tell_what_is_left_of_an_amount() {
        let gross: Cents = |row| 500 + row * 137 % 4000;
        let off: Cents = |row| if row.is_multiple_of(3) { 50 } else { 0 };
        let net: Cents = |row| 500 + row * 137 % 4000 - if row.is_multiple_of(3) { 50 } else { 0 };
        assert_eq!(
            found(&[("Gross Total", gross), ("Discount", off), ("Net Total", net)]),
            ["Gross Total - Discount = Net Total"]
        );
        assert_eq!(
            found(&[("Line Amount", gross), ("Discount", off), ("Line Amount After Discount", net)]),
            ["Line Amount - Discount = Line Amount After Discount"]
        );
        assert_eq!(found(&[("Total", gross), ("VAT", off), ("Subtotal", net)]), ["Total - VAT = Subtotal"]);
        assert!(found(&[("Total", gross), ("Shipping", off), ("Subtotal", net)]).is_empty(), "no tax, no discount");
        assert!(found(&[("Total", gross), ("Discount", off), ("Order Total", gross)]).is_empty(), "another one");
    }
}
