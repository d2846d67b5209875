//! Phone numbers as ids, with and without the code of the country: `+49 170 1234567` and `0170 1234567`.

use std::collections::{BTreeMap, BTreeSet};

use super::customer_ids::NOTABLE_PERCENT;
use super::finding::{Finding, Severity};
use super::id_groups::Ids;
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
    /// The digits that both have.
    digits: &'a str,
}

/// Ids of the purchases that are others with the code of a country in front.
pub(super) fn with_country_codes(ids: &Ids, section: &TableConfig) -> Option<Finding> {
    if section.id_trim == Some(IdTrim::Keep) {
        return None;
    }
    let mut numbers: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for id in ids.names() {
        if let Some(digits) = number(id) {
            numbers.entry(digits).or_default().push(id);
        }
    }
    let mut by_code: BTreeMap<&str, Vec<Pair<'_>>> = BTreeMap::new();
    for (digits, written) in &numbers {
        let Some(long) = written.iter().copied().filter(|id| has_code(id)).min() else { continue };
        for (code, rest) in (1..=MOST_OF_CODE).filter_map(|n| digits.split_at_checked(n)) {
            let Some((rest, shorts)) = numbers.get_key_value(rest.trim_start_matches('0')) else { continue };
            // Numbers of one length, such as those of a tax office, have no code in front.
            let short = shorts.iter().copied().filter(|short| n_digits(long) > n_digits(short)).min();
            if let Some(short) = short.filter(|_| rest.len() >= LEAST_DIGITS) {
                by_code.entry(code).or_default().push(Pair { long, short, digits: rest });
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
    let way = LastDigits::of(&pairs).filter(|way| way.makes_no_others_one(ids, &pairs));
    let way = way.map_or_else(
        || "write all of them with the code, or without, in the export".to_owned(),
        |way| {
            let sql = toml_text(&way.sql(section));
            format!("write `customer_id = {sql}` in `[purchases.columns]` to make them one, and the like in tables that have such ids")
        },
    );
    let finding = Finding::new("ids_alike", Table::Purchases.name(), severity, message).of_column("customer_id");
    let examples: Vec<String> =
        pairs.iter().take(3).map(|pair| format!("`{}` and `{}`", pair.long, pair.short)).collect();
    let hint = format!("{way}; or `id_trim = \"keep\"` in `[purchases]` if they are different customers");
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

fn n_digits(id: &str) -> usize {
    id.chars().filter(char::is_ascii_digit).count()
}

fn is_sign(letter: char) -> bool {
    matches!(letter, '+' | ' ' | '-' | '/' | '(' | ')' | '.' | '\u{a0}')
}

/// The last digits of ids without signs: as many as all numbers have.
struct LastDigits {
    signs: BTreeSet<char>,
    n: usize,
}

impl LastDigits {
    fn of(pairs: &[Pair<'_>]) -> Option<Self> {
        let n = pairs.iter().map(|pair| pair.digits.len()).min()?.min(MOST_AT_END);
        let letters = pairs.iter().flat_map(|pair| [pair.long, pair.short]).flat_map(str::chars);
        Some(Self { signs: letters.filter(|letter| is_sign(*letter) && *letter != '+').collect(), n })
    }

    fn sql(&self, section: &TableConfig) -> String {
        let bare = self.signs.iter().fold(customer(section), |sql, sign| format!("REPLACE({sql}, '{sign}', '')"));
        format!("RIGHT({bare}, {})", self.n)
    }

    /// Whether it makes one of no ids but those that differ in a code, in zeros in front or in signs.
    fn makes_no_others_one(&self, ids: &Ids, pairs: &[Pair<'_>]) -> bool {
        let without_code: BTreeMap<String, &str> =
            pairs.iter().filter_map(|pair| Some((number(pair.long)?, pair.digits))).collect();
        let meant = |id: &str| {
            let digits = number(id).unwrap_or_else(|| id.to_owned());
            without_code.get(&digits).map_or(digits, |rest| (*rest).to_owned())
        };
        let made = |id: &str| {
            let bare: Vec<char> = id.chars().filter(|letter| !self.signs.contains(letter)).collect();
            bare.get(bare.len().saturating_sub(self.n)..).unwrap_or_default().iter().collect::<String>()
        };
        let n_meant = ids.names().map(meant).collect::<BTreeSet<_>>().len();
        ids.names().map(made).collect::<BTreeSet<_>>().len() >= n_meant
    }
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
