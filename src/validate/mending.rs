//! Lines of config that mend what a check found.

use crate::config::{Config, Table, TableConfig};
use crate::ingest::{sql_name, toml_text};

/// The line that adds a condition to the filter of the purchases.
pub(super) fn filter(config: &Config, condition: &str) -> String {
    filter_of(Table::Purchases, config, condition)
}

/// The line that adds a condition to the filter of a table.
pub(super) fn filter_of(table: Table, config: &Config, condition: &str) -> String {
    let own = config.table(table).and_then(|section| section.filter.as_ref());
    let whole = own.map_or_else(|| condition.to_owned(), |filter| format!("({filter}) AND {condition}"));
    format!("`filter = {}` in `[{}]`", toml_text(&whole), table.name())
}

/// The ids of customers of a table as SQL has them as text.
pub(super) fn customer(section: &TableConfig) -> String {
    column(section, "customer_id")
}

/// One of our columns of a table as SQL has it as a number.
pub(super) fn number(section: &TableConfig, ours: &str) -> String {
    let source = section.columns.get(ours).map_or("", String::as_str);
    let is_name = |letter: char| letter.is_alphanumeric() || matches!(letter, ' ' | '_' | '-' | '.' | '#');
    if source.chars().all(is_name) { sql_name(source) } else { format!("({source})") }
}

/// One of our columns of a table as SQL has it as text.
pub(super) fn column(section: &TableConfig, ours: &str) -> String {
    let name = number(section, ours);
    let is_text = section.paths.iter().all(|path| !path.to_string_lossy().contains("parquet"));
    if is_text { name } else { format!("CAST({name} AS VARCHAR)") }
}
