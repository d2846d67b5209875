//! Tables larger than memory: their source rows are dealt out, some at a time, to parts of the customers on disk, and
//! each part is then read as a shop of its own.
//!
//! Parts are ranges of customers in the order of their ids, so that what is made of one part after the other comes in
//! the order in which it would come of the whole. Rows keep their file and number, for the account and reject files.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use polars::prelude::*;

use super::account::Reason;
use super::dealing::{Beside, Dealing, rows_of};
use super::dealt::DealtFile;
use super::error::IngestError;
use super::lookup::Lookups;
use super::paths::Found;
use super::sections::sections;
use super::{found_currency, sources, table_files};
use crate::config::{Config, Table};

/// One part in so many of the memory is for the text read at a time: beside it stand its columns, which take more.
const SHARE_OF_TEXT: u64 = 8;

/// Bytes of text read at a time, however little or much memory there is.
const TEXT_AT_ONCE: RangeInclusive<usize> = 1 << 16..=1 << 27;

/// The tables of a shop, in parts.
#[derive(Debug)]
pub struct Parts {
    /// How many.
    count: usize,
    /// Columns of currencies that the config does not name.
    currencies: Vec<(Table, String)>,
    /// The files of each table.
    dealt: Vec<(Table, Vec<DealtFile>)>,
    /// Files that were looked into for more about the rows.
    looked_into: Vec<PathBuf>,
}

impl Parts {
    /// Deals the rows of all tables out to files in `folder`, to so many parts that each fits into `memory_bytes`;
    /// `None` if the whole does.
    ///
    /// # Errors
    /// An `IngestError` naming file or column, as [`read`](super::read) has it.
    pub fn deal(config: &Config, memory_bytes: u64, folder: &Path) -> Result<Option<Self>, IngestError> {
        let n_bytes = usize::try_from(memory_bytes / SHARE_OF_TEXT).unwrap_or(usize::MAX);
        let n_bytes = n_bytes.clamp(*TEXT_AT_ONCE.start(), *TEXT_AT_ONCE.end());
        let mut tables = Vec::new();
        let mut needed_bytes = 0;
        for (table, section) in sections(config) {
            let found = table_files::found(config, (table, section))?;
            for file in &found.files {
                for piece in sources::pieces(file, n_bytes)? {
                    needed_bytes += rows_of(file, &piece?)? * sources::bytes_per_row(file)?;
                }
            }
            tables.push((table, found, Lookups::read(table, section)?));
        }
        let n_parts = needed_bytes.div_ceil(memory_bytes.max(1));
        let n_parts = usize::try_from(n_parts).unwrap_or(usize::MAX);
        if n_parts <= 1 {
            return Ok(None);
        }
        let files_of = |wanted| {
            let found = tables.iter().find(|(table, ..): &&(Table, Found, Lookups)| *table == wanted);
            found.map_or_else(Vec::new, |(_, found, _)| found.files.clone())
        };
        let asked = config;
        let config = &*found_currency::completed(config, &files_of);
        let mut weights = BTreeMap::new();
        for (table, found, lookups) in tables.iter().filter(|(table, ..)| *table == Table::Purchases) {
            for file in &found.files {
                Dealing::new(config, (*table, file), n_bytes, &Beside::default(), lookups)?.weigh(&mut weights)?;
            }
        }
        let starts = starts(&weights, n_parts);
        let (mut dealt, mut looked_into) = (Vec::new(), Vec::new());
        for (table, Found { files, facts }, lookups) in tables {
            let beside = Beside::of(config, table, &files)?;
            let deal = |(number, file)| {
                let name = format!("{}_{number}", table.name());
                Dealing::new(config, (table, file), n_bytes, &beside, &lookups)?.deal(&starts, &folder.join(name))
            };
            let mut files = files.iter().enumerate().map(deal).collect::<Result<Vec<_>, IngestError>>()?;
            // What is said of the table as a whole is said with its first file.
            if let Some(first) = files.first_mut() {
                first.facts.extend(facts);
            }
            lookups.check()?;
            looked_into.extend(lookups.files());
            dealt.push((table, files));
        }
        let column =
            |config: &Config, table| config.table(table).and_then(|section| section.columns.get("currency").cloned());
        let found = |(table, _): &(Table, Vec<DealtFile>)| {
            Some((*table, column(config, *table).filter(|_| column(asked, *table).is_none())?))
        };
        let currencies = dealt.iter().filter_map(found).collect();
        Ok(Some(Self { count: starts.len() + 1, currencies, dealt, looked_into }))
    }

    /// The config with the columns mapped that were found when the rows were dealt out.
    pub(super) fn completed<'c>(&self, config: &'c Config) -> Cow<'c, Config> {
        let mut completed = Cow::Borrowed(config);
        for (table, name) in &self.currencies {
            found_currency::with_currency(completed.to_mut(), *table, name);
        }
        completed
    }

    /// How many parts there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The files that were dealt out.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        let dealt = self.dealt.iter().flat_map(|(_, files)| files).map(|file| file.path.clone());
        dealt.chain(self.looked_into.iter().cloned()).collect()
    }

    /// Rejected rows of all parts of a table in the order of its files, as they stand in those of the whole: lines that
    /// cannot be split first.
    ///
    /// # Errors
    /// `IngestError::Engine` if the table engine fails.
    pub fn in_order(&self, rejects: &DataFrame) -> Result<DataFrame, IngestError> {
        let sorted = || -> PolarsResult<DataFrame> {
            let text = |name: &str| rejects.column(name)?.str().cloned();
            let (tables, files, reasons) = (text("table")?, text("file")?, text("reason")?);
            let numbers = rejects.column("row")?.u64()?.clone();
            let dealt = self.dealt.iter().find(|(table, _)| Some(table.name()) == tables.get(0));
            let places: HashMap<String, usize> = dealt.map_or_else(HashMap::new, |(_, files)| {
                let places = files.iter().enumerate().rev();
                places.map(|(place, file)| (file.path.display().to_string(), place)).collect()
            });
            let mut order: Vec<(bool, Option<usize>, Option<u64>, IdxSize)> = (0..)
                .zip(files.iter().zip(reasons.iter()).zip(numbers.iter()))
                .map(|(row, ((file, reason), number))| {
                    let is_sound = !reason.is_some_and(Reason::is_rule_of_line);
                    (is_sound, file.and_then(|file| places.get(file).copied()), number, row)
                })
                .collect();
            order.sort_unstable();
            rejects.take(&order.into_iter().map(|(.., row)| Some(row)).collect())
        };
        sorted().map_err(IngestError::engine("putting rejected rows in order"))
    }

    pub(super) fn files_of(&self, table: Table) -> &[DealtFile] {
        self.dealt.iter().find(|(known, _)| *known == table).map_or(&[], |(_, files)| files)
    }
}

/// The ids with which the ranges after the first start: so many customers that each range has about as many rows.
fn starts(weights: &BTreeMap<String, u64>, n_parts: usize) -> Vec<String> {
    let total: u64 = weights.values().sum();
    let mut starts = Vec::new();
    let mut before = 0;
    for (id, rows) in weights {
        let due = (starts.len() as u64 + 1) * total / n_parts as u64;
        if before >= due && before > 0 && starts.len() + 1 < n_parts {
            starts.push(id.clone());
        }
        before += rows;
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_have_about_as_many_rows_each() {
        let weights = |rows: &[u64]| -> BTreeMap<String, u64> {
            rows.iter().enumerate().map(|(customer, rows)| (format!("c{customer}"), *rows)).collect()
        };
        assert_eq!(starts(&weights(&[1, 1, 1, 1, 1, 1]), 3), ["c2", "c4"]);
        assert_eq!(starts(&weights(&[9, 1, 1, 1]), 2), ["c1"], "one customer is never split");
        assert!(starts(&weights(&[]), 4).is_empty());
        assert_eq!(starts(&weights(&[1, 1]), 9).len(), 1, "no range is empty");
    }
}
