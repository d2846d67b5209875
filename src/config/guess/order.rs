//! Which of several columns numbers the orders: by its values first, names only break ties.

use std::collections::BTreeMap;

use super::nearness::{BY_WORDS, distance};
use crate::config::expressions::always_quoted;
use crate::config::found::DraftColumn;
use crate::config::lexicon;
use crate::config::looks::plausible;
use crate::config::name_words::in_words;
use crate::config::synonyms;
use crate::config::tables::{Kind, Table};

/// One value in so many may be of several customers or many days, and one row in so many without any.
const ONE_IN: usize = 20;

/// The same where the nearest name is of a number that is new on each line: an invoice of a week or month is of several orders.
const ONE_IN_OF_LINES: usize = 100;

/// Another column for the order, where the one with the nearest name numbers something else: its values are of several customers
/// or many days, or new on each line while those of the other hold lines together.
pub(super) fn better_order<'c>(
    matched: &BTreeMap<&'static str, &DraftColumn>,
    columns: &'c [DraftColumn],
) -> Option<&'c DraftColumn> {
    let nearest = matched.get("order_id")?;
    let has_lines = ["product_id", "quantity"].iter().any(|ours| matched.contains_key(ours));
    let is_of_lines = has_lines && is_new_on_each_row(nearest);
    if nearest.n_mixed.is_none() || (numbers_orders(nearest) && !is_of_lines && !is_vague(nearest)) {
        return None;
    }
    let is_taken = |column: &&DraftColumn| matched.values().any(|other| other.name == column.name);
    let holds_lines = |column: &DraftColumn| {
        !is_of_lines || column.n_mixed.is_some_and(|n_mixed| n_mixed * ONE_IN_OF_LINES <= column.n_distinct)
    };
    let fits = |column: &&DraftColumn| {
        numbers_orders(column) && holds_lines(column) && !is_new_on_each_row(column)
            || (!is_of_lines && numbers_orders(column))
    };
    let free = columns.iter().filter(|column| plausible(Kind::Id, column) && !is_taken(column)).filter(fits);
    // What refers to orders one by one is replaced by what tells no more of them apart.
    let is_no_finer = |column: &&DraftColumn| {
        !numbers_orders(nearest) || is_of_lines || column.n_distinct * ONE_IN <= nearest.n_distinct * (ONE_IN + 1)
    };
    let near = free.filter(is_no_finer).filter_map(|column| Some((distance_of_order(&column.name)?, column)));
    near.min_by_key(|(distance, _)| *distance).map(|(_, column)| column)
}

/// A number of orders with what has to stand beside it, where it starts anew.
pub(super) fn with_its_day(order: &DraftColumn) -> Option<String> {
    let anew = order.anew.as_ref()?;
    let day = anew.day.as_ref().map(|day| {
        let name = always_quoted(&day.column);
        day.mark.map_or_else(|| name.clone(), |mark| format!("SPLIT_PART({name}, '{mark}', 1)"))
    });
    let places = anew.places.iter().map(|place| always_quoted(place));
    let parts: Vec<String> = day.into_iter().chain(places).chain([always_quoted(&order.name)]).collect();
    Some(format!("CONCAT({})", parts.join(", '-', ")))
}

/// Whether a name says that a column refers to something, and not to what: a number that is called so is the nearer one.
fn is_vague(column: &DraftColumn) -> bool {
    const VAGUE: &[&str] =
        &["reference", "référence", "referenz", "referencia", "your_reference", "customer_reference"];
    VAGUE.contains(&in_words(&column.name).join("_").as_str())
}

/// Whether each value is of one customer and few days, and most rows have one.
fn numbers_orders(column: &DraftColumn) -> bool {
    column.n_mixed.is_some_and(|n_mixed| n_mixed * ONE_IN <= column.n_distinct)
        && column.n_empty * ONE_IN <= column.n_rows
}

fn is_new_on_each_row(column: &DraftColumn) -> bool {
    (column.n_distinct + column.n_empty) * ONE_IN > column.n_rows * (ONE_IN - 1)
}

fn distance_of_order(name: &str) -> Option<(u8, usize)> {
    let of_orders = |(ours, _): &&(&str, &[&str])| *ours == "order_id";
    let (_, names) = synonyms::of(Table::Purchases).iter().find(of_orders)?;
    let by_words = || lexicon::distance(Table::Purchases, "order_id", &in_words(name)).map(|rank| (BY_WORDS, rank));
    distance(Kind::Id, names, name).or_else(by_words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, n_distinct: usize, n_mixed: usize) -> DraftColumn {
        DraftColumn {
            name: name.to_owned(),
            dtype: "str".to_owned(),
            example: "A1".to_owned(),
            n_distinct,
            n_rows: 400,
            n_mixed: Some(n_mixed),
            ..DraftColumn::default()
        }
    }

    fn better(nearest: &DraftColumn, other: DraftColumn, has_lines: bool) -> Option<String> {
        let product = DraftColumn::default();
        let mut matched = BTreeMap::from([("order_id", nearest)]);
        matched.extend(has_lines.then_some(("product_id", &product)));
        better_order(&matched, &[nearest.clone(), other]).map(|column| column.name.clone())
    }

    #[test]
    fn values_choose_the_order_and_names_break_ties() {
        let sales = || column("Sales Order No.", 200, 0);
        let chosen = Some("Sales Order No.".to_owned());
        assert_eq!(better(&column("Document No.", 400, 0), sales(), true), chosen, "a number of lines");
        assert_eq!(better(&column("Document No.", 30, 30), sales(), true), chosen, "a number of days");
        assert_eq!(better(&column("Document No.", 200, 3), sales(), true), None, "a number of orders");
        assert_eq!(better(&column("Document No.", 400, 0), sales(), false), None, "each row is an order");
        assert_eq!(better(&column("Document No.", 400, 0), column("Invoice", 390, 0), true), None);
        assert_eq!(
            better(&column("Reference", 40, 40), column("InvoiceNumber", 400, 0), false),
            Some("InvoiceNumber".to_owned())
        );
        let of_orders = column("Reference", 200, 0);
        assert_eq!(better(&of_orders, column("InvoiceNumber", 200, 0), false), Some("InvoiceNumber".to_owned()));
        assert_eq!(better(&of_orders, column("InvoiceNumber", 40, 40), false), None, "a number of something else");
        assert_eq!(better(&of_orders, column("Transaction", 400, 0), false), None, "a number of payments");
        assert_eq!(better(&column("Reference", 40, 40), column("Batch", 400, 0), false), None, "no name of orders");
    }
}
