//! One customer explained: orders and complaints, every feature beside the shop's median, what each adds to the odds of
//! leaving, and the place on the list.

use jiff::tz::TimeZone;
use serde::Serialize;

use super::customer_value::{ValueFrame, ValueModels};
use super::error::PipelineError;
use super::frame::settings;
use super::learnt::probabilities;
use super::list::ListRow;
use super::outlook::TABLE_YEARS;
use super::score::Scored;
use crate::clv::{TimeUnit, ValueInterval, ValueModel};
use crate::config::Config;
use crate::dataset::{Dataset, DatasetSettings, Histories};
use crate::error::Failure;
use crate::maths::quantiles::median;
use crate::registry::Version;
use crate::timeline::{Cutoff, EventLog, KnownComplaint, local_time};
use crate::units::Days;

/// Contributions and log-odds that differ by more do not belong together.
const ADDITIVITY: f64 = 1e-4;

/// What is known of one customer at a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CustomerExplanation {
    /// As in the shop's tables.
    pub customer_id: String,
    /// The day.
    pub as_of: String,
    /// The version that scored.
    pub model_version: String,
    /// Place on the list, from 1, and how long the list is.
    pub rank: (usize, usize),
    /// The places between which the customer stands in four of five cases; only for those ranked first.
    pub rank_interval: Option<[u32; 2]>,
    /// Calibrated probability of churning.
    pub churn_probability: f64,
    /// Bounds that hold it in four of five cases.
    pub churn_interval: Option<[f64; 2]>,
    /// Margin lost if the customer leaves, in major units.
    pub value_at_stake: f64,
    /// What value models say; absent without one.
    pub value: Option<ExplainedValue>,
    /// Whether value model and classifier agree.
    pub confidence: &'static str,
    /// Sentences, the strongest first.
    pub reasons: Vec<String>,
    /// Log-odds of a customer who is average in everything, before calibration.
    pub base_log_odds: f64,
    /// Features with their contributions, the largest first.
    pub features: Vec<FeatureContribution>,
    /// Orders known at the day: when by the clocks of the shop, and for how much in major units.
    pub orders: Vec<(String, f64)>,
    /// Complaints known at the day.
    pub complaints: Vec<ComplaintSummary>,
}

/// What value models say of a customer, money in major units.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedValue {
    /// Margin so far.
    pub historic: f64,
    /// Discounted margin expected within the value horizon, leaving included.
    pub predicted: f64,
    /// Bounds that hold it with probability 0.8.
    pub interval: ValueInterval,
    /// Historic and predicted.
    pub total: f64,
    /// Discounted margin expected in each of the coming years.
    pub by_year: Vec<f64>,
    /// Expected purchases within the value horizon.
    pub expected_purchases: f64,
    /// Expected spend on a purchase.
    pub spend_per_purchase: f64,
    /// Probability of still being active.
    pub probability_active: f64,
    /// Probability of no purchase in the window of churn, by the value model alone.
    pub probability_no_purchase: f64,
    /// Probabilities of 0, 1, .. purchases within the churn horizon, the last one of that many or more.
    pub purchase_counts: Vec<f64>,
    /// The day by which the next purchase has come in half of the cases in which one comes within the value horizon.
    pub next_purchase_by: String,
}

/// Purchases from which on the distribution no longer tells them apart.
const COUNTED: u32 = 5;

/// One feature of a customer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FeatureContribution {
    /// Its name.
    pub name: String,
    /// The customer's value; absent if missing.
    pub value: Option<f64>,
    /// The median of the eligible customers who have one.
    pub shop_median: Option<f64>,
    /// What it adds to the log-odds, before calibration.
    pub log_odds: f64,
}

/// One complaint as it was known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComplaintSummary {
    /// When it was opened, by the clocks of the shop.
    pub opened_at: String,
    /// When it was last resolved, if it had been.
    pub resolved_at: Option<String>,
    /// Whether it waits for a resolution.
    pub is_open: bool,
}

/// Tells one customer of a list.
///
/// # Errors
/// A customer who is not on the list, or contributions that do not add up.
pub fn explain_customer(
    config: &Config,
    log: &EventLog,
    (version, scored): (&Version, &Scored<'_>),
    (as_of, customer_id): (Cutoff, &str),
) -> Result<CustomerExplanation, Failure> {
    let list = &scored.list;
    let absent = || PipelineError::NotOnTheList {
        customer: customer_id.to_owned(),
        as_of: as_of.to_string(),
        population: list.population.clone(),
        is_known: log.customer_ids().binary_search_by(|id| id.as_str().cmp(customer_id)).is_ok(),
    };
    let rank = list.rows.iter().position(|row| row.customer_id == customer_id).ok_or_else(absent)?;
    let row = &list.rows[rank];
    let settings = settings(config, log, version.model.rule.clone());
    let dataset = Dataset::build(log, &scored.schema, &[as_of], &settings)?;
    let place = dataset.customers.binary_search(&row.prospect.customer).map_err(|_| absent())?;
    let (orders, complaints) = events(log, as_of, (&settings, row));
    let value = match scored.valuing.models() {
        Some(models) => value(config, models, (log, row), (as_of, &settings))?,
        None => None,
    };
    let explanations = CustomerExplanation {
        customer_id: customer_id.to_owned(),
        as_of: as_of.to_string(),
        model_version: list.model_version.clone(),
        rank: (rank + 1, list.rows.len()),
        rank_interval: row.rank_interval,
        churn_probability: row.prospect.churn_probability,
        churn_interval: row.churn_interval,
        value_at_stake: row.prospect.value_at_stake,
        value,
        confidence: row.confidence(),
        reasons: row.reasons.iter().map(|reason| reason.sentence.clone().into_string()).collect(),
        base_log_odds: version.model.model.base_log_odds(as_of),
        features: features(version, &dataset, place)?,
        orders,
        complaints,
    };
    check_sum(version, &dataset, (place, &explanations))?;
    Ok(explanations)
}

/// What the value models say of a customer of the list.
fn value(
    config: &Config,
    models: &ValueModels,
    (log, row): (&EventLog, &ListRow),
    (as_of, settings): (Cutoff, &DatasetSettings),
) -> Result<Option<ExplainedValue>, Failure> {
    let frame = ValueFrame::new(&config.value, &settings.rule)?;
    let ahead = ValueFrame::over(TABLE_YEARS * TimeUnit::Year.days(), &config.value, &settings.rule)?;
    let history = Histories::of_one(log, row.prospect.customer, as_of, settings);
    let Some(summary) = history.purchases.first() else { return Ok(None) };
    let customer_value = models.customer_value(&history, 0, &frame);
    let interval = models.interval(&history, 0, (&customer_value, &frame));
    let model = &models.purchases.model;
    Ok(Some(ExplainedValue {
        historic: customer_value.value.historic,
        predicted: customer_value.value.predicted,
        interval,
        total: customer_value.value.total,
        by_year: models.lifetime(&history, 0, &ahead.settings).by_year,
        expected_purchases: customer_value.value.expected_purchases,
        spend_per_purchase: customer_value.value.spend_per_purchase,
        probability_active: customer_value.value.probability_alive,
        probability_no_purchase: customer_value.probability_no_purchase,
        purchase_counts: model.purchase_counts(summary, f64::from(settings.rule.horizon.0), COUNTED),
        next_purchase_by: day_in(model.median_wait(summary, frame.settings.horizon()), as_of, settings),
    }))
}

/// The day so many days after the cutoff.
fn day_in(days: f64, as_of: Cutoff, settings: &DatasetSettings) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most the value horizon")]
    let days = days.max(0.0).floor() as u32;
    as_of.after(Days(days), &settings.zone).to_string()
}

fn features(version: &Version, dataset: &Dataset, place: usize) -> Result<Vec<FeatureContribution>, Failure> {
    let contributions = version.model.model.contributions(dataset, &[place])?;
    let names = version.model.model.contributing_features();
    let one = |(name, log_odds): (&String, &f64)| {
        let column = dataset.schema.position(name);
        let value = column.map(|column| dataset.value(place, column)).filter(|value| value.is_finite());
        let shop_median =
            column.and_then(|column| median(dataset.features.column(column).iter().map(|value| f64::from(*value))));
        FeatureContribution { name: name.clone(), value, shop_median, log_odds: *log_odds }
    };
    let mut features: Vec<FeatureContribution> = names.iter().zip(contributions.row(0)).map(one).collect();
    features.sort_by(|a, b| b.log_odds.abs().total_cmp(&a.log_odds.abs()).then(a.name.cmp(&b.name)));
    Ok(features)
}

/// Base and contributions must give the probability that is shown.
fn check_sum(
    version: &Version,
    dataset: &Dataset,
    (place, explanations): (usize, &CustomerExplanation),
) -> Result<(), Failure> {
    let model = &version.model.model;
    let log_odds = model.log_odds(dataset, &[place])?;
    let sum = explanations.base_log_odds + explanations.features.iter().map(|feature| feature.log_odds).sum::<f64>();
    let off = log_odds.first().map_or(f64::INFINITY, |log_odds| (log_odds - sum).abs());
    let again = probabilities(model, &version.model.calibrator, dataset, &[place])?;
    let same = again.first().is_some_and(|again| (again - explanations.churn_probability).abs() < ADDITIVITY);
    if off <= ADDITIVITY && same { Ok(()) } else { Err(PipelineError::DoesNotAddUp { off }.into()) }
}

fn events(
    log: &EventLog,
    as_of: Cutoff,
    (settings, row): (&DatasetSettings, &ListRow),
) -> (Vec<(String, f64)>, Vec<ComplaintSummary>) {
    let (mut orders, mut complaints) = (Vec::new(), Vec::new());
    log.visit(row.prospect.customer, as_of, settings.minor_per_major, |history| {
        let local = |at| local_time(at, &settings.zone);
        orders = history.orders().map(|(at, amount)| (local(at), history.major(amount))).collect();
        complaints =
            history.complaints().iter().map(|complaint| complaint_summary(complaint, &settings.zone)).collect();
    });
    (orders, complaints)
}

fn complaint_summary(complaint: &KnownComplaint, zone: &TimeZone) -> ComplaintSummary {
    ComplaintSummary {
        opened_at: local_time(complaint.opened_at, zone),
        resolved_at: complaint.resolved_at.map(|at| local_time(at, zone)),
        is_open: complaint.is_open(),
    }
}
