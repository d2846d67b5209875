//! One customer, told: orders and complaints, every feature beside the shop's median, what each adds to the odds of
//! leaving, and the place on the list.

use serde::Serialize;

use super::error::PipelineError;
use super::learnt::probabilities;
use super::list::{ListRow, RankedList};
use crate::config::Config;
use crate::dataset::{Dataset, DatasetSettings};
use crate::error::Failure;
use crate::registry::Version;
use crate::timeline::{Cutoff, EventLog, KnownComplaint};

/// Contributions and log-odds that differ by more do not belong together.
const ADDITIVITY: f64 = 1e-4;

/// What is known of one customer at a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CustomerStory {
    /// As in the shop's tables.
    pub customer_id: String,
    /// The day.
    pub as_of: String,
    /// The version that scored.
    pub model_version: String,
    /// Place on the list, from 1, and how long the list is.
    pub rank: (usize, usize),
    /// Calibrated probability of churning.
    pub churn_probability: f64,
    /// Margin lost if the customer leaves, in major units.
    pub value_at_stake: f64,
    /// Discounted margin expected, leaving included; absent without a value model.
    pub clv_predicted: Option<f64>,
    /// Whether value model and classifier agree.
    pub confidence: &'static str,
    /// Sentences, the strongest first.
    pub reasons: Vec<String>,
    /// Log-odds of a customer who is average in everything, before calibration.
    pub base_log_odds: f64,
    /// Features with their contributions, the largest first.
    pub features: Vec<FeatureStory>,
    /// Orders known at the day: when, and for how much in major units.
    pub orders: Vec<(String, f64)>,
    /// Complaints known at the day.
    pub complaints: Vec<ComplaintStory>,
}

/// One feature of a customer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FeatureStory {
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
pub struct ComplaintStory {
    /// When it was opened.
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
pub fn story(
    config: &Config,
    log: &EventLog,
    (version, list): (&Version, &RankedList),
    (as_of, customer_id): (Cutoff, &str),
) -> Result<CustomerStory, Failure> {
    let absent = || PipelineError::NotOnTheList {
        customer: customer_id.to_owned(),
        as_of: as_of.to_string(),
        population: list.population.clone(),
        is_known: log.customer_ids().binary_search_by(|id| id.as_str().cmp(customer_id)).is_ok(),
    };
    let rank = list.rows.iter().position(|row| row.customer_id == customer_id).ok_or_else(absent)?;
    let row = &list.rows[rank];
    let settings = DatasetSettings {
        rule: version.model.rule.clone(),
        zone: config.timezone.clone(),
        minor_per_major: config.currency.minor_per_major(),
    };
    let dataset = Dataset::build(log, version.schema.clone(), &[as_of], &settings)?;
    let place = dataset.customers.binary_search(&row.prospect.customer).map_err(|_| absent())?;
    let (orders, complaints) = events(log, as_of, (&settings, row));
    let told = CustomerStory {
        customer_id: customer_id.to_owned(),
        as_of: as_of.to_string(),
        model_version: list.model_version.clone(),
        rank: (rank + 1, list.rows.len()),
        churn_probability: row.prospect.churn_probability,
        value_at_stake: row.prospect.value_at_stake,
        clv_predicted: row.worth.as_ref().map(|worth| worth.predicted),
        confidence: row.confidence(),
        reasons: row.reasons.iter().map(|reason| reason.sentence.clone()).collect(),
        base_log_odds: version.model.model.base_log_odds(as_of),
        features: features(version, &dataset, place)?,
        orders,
        complaints,
    };
    check_sum(version, &dataset, (place, &told))?;
    Ok(told)
}

fn features(version: &Version, dataset: &Dataset, place: usize) -> Result<Vec<FeatureStory>, Failure> {
    let contributions = version.model.model.contributions(dataset, &[place])?;
    let names = version.model.model.contributing_features();
    let one = |(name, log_odds): (&String, &f64)| {
        let column = dataset.schema.position(name);
        let value = column.map(|column| dataset.value(place, column)).filter(|value| value.is_finite());
        let shop_median =
            column.and_then(|column| median(dataset.features.column(column).iter().map(|value| f64::from(*value))));
        FeatureStory { name: name.clone(), value, shop_median, log_odds: *log_odds }
    };
    let mut features: Vec<FeatureStory> = names.iter().zip(contributions.row(0)).map(one).collect();
    features.sort_by(|a, b| b.log_odds.abs().total_cmp(&a.log_odds.abs()).then(a.name.cmp(&b.name)));
    Ok(features)
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    let middle = values.len() / 2;
    let (_, upper, _) = (!values.is_empty()).then(|| values.select_nth_unstable_by(middle, f64::total_cmp))?;
    Some(*upper)
}

/// Base and contributions must give the probability that is told.
fn check_sum(version: &Version, dataset: &Dataset, (place, told): (usize, &CustomerStory)) -> Result<(), Failure> {
    let model = &version.model.model;
    let log_odds = model.log_odds(dataset, &[place])?;
    let sum = told.base_log_odds + told.features.iter().map(|feature| feature.log_odds).sum::<f64>();
    let off = log_odds.first().map_or(f64::INFINITY, |log_odds| (log_odds - sum).abs());
    let again = probabilities(model, version.model.calibrator, dataset, &[place])?;
    let same = again.first().is_some_and(|again| (again - told.churn_probability).abs() < ADDITIVITY);
    if off <= ADDITIVITY && same { Ok(()) } else { Err(PipelineError::DoesNotAddUp { off }.into()) }
}

fn events(
    log: &EventLog,
    as_of: Cutoff,
    (settings, row): (&DatasetSettings, &ListRow),
) -> (Vec<(String, f64)>, Vec<ComplaintStory>) {
    let (mut orders, mut complaints) = (Vec::new(), Vec::new());
    log.visit(row.prospect.customer, as_of, settings.minor_per_major, |history| {
        orders = history.orders().map(|(at, amount)| (at.to_string(), history.major(amount))).collect();
        complaints = history.complaints().iter().map(complaint_story).collect();
    });
    (orders, complaints)
}

fn complaint_story(complaint: &KnownComplaint) -> ComplaintStory {
    ComplaintStory {
        opened_at: complaint.opened_at.to_string(),
        resolved_at: complaint.resolved_at.map(|at| at.to_string()),
        is_open: complaint.is_open(),
    }
}
