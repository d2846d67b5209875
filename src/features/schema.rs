//! Which features a shop has, in which order: stored with every model and compared before scoring.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::kernel::Kernel;
use super::spec::{Family, Feature, Unit};
use super::{catalogue, custom, find, is_taken};
use crate::config::CustomFeature;
use crate::error::{Exit, Report};
use crate::timeline::{Available, EventLog};

/// The columns of a feature matrix.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureSchema {
    columns: Vec<Column>,
    /// Features of the shop's own, by name: their columns come after ours.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    custom: Vec<CustomFeature>,
}

/// What sentences need to know of a feature, ours or the shop's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'s> {
    /// Its name.
    pub name: &'s str,
    /// Its family.
    pub family: Family,
    /// Its unit.
    pub unit: Unit,
    /// Its reason; `{value}` in it is its own value.
    pub reason: Cow<'s, str>,
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
    /// Both have it, and the config defines it in another way.
    Redefined(String),
}

impl std::fmt::Display for SchemaDifference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(name) => write!(f, "`{name}` is missing in the data"),
            Self::Additional(name) => write!(f, "`{name}` is new in the data"),
            Self::Redefined(name) => write!(f, "`{name}` is defined otherwise in the config"),
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
    /// A feature of the shop's own has a name that means something already.
    #[error(
        "`features.custom` calls a feature `{name}`, which is a feature, a family or a column of ours, or stands twice"
    )]
    NameTaken {
        /// The name.
        name: String,
    },
    /// A feature of the shop's own has no column in the event log.
    #[error("the tables have no column for feature `{name}` of the shop's own")]
    NoColumn {
        /// The feature.
        name: String,
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
            Self::NameTaken { .. } => "E314",
            Self::NoColumn { .. } => "E315",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::NotHere { .. } | Self::NameTaken { .. } => Exit::BadUsage,
            _ => Exit::CouldNotRun,
        }
    }

    fn hint(&self) -> Option<String> {
        if let Self::NotHere { nearest, .. } = self {
            let similar = nearest.as_ref().map_or(String::new(), |nearest| format!("did you mean `{nearest}`? "));
            return Some(format!("{similar}`retain features --describe` lists them, and what each needs"));
        }
        if let Self::NameTaken { .. } = self {
            return Some("choose another name".to_owned());
        }
        Some("train a model on the present data with `retain train`, or restore the columns in the config".to_owned())
    }
}

impl FeatureSchema {
    /// The features that a shop with these inputs has.
    #[must_use]
    pub fn for_inputs(available: &BTreeSet<Available>) -> Self {
        let has = |feature: &&Feature| feature.needs.is_none_or(|input| available.contains(&input));
        let column = |feature: &Feature| Column { name: feature.name.to_owned(), unit: feature.unit };
        Self { columns: catalogue().filter(has).map(column).collect(), custom: Vec::new() }
    }

    /// The same with features of the shop's own behind, sorted by name: their order in the config does not matter.
    ///
    /// # Errors
    /// `SchemaError::NameTaken` for a name that means something already.
    pub fn with_custom(mut self, features: &[CustomFeature]) -> Result<Self, SchemaError> {
        self.custom.extend_from_slice(features);
        self.custom.sort_by(|a, b| a.name.cmp(&b.name));
        let twice = self.custom.windows(2).find(|pair| pair[0].name == pair[1].name).map(|pair| &pair[0]);
        match twice.or_else(|| self.custom.iter().find(|feature| is_taken(&feature.name))) {
            Some(taken) => Err(SchemaError::NameTaken { name: taken.name.clone() }),
            None => Ok(self),
        }
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
        let is = |column: &str, wanted: &str| {
            column == wanted || self.entry(column).is_some_and(|entry| entry.family.code() == wanted)
        };
        if let Some(name) = wanted.iter().find(|name| !self.names().any(|column| is(column, name))) {
            let likeness = |other: &&str| strsim::jaro_winkler(other, name);
            let nearest = self.names().max_by(|a, b| likeness(a).total_cmp(&likeness(b))).map(str::to_owned);
            return Err(SchemaError::NotHere { name: name.clone(), nearest });
        }
        let kept = |column: &str| wanted.is_empty() || wanted.iter().any(|name| is(column, name));
        Ok(Self {
            columns: self.columns.iter().filter(|column| kept(&column.name)).cloned().collect(),
            custom: self.custom.iter().filter(|feature| kept(&feature.name)).cloned().collect(),
        })
    }

    /// The names in column order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let custom = self.custom.iter().map(|feature| feature.name.as_str());
        self.columns.iter().map(|column| column.name.as_str()).chain(custom)
    }

    /// The units in column order.
    pub fn units(&self) -> impl Iterator<Item = Unit> {
        self.columns.iter().map(|column| column.unit).chain(self.custom.iter().map(custom::unit))
    }

    /// Position of a feature among the columns.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.names().position(|column| column == name)
    }

    /// How many features there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.columns.len() + self.custom.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.columns.is_empty() && self.custom.is_empty()
    }

    /// What sentences need to know of a feature; `None` if the schema has none of that name.
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<Entry<'_>> {
        if let Some(feature) = self.custom.iter().find(|feature| feature.name == name) {
            let (unit, reason) = (custom::unit(feature), custom::reason(feature));
            return Some(Entry { name: &feature.name, family: Family::Custom, unit, reason });
        }
        let Feature { name, family, unit, reason, .. } = find(name).filter(|feature| self.has(feature.name))?;
        Some(Entry { name, family: *family, unit: *unit, reason: Cow::Borrowed(reason) })
    }

    fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.name == name)
    }

    /// The computation of the columns over the histories of an event log.
    ///
    /// # Errors
    /// `SchemaError::UnknownFeature` if the catalogue has no such feature, `NoColumn` if the log has no column for a
    /// feature of the shop's own.
    pub fn kernel(&self, log: &EventLog) -> Result<Kernel<'_>, SchemaError> {
        let entry = |column: &Column| {
            find(&column.name).ok_or_else(|| SchemaError::UnknownFeature { name: column.name.clone() })
        };
        let column = |feature: &'_ CustomFeature| {
            log.custom_column(&feature.name).ok_or_else(|| SchemaError::NoColumn { name: feature.name.clone() })
        };
        let own = self.custom.iter().map(|feature| Ok((feature, column(feature)?)));
        Ok(Kernel {
            ours: self.columns.iter().map(entry).collect::<Result<_, _>>()?,
            own: own.collect::<Result<_, _>>()?,
        })
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
        for feature in &self.custom {
            match present.custom.iter().find(|other| other.name == feature.name) {
                None => differences.push(SchemaDifference::Missing(feature.name.clone())),
                Some(other) if !other.computes_like(feature) => {
                    differences.push(SchemaDifference::Redefined(feature.name.clone()));
                }
                Some(_) => {}
            }
        }
        let additional = present.names().filter(|name| self.position(name).is_none());
        differences.extend(additional.map(|name| SchemaDifference::Additional(name.to_owned())));
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

    fn own(name: &str, days: u32) -> CustomFeature {
        CustomFeature {
            name: name.to_owned(),
            table: crate::config::CustomTable::Purchases,
            aggregate: crate::config::Aggregate::Count,
            column: None,
            filter: None,
            window_days: Some(crate::units::Days(days)),
            unit: crate::config::CustomUnit::Count,
            reason: None,
        }
    }

    #[test]
    fn own_features_stand_behind_ours_by_name_and_are_compared_by_definition() {
        let ours = FeatureSchema::for_inputs(&BTreeSet::new());
        let with = |features: &[CustomFeature]| ours.clone().with_custom(features).unwrap();
        let schema = with(&[own("b", 7), own("a", 7)]);
        assert_eq!(schema.names().skip(ours.len()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((schema.position("b"), schema.len()), (Some(ours.len() + 1), ours.len() + 2));
        let told = with(&[own("a", 7), CustomFeature { reason: Some("{value}".to_owned()), ..own("b", 7) }]);
        assert!(schema.accept(&told).is_ok(), "a sentence changes no value");
        let message = schema.accept(&with(&[own("b", 8), own("c", 7)])).unwrap_err().to_string();
        assert!(
            message.ends_with(
                "`a` is missing in the data, `b` is defined otherwise in the config, `c` is new in the data"
            )
        );
        for taken in ["recency_days", "cadence", "customer_id"] {
            assert!(matches!(ours.clone().with_custom(&[own(taken, 7)]), Err(SchemaError::NameTaken { .. })));
        }
        assert!(ours.clone().with_custom(&[own("a", 7), own("a", 8)]).is_err());
        let few = schema.clone().restricted(&["custom".to_owned()]).unwrap();
        assert_eq!(few.names().collect::<Vec<_>>(), ["a", "b"]);
        let stored: FeatureSchema = serde_json::from_str(&serde_json::to_string(&schema).unwrap()).unwrap();
        assert_eq!(stored, schema);
        assert!(!serde_json::to_string(&ours).unwrap().contains("custom"));
    }
}
