//! What the model's exact contributions say of each customer: reasons, each a fact of the customer, in sentences with the
//! customer's own numbers.

use super::passing::{Background, Ledger, Passing, Teller};
use super::reason::{Facts, Reason};
use super::repeats::{Told, take_in};
use super::scorer::{Forecast, MedianCustomer, Said, Scorer, ScoringModel};
use super::sentence::{Sentence, Template};
use crate::dataset::Dataset;
use crate::features::{Fact, FeatureSchema, SILENCE_FEATURE, Split};
use crate::learn::{LearnError, LogOddsPrediction};
use crate::units::Currency;

/// Reasons shown for each customer at most.
pub const REASONS: usize = 3;

/// A reason adds at least this share of what all facts add that raise the odds of the customer and can be told: what stands
/// against its direction, such as the silence of somebody who bought yesterday, hides nothing.
pub const MATERIAL_SHARE: f64 = 0.1;

/// And at least this much: about a hundredth of probability in the middle.
pub const MATERIAL_LOG_ODDS: f64 = 0.05;

/// Rows whose contributions are held at one time: few enough to stay in the cache of a core.
const BLOCK_ROWS: usize = 1_024;

/// What a model says of some rows, and why in words.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Explanations {
    /// The log-odds of churn of the rows.
    pub prediction: LogOddsPrediction,
    /// For each row, what raises the odds of its risk, the strongest first: at most [`REASONS`] facts.
    pub reasons: Vec<Vec<Reason>>,
    /// The variances of their log-odds by the uncertainty that was asked along; empty without one.
    pub variances: Vec<f64>,
    /// What is to come of each.
    pub forecasts: Vec<Forecast>,
    /// Whether the risk of each is above that of an average customer at the day.
    pub is_raised: Vec<bool>,
}

impl Explanations {
    /// Nothing yet, with room for so many rows.
    #[must_use]
    pub fn with_capacity(n_rows: usize) -> Self {
        let prediction = LogOddsPrediction::with_capacity(n_rows);
        Self {
            prediction,
            reasons: Vec::with_capacity(n_rows),
            variances: Vec::with_capacity(n_rows),
            forecasts: Vec::with_capacity(n_rows),
            is_raised: Vec::with_capacity(n_rows),
        }
    }

    /// Adds what was reported of more rows.
    pub fn append(&mut self, more: Self) {
        self.prediction.append(more.prediction);
        self.reasons.extend(more.reasons);
        self.variances.extend(more.variances);
        self.forecasts.extend(more.forecasts);
        self.is_raised.extend(more.is_raised);
    }
}

/// The features whose numbers are read to tell of a feature: those in its sentence, and those that it is split among with
/// theirs; none for one that the schema lacks.
pub fn features_in_sentence(schema: &FeatureSchema, feature: &str) -> Vec<String> {
    let in_sentence =
        |name: &str| schema.entry(name).and_then(|entry| Template::named(&entry)).into_iter().flat_map(Template::names);
    let Some(entry) = schema.entry(feature) else { return Vec::new() };
    let inputs = entry.split.map_or_else(Vec::new, Split::inputs);
    let silence = entry.recent_days.map(|_| SILENCE_FEATURE);
    let of_inputs = inputs.iter().copied().chain(silence).flat_map(|name| in_sentence(name).chain([name.to_owned()]));
    in_sentence(feature).chain(of_inputs).collect()
}

/// Asks a version, and puts what it says into words.
pub struct CustomerExplainer<'a> {
    scorer: Scorer<'a>,
    passing: Passing<'a>,
    currency: &'a Currency,
}

/// What the log-odds of the risk of one customer are made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Makeup {
    /// What is said of the customer.
    pub forecast: Forecast,
    /// The log-odds of an average customer at the day, and of this one.
    pub ends: [f64; 2],
    /// What each contributing feature adds.
    pub features: Vec<f64>,
    /// What each fact adds, the largest first, without those that add nothing.
    pub facts: Vec<(Fact, f64)>,
    /// What belongs to no fact.
    pub context: f64,
}

impl<'a> CustomerExplainer<'a> {
    /// Makes ready to tell of rows with the columns of a schema.
    #[must_use]
    pub fn of(
        version: ScoringModel<'a>,
        schema: &FeatureSchema,
        background: Background<'a>,
        currency: &'a Currency,
    ) -> Self {
        let scorer = Scorer::of(version, schema);
        let passing = Passing::of(&scorer.features, schema, background);
        Self { scorer, passing, currency }
    }

    /// The features of the columns of a [`Makeup`].
    #[must_use]
    pub fn contributing_features(&self) -> &[String] {
        &self.scorer.features
    }

    /// Reports every row of a dataset.
    ///
    /// # Errors
    /// `LearnError::MissingFeature` if the dataset lacks a feature of the model.
    pub fn explain(&self, dataset: &Dataset) -> Result<Explanations, LearnError> {
        let rows: Vec<usize> = (0..dataset.len()).collect();
        let mut explanations = Explanations::default();
        let mut desk = Desk::default();
        let median = self.scorer.median_customer(dataset)?;
        for block in rows.chunks(BLOCK_ROWS) {
            explanations.append(self.explain_block(dataset, block, &median, &mut desk)?);
        }
        Ok(explanations)
    }

    fn explain_block(
        &self,
        dataset: &Dataset,
        rows: &[usize],
        median: &MedianCustomer,
        desk: &mut Desk,
    ) -> Result<Explanations, LearnError> {
        let found = self.scorer.say(dataset, rows, median)?;
        let mut of_row = |(place, row): (usize, &usize)| {
            let value = |column: usize| dataset.value(*row, column);
            self.passing.enter(found.added(place), &value, &mut desk.ledger);
            desk.strongest(&self.passing, &value, self.currency)
        };
        let reasons = rows.iter().enumerate().map(&mut of_row).collect();
        let Said { prediction, variances, forecasts, ends, .. } = found;
        let is_raised = ends.iter().map(|[average, own]| own > average).collect();
        Ok(Explanations { prediction, reasons, variances, forecasts, is_raised })
    }

    /// What the log-odds of a row are made of.
    ///
    /// # Errors
    /// `LearnError::MissingFeature` if the dataset lacks a feature of the model.
    pub fn makeup(&self, dataset: &Dataset, row: usize) -> Result<Makeup, LearnError> {
        let found = self.scorer.say(dataset, &[row], &self.scorer.median_customer(dataset)?)?;
        let (forecast, ends) = (found.forecasts[0], found.ends[0]);
        let features: Vec<f64> = found.contributions.row(0).to_vec();
        let mut ledger = Ledger::default();
        self.passing.enter(found.added(0), &|column| dataset.value(row, column), &mut ledger);
        let mut facts: Vec<(Fact, f64)> = Fact::ALL.into_iter().zip(ledger.facts).collect();
        facts.retain(|(_, log_odds)| *log_odds != 0.0);
        facts.sort_by(|a, b| b.1.total_cmp(&a.1));
        Ok(Makeup { forecast, ends, features, facts, context: ledger.context })
    }
}

/// What is written on for one row after the other.
#[derive(Default)]
struct Desk {
    ledger: Ledger,
    /// Numbers of the tellers of a fact.
    tellers: Vec<usize>,
    sentence: String,
}

impl Desk {
    /// Finds the facts that raise the odds most and can be told.
    fn strongest(&mut self, passing: &Passing<'_>, value: &impl Fn(usize) -> f64, currency: &Currency) -> Vec<Reason> {
        let mut facts = Fact::ALL;
        let Ledger { facts: sums, beside_median, .. } = self.ledger;
        let sum = |fact: Fact| sums[fact as usize];
        facts.sort_by(|a, b| sum(*b).total_cmp(&sum(*a)));
        let mut told = Vec::with_capacity(REASONS);
        // Those that can be told and come after this one add less each, so that what was told is most of the sum.
        let mut raising = 0.0;
        for fact in facts {
            if sum(fact) < (MATERIAL_SHARE * raising).max(MATERIAL_LOG_ODDS) {
                break;
            }
            // Somebody in all else like this customer, and in this like the median one, would be at no lower risk.
            if beside_median[fact as usize] <= 0.0 {
                continue;
            }
            if let Some((teller, said)) = self.tell(fact, passing, value, currency) {
                raising += sum(fact);
                let (sentence, log_odds) = (self.sentence.as_str().into(), sum(fact));
                let reason = Reason {
                    fact,
                    facts: Facts::of(fact),
                    family: teller.family,
                    column: teller.column,
                    sentence,
                    log_odds,
                };
                take_in(&mut told, Told { reason, teller, said }, value);
            }
            if told.len() == REASONS {
                break;
            }
        }
        told.into_iter().map(|told| told.reason).collect()
    }

    /// Writes the sentence of a fact; the feature that tells it and its sentence, if one can.
    fn tell<'p>(
        &mut self,
        fact: Fact,
        passing: &'p Passing<'_>,
        value: &impl Fn(usize) -> f64,
        currency: &Currency,
    ) -> Option<(&'p Teller, &'p Sentence<usize>)> {
        let Self { ledger, tellers, sentence } = self;
        let part = |number: usize| ledger.tellers.get(number).copied().unwrap_or(0.0);
        tellers.clear();
        let is_raising = |number: &usize| {
            passing.tellers.get(*number).is_some_and(|teller| teller.fact == fact) && part(*number) > 0.0
        };
        tellers.extend((0..passing.tellers.len()).filter(is_raising));
        let is_first = |number: usize| passing.tellers.get(number).is_some_and(|teller| teller.is_first);
        tellers.sort_by(|a, b| is_first(*b).cmp(&is_first(*a)).then(part(*b).total_cmp(&part(*a))));
        tellers
            .iter()
            .filter_map(|number| passing.tellers.get(*number))
            .filter(|teller| teller.may_tell(value))
            .find_map(|teller| Some((teller, teller.template.fill(|column| value(*column), currency, sentence)?)))
    }
}

#[cfg(test)]
#[path = "reasons_tests.rs"]
mod tests;
