//! Source columns that nothing reads and that may contradict the mapping: what became of an order, whether it was a test,
//! what was given back, what it came to.
//!
//! Which these are is told by their names, and by the values of the first rows of the first file: the same for a table
//! that is read whole and in parts, and other columns cost nothing.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::beside::{self, MoneyBeside};
use super::dates::apart;
use super::error::IngestError;
use super::iso;
use super::mapping::Mapping;
use super::marks::Marks;
use super::order_discounts;
use super::order_parts::{is_part_of_order, names_orders};
use super::resolve::Available;
use super::source::InputFile;
use super::sources;
use super::state_names;
use super::state_words::{NoPurchases, Says, Watched};
use super::ticket_signs::{self, TicketColumn};
use super::typing::{money, plain};
use super::values::Values;
use super::words::Words;
use crate::config::{Consent, Table, is_day_of_nothing, is_paid_on};

/// The values of a watched column, in the order of the rows of its table.
#[derive(Debug, Clone)]
pub struct WatchedColumn {
    /// The column.
    pub watched: Watched,
    /// Whether it is text: other types compare with no text in a filter.
    pub is_text: bool,
    words: Words,
    money: Vec<i64>,
}

impl WatchedColumn {
    /// The word of a row, without blanks at its ends; `None` if there is none.
    #[must_use]
    pub fn word(&self, row: usize) -> Option<&str> {
        self.words.get(row).map(str::trim).filter(|word| !word.is_empty())
    }

    /// The code of the word of a row.
    #[must_use]
    pub fn code(&self, row: usize) -> Option<u32> {
        self.words.codes.get(row).copied()
    }

    /// The word that a code stands for.
    #[must_use]
    pub fn word_of(&self, code: u32) -> Option<&str> {
        let word = self.words.names.get(usize::try_from(code).ok()?)?;
        Some(word.trim()).filter(|word| !word.is_empty())
    }

    /// What the used rows of a table of complaints have in it.
    pub(crate) fn counted(&self, rows: impl Iterator<Item = usize>) -> TicketColumn {
        let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
        for code in rows.filter_map(|row| self.code(row)) {
            *counts.entry(code).or_default() += 1;
        }
        let mut column = TicketColumn::new(self.is_text);
        for (code, rows) in counts {
            column.count(self.word_of(code), rows);
        }
        column
    }

    /// The amount of a row in minor units; `None` if there is none that can be read.
    #[must_use]
    pub fn money(&self, row: usize) -> Option<i64> {
        self.money.get(row).copied().filter(|amount| *amount != super::ABSENT)
    }
}

/// Rows of the first file whose values are looked at.
const ROWS: IdxSize = 5_000;

/// Bytes of a text file that hold them.
const BYTES: usize = 1 << 22;

/// Different values of a column that can be states.
const MOST_STATES: usize = 20;

/// What the columns that nothing reads say of the mapping, as the first rows of a table have them.
#[derive(Debug, Clone, Default)]
pub(super) struct Unread {
    /// Columns whose values are to be looked at in all rows.
    pub(super) watched: Vec<Watched>,
    /// Columns of money.
    pub(super) beside: Vec<MoneyBeside>,
}

/// The columns of the first file of a table that may contradict its mapping. What is wrong with the file is told when
/// it is read.
pub(super) fn of_files(
    table: Table,
    (files, decimals): (&[InputFile], u32),
    mapped: impl Fn(&Available) -> Result<Mapping, IngestError>,
) -> Unread {
    let Some(file) = files.first() else { return Unread::default() };
    match table {
        Table::Purchases => of_file(file, decimals, mapped).unwrap_or_default(),
        Table::Customers => of_customers(files, mapped).unwrap_or_default(),
        Table::Complaints => of_complaints(file, mapped).unwrap_or_default(),
        _ => Unread::default(),
    }
}

/// The columns of customers that may say who must not be contacted, where nothing is mapped that does.
fn of_customers(
    files: &[InputFile],
    mapped: impl Fn(&Available) -> Result<Mapping, IngestError>,
) -> Result<Unread, IngestError> {
    let mut found: Vec<Watched> = Vec::new();
    for file in files {
        let mut opened = sources::pieces(file, BYTES)?.next().unwrap_or_else(|| sources::open(file))?;
        let names = sources::column_names(file, &mut opened)?;
        let mapping = mapped(&Available { path: file.path.display().to_string(), names: names.clone() })?;
        if mapping.columns.iter().any(|(spec, _)| spec.name == "opted_out") {
            return Ok(Unread::default());
        }
        let read = mapping.reads();
        let is_new = |name: &String| !read.contains(name) && !found.iter().any(|other| other.name == *name);
        let unread: Vec<String> =
            names.into_iter().filter(is_new).filter(|name| Consent::of_customers(name).is_some()).collect();
        found.extend(unread.into_iter().map(|name| Watched { name, says: Says::Consent }));
    }
    Ok(Unread { watched: found, beside: Vec::new() })
}

/// The columns of complaints that may say that a row is none, and that the filter does not look at.
fn of_complaints(
    file: &InputFile,
    mapped: impl Fn(&Available) -> Result<Mapping, IngestError>,
) -> Result<Unread, IngestError> {
    let mut opened = sources::pieces(file, BYTES)?.next().unwrap_or_else(|| sources::open(file))?;
    let names = sources::column_names(file, &mut opened)?;
    let mapping = mapped(&Available { path: file.path.display().to_string(), names: names.clone() })?;
    let is_filtered = |name: &String| mapping.filter.as_ref().is_some_and(|filter| filter.reads.contains(name));
    let others: Vec<Expr> = names.iter().filter(|name| !is_filtered(name)).map(|name| col(name.as_str())).collect();
    if others.is_empty() {
        return Ok(Unread::default());
    }
    let head = sources::rows(file, opened.frame.limit(ROWS).select(others))?;
    let found = head.columns().iter().filter(|column| tells_of_tickets(column));
    let watched = found.map(|column| Watched { name: column.name().to_string(), says: Says::State }).collect();
    Ok(Unread { watched, beside: Vec::new() })
}

/// Whether a column of complaints may say that a row is none.
fn tells_of_tickets(column: &Column) -> bool {
    let Ok(text) = column.cast(&DataType::String) else { return false };
    let words = text.str().map(Words::from_text).unwrap_or_default();
    ticket_signs::is_telling(column.name(), words.names.iter().map(String::as_str), words.names.len())
}

fn of_file(
    file: &InputFile,
    decimals: u32,
    mapped: impl Fn(&Available) -> Result<Mapping, IngestError>,
) -> Result<Unread, IngestError> {
    let mut opened = sources::pieces(file, BYTES)?.next().unwrap_or_else(|| sources::open(file))?;
    let names = sources::column_names(file, &mut opened)?;
    let mapping = mapped(&Available { path: file.path.display().to_string(), names: names.clone() })?;
    let read = mapping.reads();
    // Of what a lookup gives, the name alone tells: its rows are not at hand yet.
    let given = mapping.lookups.iter().flat_map(|lookup| &lookup.gives).filter(|name| !mapping.needs(name));
    let of_lookup = |name: &String| {
        let says = state_names::of_name(name).filter(|says| says.is_of_order())?;
        Some(Watched { name: name.clone(), says })
    };
    let mut found: Vec<Watched> = given.filter_map(of_lookup).collect();
    let others: Vec<Expr> = names.iter().filter(|name| !read.contains(name)).map(|name| col(name.as_str())).collect();
    if others.is_empty() {
        return Ok(Unread { watched: found, ..Unread::default() });
    }
    let head = sources::rows(file, opened.frame.limit(ROWS).select(others))?;
    found.extend(head.columns().iter().filter_map(watched));
    Ok(Unread { watched: found, beside: beside::of_columns(head.columns(), decimals) })
}

/// What a column may say, as its name and its first values have it.
pub(super) fn watched(column: &Column) -> Option<Watched> {
    let name = column.name().to_string();
    if Consent::of_name(&name).is_some() {
        return Some(Watched { name, says: Says::Consent });
    }
    if state_names::is_of_payments(&name) {
        return Some(Watched { name, says: Says::Instalment });
    }
    if state_names::is_of_wholes(&name) {
        return Some(Watched { name, says: Says::PartOf });
    }
    if names_orders(&name) && comes_again(column) {
        return Some(Watched { name, says: Says::OrderOf });
    }
    if is_paid_on(&name) && has_days(column) {
        return Some(Watched { name, says: Says::PaidOn });
    }
    if order_discounts::is_discount(column) {
        return Some(Watched { name, says: Says::TakenOff });
    }
    if let Some(says) = says(column, &name) {
        return Some(Watched { name, says });
    }
    if state_names::tells_of_others(&name) {
        return None;
    }
    let words = Words::from_text(column.str().ok()?);
    let values: Vec<&str> = words.names.iter().map(|word| word.trim()).filter(|word| !word.is_empty()).collect();
    let no_purchases = NoPurchases::beside(values.iter().copied());
    let are_states = values.len() <= MOST_STATES
        && (values.iter().any(|value| no_purchases.contains(value) || is_part_of_order(value))
            || (values.len() > 1 && state_names::tells_of_rows(&name, &values))
            || (values.len() > 1 && state_names::is_kind_of_rows(&name)));
    are_states.then_some(Watched { name, says: Says::State })
}

/// Whether some values of a column stand in several rows.
fn comes_again(column: &Column) -> bool {
    let given = column.len() - column.null_count();
    Words::of_column(column).is_some_and(|words| words.names.len() < given)
}

/// What a column says of an order by its name, and by its values where they say more.
fn says(column: &Column, name: &str) -> Option<Says> {
    if !state_names::needs_values(name) {
        return state_names::of_name(name);
    }
    let text = column.cast(&DataType::String).ok()?;
    let words = Words::from_text(text.str().ok()?);
    state_names::of_column(name, words.names.iter().map(String::as_str))
}

/// Puts the watched columns behind the others, those too that a file does not have.
pub(super) fn with_absent(rows: &mut DataFrame, watched: &[Watched]) -> PolarsResult<()> {
    for Watched { name, .. } in watched {
        let own = rows.column(name).is_ok().then(|| rows.drop_in_place(name)).transpose()?;
        let own = own.unwrap_or_else(|| Column::full_null(name.as_str().into(), rows.height(), &DataType::String));
        rows.with_column(own)?;
    }
    Ok(())
}

/// Takes the watched columns out of the rows of a table; one that rows are compared by stays there too.
pub(super) fn taken(rows: &mut DataFrame, mapping: &Mapping, rules: (Marks, u32)) -> PolarsResult<Vec<WatchedColumn>> {
    let taken = |watched: &Watched| {
        let column = rows.column(&watched.name)?.clone();
        if !mapping.compared.contains(&watched.name) && !mapping.is_mapped(&watched.name) {
            let _ = rows.drop_in_place(&watched.name)?;
        }
        let is_text = column.dtype().is_string();
        let (words, money) = match watched.says {
            Says::State
            | Says::Delivery
            | Says::Undone
            | Says::Done
            | Says::TakenBack
            | Says::Consent
            | Says::PartOf
            | Says::OrderOf
            | Says::Instalment => (Words::from_text(column.cast(&DataType::String)?.str()?), Vec::new()),
            Says::PaidOn => (whether_given(&column), Vec::new()),
            Says::GivenBack | Says::PiecesBack | Says::TakenOff | Says::Total => {
                (Words::default(), amounts(&column, rules))
            }
        };
        Ok(WatchedColumn { watched: watched.clone(), is_text, words, money })
    };
    mapping.watched.iter().map(taken).collect()
}

/// One word where a column has a day, and none where it has not: which day it is is not asked.
fn whether_given(column: &Column) -> Words {
    let given = match column.str() {
        Ok(texts) => texts.iter().map(|text| text.filter(|text| is_a_day(text)).map(|_| GIVEN)).collect(),
        Err(_) => column.is_not_null().iter().map(|is_given| is_given.unwrap_or(false).then_some(GIVEN)).collect(),
    };
    Words::from_text(&given)
}

const GIVEN: &str = "x";

/// Whether a text is neither empty nor a day of nothing, such as `0000-00-00` or `-`.
fn is_a_day(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric) && !is_day_of_nothing(text)
}

/// Whether the first values of a column are days.
fn has_days(column: &Column) -> bool {
    let Ok(texts) = column.str() else { return column.dtype().is_temporal() };
    let mut given = texts.iter().flatten().map(str::trim).filter(|text| is_a_day(text)).take(FIRST_DAYS).peekable();
    given.peek().is_some() && given.all(|text| iso::parse(text).is_some() || apart(text).is_some())
}

/// Values that show whether a column has days.
const FIRST_DAYS: usize = 20;

/// The amounts of a column as those of purchases are read; none if it holds something else.
fn amounts(column: &Column, (marks, decimals): (Marks, u32)) -> Vec<i64> {
    match plain(column).map_err(Into::into).and_then(|column| money(&column, marks, decimals)) {
        Ok((Values::Money(money), _)) => money,
        _ => Vec::new(),
    }
}
