//! Relations between tables: complaints and facts of customers who never bought, orders of several customers.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;

use super::Checked;
use super::finding::{Finding, Severity};
use crate::config::Table;
use crate::ingest::{KeyHasher, TypedTable};
use crate::text::{counted, grouped, verb};

/// The rule about orders of several customers.
pub(super) const SHARED_ORDER: &str = "shared_order";

/// Findings only: rows without a counterpart are kept.
pub(super) fn check(checked: &mut Checked<'_>) {
    let table = |wanted| checked.tables.iter().find(|table: &&TypedTable| table.table() == wanted);
    let Some(purchases) = table(Table::Purchases) else { return };
    let buyers = known(purchases);
    let mut findings = Vec::new();
    if let Some(complaints) = table(Table::Complaints) {
        findings.extend(orphan_complaints(complaints, &buyers));
    }
    if let Some(customers) = table(Table::Customers) {
        findings.extend(customers_without_purchase(customers, &buyers));
    }
    findings.extend(purchases.events().and_then(|events| shared_orders(purchases, &events.shared)));
    checked.findings.extend(findings);
}

/// Names of customers.
type Known<'a> = HashSet<&'a str, BuildHasherDefault<KeyHasher>>;

/// Used rows of each name of the customer column.
fn rows_per_customer(table: &TypedTable) -> Vec<u64> {
    let mut counts = vec![0; table.names("customer_id").len()];
    let codes = table.codes("customer_id");
    for row in table.used_rows() {
        let code = codes.get(row).and_then(|code| usize::try_from(*code).ok());
        if let Some(count) = code.and_then(|code| counts.get_mut(code)) {
            *count += 1;
        }
    }
    counts
}

fn known(table: &TypedTable) -> Known<'_> {
    let names = table.names("customer_id").iter().zip(rows_per_customer(table));
    names.filter(|(_, count)| *count > 0).map(|(name, _)| name.as_str()).collect()
}

/// Customers of the table outside `buyers`, sorted, and how many rows they have.
fn strangers<'a>(table: &'a TypedTable, buyers: &Known<'_>) -> (Vec<&'a str>, u64) {
    let names = table.names("customer_id").iter().zip(rows_per_customer(table));
    let strangers = names.filter(|(name, count)| *count > 0 && !buyers.contains(name.as_str()));
    let (mut names, counts): (Vec<&str>, Vec<u64>) = strangers.map(|(name, count)| (name.as_str(), count)).unzip();
    names.sort_unstable();
    (names, counts.iter().sum())
}

fn orphan_complaints(complaints: &TypedTable, buyers: &Known<'_>) -> Option<Finding> {
    let (names, n_rows) = strangers(complaints, buyers);
    let message = format!(
        "{} of {} {} of {} without any purchase; kept",
        grouped(n_rows),
        counted(complaints.used_rows().count() as u64, "complaint"),
        verb(n_rows, "is", "are"),
        counted(names.len() as u64, "customer")
    );
    let examples = names.iter().take(3).map(|name| format!("customer `{name}`"));
    let finding = Finding::new("orphan_complaints", "complaints", Severity::Warning, message).of_column("customer_id");
    let finding = finding.counting(n_rows).with_examples(examples);
    (n_rows > 0).then(|| finding.with_hint("check that both tables write customer ids in the same way"))
}

fn customers_without_purchase(customers: &TypedTable, buyers: &Known<'_>) -> Option<Finding> {
    let (names, n_rows) = strangers(customers, buyers);
    let n_known = rows_per_customer(customers).iter().filter(|count| **count > 0).count();
    let message = format!(
        "{} of {} in `customers` {} no purchase; kept, never ranked",
        grouped(names.len() as u64),
        counted(n_known as u64, "customer"),
        verb(names.len() as u64, "has", "have")
    );
    // All of them is a join that fails, some of them are people who have not bought yet.
    let severity = if names.len() == n_known { Severity::Warning } else { Severity::Recommendation };
    let examples = names.iter().take(3).map(|name| format!("customer `{name}`"));
    let finding = Finding::new("customers_without_purchase", "customers", severity, message).of_column("customer_id");
    let finding = finding.counting(n_rows).with_examples(examples);
    (n_rows > 0).then(|| finding.with_hint("check that both tables write customer ids in the same way"))
}

/// One order belongs to one customer; lines that disagree are counted as orders of each of them. `rows` has one of each
/// such order.
pub(super) fn shared_orders(purchases: &TypedTable, rows: &[usize]) -> Option<Finding> {
    let count = rows.len() as u64;
    let (orders, have) = (counted(count, "order"), verb(count, "has", "have"));
    let message = format!("{orders} {have} lines of several customers; counted as one order of each");
    let finding = Finding::new(SHARED_ORDER, "purchases", Severity::Warning, message).of_column("order_id");
    let finding = finding.counting(count).with_examples(rows.iter().take(3).map(|row| purchases.mention(*row)));
    (count > 0).then(|| finding.with_hint("check whether order numbers are used again, for example each year"))
}
