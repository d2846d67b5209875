//! Customers whose table does not name them as the purchases do, and a file that has both: tickets with the number of an order, or
//! with an address that stands beside the number of the customer.

use super::expressions::always_quoted;
use super::found::{DraftColumn, DraftLookup};
use super::guess::reads;
use super::looks::{self, holds_days};
use super::tables::Kind;

/// Least share of the keys of a table that the other file has too.
const MEETS: f64 = 0.8;

/// Least share of the customers of a file that are buyers.
const BUYERS: f64 = 0.3;

/// Fewer different keys tell too little.
const LEAST_KEYS: usize = 20;

/// Shorter numbers stand in any column that counts from one.
const LONG_NUMBER: usize = 6;

/// How customers of a table are found in another file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bridge {
    /// Which of the files it is.
    pub(crate) place: usize,
    /// The key in the table.
    pub(crate) key: String,
    /// The key in the file.
    pub(crate) their_key: String,
    /// The customers in the file.
    pub(crate) customers: String,
}

/// A file that has a key of a table and the customers of the purchases.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BridgeFile<'f> {
    /// Its columns.
    pub(crate) columns: &'f [DraftColumn],
    /// The column of the numbers of orders, if it has purchases.
    pub(crate) orders: Option<&'f str>,
}

/// The file, and the columns by which it tells the customers of a table; `own` are columns that may be keys, `order` the one that
/// has numbers of orders.
#[must_use]
pub(crate) fn bridge(
    (own, order): (&[&DraftColumn], Option<&str>),
    buyers: &DraftColumn,
    files: &[BridgeFile<'_>],
) -> Option<Bridge> {
    let mut best: Option<(f64, Bridge)> = None;
    for (place, file) in files.iter().enumerate() {
        let Some(customers) = customers_of(file, buyers) else { continue };
        for key in own.iter().filter(|key| is_key(key)) {
            for theirs in file.columns.iter().filter(|theirs| tells(theirs, customers)) {
                let are_orders = order == Some(key.name.as_str()) && file.orders == Some(theirs.name.as_str());
                let share = key.share_in(theirs);
                let is_better = best.as_ref().is_none_or(|(known, _)| share > *known);
                if share >= MEETS && (are_orders || is_long(&key.example)) && is_better {
                    let (key, their_key) = (key.name.clone(), theirs.name.clone());
                    best = Some((share, Bridge { place, key, their_key, customers: customers.name.clone() }));
                }
            }
        }
    }
    best.map(|(_, bridge)| bridge)
}

/// The column that a text of a mapping reads first.
pub(crate) fn column_of<'c>(from: &str, columns: &'c [DraftColumn]) -> Option<&'c DraftColumn> {
    let name = reads(from, columns).into_iter().next()?;
    columns.iter().find(|column| column.name == name)
}

/// What the customers of a lookup are called where the table has a column of their name.
pub(crate) const BUYER: &str = "buyer";

impl Bridge {
    /// The keys as the config has them; addresses are written in any case.
    #[must_use]
    pub(crate) fn keys(&self, example: &str) -> (String, String) {
        let of = |name: &str| {
            if example.contains('@') { format!("LOWER({})", always_quoted(name)) } else { name.to_owned() }
        };
        (of(&self.key), of(&self.their_key))
    }

    /// The lookup, and the column that it gives.
    pub(super) fn drafted(
        &self,
        paths: Vec<String>,
        own: &[DraftColumn],
        theirs: &[DraftColumn],
    ) -> Option<(DraftLookup, DraftColumn)> {
        let customers = theirs.iter().find(|column| column.name == self.customers)?;
        let key = own.iter().find(|column| column.name == self.key)?;
        let has = |name: &str| own.iter().any(|column| column.name == name);
        let called = has(&customers.name).then_some(BUYER);
        let given =
            DraftColumn { name: called.map_or_else(|| customers.name.clone(), str::to_owned), ..customers.clone() };
        let (key, their_key) = self.keys(&key.example);
        let their_key = Some(their_key).filter(|theirs| *theirs != key);
        let columns = vec![self.customers.clone()];
        let lookup = DraftLookup { name: "customer", paths, key, their_key, columns, called };
        (!called.is_some_and(has)).then_some((lookup, given))
    }
}

/// The column of a file that has the customers of the purchases.
fn customers_of<'f>(file: &BridgeFile<'f>, buyers: &DraftColumn) -> Option<&'f DraftColumn> {
    let share = |column: &DraftColumn| column.share_in(buyers);
    let found = file.columns.iter().filter(|column| looks::plausible(Kind::Id, column) && share(column) >= BUYERS);
    let is_called_so = |column: &DraftColumn| column.name == buyers.name;
    found.max_by(|one, other| {
        share(one)
            .total_cmp(&share(other))
            .then(is_called_so(one).cmp(&is_called_so(other)))
            .then_with(|| other.name.cmp(&one.name))
    })
}

/// Whether a column may be a key: an id with many values.
fn is_key(column: &DraftColumn) -> bool {
    looks::plausible(Kind::Id, column) && column.n_distinct >= LEAST_KEYS && !holds_days(column)
}

/// Whether a column may tell which customer it is: it has as many values at least.
fn tells(column: &DraftColumn, customers: &DraftColumn) -> bool {
    is_key(column) && column.name != customers.name && column.n_distinct >= customers.n_distinct
}

/// Whether a value is no number that counts from one.
fn is_long(example: &str) -> bool {
    example.len() >= LONG_NUMBER || example.chars().any(|letter| !letter.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, example: &str, values: std::ops::Range<u64>) -> DraftColumn {
        DraftColumn {
            name: name.to_owned(),
            dtype: "str".to_owned(),
            example: example.to_owned(),
            n_distinct: values.clone().count(),
            n_rows: values.clone().count(),
            sketch: values.collect(),
            ..DraftColumn::default()
        }
    }

    #[test]
    fn the_number_of_an_order_or_an_address_leads_to_the_customer() {
        let orders = [column("order_no", "1", 1_000..1_400), column("cust", "C1", 0..100)];
        let clients = [column("E-mail", "a@b", 5_000..5_100), column("code", "C1", 0..100)];
        let files =
            [BridgeFile { columns: &orders, orders: Some("order_no") }, BridgeFile { columns: &clients, orders: None }];
        let found = |own: &DraftColumn, order| bridge((&[own], order), &orders[1], &files);
        let by_order = found(&column("ref", "7", 1_100..1_150), Some("ref")).unwrap();
        assert_eq!((by_order.place, by_order.their_key.as_str(), by_order.customers.as_str()), (0, "order_no", "cust"));
        assert_eq!(found(&column("ref", "7", 1_100..1_150), None), None, "it may count anything");
        let by_mail = found(&column("from", "a@b", 5_000..5_050), None).unwrap();
        assert_eq!((by_mail.place, by_mail.their_key.as_str(), by_mail.customers.as_str()), (1, "E-mail", "code"));
        assert_eq!(found(&column("from", "a@b", 8_000..8_050), None), None);
    }
}
