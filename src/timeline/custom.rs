//! Rows of the columns that a shop has defined for features of its own, and which of them were known at a cutoff.
//!
//! They stand apart from the other columns: a shop without such features carries nothing for them.

use std::ops::Range;

use rayon::prelude::*;

use super::columns::{CustomColumn, Tables};
use super::partition::counting_sort;
use crate::units::{Days, Timestamp};

/// A row that counts.
#[derive(Debug, Clone, Copy)]
struct Row {
    at: Timestamp,
    /// The instant after which it is known: the later of when it happened and when it was recorded.
    known: Timestamp,
    value: f64,
}

/// The rows of one column for a range of customers.
#[derive(Debug, Default)]
struct Rows {
    /// First row of each customer, and the end.
    starts: Vec<u32>,
    /// Customer after customer, each in ascending time; of one instant the largest value first, so that the order of
    /// the input does not matter.
    rows: Vec<Row>,
}

/// The columns of a shop's own features for a range of customers, in the order of [`names`].
#[derive(Debug, Default)]
pub(super) struct CustomLog {
    columns: Vec<Rows>,
}

/// What one customer has in the columns of a shop's own features.
#[derive(Debug, Clone, Copy)]
pub(super) struct CustomRows<'a> {
    pub(super) log: &'a CustomLog,
    /// The customer's position in the range.
    pub(super) customer: usize,
    pub(super) cutoff: Timestamp,
}

/// Names of the features that the tables have columns for: those of purchases, of complaints, of surveys.
pub(super) fn names(tables: &Tables) -> Vec<String> {
    let columns = tables.purchases.custom.iter().chain(&tables.complaints.custom).chain(&tables.surveys.custom);
    columns.map(|column| column.name.clone()).collect()
}

/// The columns of each range of customers; those of the tables are taken out and freed one by one.
pub(super) fn build(tables: &mut Tables, ranges: &[Range<usize>]) -> Vec<CustomLog> {
    let mut logs: Vec<CustomLog> = Vec::with_capacity(ranges.len());
    logs.resize_with(ranges.len(), CustomLog::default);
    let n_customers = tables.customer_ids.len();
    let (purchases, complaints, surveys) = (&mut tables.purchases, &mut tables.complaints, &mut tables.surveys);
    for (columns, customer, at, recorded) in [
        (&mut purchases.custom, &purchases.customer, &purchases.purchased_at, &purchases.recorded_at),
        (&mut complaints.custom, &complaints.customer, &complaints.opened_at, &complaints.recorded_at),
        (&mut surveys.custom, &surveys.customer, &surveys.answered_at, &surveys.recorded_at),
    ] {
        if columns.is_empty() {
            continue;
        }
        let (starts, rows) = counting_sort(customer, &(0..n_customers));
        let times = (at.as_slice(), recorded.as_deref());
        for column in std::mem::take(columns) {
            let of_range =
                |range: &Range<usize>| Rows::collect(&column, times, (&starts[range.start..=range.end], &rows));
            let parts: Vec<Rows> = ranges.par_iter().map(of_range).collect();
            logs.iter_mut().zip(parts).for_each(|(log, part)| log.columns.push(part));
        }
    }
    logs
}

impl Rows {
    /// The rows that count of a range of customers, whose `bounds` lie in `rows`.
    fn collect(
        column: &CustomColumn,
        (at, recorded): (&[Timestamp], Option<&[Timestamp]>),
        (bounds, rows): (&[u32], &[u32]),
    ) -> Self {
        let mut collected = Self { starts: vec![0], rows: Vec::new() };
        let read = |row: &u32| {
            let row = *row as usize;
            let known = recorded.map_or(at[row], |recorded| recorded[row].max(at[row]));
            Some(Row { at: at[row], known, value: column.values[row] }).filter(|row| row.value.is_finite())
        };
        for customer in bounds.windows(2) {
            let first = collected.rows.len();
            collected.rows.extend(rows[customer[0] as usize..customer[1] as usize].iter().filter_map(read));
            let by_time = |a: &Row, b: &Row| a.at.cmp(&b.at).then(b.value.total_cmp(&a.value));
            collected.rows[first..].sort_unstable_by(by_time);
            collected.starts.push(u32::try_from(collected.rows.len()).unwrap_or(u32::MAX));
        }
        collected.rows.shrink_to_fit();
        collected
    }

    fn of(&self, customer: usize) -> &[Row] {
        self.starts.get(customer..customer + 2).map_or(&[], |bounds| &self.rows[bounds[0] as usize..bounds[1] as usize])
    }
}

impl<'a> CustomRows<'a> {
    /// Instant and value of the rows of a column that were known before the cutoff, at most `window` old.
    pub(super) fn known(
        &self,
        column: usize,
        window: Option<Days>,
    ) -> impl DoubleEndedIterator<Item = (Timestamp, f64)> + use<'a> {
        let rows = self.log.columns.get(column).map_or(&[][..], |rows| rows.of(self.customer));
        let cutoff = self.cutoff;
        let start = window.map_or(0, |days| rows.partition_point(|row| row.at < cutoff.minus(days)));
        let end = rows.partition_point(|row| row.at < cutoff);
        let inside = rows.get(start..end).unwrap_or_default();
        inside.iter().filter(move |row| row.known < cutoff).map(|row| (row.at, row.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::columns::PurchaseColumns;

    fn log() -> CustomLog {
        let day = |day: u32| Timestamp(0).plus(Days(day));
        let column = CustomColumn { name: "x".into(), values: vec![5.0, 1.0, f64::NAN, 3.0, 7.0, 9.0] };
        let mut tables = Tables {
            customer_ids: vec!["a".into(), "b".into()],
            purchases: PurchaseColumns {
                customer: vec![1, 1, 1, 1, 0, 1],
                purchased_at: [20, 10, 15, 20, 5, 12].map(day).to_vec(),
                recorded_at: Some([20, 10, 15, 20, 5, 30].map(day).to_vec()),
                custom: vec![column],
                ..PurchaseColumns::default()
            },
            ..Tables::default()
        };
        assert_eq!(names(&tables), ["x"]);
        let mut logs = build(&mut tables, &[0..1, 1..2]);
        assert!(tables.purchases.custom.is_empty());
        logs.pop().unwrap()
    }

    fn known(cutoff: u32, window: Option<u32>) -> String {
        let rows = CustomRows { log: &log(), customer: 0, cutoff: Timestamp(0).plus(Days(cutoff)) };
        let values: Vec<String> = rows.known(0, window.map(Days)).map(|(_, value)| value.to_string()).collect();
        values.join(" ")
    }

    #[test]
    fn rows_are_known_once_they_happened_and_were_recorded() {
        assert_eq!(known(20, None), "1", "a row at the cutoff is not history");
        assert_eq!(known(21, None), "1 5 3", "of one instant the largest first");
        assert_eq!(known(30, None), "1 5 3", "recorded at the cutoff is not known");
        assert_eq!(known(31, None), "1 9 5 3");
    }

    #[test]
    fn a_window_reaches_back_to_its_first_instant() {
        assert_eq!(known(30, Some(10)), "5 3");
        assert_eq!(known(30, Some(9)), "");
        assert_eq!(known(40, Some(28)), "9 5 3");
        assert_eq!(known(5, Some(3)), "", "a window before all rows is empty");
    }
}
