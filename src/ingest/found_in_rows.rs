//! Keys that several columns together ask for: order fields that stand on the first line alone, rows that are no purchases.

use polars::prelude::*;

use super::beside::is_of_money;
use super::conditions::{ColumnForm, is_empty_or, none_of, toml_text};
use super::fill_down::{is_given, on_later_lines};
use super::given_back::{Minus, is_read_as_return, tells_of_goods, tells_of_looks};
use super::kinds_of_goods::Products;
use super::newest_orders::PurchaseTimes;
use super::state_names;
use super::state_words::{NoPurchases, Says, is_test, is_voucher};
use super::words::Words;
use crate::config::{FoundKey, Table, in_words, means};

/// Lines that go on with an order, at least, for a field of its first line to be seen.
const LEAST_LINES: usize = 20;

/// One later line in so many may have a value of its own.
const ONE_IN: usize = 50;

/// Rows in a hundred that a flag may set aside, and a word among categories of goods: a third of the lines are goods.
const MOST_FLAGGED: usize = 30;
const MOST_OF_GOODS: usize = 20;

/// Rows in a hundred that may be of tests by a column that no name tells.
const MOST_TESTS: usize = 20;

/// Values of a column that a filter lists.
const MOST_LISTED: usize = 10;

/// The keys that the rows ask for: `fill_down`, `filter`.
///
/// Of rows without amounts, the filter says which are of no purchase where another file has the amounts.
pub(super) fn of_rows(rows: &DataFrame) -> Vec<FoundKey> {
    let has_amounts = rows.columns().iter().any(|column| is_of_money(column.name()));
    // A file that cannot be looked at in this way asks for nothing.
    let filled = if has_amounts { first_line_columns(rows).unwrap_or_default() } else { Vec::new() };
    let mut found = Vec::new();
    if !filled.is_empty() {
        let list: Vec<String> = filled.iter().map(|name| toml_text(name)).collect();
        let why = "empty on all lines of an order but the first";
        found.push(FoundKey::settled("fill_down", format!("[{}]", list.join(", ")), why));
    }
    let (minus, products, times) = (Minus::of(rows), Products::of(rows), PurchaseTimes::of(rows));
    let of_column = |column| condition(column, &filled, (&minus, &products, &times));
    let conditions: Vec<Condition> = rows.columns().iter().filter_map(of_column).collect();
    if !conditions.is_empty() {
        let whole: Vec<&str> = conditions.iter().map(|condition| condition.sql.as_str()).collect();
        let why: Vec<String> =
            conditions.iter().map(|condition| format!("`{}`: {} lines", condition.column, condition.lines)).collect();
        let why = format!("they are no purchases by {}", why.join(", "));
        found.push(FoundKey::settled("filter", toml_text(&whole.join(" AND ")), why).of_table(Table::Purchases));
    }
    found
}

/// Fields of orders that are written on their first lines alone: those that say who bought or what became of the order.
fn first_line_columns(rows: &DataFrame) -> PolarsResult<Vec<String>> {
    for column in rows.columns() {
        if !may_number_orders(column)? {
            continue;
        }
        let orders = column.cast(&DataType::String)?;
        let mut filled = Vec::new();
        for other in rows.columns().iter().filter(|other| is_told_of_orders(other.name())) {
            let (empty, given) = on_later_lines(other, orders.str()?)?;
            if empty >= LEAST_LINES && given * ONE_IN <= empty {
                filled.push(other.name().to_string());
            }
        }
        if !filled.is_empty() {
            return Ok(filled);
        }
    }
    first_line_orders(rows)
}

/// The same where the number of the order itself stands on its first line alone, and with it who bought and when.
fn first_line_orders(rows: &DataFrame) -> PolarsResult<Vec<String>> {
    for column in rows.columns().iter().filter(|column| means("order_id", column.name())) {
        let is_first = is_given(column)?;
        let (n_first, n_later) =
            (is_first.iter().filter(|given| **given).count(), is_first.iter().filter(|given| !**given).count());
        let words = Words::from_text(column.cast(&DataType::String)?.str()?);
        let n_numbers = words.names.iter().filter(|word| !word.trim().is_empty()).count();
        if is_first.first() != Some(&true) || n_later < LEAST_LINES || n_numbers != n_first {
            continue;
        }
        let mut filled = vec![column.name().to_string()];
        for other in rows.columns().iter().filter(|other| is_told_of_orders(other.name())) {
            let given = is_given(other)?;
            let on_later = given.iter().zip(&is_first).filter(|(given, is_first)| **given && !**is_first).count();
            if on_later * ONE_IN <= n_later && given.contains(&true) {
                filled.push(other.name().to_string());
            }
        }
        let is_whose = |name: &String| means("customer_id", name) || means("purchased_at", name);
        if filled.iter().skip(1).any(is_whose) {
            return Ok(filled);
        }
    }
    Ok(Vec::new())
}

/// Whether the values of a column stand in all rows, and each in rows that follow each other, some of them in several.
pub(super) fn may_number_orders(column: &Column) -> PolarsResult<bool> {
    if column.null_count() > 0 || !(column.dtype().is_string() || column.dtype().is_integer()) {
        return Ok(false);
    }
    let words = Words::from_text(column.cast(&DataType::String)?.str()?);
    let n_runs = words.codes.windows(2).filter(|pair| pair.first() != pair.last()).count() + 1;
    Ok(n_runs == words.names.len() && n_runs + LEAST_LINES <= column.len())
}

/// Amounts of an order must not be filled down: they would be counted with each line.
fn is_told_of_orders(name: &str) -> bool {
    let words = in_words(name);
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    state_names::of_name(name).is_some_and(Says::is_of_order)
        || means("customer_id", name)
        || means("purchased_at", name)
        || has(&[
            "email", "mail", "customer", "currency", "user", "client", "kunde", "kunden", "klant", "cliente", "buyer",
            "member", "debitor", "channel", "source", "tags",
        ])
        || (has(&["country"]) && has(&["billing", "shipping"]))
}

/// A condition that sets rows aside.
struct Condition {
    column: String,
    sql: String,
    lines: usize,
}

fn condition(
    column: &Column,
    filled: &[String],
    (minus, products, times): (&Minus, &Products, &PurchaseTimes),
) -> Option<Condition> {
    let name = column.name().to_string();
    let text = column.cast(&DataType::String).ok()?;
    let words = Words::from_text(text.str().ok()?);
    let says = state_names::of_column(&name, words.names.iter().map(String::as_str)).filter(|says| says.is_of_order());
    let no_purchases = NoPurchases::beside(words.names.iter().map(String::as_str));
    let speaks = |word: &&String| {
        says.unwrap_or(Says::State).speaks(word, &no_purchases) && !is_read_as_return(says, &words, word, minus)
    };
    let against: Vec<&str> = words.names.iter().filter(speaks).map(|word| word.trim()).collect();
    let is_state = says.is_some() || (words.names.len() <= MOST_LISTED && !state_names::tells_of_others(&name));
    if against.is_empty() || !is_state || (says.is_none() && tells_of_looks(&name)) {
        return None;
    }
    let has = |row: usize, against: &[&str]| words.get(row).is_some_and(|word| against.contains(&word.trim()));
    let rows_with = |against: &[&str]| (0..column.len()).filter(|row| has(*row, against)).count();
    let of_goods: Vec<&str> = match says {
        None => against.iter().copied().filter(|word| products.are_named(&words, word)).collect(),
        Some(_) => Vec::new(),
    };
    // What so many rows have is usual, or the column is not kept.
    let most_in_100 = match says {
        Some(Says::Done | Says::Undone) => MOST_FLAGGED,
        None if tells_of_goods(&name) || !of_goods.is_empty() => MOST_OF_GOODS,
        _ => 100,
    };
    if rows_with(&against) * 100 > column.len() * most_in_100 {
        return None;
    }
    if matches!(says, Some(Says::Done | Says::Undone)) && times.are_newest(|row| has(row, &against)) {
        return None;
    }
    // A voucher is none of the goods, however many there are to choose from. So many tests are something else.
    let are_tests =
        |word: &str| says.is_none() && is_test(word) && rows_with(&[word]) * 100 > column.len() * MOST_TESTS;
    let is_meant = |word: &&str| (!of_goods.contains(word) || is_voucher(word)) && !are_tests(word);
    let against: Vec<&str> = against.into_iter().filter(is_meant).collect();
    let lines = rows_with(&against);
    if against.is_empty() {
        return None;
    }
    // Rows that are empty and not filled stay.
    let has_empty =
        column.null_count() > 0 || words.names.iter().any(|word| word.trim().is_empty()) || filled.contains(&name);
    let form = ColumnForm { is_text: column.dtype().is_string(), has_empty };
    let is_listed = form.is_text && against.len() <= MOST_LISTED;
    let says_nothing = |word: &&str| !word.trim().is_empty() && !against.contains(&word.trim());
    let nothing: Vec<&str> = words.names.iter().map(String::as_str).filter(says_nothing).collect();
    let is_listed = is_listed || says != Some(Says::Undone);
    let sql = if is_listed { none_of(&name, &against, form) } else { is_empty_or(&name, &nothing, form) };
    Some(Condition { column: name, sql, lines })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_first_lines_and_rows_that_are_no_purchases_are_found() {
        let n = 120;
        let on_first = |row: usize, text: &'static str| row.is_multiple_of(3).then_some(text);
        let rows = df!(
            "Name" => (0..n).map(|row| format!("#{}", row / 3)).collect::<Vec<_>>(),
            "Email" => (0..n).map(|row| on_first(row, "a@x.com")).collect::<Vec<_>>(),
            "Total" => (0..n).map(|row| on_first(row, "9.00")).collect::<Vec<_>>(),
            "Status" => (0..n).map(|row| on_first(row, if row == 3 { "voided" } else { "paid" })).collect::<Vec<_>>(),
            "Lineitem" => (0..n).map(|row| format!("p{}", row % 7)).collect::<Vec<_>>(),
        )
        .unwrap();
        let found = of_rows(&rows);
        let written: Vec<(&str, &str)> = found.iter().map(|key| (key.key, key.readings[0].toml.as_str())).collect();
        let filter = "\"COALESCE(\\\"Status\\\", '') NOT IN ('voided')\"";
        assert_eq!(written, [("fill_down", "[\"Email\", \"Status\"]"), ("filter", filter)]);
        assert!(of_rows(&rows.select(["Name", "Lineitem", "Total"]).unwrap()).is_empty());
        let without = of_rows(&rows.drop("Total").unwrap());
        assert_eq!(
            without.iter().map(|key| key.key).collect::<Vec<_>>(),
            ["filter"],
            "another file may have the amounts"
        );
    }

    #[test]
    fn a_number_on_first_lines_alone_is_filled_with_what_stands_beside_it() {
        let on_first = |row: usize, text: String| row.is_multiple_of(3).then_some(text);
        let rows = df!(
            "Order Reference" => (0..120).map(|row| on_first(row, format!("S{row}"))).collect::<Vec<_>>(),
            "Order Date" => (0..120).map(|row| on_first(row, "2024-05-01".to_owned())).collect::<Vec<_>>(),
            "Customer" => (0..120).map(|row| on_first(row, format!("C{}", row % 7))).collect::<Vec<_>>(),
            "Order Lines/Subtotal" => (0..120).map(|row| format!("{row}.50")).collect::<Vec<_>>(),
            "Total" => (0..120).map(|row| on_first(row, "9.00".to_owned())).collect::<Vec<_>>(),
        )
        .unwrap();
        let found = of_rows(&rows);
        assert_eq!(found[0].readings[0].toml, "[\"Order Reference\", \"Order Date\", \"Customer\"]");
        // Numbers that come again are those of lines somewhere else.
        let again = df!(
            "Order" => (0..120).map(|row| on_first(row, format!("S{}", row % 9))).collect::<Vec<_>>(),
            "Customer" => (0..120).map(|row| on_first(row, format!("C{}", row % 7))).collect::<Vec<_>>(),
            "Total" => (0..120).map(|row| format!("{row}.50")).collect::<Vec<_>>(),
        )
        .unwrap();
        assert!(of_rows(&again).is_empty());
    }
}
