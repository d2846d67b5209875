//! What a list tells of a customer beside what models say.

use jiff::civil::Date;

use crate::dataset::{Dataset, DatasetSettings, Panel};
use crate::decide::{Behaviour, Stage};
use crate::timeline::{Cutoff, date_of};

/// Features that a row of the list tells, whether or not a model uses them.
pub(super) const LIST_FEATURES: [&str; 6] = [
    "gap_median_days",
    "gap_last_days",
    "order_days_all_count",
    "open_complaints_count",
    "gap_mean_days",
    "recent_gaps_mean_days",
];

/// The facts of one customer at the day of the list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Facts {
    /// The customer's number.
    pub(super) customer: u32,
    /// Margin of the past 365 days, in major units, not below 0.
    pub(super) past_year_margin: f64,
    /// Spend of the past 365 days, net of returns, in major units, not below 0.
    pub(super) past_year_spend: f64,
    /// Margin so far, net of returns, in major units.
    pub(super) clv_historic: f64,
    /// The day of the last order plus the median gap; `None` before there is a rhythm.
    pub(super) expected_next_order: Option<Date>,
    /// Days of the calendar.
    pub(super) days_since_last_order: i64,
    pub(super) stage: Stage,
    /// `None` if the shop does not record resolutions.
    pub(super) open_complaints: Option<i64>,
    /// Median days between visits; `None` with one.
    pub(super) gap_median_days: Option<f64>,
    /// Mean of the last three gaps; `None` with one visit.
    pub(super) recent_gap_days: Option<f64>,
    /// Days with an order so far.
    pub(super) visits: f64,
    /// Mean revenue of a visit, in major units, not below 0.
    pub(super) usual_order: f64,
    /// Margin as a share of revenue.
    pub(super) margin_share: f64,
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
    visits: Option<usize>,
    open_complaints: Option<usize>,
    recent_gap: Option<usize>,
}

impl<'a> Reader<'a> {
    /// A reader of the parts of a panel with one cutoff.
    pub(super) fn of(panel: &'a Panel<'_>, as_of: Cutoff) -> Self {
        let [gap_median, gap_last, visits, open_complaints, _, recent_gap] =
            LIST_FEATURES.map(|feature| panel.schema().position(feature));
        let columns = Columns { gap_median, gap_last, visits, open_complaints, recent_gap };
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
        let last_day = dataset.last_order_day[row];
        let silence = self.as_of.day() - last_day;
        let gap_median_days = value(self.columns.gap_median);
        let behaviour = Behaviour {
            visits: value(self.columns.visits).unwrap_or(1.0),
            recency_days: f64::from(silence),
            gap_median_days,
            gap_last_days: value(self.columns.gap_last),
        };
        Facts {
            customer: dataset.customers[row],
            past_year_margin: dataset.margin_share[row] * dataset.past_year_spend[row],
            past_year_spend: dataset.past_year_spend[row],
            clv_historic: dataset.margin_share[row] * dataset.spend_so_far[row],
            expected_next_order: gap_median_days
                .filter(|_| behaviour.has_rhythm())
                .and_then(|gap| day_after(last_day, gap)),
            days_since_last_order: i64::from(silence),
            stage: Stage::of(&behaviour, rule.horizon, rule.active),
            open_complaints: value(self.columns.open_complaints).map(whole),
            gap_median_days,
            recent_gap_days: value(self.columns.recent_gap),
            visits: behaviour.visits,
            margin_share: dataset.margin_share[row],
            usual_order: (dataset.spend_so_far[row] / behaviour.visits.max(1.0)).max(0.0),
        }
    }
}

/// The first day on which so many days have passed since another.
#[expect(clippy::cast_possible_truncation, reason = "a gap between two days fits")]
fn day_after(day: i32, days: f64) -> Option<Date> {
    date_of(day.checked_add(days.ceil() as i32)?)
}

#[expect(clippy::cast_possible_truncation, reason = "days and counts are far below 2^63")]
fn whole(number: f64) -> i64 {
    number.floor() as i64
}
