//! What the model's exact contributions say of each customer: reasons, grouped by family, in sentences with the
//! customer's own numbers.

use std::collections::BTreeMap;

use super::sentence::Template;
use crate::dataset::Dataset;
use crate::features::{Entry, Family, FeatureSchema};
use crate::learn::{Explainer, LearnError, LogOddsPrediction, Model, Uncertainty};
use crate::units::Currency;

/// Reasons shown for each customer at most.
pub const REASONS: usize = 3;

/// Rows whose contributions are held at one time: few enough to stay in the cache of a core.
const BLOCK_ROWS: usize = 1_024;

/// One side of a customer that raises the odds of leaving.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// The family of features; its code is stable for systems.
    pub family: Family,
    /// The customer's own numbers, in a sentence.
    pub sentence: Box<str>,
    /// What the family adds to the log-odds of leaving, against the mean training row.
    pub log_odds: f64,
}

/// What a model says of some rows, and why in words.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Explanations {
    /// The log-odds of the rows.
    pub prediction: LogOddsPrediction,
    /// For each row, what raises its odds, the strongest first: at most [`REASONS`] families, each told by that of its
    /// features that adds most and can be reported.
    pub reasons: Vec<Vec<Reason>>,
    /// The variances of their log-odds by the uncertainty that was asked along; empty without one.
    pub variances: Vec<f64>,
}

impl Explanations {
    /// Nothing yet, with room for so many rows.
    #[must_use]
    pub fn with_capacity(n_rows: usize) -> Self {
        let prediction = LogOddsPrediction::with_capacity(n_rows);
        Self { prediction, reasons: Vec::with_capacity(n_rows), variances: Vec::with_capacity(n_rows) }
    }

    /// Adds what was reported of more rows.
    pub fn append(&mut self, more: Self) {
        self.prediction.append(more.prediction);
        self.reasons.extend(more.reasons);
        self.variances.extend(more.variances);
    }
}

/// The features whose numbers the reason of a feature tells; none for one that the schema lacks.
pub fn features_in_sentence(schema: &FeatureSchema, feature: &str) -> impl Iterator<Item = String> {
    schema.entry(feature).and_then(|entry| Template::named(&entry)).into_iter().flat_map(Template::names)
}

/// Asks a model, and a uncertainty about it, and puts what it says into words.
pub struct CustomerExplainer<'a> {
    explainer: Explainer<'a>,
    families: Families,
    currency: &'a Currency,
}

impl<'a> CustomerExplainer<'a> {
    /// Makes ready to tell of rows with the columns of a schema.
    #[must_use]
    pub fn of(
        model: &'a Model,
        uncertainty: Option<&'a Uncertainty>,
        schema: &FeatureSchema,
        currency: &'a Currency,
    ) -> Self {
        let explainer = model.explainer();
        let explainer = match uncertainty {
            Some(uncertainty) => explainer.with_uncertainty(uncertainty),
            None => explainer,
        };
        let template = |entry: &Entry<'_>| Template::of_feature(entry, schema);
        Self { explainer, families: Families::of(model.contributing_features(), schema, template), currency }
    }

    /// Reports every row of a dataset.
    ///
    /// # Errors
    /// `LearnError::MissingFeature` if the dataset lacks a feature of the model.
    pub fn explain(&self, dataset: &Dataset) -> Result<Explanations, LearnError> {
        let rows: Vec<usize> = (0..dataset.len()).collect();
        let mut explanations = Explanations::default();
        for block in rows.chunks(BLOCK_ROWS) {
            explanations.append(self.explain_block(dataset, block)?);
        }
        Ok(explanations)
    }

    fn explain_block(&self, dataset: &Dataset, rows: &[usize]) -> Result<Explanations, LearnError> {
        let found = self.explainer.explain(dataset, rows)?;
        let mut sentence = String::new();
        let of_row = |(place, row): (usize, &usize)| {
            let parts = found.contributions.row(place);
            let value = |column: &usize| dataset.value(*row, *column);
            let render = |template: &Template<usize>| {
                template.fill(value, self.currency, &mut sentence).then(|| sentence.as_str().into())
            };
            self.families.strongest(|feature| parts[feature], render)
        };
        let reasons = rows.iter().enumerate().map(of_row).collect();
        Ok(Explanations { prediction: found.prediction, reasons, variances: found.variances })
    }
}

/// The features of a model with their numbers, by family; `None` where one cannot be reported.
struct Families<T = Template<usize>>(BTreeMap<Family, Vec<(usize, Option<T>)>>);

impl<T> Families<T> {
    fn of(features: &[String], schema: &FeatureSchema, template: impl Fn(&Entry<'_>) -> Option<T>) -> Self {
        let mut families: BTreeMap<Family, Vec<_>> = BTreeMap::new();
        for (number, entry) in features.iter().enumerate().filter_map(|(i, name)| Some((i, schema.entry(name)?))) {
            families.entry(entry.family).or_default().push((number, template(&entry)));
        }
        Self(families)
    }

    /// Finds the families that raise the odds most, given what each feature adds.
    fn strongest(&self, part: impl Fn(usize) -> f64, mut render: impl FnMut(&T) -> Option<Box<str>>) -> Vec<Reason> {
        let sum = |features: &[(usize, Option<T>)]| features.iter().map(|(number, _)| part(*number)).sum::<f64>();
        let mut raising: Vec<_> = self.0.iter().map(|(family, features)| (sum(features), family, features)).collect();
        raising.retain(|(sum, ..)| *sum > 0.0);
        raising.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut reasons = Vec::with_capacity(REASONS);
        reasons.extend(
            raising
                .into_iter()
                .filter_map(|(log_odds, family, features)| {
                    let mut features: Vec<_> =
                        features.iter().map(|(number, explanations)| (part(*number), explanations)).collect();
                    features.sort_by(|a, b| b.0.total_cmp(&a.0));
                    let sentence = features.into_iter().find_map(|(_, explanations)| render(explanations.as_ref()?))?;
                    Some(Reason { family: *family, sentence, log_odds })
                })
                .take(REASONS),
        );
        reasons
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// With sentences that are the names of the features, where `can_tell` says so.
    fn strongest_of(parts: &[(&str, f64)], can_tell: impl Fn(&str) -> bool) -> Vec<Reason> {
        let schema = FeatureSchema::for_inputs(&BTreeSet::new());
        let names: Vec<String> = parts.iter().map(|(name, _)| (*name).to_owned()).collect();
        let families = Families::of(&names, &schema, |entry| can_tell(entry.name).then(|| entry.name.to_owned()));
        families.strongest(|number| parts[number].1, |name| Some(name.as_str().into()))
    }

    #[test]
    fn families_that_raise_the_odds_are_reported_by_their_strongest_feature() {
        let parts = [
            ("recency_days", 0.4),
            ("tenure_days", -0.1),
            ("orders_90d_count", 0.9),
            ("orders_all_count", -1.0),
            ("overdue_ratio", 0.2),
            ("gap_median_days", 0.3),
        ];
        let reasons = strongest_of(&parts, |_| true);
        let explanations: Vec<_> =
            reasons.iter().map(|reason| (reason.family.code(), reason.sentence.as_ref())).collect();
        assert_eq!(explanations, [("cadence", "gap_median_days"), ("recency", "recency_days")]);
        assert!((reasons[0].log_odds - 0.5).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_be_told_gives_way_to_the_next() {
        let parts = [("gap_median_days", 0.5), ("overdue_days", 0.1)];
        assert_eq!(strongest_of(&parts, |name| name == "overdue_days")[0].sentence.as_ref(), "overdue_days");
        assert!(strongest_of(&parts, |_| false).is_empty());
    }
}
