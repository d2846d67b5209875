//! The story of scoring: everyone eligible at a day, by probability of leaving times value, with reasons.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rayon::prelude::*;

use super::doubts::{Doubts, calibrated};
use super::economics::{Basis, Findings, HoldoutReport, ValueReport};
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
use crate::explain::{Reason, ask};
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
    let basis = Basis { config, log, settings: &settings, as_of };
    let frame = ValueFrame::new(&config.value, &settings.rule)?;
    // Neither needs the other, and each has stretches that keep one core busy.
    let (told, valued) = rayon::join(
        || ask((&version.model.model, version.model.doubt.as_ref()), &dataset, &rows, &config.currency),
        || Valued::of(&basis, &dataset.customers, &frame),
    );
    let told = told?;
    let level = version.model.model.base_log_odds(as_of);
    let probabilities = calibrated(&version.model.calibrator, level, &told.said);
    let doubts = Doubts::of(&version.model, (&told.said, &told.variances), as_of);
    observer.begin("valuing", 1);
    let past = |(row, p): (usize, &f64)| (*p, dataset.margin_share[row] * dataset.past_year_spend[row]);
    let eligible: Vec<(f64, f64)> = probabilities.iter().enumerate().map(past).collect();
    let intervals = doubts.as_ref().map(Doubts::intervals);
    let reader = Reader::of((log, &dataset), (&settings, as_of));
    let mut rows = reader.ranked((&probabilities, intervals.as_deref()), told.reasons, &valued);
    if let Some(doubts) = &doubts {
        doubts.put_places(&mut rows, &dataset, config.seed)?;
    }
    let Valued { histories, fitted, .. } = valued;
    let report = |Fitted { models, worth, holdout }: Fitted| {
        models.put_intervals(&mut rows, &histories, &frame);
        let holdout = holdout?;
        basis.report(Findings {
            models,
            histories: &histories,
            worth: &worth,
            holdout,
            list: &rows,
            eligible: &eligible,
        })
    };
    let value = fitted.and_then(report).map_err(|error| error.to_string());
    let list = RankedList {
        as_of: as_of.date(),
        model_version: version.manifest.version.clone(),
        currency: config.currency.clone(),
        population,
        rows,
    };
    Ok(Scored { list, value })
}

/// Everyone who ever bought, what they are worth, and what stands behind it.
struct Valued {
    histories: Histories,
    /// The worth of each customer of the list.
    worth: Vec<Option<RowWorth>>,
    /// Or why no model can be had.
    fitted: Result<Fitted, ValueError>,
}

/// Value models and what they say.
struct Fitted {
    models: ValueModels,
    /// Of everyone in the histories.
    worth: Vec<Worth>,
    holdout: Result<HoldoutReport, ValueError>,
}

impl Valued {
    fn of(basis: &Basis<'_>, customers: &[u32], frame: &ValueFrame) -> Self {
        let histories = Histories::collect(basis.log, basis.as_of, basis.settings);
        let valued = || {
            let models = ValueModels::fit(&histories)?;
            let worth = models.worth_of_all(&histories, frame);
            Ok((models, worth))
        };
        let (valued, holdout) = rayon::join(valued, || basis.holdout(&histories));
        let fitted = valued.map(|(models, worth)| Fitted { models, worth, holdout });
        let of_row = |customer: &u32| {
            let fitted = fitted.as_ref().ok()?;
            Some(RowWorth::new(&fitted.worth[histories.position(*customer)?]))
        };
        Self { worth: customers.par_iter().map(of_row).collect(), histories, fitted }
    }
}

/// Reads the facts of a row off the dataset.
struct Reader<'a> {
    log: &'a EventLog,
    dataset: &'a Dataset,
    settings: &'a DatasetSettings,
    as_of: Cutoff,
    facts: Facts,
}

/// Positions of the features that a row of the list tells, as far as the shop has them.
struct Facts {
    gap_median: Option<usize>,
    gap_last: Option<usize>,
    orders: Option<usize>,
    open_complaints: Option<usize>,
}

impl<'a> Reader<'a> {
    fn of((log, dataset): (&'a EventLog, &'a Dataset), (settings, as_of): (&'a DatasetSettings, Cutoff)) -> Self {
        let position = |feature: &str| dataset.schema.position(feature);
        let facts = Facts {
            gap_median: position("gap_median_days"),
            gap_last: position("gap_last_days"),
            orders: position("orders_all_count"),
            open_complaints: position("open_complaints_count"),
        };
        Self { log, dataset, settings, as_of, facts }
    }

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
        let prospects: Vec<Prospect> = (0..self.dataset.len()).into_par_iter().map(prospect).collect();
        let order = rank(&prospects);
        let why: Vec<Vec<Reason>> = order.iter().map(|row| std::mem::take(&mut why[*row])).collect();
        let row = |(row, why): (usize, Vec<Reason>)| ListRow {
            churn_interval: intervals.map(|intervals| intervals[row]),
            ..self.row(row, prospects[row], (why, valued.worth[row].clone()))
        };
        order.into_par_iter().zip(why).map(row).collect()
    }

    fn row(&self, row: usize, prospect: Prospect, (reasons, worth): (Vec<Reason>, Option<RowWorth>)) -> ListRow {
        let rule = &self.settings.rule;
        let last_order_at = self.dataset.last_order_at[row];
        let recency_days = self.as_of.at().days_since(last_order_at);
        let gap_median_days = self.value(row, self.facts.gap_median);
        let behaviour = Behaviour {
            orders: self.value(row, self.facts.orders).unwrap_or(1.0),
            recency_days,
            gap_median_days,
            gap_last_days: self.value(row, self.facts.gap_last),
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
            open_complaints: self.value(row, self.facts.open_complaints).map(whole),
            reasons,
        }
    }

    /// A feature's value, if the shop has it and it is defined.
    fn value(&self, row: usize, feature: Option<usize>) -> Option<f64> {
        Some(self.dataset.value(row, feature?)).filter(|value| value.is_finite())
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
