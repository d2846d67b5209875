//! Relations between tables: complaints and facts of customers who never bought, orders of several customers, numbers of
//! orders that stand again much later.

use rustc_hash::FxHashSet;

use super::checked::Checked;
use super::finding::Severity;
use super::tally::{Counts, Tally};
use crate::config::Table;
use crate::ingest::{Example, TypedTable};
use crate::text::{counted, grouped, verb};
use crate::timeline::SAME_ORDER_DAYS;

/// The rule about orders of several customers.
pub(super) const SHARED_ORDER: &str = "shared_order";

/// Findings only: rows without a counterpart are kept.
pub(super) fn check(checked: &mut Checked<'_>) {
    let table = |wanted| checked.tables.iter().find(|table: &&TypedTable| table.table() == wanted);
    let Some(purchases) = table(Table::Purchases) else { return };
    let buyers = known(purchases);
    let mut tallies: Vec<Tally> = Vec::new();
    if let Some(complaints) = table(Table::Complaints) {
        tallies.extend(orphan_complaints(complaints, &buyers));
        tallies.extend(reused_numbers(complaints));
    }
    if let Some(contacts) = table(Table::Contacts) {
        tallies.extend(contacts_without_purchase(contacts, &buyers));
    }
    if let Some(customers) = table(Table::Customers) {
        tallies.extend(customers_without_purchase(customers, &buyers));
        tallies.extend(customers.has("opted_out").then(|| buyers_without_row(purchases, customers)).flatten());
    }
    tallies.extend(purchases.events().and_then(|events| shared_orders(purchases, &events.shared)));
    tallies.extend(reused_numbers(purchases));
    for tally in tallies {
        checked.tallies.add(tally);
    }
}

/// Names of customers.
type Known<'a> = FxHashSet<&'a str>;

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
fn ids_missing_in<'a>(table: &'a TypedTable, buyers: &Known<'_>) -> (Vec<&'a str>, u64) {
    let names = table.names("customer_id").iter().zip(rows_per_customer(table));
    let ids_missing_in = names.filter(|(name, count)| *count > 0 && !buyers.contains(name.as_str()));
    let (mut names, counts): (Vec<&str>, Vec<u64>) = ids_missing_in.map(|(name, count)| (name.as_str(), count)).unzip();
    names.sort_unstable();
    (names, counts.iter().sum())
}

fn orphan_complaints(complaints: &TypedTable, buyers: &Known<'_>) -> Option<Tally> {
    let (names, n_rows) = ids_missing_in(complaints, buyers);
    let wording = |counts: Counts| {
        let (found, of) = (grouped(counts.found), counted(counts.used, "complaint"));
        let (are, customers) = (verb(counts.found, "is", "are"), counted(counts.customers, "customer"));
        (Severity::Warning, format!("{found} of {of} {are} of {customers} without any purchase; kept"))
    };
    let tally = Tally::new("orphan_complaints", (Table::Complaints, n_rows), wording).of_column("customer_id");
    let tally = tally.of_customers(names.len() as u64).with_examples(shown(&names));
    (n_rows > 0).then(|| tally.with_hint("check that both tables write customer ids in the same way"))
}

fn contacts_without_purchase(contacts: &TypedTable, buyers: &Known<'_>) -> Option<Tally> {
    let (names, n_rows) = ids_missing_in(contacts, buyers);
    let wording = |counts: Counts| {
        let (found, of) = (grouped(counts.found), counted(counts.used, "contact"));
        let (are, customers) = (verb(counts.found, "is", "are"), counted(counts.customers, "customer"));
        // A shop may write to people who have not bought yet.
        let severity = if counts.found == counts.used { Severity::Warning } else { Severity::Recommendation };
        (severity, format!("{found} of {of} {are} with {customers} without any purchase; kept, and never used"))
    };
    let tally = Tally::new("contacts_without_purchase", (Table::Contacts, n_rows), wording).of_column("customer_id");
    let tally = tally.of_customers(names.len() as u64).with_examples(shown(&names));
    (n_rows > 0).then(|| tally.with_hint("check that both tables write customer ids in the same way"))
}

fn customers_without_purchase(customers: &TypedTable, buyers: &Known<'_>) -> Option<Tally> {
    let (names, n_rows) = ids_missing_in(customers, buyers);
    let wording = |counts: Counts| {
        let (found, of) = (grouped(counts.customers), counted(counts.used_customers, "customer"));
        let have = verb(counts.customers, "has", "have");
        // All of them is a join that fails, some of them are people who have not bought yet.
        let is_all = counts.customers == counts.used_customers;
        let severity = if is_all { Severity::Warning } else { Severity::Recommendation };
        (severity, format!("{found} of {of} in `customers` {have} no purchase; kept, never ranked"))
    };
    let tally = Tally::new("customers_without_purchase", (Table::Customers, n_rows), wording).of_column("customer_id");
    let tally = tally.of_customers(names.len() as u64).with_examples(shown(&names));
    (n_rows > 0).then(|| tally.with_hint("nothing needs to be done if they signed up and have not bought; if they have, both tables write ids in different ways"))
}

/// Buyers of whom nobody knows whether they opted out.
fn buyers_without_row(purchases: &TypedTable, customers: &TypedTable) -> Option<Tally> {
    let (names, n_rows) = ids_missing_in(purchases, &known(customers));
    let wording = |counts: Counts| {
        let (found, of) = (grouped(counts.customers), counted(counts.used_customers, "buyer"));
        let have = verb(counts.customers, "has", "have");
        // Some are guests; most of them are a table that did not come whole.
        let is_most = 2 * counts.customers > counts.used_customers;
        let severity = if is_most { Severity::Warning } else { Severity::Recommendation };
        (severity, format!("{found} of {of} {have} no row in `customers`: whether they opted out is not known"))
    };
    let tally = Tally::new("buyers_without_row", (Table::Purchases, n_rows), wording).of_column("customer_id");
    let tally = tally.of_customers(names.len() as u64).with_examples(shown(&names));
    (n_rows > 0).then(|| tally.with_hint("check that the table came whole, and that both write ids in the same way"))
}

/// The first of some customers, who are sorted.
fn shown(names: &[&str]) -> impl Iterator<Item = Example> {
    names.iter().take(Example::SHOWN).map(|name| Example::of_text(format!("customer `{name}`")))
}

/// One order belongs to one customer; lines that disagree are counted as orders of each of them. `rows` has one of each
/// such order.
pub(super) fn shared_orders(purchases: &TypedTable, rows: &[usize]) -> Option<Tally> {
    let wording = |counts: Counts| {
        let (orders, have) = (counted(counts.found, "order"), verb(counts.found, "has", "have"));
        (Severity::Warning, format!("{orders} {have} lines of several customers; counted as one order of each"))
    };
    // By their texts: which row of an order is looked at depends on the parts.
    let mut mentions: Vec<String> = rows.iter().map(|row| purchases.mention(*row)).collect();
    mentions.sort_unstable();
    let tally = Tally::new(SHARED_ORDER, (Table::Purchases, rows.len() as u64), wording).of_column("order_id");
    let tally = tally.with_examples(mentions.into_iter().take(Example::SHOWN).map(Example::of_text));
    let hint = "check whether order numbers are used again; where they start anew each day, each year or at each till, put that before \
                them, for example `order_id = \"CONCAT(day, '-', till, '-', number)\"`";
    (!rows.is_empty()).then(|| tally.with_hint(hint))
}

/// Numbers of orders, and of complaints, that one customer has again so much later that it is another one.
fn reused_numbers(table: &TypedTable) -> Option<Tally> {
    let again = &table.events()?.again;
    let (rule, column, noun) = match table.table() {
        Table::Complaints => ("reused_complaint", "complaint_id", "complaint"),
        _ => ("reused_order", "order_id", "order"),
    };
    let wording = move |counts: Counts| {
        let (numbers, stand) =
            (counted(counts.found, &format!("{noun} number")), verb(counts.found, "stands", "stand"));
        let message = format!(
            "{numbers} {stand} again with the same customer more than {SAME_ORDER_DAYS} later; taken as {noun}s of their own"
        );
        (Severity::Warning, message)
    };
    let hint = format!("if numbers start again, put the year before them: `{column} = \"CONCAT(year, '-', number)\"`");
    Some(Tally::of_rows(rule, (table, again), wording)?.of_column(column).with_hint(hint))
}
