//! Whether a version fits the shop as it is now: the features that it uses mean what they meant, and the config asks the
//! same question of the same columns.

use std::collections::BTreeSet;

use super::change::{CURRENCY, ConfigChange, config_changes};
use super::error::RegistryError;
use super::stored::Version;
use crate::config::Config;
use crate::explain::features_in_sentence;
use crate::features::{FeatureSchema, SchemaDifference, SchemaError, find};

/// What a change of a key means for a model that was trained before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// Labels, features or the unit of money are others than those learnt from.
    Retrain,
    /// The model stays right, and the list counts money in another way.
    Money,
    /// Others may be left out because they opted out.
    OptOuts,
    /// None.
    Nothing,
}

/// What of a list a change of the config concerns that its model can live with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Concern {
    /// How money is counted.
    Money,
    /// Who is left out because of an opt-out.
    OptOuts,
    /// By which columns rows of purchases are found to be the same.
    Duplicates,
}

/// Whether rows of purchases are compared by what a key names.
fn is_compared(key: &str) -> bool {
    key.starts_with("purchases.columns.") || key.starts_with("features.custom")
}

/// The column that says who opted out.
const OPTED_OUT: &str = "customers.opted_out";

/// The column of which margins are made, and nothing else.
const COST: &str = "purchases.cost";

/// Sections of the config that are input tables: what a change means depends on what the model reads of them.
const TABLES: [&str; 4] = ["purchases", "complaints", "customers", "surveys"];

/// The other sections. Custom features are compared with the schema.
const SECTIONS: &[(&str, Effect)] = &[
    (CURRENCY, Effect::Retrain),
    ("timezone", Effect::Retrain),
    ("churn", Effect::Retrain),
    // A folder of models that was copied from another shop: nothing in it was learnt from this one.
    ("name", Effect::Retrain),
    ("value", Effect::Money),
    ("seed", Effect::Nothing),
    ("as_of", Effect::Nothing),
    ("features", Effect::Nothing),
    ("panel", Effect::Nothing),
    ("backtest", Effect::Nothing),
    ("validate", Effect::Nothing),
    ("leak_guard", Effect::Nothing),
    ("privacy", Effect::Nothing),
    ("selection", Effect::Nothing),
    ("learners", Effect::Nothing),
    ("tuning", Effect::Nothing),
    ("gate", Effect::Nothing),
    ("contacts", Effect::Nothing),
    ("decide", Effect::Nothing),
    ("segments", Effect::Nothing),
    ("models", Effect::Nothing),
    ("output", Effect::Nothing),
];

/// Columns of purchases of which labels, amounts and every feature are made. Product and pieces only help to tell which line a
/// return gives back, and may come and go.
const ALWAYS_READ: [&str; 6] = [
    "purchases.customer_id",
    "purchases.purchased_at",
    "purchases.amount",
    "purchases.order_id",
    "purchases.is_return",
    "purchases.recorded_at",
];

/// What a model reads of the input tables.
struct Reads {
    tables: BTreeSet<String>,
    /// Columns whose absence changes a feature or label that stays.
    columns: BTreeSet<String>,
    /// Columns without which a feature is gone.
    needed: BTreeSet<String>,
}

impl Reads {
    fn of(schema: &FeatureSchema, used: &BTreeSet<String>) -> Self {
        let mut columns: BTreeSet<String> = ALWAYS_READ.map(str::to_owned).into();
        let mut needed = BTreeSet::new();
        for feature in used.iter().filter_map(|name| find(name)) {
            let input = feature.needs.map_or("", |input| input.input());
            let is_needed = |column: &&str| input.split(" and ").any(|needed| needed == *column);
            let (own, others): (Vec<&str>, Vec<&str>) = feature.own_sources().into_iter().partition(is_needed);
            needed.extend(own.into_iter().map(str::to_owned));
            columns.extend(others.into_iter().map(str::to_owned));
        }
        let of_columns = columns.iter().chain(&needed).filter_map(|column| column.split('.').next());
        let of_own = schema.custom().iter().filter(|own| used.contains(&own.name)).map(|own| own.table.table().name());
        let tables: BTreeSet<String> = of_columns.chain(of_own).map(str::to_owned).collect();
        columns.extend(tables.iter().flat_map(|table| {
            ["customer_id", "recorded_at", "purchased_at", "opened_at", "answered_at", "valid_from"]
                .map(|column| format!("{table}.{column}"))
        }));
        Self { tables, columns, needed }
    }

    fn effect(&self, change: &ConfigChange) -> Effect {
        let mut path = change.key.split('.');
        let section = path.next().unwrap_or_default();
        let column = path.next().filter(|key| *key == "columns").and_then(|_| path.next());
        if let Some(column) = column {
            let column = format!("{section}.{column}");
            if column == COST {
                return Effect::Money;
            }
            if column == OPTED_OUT {
                // Without it everyone who opted out would be contacted.
                return if change.to.is_none() { Effect::Retrain } else { Effect::OptOuts };
            }
            // Without a column that it needs, a feature is gone, which the schema tells better.
            let matters = self.columns.contains(&column) || (change.to.is_some() && self.needed.contains(&column));
            return if matters { Effect::Retrain } else { Effect::Nothing };
        }
        // A key that one of two versions of `retain` does not know says nothing about the shop.
        if (change.from.is_none() || change.to.is_none()) && section != "value" {
            return Effect::Nothing;
        }
        if TABLES.contains(&section) {
            let is_read = self.tables.contains(section)
                // Where files are and how they are written says nothing about what they mean.
                && !matches!(change.key.split('.').nth(1), Some("paths" | "layout" | "known_values"))
                && change.key != section;
            return match (is_read, change.key.as_str()) {
                (true, _) => Effect::Retrain,
                (false, "customers.filter") => Effect::OptOuts,
                (false, _) => Effect::Nothing,
            };
        }
        SECTIONS.iter().find(|(name, _)| *name == section).map_or(Effect::Nothing, |(_, effect)| *effect)
    }
}

impl Version {
    /// The features that it uses: those of which its numbers are made, and those that its reasons tell.
    #[must_use]
    pub fn used_features(&self) -> BTreeSet<String> {
        let of_model = self.model.model.used_features().into_iter();
        let of_uncertainty = self.model.uncertainty.iter().flat_map(|uncertainty| uncertainty.used_features());
        let of_heads = self.model.head_models().flat_map(|head| head.used_features());
        let mut used: BTreeSet<String> = of_model.chain(of_uncertainty).chain(of_heads).map(str::to_owned).collect();
        let named: Vec<String> = used.iter().flat_map(|name| features_in_sentence(&self.schema, name)).collect();
        used.extend(named);
        used
    }

    /// The columns of a shop that it reads, those asked for `also` among them, and how the others differ from those that
    /// the shop had in training.
    ///
    /// # Errors
    /// `SchemaError::Differs` if a feature that it uses is gone or means something else.
    pub fn columns_of(
        &self,
        present: &FeatureSchema,
        also: &[&str],
    ) -> Result<(FeatureSchema, Vec<SchemaDifference>), SchemaError> {
        let used = self.used_features();
        let beside = self.schema.accept(present, &used)?;
        let also: Vec<&str> = also.iter().copied().chain(used.iter().map(String::as_str)).collect();
        Ok((self.schema.shared_with(present, &also), beside))
    }

    /// Compares the config that it was trained under with another one; returns the changes that it can live with and that
    /// the list shows, with what they concern.
    ///
    /// # Errors
    /// `RegistryError::OtherConfig` if labels, features or the unit of money are others.
    pub fn accept_config(&self, present: &Config) -> Result<Vec<(Concern, ConfigChange)>, RegistryError> {
        // A checked config can always be written as JSON.
        let present = serde_json::to_value(present).unwrap_or_default();
        let reads = Reads::of(&self.schema, &self.used_features());
        let (mut refused, mut shown) = (Vec::new(), Vec::new());
        let compares_rows = present.pointer("/purchases/duplicates").is_some_and(|policy| policy != "keep");
        for change in config_changes(&self.manifest.config, &present) {
            match reads.effect(&change) {
                Effect::Retrain => refused.push(change),
                Effect::Money => shown.push((Concern::Money, change)),
                Effect::OptOuts => shown.push((Concern::OptOuts, change)),
                Effect::Nothing if compares_rows && is_compared(&change.key) => {
                    shown.push((Concern::Duplicates, change));
                }
                Effect::Nothing => {}
            }
        }
        if refused.is_empty() {
            return Ok(shown);
        }
        Err(RegistryError::OtherConfig { version: self.manifest.version.clone(), changes: refused })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const SHOP: &str = "name = 'x'\ncurrency = 'GBP'\n[churn]\nhorizon_days = 90\n[purchases]\npath = 'a.csv'\n\
                        [purchases.columns]\ncustomer_id = 'c'\npurchased_at = 't'\namount = 'a'\nquantity = 'q'\n\
                        [complaints]\npath = 'b.csv'\n[complaints.columns]\ncomplaint_id = 'i'\ncustomer_id = 'c'\n\
                        opened_at = 't'\n";

    fn config(text: &str) -> serde_json::Value {
        let read = Config::from_toml_beside(text, Path::new("retain.toml"), &|_| false);
        serde_json::to_value(read.unwrap()).unwrap()
    }

    /// What it means that `from` became `to` for a model that uses some features.
    fn effects(used: &[&str], from: &str, to: &str) -> Vec<(String, Effect)> {
        let other = SHOP.replacen(from, to, 1);
        assert_ne!(other, SHOP, "{from}");
        let used = used.iter().map(|name| (*name).to_owned()).collect();
        let reads = Reads::of(&FeatureSchema::default(), &used);
        let changes = config_changes(&config(SHOP), &config(&other));
        changes.iter().map(|change| (change.key.clone(), reads.effect(change))).collect()
    }

    fn effect(used: &[&str], from: &str, to: &str) -> Effect {
        let found = effects(used, from, to);
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].1
    }

    #[test]
    fn every_section_of_the_config_says_what_a_change_of_it_means() {
        let config = config(SHOP);
        for section in config.as_object().unwrap().keys() {
            let is_known = TABLES.contains(&section.as_str()) || SECTIONS.iter().any(|(name, _)| name == section);
            assert!(is_known, "`{section}`: add a line to SECTIONS");
        }
    }

    #[test]
    fn what_changes_labels_features_or_the_unit_of_money_asks_for_a_new_model() {
        for (from, to) in [
            ("'GBP'", "'EUR'"),
            ("currency", "timezone = 'Europe/London'\ncurrency"),
            ("= 90", "= 60\nactive_days = 180"),
            ("= 90", "= 90\ngap_days = 7"),
            ("= 90", "= 90\nactive_days = 90"),
            ("= 90", "= 90\nmin_purchases = 2"),
            ("= 'a'", "= 'a * 100'"),
            ("= 't'", "= 'u'"),
            ("amount", "order_id = 'o'\namount"),
            ("'a.csv'", "'a.csv'\nfilter = 'q > 0'"),
            ("'a.csv'", "'a.csv'\ntime_format = '%d/%m/%Y'"),
        ] {
            assert_eq!(effect(&["recency_days"], from, to), Effect::Retrain, "{to}");
        }
    }

    #[test]
    fn what_the_model_does_not_read_may_change() {
        for (from, to) in [
            ("'a.csv'", "['a.csv', 'c.csv']"),
            ("'b.csv'", "'b.csv'\nfilter = 'q > 0'"),
            ("= 'i'", "= 'j'"),
            ("= 'q'", "= 'p'"),
            ("quantity = 'q'\n", ""),
            ("amount", "channel = 'h'\namount"),
            ("currency", "seed = 9\ncurrency"),
        ] {
            assert_eq!(effect(&["recency_days"], from, to), Effect::Nothing, "{to}");
        }
        assert_eq!(effect(&["complaints_all_count"], "= 'i'", "= 'j'"), Effect::Retrain);
        assert_eq!(effect(&["complaints_all_count"], "'b.csv'", "'b.csv'\nfilter = 'q > 0'"), Effect::Retrain);
        assert_eq!(effect(&["items_90d_count"], "= 'q'", "= 'p'"), Effect::Retrain);
        assert_eq!(effect(&["items_90d_count"], "quantity = 'q'\n", ""), Effect::Nothing, "the schema tells of it");
    }

    #[test]
    fn costs_count_money_in_another_way_and_values_that_are_known_say_nothing() {
        assert_eq!(effect(&["recency_days"], "amount", "cost = 'k'\namount"), Effect::Money);
        assert_eq!(effect(&["recency_days"], "'a.csv'", "'a.csv'\nknown_values = ['ready']"), Effect::Nothing);
    }

    #[test]
    fn margins_count_money_in_another_way_and_new_knobs_say_nothing() {
        let shop = SHOP.replacen("quantity = 'q'", "category = 'k'", 1);
        let value = "= 90\n[value]\nmargin_share = 0.3\n[value.category_margins]\nShoes = 0.4\n";
        let reads = Reads::of(&FeatureSchema::default(), &BTreeSet::new());
        let found = config_changes(&config(&shop), &config(&shop.replacen("= 90\n", value, 1)));
        assert!(found.iter().any(|change| change.key == "value.category_margins.Shoes"), "{found:?}");
        assert!(found.iter().all(|change| reads.effect(change) == Effect::Money), "{found:?}");
        let unknown = ConfigChange { key: "churn.days_off".to_owned(), from: None, to: Some("3".to_owned()) };
        assert_eq!(reads.effect(&unknown), Effect::Nothing);
        assert_eq!(unknown.to_string(), "`churn.days_off`: absent -> 3");
    }

    /// `SHOP` as a version stored it on 30 November 2026. It is never written again: a key whose stored value is another one
    /// today asks every shop for a new model.
    const STORED: &str = include_str!("stored_config.json");

    #[test]
    fn a_version_of_before_still_scores_with_the_config_that_it_was_trained_with() {
        let used = ["recency_days", "items_90d_count", "complaints_all_count"].map(str::to_owned).into();
        let reads = Reads::of(&FeatureSchema::default(), &used);
        let asks_for_another = |stored: &serde_json::Value| {
            let changes = config_changes(stored, &config(SHOP));
            let asked = changes.iter().filter(|change| reads.effect(change) == Effect::Retrain);
            asked.map(|change| change.key.clone()).collect::<Vec<_>>()
        };
        let mut stored: serde_json::Value = serde_json::from_str(STORED).unwrap();
        assert_eq!(asks_for_another(&stored), Vec::<String>::new());
        stored["purchases"]["amount_is"] = serde_json::Value::Null;
        assert_eq!(asks_for_another(&stored), ["purchases.amount_is"]);
    }
}
