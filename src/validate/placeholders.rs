//! Ids that stand for many people: words such as `guest`, and ids with far more orders than any other.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::finding::{Finding, Severity};
use super::mending::{customer, filter};
use crate::config::{Config, PlaceholderIds, Table};
use crate::ingest::{Account, TypedTable, sql_text};
use crate::text::{counted, grouped};

/// Words that are no customer, in small letters.
const NOBODY: &[&str] = &[
    "-",
    "--",
    "---",
    ".",
    "?",
    "??",
    "anon",
    "anonim",
    "anonimo",
    "anonym",
    "anonyme",
    "anonymous",
    "anónimo",
    "barverkauf",
    "blank",
    "(blank)",
    "cash customer",
    "cliente generico",
    "default",
    "default customer",
    "dummy",
    "empty",
    "gast",
    "guest",
    "guests",
    "inconnu",
    "invitado",
    "invité",
    "invite",
    "kassenkunde",
    "keine",
    "k.a.",
    "laufkunde",
    "laufkundschaft",
    "missing",
    "n.a.",
    "n/a",
    "na",
    "nan",
    "nil",
    "no customer",
    "no name",
    "noname",
    "none",
    "not logged in",
    "null",
    "onbekend",
    "ospite",
    "sconosciuto",
    "desconocido",
    "undefined",
    "unknown",
    "unbekannt",
    "walk in",
    "walk-in",
    "walk-in customer",
    "walkin",
    "#n/a",
    "[null]",
    "<na>",
    "hóspede",
    "convidado",
    "cliente final",
    "cliente mostrador",
    "cliente ocasional",
    "cliente varios",
    "client de passage",
    "client comptoir",
    "consumidor final",
    "consumidor",
    "mostrador",
    "público en general",
    "publico en general",
    "público general",
    "publico general",
    "cliente balcão",
    "balcão",
    "cliente avulso",
    "particulier",
    "particulier comptoir",
    "contant",
    "kassaklant",
    "kontantkund",
    "kontantsalg",
    "klient detaliczny",
    "klient indywidualny",
    "maloobchod",
    "розничный покупатель",
    "розница",
    "частное лицо",
    "физическое лицо",
    "一般客",
    "ゲスト",
    "游客",
    "비회원",
    "ลูกค้าทั่วไป",
    "pelanggan umum",
    "misafir",
    "bezmenný",
    "zákazník na prodejně",
    "counter sale",
    "cash sale",
    "cash sales",
    "retail customer",
    "walk-in client",
    "walkin customer",
    "no member",
    "non member",
    "non-member",
    "nonmember",
    "ohne karte",
    "ohne kundenkarte",
    "sans carte",
];

/// Ids that may be a customer's, and often are nobody's.
const PERHAPS_NOBODY: &[&str] = &[
    "0",
    "00",
    "000",
    "0000",
    "00000",
    "000000",
    "0000000",
    "00000000",
    "-1",
    "1111111111",
    "9999",
    "99999",
    "999999",
    "9999999",
    "99999999",
    "999999999",
    "9999999999",
    "test",
    "tester",
    "testing",
    "test user",
    "testkunde",
    "x",
    "xx",
    "xxx",
    "cash",
    "diverse",
    "other",
    "customer",
];

/// Beginnings of addresses that are nobody's.
const NOBODYS_ADDRESS: &[&str] =
    &["guest@", "noemail@", "no-email@", "anonymous@", "unknown@", "test@", "none@", "noreply@"];

/// Fewer orders are an accident.
const LEAST_ORDERS: u64 = 20;

/// How many times the orders of the next customer are too many.
const TIMES: u64 = 10;

/// One order in so many.
const ONE_IN: u64 = 10;

/// Customers with the most orders that are kept.
const KEPT: usize = 8;

/// The customers with the most orders, and those whose ids are words for nobody.
#[derive(Debug, Clone, Default)]
pub(super) struct Heaviest {
    top: Vec<(u64, String)>,
    named: BTreeMap<String, u64>,
}

/// How sure it is that an id is nobody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nobody {
    Surely,
    Perhaps,
}

fn nobody(id: &str) -> Option<Nobody> {
    let small = id.trim().to_lowercase();
    if NOBODY.contains(&small.as_str()) || is_nil(&small) {
        Some(Nobody::Surely)
    } else {
        let is_perhaps =
            PERHAPS_NOBODY.contains(&small.as_str()) || NOBODYS_ADDRESS.iter().any(|start| small.starts_with(start));
        is_perhaps.then_some(Nobody::Perhaps)
    }
}

/// Whether an id is the empty one of its kind, as `00000000-0000-0000-0000-000000000000`.
fn is_nil(id: &str) -> bool {
    id.len() == 36
        && id.bytes().all(|byte| matches!(byte, b'0' | b'-'))
        && id.bytes().filter(|byte| *byte == b'-').count() == 4
}

impl Heaviest {
    pub(super) fn of(purchases: &TypedTable) -> Self {
        let (ids, codes) = (purchases.names("customer_id"), purchases.codes("customer_id"));
        let mut lines = vec![0_u64; ids.len()];
        let code_of = |row: usize| codes.get(row).and_then(|code| usize::try_from(*code).ok());
        for code in purchases.used_rows().filter_map(code_of) {
            if let Some(lines) = lines.get_mut(code) {
                *lines += 1;
            }
        }
        let mut candidates: Vec<usize> =
            (0..ids.len()).filter(|code| lines.get(*code).is_some_and(|n| *n > 0)).collect();
        candidates.sort_unstable_by_key(|code| (std::cmp::Reverse(lines.get(*code).copied()), ids.get(*code)));
        let is_named = |code: &usize| ids.get(*code).is_some_and(|name| nobody(name).is_some());
        let named: Vec<usize> = candidates.iter().copied().filter(is_named).collect();
        candidates.truncate(KEPT);
        let orders = orders_of(purchases, candidates.iter().chain(&named).copied());
        let of = |code: &usize| Some((orders.get(code).copied()?, ids.get(*code)?.clone()));
        let mut heaviest = Self {
            top: candidates.iter().filter_map(of).collect(),
            named: named.iter().filter_map(of).map(|(orders, name)| (name, orders)).collect(),
        };
        heaviest.sort();
        heaviest
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        self.top.extend(other.top);
        self.named.extend(other.named);
        self.sort();
    }

    fn sort(&mut self) {
        self.top.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        self.top.truncate(KEPT);
    }

    /// A finding for each id that stands for many.
    pub(super) fn findings(&self, config: &Config, accounts: &[Account]) -> Vec<Finding> {
        if config.validate.placeholder_ids == PlaceholderIds::Accept {
            return Vec::new();
        }
        let account = accounts.iter().find(|account| account.table == Table::Purchases.name());
        let Some(account) = account else { return Vec::new() };
        let total = account.about.events.unwrap_or(account.used);
        let usual = self.top.iter().find(|(_, id)| nobody(id).is_none()).map_or(0, |(orders, _)| *orders);
        let mut findings: Vec<Finding> = Vec::new();
        for (id, orders) in &self.named {
            let (is_many, is_most) = (*orders >= LEAST_ORDERS, *orders >= 3 * usual.max(1));
            let severity = match nobody(id) {
                Some(Nobody::Surely) if is_many || orders * 100 >= total => Severity::Error,
                Some(Nobody::Perhaps) if is_many && is_most => Severity::Error,
                // A customer may well be called 0.
                Some(Nobody::Perhaps) if id.bytes().all(|byte| byte.is_ascii_digit()) => continue,
                _ => Severity::Warning,
            };
            let what = format!("`{id}`, which looks like no customer,");
            findings.push(finding(config, severity, (&what, id), (*orders, total, usual)));
        }
        findings.extend(self.dominant(config, account.about.customers, total));
        findings
    }

    /// An id that no word gives away.
    fn dominant(&self, config: &Config, customers: u64, total: u64) -> Option<Finding> {
        let mut others = self.top.iter().filter(|(_, id)| nobody(id).is_none());
        let (orders, id) = others.next()?;
        let next = others.next().map_or(0, |(orders, _)| *orders);
        let (is_tenth, is_times) = (orders * ONE_IN >= total, *orders >= TIMES * next.max(1));
        if customers < 50 || *orders < 50 || !(is_tenth || is_times) {
            return None;
        }
        let severity = if is_tenth && is_times { Severity::Error } else { Severity::Warning };
        Some(finding(config, severity, (&format!("customer `{id}`"), id), (*orders, total, next)))
    }
}

fn finding(
    config: &Config,
    severity: Severity,
    (what, id): (&str, &str),
    (orders, total, next): (u64, u64, u64),
) -> Finding {
    let noun = if config.purchases.columns.contains_key("order_id") { "order" } else { "purchase" };
    let message = format!(
        "{what} holds {} of {} ({:.1} %); the next customer has {}",
        grouped(orders),
        counted(total, noun),
        100.0 * orders as f64 / total.max(1) as f64,
        grouped(next),
    );
    let condition = format!("{} <> {}", customer(&config.purchases), sql_text(id));
    let mend = filter(config, &condition);
    let hint = format!(
        "if these are many people, such as guests, set them aside: write {mend}, or map a column that tells them apart; if it is \
         one customer, write `placeholder_ids = \"accept\"` in `[validate]`"
    );
    let finding = Finding::new("placeholder_id", Table::Purchases.name(), severity, message).of_column("customer_id");
    finding.counting(orders).with_hint(hint)
}

/// The orders of some customers; lines where orders have no numbers.
fn orders_of(purchases: &TypedTable, wanted: impl Iterator<Item = usize>) -> FxHashMap<usize, u64> {
    let mut seen: FxHashMap<usize, (u64, FxHashSet<u64>)> = wanted.map(|code| (code, Default::default())).collect();
    let (codes, keys) = (purchases.codes("customer_id"), purchases.keys("order_id"));
    for row in purchases.used_rows() {
        let code = codes.get(row).and_then(|code| usize::try_from(*code).ok());
        let Some((lines, orders)) = code.and_then(|code| seen.get_mut(&code)) else { continue };
        *lines += 1;
        if let Some(key) = keys.get(row).filter(|key| **key != 0) {
            orders.insert(*key);
        }
    }
    let count = |(lines, orders): (u64, FxHashSet<u64>)| if orders.is_empty() { lines } else { orders.len() as u64 };
    seen.into_iter().map(|(code, own)| (code, count(own))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_nobody_are_known_in_any_letters() {
        for id in ["Guest", "N/A", "unknown", "None", "-", "CONSUMIDOR FINAL", "00000000-0000-0000-0000-000000000000"] {
            assert_eq!(nobody(id), Some(Nobody::Surely), "{id}");
        }
        for id in ["0", "TEST", "test@shop.example", "99999"] {
            assert_eq!(nobody(id), Some(Nobody::Perhaps), "{id}");
        }
        for id in ["12", "anna@x.com", "Gaston", "C0"] {
            assert_eq!(nobody(id), None, "{id}");
        }
    }
}
