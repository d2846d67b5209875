//! The amount of a line: as it stands, from cents, or from a price and a quantity.

use std::collections::BTreeMap;

use super::nearness::{BY_WORDS, distance};
use crate::config::expressions::{always_quoted, quoted};
use crate::config::found::DraftColumn;
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

/// Quantity times unit price, if there is no amount of the line itself; the price alone if there is no quantity.
pub(super) fn derived_amount(
    matched: &BTreeMap<&'static str, &DraftColumn>,
    columns: &[DraftColumn],
) -> Option<String> {
    let is_line_level = |column: &&DraftColumn| !is_of_order(&column.name);
    if matched.get("amount").is_some_and(is_line_level) {
        return None;
    }
    let prices = columns.iter().filter(|column| plausible(Kind::Money, column));
    let price = prices
        .filter_map(|column| {
            let by_words = || lexicon::distance_of_unit_price(&in_words(&column.name)).map(|rank| (BY_WORDS, rank));
            Some((distance(Kind::Money, UNIT_PRICES, &column.name).or_else(by_words)?, column))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, column)| column)?;
    match matched.get("quantity") {
        Some(quantity) => Some(format!("{} * {}", quoted(&quantity.name), in_major_units(price, quoted(&price.name)))),
        None if matched.contains_key("amount") => None,
        None => Some(in_major_units(price, price.name.clone())),
    }
}
