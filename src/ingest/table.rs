//! A table between reading and use: typed columns, and for each row whether it is used or why it is not.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::OnceLock;

use polars::prelude::DataType;

use super::account::Reason;
use super::beside::MoneyBeside;
use super::compared::ComparedColumn;
use super::custom_cells::CustomCells;
use super::events::Events;
use super::facts::{Example, Fact, Repeats};
use super::form_facts::FormFact;
use super::gather::{Cell, gather};
use super::id_rules::IdRules;
use super::raw::{self, Raw};
use super::source::CutLine;
use super::typing::{Typed, tidier};
use super::values::Values;
use super::verdicts::Verdicts;
use super::watched::WatchedColumn;
use super::words::Words;
use crate::config::{ColumnSpec, Table};
use crate::timeline::columns::CustomColumn;

/// One table after reading.
#[derive(Debug)]
pub struct TypedTable {
    table: Table,
    /// Our columns, by name.
    pub(super) columns: BTreeMap<&'static str, Values>,
    /// The mapped columns as they came, in the order of the schema; never the words of complaints.
    pub(super) mapped: Vec<(&'static str, Raw)>,
    n_rows: usize,
    /// Where the rows come from, in their order.
    pub(super) origins: Vec<Origin>,
    pub(super) verdicts: Verdicts,
    /// Orders or complaints among the used rows, counted when first asked for.
    pub(super) events: OnceLock<Events>,
    /// Columns of custom features.
    pub(super) custom: Vec<CustomColumn>,
    /// The column of the source that names the currency of amounts.
    pub(crate) currency_source: Option<String>,
    /// What is to be said of how columns are written.
    pub(crate) forms: Vec<FormFact>,
    /// What cells of custom features are.
    pub(crate) custom_cells: Vec<CustomCells>,
    /// Rows that repeat others and are used all the same.
    pub(crate) repeats: Repeats,
    /// Columns of the source that nothing reads and that may contradict the mapping.
    pub(crate) watched: Vec<WatchedColumn>,
    /// Columns of money that nothing reads.
    pub(crate) beside: Vec<MoneyBeside>,
    /// Columns of states that the filter or the mapping compares with texts.
    pub(crate) compared: Vec<ComparedColumn>,
    /// What goes to the list as it is, by the name that the config gives it.
    pub(super) carried: Vec<(String, Words)>,
    /// What was noticed on the way.
    pub facts: Vec<Fact>,
}

/// A file and the rows that came from it.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) path: PathBuf,
    /// Sound rows.
    pub(crate) n_rows: usize,
    /// Rows of the file that were set aside before anything was parsed; ascending.
    pub(crate) cut: Vec<CutLine>,
    /// Positions of these rows among all rows of the file, where they are not all its sound ones; ascending.
    pub(crate) numbers: Option<Vec<u64>>,
}

impl TypedTable {
    pub(super) fn new(table: Table, n_rows: usize, origins: Vec<Origin>) -> Self {
        let verdicts = Verdicts::all_used(n_rows);
        Self {
            table,
            columns: BTreeMap::new(),
            mapped: Vec::new(),
            n_rows,
            origins,
            verdicts,
            events: OnceLock::new(),
            custom: Vec::new(),
            currency_source: None,
            forms: Vec::new(),
            custom_cells: Vec::new(),
            repeats: Repeats::default(),
            watched: Vec::new(),
            beside: Vec::new(),
            compared: Vec::new(),
            carried: Vec::new(),
            facts: Vec::new(),
        }
    }

    /// Which table it is.
    #[must_use]
    pub fn table(&self) -> Table {
        self.table
    }

    /// Rows that can be read, used or not.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Why a row is not used; `None` if it is.
    #[must_use]
    pub fn reason(&self, row: usize) -> Option<Reason> {
        self.verdicts.reason(row)
    }

    /// Rows that are used.
    pub fn used_rows(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.n_rows()).filter(|row| self.verdicts.is_used(*row))
    }

    /// The files and how many rows of the table came from each, in the order of the rows.
    pub fn files(&self) -> impl Iterator<Item = (String, usize)> + '_ {
        self.origins.iter().map(|origin| (origin.path.display().to_string(), origin.n_rows))
    }

    /// What each cell of a mapped column of text is, as it came: 0 where there is none. `None` if it is no text.
    pub(crate) fn classes(&self, column: &str, class: impl Fn(&str) -> u8 + Sync) -> Option<Vec<u8>> {
        let Raw::Column(texts) = self.raw(column)? else { return None };
        Some(gather(texts.str().ok()?, 0, |text| Cell::Value(class(text))).0)
    }

    /// The cells of a mapped column that are whole numbers: 0 where there is none.
    pub(crate) fn whole_numbers(&self, column: &str) -> Option<Vec<u64>> {
        let Raw::Column(values) = self.raw(column)? else { return None };
        let texts = values.cast(&DataType::String).ok()?;
        Some(gather(texts.str().ok()?, 0, |text| text.trim().parse().map_or(Cell::Absent, Cell::Value)).0)
    }

    /// Whether the shop has the column.
    #[must_use]
    pub fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }

    /// Whether a used row has a value in the column.
    #[must_use]
    pub fn is_filled(&self, column: &str) -> bool {
        self.columns.get(column).is_some_and(|values| self.used_rows().any(|row| !values.is_absent(row)))
    }

    /// Rejects rows; how many of them were used before.
    pub fn reject(&mut self, rows: impl IntoIterator<Item = usize>, reason: Reason) -> u64 {
        self.events = OnceLock::new();
        self.verdicts.reject(rows, reason)
    }

    /// Why rows are rejected: the reason, how many rows, and the first three of them.
    #[must_use]
    pub fn rejections(&self) -> Vec<(Reason, u64, Vec<usize>)> {
        self.verdicts.counts().into_iter().map(|(reason, count)| (reason, count, self.verdicts.first(reason))).collect()
    }

    /// Rows rejected for any of some reasons.
    pub(super) fn rejections_of(&self, reasons: &[Reason]) -> u64 {
        self.verdicts.counts().iter().filter(|(reason, _)| reasons.contains(reason)).map(|(_, count)| count).sum()
    }

    /// Sets the flag `is_return` of rows, if the shop has it.
    pub fn mark_returns(&mut self, rows: &[usize]) {
        self.events = OnceLock::new();
        if let Some(Values::Flags(flags)) = self.columns.get_mut("is_return") {
            for row in rows {
                if let Some(flag) = flags.get_mut(*row) {
                    *flag = 1;
                }
            }
        }
    }

    /// The times of a column in microseconds of UTC, [`ABSENT`](super::ABSENT) where there is none; empty if the shop
    /// has no such column.
    #[must_use]
    pub fn times(&self, column: &str) -> &[i64] {
        match self.columns.get(column) {
            Some(Values::Times(times)) => times,
            _ => &[],
        }
    }

    /// The times of a column, to be corrected.
    pub fn times_mut(&mut self, column: &str) -> &mut [i64] {
        match self.columns.get_mut(column) {
            Some(Values::Times(times)) => times,
            _ => &mut [],
        }
    }

    /// The amounts of a column in minor units, [`ABSENT`](super::ABSENT) where there is none; empty without the column.
    #[must_use]
    pub fn money(&self, column: &str) -> &[i64] {
        match self.columns.get(column) {
            Some(Values::Money(money)) => money,
            _ => &[],
        }
    }

    /// The amounts of a column, to be corrected.
    pub fn money_mut(&mut self, column: &str) -> &mut [i64] {
        match self.columns.get_mut(column) {
            Some(Values::Money(money)) => money,
            _ => &mut [],
        }
    }

    /// The keys of a column, 0 where there is none; empty without the column.
    #[must_use]
    pub fn keys(&self, column: &str) -> &[u64] {
        match self.columns.get(column) {
            Some(Values::Keys(keys)) => keys,
            _ => &[],
        }
    }

    /// The numbers of a column, NaN where there is none; empty without the column.
    #[must_use]
    pub fn numbers(&self, column: &str) -> &[f32] {
        match self.columns.get(column) {
            Some(Values::Numbers(numbers)) => numbers,
            _ => &[],
        }
    }

    /// The flags of a column: 0, 1 or [`NO_FLAG`](super::NO_FLAG); empty without the column.
    #[must_use]
    pub fn flags(&self, column: &str) -> &[u8] {
        match self.columns.get(column) {
            Some(Values::Flags(flags)) => flags,
            _ => &[],
        }
    }

    pub(crate) fn words(&self, column: &str) -> Option<&Words> {
        match self.columns.get(column)? {
            Values::Words(words) => Some(words),
            _ => None,
        }
    }

    /// Distinct texts of a column; a row's code is a position among them.
    #[must_use]
    pub fn names(&self, column: &str) -> &[String] {
        self.words(column).map_or(&[], |words| &words.names)
    }

    /// Each row's position among the [`names`](Self::names) of the column.
    #[must_use]
    pub fn codes(&self, column: &str) -> &[u32] {
        self.words(column).map_or(&[], |words| &words.codes)
    }

    /// A cell as it came, for an example in a message.
    #[must_use]
    pub fn cell(&self, column: &str, row: usize) -> String {
        self.raw(column).map_or_else(|| "nothing".to_owned(), |raw| raw::cell(raw, self.words(column), row))
    }

    /// A mapped column as it came.
    pub(super) fn raw(&self, column: &str) -> Option<&Raw> {
        self.mapped.iter().find(|(name, _)| *name == column).map(|(_, raw)| raw)
    }

    /// Tidies a column that came as words, if it did. Where nothing had to be tidied, they are kept once.
    pub(super) fn type_words(&mut self, spec: &ColumnSpec, ids: IdRules) -> Option<Typed> {
        let (_, raw) = self.mapped.iter_mut().find(|(name, raw)| *name == spec.name && matches!(raw, Raw::Words(_)))?;
        let Raw::Words(words) = std::mem::replace(raw, Raw::AsTyped) else { return None };
        let is_folded = spec.name == "customer_id" && ids.change_ids();
        if is_folded || !words.are_tidy(tidier(spec.kind)) {
            *raw = Raw::Words(words.clone());
        }
        Some(Typed::of_words(words, spec.kind))
    }

    /// The row as an example.
    #[must_use]
    pub fn mentioned(&self, row: usize) -> Example {
        self.example(row, self.mention(row))
    }

    /// A cell as it came, as an example.
    #[must_use]
    pub fn shown(&self, column: &str, row: usize) -> Example {
        self.example(row, format!("`{}`", self.cell(column, row)))
    }

    /// How a row is called in a message: by its complaint, its order or its customer, else by its number
    /// in its file.
    #[must_use]
    pub fn mention(&self, row: usize) -> String {
        let names = [("complaint_id", "complaint"), ("order_id", "order"), ("customer_id", "customer")];
        let known = names.into_iter().find(|(column, _)| self.columns.get(column).is_some_and(|v| !v.is_absent(row)));
        match known {
            Some((column, what)) => format!("{what} `{}`", self.cell(column, row)),
            None => self.numbered(row),
        }
    }
}
