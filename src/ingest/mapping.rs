//! From a table's mapping in the config to expressions over its source columns.

use super::custom::{self, CustomMapped};
use super::error::IngestError;
use super::resolve::{Available, Mapped};
use super::state_words::Watched;
use super::typing::becomes_words;
use crate::config::{ColumnSpec, CustomFeature, Kind, Table, TableConfig};

/// The mapping of a table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mapping {
    /// Our columns, in the order of the schema.
    pub(crate) columns: Vec<(&'static ColumnSpec, Mapped)>,
    /// The rows that belong to the table.
    pub(crate) filter: Option<Mapped>,
    /// What grows with each version of an order.
    pub(crate) latest_by: Option<Mapped>,
    /// Custom features over this table.
    pub(crate) custom: Vec<CustomMapped>,
    /// What its lookups are made by, and the columns that each gives.
    pub(crate) lookups: Vec<MappedLookup>,
    /// What goes to the list as it is.
    pub(crate) carried: Vec<Mapped>,
    /// Source columns that other tables read from the same files: rows that differ there are no repetitions.
    pub(crate) compared: Vec<String>,
    /// Source columns of which an empty value takes the first one given in its order.
    pub(crate) fill_down: Vec<String>,
    /// Source columns that may say what a row is: those of purchases that nothing reads, those of complaints that the filter does not.
    pub(crate) watched: Vec<Watched>,
}

/// A lookup as expressions over the source.
#[derive(Debug, Clone)]
pub(crate) struct MappedLookup {
    pub(crate) key: Mapped,
    /// The columns that it gives.
    pub(crate) gives: Vec<String>,
}

/// The lookups of a table, and the columns that are there with them.
fn with_lookups(
    table: Table,
    config: &TableConfig,
    available: &Available,
) -> Result<(Vec<MappedLookup>, Available), IngestError> {
    let mut available = available.clone();
    let mut lookups = Vec::new();
    for lookup in &config.lookups {
        let section = format!("{}.lookup.{}", table.name(), lookup.name);
        let key = available.resolve(format!("{section}.key"), &lookup.key)?;
        let gives: Vec<String> = lookup.columns.keys().cloned().collect();
        if let Some(column) = gives.iter().find(|name| available.names.contains(name)) {
            return Err(IngestError::ColumnTwice { section, column: column.clone(), path: available.path });
        }
        available.names.extend(gives.iter().cloned());
        lookups.push(MappedLookup { key, gives });
    }
    Ok((lookups, available))
}

impl Mapping {
    /// The mapping of the first of several tables that are read from the same files with the columns `available`, and
    /// the custom features over it. Where rows are compared, those of all the tables are: a line is the same
    /// line whichever table reads it.
    ///
    /// # Errors
    /// `IngestError::UnknownColumn`, `BadExpression`, `NotRowWise` or `Hidden`, each naming the config key.
    pub(crate) fn with_others(
        tables: &[(Table, &TableConfig)],
        is_compared: bool,
        features: &[CustomFeature],
        available: &Available,
    ) -> Result<Self, IngestError> {
        let of = |(table, config): (Table, &TableConfig)| {
            let (lookups, available) = with_lookups(table, config, available)?;
            let custom = custom::map(table, features, tables, &available)?;
            Ok(Self { custom, lookups, ..Self::new(table, config, &available)? })
        };
        let mut each = tables.iter().copied();
        let mut mapping = each.next().map_or_else(|| Ok(Self::default()), of)?;
        for other in each.filter(|_| is_compared) {
            mapping.compared.extend(of(other)?.reads());
        }
        Ok(mapping)
    }

    /// The mapping of a table whose sources have the columns `available`.
    ///
    /// # Errors
    /// `IngestError::UnknownColumn`, `BadExpression` or `NotRowWise`, each naming the config key.
    pub(crate) fn new(table: Table, config: &TableConfig, available: &Available) -> Result<Self, IngestError> {
        let mut errors = Vec::new();
        let mut resolved =
            |key: String, text: &str| available.resolve(key, text).map_err(|error| errors.push(error)).ok();
        let mut columns = Vec::new();
        for spec in table.columns() {
            if let Some(text) = config.columns.get(spec.name) {
                let key = format!("{}.columns.{}", table.name(), spec.name);
                columns.extend(resolved(key, text).map(|mapped| (spec, mapped)));
            }
        }
        let key = format!("{}.filter", table.name());
        let filter = config.filter.as_deref().and_then(|text| resolved(key, text));
        let key = format!("{}.latest_by", table.name());
        let latest_by = config.latest_by.as_deref().and_then(|text| resolved(key, text));
        let fill_down = config.fill_down.clone().unwrap_or_default();
        errors.extend(available.check(&format!("{}.fill_down", table.name()), &fill_down).err());
        let taken: Vec<&str> = columns.iter().flat_map(|(_, mapped)| &mapped.reads).map(String::as_str).collect();
        together(errors.into_iter().map(|error| available.with_free_nearest(error, &taken)).collect())?;
        Ok(Self { columns, filter, latest_by, fill_down, ..Self::default() })
    }

    /// The column that says which lines are one order or complaint.
    pub(crate) fn order(&self) -> Option<&Mapped> {
        let column = |name: &str| self.columns.iter().find(|(spec, _)| spec.name == name).map(|(_, mapped)| mapped);
        column("complaint_id").or_else(|| column("order_id"))
    }

    /// All columns of the files that the mapping and the filter read, those that are watched, and those that rows are
    /// compared by, without repetition.
    pub(crate) fn reads(&self) -> Vec<String> {
        let mut names = self.reads_with_lookups();
        names.retain(|name| !self.is_given(name));
        names
    }

    /// The same with the columns of lookups that are read.
    pub(crate) fn reads_with_lookups(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let watched = self.watched.iter().map(|watched| &watched.name);
        for name in self.all().flat_map(|mapped| &mapped.reads).chain(&self.compared).chain(watched) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }

    /// Whether a column of a lookup is read, or watched.
    pub(crate) fn needs(&self, name: &str) -> bool {
        self.is_mapped(name) || self.is_watched(name)
    }

    /// Whether the mapping or the filter reads a column.
    pub(crate) fn is_mapped(&self, name: &str) -> bool {
        self.all().any(|mapped| mapped.reads.iter().any(|read| read == name))
    }

    fn is_watched(&self, name: &str) -> bool {
        self.watched.iter().any(|watched| watched.name == name)
    }

    /// Whether a lookup gives a column.
    pub(crate) fn is_given(&self, name: &str) -> bool {
        self.lookups.iter().any(|lookup| lookup.gives.iter().any(|given| given == name))
    }

    /// Source columns that one of our columns of words is, and that nothing else reads.
    pub(crate) fn words_only(&self) -> Vec<String> {
        let is_alone = |name: &String| self.all().filter(|mapped| mapped.reads.contains(name)).count() == 1;
        let words = self.columns.iter().filter(|(spec, mapped)| mapped.is_plain && becomes_words(spec));
        let is_filled = |name: &String| self.fill_down.contains(name);
        words
            .map(|(_, mapped)| mapped.text.clone())
            .filter(|name| is_alone(name) && !is_filled(name) && !self.is_given(name) && !self.is_watched(name))
            .collect()
    }

    /// Checks that another file of the table has every column that is read.
    ///
    /// # Errors
    /// `IngestError::UnknownColumn` naming the key and the file.
    pub(crate) fn check(&self, available: &Available) -> Result<(), IngestError> {
        let wrong = self.all().filter_map(|mapped| {
            let own: Vec<String> = mapped.reads.iter().filter(|name| !self.is_given(name)).cloned().collect();
            available.check(&mapped.key, &own).err()
        });
        together(wrong.collect())
    }

    fn all(&self) -> impl Iterator<Item = &Mapped> {
        let custom = self.custom.iter().flat_map(CustomMapped::all);
        let keys = self.lookups.iter().map(|lookup| &lookup.key);
        self.columns
            .iter()
            .map(|(_, mapped)| mapped)
            .chain(&self.filter)
            .chain(&self.latest_by)
            .chain(custom)
            .chain(keys)
            .chain(&self.carried)
    }
}

/// All that is wrong in one error, so that it is told in one round.
fn together(mut errors: Vec<IngestError>) -> Result<(), IngestError> {
    match errors.len() {
        0 => Ok(()),
        1 => errors.pop().map_or(Ok(()), Err),
        _ => Err(IngestError::Several { errors }),
    }
}

/// Whether a column of that kind keeps text that looks like numbers as text even in expressions.
pub(crate) fn keeps_text(kind: Kind) -> bool {
    kind == Kind::Id
}
