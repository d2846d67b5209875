//! The files of a table of the config: where they are, how they are written, which columns they may lack.

use super::error::IngestError;
use super::paths::{self, Found};
use super::sections::Section;
use super::{lacking, left_out};
use crate::config::{Config, Sheets, Table};

/// The files behind the paths of a table, and what was noticed on the way to them.
///
/// # Errors
/// As [`paths::expand`].
pub(super) fn found(config: &Config, (table, section): Section<'_>) -> Result<Found, IngestError> {
    let mut layout = section.layout.clone();
    if table == Table::Customers {
        layout.sheet = layout.sheet.or(Some(Sheets::First));
    }
    let mut found = paths::expand(table.name(), &section.paths)?.laid_out(&layout);
    lacking::note(&mut found.files, (table, section), config);
    found.facts.extend(left_out::beside(&section.paths, config));
    Ok(found)
}
