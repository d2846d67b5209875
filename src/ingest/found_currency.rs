//! A column of currencies that no mapping names: amounts of several currencies must not be added up because nobody looked.

use std::borrow::Cow;

use polars::prelude::*;

use super::sections::sections;
use super::source::InputFile;
use super::{engine, sources};
use crate::config::{Config, Kind, Table, is_currency_code};

/// Bytes of a text file, and rows, that are looked at.
const BYTES: usize = 1 << 16;
const ROWS: IdxSize = 2_000;

/// Rows that show what a column is that is not called by what it holds.
const LEAST_ROWS: usize = 20;

/// Parts of words that name a currency.
const NAMES: &[&str] =
    &["curr", "w\u{e4}hr", "waehr", "valut", "devise", "moneda", "moeda", "divisa", "walut", "m\u{11b}na"];

/// The config with the columns of currencies mapped that its tables have and do not name.
pub(super) fn completed<'c>(config: &'c Config, files_of: &dyn Fn(Table) -> Vec<InputFile>) -> Cow<'c, Config> {
    let mut completed = Cow::Borrowed(config);
    for (table, section) in sections(config) {
        let holds_money = |name: &String| table.column(name).is_some_and(|spec| spec.kind == Kind::Money);
        let has_column = table.column("currency").is_some() && !section.columns.contains_key("currency");
        if !has_column || !section.columns.keys().any(holds_money) {
            continue;
        }
        let Some(rows) = first_rows(&files_of(table)) else { continue };
        let amount = section.columns.get("amount").map_or("", String::as_str);
        if let Some(name) = currency_column(&rows, amount, config.currency.code()) {
            with_currency(completed.to_mut(), table, &name);
        }
    }
    completed
}

/// Maps a column of currencies.
pub(super) fn with_currency(config: &mut Config, table: Table, name: &str) {
    let section = match table {
        Table::Purchases => Some(&mut config.purchases),
        Table::Complaints => config.complaints.as_mut(),
        Table::Customers | Table::Surveys | Table::Contacts => None,
    };
    if let Some(section) = section {
        section.columns.insert("currency".to_owned(), name.to_owned());
    }
}

/// The first rows of the first file, without columns that another file does not have. What cannot be read is reported where the
/// table itself is read.
fn first_rows(files: &[InputFile]) -> Option<DataFrame> {
    let mut first = sources::pieces(files.first()?, BYTES).ok()?.next()?.ok()?;
    let mut names = sources::column_names(files.first()?, &mut first).ok()?;
    for file in files.iter().skip(1) {
        let mut opened = sources::pieces(file, BYTES).ok()?.next()?.ok()?;
        let others = sources::column_names(file, &mut opened).ok()?;
        names.retain(|name| others.contains(name));
    }
    let schema = engine::ask(|| first.frame.collect_schema()).ok()?;
    let texts = names.iter().filter(|name| schema.get(name.as_str()).is_some_and(DataType::is_string));
    let texts: Vec<Expr> = texts.map(|name| col(name.as_str())).collect();
    if texts.is_empty() {
        return None;
    }
    sources::rows(files.first()?, first.frame.limit(ROWS).select(texts)).ok()
}

/// The column that names the currency of an amount: of several, the one most alike in name and then nearest.
fn currency_column(rows: &DataFrame, amount: &str, own: &str) -> Option<String> {
    let names: Vec<String> = rows.get_column_names().into_iter().map(ToString::to_string).collect();
    let own_place = names.iter().position(|name| name == amount);
    let candidates = rows.columns().iter().enumerate().filter(|(_, column)| holds_currencies(column, own));
    let score = |(place, column): &(usize, &Column)| {
        let alike = column.name().chars().zip(amount.chars()).take_while(|(one, other)| one == other).count();
        let apart = own_place.map_or(*place, |own| place.abs_diff(own) * 2 + usize::from(*place < own));
        (std::cmp::Reverse(alike), apart)
    };
    candidates.min_by_key(score).map(|(_, column)| column.name().to_string())
}

fn holds_currencies(column: &Column, own: &str) -> bool {
    let Ok(texts) = column.str() else { return false };
    let values: Vec<&str> = texts.iter().flatten().map(str::trim).filter(|text| !text.is_empty()).collect();
    let n_codes = values.iter().filter(|text| is_currency_code(text)).count();
    let name = column.name().to_lowercase();
    if NAMES.iter().any(|part| name.contains(part)) {
        return n_codes > 0 && n_codes * 10 >= values.len() * 9;
    }
    values.len() >= LEAST_ROWS && n_codes == values.len() && values.iter().any(|text| text.eq_ignore_ascii_case(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_currency_of_the_amount_is_found_by_name_or_by_values() {
        let rows = |names: [&str; 3]| {
            let columns = names.map(|name| Column::new(name.into(), vec!["EUR"; 20]));
            DataFrame::new(20, columns.to_vec()).unwrap()
        };
        let found = |names, amount| currency_column(&rows(names), amount, "EUR");
        let columns = ["Currency", "Converted Currency", "x"];
        assert_eq!(found(columns, "Converted Amount").as_deref(), Some("Converted Currency"));
        assert_eq!(found(columns, "Amount").as_deref(), Some("Currency"));
        assert_eq!(
            currency_column(&df!("W\u{e4}hrg" => ["usd", "eur"]).unwrap(), "v", "EUR").as_deref(),
            Some("W\u{e4}hrg")
        );
        assert_eq!(currency_column(&df!("code" => ["ALL"; 20]).unwrap(), "v", "EUR"), None);
        assert_eq!(currency_column(&df!("currency" => ["1", "2"]).unwrap(), "v", "EUR"), None);
    }
}
