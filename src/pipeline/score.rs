//! The story of scoring: everyone eligible at a day, by probability of leaving times value, with reasons.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::doubts::{Doubts, calibrated};
use super::economics::{Basis, ValueReport};
use super::error::PipelineError;
use super::frame::{Frame, settings};
use super::list::{ListRow, RankedList, RowWorth};
use super::observer::Observer;
use super::worth::{ValueFrame, ValueModels, Worth};
use crate::clv::ValueError;
use crate::config::Config;
use crate::dataset::{Dataset, DatasetSettings, Histories};
use crate::decide::{Behaviour, Prospect, Stage, Suppression, rank};
use crate::error::Failure;
use crate::explain::{Reason, reasons};
use crate::registry::Version;
use crate::timeline::{Cutoff, EventLog};
use crate::units::{MICROS_PER_DAY, Timestamp};

/// The ranked list and what stands behind its values.
#[derive(Debug, Clone)]
pub struct Scored {
    /// The list.
    pub list: RankedList,
    /// The value models and the economics of retention; why there are none, if there are not.
    pub value: Result<ValueReport, String>,
}

/// Ranks the customers eligible at `as_of` with a stored version.
///
/// # Errors
/// Features other than the version's, nobody eligible, or whatever a room could not do.
pub fn score(
    config: &Config,
    log: &EventLog,
    version: &Version,
    as_of: Cutoff,
    observer: &dyn Observer,
) -> Result<Scored, Failure> {
    // Today's sentences for the same features.
    let schema = Frame::schema(config, log)?;
    version.schema.accept(&schema)?;
    observer.begin("scoring", 1);
    let settings = settings(config, log, version.model.rule.clone());
    let population = settings.rule.population();
    let dataset = Dataset::build(log, schema, &[as_of], &settings)?;
    if dataset.is_empty() {
        return Err(PipelineError::NobodyEligible { as_of: as_of.to_string(), population }.into());
    }
    let rows: Vec<usize> = (0..dataset.len()).collect();
    let said = version.model.model.said(&dataset, &rows)?;
    let level = version.model.model.base_log_odds(as_of);
    let probabilities = calibrated(&version.model.calibrator, level, &said);
    let doubts = Doubts::of(&version.model, (&dataset, &rows), (&said, as_of))?;
    let why = reasons(&version.model.model, &dataset, &rows, &config.currency)?;
    observer.begin("valuing", 1);
    let frame = ValueFrame::new(&config.value, &settings.rule)?;
    let past = |(row, p): (usize, &f64)| (*p, dataset.margin_share[row] * dataset.past_year_spend[row]);
    let basis = Basis {
        config,
        log,
        settings: &settings,
        as_of,
        eligible: probabilities.iter().enumerate().map(past).collect(),
    };
    let histories = Histories::collect(log, as_of, &settings);
    let valued = Valued::of(&histories, &dataset, &frame);
    let reader = Reader { log, dataset: &dataset, settings: &settings, as_of };
    let intervals = doubts.as_ref().map(Doubts::intervals);
    let mut rows = reader.ranked((&probabilities, intervals.as_deref()), why, &valued);
    if let Some(doubts) = &doubts {
        doubts.put_places(&mut rows, &dataset, config.seed)?;
    }
    if let Ok((models, _)) = &valued.fitted {
        models.put_intervals(&mut rows, &histories, &frame);
    }
    let report = |(models, worth): (ValueModels, Vec<Worth>)| basis.report(models, &histories, (&worth, &rows));
    let value = valued.fitted.and_then(report).map_err(|error| error.to_string());
    let list = RankedList {
        as_of: as_of.date(),
        model_version: version.manifest.version.clone(),
        currency: config.currency.clone(),
        population,
        rows,
    };
    Ok(Scored { list, value })
}

/// The worth of every row, and the models and the worth of everyone behind it.
struct Valued {
    worth: Vec<Option<RowWorth>>,
    fitted: Result<(ValueModels, Vec<Worth>), ValueError>,
}

impl Valued {
    /// Values the rows; where no model can be had, says why.
    fn of(histories: &Histories, dataset: &Dataset, frame: &ValueFrame) -> Self {
        let valued = |models: ValueModels| {
            let worth = models.worth_of_all(histories, frame);
            (models, worth)
        };
        let fitted = ValueModels::fit(histories).map(valued);
        let of_row = |customer: &u32| {
            let (_, worth) = fitted.as_ref().ok()?;
            Some(RowWorth::new(&worth[histories.position(*customer)?]))
        };
        Self { worth: dataset.customers.iter().map(of_row).collect(), fitted }
    }
}

/// Reads the facts of a row off the dataset.
struct Reader<'a> {
    log: &'a EventLog,
    dataset: &'a Dataset,
    settings: &'a DatasetSettings,
    as_of: Cutoff,
}

impl Reader<'_> {
    /// All rows in the order of the list.
    fn ranked(
        &self,
        (probabilities, intervals): (&[f64], Option<&[[f64; 2]]>),
        mut why: Vec<Vec<Reason>>,
        valued: &Valued,
    ) -> Vec<ListRow> {
        let prospect = |row: usize| Prospect {
            customer: self.dataset.customers[row],
            churn_probability: probabilities[row],
            // Without a value model, the coming year is expected to be like the past one.
            value_at_stake: valued.worth[row]
                .as_ref()
                .map_or(self.dataset.margin_share[row] * self.dataset.past_year_spend[row], |worth| worth.at_stake),
            suppressed: self.log.opted_out(self.dataset.customers[row]).then_some(Suppression::OptedOut),
        };
        let prospects: Vec<Prospect> = (0..self.dataset.len()).map(prospect).collect();
        let row = |row: usize| ListRow {
            churn_interval: intervals.map(|intervals| intervals[row]),
            ..self.row(row, prospects[row], (std::mem::take(&mut why[row]), valued.worth[row].clone()))
        };
        rank(&prospects).into_iter().map(row).collect()
    }

    fn row(&self, row: usize, prospect: Prospect, (reasons, worth): (Vec<Reason>, Option<RowWorth>)) -> ListRow {
        let rule = &self.settings.rule;
        let last_order_at = self.dataset.last_order_at[row];
        let recency_days = self.as_of.at().days_since(last_order_at);
        let gap_median_days = self.value(row, "gap_median_days");
        let behaviour = Behaviour {
            orders: self.value(row, "orders_all_count").unwrap_or(1.0),
            recency_days,
            gap_median_days,
            gap_last_days: self.value(row, "gap_last_days"),
        };
        ListRow {
            customer_id: self.log.customer_ids()[prospect.customer as usize].clone(),
            prospect,
            churn_interval: None,
            rank_interval: None,
            clv_historic: self.dataset.margin_share[row] * self.dataset.spend_so_far[row],
            worth,
            expected_next_order: gap_median_days.and_then(|gap| day_after(last_order_at, gap, &self.settings.zone)),
            days_since_last_order: whole(recency_days),
            stage: Stage::of(&behaviour, rule.horizon, rule.active),
            open_complaints: self.value(row, "open_complaints_count").map(whole),
            reasons,
        }
    }

    /// A feature's value, if the shop has it and it is defined.
    fn value(&self, row: usize, feature: &str) -> Option<f64> {
        let column = self.dataset.schema.position(feature)?;
        Some(self.dataset.value(row, column)).filter(|value| value.is_finite())
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
