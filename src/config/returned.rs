//! A file of what was given back, beside the orders: how both are read as one table.

use super::expressions::always_quoted;
use super::found::{DraftColumn, DraftFile};
use super::guess::{self, reads};
use super::looks::{holds_days, plausible};
use super::name_words::in_words;
use super::tables::{Kind, Table};

/// Beginnings of words for what is given back.
const RETURNS: &[&str] = &[
    "refund",
    "return",
    "credit",
    "erstatt",
    "rückerstatt",
    "gutschrift",
    "rembours",
    "reembols",
    "rimbors",
    "terugbetaal",
];

/// Words of columns that tell something else of it than how much.
const OTHERS: &[&str] = &["status", "at", "date", "id", "type", "reason", "currency", "method", "number", "no"];

/// How a file is read with the orders, as the end of a sentence, if it holds what was given back to the same customers.
pub(super) fn way_in(first: &DraftFile, file: &DraftFile) -> Option<String> {
    let ours = guess::mapping_of_all(Table::Purchases, &first.peek.columns);
    let (amount, at) = (ours.get("amount")?, ours.get("purchased_at")?);
    let refund = file.peek.columns.iter().find(|column| is_refund(column))?;
    let day = day_of(&file.peek.columns)?;
    let lacks = |from: &String| reads(from, &first.peek.columns).iter().any(|name| !has(file, name));
    let lacking: Vec<(&str, &String)> = ours
        .iter()
        .filter(|(name, from)| !matches!(**name, "amount" | "purchased_at") && lacks(from))
        .map(|(name, from)| (*name, from))
        .collect();
    let theirs = guess::mapping_of_all(Table::Purchases, &file.peek.columns);
    let other_name = |name: &str| match name {
        "order_id" => theirs.get(name).cloned().or_else(|| Some(number_of(&file.peek.columns)?.name.clone())),
        _ => theirs.get(name).cloned(),
    };
    let written = |from: &str, own: &DraftFile| if has(own, from) { always_quoted(from) } else { from.to_owned() };
    let first_of = |from: &str, other: &str| format!("COALESCE({}, {other})", written(from, first));
    let mut lines = vec![
        format!("`amount = '{}'`", first_of(amount, &format!("0 - {}", always_quoted(&refund.name)))),
        format!("`purchased_at = '{}'`", first_of(at, &always_quoted(&day.name))),
    ];
    let mut without: Vec<String> = Vec::new();
    for (name, from) in lacking {
        match other_name(name).filter(|other| reads(from, &first.peek.columns) != reads(other, &file.peek.columns)) {
            Some(other) => lines.push(format!("`{name} = '{}'`", first_of(from, &written(&other, file)))),
            // Nobody knows to whom it was given back.
            None if name == "customer_id" => return None,
            None => without.push(format!("`{name}`")),
        }
    }
    let without =
        if without.is_empty() { String::new() } else { format!(", without {}, which it lacks", without.join(", ")) };
    Some(format!(
        "; it seems to hold what was given back, and turnover is too high without it: add it to `path` and write {} in \
         `[purchases.columns]`{without}",
        in_a_row(&lines),
    ))
}

/// Lines as a sentence names them.
fn in_a_row(lines: &[String]) -> String {
    match lines.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => String::new(),
    }
}

/// The column that numbers what was given back.
fn number_of(columns: &[DraftColumn]) -> Option<&DraftColumn> {
    const NUMBERS: &[&str] = &["id", "no", "nr", "number", "nummer", "num"];
    columns.iter().find(|column| {
        let words = in_words(&column.name);
        words.iter().any(|word| RETURNS.iter().any(|start| word.starts_with(start)))
            && words.iter().any(|word| NUMBERS.contains(&word.as_str()))
    })
}

fn has(file: &DraftFile, name: &str) -> bool {
    file.peek.columns.iter().any(|column| column.name == name)
}

/// Whether a column has the amounts that were given back.
fn is_refund(column: &DraftColumn) -> bool {
    let words = in_words(&column.name);
    let speaks = words.iter().any(|word| RETURNS.iter().any(|start| word.starts_with(start)));
    let is_other = words.iter().any(|word| OTHERS.contains(&word.as_str()));
    speaks && !is_other && plausible(Kind::Money, column) && !holds_days(column)
}

/// The day on which it was: of several the one that speaks of returns.
fn day_of(columns: &[DraftColumn]) -> Option<&DraftColumn> {
    let days = || columns.iter().filter(|column| holds_days(column));
    let speaks = |column: &&DraftColumn| {
        in_words(&column.name).iter().any(|word| RETURNS.iter().any(|start| word.starts_with(start)))
    };
    days().find(speaks).or_else(|| days().next().filter(|_| days().count() == 1))
}
