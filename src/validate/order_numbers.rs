//! Numbers of orders that are none: amounts, credit notes that were not taken for returns, or nothing at all.

use std::collections::BTreeMap;

use super::finding::{Finding, Severity};
use crate::config::{Config, Table};
use crate::ingest::{Account, Example, TypedTable, sql_name, toml_text};
use crate::text::{counted, grouped, verb};

/// Letters with which numbers of credit notes and returns begin.
const CREDIT: &[&str] = &[
    "CN",
    "CRN",
    "CM",
    "CR",
    "GS",
    "GU",
    "GUTSCHRIFT",
    "RMA",
    "RET",
    "RETURN",
    "RETOURE",
    "REF",
    "REFUND",
    "CREDIT",
    "STORNO",
    "AV",
    "AVOIR",
    "NC",
];

/// A letter that marks cancelled invoices where the others have digits alone.
const CANCELLED: &str = "C";

/// What a number looks like; credit notes follow, in the order of their letters.
const ABSENT: u8 = 0;
const DECIMAL: u8 = 1;
const LETTERS: u8 = 2;
const DIGITS: u8 = 3;
const MARKED: u8 = 4;
const FIRST_CREDIT: u8 = 5;

/// Fewer are an accident.
const LEAST: u64 = 5;
const LEAST_DECIMALS: u64 = 20;

/// Per cent of the purchases without a number that are worth a word.
const ABSENT_PERCENT: u64 = 2;

/// Purchases by what their number looks like, and the first of each.
#[derive(Debug, Clone, Default)]
pub(super) struct OrderNumbers(BTreeMap<u8, (u64, Vec<Example>)>);

impl OrderNumbers {
    pub(super) fn of(purchases: &TypedTable) -> Self {
        let Some(classes) = purchases.classes("order_id", class) else { return Self::default() };
        let (amounts, bought) = (purchases.money("amount"), purchases.bought());
        let mut counts = [0_u64; 256];
        let mut first: BTreeMap<u8, Vec<usize>> = BTreeMap::new();
        for row in purchases.used_rows() {
            let Some(class) = classes.get(row).copied() else { continue };
            // Those that give something back are none that was bought.
            let is_credit = class >= MARKED;
            if is_credit && !(bought.holds(row) && amounts.get(row).is_some_and(|amount| *amount > 0)) {
                continue;
            }
            if let Some(count) = counts.get_mut(usize::from(class)) {
                *count += 1;
                if *count <= Example::SHOWN as u64 {
                    first.entry(class).or_default().push(row);
                }
            }
        }
        let shown = |(class, rows): (u8, Vec<usize>)| {
            let examples = rows.into_iter().map(|row| purchases.shown("order_id", row)).collect();
            (class, (counts.get(usize::from(class)).copied().unwrap_or(0), examples))
        };
        Self(first.into_iter().map(shown).collect())
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        for (class, (count, examples)) in other.0 {
            let (sum, first) = self.0.entry(class).or_default();
            *sum += count;
            first.extend(examples);
            first.sort();
            first.truncate(Example::SHOWN);
        }
    }

    fn count(&self, class: u8) -> u64 {
        self.0.get(&class).map_or(0, |(count, _)| *count)
    }

    /// What is found of the numbers of orders.
    pub(super) fn findings(&self, config: &Config, account: Option<&Account>) -> Vec<Finding> {
        let used = account.map_or(0, |account| account.used);
        let found = [self.absent(used), self.decimals(), self.credit_notes(config, used)];
        found.into_iter().flatten().collect()
    }

    fn of_class(&self, class: u8, (rule, severity): (&'static str, Severity), message: String) -> Finding {
        let examples = self.0.get(&class).map_or(&[][..], |(_, examples)| examples);
        let finding = Finding::new(rule, Table::Purchases.name(), severity, message).of_column("order_id");
        let finding = finding.counting(self.count(class));
        if class == ABSENT { finding } else { finding.with_examples(examples.iter().map(|own| own.text.clone())) }
    }

    fn absent(&self, used: u64) -> Option<Finding> {
        let count = self.count(ABSENT);
        // Where all are empty, the column is said to be.
        if count < LEAST || count == used || count * 100 < used * ABSENT_PERCENT {
            return None;
        }
        let message = format!(
            "{} of {} ({:.1} %) {} no `order_id`; such lines of one customer and instant are taken as one order",
            grouped(count),
            counted(used, "purchase"),
            100.0 * count as f64 / used.max(1) as f64,
            verb(count, "has", "have")
        );
        let hint = "look whether the source has stopped to deliver it, or writes it on the first line of an order alone \
                    (`fill_down`)";
        Some(self.of_class(ABSENT, ("empty_order_id", Severity::Warning), message).with_hint(hint))
    }

    fn decimals(&self) -> Option<Finding> {
        let (count, all) = (self.count(DECIMAL), self.0.values().map(|(count, _)| count).sum::<u64>());
        if count < LEAST_DECIMALS || count * 2 < all {
            return None;
        }
        let (have, numbers) = (verb(count, "has", "have"), counted(count, "purchase"));
        let message =
            format!("{numbers} {have} an `order_id` with decimals, as amounts have and numbers of orders do not");
        let hint = "were `order_id` and `amount` exchanged, in the mapping or in the file?";
        Some(self.of_class(DECIMAL, ("decimal_order_id", Severity::Error), message).with_hint(hint))
    }

    /// Numbers of credit notes among purchases: a small part of all, which are written otherwise.
    fn credit_notes(&self, config: &Config, used: u64) -> Option<Finding> {
        let has_letters = self.count(LETTERS) > 0;
        let is_credit =
            |class: u8| class >= FIRST_CREDIT || (class == MARKED && !has_letters && self.count(DIGITS) > 0);
        let found: Vec<u8> = self.0.keys().copied().filter(|class| is_credit(*class)).collect();
        let count: u64 = found.iter().map(|class| self.count(*class)).sum();
        if count < LEAST || count * 2 > used {
            return None;
        }
        let examples: Vec<Example> =
            found.iter().filter_map(|class| self.0.get(class)).flat_map(|own| own.1.clone()).collect();
        let message = format!(
            "{} of {} ({:.1} %) {} a number like a credit note or a return, and a positive amount: {} bought",
            grouped(count),
            counted(used, "purchase"),
            100.0 * count as f64 / used.max(1) as f64,
            verb(count, "has", "have"),
            verb(count, "it counts as", "they count as")
        );
        let source = config.purchases.columns.get("order_id").map_or("order_id", String::as_str);
        let starts: Vec<String> =
            found.iter().filter_map(|class| letters(*class)).map(|letters| starts_with(source, letters)).collect();
        let line = toml_text(&starts.join(" OR "));
        let hint = format!(
            "if something was given back, write `is_return = {line}` in `[purchases.columns]`; a positive amount of a return is \
             taken as given back"
        );
        let finding = Finding::new("credit_notes_bought", Table::Purchases.name(), Severity::Warning, message);
        let finding = finding.of_column("order_id").counting(count);
        Some(finding.with_examples(examples.into_iter().map(|own| own.text)).with_hint(hint))
    }
}

fn starts_with(source: &str, letters: &str) -> String {
    format!("starts_with({}, '{letters}')", sql_name(source))
}

/// The letters that a class stands for.
fn letters(class: u8) -> Option<&'static str> {
    match class.checked_sub(FIRST_CREDIT) {
        Some(place) => CREDIT.get(usize::from(place)).copied(),
        None => Some(CANCELLED),
    }
}

/// What the number of an order looks like.
fn class(text: &str) -> u8 {
    let text = text.trim();
    let n_letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, rest) = text.split_at(n_letters);
    if n_letters == 0 {
        return match text.bytes().next() {
            None => ABSENT,
            Some(_) if has_decimals(text) => DECIMAL,
            Some(_) if text.bytes().all(|byte| byte.is_ascii_digit()) => DIGITS,
            Some(_) => LETTERS,
        };
    }
    let is_numbered = rest.bytes().any(|byte| byte.is_ascii_digit());
    let place = CREDIT.iter().position(|known| letters.eq_ignore_ascii_case(known)).filter(|_| is_numbered);
    match place.and_then(|place| u8::try_from(place).ok()) {
        Some(place) => FIRST_CREDIT + place,
        None if letters == CANCELLED && rest.bytes().all(|byte| byte.is_ascii_digit()) && !rest.is_empty() => MARKED,
        None => LETTERS,
    }
}

/// Whether a text is a number with one or two decimals that are not zeros alone, as spreadsheets put them behind ids.
fn has_decimals(text: &str) -> bool {
    let digits = text.trim_start_matches(['-', '$', '\u{20ac}', '\u{a3}']).trim_end_matches('-');
    let Some((whole, decimals)) = digits.rsplit_once(['.', ',']) else { return false };
    let is_plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',');
    (1..=2).contains(&decimals.len())
        && decimals != "0"
        && decimals.bytes().all(|byte| byte.is_ascii_digit())
        && !whole.is_empty()
        && whole.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_orders_are_told_from_amounts_and_credit_notes() {
        for (text, expected) in [
            ("", ABSENT),
            ("3.210,50", DECIMAL),
            ("12.9", DECIMAL),
            ("12680.0", LETTERS),
            ("489434", DIGITS),
            ("INV-0001", LETTERS),
            ("C489434", MARKED),
            ("CN-0001", FIRST_CREDIT),
            ("cn", LETTERS),
            ("CNX-1", LETTERS),
            ("#1001", LETTERS),
        ] {
            assert_eq!(class(text), expected, "{text}");
        }
        assert_eq!(letters(class("GS-12")), Some("GS"));
        assert_eq!(letters(MARKED), Some("C"));
    }
}
