//! Which column of money is another one less a discount, or without its tax, on each row.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::beside::is_of_money;
use super::line_values::{Numbers, agree, discounts, names_discount, same};
use crate::config::{TAXES, TakenOff, WITH_OR_WITHOUT, WhatIsLeft, in_words, is_before_tax, is_with_its_tax};

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
    let fees: Vec<Numbers> = rows.columns().iter().filter_map(fees).take(MOST_TAKEN_OFF).collect();
    let together = (fees.len() > 1).then(|| Numbers::sum(&fees));
    let named = |own: &Numbers| vec![own.name.clone()];
    let each = fees.iter().map(|own| (named(own), own));
    let fees: Vec<(Vec<String>, &Numbers)> =
        each.chain(together.iter().map(|sum| (fees.iter().flat_map(named).collect(), sum))).collect();
    let money: Vec<Numbers> = money().take(MOST_MONEY).filter_map(Numbers::of).collect();
    let left = |own: &Numbers| {
        let of = |less: &Numbers| money.iter().find(|left| is_left(left, own, less, rows.height()));
        let (left, less) = taken_off.iter().find_map(|less| Some((of(less)?, less)))?;
        Some((own.name.clone(), WhatIsLeft { column: left.name.clone(), less: TakenOff::Column(less.name.clone()) }))
    };
    let mut found: BTreeMap<String, WhatIsLeft> = money.iter().filter_map(left).collect();
    for own in &money {
        let before = fees.iter().find_map(|(names, less)| {
            let is_whole = |whole: &&Numbers| !names.contains(&whole.name) && is_left(own, whole, less, rows.height());
            let whole = money.iter().filter(|_| !names.contains(&own.name)).find(is_whole)?;
            Some(WhatIsLeft { column: whole.name.clone(), less: TakenOff::Fees(names.clone()) })
        });
        if let Some(before) = before {
            found.insert(own.name.clone(), before);
        }
    }
    for whole in money.iter().filter(|own| is_with_its_tax(&own.name)) {
        let is_net = |left: &&Numbers| {
            is_before_tax(&left.name) && !found.contains_key(&left.name) && is_without_tax(left, whole, rows.height())
        };
        if let Some(net) = money.iter().find(is_net).filter(|_| !found.contains_key(&whole.name)) {
            let without = WhatIsLeft { column: net.name.clone(), less: TakenOff::Tax };
            found.insert(whole.name.clone(), without);
        }
    }
    found
}

/// What the shop pays to others of each sale, by the name of the column: its fees, and not those that customers pay.
fn fees(column: &Column) -> Option<Numbers> {
    const FEES: &[&str] =
        &["fee", "fees", "gebühr", "gebühren", "frais", "tarifa", "tariffe", "taxas", "kosten", "charge", "charges"];
    const OF_SELLERS: &[&str] = &[
        "selling",
        "seller",
        "sellers",
        "marketplace",
        "transaction",
        "processing",
        "referral",
        "platform",
        "paypal",
        "stripe",
        "fba",
        "verkaufs",
        "verkäufer",
        "commission",
        "commissions",
        "provision",
        "provisionen",
        "comisión",
        "comision",
        "comissão",
        "commissione",
        "commissie",
        "prowizja",
    ];
    const OF_CUSTOMERS: &[&str] =
        &["shipping", "delivery", "service", "handling", "booking", "versand", "liefer", "livraison", "port"];
    let words = in_words(column.name());
    let any = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    let compound =
        words.iter().any(|word| word.ends_with("gebühr") || word.ends_with("gebühren") || word.ends_with("provision"));
    let is_of_seller = any(OF_SELLERS) && !any(&["id", "date", "rate", "type"]);
    if any(OF_CUSTOMERS) || !(is_of_seller || any(FEES) || compound) {
        return None;
    }
    let fees = Numbers::of(column)?;
    // Where no name says who pays, a minus does.
    let n_below = || (0..column.len()).filter(|row| fees.steps(*row).is_some_and(|fee| fee < 0)).count();
    let n_above = || (0..column.len()).filter(|row| fees.steps(*row).is_some_and(|fee| fee > 0)).count();
    (is_of_seller || n_below() > n_above()).then_some(fees)
}

/// The highest rate of a tax on sales, with some room for rounding.
const HIGHEST_TAX: f64 = 1.285;

/// Whether a column may be another one without its tax on each row, as rates go.
fn is_without_tax(left: &Numbers, whole: &Numbers, n_rows: usize) -> bool {
    let row = |row| {
        let (left, whole) = (left.get(row)?.abs(), whole.get(row)?.abs());
        Some((left <= whole + 0.011 && whole <= left * HIGHEST_TAX + 0.011, whole > left))
    };
    left.name != whole.name && agree((0..n_rows).filter_map(row))
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
        let less = |less: TakenOff| match less {
            TakenOff::Column(less) => format!("- {less}"),
            TakenOff::Tax => "- tax".to_owned(),
            TakenOff::Fees(fees) => format!("+ {}", fees.join(" + ")),
        };
        of_rows(&rows)
            .into_iter()
            .map(|(whole, left)| format!("{whole} {} = {}", less(left.less), left.column))
            .collect()
    }

    #[test]
    fn an_amount_without_its_tax_and_one_before_fees_are_told() {
        let gross: Cents = |row| 500 + row * 137 % 4000;
        let net: Cents = |row| (500 + row * 137 % 4000) * 100 / 119;
        let fee: Cents = |row| (500 + row * 137 % 4000) / 8;
        let after: Cents = |row| 500 + row * 137 % 4000 - (500 + row * 137 % 4000) / 8;
        assert_eq!(found(&[("Totaal incl", gross), ("Totaal excl", net)]), ["Totaal incl - tax = Totaal excl"]);
        assert_eq!(found(&[("Montant TTC", gross), ("Montant HT", net)]), ["Montant TTC - tax = Montant HT"]);
        assert!(found(&[("Totaal incl", gross), ("Bedrag excl", |row| 100 + row)]).is_empty(), "of something else");
        assert!(found(&[("Gross sales", gross), ("Net sales", net)]).is_empty(), "less discounts, perhaps");
        assert_eq!(
            found(&[("Item total", gross), ("Selling fees", fee), ("Net amount", after)]),
            ["Net amount + Selling fees = Item total"]
        );
        let half: Cents = |row| (500 + row * 137 % 4000) / 8 / 2;
        let rest: Cents = |row| (500 + row * 137 % 4000) / 8 - (500 + row * 137 % 4000) / 8 / 2;
        assert_eq!(
            found(&[("product sales", gross), ("selling fees", half), ("fba fees", rest), ("total", after)]),
            ["total + selling fees + fba fees = product sales"]
        );
        assert!(found(&[("Total", gross), ("Delivery fee", fee), ("Subtotal", after)]).is_empty(), "paid by customers");
        assert!(found(&[("Total", gross), ("Fee", fee), ("Subtotal", after)]).is_empty(), "nobody knows by whom");
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
