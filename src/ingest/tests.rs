//! Small shops in text files, read from one end to the other.

use std::path::PathBuf;

use crate::config::{Duplicates, NegativeAmounts, TableConfig};

/// A table's section with nothing mapped yet.
pub(crate) fn table_config(paths: &[&str]) -> TableConfig {
    TableConfig {
        paths: paths.iter().map(PathBuf::from).collect(),
        postgres: None,
        layout: crate::config::Layout::default(),
        filter: None,
        duplicates: Duplicates::Drop,
        latest_by: None,
        time_format: None,
        decimal: None,
        thousands: None,
        amount_is: None,
        discount_is: None,
        rates: std::collections::BTreeMap::new(),
        negative_amounts: NegativeAmounts::Return,
        id_case: None,
        id_trim: None,
        fill_down: None,
        known_values: Vec::new(),
        columns: std::collections::BTreeMap::new(),
        lookups: Vec::new(),
    }
}
