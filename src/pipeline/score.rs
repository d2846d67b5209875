//! The story of scoring: everyone eligible at a day, by probability of leaving times value, with reasons.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::error::PipelineError;
use super::learnt::probabilities;
use super::list::{ListRow, RankedList};
use super::observer::Observer;
use crate::config::Config;
use crate::dataset::{Dataset, DatasetSettings};
use crate::decide::{Behaviour, Prospect, Stage, Suppression, rank};
use crate::error::Failure;
use crate::explain::{Reason, reasons};
use crate::features::FeatureSchema;
use crate::registry::{StoredModel, Version};
use crate::timeline::{Cutoff, EventLog};
use crate::units::{MICROS_PER_DAY, Timestamp};

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
) -> Result<RankedList, Failure> {
    version.schema.accept(&FeatureSchema::for_inputs(log.available()))?;
    observer.begin("scoring", 1);
    let settings = DatasetSettings {
        rule: version.model.rule.clone(),
        zone: config.timezone.clone(),
        minor_per_major: config.currency.minor_per_major(),
    };
    let population = settings.rule.population();
    let dataset = Dataset::build(log, version.schema.clone(), &[as_of], &settings)?;
    if dataset.is_empty() {
        return Err(PipelineError::NobodyEligible { as_of: as_of.to_string(), population }.into());
    }
    let rows: Vec<usize> = (0..dataset.len()).collect();
    let prospects = prospects(&dataset, log, &version.model, config.value.margin_share)?;
    let mut why = reasons(&version.model.model, &dataset, &rows, &config.currency)?;
    let reader = Reader { dataset: &dataset, settings: &settings, as_of, margin_share: config.value.margin_share };
    let row = |place: usize| {
        let customer_id = log.customer_ids()[prospects[place].customer as usize].clone();
        reader.row(place, customer_id, prospects[place], std::mem::take(&mut why[place]))
    };
    Ok(RankedList {
        as_of: as_of.date(),
        model_version: version.manifest.version.clone(),
        currency: config.currency.clone(),
        population,
        rows: rank(&prospects).into_iter().map(row).collect(),
    })
}

/// Probability and value of every row.
fn prospects(
    dataset: &Dataset,
    log: &EventLog,
    model: &StoredModel,
    margin_share: f64,
) -> Result<Vec<Prospect>, Failure> {
    let rows: Vec<usize> = (0..dataset.len()).collect();
    let probabilities = probabilities(&model.model, model.calibrator, dataset, &rows)?;
    let prospect = |(row, churn_probability): (usize, f64)| Prospect {
        customer: dataset.customers[row],
        churn_probability,
        // Until a value model says better: the coming year is expected to be like the past one.
        value_at_stake: margin_share * dataset.past_year_spend[row],
        suppressed: log.opted_out(dataset.customers[row]).then_some(Suppression::OptedOut),
    };
    Ok(probabilities.into_iter().enumerate().map(prospect).collect())
}

/// Reads the facts of a row off the dataset.
struct Reader<'a> {
    dataset: &'a Dataset,
    settings: &'a DatasetSettings,
    as_of: Cutoff,
    margin_share: f64,
}

impl Reader<'_> {
    fn row(&self, row: usize, customer_id: String, prospect: Prospect, reasons: Vec<Reason>) -> ListRow {
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
            customer_id,
            prospect,
            clv_historic: self.margin_share * self.dataset.spend_so_far[row],
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
        Some(self.dataset.features[[row, column]]).filter(|value| value.is_finite())
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
