//! Columns of customers that are mapped and not read, because they are sensitive.

use super::finding::{Finding, Severity};
use crate::config::{Config, LeftOut, Table};
use crate::text::counted;

/// Tells which they are, in one finding.
pub(super) fn finding(config: &Config) -> Option<Finding> {
    let left_out = &config.privacy.left_out;
    let first = left_out.first()?;
    let named = |LeftOut { column, source, attribute }: &LeftOut| format!("`{column}` = `{source}` ({attribute})");
    let n = left_out.len() as u64;
    let message = format!(
        "{} sensitive, so that no feature is made of {}: {}",
        if n == 1 { "a mapped column is".to_owned() } else { format!("{} are", counted(n, "mapped column")) },
        if n == 1 { "it" } else { "them" },
        left_out.iter().map(named).collect::<Vec<_>>().join(", ")
    );
    let hint = format!(
        "take it out of the mapping; if it may decide who is contacted, add `[privacy] allow = [\"{}\"]`; to audit by it, \
         `[privacy] sensitive`",
        first.column
    );
    let finding = Finding::new("sensitive_columns", Table::Customers.name(), Severity::Recommendation, message);
    Some(finding.of_column(first.column.clone()).counting(n).with_hint(hint))
}
