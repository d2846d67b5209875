//! Owns the catalogue of features. A feature is a small pure function of a [`History`](crate::timeline::History) with its
//! name, unit, window, meaning, absent value and reason sentence in one place; one file per family, one line in
//! [`FAMILIES`]. Beside them stand features that a shop has defined, in `custom.rs`.

mod attributes;
mod basket;
mod cadence;
mod categories;
mod columns;
mod complaints;
mod custom;
mod dictionary;
mod frequency;
mod handling;
mod monetary;
mod recency;
mod returns;
mod schema;
mod schema_error;
mod season;
mod sentences;
mod shop;
mod silence;
mod spec;
mod surveys;
mod telling;
mod trend;
mod value_model;

pub use columns::FeatureColumns;
pub use dictionary::dictionary;
pub use schema::{Absence, Entry, FeatureSchema};
pub use schema_error::{SchemaDifference, SchemaError};
pub use spec::{Absent, Family, Feature, Unit};
pub use telling::{Context, FORECAST_INPUTS, Fact, ForecastFigure, SILENCE_FEATURE, Side, Split, Telling};

/// Every feature there is, family by family; the order is the order of the columns.
pub const FAMILIES: &[&[Feature]] = &[
    recency::FEATURES,
    frequency::FEATURES,
    monetary::FEATURES,
    cadence::FEATURES,
    trend::FEATURES,
    season::FEATURES,
    basket::FEATURES,
    returns::FEATURES,
    complaints::FEATURES,
    handling::FEATURES,
    silence::FEATURES,
    categories::FEATURES,
    surveys::FEATURES,
    attributes::FEATURES,
    shop::FEATURES,
    value_model::FEATURES,
];

/// Every feature there is, in column order.
pub fn catalogue() -> impl Iterator<Item = &'static Feature> {
    FAMILIES.iter().copied().flatten()
}

/// The feature of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Feature> {
    catalogue().find(|feature| feature.name == name)
}

/// Columns of a feature table that are no features.
pub const KEY_COLUMNS: [&str; 2] = ["cutoff", "customer_id"];

/// The column of an exported model that has the day of a row, counted from 1970-01-01, and the one that it gives.
pub const CUTOFF_DAY: &str = "cutoff_day";
/// See [`CUTOFF_DAY`].
pub const CHURN_PROBABILITY: &str = "churn_probability";

/// Whether a name means something already: a feature, a family, or a column beside the features.
#[must_use]
pub fn is_taken(name: &str) -> bool {
    let is_family = Family::Custom.code() == name || catalogue().any(|feature| feature.family.code() == name);
    is_family || find(name).is_some() || KEY_COLUMNS.contains(&name) || [CUTOFF_DAY, CHURN_PROBABILITY].contains(&name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_lower_case_and_end_in_their_unit() {
        let mut seen = BTreeSet::new();
        for feature in catalogue() {
            assert!(seen.insert(feature.name), "{} stands twice", feature.name);
            assert!(feature.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'));
            assert!(feature.name.ends_with(feature.unit.suffix()), "{} does not end in its unit", feature.name);
        }
        assert!(seen.len() >= 120, "{} features", seen.len());
    }

    /// The features that a sentence names: in numbers, differences and conditions.
    fn named(sentence: &str) -> Vec<&'static Feature> {
        let words = sentence.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        words.filter(|word| word.contains('_')).map(|name| find(name).unwrap_or_else(|| panic!("{name}"))).collect()
    }

    #[test]
    fn every_feature_is_documented_and_tells_a_fact_or_says_why_not() {
        for feature in catalogue() {
            assert!(feature.meaning.len() > 10, "{}", feature.name);
            assert!(feature.telling != Telling::Undecided, "{}: which fact does it tell, on which side?", feature.name);
            assert_eq!(feature.telling.side().is_some(), feature.reason.contains('{'), "{}", feature.name);
            named(feature.reason);
            for input in feature.split.into_iter().flat_map(Split::inputs) {
                assert!(find(input).is_some_and(|input| input.telling.fact().is_some()), "{}: {input}", feature.name);
            }
        }
    }

    /// So that the list says nothing of these, whoever adds a feature to the families.
    #[test]
    fn the_shop_the_season_the_population_and_forecasts_are_never_told() {
        let untold = [Family::Season, Family::Attributes, Family::Shop, Family::ValueModel];
        for feature in catalogue() {
            let is_context = feature.telling.context().is_some();
            assert_eq!(is_context, untold.contains(&feature.family), "{}", feature.name);
        }
    }

    /// So that one more input changes no sentence about the features that were there before.
    #[test]
    fn a_sentence_needs_no_input_that_its_feature_does_not_need() {
        for feature in catalogue() {
            for named in named(feature.reason) {
                assert!(named.needs.is_none() || named.needs == feature.needs, "{}: {}", feature.name, named.name);
            }
        }
    }

    /// So that a column mapped later changes no feature of purchases that was there before.
    #[test]
    fn a_feature_of_purchases_reads_no_optional_column_that_it_does_not_need() {
        for feature in catalogue() {
            let read = |column: &&&str| column.starts_with("purchases.") && **column != "purchases.amount";
            assert_eq!(feature.also.iter().find(read), None, "{}", feature.name);
        }
    }

    #[test]
    fn names_of_ours_are_taken() {
        for name in ["recency_days", "cadence", "custom", "customer_id", "cutoff", "cutoff_day", "churn_probability"] {
            assert!(is_taken(name), "{name}");
        }
        assert!(!is_taken("premium_spend_90d"));
    }

    #[test]
    fn windows_in_names_are_the_windows_computed() {
        for feature in catalogue() {
            if let Some(days) = feature.window.days() {
                assert!(feature.name.contains(&format!("_{}d_", days.0)), "{} computes {days}", feature.name);
            }
        }
    }
}
