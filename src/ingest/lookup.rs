//! Files that have more about the rows of a table: held in memory, and looked into by a key.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use polars::prelude::*;
use rustc_hash::FxHashMap;

use super::error::IngestError;
use super::evaluate::evaluate;
use super::facts::{Example, Fact, FactRule};
use super::ids::IdColumn;
use super::mapping::Mapping;
use super::paths;
use super::resolve::{Available, Mapped};
use super::sources;
use super::stack::stack;
use super::typing::plain;
use super::words::Words;
use crate::config::{LookupConfig, Table, TableConfig};
use crate::timeline::columns::NO_CODE;

/// The lookups of a table, in the order in which they are made.
#[derive(Debug, Default)]
pub(super) struct Lookups {
    table: &'static str,
    each: Vec<Lookup>,
}

#[derive(Debug)]
struct Lookup {
    /// Its section of the config.
    section: String,
    name: String,
    files: Vec<PathBuf>,
    /// The columns that it gives, under the names that the mapping knows.
    columns: DataFrame,
    /// The row of each key.
    rows: FxHashMap<String, IdxSize>,
    /// Rows of the table that were held against it, and those that found one.
    asked: AtomicU64,
    found: AtomicU64,
    /// A key that found nothing.
    example: std::sync::OnceLock<String>,
}

impl Lookups {
    /// Reads the files of a table's lookups.
    ///
    /// # Errors
    /// An `IngestError` naming the section: files that cannot be read, columns that they do not have, or a key that
    /// stands in rows that differ.
    pub(super) fn read(table: Table, section: &TableConfig) -> Result<Self, IngestError> {
        let read = |lookup: &LookupConfig| Lookup::read(table, lookup);
        let each = section.lookups.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { table: table.name(), each })
    }

    /// The files that were read.
    pub(super) fn files(&self) -> impl Iterator<Item = PathBuf> + '_ {
        self.each.iter().flat_map(|lookup| lookup.files.iter().cloned())
    }

    /// Adds the columns of all lookups to rows of the table, and says how many rows found nothing.
    ///
    /// # Errors
    /// What is wrong with the expression of a key.
    pub(super) fn extend(&self, mut rows: DataFrame, mapping: &Mapping) -> Result<(DataFrame, Vec<Fact>), IngestError> {
        let mut facts = Vec::new();
        for (lookup, keyed) in self.each.iter().zip(&mapping.lookups) {
            let words = words(&rows, &keyed.key)?;
            let (taken, mut missed) = lookup.places(&words);
            // A key that another lookup gives is empty where that one found nothing.
            let is_own = !keyed.key.reads.iter().any(|name| mapping.is_given(name));
            missed.retain(|fact| is_own || fact.rule != FactRule::NoLookupKey);
            let failed = || IngestError::engine(format!("looking into `{}`", lookup.section));
            let columns = lookup.columns.take(&taken).map_err(failed())?;
            for column in columns.columns().iter().filter(|column| mapping.needs(column.name())) {
                rows.with_column(column.clone()).map_err(failed())?;
            }
            facts.extend(missed);
        }
        Ok((rows, facts))
    }

    /// Refuses a lookup that no row of the table found anything in.
    ///
    /// # Errors
    /// `IngestError::NothingFound`.
    pub(super) fn check(&self) -> Result<(), IngestError> {
        for lookup in &self.each {
            let (asked, found) = (lookup.asked.load(Ordering::Relaxed), lookup.found.load(Ordering::Relaxed));
            if asked > 0 && found == 0 {
                let files: Vec<String> = lookup.files.iter().map(|file| file.display().to_string()).collect();
                return Err(IngestError::NothingFound {
                    section: lookup.section.clone(),
                    table: self.table,
                    path: files.join(", "),
                    rows: asked,
                    wanted: lookup.example.get().cloned().unwrap_or_else(|| "nothing".to_owned()),
                    there: lookup.rows.keys().min().cloned().unwrap_or_else(|| "nothing".to_owned()),
                });
            }
        }
        Ok(())
    }
}

impl Lookup {
    fn read(table: Table, config: &LookupConfig) -> Result<Self, IngestError> {
        let section = format!("{}.lookup.{}", table.name(), config.name);
        let files = paths::expand(table.name(), &config.paths)?.laid_out(&config.layout).files;
        let (mut keys, mut frames) = (Vec::new(), Vec::new());
        for file in &files {
            let mut opened = sources::open(file)?;
            let names = sources::column_names(file, &mut opened)?;
            let available = Available { path: file.path.display().to_string(), names };
            let key = available.resolve(format!("{section}.their_key"), &config.their_key)?;
            let taken: Vec<String> = config.columns.values().cloned().collect();
            available.check(&format!("{section}.columns"), &taken)?;
            let names: BTreeSet<&String> = taken.iter().chain(&key.reads).collect();
            let columns: Vec<Expr> = names.into_iter().map(|name| col(name.as_str())).collect();
            let rows = sources::rows(file, opened.frame.select(columns))?;
            keys.push(words(&rows, &key)?);
            let given = config
                .columns
                .iter()
                .map(|(ours, theirs)| rows.column(theirs).map(|column| column.clone().with_name(ours.as_str().into())));
            let frame = given.collect::<PolarsResult<Vec<_>>>().and_then(|given| DataFrame::new(rows.height(), given));
            frames.push(frame.map_err(IngestError::engine(format!("reading `{section}`")))?);
        }
        let columns = stack(frames).map_err(IngestError::engine(format!("reading `{section}`")))?;
        let keys = keys.into_iter().reduce(Words::followed_by).unwrap_or_default();
        let rows = rows_of_keys(&section, &keys, &columns)?;
        let files = files.into_iter().map(|file| file.path).collect();
        let (asked, found) = (AtomicU64::new(0), AtomicU64::new(0));
        Ok(Self {
            section,
            name: config.name.clone(),
            files,
            columns,
            rows,
            asked,
            found,
            example: std::sync::OnceLock::new(),
        })
    }

    /// The row of each word, and what is to be said of those that have none.
    fn places(&self, words: &Words) -> (IdxCa, Vec<Fact>) {
        let place_of: Vec<Option<IdxSize>> = words.names.iter().map(|name| self.rows.get(name).copied()).collect();
        let place = |code: &u32| usize::try_from(*code).ok().and_then(|code| place_of.get(code).copied().flatten());
        let taken: IdxCa = words.codes.iter().map(place).collect();
        let n_absent = words.codes.iter().filter(|code| **code == NO_CODE).count() as u64;
        let n_found = (taken.len() - taken.null_count()) as u64;
        self.asked.fetch_add(words.codes.len() as u64, Ordering::Relaxed);
        self.found.fetch_add(n_found, Ordering::Relaxed);
        let n_missed = words.codes.len() as u64 - n_absent - n_found;
        let missed = words.codes.iter().filter(|code| **code != NO_CODE && place(code).is_none());
        let mut examples: Vec<&str> = Vec::new();
        for name in missed.filter_map(|code| words.names.get(usize::try_from(*code).ok()?)) {
            if examples.len() < Example::SHOWN && !examples.contains(&name.as_str()) {
                examples.push(name);
            }
        }
        if let Some(first) = examples.first() {
            let _ = self.example.set((*first).to_owned());
        }
        let examples: Vec<Example> = examples.into_iter().map(Example::of_text).collect();
        let fact =
            |rule, count, examples| (count > 0).then(|| Fact { rule, place: self.name.clone(), count, examples });
        let missed = fact(FactRule::NotLookedUp, n_missed, examples);
        (taken, missed.into_iter().chain(fact(FactRule::NoLookupKey, n_absent, Vec::new())).collect())
    }
}

/// The keys of rows as ids are compared: without blanks at their ends, numbers without decimals.
fn words(rows: &DataFrame, key: &Mapped) -> Result<Words, IngestError> {
    let column = evaluate(rows, key)?;
    let words = plain(&column).and_then(|column| IdColumn::new(&column)).map(|column| column.words().0);
    words.map_err(IngestError::engine(format!("reading `{}`", key.key)))
}

/// The first row of each key; rows of one key must agree in all columns that are taken.
fn rows_of_keys(section: &str, keys: &Words, columns: &DataFrame) -> Result<FxHashMap<String, IdxSize>, IngestError> {
    let mut first: Vec<Option<usize>> = vec![None; keys.names.len()];
    let mut differing: BTreeSet<&str> = BTreeSet::new();
    for (row, code) in keys.codes.iter().enumerate().filter(|(_, code)| **code != NO_CODE) {
        let Some(place) = usize::try_from(*code).ok().and_then(|code| first.get_mut(code)) else { continue };
        match place {
            None => *place = Some(row),
            Some(earlier) if !are_equal(columns, *earlier, row) => {
                differing.extend(keys.get(row));
            }
            Some(_) => {}
        }
    }
    if !differing.is_empty() {
        return Err(IngestError::RepeatedKey {
            section: section.to_owned(),
            keys: differing.len() as u64,
            examples: differing
                .iter()
                .take(Example::SHOWN)
                .map(|key| format!("`{key}`"))
                .collect::<Vec<_>>()
                .join(", "),
        });
    }
    let row = |place: Option<usize>| place.and_then(|place| IdxSize::try_from(place).ok());
    Ok(keys.names.iter().cloned().zip(first).filter_map(|(key, place)| Some((key, row(place)?))).collect())
}

fn are_equal(columns: &DataFrame, one: usize, other: usize) -> bool {
    columns.columns().iter().all(|column| column.get(one).ok() == column.get(other).ok())
}
