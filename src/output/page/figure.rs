//! What a part of the page is made of: figures with their sentence, population and table; tiles; tables.

use std::borrow::Cow;

use serde::Serialize;

use crate::text::amount;
pub(super) use crate::text::capital;
use crate::units::Currency;

/// One part of the page, for one kind of reader.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Part {
    /// Name of its tab within the page.
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) words: Vec<String>,
    pub(super) tiles: Vec<Tile>,
    /// A table that stands before the figures.
    pub(super) summary: Option<DataTable>,
    pub(super) figures: Vec<Figure>,
    /// Figures of one kind, small and side by side.
    pub(super) small: Small,
    /// What is told in words, group by group.
    pub(super) sections: Vec<Section>,
    pub(super) what_if: Option<WhatIf>,
    pub(super) card: Vec<Entry>,
    pub(super) tables: Vec<DataTable>,
}

/// Figures that are read beside each other.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub(super) struct Small {
    pub(super) title: String,
    /// How to read all of them.
    pub(super) sentence: String,
    pub(super) figures: Vec<Figure>,
}

/// What moving the retention rate does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct WhatIf {
    pub(super) sentence: String,
    pub(super) formula: String,
    /// Share that is kept from each period to the next.
    pub(super) retention: Vec<f64>,
    /// Discounted margin of each period.
    pub(super) margins: Vec<f64>,
}

/// A chart with all that makes it readable.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Figure {
    /// Name of its heading within the page.
    pub(super) id: Cow<'static, str>,
    /// What it shows, as a sentence without a full stop.
    pub(super) heading: String,
    /// How to read it.
    pub(super) sentence: String,
    /// Of whom and when.
    pub(super) population: String,
    pub(super) svg: String,
    /// The same figures.
    pub(super) table: DataTable,
}

/// Rows of text.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub(super) struct DataTable {
    pub(super) title: String,
    pub(super) sentence: String,
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

impl DataTable {
    /// A table below a chart.
    pub(super) fn new<const N: usize>(
        title: &str,
        head: [&str; N],
        rows: impl IntoIterator<Item = [String; N]>,
    ) -> Self {
        Self {
            title: title.to_owned(),
            sentence: String::new(),
            head: head.map(str::to_owned).to_vec(),
            rows: rows.into_iter().map(|row| row.to_vec()).collect(),
        }
    }

    /// The same without columns in which no row has anything.
    pub(super) fn without_empty_columns(mut self) -> Self {
        let is_empty = |column: usize| self.rows.iter().all(|row| row.get(column).is_none_or(String::is_empty));
        let kept: Vec<usize> = (0..self.head.len()).filter(|column| !is_empty(*column)).collect();
        let of = |cells: &[String]| kept.iter().filter_map(|column| cells.get(*column).cloned()).collect();
        (self.head, self.rows) = (of(&self.head), self.rows.iter().map(|row| of(row)).collect());
        self
    }

    /// The same as a part of its own.
    pub(super) fn saying(mut self, sentence: &str) -> Self {
        sentence.clone_into(&mut self.sentence);
        self
    }
}

/// One large number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Tile {
    pub(super) value: String,
    pub(super) name: String,
    pub(super) note: String,
    /// The number in all its digits, where the value is rounded.
    pub(super) exact: Option<String>,
    /// A small line of its course, and what that is of.
    pub(super) spark: String,
    pub(super) span: String,
}

impl Tile {
    /// A number with what it is of, and what it is to be held against.
    pub(super) fn new(value: String, name: &str, note: String) -> Self {
        Self { value, name: name.to_owned(), note, exact: None, spark: String::new(), span: String::new() }
    }

    /// The same with an amount in three figures, its digits kept.
    pub(super) fn of_money(currency: &str, major: f64, name: &str, note: String) -> Self {
        Self { exact: Some(money(currency, major)), ..Self::new(rounded(currency, major), name, note) }
    }
}

/// Groups of customers in words, with the same figures as a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Section {
    /// Name of its heading within the page.
    pub(super) id: &'static str,
    pub(super) title: String,
    pub(super) sentence: String,
    pub(super) entries: Vec<Entry>,
    pub(super) table: DataTable,
    /// Whether the table is read first, and the words behind it.
    pub(super) is_table: bool,
}

/// What is told of one thing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) text: String,
}

/// An amount for people, whole from ten on.
pub(super) fn money(currency: &str, major: f64) -> String {
    let text = Currency::from_code(currency).map(|currency| amount(major, 10.0, &currency));
    // The sign of the charts.
    text.map_or_else(|| format!("{major:.2}"), |text| text.replacen('-', "\u{2212}", 1))
}

/// An amount for people at a glance: three figures at most of what has more than four digits.
pub(super) fn rounded(currency: &str, major: f64) -> String {
    if major.abs() < 1_000.0 || !major.is_finite() {
        return money(currency, major);
    }
    let unit = 10.0_f64.powf(major.abs().log10().floor() - 2.0);
    money(currency, (major / unit).round() * unit)
}

/// An amount in a table: its digits, with the decimals of the currency.
pub(super) fn digits(currency: &str, major: f64) -> String {
    Currency::from_code(currency).map_or_else(|| format!("{major:.2}"), |currency| currency.major_digits(major))
}

/// A share in percent for people. What is nearly nothing or nearly all is not rounded to it; the page's script and the sentences
/// of the list say it in the same words.
pub(super) fn percent(share: f64) -> String {
    match share {
        small if small > 0.0 && small < 0.01 => "less than 1 %".to_owned(),
        large if large > 0.99 && large < 1.0 => "more than 99 %".to_owned(),
        other => {
            let decimals = usize::from(other != 0.0 && other.abs() < 0.095);
            format!("{:.decimals$} %", 100.0 * other)
        }
    }
}

/// A day as people write it.
pub(super) fn day(iso: &str) -> String {
    iso.parse::<jiff::civil::Date>().map_or_else(|_| iso.to_owned(), |date| date.strftime("%-d %B %Y").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_in_which_no_row_has_anything_is_left_out() {
        let row = |first: &str| [first.to_owned(), String::new(), String::new()];
        let table = DataTable::new("t", ["a", "b", "c"], [row("1"), row("")]).without_empty_columns();
        assert_eq!((table.head, table.rows), (vec!["a".to_owned()], vec![vec!["1".to_owned()], vec![String::new()]]));
    }

    #[test]
    fn large_amounts_are_said_in_three_figures() {
        let said = [9.5, 999.4, 1_234.0, 70_567.0, -290_365.0, 999_600.0].map(|sum| rounded("EUR", sum));
        let words = ["EUR 9.50", "EUR 999", "EUR 1,230", "EUR 70,600", "EUR \u{2212}290,000", "EUR 1,000,000"];
        assert_eq!(said, words);
    }

    #[test]
    fn small_shares_are_said_in_one_way_and_nothing_is_nothing() {
        let said = [0.0, 0.0004, 0.0099, 0.01, 0.034, 0.096, 0.99, 0.996, 1.0].map(percent);
        let words =
            ["0 %", "less than 1 %", "less than 1 %", "1.0 %", "3.4 %", "10 %", "99 %", "more than 99 %", "100 %"];
        assert_eq!(said, words);
    }
}
