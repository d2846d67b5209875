//! The file that tells who complained, where the complaints name nobody who buys: looked for only then.

use super::finding::Finding;
use crate::config::{BUYER, BridgeFile, Config, DraftColumn, Peek, Table, TableConfig, bridge, column_of};
use crate::ingest::{Account, peek, toml_text};

/// Adds to a finding about complaints of nobody who buys which file has the keys of both tables.
pub(super) fn name(config: &Config, accounts: &[Account], findings: &mut [Finding]) {
    let used = accounts.iter().find(|own| own.table == Table::Complaints.name()).map_or(0, |own| own.used);
    let is_of_nobody = |finding: &&mut Finding| {
        finding.table == Table::Complaints.name()
            && (finding.rule == "ids_do_not_meet" || (finding.rule == "orphan_complaints" && 2 * finding.count > used))
    };
    // The gravest comes first.
    if let Some(finding) = findings.iter_mut().find(is_of_nobody)
        && let Some(mend) = config.table(Table::Complaints).and_then(|complaints| mend(config, complaints))
    {
        finding.hint = Some(mend);
    }
}

/// The lines of config that look the customers up.
fn mend(config: &Config, complaints: &TableConfig) -> Option<String> {
    let (own, purchases) = (first(complaints)?, first(&config.purchases)?);
    let buyers = column_of(config.purchases.columns.get("customer_id")?, &purchases.columns)?;
    let is_free = |column: &&DraftColumn| {
        let mut ours = complaints.columns.iter().filter(|(_, from)| **from == column.name);
        ours.all(|(name, _)| matches!(name.as_str(), "order_id" | "customer_id"))
    };
    let keys: Vec<&DraftColumn> = own.columns.iter().filter(is_free).collect();
    let customers = config.table(Table::Customers).and_then(|section| Some((section, first(section)?)));
    let orders = config.purchases.columns.get("order_id").map(String::as_str);
    let mut files = vec![BridgeFile { columns: &purchases.columns, orders }];
    files.extend(customers.iter().map(|(_, peek)| BridgeFile { columns: &peek.columns, orders: None }));
    let order = complaints.columns.get("order_id").map(String::as_str);
    let found = bridge((&keys, order), buyers, &files)?;
    let section = if found.place == 0 { &config.purchases } else { customers.as_ref()?.0 };
    let path = section.paths.first()?.display().to_string();
    let key = own.columns.iter().find(|column| column.name == found.key)?;
    let (key, their_key) = found.keys(&key.example);
    Some(format!(
        "`{path}` has both keys: write `[complaints.lookup.customer]` with `path = {}`, `key = {}`, `their_key = {}`, `columns = {{ \
         {BUYER} = {} }}`, and `customer_id = \"{BUYER}\"` in `[complaints.columns]`",
        toml_text(&path),
        toml_text(&key),
        toml_text(&their_key),
        toml_text(&found.customers),
    ))
}

/// The first rows of a table; nothing if they can no longer be read.
fn first(section: &TableConfig) -> Option<Peek> {
    peek(section.paths.first()?).ok()
}
