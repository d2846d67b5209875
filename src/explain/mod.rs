//! Owns the reasons: what the model's exact contributions say about one customer, grouped by family, in sentences with
//! the customer's own numbers.

mod sentence;

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::dataset::Dataset;
use crate::features::{Entry, Family};
use crate::learn::{LearnError, Model};
use crate::units::Currency;

pub use sentence::render;
use sentence::tell;

/// Reasons shown for each customer at most.
pub const REASONS: usize = 3;

/// Rows whose contributions are held at one time by a thread: those of a million would take more than the dataset.
const BLOCK_ROWS: usize = 8_192;

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

/// The reasons of some rows, the strongest first: at most [`REASONS`] families that raise the odds, each told by that of
/// its features that adds most and can be told.
///
/// # Errors
/// `LearnError::MissingFeature` if the dataset lacks a feature of the model.
pub fn reasons(
    model: &Model,
    dataset: &Dataset,
    rows: &[usize],
    currency: &Currency,
) -> Result<Vec<Vec<Reason>>, LearnError> {
    let schema = &dataset.schema;
    let features: Vec<Option<Entry<'_>>> =
        model.contributing_features().iter().map(|name| schema.entry(name)).collect();
    let of_block = |rows: &[usize]| reasons_of_block(model, dataset, (rows, &features), currency);
    let blocks: Vec<Vec<Vec<Reason>>> = rows.par_chunks(BLOCK_ROWS).map(of_block).collect::<Result<_, _>>()?;
    Ok(blocks.into_iter().flatten().collect())
}

fn reasons_of_block(
    model: &Model,
    dataset: &Dataset,
    (rows, features): (&[usize], &[Option<Entry<'_>>]),
    currency: &Currency,
) -> Result<Vec<Vec<Reason>>, LearnError> {
    let contributions = model.contributions(dataset, rows)?;
    let schema = &dataset.schema;
    let of_row = |(place, row): (usize, &usize)| {
        let value = |name: &str| Some(dataset.value(*row, schema.position(name)?));
        let parts = features
            .iter()
            .zip(contributions.row(place))
            .filter_map(|(feature, part)| Some((feature.as_ref()?, *part)));
        strongest(parts, |feature| tell(feature, value, currency))
    };
    Ok(rows.iter().enumerate().map(of_row).collect())
}

/// Groups contributions by family and tells the strongest that raise the odds.
fn strongest<'f>(
    parts: impl Iterator<Item = (&'f Entry<'f>, f64)>,
    tell: impl Fn(&Entry<'_>) -> Option<String>,
) -> Vec<Reason> {
    let mut families: BTreeMap<Family, Vec<(&Entry<'_>, f64)>> = BTreeMap::new();
    for (feature, part) in parts {
        families.entry(feature.family).or_default().push((feature, part));
    }
    let sum = |parts: &[(&Entry<'_>, f64)]| parts.iter().map(|(_, part)| part).sum::<f64>();
    let mut raising: Vec<(f64, Family)> =
        families.iter().map(|(family, parts)| (sum(parts), *family)).filter(|(sum, _)| *sum > 0.0).collect();
    raising.sort_by(|a, b| b.0.total_cmp(&a.0));
    let told = raising.into_iter().filter_map(|(log_odds, family)| {
        let mut parts = families.remove(&family)?;
        parts.sort_by(|a, b| b.1.total_cmp(&a.1));
        let sentence = parts.into_iter().find_map(|(feature, _)| tell(feature))?;
        Some(Reason { code: family.code().to_owned(), sentence, log_odds })
    });
    told.take(REASONS).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::features::FeatureSchema;

    fn strongest_of(parts: &[(&str, f64)], tell: impl Fn(&Entry<'_>) -> Option<String>) -> Vec<Reason> {
        let schema = FeatureSchema::for_inputs(&BTreeSet::new());
        let entries: Vec<_> = parts.iter().map(|(name, part)| (schema.entry(name).unwrap(), *part)).collect();
        strongest(entries.iter().map(|(entry, part)| (entry, *part)), tell)
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
