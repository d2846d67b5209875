//! From which table and column of the config a feature comes.

use super::error::{CUSTOM_PREFIX, Origin};
use crate::config::{Config, CustomFeature, Table};
use crate::features;

/// Columns that every feature reads, or that only say since when something holds.
const COMMON: &[&str] = &[
    "purchases.customer_id",
    "purchases.purchased_at",
    "purchases.order_id",
    "purchases.is_return",
    "customers.valid_from",
    "complaints.complaint_id",
    "complaints.opened_at",
    "surveys.answered_at",
];

/// The columns that a feature reads beside those.
fn own_columns(feature: &str) -> Vec<&'static str> {
    let sources = features::find(feature).map(features::Feature::own_sources).unwrap_or_default();
    sources.into_iter().filter(|column| !COMMON.contains(column)).collect()
}

/// Whether a feature is made of a table alone; purchases are behind every feature.
pub(super) fn is_of(config: &Config, feature: &str, table: Table) -> bool {
    if let Some(own) = config.features.custom.iter().find(|own| own.name == feature) {
        return own.table.table() == table;
    }
    let sources = features::find(feature).map(features::Feature::sources).unwrap_or_default();
    let has = |table: Table| sources.iter().any(|column| column.split('.').next() == Some(table.name()));
    match table {
        Table::Purchases => ![Table::Complaints, Table::Customers, Table::Surveys].into_iter().any(has),
        other => has(other),
    }
}

/// The column behind a feature, where there is one beside those that all features read.
pub(super) fn origin(config: &Config, feature: &str) -> Option<Origin> {
    if let Some(own) = config.features.custom.iter().find(|own| own.name == feature) {
        return own_origin(own);
    }
    let columns = own_columns(feature);
    let [column] = columns.as_slice() else { return None };
    let (table, name) = column.split_once('.')?;
    let tables = [Table::Purchases, Table::Complaints, Table::Customers, Table::Surveys];
    let table = config.table(tables.into_iter().find(|known| known.name() == table)?);
    let mapped = table.and_then(|table| table.columns.get(name)).filter(|mapped| mapped.as_str() != name).cloned();
    Some(Origin { column: (*column).to_owned(), mapped })
}

/// What the config says of a fact about customers that the shop has made a feature; of events rows alone can tell.
fn own_origin(own: &CustomFeature) -> Option<Origin> {
    let parts = [("column", &own.column), ("filter", &own.filter)];
    let (part, text) = parts.into_iter().find_map(|(part, text)| Some((part, text.clone()?)))?;
    let column = format!("{CUSTOM_PREFIX}{}.{part}", own.name);
    own.table.has_versions().then_some(Origin { column, mapped: Some(text) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Aggregate, CustomTable, CustomUnit};

    fn config() -> Config {
        let text = "name = 'x'\ncurrency = 'EUR'\n[churn]\nhorizon_days = 30\n[purchases]\npath = 'p.csv'\n\
                    [purchases.columns]\ncustomer_id = 'c'\npurchased_at = 't'\namount = 'a'\n";
        Config::from_toml(text, std::path::Path::new("retain.toml")).unwrap()
    }

    #[test]
    fn a_feature_is_traced_to_its_column() {
        assert_eq!(own_columns("home_region_rank_level"), ["customers.region"]);
        assert_eq!(own_columns("items_90d_count"), ["purchases.quantity"]);
        assert!(own_columns("recency_days").is_empty() && own_columns("no_such_feature").is_empty());
        let mut config = config();
        let of = |config: &Config, name| [Table::Purchases, Table::Customers].map(|table| is_of(config, name, table));
        assert_eq!(of(&config, "recency_days"), [true, false]);
        assert_eq!(of(&config, "signup_tenure_days"), [false, true]);
        assert_eq!(of(&config, "complaints_all_count"), [false, false]);
        let own = |name: &str, table| CustomFeature {
            name: name.to_owned(),
            table,
            aggregate: Aggregate::Last,
            column: Some("points".to_owned()),
            filter: None,
            window_days: None,
            unit: CustomUnit::Number,
            reason: None,
        };
        config.features.custom = vec![
            own("points", CustomTable::Customers),
            own("paid", CustomTable::Purchases),
            own("pain", CustomTable::Complaints),
        ];
        assert_eq!(
            ["points", "paid", "pain"].map(|name| of(&config, name)),
            [[false, true], [true, false], [false; 2]]
        );
        let from = Origin { column: "features.custom.points.column".to_owned(), mapped: Some("points".to_owned()) };
        assert_eq!((origin(&config, "points"), origin(&config, "paid")), (Some(from), None));
    }
}
