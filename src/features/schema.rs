//! Which features a shop has, in which order: stored with every model and compared before scoring.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::columns::FeatureColumns;
use super::schema_error::{SchemaDifference, SchemaError};
use super::spec::{Family, Feature, Unit};
use super::telling::{Fact, Side, Split, Telling};
use super::{catalogue, custom, find, is_taken};
use crate::checked::{self, Checked, Flaw};
use crate::config::CustomFeature;
use crate::timeline::{Available, EventLog};

/// The columns of a feature matrix.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureSchema {
    columns: Vec<Column>,
    /// Custom features, by name: their columns come after ours.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    custom: Vec<CustomFeature>,
}

/// What sentences need to know of a feature, ours or a custom one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'s> {
    /// Its name.
    pub name: &'s str,
    /// Its family.
    pub family: Family,
    /// Its unit.
    pub unit: Unit,
    /// What it has to do with reasons.
    pub telling: Telling,
    /// How its contribution is passed on, if it is a derived quantity.
    pub split: Option<Split>,
    /// It looks at so many last days.
    pub recent_days: Option<u32>,
    /// Its reason, empty if it tells nothing; `{value}` in that of a custom one is its own value.
    pub reason: Cow<'s, str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Column {
    name: String,
    unit: Unit,
    /// [`Feature::definition`].
    #[serde(default = "first_definition")]
    definition: u32,
}

const fn first_definition() -> u32 {
    1
}

/// Added to the definitions of all features where returns are recorded, since orders can be void.
const WITH_VOID_ORDERS: u32 = 100;

impl Column {
    fn of(feature: &Feature, records_returns: bool) -> Self {
        let definition = feature.definition + if records_returns { WITH_VOID_ORDERS } else { 0 };
        Self { name: feature.name.to_owned(), unit: feature.unit, definition }
    }
}

/// A feature of the catalogue that a shop does not have, and the input it would need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// The feature.
    pub feature: String,
    /// What the config would have to map.
    pub needs: String,
}

impl FeatureSchema {
    /// The features that a shop with these inputs has.
    #[must_use]
    pub fn for_inputs(available: &BTreeSet<Available>) -> Self {
        let has = |feature: &&Feature| feature.needs.is_none_or(|input| available.contains(&input));
        let records_returns = available.contains(&Available::Returns);
        let columns = catalogue().filter(has).map(|feature| Column::of(feature, records_returns)).collect();
        Self { columns, custom: Vec::new() }
    }

    /// The same with custom features behind, sorted by name: their order in the config does not matter.
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
        Ok(self.filtered(kept))
    }

    /// The columns whose name is wanted, in column order.
    fn filtered(&self, is_wanted: impl Fn(&str) -> bool) -> Self {
        Self {
            columns: self.columns.iter().filter(|column| is_wanted(&column.name)).cloned().collect(),
            custom: self.custom.iter().filter(|feature| is_wanted(&feature.name)).cloned().collect(),
        }
    }

    /// The names in column order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let custom = self.custom.iter().map(|feature| feature.name.as_str());
        self.columns.iter().map(|column| column.name.as_str()).chain(custom)
    }

    /// The custom features.
    #[must_use]
    pub const fn custom(&self) -> &[CustomFeature] {
        self.custom.as_slice()
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
            return Some(Entry {
                name: &feature.name,
                family: Family::Custom,
                unit: custom::unit(feature),
                telling: Telling::Tells(Fact::Custom, Side::Any),
                split: None,
                recent_days: None,
                reason: custom::reason(feature),
            });
        }
        let feature = find(name).filter(|feature| self.has(feature.name))?;
        Some(Entry {
            name: feature.name,
            family: feature.family,
            unit: feature.unit,
            telling: feature.telling,
            split: feature.split,
            recent_days: feature.recent_days,
            reason: Cow::Borrowed(feature.reason),
        })
    }

    fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.name == name)
    }

    /// The computation of the columns over the histories of an event log.
    ///
    /// # Errors
    /// `SchemaError::UnknownFeature` if the catalogue has no such feature, `NoColumn` if the log has no column for a
    /// custom feature.
    pub fn columns_of(&self, log: &EventLog) -> Result<FeatureColumns<'_>, SchemaError> {
        let entry = |column: &Column| {
            find(&column.name).ok_or_else(|| SchemaError::UnknownFeature { name: column.name.clone() })
        };
        let column = |feature: &'_ CustomFeature| {
            log.custom_column(&feature.name).ok_or_else(|| SchemaError::NoColumn { name: feature.name.clone() })
        };
        let own = self.custom.iter().map(|feature| Ok((feature, column(feature)?)));
        Ok(FeatureColumns {
            ours: self.columns.iter().map(entry).collect::<Result<_, _>>()?,
            own: own.collect::<Result<_, _>>()?,
        })
    }

    /// Accepts `present` if it has every feature that a model of this schema uses, with the same meaning; returns how the
    /// others differ. Features are known by their names: places do not matter.
    ///
    /// # Errors
    /// `SchemaError::Differs` with every feature that is used and differs.
    pub fn accept(&self, present: &Self, used: &BTreeSet<String>) -> Result<Vec<SchemaDifference>, SchemaError> {
        let known = self.names().filter_map(|name| Some((name, self.difference(name, present)?)));
        let (differences, beside): (Vec<_>, Vec<_>) = known.partition(|(name, _)| used.contains(*name));
        if !differences.is_empty() {
            return Err(SchemaError::Differs {
                differences: differences.into_iter().map(|(_, found)| found).collect(),
            });
        }
        let additional = present.names().filter(|name| self.position(name).is_none());
        let additional = additional.map(|name| SchemaDifference::Additional(name.to_owned()));
        Ok(beside.into_iter().map(|(_, found)| found).chain(additional).collect())
    }

    /// The columns of `present` that mean what they mean here, and those that are asked for `also`, whatever they mean.
    #[must_use]
    pub fn shared_with(&self, present: &Self, also: &[&str]) -> Self {
        let is_shared = |name: &str| self.position(name).is_some() && self.difference(name, present).is_none();
        present.filtered(|name| also.contains(&name) || is_shared(name))
    }

    /// How a feature of this schema differs in another one.
    fn difference(&self, name: &str, present: &Self) -> Option<SchemaDifference> {
        let missing = || SchemaDifference::Missing(name.to_owned());
        if let Some(own) = self.custom.iter().find(|feature| feature.name == name) {
            let Some(other) = present.custom.iter().find(|other| other.name == name) else { return Some(missing()) };
            return (!other.computes_like(own)).then(|| SchemaDifference::Redefined(name.to_owned()));
        }
        let column = self.columns.iter().find(|column| column.name == name)?;
        let Some(other) = present.columns.iter().find(|other| other.name == name) else { return Some(missing()) };
        if other.unit != column.unit {
            return Some(SchemaDifference::OtherUnit(name.to_owned()));
        }
        let (from, to) = (column.definition, other.definition);
        (from != to).then(|| SchemaDifference::Revised { feature: name.to_owned(), from, to })
    }
}

impl Checked for FeatureSchema {
    fn check(&self) -> Result<(), Flaw> {
        checked::names("columns", self.names())?;
        checked::holds("columns", self.columns.iter().all(|column| column.definition > 0), "has a definition 0")
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

    fn all(schema: &FeatureSchema) -> BTreeSet<String> {
        schema.names().map(str::to_owned).collect()
    }

    fn used(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn only_what_a_model_uses_must_be_there() {
        let with = FeatureSchema::for_inputs(&BTreeSet::from([Available::Quantity]));
        let without = FeatureSchema::for_inputs(&BTreeSet::from([Available::SignUp]));
        assert_eq!(with.accept(&with, &all(&with)).unwrap(), []);
        let message = with.accept(&without, &all(&with)).unwrap_err().to_string();
        assert!(message.contains("`items_90d_count` is missing in the data"), "{message}");
        assert!(!message.contains("signup_tenure_days"), "what is new in the data harms nobody: {message}");
        let beside = with.accept(&without, &used(&["recency_days"])).unwrap();
        let gone = SchemaDifference::Missing("items_90d_count".to_owned());
        let new = SchemaDifference::Additional("signup_tenure_days".to_owned());
        assert!(beside.contains(&gone) && beside.contains(&new), "{beside:?}");
        let shared = with.shared_with(&without, &["signup_tenure_days"]);
        let is_there = |name: &str| shared.position(name).is_some();
        assert!(is_there("recency_days") && is_there("signup_tenure_days") && !is_there("items_90d_count"));
        assert!(with.shared_with(&without, &[]).position("signup_tenure_days").is_none());
    }

    #[test]
    fn places_do_not_matter_but_units_and_definitions_do() {
        let schema = FeatureSchema::for_inputs(&BTreeSet::new());
        let name = schema.columns[0].name.clone();
        let mut moved = schema.clone();
        moved.columns.swap(0, 1);
        assert_eq!(schema.accept(&moved, &all(&schema)).unwrap(), []);
        let mut revised = schema.clone();
        let before = schema.columns[0].definition;
        revised.columns[0].definition = before + 1;
        let message = schema.accept(&revised, &used(&[&name])).unwrap_err().to_string();
        let expected = format!("`{name}` is computed in another way (definition {before} -> {})", before + 1);
        assert!(message.ends_with(&expected), "{message}");
        assert!(schema.accept(&revised, &used(&[])).is_ok());
        assert!(schema.shared_with(&revised, &[]).position(&name).is_none(), "it means something else now");
        let mut other = schema.clone();
        other.columns[0].unit = Unit::Amount;
        assert!(schema.accept(&other, &used(&[&name])).is_err());
    }

    #[test]
    fn a_schema_without_definitions_has_the_first_ones() {
        let read = |json: &str| serde_json::from_str::<FeatureSchema>(json).unwrap();
        let old = read(r#"{"columns": [{"name": "recency_days", "unit": "days"}]}"#);
        assert_eq!(old, read(r#"{"columns": [{"name": "recency_days", "unit": "days", "definition": 1}]}"#));
        assert!(old.check().is_ok());
        assert!(read(r#"{"columns": [{"name": "a", "unit": "days", "definition": 0}]}"#).check().is_err());
        let twice = r#"{"columns": [{"name": "a", "unit": "days"}, {"name": "a", "unit": "days"}]}"#;
        assert_eq!(read(twice).check().unwrap_err().to_string(), "`columns` has `a` twice");
        let feature = Feature::new("a_days", Family::Recency, Unit::Days);
        let of = |feature: &Feature, returns| Column::of(feature, returns).definition;
        assert_eq!((of(&feature, false), of(&feature.revised(3), false), of(&feature, true)), (1, 3, 101));
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
        let expected = with(&[own("a", 7), CustomFeature { reason: Some("{value}".to_owned()), ..own("b", 7) }]);
        assert_eq!(schema.accept(&expected, &all(&schema)).unwrap(), [], "a sentence changes no value");
        let other = with(&[own("b", 8), own("c", 7)]);
        let message = schema.accept(&other, &all(&schema)).unwrap_err().to_string();
        assert!(message.ends_with("`a` is missing in the data, `b` is defined otherwise in the config"), "{message}");
        assert_eq!(schema.accept(&other, &used(&[])).unwrap().len(), 3, "two differ and `c` is new");
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
