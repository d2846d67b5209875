//! What `retain inspect` finds, in the form in which programs get it and from which the page for people is set.

use jiff::civil::Date;
use serde::Serialize;

use crate::config::Table;
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
    /// Files that were taken for no table.
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
    /// Our columns with the source column or expression proposed for each.
    pub(super) mapping: Vec<Mapped>,
    /// What kind of export it looks like, if it is one that is known.
    pub(super) looks_like: Option<&'static str>,
    /// Our required columns that no column was taken for.
    pub(super) missing: Vec<&'static str>,
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
}

impl Source {
    /// A file with the mapping that its column names suggest.
    pub(super) fn new(
        table: Table,
        profile: SourceProfile,
        mapping: std::collections::BTreeMap<&'static str, String>,
        looks_like: Option<&'static str>,
    ) -> Self {
        let is_missing = |column: &&crate::config::ColumnSpec| column.required && !mapping.contains_key(column.name);
        let missing = table.columns().iter().filter(is_missing).map(|column| column.name).collect();
        let mapping = mapping.into_iter().map(|(column, from)| Mapped { column, from }).collect();
        Self { table: table.name(), profile, mapping, looks_like, missing }
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
