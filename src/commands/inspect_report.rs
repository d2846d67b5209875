//! What `retain inspect` finds, in the form in which programs get it and from which the page for people is set.

use jiff::civil::Date;
use serde::Serialize;

use crate::config::{DraftColumn, Table};
use crate::ingest::{Account, SourceProfile, TableProfile};
use crate::profile::Inspection;
use crate::validate::Finding;

/// Everything that was found.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// Version of this form.
    pub(super) format: u32,
    pub(super) retain_version: &'static str,
    /// Name of the shop.
    pub(super) name: String,
    /// Code of the currency, where one is known.
    pub(super) currency: Option<String>,
    /// The files as they are, where no config maps them yet.
    pub(super) sources: Vec<Source>,
    /// Files that were taken for no table, and why.
    pub(super) not_used: Vec<String>,
    /// What a person has to fill in before the drafted config can be used.
    pub(super) to_fill_in: Vec<String>,
    /// The shop, as far as its tables can be read.
    pub(super) shop: Option<Shop>,
    /// What stood in the way of reading it.
    pub(super) failure: Option<String>,
    /// The lines for `[churn]`, if a horizon is recommended.
    pub(super) churn: Option<String>,
    /// The config that was written.
    pub(super) written: Option<String>,
    /// What was not written, and why not.
    pub(super) not_written: Option<String>,
}

/// A file, and which of our columns each of its columns is taken for.
#[derive(Debug, Serialize)]
pub(super) struct Source {
    pub(super) table: &'static str,
    #[serde(flatten)]
    pub(super) profile: SourceProfile,
    /// Values of columns with few, with the share of rows that have each.
    pub(super) values: Vec<ColumnValues>,
    /// Our columns with the source column or expression proposed for each.
    pub(super) mapping: Vec<Mapped>,
    /// What kind of export it looks like, if it is one that is known.
    pub(super) looks_like: Option<&'static str>,
    /// Our required columns that no column was taken for.
    pub(super) missing: Vec<&'static str>,
}

/// A column with few values.
#[derive(Debug, Serialize)]
pub(super) struct ColumnValues {
    pub(super) column: String,
    /// The values, the most frequent first.
    pub(super) values: Vec<ValueShare>,
}

/// A value and the share of rows with it.
#[derive(Debug, Serialize)]
pub(super) struct ValueShare {
    pub(super) value: String,
    pub(super) share: f64,
}

impl ColumnValues {
    /// The values of a column, if it has a few: one, or as many as rows, tells nothing.
    pub(super) fn new(column: &DraftColumn) -> Option<Self> {
        let rows = column.n_rows.max(1) as f64;
        let share = |count: &crate::config::ValueCount| ValueShare {
            value: count.value.clone(),
            share: count.rows as f64 / rows,
        };
        let tells = column.values.len() > 1 && column.values.len() * 4 < column.n_rows;
        tells.then(|| Self { column: column.name.clone(), values: column.values.iter().map(share).collect() })
    }
}

/// One of our columns and where it is taken from.
#[derive(Debug, Serialize)]
pub(super) struct Mapped {
    pub(super) column: &'static str,
    pub(super) from: String,
}

/// A shop whose tables could be read.
#[derive(Debug, Serialize)]
pub(super) struct Shop {
    pub(super) as_of: Option<Date>,
    pub(super) tables: Vec<ReadTable>,
    pub(super) findings: Vec<Finding>,
    /// Absent if nobody bought anything before the as-of day.
    pub(super) inspection: Option<Inspection>,
}

/// A table as it was read.
#[derive(Debug, Serialize)]
pub(super) struct ReadTable {
    pub(super) account: Account,
    pub(super) profile: TableProfile,
    /// Its first rows as they are read; they name customers, so that programs do not get them.
    #[serde(skip)]
    pub(super) preview: Vec<Vec<(&'static str, String)>>,
}

impl Source {
    /// A file with the mapping that its column names suggest.
    pub(super) fn new(
        table: Table,
        profile: SourceProfile,
        mapping: std::collections::BTreeMap<&'static str, String>,
        looks_like: Option<&'static str>,
        columns: &[DraftColumn],
    ) -> Self {
        let is_missing = |column: &&crate::config::ColumnSpec| column.required && !mapping.contains_key(column.name);
        let values = columns.iter().filter_map(ColumnValues::new).collect();
        let missing = table.columns().iter().filter(is_missing).map(|column| column.name).collect();
        let mapping = mapping.into_iter().map(|(column, from)| Mapped { column, from }).collect();
        Self { table: table.name(), profile, values, mapping, looks_like, missing }
    }

    /// Our columns for which a column of the file is taken, alone or with others.
    pub(super) fn taken_for(&self, name: &str) -> Vec<&'static str> {
        let reads = |from: &str| {
            from == name
                || from.contains(&format!("\"{name}\""))
                || from.split([' ', '(', ')']).any(|word| word == name)
        };
        self.mapping.iter().filter(|mapped| reads(&mapped.from)).map(|mapped| mapped.column).collect()
    }
}
