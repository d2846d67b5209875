//! Features that a shop has defined in its config: the same rules of time as for ours, and the same words about them.

use std::borrow::Cow;

use super::spec::{Absent, Unit, count, ratio};
use crate::config::{Aggregate, CustomFeature, CustomTable, CustomUnit};
use crate::timeline::History;
use crate::timeline::columns::ALWAYS;

/// Computes a feature over the column of its rows, by its [position](crate::timeline::EventLog::custom_column); NaN
/// stands for a missing value.
#[must_use]
pub(super) fn compute(feature: &CustomFeature, column: usize, history: &History<'_>) -> f64 {
    let mut rows = history.custom(column, feature.window_days);
    // Rows stand in an order that does not depend on that of the input; so sums do not either.
    let sum = |values: &mut dyn Iterator<Item = f64>| values.fold((0.0, 0), |(sum, n), value| (sum + value, n + 1));
    let value = match feature.aggregate {
        Aggregate::Count => return count(rows.count()),
        Aggregate::Distinct => return count(distinct(rows.map(|(_, value)| value))),
        Aggregate::DaysSince => {
            let since = rows.next_back().map(|(at, _)| at).filter(|at| *at != ALWAYS);
            return since.map_or(f64::NAN, |at| history.days_since(at));
        }
        Aggregate::Sum => sum(&mut rows.map(|(_, value)| value)).0,
        Aggregate::Mean => {
            let (sum, n) = sum(&mut rows.map(|(_, value)| value));
            ratio(sum, count(n))
        }
        Aggregate::Min => rows.map(|(_, value)| value).fold(f64::NAN, f64::min),
        Aggregate::Max => rows.map(|(_, value)| value).fold(f64::NAN, f64::max),
        Aggregate::Last => rows.next_back().map_or(f64::NAN, |(_, value)| value),
    };
    if feature.unit == CustomUnit::Amount { history.in_major(value) } else { value }
}

fn distinct(values: impl Iterator<Item = f64>) -> usize {
    let mut values: Vec<u64> = values.map(f64::to_bits).collect();
    values.sort_unstable();
    values.dedup();
    values.len()
}

/// What the value is when no row counts.
pub(super) const fn absent(feature: &CustomFeature) -> Absent {
    match feature.aggregate {
        Aggregate::Sum | Aggregate::Count | Aggregate::Distinct => Absent::Zero,
        _ => Absent::Missing,
    }
}

/// The unit that numbers in sentences are written in.
pub(super) const fn unit(feature: &CustomFeature) -> Unit {
    match feature.unit {
        CustomUnit::Number => Unit::Number,
        CustomUnit::Amount => Unit::Amount,
        CustomUnit::Share => Unit::Share,
        CustomUnit::Days => Unit::Days,
        CustomUnit::Count => Unit::Count,
    }
}

/// The sentence of the ranked list, with `{value}` for the customer's number.
pub(super) fn reason(feature: &CustomFeature) -> Cow<'_, str> {
    let plain = || Cow::Owned(format!("{}: {{value}}", feature.name.replace('_', " ")));
    feature.reason.as_deref().map_or_else(plain, Cow::Borrowed)
}

/// What it tells, from its definition.
pub(super) fn meaning(feature: &CustomFeature) -> String {
    if feature.table.has_versions() {
        return meaning_of_version(feature);
    }
    let rows = match feature.table {
        CustomTable::Purchases => "purchase lines",
        CustomTable::Complaints => "complaint records",
        CustomTable::Surveys => "answers to surveys",
        CustomTable::Customers => "rows about customers",
    };
    let value = feature.column.as_ref().map_or(String::new(), |column| format!("`{column}`"));
    let what = match feature.aggregate {
        Aggregate::Sum => format!("Sum of {value} over {rows}"),
        Aggregate::Count => format!("Number of {rows}"),
        Aggregate::Mean => format!("Mean of {value} over {rows}"),
        Aggregate::Min => format!("Smallest {value} of {rows}"),
        Aggregate::Max => format!("Largest {value} of {rows}"),
        Aggregate::Last => format!("Latest {value} of {rows}, of several at one instant the smallest"),
        Aggregate::Distinct => format!("Number of different {value} of {rows}"),
        Aggregate::DaysSince => format!("Days since the latest of {rows}"),
    };
    let filter = feature.filter.as_ref().map_or(String::new(), |filter| format!(" where `{filter}`"));
    let window = feature.window_days.map_or(String::new(), |days| format!(" in the last {days}"));
    format!("{what}{filter}{window}.")
}

/// What it tells of the row that is in force.
fn meaning_of_version(feature: &CustomFeature) -> String {
    let value = feature.column.as_deref().unwrap_or_default();
    let (what, filter) = (feature.aggregate, feature.filter.as_deref());
    match (what, filter) {
        (Aggregate::Count, Some(filter)) => {
            format!("1 if `{filter}` in the customer's row in force at the cutoff, else 0.")
        }
        (Aggregate::Count, None) => "1 if the customer has a row in force at the cutoff, else 0.".to_owned(),
        (Aggregate::DaysSince, None) => "Days since the customer's row in force at the cutoff took effect.".to_owned(),
        (Aggregate::DaysSince, Some(filter)) => {
            format!("Days since the customer's row in force at the cutoff took effect, if `{filter}` in it.")
        }
        (_, None) => format!("`{value}` in the customer's row in force at the cutoff."),
        (_, Some(filter)) => format!("`{value}` in the customer's row in force at the cutoff, if `{filter}` in it."),
    }
}

/// Since when its rows count as known.
pub(super) const fn known_from(feature: &CustomFeature) -> &'static str {
    match feature.table {
        CustomTable::Purchases => "a line from the later of `purchased_at` and `recorded_at`",
        CustomTable::Complaints => "a record from the later of `opened_at` and `recorded_at`",
        CustomTable::Surveys => "an answer from the later of `answered_at` and `recorded_at`",
        CustomTable::Customers => "a version from the later of `valid_from` and `recorded_at`",
    }
}

/// The columns of our tables behind its rows, and the expressions over the shop's columns.
pub(super) fn sources(feature: &CustomFeature) -> String {
    let table = feature.table.table().name();
    let time = match feature.table {
        CustomTable::Purchases => "purchased_at",
        CustomTable::Complaints => "opened_at",
        CustomTable::Surveys => "answered_at",
        CustomTable::Customers => "valid_from",
    };
    let mut sources = vec![format!("{table}.customer_id"), format!("{table}.{time}")];
    sources.extend(feature.column.iter().chain(&feature.filter).map(|source| format!("`{source}`")));
    sources.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Days;

    fn feature(aggregate: Aggregate) -> CustomFeature {
        CustomFeature {
            name: "premium_spend_90d".to_owned(),
            table: CustomTable::Purchases,
            aggregate,
            column: aggregate.reads_values().then(|| "Quantity * Price".to_owned()),
            filter: Some("Category = 'premium'".to_owned()),
            window_days: Some(Days(90)),
            unit: CustomUnit::Amount,
            reason: None,
        }
    }

    #[test]
    fn a_definition_is_reported_in_words() {
        assert_eq!(
            meaning(&feature(Aggregate::Sum)),
            "Sum of `Quantity * Price` over purchase lines where `Category = 'premium'` in the last 90 days."
        );
        let plain = CustomFeature { filter: None, window_days: None, ..feature(Aggregate::DaysSince) };
        assert_eq!(meaning(&plain), "Days since the latest of purchase lines.");
        assert_eq!(reason(&plain), "premium spend 90d: {value}");
        assert_eq!(sources(&plain), "purchases.customer_id, purchases.purchased_at");
        let with_reason = CustomFeature { reason: Some("spent {value}".to_owned()), ..plain };
        assert_eq!(reason(&with_reason), "spent {value}");
    }

    #[test]
    fn a_fact_about_customers_is_reported_as_that_of_the_cutoff() {
        let of = |aggregate, filter: Option<&str>| {
            let (table, window_days) = (CustomTable::Customers, None);
            let filter = filter.map(str::to_owned);
            meaning(&CustomFeature { table, filter, window_days, ..feature(aggregate) })
        };
        assert_eq!(of(Aggregate::Last, None), "`Quantity * Price` in the customer's row in force at the cutoff.");
        assert_eq!(of(Aggregate::Count, Some("a")), "1 if `a` in the customer's row in force at the cutoff, else 0.");
        assert!(of(Aggregate::DaysSince, Some("a")).ends_with("took effect, if `a` in it."));
    }

    #[test]
    fn equal_values_are_one() {
        assert_eq!(distinct([2.5, 1.0, 2.5].into_iter()), 2);
        assert_eq!(distinct(std::iter::empty()), 0);
    }
}
