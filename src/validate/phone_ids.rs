//! Phone numbers as ids, with and without the code of the country: `+49 170 1234567` and `0170 1234567`.

use std::collections::{BTreeMap, BTreeSet};

use super::customer_ids::{Ids, NOTABLE_PERCENT};
use super::finding::{Finding, Severity};
use super::mending::customer;
use crate::config::{IdTrim, Table, TableConfig};
use crate::ingest::toml_text;
use crate::text::{counted, grouped};

/// Digits of a phone number without the code of its country at least, and of that code at most.
const LEAST_DIGITS: usize = 8;
const MOST_OF_CODE: usize = 3;

/// Digits at the end by which numbers are told apart at most: all that numbers of many countries have in common.
const MOST_AT_END: usize = 9;

/// An id that has a code in front of another.
struct Pair<'a> {
    long: &'a str,
    short: &'a str,
    n_digits: usize,
}

/// Ids of the purchases that are others with the code of a country in front.
pub(super) fn with_country_codes(ids: &Ids, section: &TableConfig) -> Option<Finding> {
    if section.id_trim == Some(IdTrim::Keep) {
        return None;
    }
    let numbers: BTreeMap<String, &str> = ids.names().filter_map(|id| Some((number(id)?, id))).collect();
    let mut by_code: BTreeMap<&str, Vec<Pair<'_>>> = BTreeMap::new();
    for (digits, long) in &numbers {
        for (code, rest) in (1..=MOST_OF_CODE).filter_map(|n| digits.split_at_checked(n)) {
            let rest = rest.trim_start_matches('0');
            let n_digits = rest.len();
            // Numbers of one length, such as those of a tax office, have no code in front.
            let is_longer = |short: &&&str| n_digits >= LEAST_DIGITS && written(long) > written(short);
            if let Some(short) = numbers.get(rest).filter(is_longer).filter(|_| has_code(long)) {
                by_code.entry(code).or_default().push(Pair { long, short, n_digits });
            }
        }
    }
    let pairs = by_code.into_values().max_by_key(Vec::len)?;
    let (n, found) = (ids.names().count(), pairs.len());
    let severity = if found * 100 >= NOTABLE_PERCENT * n { Severity::Error } else { Severity::Warning };
    let (n_ids, is_estimate) = ids.scaled(n);
    let (n_merged, _) = ids.scaled(found);
    let message = format!(
        "{}{} are {} but for the code of a country in front: one person may count as several customers",
        if is_estimate { "about " } else { "" },
        counted(n_ids, "customer id"),
        grouped(n_ids - n_merged),
    );
    let hint = format!(
        "write `customer_id = {}` in `[purchases.columns]` to make them one, and the like in tables that have such ids; or \
         `id_trim = \"keep\"` in `[purchases]` if they are different customers",
        toml_text(&last_digits(&pairs, section))
    );
    let finding = Finding::new("ids_alike", Table::Purchases.name(), severity, message).of_column("customer_id");
    let examples: Vec<String> =
        pairs.iter().take(3).map(|pair| format!("`{}` and `{}`", pair.long, pair.short)).collect();
    Some(finding.counting(n_merged).with_examples(examples).with_hint(hint))
}

/// The digits of what may be a phone number, without zeros in front.
fn number(id: &str) -> Option<String> {
    let is_phone = id.chars().all(|letter| letter.is_ascii_digit() || is_sign(letter));
    let digits: String = id.chars().filter(char::is_ascii_digit).collect();
    (is_phone && digits.len() <= 17).then(|| digits.trim_start_matches('0').to_owned())
}

/// Whether a number says that it begins with the code of a country.
fn has_code(id: &str) -> bool {
    id.starts_with('+') || id.starts_with("00")
}

/// How many digits are written.
fn written(id: &str) -> usize {
    id.chars().filter(char::is_ascii_digit).count()
}

fn is_sign(letter: char) -> bool {
    matches!(letter, '+' | ' ' | '-' | '/' | '(' | ')' | '.' | '\u{a0}')
}

/// The last digits of ids of customers, without signs: as many as all numbers have.
fn last_digits(pairs: &[Pair<'_>], section: &TableConfig) -> String {
    let n_digits = pairs.iter().map(|pair| pair.n_digits).min().map_or(MOST_AT_END, |least| least.min(MOST_AT_END));
    let ids = pairs.iter().flat_map(|pair| [pair.long, pair.short]);
    let signs: BTreeSet<char> = ids.flat_map(str::chars).filter(|letter| is_sign(*letter) && *letter != '+').collect();
    let bare = signs.iter().fold(customer(section), |sql, sign| format!("REPLACE({sql}, '{sign}', '')"));
    format!("RIGHT({bare}, {n_digits})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_phone_number_is_its_digits() {
        assert_eq!(number("+49 (170) 123-45.67").as_deref(), Some("491701234567"));
        assert_eq!(number("0170/1234567").as_deref(), Some("1701234567"));
        assert_eq!(number("C0170"), None);
    }
}
