//! Which features a shop has, in which order: stored with every model and compared before scoring.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::spec::{Feature, Unit};
use super::{catalogue, find};
use crate::error::{Exit, Report};
use crate::timeline::Available;

/// The columns of a feature matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureSchema {
    columns: Vec<Column>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Column {
    name: String,
    unit: Unit,
}

/// A feature of the catalogue that a shop does not have, and the input it would need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// The feature.
    pub feature: String,
    /// What the config would have to map.
    pub needs: String,
}

/// How the features at hand differ from those a model was trained on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaDifference {
    /// The model has it, the data do not.
    Missing(String),
    /// The data have it, the model does not.
    Additional(String),
    /// Both have it, in other units or places.
    Changed(String),
}

impl std::fmt::Display for SchemaDifference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(name) => write!(f, "`{name}` is missing in the data"),
            Self::Additional(name) => write!(f, "`{name}` is new in the data"),
            Self::Changed(name) => write!(f, "`{name}` changed its place or unit"),
        }
    }
}

/// Features that do not fit.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The model was trained on other features.
    #[error("the model was trained on other features: {}", list(.differences))]
    Differs {
        /// Each difference.
        differences: Vec<SchemaDifference>,
    },
    /// A feature is asked for that the shop does not have.
    #[error("this shop has no feature and no family `{name}`")]
    NotHere {
        /// What was asked for.
        name: String,
        /// The most similar feature.
        nearest: Option<String>,
    },
    /// A stored schema names a feature that this version does not know.
    #[error("feature `{name}` is not known to this version")]
    UnknownFeature {
        /// The feature.
        name: String,
    },
}

fn list(differences: &[SchemaDifference]) -> String {
    differences.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl Report for SchemaError {
    fn code(&self) -> &'static str {
        match self {
            Self::Differs { .. } => "E311",
            Self::UnknownFeature { .. } => "E312",
            Self::NotHere { .. } => "E313",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::NotHere { .. } => Exit::BadUsage,
            _ => Exit::CouldNotRun,
        }
    }

    fn hint(&self) -> Option<String> {
        if let Self::NotHere { nearest, .. } = self {
            let similar = nearest.as_ref().map_or(String::new(), |nearest| format!("did you mean `{nearest}`? "));
            return Some(format!("{similar}`retain features --describe` lists them, and what each needs"));
        }
        Some("train a model on the present data with `retain train`, or restore the columns in the config".to_owned())
    }
}

impl FeatureSchema {
    /// The features that a shop with these inputs has.
    #[must_use]
    pub fn for_inputs(available: &BTreeSet<Available>) -> Self {
        let has = |feature: &&Feature| feature.needs.is_none_or(|input| available.contains(&input));
        Self { columns: catalogue().filter(has).map(|f| Column { name: f.name.to_owned(), unit: f.unit }).collect() }
    }

    /// The features that a shop with these inputs does not have, and why.
    #[must_use]
    pub fn absences(available: &BTreeSet<Available>) -> Vec<Absence> {
        let absent = catalogue().filter_map(|feature| {
            let input = feature.needs.filter(|input| !available.contains(input))?;
            Some(Absence { feature: feature.name.to_owned(), needs: input.input().to_owned() })
        });
        absent.collect()
    }

    /// The columns that are asked for by feature or by family, in column order; all of them if nothing is asked for.
    ///
    /// # Errors
    /// `SchemaError::NotHere` for what the shop does not have.
    pub fn restricted(self, wanted: &[String]) -> Result<Self, SchemaError> {
        let family = |column: &Column| find(&column.name).map(|feature| feature.family.code());
        let is = |column: &Column, name: &String| column.name == *name || family(column) == Some(name.as_str());
        if let Some(name) = wanted.iter().find(|name| !self.columns.iter().any(|column| is(column, name))) {
            let likeness = |other: &&str| strsim::jaro_winkler(other, name);
            let nearest = self.names().max_by(|a, b| likeness(a).total_cmp(&likeness(b))).map(str::to_owned);
            return Err(SchemaError::NotHere { name: name.clone(), nearest });
        }
        let kept = |column: &Column| wanted.is_empty() || wanted.iter().any(|name| is(column, name));
        Ok(Self { columns: self.columns.into_iter().filter(kept).collect() })
    }

    /// The names in column order.
    #[must_use]
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    /// Position of a feature among the columns.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// How many features there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// The catalogue entries of the columns.
    ///
    /// # Errors
    /// `SchemaError::UnknownFeature` if the catalogue has no such feature.
    pub fn features(&self) -> Result<Vec<&'static Feature>, SchemaError> {
        let entry = |column: &Column| {
            find(&column.name).ok_or_else(|| SchemaError::UnknownFeature { name: column.name.clone() })
        };
        self.columns.iter().map(entry).collect()
    }

    /// Accepts `present` if it has the same features in the same places.
    ///
    /// # Errors
    /// `SchemaError::Differs` with every difference.
    pub fn accept(&self, present: &Self) -> Result<(), SchemaError> {
        let differences = self.differences(present);
        if differences.is_empty() { Ok(()) } else { Err(SchemaError::Differs { differences }) }
    }

    fn differences(&self, present: &Self) -> Vec<SchemaDifference> {
        let mut differences = Vec::new();
        for column in &self.columns {
            match present.columns.iter().find(|other| other.name == column.name) {
                None => differences.push(SchemaDifference::Missing(column.name.clone())),
                Some(other) if other.unit != column.unit => {
                    differences.push(SchemaDifference::Changed(column.name.clone()));
                }
                Some(_) => {}
            }
        }
        let additional = present.columns.iter().filter(|column| self.position(&column.name).is_none());
        differences.extend(additional.map(|column| SchemaDifference::Additional(column.name.clone())));
        if differences.is_empty() {
            let moved = self.columns.iter().zip(&present.columns).filter(|(ours, theirs)| ours.name != theirs.name);
            differences.extend(moved.map(|(ours, _)| SchemaDifference::Changed(ours.name.clone())));
        }
        differences
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_without_complaints_has_fewer_features_and_says_why() {
        let none = BTreeSet::new();
        let schema = FeatureSchema::for_inputs(&none);
        assert!(schema.position("recency_days").is_some());
        assert!(schema.position("complaints_all_count").is_none());
        let absences = FeatureSchema::absences(&none);
        assert!(absences.iter().any(|a| a.feature == "complaints_all_count" && a.needs == "complaints"));
        assert_eq!(schema.len() + absences.len(), catalogue().count());
    }

    #[test]
    fn every_difference_is_listed() {
        let with = FeatureSchema::for_inputs(&BTreeSet::from([Available::Quantity]));
        let without = FeatureSchema::for_inputs(&BTreeSet::from([Available::SignUp]));
        assert!(with.accept(&with.clone()).is_ok());
        let message = with.accept(&without).unwrap_err().to_string();
        assert!(message.contains("`items_90d_count` is missing in the data"), "{message}");
        assert!(message.contains("`signup_tenure_days` is new in the data"), "{message}");
    }

    #[test]
    fn a_changed_place_is_a_difference() {
        let schema = FeatureSchema::for_inputs(&BTreeSet::new());
        let mut moved = schema.clone();
        moved.columns.swap(0, 1);
        assert!(schema.accept(&moved).is_err());
    }
}
