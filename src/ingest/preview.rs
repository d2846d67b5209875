//! The first rows of a table as they are read: our columns, typed values.

use jiff::tz::TimeZone;

use super::table::TypedTable;
use super::values::Values;
use crate::text::{printable, shortened};
use crate::timeline::local_time;
use crate::units::{Currency, Money, Timestamp};

/// Columns that hold the words of customers.
const WORDS: &[&str] = &["text"];

/// Characters of a value that are shown.
const SHOWN: usize = 40;

impl TypedTable {
    /// The first used rows, each with our columns that have a value there; never the words of customers.
    #[must_use]
    pub fn preview(&self, rows: usize, zone: &TimeZone, currency: &Currency) -> Vec<Vec<(&'static str, String)>> {
        let columns = || self.table().columns().iter().filter(|spec| !WORDS.contains(&spec.name));
        let cell = |name: &'static str, row: usize| {
            let values = self.columns.get(name).filter(|values| !values.is_absent(row))?;
            Some((name, shown(values, row, zone, currency).unwrap_or_else(|| self.cell(name, row))))
        };
        let line = |row: usize| columns().filter_map(|spec| cell(spec.name, row)).collect();
        self.used_rows().take(rows).map(line).collect()
    }
}

/// A value as text; nothing of ids that are kept as hashes.
fn shown(values: &Values, row: usize, zone: &TimeZone, currency: &Currency) -> Option<String> {
    match values {
        Values::Words(words) => words.get(row).map(|text| printable(&shortened(text, SHOWN)).into_owned()),
        Values::Keys(_) => None,
        Values::Times(times) => times.get(row).map(|time| local_time(Timestamp(*time), zone)),
        Values::Money(amounts) => {
            let decimals = usize::try_from(currency.decimals()).unwrap_or(2);
            amounts.get(row).map(|amount| format!("{:.decimals$}", currency.major(Money(*amount))))
        }
        Values::Numbers(numbers) => numbers.get(row).map(f32::to_string),
        Values::Flags(flags) => flags.get(row).map(|flag| if *flag == 1 { "yes" } else { "no" }.to_owned()),
    }
}
