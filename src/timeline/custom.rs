//! Rows of the columns of custom features, and which of them were known at a cutoff.
//!
//! Of the versions of a customer only the one in force counts: the latest that holds and was known.
//! They stand apart from the other columns: a shop without such features carries nothing for them.

use std::ops::Range;

use rayon::prelude::*;

use super::columns::{ALWAYS, CustomColumn, Tables};
use super::partition::counting_sort;
use crate::units::{Days, Timestamp};

/// A row that counts; NaN is the value of a version that does not, and hides those before it.
#[derive(Debug, Clone, Copy)]
struct Row {
    at: Timestamp,
    /// The instant after which it is known: the later of when it happened and when it was recorded.
    known: Timestamp,
    value: f64,
}

/// The rows of one column for a range of customers.
#[derive(Debug, Default)]
struct ColumnRows {
    /// First row of each customer, and the end.
    starts: Vec<u32>,
    /// Customer after customer, each in ascending time; of one instant the largest value first, so that the order of
    /// the input does not matter.
    sorted: Vec<Row>,
    /// Whether the rows are versions, of which one is in force.
    are_versions: bool,
}

/// The columns of custom features for a range of customers, in the order of [`names`].
#[derive(Debug, Default)]
pub(super) struct CustomLog {
    columns: Vec<ColumnRows>,
}

/// What one customer has in the columns of custom features.
#[derive(Debug, Clone, Copy)]
pub(super) struct CustomRows<'a> {
    pub(super) log: &'a CustomLog,
    /// The customer's position in the range.
    pub(super) customer: usize,
    pub(super) cutoff: Timestamp,
}

/// Names of the features that the tables have columns for: those of purchases, of complaints, of surveys,
/// of customers.
pub(super) fn names(tables: &Tables) -> Vec<String> {
    let events = tables.purchases.custom.iter().chain(&tables.complaints.custom).chain(&tables.surveys.custom);
    events.chain(&tables.customers.custom).map(|column| column.name.clone()).collect()
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
        let times = Times { at: Some(at), recorded: recorded.as_deref(), are_versions: false };
        add(&mut logs, std::mem::take(columns), times, (customer, n_customers, ranges));
    }
    let customers = &mut tables.customers;
    let (at, recorded) = (customers.valid_from.as_deref(), customers.recorded_at.as_deref());
    let columns = std::mem::take(&mut customers.custom);
    if !columns.is_empty() {
        let times = Times { at, recorded, are_versions: true };
        add(&mut logs, columns, times, (&customers.customer, n_customers, ranges));
    }
    logs
}

/// When the rows of a table happened and became known.
#[derive(Clone, Copy)]
struct Times<'t> {
    /// `None` for versions that always held.
    at: Option<&'t [Timestamp]>,
    recorded: Option<&'t [Timestamp]>,
    are_versions: bool,
}

/// Adds the columns of one table to the logs of their ranges.
fn add(
    logs: &mut [CustomLog],
    columns: Vec<CustomColumn>,
    times: Times<'_>,
    (customer, n_customers, ranges): (&[u32], usize, &[Range<usize>]),
) {
    let (starts, rows) = counting_sort(customer, &(0..n_customers));
    for column in columns {
        let of_range =
            |range: &Range<usize>| ColumnRows::collect(&column, times, (&starts[range.start..=range.end], &rows));
        let parts: Vec<ColumnRows> = ranges.par_iter().map(of_range).collect();
        logs.iter_mut().zip(parts).for_each(|(log, part)| log.columns.push(part));
    }
}

impl ColumnRows {
    /// The rows that count of a range of customers, whose `bounds` lie in `rows`.
    fn collect(column: &CustomColumn, times: Times<'_>, (bounds, rows): (&[u32], &[u32])) -> Self {
        let are_versions = times.are_versions;
        let mut collected = Self { starts: vec![0], sorted: Vec::new(), are_versions };
        let read = |row: &u32| {
            let row = *row as usize;
            let at = times.at.map_or(ALWAYS, |at| at[row]);
            let known = times.recorded.map_or(at, |recorded| recorded[row].max(at));
            let value = Some(column.values[row]).filter(|value| value.is_finite());
            Some(Row { at, known, value: value.unwrap_or(f64::NAN) }).filter(|_| are_versions || value.is_some())
        };
        // Of versions that hold from one instant the one recorded last is in force, as for our own attributes.
        let order = |row: &Row| (row.at, if are_versions { row.known } else { ALWAYS });
        for customer in bounds.windows(2) {
            let first = collected.sorted.len();
            collected.sorted.extend(rows[customer[0] as usize..customer[1] as usize].iter().filter_map(read));
            let by_time = |a: &Row, b: &Row| order(a).cmp(&order(b)).then(b.value.total_cmp(&a.value));
            collected.sorted[first..].sort_unstable_by(by_time);
            collected.starts.push(u32::try_from(collected.sorted.len()).unwrap_or(u32::MAX));
        }
        collected.sorted.shrink_to_fit();
        collected
    }

    fn of(&self, customer: usize) -> &[Row] {
        self.starts
            .get(customer..customer + 2)
            .map_or(&[], |bounds| &self.sorted[bounds[0] as usize..bounds[1] as usize])
    }
}

impl<'a> CustomRows<'a> {
    /// Instant and value of the rows of a column that were known before the cutoff, at most `window` old; of versions
    /// that of the one in force, if it counts.
    pub(super) fn known(
        &self,
        column: usize,
        window: Option<Days>,
    ) -> impl DoubleEndedIterator<Item = (Timestamp, f64)> + use<'a> {
        let column = self.log.columns.get(column);
        let mut rows = column.map_or(&[][..], |rows| rows.of(self.customer));
        let cutoff = self.cutoff;
        if column.is_some_and(|column| column.are_versions) {
            let in_force = rows.iter().rposition(|row| row.known < cutoff);
            rows = in_force.map_or(&[][..], |place| &rows[place..=place]);
            rows = if rows.iter().any(|row| row.value.is_nan()) { &[] } else { rows };
        }
        let start = window.map_or(0, |days| rows.partition_point(|row| row.at < cutoff.minus(days)));
        let end = rows.partition_point(|row| row.at < cutoff);
        let inside = rows.get(start..end).unwrap_or_default();
        inside.iter().filter(move |row| row.known < cutoff).map(|row| (row.at, row.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::columns::{CustomerColumns, PurchaseColumns};

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
    fn of_versions_the_one_in_force_counts_alone() {
        let at = |times: &[i64]| Some(times.iter().map(|time| Timestamp(*time)).collect::<Vec<_>>());
        let in_force = |valid_from: Option<Vec<Timestamp>>, recorded_at, values: &[f64], cutoff| {
            let custom = vec![CustomColumn { name: "x".into(), values: values.to_vec() }];
            let customer = vec![0; values.len()];
            let customers = CustomerColumns { customer, valid_from, recorded_at, custom, ..CustomerColumns::default() };
            let mut tables = Tables { customer_ids: vec!["a".into()], customers, ..Tables::default() };
            let log = build(&mut tables, std::slice::from_ref(&(0..1))).pop().unwrap();
            let rows = CustomRows { log: &log, customer: 0, cutoff: Timestamp(cutoff) };
            rows.known(0, None).map(|(at, value)| (at.0, value)).collect::<Vec<_>>()
        };
        let moved =
            |cutoff| in_force(at(&[300, i64::MIN, 200]), at(&[300, i64::MIN, 400]), &[3.0, 1.0, f64::NAN], cutoff);
        assert_eq!([moved(200), moved(300), moved(301)], [[(i64::MIN, 1.0)], [(i64::MIN, 1.0)], [(300, 3.0)]]);
        let erased = in_force(at(&[300, 100]), None, &[f64::NAN, 1.0], 301);
        assert_eq!(erased, [], "a version without the value hides the one before");
        let corrected = in_force(at(&[100, 100]), at(&[100, 150]), &[1.0, 2.0], 200);
        assert_eq!(corrected, [(100, 2.0)], "of two from one instant the one recorded last");
        assert_eq!(in_force(None, None, &[5.0, 4.0], 1), [(i64::MIN, 4.0)], "without times the smallest");
    }

    #[test]
    fn a_window_reaches_back_to_its_first_instant() {
        assert_eq!(known(30, Some(10)), "5 3");
        assert_eq!(known(30, Some(9)), "");
        assert_eq!(known(40, Some(28)), "9 5 3");
        assert_eq!(known(5, Some(3)), "", "a window before all rows is empty");
    }
}
