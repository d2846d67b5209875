//! A first look at a file that nobody has described yet: columns, types, examples, and keys that its reading needs.

use std::borrow::Cow;
use std::path::Path;

use polars::prelude::*;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::conditions::toml_text;
use super::error::IngestError;
use super::given_back::{Minus, without_minus};
use super::header::is_nameless;
use super::kinds_of_goods::Products;
use super::raw::shown;
use super::state_words::{is_no_purchase, is_purchase, is_state_of_orders};
use super::ticket_signs::{NoComplaints, TicketColumn};
use super::{
    found_in_rows, found_in_values, found_versions, found_zone, gathered, given_money, headings, ids, line_discounts,
    line_values, numbered_anew, order_columns, order_discounts, paths, pieces_back, postings, sources, what_is_left,
};
use crate::config::{Consent, DraftColumn, FoundKey, Peek, Table, ValueCount, is_never_filled};
use crate::maths::hash::key;

/// Rows that are looked at.
const ROWS: IdxSize = 100_000;

/// Bytes of a text file that hold them.
const BYTES: usize = 1 << 24;

/// The key that says that a discount is of the order.
const DISCOUNT_IS: &str = "discount_is";

/// Ways to write a day of nothing that are kept of a column.
const MOST_NO_DAYS: usize = 10;

/// The first rows of a file, or of the first file of a folder or glob.
///
/// # Errors
/// An `IngestError` naming the path if it cannot be read.
pub fn peek(path: &Path) -> Result<Peek, IngestError> {
    let files = paths::expand("init", &[path.to_owned()])?.files;
    let Some(file) = files.first() else { return Ok(Peek::default()) };
    // A source has one piece at least, and the first one holds enough.
    let mut opened = sources::pieces(file, BYTES)?.next().unwrap_or_else(|| sources::open(file))?;
    sources::column_names(file, &mut opened)?;
    let frame = sources::rows(file, opened.frame.limit(ROWS))?;
    let mut found = opened.found;
    // What is detected in each file may differ from file to file.
    found.retain(|key| files.len() == 1 || !matches!(key.key, "encoding" | "skip_rows" | "sheet"));
    found.extend(frame.columns().iter().flat_map(found_in_values::of_column));
    found.extend(found_in_rows::of_rows(&frame));
    found.extend(found_versions::of_rows(&frame));
    let is_meant = |column: &DraftColumn| !(is_nameless(&column.name) && column.is_empty());
    let (minus, products) = (Minus::of(&frame), Products::of(&frame));
    let looked_at = |column: &Column| {
        let counts = counts(column);
        let given_back = without_minus(column, &minus, &products);
        let given_money =
            (!given_back.is_empty()).then(|| given_money::of_kinds(&frame, column, &given_back)).flatten();
        (DraftColumn { given_back, given_money, ..peeked(column, &counts) }, no_complaints(column, &counts))
    };
    let (columns, tickets): (Vec<_>, Vec<_>) = frame.columns().par_iter().map(looked_at).unzip();
    found.extend(tickets_filter(tickets.into_iter().flatten()));
    let mut columns: Vec<DraftColumn> = columns.into_iter().filter(is_meant).collect();
    let mut values = line_values::of_rows(&frame);
    let mut beside_minus = pieces_back::of_rows(&frame);
    let mut left = what_is_left::of_rows(&frame);
    let mut less = line_discounts::of_rows(&frame);
    let mut off_order = order_discounts::of_rows(&frame);
    for column in off_order.keys() {
        let why = format!("`{column}` is of the order, and prices are those before it: taken off once");
        found.push(
            FoundKey::settled(DISCOUNT_IS, "\"order\"", why).of_column(column.clone()).of_table(Table::Purchases),
        );
    }
    let mut mixed = order_columns::of_rows(&frame);
    let mut gathered = gathered::of_rows(&frame);
    let mut anew = numbered_anew::of_rows(&frame);
    let mut balances = postings::of_rows(&frame);
    let heading = headings::of_rows(&frame);
    for column in &mut columns {
        column.line_value = values.remove(&column.name);
        column.beside_minus = beside_minus.remove(&column.name);
        column.left = left.remove(&column.name);
        column.less = less.remove(&column.name);
        column.off_order = off_order.remove(&column.name).unwrap_or_default();
        column.n_mixed = mixed.remove(&column.name);
        column.anew = anew.remove(&column.name);
        column.balances = balances.remove(&column.name);
        column.is_heading = heading.as_ref() == Some(&column.name);
        if let Some(own) = gathered.remove(&column.name) {
            (column.gathers, column.told_by, column.is_of_firms) = (Some(own.gathers), own.told_by, own.are_of_firms);
        }
    }
    Ok(Peek { columns, found, n_rows: frame.height() })
}

/// The name of a column and the rows that are no complaints by it, if the rows are tickets.
fn no_complaints(column: &Column, counts: &Counts<'_>) -> Option<(String, NoComplaints)> {
    let none = TicketColumn::new(column.dtype().is_string());
    let mut tickets = counts.iter().fold(none, |mut sum, (value, count)| {
        sum.count(Some(value), count.rows as u64);
        sum
    });
    let n_given: usize = counts.values().map(|count| count.rows).sum();
    tickets.count(None, (column.len() - n_given) as u64);
    Some((column.name().to_string(), tickets.no_complaints(column.name())?))
}

/// The filter of complaints by all columns that ask for one.
fn tickets_filter(found: impl Iterator<Item = (String, NoComplaints)>) -> Option<FoundKey> {
    let (conditions, why): (Vec<String>, Vec<String>) =
        found.map(|(name, own)| (own.condition, format!("`{name}`: {} rows", own.rows))).unzip();
    let why = format!("sets aside what is no complaint by {}", why.join(", "));
    let key = || FoundKey::settled("filter", toml_text(&conditions.join(" AND ")), why).of_table(Table::Complaints);
    (!conditions.is_empty()).then(key)
}

fn peeked(column: &Column, counts: &Counts<'_>) -> DraftColumn {
    let n_given: usize = counts.values().map(|count| count.rows).sum();
    let example = counts.iter().min_by_key(|(_, count)| count.first).map(|(value, _)| value.to_string());
    let few = counts.iter().filter(|_| counts.len() <= DraftColumn::FEW);
    let mut values: Vec<_> =
        few.map(|(value, count)| ValueCount { value: value.to_string(), rows: count.rows }).collect();
    values.sort_unstable_by(|one, other| other.rows.cmp(&one.rows).then_with(|| one.value.cmp(&other.value)));
    DraftColumn {
        name: column.name().to_string(),
        dtype: column.dtype().to_string(),
        example: example.unwrap_or_default(),
        n_distinct: counts.len(),
        n_empty: column.len() - n_given,
        n_rows: column.len(),
        holds_states: holds_states(&values),
        are_states: !values.is_empty()
            && values.iter().all(|value| is_no_purchase(&value.value) || is_purchase(&value.value)),
        values,
        sketch: sketch(counts.keys()),
        line_value: None,
        beside_minus: None,
        left: None,
        zone: found_zone::of_column(column),
        given_back: Vec::new(),
        given_money: None,
        less: None,
        off_order: Vec::new(),
        gathers: None,
        told_by: Vec::new(),
        is_of_firms: false,
        n_mixed: None,
        anew: None,
        no_days: no_days(column.name(), counts, n_given < column.len()),
        balances: None,
        is_heading: false,
    }
}

/// The days of nothing in a column that may say when somebody asked not to be contacted.
fn no_days(name: &str, counts: &Counts<'_>, has_gaps: bool) -> Vec<String> {
    if Consent::of_customers(name).is_none() {
        return Vec::new();
    }
    let mut found: Vec<String> =
        counts.keys().filter(|value| is_never_filled(value, has_gaps)).map(|value| value.to_string()).collect();
    found.sort_unstable();
    found.truncate(MOST_NO_DAYS);
    found
}

/// Whether a value says that a row is no purchase, or most rows have one that is a state of an order.
fn holds_states(values: &[ValueCount]) -> bool {
    let rows = |is: fn(&ValueCount) -> bool| values.iter().filter(|own| is(own)).map(|own| own.rows).sum::<usize>();
    values.iter().any(|value| is_no_purchase(&value.value))
        || rows(|own| is_state_of_orders(&own.value)) * 2 > rows(|_| true)
}

/// The values of a column.
type Counts<'c> = FxHashMap<Cow<'c, str>, Count>;

/// Rows with a value, and the first of them.
struct Count {
    rows: usize,
    first: usize,
}

/// The values of a column without blanks at their ends; an empty one is none.
fn counts(column: &Column) -> Counts<'_> {
    let mut counts = Counts::default();
    for (row, value) in texts(column).enumerate() {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            counts.entry(value).or_insert(Count { rows: 0, first: row }).rows += 1;
        }
    }
    counts
}

/// The values of a column as texts.
fn texts(column: &Column) -> Box<dyn Iterator<Item = Option<Cow<'_, str>>> + '_> {
    if let Ok(texts) = column.str() {
        return Box::new(texts.iter().map(|text| text.map(|text| Cow::Borrowed(text.trim()))));
    }
    let value = |row| column.get(row).ok().filter(|value| !value.is_null()).map(|value| Cow::Owned(shown(&value)));
    Box::new((0..column.len()).map(value))
}

/// The lowest hashes of ids as they are compared, whatever the case of their letters.
fn sketch<'v>(values: impl Iterator<Item = &'v Cow<'v, str>>) -> Vec<u64> {
    let mut hashes: Vec<u64> =
        values.filter_map(|value| ids::tidy(value)).map(|id| key(id.to_lowercase().as_bytes())).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes.truncate(DraftColumn::SKETCH);
    hashes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_shown_with_their_first_value_and_what_is_counted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, "id,name,none\n,x,\n007,,\n8,x,\n").unwrap();
        let peek = peek(&path).unwrap();
        let seen: Vec<_> = peek
            .columns
            .iter()
            .map(|column| {
                let values = column.values.iter().map(|count| format!("{} {}", count.value, count.rows));
                let counts = (column.n_distinct, column.n_empty, column.is_empty());
                (column.name.as_str(), column.example.as_str(), counts, values.collect::<Vec<_>>().join(", "))
            })
            .collect();
        let expected = [
            ("id", "007", (2, 1, false), "007 1, 8 1".to_owned()),
            ("name", "x", (1, 1, false), "x 2".to_owned()),
            ("none", "", (0, 3, true), String::new()),
        ];
        assert_eq!((seen, peek.n_rows), (expected.to_vec(), 3));
        assert!(super::peek(&folder.path().join("b.csv")).is_err());
    }
}
