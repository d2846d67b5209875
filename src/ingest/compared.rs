//! Columns of states that the filter or the mapping compares with texts: a value that they do not name would be used, or set
//! aside, without anyone having said so.

use std::collections::BTreeSet;

use polars::prelude::*;

use super::beside_sales::is_sale;
use super::engine;
use super::error::IngestError;
use super::mapping::Mapping;
use super::resolve::{Mapped, comparisons};
use super::state_names::is_of_states;
use super::state_words::{is_no_purchase, is_purchase, plain};
use super::words::Words;
use crate::config::{Table, TableConfig};

/// The values of such a column, in the order of the rows of its table.
#[derive(Debug, Clone)]
pub struct ComparedColumn {
    /// The column.
    pub name: String,
    /// The words, without those of columns with too many to be states.
    words: Words,
    /// Whether each of the words is named or usual.
    is_known: Vec<bool>,
    /// Whether it has more words than can be states.
    pub are_many: bool,
}

impl ComparedColumn {
    /// The code of the value of a row, if nothing says what it means.
    #[must_use]
    pub fn unknown(&self, row: usize) -> Option<u32> {
        let code = *self.words.codes.get(row)?;
        (self.is_known.get(usize::try_from(code).ok()?) == Some(&false)).then_some(code)
    }

    /// The code of the value of a row; none where there are too many.
    #[must_use]
    pub fn code(&self, row: usize) -> Option<u32> {
        self.words.codes.get(row).copied()
    }

    /// Whether a row has no value.
    #[must_use]
    pub fn is_empty(&self, row: usize) -> bool {
        self.words.codes.get(row).is_some_and(|code| self.word_of(*code).is_none_or(str::is_empty))
    }

    /// Whether every value is known.
    #[must_use]
    pub fn are_all_known(&self) -> bool {
        self.is_known.iter().all(|is_known| *is_known)
    }

    /// The value that a code stands for.
    #[must_use]
    pub fn word_of(&self, code: u32) -> Option<&str> {
        self.words.names.get(usize::try_from(code).ok()?).map(|word| word.trim())
    }
}

/// Different values of a column that can be states.
pub(super) const MOST_STATES: usize = 40;

/// Rows whose values show at once that a column has too many.
const FIRST_ROWS: usize = 5_000;

/// Our columns that decide whether a row is a purchase, and what it comes to.
const DECIDES: &[&str] = &["amount", "is_return"];

/// The columns of states of the purchases.
///
/// # Errors
/// An error of the table engine.
pub(super) fn of_rows(
    source: &DataFrame,
    mapping: &Mapping,
    (table, section): (Table, &TableConfig),
) -> Result<Vec<ComparedColumn>, IngestError> {
    if table != Table::Purchases {
        return Ok(Vec::new());
    }
    let decides = mapping.columns.iter().filter(|(spec, _)| DECIDES.contains(&spec.name)).map(|(_, mapped)| mapped);
    let all: Vec<Comparison> = mapping.filter.iter().chain(decides).flat_map(of_expression).collect();
    let names: BTreeSet<&String> = all.iter().map(|own| &own.column).collect();
    let of = |name: &String| {
        let own: Vec<&Comparison> = all.iter().filter(|own| own.column == *name).collect();
        engine::ask(|| column(source, &own, section)).map_err(IngestError::engine(format!("looking at `{name}`")))
    };
    names.into_iter().filter_map(|name| of(name).transpose()).collect()
}

/// A side that reads one column, and the texts that it is compared with.
struct Comparison {
    column: String,
    side: Expr,
    texts: Vec<String>,
}

fn of_expression(mapped: &Mapped) -> Vec<Comparison> {
    let of_one = |(side, texts): (Expr, Vec<String>)| {
        let read: BTreeSet<String> = side.into_iter().filter_map(name_of).collect();
        let column = read.first().filter(|_| read.len() == 1)?.clone();
        Some(Comparison { column, side, texts })
    };
    comparisons(&mapped.expression).into_iter().filter_map(of_one).collect()
}

fn name_of(part: &Expr) -> Option<String> {
    match part {
        Expr::Column(name) => Some(name.to_string()),
        _ => None,
    }
}

fn column(source: &DataFrame, own: &[&Comparison], section: &TableConfig) -> PolarsResult<Option<ComparedColumn>> {
    let Some(Comparison { column: name, .. }) = own.first() else { return Ok(None) };
    let texts = own.iter().flat_map(|own| &own.texts);
    let Ok(column) = source.column(name).and_then(|column| column.str().cloned()) else { return Ok(None) };
    if !(is_of_states(name) || texts.into_iter().any(|text| is_no_purchase(text))) {
        return Ok(None);
    }
    let mut found =
        ComparedColumn { name: name.clone(), words: Words::default(), is_known: Vec::new(), are_many: true };
    if Words::from_text(&column.head(Some(FIRST_ROWS))).names.len() > MOST_STATES {
        return Ok(Some(found));
    }
    let words = Words::from_text(&column);
    if words.names.len() > MOST_STATES {
        return Ok(Some(found));
    }
    found.is_known = words.names.iter().map(|word| word.trim().is_empty() || is_usual(word, section)).collect();
    let names = DataFrame::new(words.names.len(), vec![Column::new(name.as_str().into(), &words.names)])?;
    for Comparison { side, texts, .. } in own {
        let seen = names.clone().lazy().select([side.clone().alias("side")]).collect()?;
        let Ok(seen) = seen.column("side").and_then(|seen| seen.str().cloned()) else { continue };
        for (is_known, word) in found.is_known.iter_mut().zip(seen.iter()) {
            *is_known |= word.is_some_and(|word| texts.iter().any(|text| text == word) || is_purchase(word));
        }
    }
    Ok(Some(ComparedColumn { words, are_many: false, ..found }))
}

fn is_usual(word: &str, section: &TableConfig) -> bool {
    is_purchase(word) || is_sale(&plain(word)) || section.known_values.iter().any(|known| known.trim() == word.trim())
}
