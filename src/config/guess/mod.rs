//! Guesses which source column is which of ours, from names, types and one example each. A guess is a proposal for a
//! person to read: what is not telling enough stays open.

mod amount;
mod clock;
mod nearness;
mod order;
mod person;

use std::collections::BTreeMap;

pub(crate) use self::amount::is_unit_price;
use self::amount::{derived_amount, discount_in_money, discount_of_order, in_major_units, is_of_order, is_of_stock};
use self::clock::with_clock;
use self::nearness::{BY_WORDS, distance, without_taxes};
use self::order::{better_order, with_its_day};
pub(crate) use self::person::FEWEST_PERSONS;
#[cfg(feature = "tables")]
pub(crate) use self::person::gathers_persons;
use self::person::{holds_names, ids_beside_mail, is_plain_number, mail_of_guests, person_behind, plain_order};
use super::consent;
use super::expressions::{always_quoted, names_in, quoted};
use super::found::DraftColumn;
use super::lexicon;
use super::looks::{holds_days, is_float, numbers_rows, plausible};
use super::name_words::in_words;
use super::paid_words::is_paid_on;
use super::synonyms;
use super::tables::{Kind, Table};

/// Our column names with the mapping proposed for each.
pub(super) fn mapping(table: Table, columns: &[DraftColumn]) -> BTreeMap<&'static str, String> {
    let mut matched = matched(table, columns);
    if table == Table::Purchases {
        if let Some(person) = person_behind(&matched, columns) {
            matched.insert("customer_id", person);
        }
        if let Some(ids) = ids_beside_mail(&matched, columns) {
            matched.insert("customer_id", ids);
        }
        if let Some(mail) = mail_of_guests(&matched, columns) {
            matched.insert("customer_id", mail);
        }
        if let Some(order) = plain_order(&matched, columns) {
            matched.insert("order_id", order);
        }
        if let Some(order) = better_order(&matched, columns) {
            matched.insert("order_id", order);
        }
    }
    let mut mapping: BTreeMap<_, _> =
        matched.iter().map(|(name, column)| (*name, source_of(table, name, column))).collect();
    if table == Table::Purchases
        && let Some(order) = matched.get("order_id").and_then(|order| with_its_day(order))
    {
        mapping.insert("order_id", order);
    }
    if table == Table::Purchases
        && let Some(amount) = derived_amount(&matched, columns)
    {
        if let Some(discount) = discount_in_money(&matched, columns).filter(|_| amount.contains("(1 - ")) {
            mapping.insert("discount", discount);
        }
        mapping.insert("amount", amount);
    }
    if table == Table::Purchases {
        add_discount(&mut mapping, columns);
    }
    if table == Table::Purchases && !mapping.contains_key("is_return") {
        add_returns(&mut mapping, columns);
    }
    if table == Table::Customers
        && let Some(opted_out) = consent::opted_out(columns)
    {
        mapping.insert("opted_out", opted_out);
    }
    if let Some(name) = ["purchased_at", "opened_at", "answered_at"].into_iter().find(|name| mapping.contains_key(name))
        && let Some(time) = matched.get(name).and_then(|day| with_clock(day, columns))
    {
        mapping.insert(name, time);
    }
    mapping
}

/// The discount of the order that the amount of a mapping is before.
fn discount_before(mapping: &BTreeMap<&'static str, String>, columns: &[DraftColumn]) -> Option<String> {
    discount_of_order(&reads(mapping.get("amount")?, columns), columns)
}

/// Adds the discount of the order that the amount is before.
pub(super) fn add_discount(mapping: &mut BTreeMap<&'static str, String>, columns: &[DraftColumn]) {
    if let Some(discount) = discount_before(mapping, columns) {
        mapping.insert("discount", discount);
    }
}

/// Whether a mapping has the discount of the order that its amount is before.
pub(super) fn is_before_discount(mapping: &BTreeMap<&'static str, String>, columns: &[DraftColumn]) -> bool {
    discount_before(mapping, columns).is_some_and(|discount| mapping.get("discount") == Some(&discount))
}

/// The mapping but for the opt-outs, of which each file of customers may tell in columns of its own.
pub(super) fn mapping_of_all(table: Table, columns: &[DraftColumn]) -> BTreeMap<&'static str, String> {
    let mut mapping = mapping(table, columns);
    mapping.remove("opted_out");
    mapping
}

/// Adds what says that a row gives something back, and what it gives back where that is in a column of its own.
fn add_returns(mapping: &mut BTreeMap<&'static str, String>, columns: &[DraftColumn]) {
    if let Some((column, is_return)) = given_back(columns) {
        if let Some(amount) = mapping.get("amount").and_then(|amount| with_refunds(amount, column, &is_return, columns))
        {
            mapping.insert("amount", amount);
        }
        mapping.insert("is_return", is_return);
    } else if let Some(is_return) = mapping.get("amount").and_then(|amount| by_pieces(amount, columns)) {
        mapping.insert("is_return", is_return);
    }
}

/// The condition of rows whose kind says that they give something back.
fn given_back(columns: &[DraftColumn]) -> Option<(&DraftColumn, String)> {
    let column = columns.iter().find(|column| !column.given_back.is_empty())?;
    let name = always_quoted(&column.name);
    let name = if column.n_empty > 0 { format!("COALESCE({name}, '')") } else { name };
    let listed: Vec<String> =
        column.given_back.iter().map(|value| format!("'{}'", value.replace('\'', "''"))).collect();
    Some((column, format!("{name} IN ({})", listed.join(", "))))
}

/// The condition of rows whose quantity is below zero while their amount is above, as they stand or as they are multiplied.
fn by_pieces(amount: &str, columns: &[DraftColumn]) -> Option<String> {
    let read = reads(amount, columns);
    let told =
        columns.iter().filter(|column| read.contains(&column.name)).find_map(|column| column.beside_minus.as_ref())?;
    let is_multiplied = read.contains(&told.quantity);
    (is_multiplied != told.is_above).then(|| format!("{} < 0", always_quoted(&told.quantity)))
}

/// An amount that rows which give something back lack, with what they have in a column of its own.
fn with_refunds(amount: &str, kinds: &DraftColumn, is_return: &str, columns: &[DraftColumn]) -> Option<String> {
    let given = kinds.given_money.as_ref()?;
    let lacks = reads(amount, columns).iter().any(|name| given.lacking.contains(name));
    let is_column = columns.iter().any(|column| column.name == amount);
    let amount = if is_column { always_quoted(amount) } else { amount.to_owned() };
    lacks.then(|| format!("CASE WHEN {is_return} THEN {} ELSE {amount} END", always_quoted(&given.column)))
}

/// Best matches first; a source column serves one of ours and one of ours has one source column.
fn matched(table: Table, columns: &[DraftColumn]) -> BTreeMap<&'static str, &DraftColumn> {
    let mut candidates = Vec::new();
    let tells_lines =
        |column: &DraftColumn| ["quantity", "product_id"].iter().any(|ours| lexicon::means(ours, &column.name));
    let has_lines = table == Table::Purchases && columns.iter().any(tells_lines);
    for (name, synonyms) in synonyms::of(table) {
        let Some(spec) = table.column(name) else { continue };
        for (position, column) in columns.iter().enumerate().filter(|(_, column)| plausible(spec.kind, column)) {
            // One id for all is the shop's own.
            if *name == "customer_id" && column.n_distinct == 1 && column.n_rows >= FEWEST_PERSONS {
                continue;
            }
            if spec.kind == Kind::Money && (numbers_rows(column) || is_of_stock(&column.name)) {
                continue;
            }
            // A number that is new in each row names the order: `Ref.` is short for either.
            if *name == "product_id" && is_plain_number(column) && column.n_distinct == column.n_rows {
                continue;
            }
            // `state` is what became of an order at least as often as a place, and `Art` what a row is as often as what was bought.
            let is_state = match *name {
                "region" | "channel" => column.holds_states,
                "product_id" | "category" | "order_id" if table == Table::Purchases => {
                    column.holds_states && column.are_states
                }
                _ => false,
            };
            if is_state {
                continue;
            }
            let words = in_words(&column.name);
            let words = if spec.kind == Kind::Money { without_taxes(&words) } else { &words };
            let by_words = || lexicon::distance(table, name, words).map(|rank| (BY_WORDS, rank));
            if let Some(mut distance) = distance(spec.kind, synonyms, &column.name).or_else(by_words) {
                // A time of the day is no day, and what was never paid has no day on which it was.
                let is_far = match spec.kind {
                    Kind::Id => holds_names(column),
                    Kind::Time => {
                        (!column.example.is_empty() && !holds_days(column))
                            || (table == Table::Purchases && column.n_empty > 0 && is_paid_on(&column.name))
                    }
                    _ => false,
                };
                if is_far {
                    distance.0 += BEHIND_OTHERS;
                } else if name == &"amount" && has_lines && is_of_order(&column.name) {
                    distance.0 += BEHIND_LINES;
                }
                candidates.push((distance, !spec.required, position, spec.name, column));
            }
        }
    }
    candidates.sort_by_key(|(distance, optional, position, name, _)| (*distance, *optional, *position, *name));
    let mut matched = BTreeMap::new();
    let mut taken = vec![false; columns.len()];
    for (_, _, position, name, column) in candidates {
        let Some(taken) = taken.get_mut(position).filter(|taken| !**taken) else { continue };
        matched.entry(name).or_insert_with(|| {
            *taken = true;
            column
        });
    }
    matched
}

/// How much nearer an amount of a line is than one of its order.
const BEHIND_LINES: u8 = 5;

/// How much nearer any number is than a name, of which two customers may have the same one, and a day than a time of the day.
const BEHIND_OTHERS: u8 = 10;

/// A column by its name; numbers that name something lose their decimals, else `13085` would be called `13085.0`.
fn source_of(table: Table, name: &str, column: &DraftColumn) -> String {
    let is_id = table.column(name).is_some_and(|spec| spec.kind == Kind::Id);
    if is_id && is_float(&column.dtype.to_lowercase()) {
        return format!("CAST(CAST({} AS BIGINT) AS VARCHAR)", quoted(&column.name));
    }
    if table.column(name).is_some_and(|spec| spec.kind == Kind::Money) {
        return in_major_units(column, column.name.clone());
    }
    if name == "customer_id" && column.example.contains('@') {
        return format!("LOWER({})", always_quoted(&column.name));
    }
    column.name.clone()
}

/// The columns of a source that a mapping reads.
pub(super) fn reads(from: &str, columns: &[DraftColumn]) -> Vec<String> {
    if columns.iter().any(|column| column.name == from) {
        return vec![from.to_owned()];
    }
    let mut names = names_in(from);
    let words = from.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    names.extend(words.map(str::to_owned));
    names.retain(|name| columns.iter().any(|column| column.name == *name));
    names
}

#[cfg(test)]
mod tests;
