//! Columns that may number orders: whether each value of them is of one customer and few days.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::words::Words;
use crate::config::{in_words, means};
use crate::timeline::columns::NO_CODE;

/// Columns that are looked at, at most, so that wide files take no longer.
const MOST: usize = 8;

/// Days on which the documents of one order may be written. An invoice that is of several days gathers orders.
const MOST_DAYS: usize = 3;

/// Words that customers are called by beside those that mean an id of theirs.
const PERSONS: &[&str] = &["contact", "customer", "client", "kunde", "debitor", "buyer", "email"];

/// How many values of each column that may number orders stand in rows of several customers, or of many days.
pub(super) fn of_rows(rows: &DataFrame) -> BTreeMap<String, usize> {
    let may_number = |column: &&Column| may_number_orders(column.name());
    let candidates: Vec<&Column> = rows.columns().iter().filter(may_number).take(MOST).collect();
    // One column is what it is: there is none to choose from.
    if candidates.len() < 2 {
        return BTreeMap::new();
    }
    let (customers, days) = (customers(rows), days(rows));
    let mixed = |column: &Column| {
        let most_days = if is_called_order(column.name()) { MOST_DAYS } else { 1 };
        let others = customers.iter().map(|words| (words, 1)).chain(days.iter().map(|words| (words, most_days)));
        Some((column.name().to_string(), n_mixed(&Words::of_column(column)?, others)))
    };
    candidates.into_iter().filter_map(mixed).collect()
}

fn may_number_orders(name: &str) -> bool {
    const NUMBERS: &[&str] =
        &["reference", "document", "order", "invoice", "transaction", "receipt", "beleg", "rechnung", "auftrag"];
    let words = in_words(name);
    means("order_id", name)
        || (words.iter().any(|word| NUMBERS.contains(&word.as_str()))
            && words.iter().any(|word| matches!(word.as_str(), "no" | "nr" | "number" | "id" | "reference" | "nummer")))
}

fn is_called_order(name: &str) -> bool {
    const ORDERS: &[&str] = &["order", "auftrag", "bestell", "commande", "pedido", "ordine", "bestelling", "zamówieni"];
    in_words(name).iter().any(|word| ORDERS.iter().any(|start| word.starts_with(start)))
}

/// The column that tells most customers apart.
pub(super) fn customers(rows: &DataFrame) -> Option<Words> {
    let is_person = |column: &&Column| {
        means("customer_id", column.name())
            || in_words(column.name()).iter().any(|word| PERSONS.contains(&word.as_str()))
    };
    let persons = rows.columns().iter().filter(is_person).filter(|column| !may_number_orders(column.name()));
    let persons =
        persons.take(MOST).filter_map(Words::of_column).filter(|words| words.names.len() * 10 <= words.codes.len() * 9);
    persons.max_by_key(|words| words.names.len())
}

/// The day of the purchase, without its time.
fn days(rows: &DataFrame) -> Option<Words> {
    let column = rows.columns().iter().find(|column| means("purchased_at", column.name()))?;
    let text = column.cast(&DataType::String).ok()?;
    let days: StringChunked = text
        .str()
        .ok()?
        .iter()
        .map(|text| text.map(|text| text.trim().split([' ', 'T']).next().unwrap_or(text)))
        .collect();
    Some(Words::from_text(&days))
}

/// Values that stand in rows with more values of another column than they may.
fn n_mixed<'w>(numbers: &Words, others: impl Iterator<Item = (&'w Words, usize)>) -> usize {
    let mut is_mixed = vec![false; numbers.names.len()];
    for (other, most) in others {
        let mut seen: Vec<Vec<u32>> = vec![Vec::new(); numbers.names.len()];
        for (number, code) in numbers.codes.iter().zip(&other.codes).filter(|(_, code)| **code != NO_CODE) {
            let place = usize::try_from(*number).unwrap_or(usize::MAX);
            let (Some(seen), Some(mixed)) = (seen.get_mut(place), is_mixed.get_mut(place)) else { continue };
            if !*mixed && !seen.contains(code) {
                seen.push(*code);
                *mixed = seen.len() > most;
            }
        }
    }
    is_mixed.iter().filter(|mixed| **mixed).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_several_customers_or_days_are_counted() {
        let n = 60;
        let rows = df!(
            "Order No." => (0..n).map(|row| format!("A{}", row / 3)).collect::<Vec<_>>(),
            "Document No." => (0..n).map(|row| format!("D{row}")).collect::<Vec<_>>(),
            "Reference" => (0..n).map(|row| format!("R{}", row % 6)).collect::<Vec<_>>(),
            "Customer" => (0..n).map(|row| format!("C{}", row / 3 % 10)).collect::<Vec<_>>(),
            "Order date" => (0..n).map(|row| format!("2024-05-{:02} 10:{row}", row / 6 + 1)).collect::<Vec<_>>(),
        )
        .unwrap();
        let expected = [("Document No.", 0), ("Order No.", 0), ("Reference", 6)];
        assert_eq!(of_rows(&rows), expected.map(|(name, n)| (name.to_owned(), n)).into());
        assert!(of_rows(&rows.drop("Document No.").unwrap().drop("Reference").unwrap()).is_empty());
    }
}
