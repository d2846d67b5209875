//! Versions: rows of an order, or of a complaint, that a later export or a later state of the same one replaces. Rows are of
//! one if they have its number, its customer and its time: numbers may be given again.

use std::collections::BTreeMap;

use polars::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::account::Reason;
use super::duplicates::repeated;
use super::error::IngestError;
use super::evaluate::evaluate;
use super::mapping::Mapping;
use super::resolve::Mapped;
use super::table::{Origin, TypedTable};
use super::words::Words;
use crate::config::{Duplicates, Table, TableConfig};
use crate::maths::hash::with_value;

/// What a column has to be whose greatest value is the latest.
const ORDERED: &str = "a number, or a time that begins with its year";

/// How versions are told from each other.
#[derive(Debug, Default)]
pub(super) struct Latest {
    /// A number for each row that grows with the version.
    ranks: Option<Vec<i64>>,
    /// Whether what stands in a later file is later.
    by_file: bool,
}

impl Latest {
    /// What a config asks for.
    ///
    /// # Errors
    /// `IngestError::WrongType` if the values of `latest_by` have no order.
    pub(super) fn of(section: &TableConfig, source: &DataFrame, mapping: &Mapping) -> Result<Self, IngestError> {
        let ranks = mapping.latest_by.as_ref().map(|mapped| ranks(source, mapped)).transpose()?;
        Ok(Self { ranks, by_file: section.duplicates == Duplicates::Latest })
    }

    /// The used rows of which a later version is there, whatever the filter makes of that one; ascending.
    pub(super) fn superseded(&self, read: &TypedTable) -> Vec<usize> {
        if self.ranks.is_none() && !self.by_file {
            return Vec::new();
        }
        let files = files_of_rows(read);
        let version = |row: usize| {
            let rank = self.ranks.as_ref().and_then(|ranks| ranks.get(row)).copied().unwrap_or(0);
            (rank, if self.by_file { files.get(row).copied().unwrap_or(0) } else { 0 })
        };
        let mut latest: FxHashMap<Event, (i64, u32)> = FxHashMap::default();
        for (row, event) in events(read) {
            let known = latest.entry(event).or_insert_with(|| version(row));
            *known = (*known).max(version(row));
        }
        let is_earlier =
            |(row, event): &(usize, Event)| latest.get(event).is_some_and(|latest| version(*row) < *latest);
        events(read).filter(|(row, _)| read.verdicts.is_used(*row)).filter(is_earlier).map(|(row, _)| row).collect()
    }
}

/// Number, customer and time.
type Event = (u64, u32, i64);

/// The rows that tell of an order or complaint, those outside the filter too.
pub(super) fn events(read: &TypedTable) -> impl Iterator<Item = (usize, Event)> + '_ {
    let times = read.times(if read.table() == Table::Complaints { "opened_at" } else { "purchased_at" });
    let (keys, customers) = (read.event_keys(), read.codes("customer_id"));
    let event = move |(row, key): (usize, &u64)| {
        let is_sound = read.reason(row).is_none_or(Reason::is_filter);
        let event = (*key, *customers.get(row)?, *times.get(row)?);
        (*key != 0 && is_sound).then_some((row, event))
    };
    keys.iter().enumerate().filter_map(event)
}

/// The place of the file of each row.
pub(super) fn files_of_rows(read: &TypedTable) -> Vec<u32> {
    let of_file = |(place, origin): (u32, &Origin)| std::iter::repeat_n(place, origin.n_rows);
    (0..).zip(&read.origins).flat_map(of_file).collect()
}

impl TypedTable {
    /// Used rows of orders that stand in a later file too, with the same lines; ascending. Those that are equal in all columns are
    /// counted once and left out. What the filter sets aside counts in no file, whether or not it has changed since.
    pub(crate) fn replaced_rows(&self) -> Vec<usize> {
        if self.origins.len() < 2 || self.event_keys().is_empty() {
            return Vec::new();
        }
        let files = files_of_rows(self);
        let file = |row: usize| files.get(row).copied().unwrap_or(0);
        let again = self.events_with_equal_lines(file);
        let mut lines: FxHashMap<Event, BTreeMap<u32, Vec<(usize, u64)>>> = FxHashMap::default();
        for (row, event) in events(self).filter(|(_, event)| again.contains(event)) {
            lines.entry(event).or_default().entry(file(row)).or_default().push((row, self.line(row)));
        }
        let mut replaced = Vec::new();
        for by_file in lines.into_values() {
            let whole: Vec<(Vec<usize>, Vec<u64>)> = by_file.into_values().map(sorted).collect();
            let is_there_later =
                |place: usize, own: &Vec<u64>| whole.iter().skip(place + 1).any(|(_, other)| other == own);
            for (place, (rows, own)) in whole.iter().enumerate() {
                if is_there_later(place, own) {
                    replaced.extend(rows.iter().filter(|row| self.verdicts.is_used(**row)));
                }
            }
        }
        replaced.sort_unstable();
        replaced
    }

    /// Orders of which a line stands in several files.
    fn events_with_equal_lines(&self, file: impl Fn(usize) -> u32) -> FxHashSet<Event> {
        let hash = |row: usize, (key, customer, time): Event| {
            [u64::from(customer), time.cast_unsigned(), self.line(row)].into_iter().fold(key, with_value)
        };
        let mut hashes: Vec<u64> = vec![0; self.n_rows()];
        for (row, event) in events(self) {
            if let Some(own) = hashes.get_mut(row) {
                *own = hash(row, event);
            }
        }
        let repeated: FxHashSet<usize> = repeated(&hashes).into_iter().collect();
        let mut first: FxHashMap<u64, u32> = FxHashMap::default();
        let is_elsewhere = |(row, _): &(usize, Event)| {
            let hash = hashes.get(*row).filter(|_| repeated.contains(row));
            hash.is_some_and(|hash| *first.entry(*hash).or_insert(file(*row)) != file(*row))
        };
        events(self).filter(is_elsewhere).map(|(_, event)| event).collect()
    }

    /// What a line is of: product, value and pieces.
    fn line(&self, row: usize) -> u64 {
        let (product, amount) = (self.codes("product_id").get(row), self.money("amount").get(row));
        let quantity = self.numbers("quantity").get(row).map_or(0, |quantity| quantity.to_bits());
        let product = product.map_or(0, |product| u64::from(*product) + 1);
        with_value(with_value(product, amount.map_or(0, |amount| amount.cast_unsigned())), u64::from(quantity))
    }
}

/// The rows, and their lines in order.
fn sorted(lines: Vec<(usize, u64)>) -> (Vec<usize>, Vec<u64>) {
    let (rows, mut lines): (Vec<usize>, Vec<u64>) = lines.into_iter().unzip();
    lines.sort_unstable();
    (rows, lines)
}

fn ranks(source: &DataFrame, mapped: &Mapped) -> Result<Vec<i64>, IngestError> {
    let column = evaluate(source, mapped)?;
    let wrong = |dtype: String| IngestError::WrongType {
        key: mapped.key.clone(),
        expression: mapped.text.clone(),
        dtype,
        allowed: ORDERED,
    };
    let failed = |_: PolarsError| wrong(column.dtype().to_string());
    let column = column.to_physical_repr();
    if column.dtype().is_primitive_numeric() {
        let values = column.cast(&DataType::Float64).map_err(failed)?;
        let values = values.f64().map_err(failed)?;
        return Ok(values.iter().map(|value| value.map_or(i64::MIN, by_size)).collect());
    }
    let words = Words::from_text(column.str().map_err(failed)?);
    let given = || words.names.iter().map(|name| name.trim()).filter(|name| !name.is_empty());
    let of_words: Vec<i64> = if given().all(|name| name.parse::<f64>().is_ok()) {
        words.names.iter().map(|name| name.trim().parse().map_or(i64::MIN, by_size)).collect()
    } else if let Some(other) = given().find(|name| !begins_with_a_year(name)) {
        return Err(wrong(format!("text such as `{}`", crate::text::printable(other))));
    } else {
        let mut sorted: Vec<&str> = words.names.iter().map(|name| name.trim()).collect();
        sorted.sort_unstable();
        let place = |name: &String| sorted.partition_point(|other| *other < name.trim());
        words.names.iter().map(|name| i64::try_from(place(name)).unwrap_or(i64::MAX)).collect()
    };
    Ok(words.codes.iter().map(|code| of_words.get(*code as usize).copied().unwrap_or(i64::MIN)).collect())
}

/// A whole number for each number, in the same order.
fn by_size(value: f64) -> i64 {
    let bits = value.to_bits().cast_signed();
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

/// Whether texts of such a form are in the order of time.
pub(super) fn begins_with_a_year(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (digits, mark) = (bytes.get(..4), bytes.get(4));
    digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_digit)) && matches!(mark, Some(b'-' | b'/' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_grow_and_other_texts_have_no_order() {
        let of = |column: Column| {
            let frame = DataFrame::new(column.len(), vec![column]).unwrap();
            let available = super::super::resolve::Available { path: "a.csv".into(), names: vec!["v".into()] };
            ranks(&frame, &available.resolve("purchases.latest_by".into(), "v").unwrap())
        };
        let ascending = |column: Column| of(column).unwrap().is_sorted_by(|one, other| one < other);
        assert!(ascending(Column::new("v".into(), [None, Some(-2.5), Some(-1.0), Some(0.0), Some(9.0), Some(10.0)])));
        assert!(ascending(Column::new("v".into(), ["", "2", "9", "10"])));
        assert!(ascending(Column::new("v".into(), ["", "2024-03-01", "2024-03-01 08:00", "2024-11-01"])));
        assert!(of(Column::new("v".into(), ["01.03.2024", "02.01.2024"])).is_err());
    }
}
