//! The tables of the config that are to be read, and the mapping of each.

use super::error::IngestError;
use super::mapping::Mapping;
use super::resolve::Available;
use crate::config::{Config, Duplicates, Table, TableConfig};

/// A table and its section of the config.
pub(super) type Section<'a> = (Table, &'a TableConfig);

/// The tables that the shop has, purchases first.
pub(super) fn sections(config: &Config) -> Vec<Section<'_>> {
    Table::ALL.into_iter().filter_map(|table| Some((table, config.table(table)?))).collect()
}

/// The mapping of a table, which stands first among those read from the same files.
pub(super) fn mapping_of(config: &Config, table: Table, available: &Available) -> Result<Mapping, IngestError> {
    let sections = sections(config);
    let Some(own) = sections.iter().find(|section| section.0 == table) else { return Ok(Mapping::default()) };
    let is_other = |other: &&Section<'_>| other.0 != own.0 && other.1.paths == own.1.paths;
    let together: Vec<Section<'_>> = std::iter::once(own).chain(sections.iter().filter(is_other)).copied().collect();
    // Where files overlap, rows are compared in all columns anyway.
    let is_compared = !matches!(own.1.duplicates, Duplicates::Keep | Duplicates::Overlap | Duplicates::Latest);
    let mut mapping = Mapping::with_others(&together, is_compared, &config.features.custom, available)?;
    if table == Table::Customers {
        let (carried, sensitive) = (&config.output.carry, &config.privacy.sensitive);
        let keys = carried.iter().map(|text| ("output.carry", text));
        let keys = keys.chain(sensitive.iter().map(|text| ("privacy.sensitive", text)));
        let columns = keys.map(|(key, text)| available.resolve(key.to_owned(), text));
        mapping.carried = columns.collect::<Result<_, _>>()?;
    }
    Ok(mapping)
}
