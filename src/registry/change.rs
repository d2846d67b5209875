//! Keys in which two configs differ.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

/// The key of the currency.
pub(super) const CURRENCY: &str = "currency";

/// A key of the config that differs; `None` where it is not set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigChange {
    /// The key, such as `churn.horizon_days`.
    pub key: String,
    /// Its value in the first config, as JSON.
    pub from: Option<String>,
    /// Its value in the second config.
    pub to: Option<String>,
}

impl fmt::Display for ConfigChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "absent".to_owned());
        write!(f, "`{}`: {} -> {}", self.key, shown(&self.from), shown(&self.to))
    }
}

/// Every key in which two configs, written as JSON, differ.
#[must_use]
pub fn config_changes(from: &Value, to: &Value) -> Vec<ConfigChange> {
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    flatten(from, String::new(), &mut before);
    flatten(to, String::new(), &mut after);
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let change = |key: &String| {
        let (from, to) = (before.get(key).cloned(), after.get(key).cloned());
        (from != to).then(|| ConfigChange { key: key.clone(), from, to })
    };
    keys.into_iter().filter_map(change).collect()
}

/// Every leaf of a JSON value by its path, which is the key of the config.
fn flatten(value: &Value, path: String, leaves: &mut BTreeMap<String, String>) {
    match value {
        // Its decimals follow from its code, and the config names the code.
        Value::Object(fields) if path == CURRENCY => {
            leaves.insert(path, fields.get("code").map_or_else(String::new, Value::to_string));
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(field, path, leaves);
            }
        }
        leaf => {
            leaves.insert(path, leaf.to_string());
        }
    }
}
