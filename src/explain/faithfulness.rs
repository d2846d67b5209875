//! Whether reasons hold: told of facts, on the side that the catalogue allows, and such that a customer without the fact would
//! have a lower risk.

use super::medians::Medians;
use super::path::Risk;
use super::reason::{Facts, Reason};
use super::reasons::{CustomerExplainer, Explanations};
use crate::dataset::{Dataset, single};
use crate::features::{Fact, FeatureSchema, SILENCE_FEATURE};
use crate::learn::LearnError;
use crate::maths::random::SplitMix64;

/// What was found of the reasons of one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TestedReasons {
    /// The number of the customer.
    pub customer: u32,
    /// How many are told.
    pub n_told: usize,
    /// How many of them are told by what is no fact of the customer, such as a forecast.
    pub n_circular: usize,
    /// How many are told against the side that the catalogue allows.
    pub n_against: usize,
    /// How much the risk falls once the features of what the first reason says are those of the median customer
    /// of training; `None` without a reason.
    pub fall: Option<f64>,
    /// The same for another fact, drawn at random; `None` without a reason.
    pub other_fall: Option<f64>,
}

/// A column with what setting it to the median means.
struct Column {
    place: usize,
    fact: Option<Fact>,
    /// After a longer silence, what it tells is the silence.
    recent_days: f64,
    median: f32,
}

impl CustomerExplainer<'_> {
    /// Tests the reasons of every row of a dataset with one cutoff. Derived quantities stay as they were unless they belong to
    /// the fact themselves, so that the fall is the least that can be said.
    ///
    /// # Errors
    /// `LearnError::MissingFeature` if the dataset lacks a feature of the model.
    pub fn test_reasons(
        &self,
        dataset: &Dataset,
        medians: &Medians,
        seed: u64,
    ) -> Result<Vec<TestedReasons>, LearnError> {
        let told = self.explain(dataset)?;
        let columns = columns(&dataset.schema, medians);
        let facts: Vec<Fact> =
            Fact::ALL.into_iter().filter(|fact| columns.iter().any(|column| column.fact == Some(*fact))).collect();
        let first = |row: usize| told.reasons[row].first().map(|reason| reason.facts);
        let other = |row: usize| {
            let is_other = |fact: &Fact| first(row).is_none_or(|told| !told.has(*fact));
            let others: Vec<Fact> = facts.iter().copied().filter(is_other).collect();
            let n = u32::try_from(others.len()).unwrap_or(u32::MAX).max(1);
            let drawn = SplitMix64::of_replicate(seed, dataset.customers[row]).below(n) as usize;
            first(row).and_then(|_| others.get(drawn).copied()).map(Facts::of)
        };
        let falls = |of: &dyn Fn(usize) -> Option<Facts>| -> Result<Vec<Option<f64>>, LearnError> {
            let without = self.explain(&without_facts(dataset, &columns, medians, of))?;
            Ok((0..dataset.len()).map(|row| of(row).map(|_| fall(&told, &without, row))).collect())
        };
        let (own, others) = (falls(&first)?, falls(&other)?);
        let tested = |row: usize| {
            let reasons = &told.reasons[row];
            let count = |is: &dyn Fn(&Reason) -> bool| reasons.iter().filter(|reason| is(reason)).count();
            TestedReasons {
                customer: dataset.customers[row],
                n_told: reasons.len(),
                n_circular: count(&|reason| !is_fact(&dataset.schema, reason)),
                n_against: count(&|reason| is_against(dataset, medians, row, reason)),
                fall: own[row],
                other_fall: others[row],
            }
        };
        Ok((0..dataset.len()).map(tested).collect())
    }
}

/// How much lower the risk of a row is without what was set to the median.
fn fall(told: &Explanations, without: &Explanations, row: usize) -> f64 {
    let (before, after) = (&told.forecasts[row].outcome, &without.forecasts[row].outcome);
    let risk = Risk::of(before);
    risk.probability(before) - risk.probability(after)
}

fn is_fact(schema: &FeatureSchema, reason: &Reason) -> bool {
    let name = schema.names().nth(reason.column);
    let telling = name.and_then(|name| schema.entry(name)).map(|entry| entry.telling);
    telling.is_some_and(|telling| telling.context().is_none() && telling.fact() == Some(reason.fact))
}

fn is_against(dataset: &Dataset, medians: &Medians, row: usize, reason: &Reason) -> bool {
    let Some(name) = dataset.schema.names().nth(reason.column) else { return true };
    let side = dataset.schema.entry(name).and_then(|entry| entry.telling.side());
    side.is_none_or(|side| !side.has(dataset.value(row, reason.column), medians.get(name)))
}

/// The columns that have a median.
fn columns(schema: &FeatureSchema, medians: &Medians) -> Vec<Column> {
    let column = |(place, name): (usize, &str)| {
        let (entry, median) = (schema.entry(name)?, medians.get(name)?);
        let recent_days = entry.recent_days.map_or(f64::INFINITY, f64::from);
        Some(Column { place, fact: entry.telling.fact(), recent_days, median: single(median) })
    };
    schema.names().enumerate().filter_map(column).collect()
}

/// The rows with what tells of some facts of each set to the medians.
fn without_facts(
    dataset: &Dataset,
    columns: &[Column],
    medians: &Medians,
    of: &dyn Fn(usize) -> Option<Facts>,
) -> Dataset {
    let silence = dataset.schema.position(SILENCE_FEATURE);
    let usual_silence = medians.get(SILENCE_FEATURE);
    let mut changed = dataset.clone();
    for row in 0..dataset.len() {
        let Some(facts) = of(row) else { continue };
        let silence_days = silence.map_or(0.0, |silence| dataset.value(row, silence));
        for column in columns {
            let tells = if silence_days > column.recent_days { Some(Fact::Silence) } else { column.fact };
            if column.fact.is_some() && tells.is_some_and(|fact| facts.has(fact)) {
                changed.features[[row, column.place]] = column.median;
            }
        }
        if let Some(usual) = usual_silence.filter(|_| facts.has(Fact::Silence)) {
            #[expect(clippy::cast_possible_truncation, reason = "a difference of days")]
            let later = (silence_days - usual).round() as i32;
            changed.last_order_day[row] += later;
        }
    }
    changed
}
