//! Lines that are billed and are no goods: postage, discounts, fees, corrections. Whoever was billed nothing else bought nothing,
//! and a discount that is taken back is no return.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Finding, Severity};
use super::mending::{column, filter};
use crate::config::{Config, Table};
use crate::ingest::{ABSENT, TypedTable, is_no_purchase, sql_text};
use crate::maths::hash::key;
use crate::text::{counted, grouped};

/// Fewer lines are not worth a word.
const LEAST_LINES: u64 = 20;

/// Codes of goods from which on it is told how a code looks, and per cent of the lines that must have a digit in theirs.
const LEAST_CODES: usize = 50;
const WITH_DIGITS_PERCENT: u64 = 90;

/// Letters of a code without digits at most: longer ones are names.
const LONGEST_CODE: usize = 16;

/// Of more codes without digits most are goods.
const MOST_CODES: usize = 25;

/// Names of up to so many words that hold one of [`WORDS`] are no names of goods.
const FEW_WORDS: usize = 3;

/// Words of what is billed beside goods.
const WORDS: &[&str] = &[
    "postage",
    "shipping",
    "freight",
    "versand",
    "versandkosten",
    "fracht",
    "frachtkosten",
    "lieferkosten",
    "livraison",
    "portokosten",
    "envío",
    "envio",
    "flete",
    "frete",
    "spedizione",
    "verzendkosten",
    "frakt",
    "doprava",
    "dostawa",
    "przesyłka",
    "доставка",
    "送料",
    "运费",
    "배송비",
    "discount",
    "rabatt",
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
    "折扣",
    "할인",
    "voucher",
    "gutschein",
    "surcharge",
    "zuschlag",
    "gebühr",
    "bearbeitungsgebühr",
    "fee",
    "fees",
    "charges",
    "commission",
    "donation",
    "spende",
    "trinkgeld",
    "rounding",
    "rundung",
    "rundungsdifferenz",
    "adjustment",
    "pfand",
    "consigne",
];

/// Lines and turnover of one product, in minor units.
#[derive(Debug, Clone, Copy, Default)]
struct Billed {
    lines: u64,
    amount: i128,
}

/// What a shop bills by product: of products that may be no goods, and how many look like goods.
#[derive(Debug, Clone, Default)]
pub(super) struct NoGoods {
    /// Products without a digit, or of a few words one of which is telling.
    doubtful: BTreeMap<String, Billed>,
    /// Lines of all products, and of those with a digit.
    lines: u64,
    lines_with_digits: u64,
    /// Products with a digit, as hashes: the lowest, as many as matter.
    with_digits: BTreeSet<u64>,
}

impl NoGoods {
    /// What is billed under the values of one of our columns.
    pub(super) fn of(purchases: &TypedTable, column: &str) -> Self {
        let (names, codes) = (purchases.names(column), purchases.codes(column));
        let amounts = purchases.money("amount");
        let mut billed = vec![Billed::default(); names.len()];
        for row in purchases.used_rows() {
            let code = codes.get(row).and_then(|code| usize::try_from(*code).ok());
            let Some(own) = code.and_then(|code| billed.get_mut(code)) else { continue };
            // What comes to nothing, as a discount that was taken from the other lines, is billed to nobody.
            if amounts.get(row) == Some(&0) {
                continue;
            }
            own.lines += 1;
            own.amount +=
                amounts.get(row).filter(|amount| **amount != ABSENT).map_or(0, |amount| i128::from(amount.abs()));
        }
        let mut found = Self::default();
        for (name, own) in names.iter().zip(billed).filter(|(_, own)| own.lines > 0) {
            let has_digit = name.chars().any(char::is_numeric);
            found.lines += own.lines;
            found.lines_with_digits += if has_digit { own.lines } else { 0 };
            found.with_digits.extend(has_digit.then(|| key(name.as_bytes())));
            if is_named(name) || is_no_purchase(name) || is_code_without_digits(name) {
                found.doubtful.insert(name.clone(), own);
            }
            found.forget();
        }
        found
    }

    /// Keeps no more hashes than matter.
    fn forget(&mut self) {
        while self.with_digits.len() > LEAST_CODES {
            self.with_digits.pop_last();
        }
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        for (name, own) in other.doubtful {
            let sum = self.doubtful.entry(name).or_default();
            *sum = Billed { lines: sum.lines + own.lines, amount: sum.amount + own.amount };
        }
        self.lines += other.lines;
        self.lines_with_digits += other.lines_with_digits;
        self.with_digits.extend(other.with_digits);
        self.forget();
    }

    /// Products that are no goods by their names, or by codes unlike those of all others; categories by their names.
    pub(super) fn finding(&self, config: &Config, ours: &'static str) -> Option<Finding> {
        let is_known = |name: &str| config.purchases.known_values.iter().any(|known| known == name);
        let n_without = self.doubtful.keys().filter(|name| is_code_without_digits(name)).count();
        let are_codes = ours == "product_id"
            && self.with_digits.len() >= LEAST_CODES
            && n_without <= MOST_CODES
            && self.lines_with_digits * 100 >= self.lines * WITH_DIGITS_PERCENT;
        let is_no_good =
            |name: &str| is_named(name) || is_no_purchase(name) || (are_codes && is_code_without_digits(name));
        let found = self.doubtful.iter().filter(|(name, _)| is_no_good(name) && !is_known(name));
        let mut found: Vec<(&str, Billed)> = found.map(|(name, own)| (name.as_str(), *own)).collect();
        let lines: u64 = found.iter().map(|(_, own)| own.lines).sum();
        if lines < LEAST_LINES {
            return None;
        }
        found.sort_unstable_by(|one, two| two.1.lines.cmp(&one.1.lines).then(one.0.cmp(two.0)));
        let amount: i128 = found.iter().map(|(_, own)| own.amount).sum();
        let n = found.len() as u64;
        let message = format!(
            "{} on {}, {} {} in all, look like no goods but postage, discounts, vouchers, tips, fees or corrections; they count as bought, or as \
             returned",
            if ours == "product_id" {
                counted(n, "product")
            } else {
                format!("{n} categor{}", if n == 1 { "y" } else { "ies" })
            },
            counted(lines, "line"),
            config.currency.code(),
            config.currency.digits(amount)
        );
        let listed: Vec<String> = found.iter().map(|(name, _)| sql_text(name)).collect();
        let condition = format!("{} NOT IN ({})", column(&config.purchases, ours), listed.join(", "));
        let hint = format!(
            "set aside what is none: write {}; or name in `known_values` what customers do buy",
            filter(config, &condition)
        );
        let finding = Finding::new("no_goods", Table::Purchases.name(), Severity::Recommendation, message);
        let examples = found.iter().map(|(name, own)| format!("`{name}` ({})", grouped(own.lines)));
        Some(finding.of_column(ours).counting(lines).with_examples(examples).with_hint(hint))
    }
}

/// Whether a product is called by what is billed beside goods, and by little else.
fn is_named(name: &str) -> bool {
    let lower = name.to_lowercase();
    let words: Vec<&str> =
        lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.len() <= FEW_WORDS && words.iter().any(|word| WORDS.contains(word))
}

/// Whether a code has letters alone.
fn is_code_without_digits(name: &str) -> bool {
    name.len() <= LONGEST_CODE && !name.chars().any(char::is_numeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_what_is_billed_beside_goods_are_known_and_those_of_goods_are_not() {
        for name in ["Shipping", "Versandkosten DHL", "Discount 10%", "BANK CHARGES", "送料", "Rabatt"] {
            assert!(is_named(name), "{name}");
        }
        for name in [
            "Post card",
            "Fence post",
            "Charge 3 tracker",
            "Set of 3 voucher holders in red",
            "Coffee",
            "Porto Tawny",
            "Kargo pantolon",
        ] {
            assert!(!is_named(name), "{name}");
        }
        assert!(is_code_without_digits("DOT") && !is_code_without_digits("C2"));
    }
}
