//! What a list tells of a customer beside what models say.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::dataset::{Dataset, DatasetSettings, Panel};
use crate::decide::{Behaviour, Stage};
use crate::timeline::Cutoff;
use crate::units::{MICROS_PER_DAY, Timestamp};

/// Features that a row of the list tells, whether or not a model uses them.
pub(super) const TOLD: [&str; 4] = ["gap_median_days", "gap_last_days", "orders_all_count", "open_complaints_count"];

/// The facts of one customer at the day of the list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Facts {
    /// The customer's number.
    pub(super) customer: u32,
    /// Margin of the past 365 days, in major units, not below 0.
    pub(super) past_year_margin: f64,
    /// Margin so far, net of returns, in major units.
    pub(super) clv_historic: f64,
    /// The last order plus the median gap; `None` with one order.
    pub(super) expected_next_order: Option<Date>,
    pub(super) days_since_last_order: i64,
    pub(super) stage: Stage,
    /// `None` if the shop does not record resolutions.
    pub(super) open_complaints: Option<i64>,
}

/// Reads facts off datasets.
pub(super) struct Reader<'a> {
    settings: &'a DatasetSettings,
    as_of: Cutoff,
    columns: Columns,
}

/// Positions of the features that a row of the list tells, as far as the shop has them.
struct Columns {
    gap_median: Option<usize>,
    gap_last: Option<usize>,
    orders: Option<usize>,
    open_complaints: Option<usize>,
}

impl<'a> Reader<'a> {
    /// A reader of the parts of a panel with one cutoff.
    pub(super) fn of(panel: &'a Panel<'_>, as_of: Cutoff) -> Self {
        let [gap_median, gap_last, orders, open_complaints] = TOLD.map(|feature| panel.schema().position(feature));
        let columns = Columns { gap_median, gap_last, orders, open_complaints };
        Self { settings: panel.settings(), as_of, columns }
    }

    /// The facts of all rows.
    pub(super) fn read(&self, dataset: &Dataset) -> Vec<Facts> {
        (0..dataset.len()).map(|row| self.row(dataset, row)).collect()
    }

    fn row(&self, dataset: &Dataset, row: usize) -> Facts {
        // A feature's value, if the shop has it and it is defined.
        let value = |column: Option<usize>| Some(dataset.value(row, column?)).filter(|value| value.is_finite());
        let rule = &self.settings.rule;
        let last_order_at = dataset.last_order_at[row];
        let recency_days = self.as_of.at().days_since(last_order_at);
        let gap_median_days = value(self.columns.gap_median);
        let behaviour = Behaviour {
            orders: value(self.columns.orders).unwrap_or(1.0),
            recency_days,
            gap_median_days,
            gap_last_days: value(self.columns.gap_last),
        };
        Facts {
            customer: dataset.customers[row],
            past_year_margin: dataset.margin_share[row] * dataset.past_year_spend[row],
            clv_historic: dataset.margin_share[row] * dataset.spend_so_far[row],
            expected_next_order: gap_median_days.and_then(|gap| day_after(last_order_at, gap, &self.settings.zone)),
            days_since_last_order: whole(recency_days),
            stage: Stage::of(&behaviour, rule.horizon, rule.active),
            open_complaints: value(self.columns.open_complaints).map(whole),
        }
    }
}

/// The local day `days` days of 24 hours after an instant.
fn day_after(instant: Timestamp, days: f64, zone: &TimeZone) -> Option<Date> {
    #[expect(clippy::cast_possible_truncation, reason = "a gap between two instants fits")]
    let micros = (days * MICROS_PER_DAY as f64).round() as i64;
    let instant = jiff::Timestamp::from_microsecond(instant.0.checked_add(micros)?).ok()?;
    Some(instant.to_zoned(zone.clone()).date())
}

#[expect(clippy::cast_possible_truncation, reason = "days and counts are far below 2^63")]
fn whole(number: f64) -> i64 {
    number.floor() as i64
}
