//! Files that have more about the rows of a table: `[purchases.lookup.NAME]`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::allowed::Allowed;
use super::error::Violation;
use super::keys::{is_name, join};
use super::knobs;
use super::layout::{Layout, Sheets};
use super::raw_tables::{LookupColumns, RawLookup, RawTable};
use super::values::Check;

/// A file that has more about the rows of a table, by a key that both have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LookupConfig {
    /// Its name.
    pub name: String,
    /// Files, globs or folders; read one after the other.
    pub paths: Vec<PathBuf>,
    /// How they are written, as far as it was said.
    pub layout: Layout,
    /// The key of a row of the table: a column or a SQL expression.
    pub key: String,
    /// The key of a row of the lookup: a column or a SQL expression.
    pub their_key: String,
    /// What its columns are called for the mapping, and in its files.
    pub columns: BTreeMap<String, String>,
}

/// How the files of a lookup are written, in the keys that tables have too.
fn as_table(raw: &RawLookup) -> RawTable {
    RawTable {
        encoding: raw.encoding.clone(),
        delimiter: raw.delimiter.clone(),
        quote: raw.quote.clone(),
        skip_rows: raw.skip_rows,
        sheet: raw.sheet.clone(),
        ..RawTable::default()
    }
}

impl Check<'_> {
    /// The lookups of a table, in the order in which they are written: a later one may use columns of those before.
    pub(super) fn lookups(&mut self, section: &str, raw: &BTreeMap<String, RawLookup>) -> Option<Vec<LookupConfig>> {
        let section = join(section, knobs::LOOKUP);
        let mut named: Vec<(&String, &RawLookup)> = raw.iter().collect();
        named.sort_by_key(|(name, _)| self.lines.get(&join(&section, name)).copied());
        let lookups: Vec<Option<LookupConfig>> =
            named.into_iter().map(|(name, raw)| self.one_lookup(&section, name, raw)).collect();
        lookups.into_iter().collect()
    }

    fn one_lookup(&mut self, section: &str, name: &str, raw: &RawLookup) -> Option<LookupConfig> {
        if !is_name(name) {
            let place = self.place(section, name);
            self.violations.push(Violation::Unsuitable { place, allowed: Allowed::FeatureName, came: name.to_owned() });
        }
        let section = join(section, name);
        let paths = self.paths(&section, raw.path.as_ref());
        let layout = self.layout(&section, &as_table(raw));
        let layout = Layout { sheet: layout.sheet.or(Some(Sheets::First)), ..layout };
        let key = self.text(&section, &knobs::LOOKUP_KEY, raw.key.as_deref());
        let their_key = self.text(&section, &knobs::THEIR_KEY, raw.their_key.as_deref());
        let columns = match &raw.columns {
            Some(LookupColumns::Named(columns)) => columns.clone(),
            Some(LookupColumns::Same(names)) => names.iter().map(|name| (name.clone(), name.clone())).collect(),
            None => self.absent(&section, &knobs::LOOKUP_COLUMNS)?,
        };
        if columns.is_empty() || columns.iter().any(|(ours, theirs)| ours.trim().is_empty() || theirs.trim().is_empty())
        {
            return self.unsuitable(&section, &knobs::LOOKUP_COLUMNS, "");
        }
        let key = key?;
        Some(LookupConfig {
            name: name.to_owned(),
            paths: paths?,
            layout,
            their_key: their_key.unwrap_or_else(|| key.clone()),
            key,
            columns,
        })
    }
}
