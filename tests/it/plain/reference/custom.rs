//! Custom features, straight from the rows that had been recorded.

use retain::config::{Aggregate, CustomTable, CustomUnit};
use retain::timeline::Cutoff;

use super::super::custom::Own;
use super::super::{PlainShop, Version};
use super::{days, largest, mean};

impl PlainShop {
    /// The value of a custom feature.
    pub(crate) fn own_value(&self, own: &Own, customer: u32, cutoff: Cutoff) -> f64 {
        let known = self.as_recorded_by(cutoff.at().0);
        if own.feature.table == CustomTable::Customers {
            return known.in_force(own, customer, cutoff);
        }
        let ago = |at: i64| days(cutoff.at().0 - at);
        let rows: Vec<(u32, i64, f64)> = match own.feature.table {
            CustomTable::Purchases => known.lines.iter().map(|row| (row.customer, row.at, own.of_line(row))).collect(),
            CustomTable::Complaints => {
                known.complaints.iter().map(|row| (row.customer, row.opened, own.of_complaint(row))).collect()
            }
            CustomTable::Customers => Vec::new(),
            CustomTable::Surveys => {
                known.answers.iter().map(|row| (row.customer, row.at, own.of_answer(row))).collect()
            }
        };
        let is_recent = |at: i64| own.feature.window_days.is_none_or(|days| ago(at) <= f64::from(days.0));
        let counts = |row: &&(u32, i64, f64)| row.0 == customer && !row.2.is_nan() && is_recent(row.1);
        let rows: Vec<(i64, f64)> = rows.iter().filter(counts).map(|row| (row.1, row.2)).collect();
        let values: Vec<f64> = rows.iter().map(|row| row.1).collect();
        let latest = rows.iter().map(|row| row.0).max();
        let per_unit = if own.feature.unit == CustomUnit::Amount { 100.0 } else { 1.0 };
        match own.feature.aggregate {
            Aggregate::Sum => values.iter().sum::<f64>() / per_unit,
            Aggregate::Count => values.len() as f64,
            Aggregate::Mean => mean(&values) / per_unit,
            Aggregate::Min => -largest(values.iter().map(|value| -value)) / per_unit,
            Aggregate::Max => largest(values) / per_unit,
            Aggregate::Last => {
                let last = rows.iter().filter(|row| Some(row.0) == latest);
                last.map(|row| row.1).fold(f64::NAN, f64::min) / per_unit
            }
            Aggregate::Distinct => {
                let mut values = values;
                values.sort_by(f64::total_cmp);
                values.dedup_by(|a, b| a.total_cmp(b).is_eq());
                values.len() as f64
            }
            Aggregate::DaysSince => latest.map_or(f64::NAN, ago),
        }
    }

    /// The value of a feature over the version in force; all versions here had been recorded. Several of the other
    /// aggregates make sense of one row too, and the code allows what the config does not.
    fn in_force(&self, own: &Own, customer: u32, cutoff: Cutoff) -> f64 {
        let of = self.versions.iter().filter(|row| row.customer == customer);
        let when = |row: &&Version| (row.valid_from, row.recorded.max(row.valid_from));
        let Some(latest) = of.clone().map(|row| when(&row)).max() else { return own.nothing() };
        let values = of.filter(|row| when(row) == latest).map(|row| own.of_version(row));
        let value = values.fold(f64::NAN, f64::min);
        let per_unit = if own.feature.unit == CustomUnit::Amount { 100.0 } else { 1.0 };
        match own.feature.aggregate {
            _ if value.is_nan() => own.nothing(),
            Aggregate::Count | Aggregate::Distinct => 1.0,
            Aggregate::DaysSince => days(cutoff.at().0 - latest.0),
            _ => value / per_unit,
        }
    }
}

impl Own {
    /// What the feature is without a row that counts.
    fn nothing(&self) -> f64 {
        let is_number = matches!(self.feature.aggregate, Aggregate::Sum | Aggregate::Count | Aggregate::Distinct);
        if is_number { 0.0 } else { f64::NAN }
    }
}
