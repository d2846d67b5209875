//! Features that a shop defines in its config: what each is, and the checks of its keys.

use serde::{Deserialize, Serialize};

use super::allowed::Allowed;
use super::error::Violation;
use super::keys::{is_name, join, labels};
use super::raw::{RawConfig, RawCustomFeature};
use super::values::Check;
use super::{Table, knobs};
use crate::units::Days;

/// Longest sentence, in characters.
const MAX_SENTENCE: usize = 200;

/// A custom feature: an aggregate over the rows of a table that were known before a cutoff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomFeature {
    /// Its name, unlike that of any other feature.
    pub name: String,
    /// The table whose rows it reads.
    pub table: CustomTable,
    /// What is made of the rows.
    pub aggregate: Aggregate,
    /// The value of a row: a source column or a SQL expression; `None` where rows alone matter.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub column: Option<String>,
    /// SQL condition over the source's columns: which rows count; all without it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub filter: Option<String>,
    /// How far back from the cutoff rows count; all of the history without it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub window_days: Option<Days>,
    /// What the value is measured in.
    pub unit: CustomUnit,
    /// The sentence of the ranked list, with `{value}` for the customer's number; a plain one without it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
}

impl CustomFeature {
    /// Whether both give the same values: the sentence does not matter.
    #[must_use]
    pub fn computes_like(&self, other: &Self) -> bool {
        let bare = |feature: &Self| Self { reason: None, ..feature.clone() };
        bare(self) == bare(other)
    }
}

/// A table whose rows become known one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CustomTable {
    /// Purchase lines, returns included.
    Purchases,
    /// Complaint records.
    Complaints,
    /// Answers to surveys.
    Surveys,
    /// Facts about customers: of each customer's versions only the one in force at the cutoff counts.
    Customers,
}

impl CustomTable {
    /// The input table.
    #[must_use]
    pub const fn table(self) -> Table {
        match self {
            Self::Purchases => Table::Purchases,
            Self::Complaints => Table::Complaints,
            Self::Surveys => Table::Surveys,
            Self::Customers => Table::Customers,
        }
    }

    /// Whether of a customer's rows only the one in force at the cutoff counts.
    #[must_use]
    pub const fn has_versions(self) -> bool {
        matches!(self, Self::Customers)
    }
}

/// What is made of the rows that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// Sum of the values; 0 without any.
    Sum,
    /// Number of rows; 0 without any.
    Count,
    /// Mean value; missing without any.
    Mean,
    /// Smallest value; missing without any.
    Min,
    /// Largest value; missing without any.
    Max,
    /// Value of the latest row that has one, of several at one instant the smallest; missing without any.
    Last,
    /// Number of different values; 0 without any.
    Distinct,
    /// Days from the latest row to the cutoff; missing without any.
    DaysSince,
}

impl Aggregate {
    /// Whether it reads a value of each row.
    #[must_use]
    pub const fn reads_values(self) -> bool {
        !matches!(self, Self::Count | Self::DaysSince)
    }

    /// Its name in the config.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Count => "count",
            Self::Mean => "mean",
            Self::Min => "min",
            Self::Max => "max",
            Self::Last => "last",
            Self::Distinct => "distinct",
            Self::DaysSince => "days_since",
        }
    }

    /// The unit that follows from it; `None` where it is that of the column.
    const fn unit(self) -> Option<CustomUnit> {
        match self {
            Self::Count | Self::Distinct => Some(CustomUnit::Count),
            Self::DaysSince => Some(CustomUnit::Days),
            _ => None,
        }
    }
}

/// What the value of a custom feature is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CustomUnit {
    /// A plain number.
    Number,
    /// Major units of the currency; rows are read in minor units, so that sums are exact.
    Amount,
    /// Between 0 and 1.
    Share,
    /// Days.
    Days,
    /// A number of things.
    Count,
}

/// Whether the sentence has `{value}` or `{value noun}`, no other braces, and stands on one line.
fn is_sentence(text: &str) -> bool {
    let mut parts = text.split('{');
    let has_no_end = |text: &str| !text.contains('}');
    let is_filled = |part: &str| {
        let Some((placeholder, rest)) = part.split_once('}') else { return false };
        let noun = placeholder.strip_prefix("value");
        has_no_end(rest) && noun.is_some_and(|noun| noun.is_empty() || (noun.starts_with(' ') && noun.trim() != ""))
    };
    let opens_well = parts.next().is_some_and(has_no_end);
    let is_short = text.chars().count() <= MAX_SENTENCE && !text.contains(char::is_control);
    opens_well && is_short && text.contains('{') && parts.all(is_filled)
}

impl Check<'_> {
    /// The custom features; `is_taken` tells names that mean something already.
    pub(super) fn custom_features(&mut self, raw: &RawConfig, is_taken: &dyn Fn(&str) -> bool) -> Vec<CustomFeature> {
        let written = &raw.features.custom;
        let labels = labels(written.iter().map(|feature| feature.name.as_deref()));
        let mut features: Vec<CustomFeature> = Vec::new();
        for (place, (feature, label)) in written.iter().zip(labels).enumerate() {
            let section = join(knobs::CUSTOM_SECTION, &label);
            let earlier = written.iter().take(place).any(|other| other.name == feature.name);
            let name = self.feature_name(&section, feature, earlier, is_taken);
            let checked = self.custom_feature(&section, feature, raw);
            self.contacts_of_feature(&section, feature, &raw.leak_guard.accept);
            self.sensitive_feature(&section, feature, &raw.privacy);
            features.extend(name.zip(checked).map(|(name, checked)| CustomFeature { name, ..checked }));
        }
        features
    }

    fn feature_name(
        &mut self,
        section: &str,
        raw: &RawCustomFeature,
        is_repeated: bool,
        is_taken: &dyn Fn(&str) -> bool,
    ) -> Option<String> {
        let key = &knobs::CUSTOM_NAME;
        let name = self.written(section, key, raw.name.as_deref())?;
        if !is_name(name) {
            return self.unsuitable(section, key, name);
        }
        if is_repeated {
            return self.refused(section, key.name, format!("another feature is called `{name}`"), "names differ");
        }
        if is_taken(name) {
            let why = format!("`{name}` is a feature, a family of features or a column of ours");
            return self.refused(section, key.name, why, "choose another name");
        }
        Some(name.to_owned())
    }

    /// Everything but the name.
    fn custom_feature(&mut self, section: &str, raw: &RawCustomFeature, config: &RawConfig) -> Option<CustomFeature> {
        let table = self.event_table(section, raw.table.as_deref(), config);
        let aggregate = self.word(section, &knobs::AGGREGATE, raw.aggregate.as_deref());
        let column = self.text(section, &knobs::COLUMN, raw.column.as_deref());
        let filter = self.text(section, &knobs::CUSTOM_FILTER, raw.filter.as_deref());
        let window = self.days(section, &knobs::WINDOW_DAYS, raw.window_days);
        let unit = self.word(section, &knobs::UNIT, raw.unit.as_deref());
        let reason = self.sentence(section, raw.reason.as_deref());
        let aggregate: Aggregate = aggregate?;
        if aggregate.reads_values() && raw.column.is_none() {
            self.missing(section, knobs::COLUMN.name, "The value of a row", Allowed::Source);
        }
        if !aggregate.reads_values() && raw.column.is_some() {
            let why = format!("`{}` looks at rows, not at a value of theirs", aggregate.name());
            self.refused::<()>(section, knobs::COLUMN.name, why, "leave it out; `filter` says which rows count");
        }
        if aggregate.unit().is_some() && raw.unit.is_some() {
            let why = format!("the unit of `{}` is known", aggregate.name());
            self.refused::<()>(section, knobs::UNIT.name, why, "leave it out");
        }
        if table == Some(CustomTable::Customers) {
            self.of_version(section, (aggregate, raw.window_days.is_some()), config);
        }
        Some(CustomFeature {
            name: String::new(),
            table: table?,
            aggregate,
            column,
            filter,
            window_days: window,
            unit: aggregate.unit().or(unit)?,
            reason,
        })
    }

    /// What cannot be asked of the one row that is in force.
    fn of_version(&mut self, section: &str, (aggregate, is_bounded): (Aggregate, bool), config: &RawConfig) {
        if !matches!(aggregate, Aggregate::Last | Aggregate::Count | Aggregate::DaysSince) {
            let why =
                format!("a customer has one row in force at a cutoff, of which there is no `{}`", aggregate.name());
            let instead = "`last` is its value, `count` is 1 where it satisfies `filter`, `days_since` tells how long it has held";
            self.refused::<()>(section, knobs::AGGREGATE.name, why, instead);
        }
        if is_bounded {
            let why = "the row of `customers` that is in force counts however long it has held".to_owned();
            self.refused::<()>(section, knobs::WINDOW_DAYS.name, why, "leave it out; `days_since` tells how long");
        }
        let has_beginnings = config.customers.as_ref().is_some_and(|table| table.columns.contains_key("valid_from"));
        if aggregate == Aggregate::DaysSince && config.customers.is_some() && !has_beginnings {
            let why = "no row says from when it holds".to_owned();
            self.refused::<()>(section, knobs::AGGREGATE.name, why, "map `customers.columns.valid_from`");
        }
    }

    fn event_table(&mut self, section: &str, came: Option<&str>, config: &RawConfig) -> Option<CustomTable> {
        let key = &knobs::CUSTOM_TABLE;
        if came == Some("contacts") {
            let why = "contacts are a treatment, never a feature: a shop stops writing to those who left".to_owned();
            return self.refused(section, key.name, why, "read one of the tables of what customers did");
        }
        let table: CustomTable = self.word(section, key, came)?;
        let is_there = match table {
            CustomTable::Purchases => true,
            CustomTable::Complaints => config.complaints.is_some(),
            CustomTable::Surveys => config.surveys.is_some(),
            CustomTable::Customers => config.customers.is_some(),
        };
        if !is_there {
            let name = table.table().name();
            return self.refused(section, key.name, format!("the config has no `[{name}]`"), "map the table first");
        }
        Some(table)
    }

    fn sentence(&mut self, section: &str, came: Option<&str>) -> Option<String> {
        let text = self.text(section, &knobs::REASON, came)?;
        if is_sentence(&text) { Some(text) } else { self.unsuitable(section, &knobs::REASON, &text) }
    }

    fn refused<T>(&mut self, section: &str, name: &str, why: String, instead: &'static str) -> Option<T> {
        let place = self.place(section, name);
        self.violations.push(Violation::Refused { place, why, instead });
        None
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::ConfigError;
    use crate::config::settings::Config;

    const SHOP: &str = "name = 'x'\ncurrency = 'GBP'\n[churn]\nhorizon_days = 90\n[purchases]\npath = 'a.csv'\n\
                        [purchases.columns]\ncustomer_id = 'c'\npurchased_at = 't'\namount = 'a'\n";

    fn load(features: &str) -> Result<Config, ConfigError> {
        let is_taken = |name: &str| name == "recency_days";
        Config::from_toml_beside(&format!("{SHOP}{features}"), Path::new("retain.toml"), &is_taken)
    }

    fn messages(features: &str) -> Vec<String> {
        let Err(ConfigError::Violations { violations, .. }) = load(features) else { panic!("{features}") };
        let line = |v: &Violation| v.place().line.map_or(String::new(), |line| format!("{}: ", line - 10));
        violations.iter().map(|v| format!("{}{v} ({})", line(v), v.hint().unwrap_or_default())).collect()
    }

    #[test]
    fn a_feature_is_read_with_its_defaults() {
        let config = load(
            "[[features.custom]]\nname = 'premium_spend_90d'\ntable = 'purchases'\naggregate = 'sum'\n\
             column = 'q * p'\nfilter = \"c = 'x'\"\nwindow_days = 90\nunit = 'amount'\n\
             [[features.custom]]\nname = 'lines'\ntable = 'purchases'\naggregate = 'count'\n",
        );
        let features = config.unwrap().features.custom;
        assert_eq!((features[0].window_days, features[0].unit), (Some(Days(90)), CustomUnit::Amount));
        let lines = CustomFeature {
            name: "lines".into(),
            table: CustomTable::Purchases,
            aggregate: Aggregate::Count,
            column: None,
            filter: None,
            window_days: None,
            unit: CustomUnit::Count,
            reason: None,
        };
        assert_eq!(features[1], lines);
        assert!(lines.computes_like(&CustomFeature { reason: Some("{value}".into()), ..lines.clone() }));
        assert!(!lines.computes_like(&CustomFeature { window_days: Some(Days(7)), ..lines.clone() }));
        assert_eq!(load("").unwrap().features.custom, []);
    }

    #[test]
    fn everything_wrong_is_reported_at_once_with_its_line() {
        let found = messages(
            "[[features.custom]]\nname = 'a'\ntable = 'purchases'\naggregate = 'summ'\nwindow_days = 0\n\
             [[features.custom]]\nname = 'a'\ntable = 'complaints'\naggregate = 'sum'\ncolum = 'x'\n\
             [[features.custom]]\nname = 'recency_days'\ntable = 'contacts'\naggregate = 'count'\ncolumn = 'x'\n\
             [[features.custom]]\nname = 3\naggregate = 'distinct'\ncolumn = 'x'\nunit = 'days'\nreason = 'spent {x}'\n",
        );
        let expected = [
            "4: `features.custom.a.aggregate` must be one of `sum`",
            "5: `features.custom.a.window_days` must be a whole number of days from 1 to 3650; came 0",
            "6: `features.custom.2.column` is missing (the value of a row); it must be a column",
            "7: `features.custom.2.name` cannot be used: another feature is called `a` (names differ)",
            "8: `features.custom.2.table` cannot be used: the config has no `[complaints]` (map the table first)",
            "10: `features.custom.2.colum` is not a known key; `[[features.custom]]` knows `name`, `table`",
            "12: `features.custom.recency_days.name` cannot be used: `recency_days` is a feature",
            "13: `features.custom.recency_days.table` cannot be used: contacts are a treatment",
            "15: `features.custom.recency_days.column` cannot be used: `count` looks at rows",
            "16: `features.custom.4.table` is missing (the table whose rows it reads",
            "17: `features.custom.4.name` must be at most 60 of a-z, 0-9 and `_`, starting with a letter; came the integer",
            "20: `features.custom.4.unit` cannot be used: the unit of `distinct` is known (leave it out)",
            "21: `features.custom.4.reason` must be a sentence with `{value}`",
        ];
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "{found}\n{expected}");
        }
        assert!(found[0].ends_with("(the nearest known is `sum`)"), "{found:#?}");
        assert!(found[5].ends_with("(the nearest known key is `features.custom.2.column`)"), "{found:#?}");
    }

    #[test]
    fn of_customers_the_row_in_force_is_asked_for() {
        let with = |customers: &str, feature: &str| {
            load(&format!("{customers}[[features.custom]]\nname = 'a'\ntable = 'customers'\n{feature}"))
        };
        let customers = "[customers]\npath = 'c.csv'\n[customers.columns]\ncustomer_id = 'c'\n";
        let points = with(customers, "aggregate = 'last'\ncolumn = 'points'\n").unwrap().features.custom;
        assert_eq!((points[0].table, points[0].unit), (CustomTable::Customers, CustomUnit::Number));
        let since = "aggregate = 'days_since'\nfilter = \"tier = 'gold'\"\n";
        assert!(with(&format!("{customers}valid_from = 'v'\n"), since).is_ok());
        for (customers, feature, says) in [
            (customers, "aggregate = 'mean'\ncolumn = 'points'\n", "of which there is no `mean` (`last` is its value"),
            (customers, "aggregate = 'count'\nwindow_days = 90\n", "counts however long it has held (leave it out"),
            (customers, since, "no row says from when it holds (map `customers.columns.valid_from`)"),
            ("", since, "the config has no `[customers]` (map the table first)"),
        ] {
            let found = with(customers, feature);
            let Err(ConfigError::Violations { violations, .. }) = found else { panic!("{feature}") };
            let messages = format!("{} ({})", violations[0], violations[0].hint().unwrap_or_default());
            assert!(violations.len() == 1 && messages.contains(says), "{messages}");
        }
    }

    #[test]
    fn what_is_no_list_of_features_is_refused() {
        assert!(messages("[features]\ncustom = 3\n")[0].contains("must be a list of tables `[[features.custom]]`"));
        assert!(messages("[features]\ncustom = [3]\n")[0].contains("must be a list of tables"));
        assert!(messages("[features]\ncustm = 3\n")[0].contains("`features.custm` is not a known key"));
    }

    #[test]
    fn sentences_show_the_value_and_nothing_else() {
        for (text, fits) in [
            ("spent {value} on premium goods", true),
            ("{value order} of {value}", true),
            ("spent a lot", false),
            ("{values}", false),
            ("{value }", false),
            ("{value", false),
            ("value} {value}", false),
            ("{value}\n", false),
            ("{recency_days}", false),
        ] {
            assert_eq!(is_sentence(text), fits, "{text}");
        }
        assert_eq!(labels([Some("a"), Some("a"), None, Some("A b")]), ["a", "2", "3", "4"]);
    }
}
