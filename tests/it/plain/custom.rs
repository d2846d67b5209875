//! Features that a random shop has defined itself, and the columns behind them.

use proptest::prelude::*;
use retain::config::{Aggregate, CustomFeature, CustomTable, CustomUnit};
use retain::timeline::columns::CustomColumn;
use retain::units::Days;

use super::{Answer, Complaint, Line, PlainShop, Version};

/// A custom feature, and the seed of the values of its rows.
#[derive(Debug, Clone)]
pub(crate) struct Own {
    pub(crate) feature: CustomFeature,
    seed: i64,
}

pub(crate) const TABLES: [CustomTable; 4] =
    [CustomTable::Purchases, CustomTable::Complaints, CustomTable::Surveys, CustomTable::Customers];
pub(crate) const AGGREGATES: [Aggregate; 8] = [
    Aggregate::Sum,
    Aggregate::Count,
    Aggregate::Mean,
    Aggregate::Min,
    Aggregate::Max,
    Aggregate::Last,
    Aggregate::Distinct,
    Aggregate::DaysSince,
];

/// A few features with names of their own.
pub(super) fn some() -> impl Strategy<Value = Vec<Own>> {
    let window = prop::sample::select(vec![None, Some(1), Some(7), Some(45), Some(90), Some(365)]);
    let unit = prop::sample::select(vec![CustomUnit::Number, CustomUnit::Amount]);
    let one =
        (prop::sample::select(TABLES.to_vec()), prop::sample::select(AGGREGATES.to_vec()), window, unit, 0_i64..9);
    prop::collection::vec(one, 0..6).prop_map(|features| {
        let own = features.into_iter().enumerate().map(|(i, (table, aggregate, window, unit, seed))| Own {
            feature: CustomFeature {
                name: format!("own_{i}"),
                table,
                aggregate,
                column: None,
                filter: None,
                window_days: window.filter(|_| !table.has_versions()).map(Days),
                unit: match aggregate {
                    Aggregate::Count | Aggregate::Distinct => CustomUnit::Count,
                    Aggregate::DaysSince => CustomUnit::Days,
                    _ => unit,
                },
                reason: None,
            },
            seed,
        });
        own.collect()
    })
}

impl Own {
    /// The value of a row by what was known of it from the beginning; NaN where it does not count. Few different values,
    /// so that many rows are equal.
    fn value(&self, facts: &[i64]) -> f64 {
        let mix = |hash: i64, fact: &i64| (hash ^ fact).wrapping_mul(0x5851_F42D_4C95_7F2D).rotate_left(29);
        let hash = facts.iter().fold(self.seed, mix).unsigned_abs();
        let value = (hash % 7) as f64 - 3.0;
        match (hash / 7) % 4 {
            0 => f64::NAN,
            1 if self.feature.unit == CustomUnit::Number => value / 7.0,
            _ => value,
        }
    }

    pub(super) fn of_line(&self, line: &Line) -> f64 {
        let codes = line.codes.map(i64::from);
        self.value(&[line.amount, i64::from(line.quantity), codes[0], codes[1], line.at])
    }

    pub(super) fn of_complaint(&self, row: &Complaint) -> f64 {
        self.value(&[row.amount, i64::from(row.cause), i64::from(row.severity.to_bits()), row.opened])
    }

    pub(super) fn of_version(&self, row: &Version) -> f64 {
        self.value(&[i64::from(row.region), i64::from(row.acquisition), row.born])
    }

    pub(super) fn of_answer(&self, row: &Answer) -> f64 {
        self.value(&[i64::from(row.nps.to_bits()), i64::from(row.csat.to_bits())])
    }
}

impl PlainShop {
    /// The columns over one table, whose rows have values by `value`.
    pub(super) fn own_columns<R>(
        &self,
        table: CustomTable,
        rows: &[R],
        value: impl Fn(&Own, &R) -> f64,
    ) -> Vec<CustomColumn> {
        let own = self.own.iter().filter(|own| own.feature.table == table);
        let column = |own: &Own| CustomColumn {
            name: own.feature.name.clone(),
            values: rows.iter().map(|row| value(own, row)).collect(),
        };
        own.map(column).collect()
    }

    /// The definitions of its own features.
    pub(crate) fn definitions(&self) -> Vec<CustomFeature> {
        self.own.iter().map(|own| own.feature.clone()).collect()
    }
}
