//! Owns the reasons: what the model's exact contributions say about one customer, grouped by family, in sentences with
//! the customer's own numbers.

mod sentence;

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::dataset::Dataset;
use crate::features::{Entry, Family, FeatureSchema};
use crate::learn::{Doubt, Explainer, LearnError, Model, Said};
use crate::units::Currency;

pub use sentence::render;
use sentence::tell;

/// Reasons shown for each customer at most.
pub const REASONS: usize = 3;

/// Rows whose contributions are held at one time by a thread: few enough to stay in its cache.
const BLOCK_ROWS: usize = 1_024;

/// One side of a customer that raises the odds of leaving.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// The family of features, a stable code for systems.
    pub code: String,
    /// The customer's own numbers, in a sentence.
    pub sentence: String,
    /// What the family adds to the log-odds of leaving, against the mean training row.
    pub log_odds: f64,
}

/// What a model says of some rows, and why in words.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Told {
    /// The log-odds of the rows.
    pub said: Said,
    /// For each row, what raises its odds, the strongest first: at most [`REASONS`] families, each told by that of its
    /// features that adds most and can be told.
    pub reasons: Vec<Vec<Reason>>,
    /// The variances of their log-odds by the doubt that was asked along; empty without one.
    pub variances: Vec<f64>,
}

/// Asks a model, and a doubt about it, about some rows.
///
/// # Errors
/// `LearnError::MissingFeature` if the dataset lacks a feature of the model.
pub fn ask(
    (model, doubt): (&Model, Option<&Doubt>),
    dataset: &Dataset,
    rows: &[usize],
    currency: &Currency,
) -> Result<Told, LearnError> {
    let explainer = model.explainer();
    let explainer = match doubt {
        Some(doubt) => explainer.with_doubt(doubt),
        None => explainer,
    };
    let families = Families::of(model.contributing_features(), &dataset.schema);
    let of_block = |rows: &[usize]| ask_of_block(&explainer, dataset, (rows, &families), currency);
    let blocks: Vec<Told> = rows.par_chunks(BLOCK_ROWS).map(of_block).collect::<Result<_, _>>()?;
    let mut told = Told::default();
    for block in blocks {
        told.said.append(block.said);
        told.reasons.extend(block.reasons);
        told.variances.extend(block.variances);
    }
    Ok(told)
}

fn ask_of_block(
    explainer: &Explainer<'_>,
    dataset: &Dataset,
    (rows, families): (&[usize], &Families<'_>),
    currency: &Currency,
) -> Result<Told, LearnError> {
    let found = explainer.explain(dataset, rows)?;
    let schema = &dataset.schema;
    let of_row = |(place, row): (usize, &usize)| {
        let value = |name: &str| Some(dataset.value(*row, schema.position(name)?));
        let parts = found.contributions.row(place);
        families.strongest(|feature| parts[feature], |feature| tell(feature, value, currency))
    };
    let reasons = rows.iter().enumerate().map(of_row).collect();
    Ok(Told { said: found.said, reasons, variances: found.variances })
}

/// The features of a model with their numbers, by family.
struct Families<'s>(BTreeMap<Family, Vec<(usize, Entry<'s>)>>);

impl<'s> Families<'s> {
    fn of(features: &[String], schema: &'s FeatureSchema) -> Self {
        let mut families: BTreeMap<Family, Vec<_>> = BTreeMap::new();
        for (number, entry) in features.iter().enumerate().filter_map(|(i, name)| Some((i, schema.entry(name)?))) {
            families.entry(entry.family).or_default().push((number, entry));
        }
        Self(families)
    }

    /// Tells the families that raise the odds most, given what each feature adds.
    fn strongest(&self, part: impl Fn(usize) -> f64, tell: impl Fn(&Entry<'_>) -> Option<String>) -> Vec<Reason> {
        let sum = |features: &[(usize, Entry<'_>)]| features.iter().map(|(number, _)| part(*number)).sum::<f64>();
        let mut raising: Vec<_> = self.0.iter().map(|(family, features)| (sum(features), family, features)).collect();
        raising.retain(|(sum, ..)| *sum > 0.0);
        raising.sort_by(|a, b| b.0.total_cmp(&a.0));
        let told = raising.into_iter().filter_map(|(log_odds, family, features)| {
            let mut features: Vec<_> = features.iter().map(|(number, entry)| (part(*number), entry)).collect();
            features.sort_by(|a, b| b.0.total_cmp(&a.0));
            let sentence = features.into_iter().find_map(|(_, entry)| tell(entry))?;
            Some(Reason { code: family.code().to_owned(), sentence, log_odds })
        });
        told.take(REASONS).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn strongest_of(parts: &[(&str, f64)], tell: impl Fn(&Entry<'_>) -> Option<String>) -> Vec<Reason> {
        let schema = FeatureSchema::for_inputs(&BTreeSet::new());
        let names: Vec<String> = parts.iter().map(|(name, _)| (*name).to_owned()).collect();
        Families::of(&names, &schema).strongest(|number| parts[number].1, tell)
    }

    #[test]
    fn families_that_raise_the_odds_are_told_by_their_strongest_feature() {
        let parts = [
            ("recency_days", 0.4),
            ("tenure_days", -0.1),
            ("orders_90d_count", 0.9),
            ("orders_all_count", -1.0),
            ("overdue_ratio", 0.2),
            ("gap_median_days", 0.3),
        ];
        let reasons = strongest_of(&parts, |feature| Some(feature.name.to_owned()));
        let told: Vec<_> = reasons.iter().map(|reason| (reason.code.as_str(), reason.sentence.as_str())).collect();
        assert_eq!(told, [("cadence", "gap_median_days"), ("recency", "recency_days")]);
        assert!((reasons[0].log_odds - 0.5).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_be_told_gives_way_to_the_next() {
        let parts = [("gap_median_days", 0.5), ("overdue_days", 0.1)];
        let tell = |feature: &Entry<'_>| (feature.name == "overdue_days").then(|| "late".to_owned());
        assert_eq!(strongest_of(&parts, tell)[0].sentence, "late");
        assert!(strongest_of(&parts, |_| None).is_empty());
    }
}
