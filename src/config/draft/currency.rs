//! What the columns of purchases tell of the currency and of the zone of times.

use super::text::{line, one_line};
use crate::config::currencies;
use crate::config::found::{DraftColumn, FoundZone};
use crate::config::knobs;
use crate::config::lexicon;
use crate::config::looks;
use crate::config::name_words::in_words;
use crate::config::tables::Kind;
use crate::config::time_zones;

/// The codes of currencies that a column has, the most frequent first, and the column.
pub(super) fn currencies_of(columns: &[DraftColumn]) -> Option<(&str, Vec<String>)> {
    let of_currencies = columns.iter().filter(|column| names_currencies(&column.name) && !column.values.is_empty());
    let codes = |column: &DraftColumn| -> Vec<String> {
        column.values.iter().map(|count| count.value.to_uppercase()).collect()
    };
    let are_codes = |codes: &Vec<String>| codes.iter().all(|code| currencies::CODES.contains(&code.as_str()));
    let mut named = of_currencies.map(|column| (column.name.as_str(), codes(column)));
    named.find(|(_, codes)| are_codes(codes))
}

/// The currency whose sign, which no other currency uses, stands at an amount; with the sign and the column. Letters before a
/// whole number are no sign where the column does not speak of money: `R1042` is a receipt, and no rand.
fn signed_currency(columns: &[DraftColumn]) -> Option<(&'static str, &str, &str)> {
    let is_amount = |column: &&DraftColumn| looks::plausible(Kind::Money, column);
    let mut found = Vec::new();
    for column in columns.iter().filter(is_amount) {
        let Some((code, sign)) = looks::signed_currency(&column.example) else { continue };
        let is_id = sign.chars().all(char::is_alphabetic) && !column.example.contains(['.', ',']);
        if !is_id || lexicon::speaks_of_money(&in_words(&column.name)) {
            found.push((code, sign, column.name.as_str()));
        }
    }
    found.first().filter(|first| found.iter().all(|other| other.0 == first.0)).copied()
}

/// The currency whose code, and no other, stands in the names of amounts: `Betrag CHF`.
fn named_currency(columns: &[DraftColumn]) -> Option<(&'static str, &str)> {
    let is_amount = |column: &&DraftColumn| {
        looks::plausible(Kind::Money, column) && lexicon::speaks_of_money(&in_words(&column.name))
    };
    let code = |column: &&'_ DraftColumn| currencies::code_in(&column.name);
    let mut named = columns.iter().filter(is_amount).filter_map(|column| Some((code(&column)?, column.name.as_str())));
    let first = named.next()?;
    named.all(|other| other.0 == first.0).then_some(first)
}

pub(super) fn currency(draft: &mut String, columns: &[DraftColumn]) {
    let key = knobs::CURRENCY.name;
    let written = match currencies_of(columns) {
        Some((column, codes)) => match codes.as_slice() {
            [code] => format!("{key} = \"{code}\"  # the only one in the column `{}`", one_line(column)),
            several => format!(
                "{key} = \"\"  # fill in: three-letter code, required; `{}` has {}",
                one_line(column),
                several.join(", ")
            ),
        },
        None => match (signed_currency(columns), named_currency(columns)) {
            (Some((code, sign, name)), Some((other, column))) if code != other => format!(
                "{key} = \"\"  # fill in: three-letter code, required; `{}` says {other}, and `{}` has the sign `{sign}`",
                one_line(column),
                one_line(name)
            ),
            (Some((code, sign, name)), _) => format!("{key} = \"{code}\"  # the sign `{sign}` in `{}`", one_line(name)),
            (None, Some((code, name))) => format!("{key} = \"{code}\"  # as `{}` says", one_line(name)),
            (None, None) => format!("{key} = \"\"  # fill in: three-letter code, required"),
        },
    };
    line(draft, &written);
}

pub(super) fn timezone(draft: &mut String, columns: &[DraftColumn]) {
    let key = knobs::TIMEZONE.name;
    let written = match time_zones::of_columns(columns) {
        Some((column, zone)) => format!("{key} = \"{zone}\"  # the only one in the column `{}`", one_line(column)),
        None => match columns.iter().find_map(|column| Some((&column.name, column.zone.as_ref()?))) {
            Some((column, FoundZone { zone, is_of_midnights })) => format!(
                "{key} = \"{zone}\"  # {} `{}`; a zone with the same clocks serves as well",
                if *is_of_midnights { "its midnights stand in" } else { "its clocks have the offsets of" },
                one_line(column)
            ),
            None => format!("# {key} = \"UTC\"  # of midnights, and of times that are written without a zone"),
        },
    };
    line(draft, &written);
}

/// Whether a column of that name holds currencies.
fn names_currencies(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "currency",
        "währung",
        "waehrung",
        "währg",
        "waehrg",
        "whrg",
        "devise",
        "moneda",
        "moeda",
        "valuta",
        "waluta",
        "měna",
        "mena",
        "pénznem",
        "döviz",
        "валюта",
        "通貨",
        "货币",
        "통화",
        "wkz",
    ];
    let words = in_words(name);
    words.iter().any(|word| WORDS.contains(&word.as_str())) && !words.iter().any(|word| word == "converted")
}
