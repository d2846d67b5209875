//! Ids that stand for many people: words such as `guest`, and ids with far more orders than any other.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::finding::{Finding, Severity};
use super::mending::{customer, filter};
use super::nobody::{Nobody, nobody};
use crate::config::{Config, PlaceholderIds, Table};
use crate::ingest::{Account, TypedTable, sql_text};
use crate::text::{counted, grouped};

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
        let is_named = |code: &usize| ids.get(*code).is_some_and(|name| nobody(name).is_some());
        let named: Vec<usize> = candidates.iter().copied().filter(is_named).collect();
        if candidates.len() > KEPT {
            let heaviest = |code: &usize| (std::cmp::Reverse(lines.get(*code).copied()), ids.get(*code));
            candidates.select_nth_unstable_by_key(KEPT, heaviest);
            candidates.truncate(KEPT);
        }
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
        "if these are many people, such as guests, map a column that tells them apart, such as their address, or set them aside: \
         write {mend}; if it is one customer, write `placeholder_ids = \"accept\"` in `[validate]`"
    );
    let finding = Finding::new("placeholder_id", Table::Purchases.name(), severity, message).of_column("customer_id");
    finding.counting(orders).naming(id).with_hint(hint)
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
