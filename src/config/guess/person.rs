//! Which columns tell persons and orders apart, by what comes again in them.

use std::collections::BTreeMap;

use super::amount::is_of_order;
use crate::config::found::DraftColumn;
use crate::config::looks::plausible;
use crate::config::name_words::in_words;
use crate::config::tables::Kind;

/// Whether a column holds names of people or firms and no numbers or addresses.
pub(super) fn holds_names(column: &DraftColumn) -> bool {
    let example = column.example.trim();
    example.contains(' ') && !example.contains('@') && !example.bytes().any(|byte| byte.is_ascii_digit())
}

/// One column in so many customers has as few values as a group of customers.
pub(crate) const FEWEST_PERSONS: usize = 20;

/// Words of names that tell of a person, and words that tell of more than one.
const PERSONS: &[&str] =
    &["customer", "client", "user", "buyer", "member", "shopper", "consumer", "person", "household"];
const SEVERAL: &[&str] = &[
    "group", "segment", "type", "class", "tier", "city", "region", "state", "country", "zip", "agent", "store",
    "status",
];

/// Another column for the customer, where the one of that name is new with each order: an id of a person comes again.
pub(super) fn person_behind<'c>(
    matched: &BTreeMap<&'static str, &DraftColumn>,
    columns: &'c [DraftColumn],
) -> Option<&'c DraftColumn> {
    let customer = matched.get("customer_id")?;
    let rows = columns.iter().map(|column| column.n_distinct).max()?;
    let orders = matched.get("order_id").map_or(rows, |order| order.n_distinct);
    if customer.n_distinct < 2 || customer.n_distinct < orders {
        return None;
    }
    let tells =
        |column: &&DraftColumn, words: &[&str]| in_words(&column.name).iter().any(|w| words.contains(&w.as_str()));
    let is_taken = |column: &&DraftColumn| matched.values().any(|other| other.name == column.name);
    let comes_again = |column: &&DraftColumn| {
        column.n_distinct < customer.n_distinct && column.n_distinct * FEWEST_PERSONS >= customer.n_distinct
    };
    let free = columns.iter().filter(|column| !is_taken(column) && plausible(Kind::Id, column));
    free.filter(|column| tells(column, PERSONS) && !tells(column, SEVERAL) && comes_again(column))
        .max_by_key(|column| column.n_distinct)
}

/// Whether a column of addresses gathers the ids of persons who have a new one with each order: many addresses have several ids,
/// nearly each id has one address, and there are clearly fewer addresses. Of both: how many, and how many with several of the other.
#[cfg(feature = "tables")]
pub(crate) const fn gathers_persons((n_mails, of_several): (u64, u64), (n_ids, ids_of_several): (u64, u64)) -> bool {
    of_several * 20 >= n_mails
        && ids_of_several * 50 <= n_ids
        && n_mails * 10 <= n_ids * 9
        && n_mails * FEWEST_PERSONS as u64 >= n_ids
        && n_mails >= FEWEST_PERSONS as u64
}

/// The column of addresses, where the ids are new with each order of a guest, or lack for guests, and the addresses do not.
pub(super) fn mail_of_guests<'c>(
    matched: &BTreeMap<&'static str, &DraftColumn>,
    columns: &'c [DraftColumn],
) -> Option<&'c DraftColumn> {
    let customer = matched.get("customer_id")?;
    let is_full = |column: &DraftColumn| column.n_empty * 50 <= column.n_rows;
    let lacks = customer.n_rows > 0 && customer.n_empty * 20 > customer.n_rows;
    let is_address = |column: &&DraftColumn| column.example.contains('@') && is_full(column);
    let gathers = |column: &&DraftColumn| match &column.gathers {
        Some(gathered) => gathered.contains(&customer.name) || (lacks && column.n_distinct >= FEWEST_PERSONS),
        None => false,
    };
    columns.iter().filter(|column| column.name != customer.name).filter(is_address).find(gathers)
}

/// The ids beside a column of addresses that tell customers better: one has several addresses, or several share one.
pub(super) fn ids_beside_mail<'c>(
    matched: &BTreeMap<&'static str, &DraftColumn>,
    columns: &'c [DraftColumn],
) -> Option<&'c DraftColumn> {
    let mail = matched.get("customer_id")?;
    let is_free = |column: &&DraftColumn| matched.values().all(|other| other.name != column.name);
    let is_better = |column: &&DraftColumn| mail.told_by.contains(&column.name) && plausible(Kind::Id, column);
    columns.iter().filter(is_better).find(is_free)
}

/// Names that say that a column numbers something, and not what.
const PLAIN_NUMBERS: &[&str] = &[
    "id",
    "no",
    "nr",
    "number",
    "nummer",
    "numero",
    "número",
    "numéro",
    "numer",
    "номер",
    "szám",
    "αριθμός",
    "เลขที่",
    "番号",
    "编号",
    "번호",
    "ref",
    "réf",
];

/// Whether a column is called `ID` or `No` and no more.
pub(super) fn is_plain_number(column: &DraftColumn) -> bool {
    PLAIN_NUMBERS.contains(&in_words(&column.name).join("_").as_str())
}

/// A column called `ID` or `No` and no more, where no other names the order: of the purchase that a row belongs to, if it comes
/// again within the file; one that never does may as well number lines.
pub(super) fn plain_order<'c>(
    matched: &BTreeMap<&'static str, &DraftColumn>,
    columns: &'c [DraftColumn],
) -> Option<&'c DraftColumn> {
    let is_plain = |column: &&DraftColumn| is_plain_number(column);
    // Where the amount is that of an order, each row is one.
    let are_orders = matched.get("amount").is_some_and(|amount| is_of_order(&amount.name));
    // A number of a document, such as `INV/2024/17`, is none of a line where nothing tells of lines.
    let has_lines = ["quantity", "product_id"].iter().any(|ours| matched.contains_key(ours));
    let is_of_document = |column: &DraftColumn| {
        let has = |of: fn(char) -> bool| column.example.contains(of);
        !has_lines && has(char::is_alphabetic) && has(|letter| letter.is_ascii_digit())
    };
    let comes_again = |column: &&DraftColumn| {
        let is_new = column.n_distinct == column.n_rows;
        column.n_empty == 0 && column.n_distinct > 1 && (!is_new || are_orders || is_of_document(column))
    };
    let is_free = |column: &&DraftColumn| matched.values().all(|other| other.name != column.name);
    let candidates = columns.iter().filter(|column| plausible(Kind::Id, column));
    if matched.contains_key("order_id") || !matched.contains_key("customer_id") {
        return None;
    }
    candidates.filter(is_plain).filter(is_free).find(comes_again)
}
