//! Currencies of amounts: one that is not that of the config must not be added to it.

use std::collections::BTreeMap;

use super::finding::{Finding, Severity};
use crate::config::{Config, Table};
use crate::ingest::TypedTable;
use crate::text::{counted, grouped};

/// Used rows of each currency in a table, and the column of the source that names it.
#[derive(Debug, Clone, Default)]
pub(super) struct Currencies {
    rows: BTreeMap<Table, BTreeMap<String, u64>>,
    sources: BTreeMap<Table, String>,
}

impl Currencies {
    pub(super) fn of(tables: &[TypedTable]) -> Self {
        let mut currencies = Self::default();
        for table in tables.iter().filter(|table| table.has("currency")) {
            let (names, codes) = (table.names("currency"), table.codes("currency"));
            let mut counts = vec![0_u64; names.len() + 1];
            for row in table.used_rows() {
                let place = codes.get(row).map_or(names.len(), |code| (*code as usize).min(names.len()));
                counts.get_mut(place).into_iter().for_each(|count| *count += 1);
            }
            let rows = currencies.rows.entry(table.table()).or_default();
            for (place, count) in counts.into_iter().enumerate().filter(|(_, count)| *count > 0) {
                let code = names.get(place).map_or_else(String::new, |name| name.to_ascii_uppercase());
                *rows.entry(code).or_default() += count;
            }
            currencies.sources.extend(table.currency_source.clone().map(|source| (table.table(), source)));
        }
        currencies
    }

    /// Adds other rows.
    pub(super) fn add(&mut self, other: Self) {
        for (table, rows) in other.rows {
            let own = self.rows.entry(table).or_default();
            for (code, n) in rows {
                *own.entry(code).or_default() += n;
            }
        }
        self.sources.extend(other.sources);
    }

    /// What the whole shop has beside the currency of the config.
    pub(super) fn findings(&self, config: &Config) -> Vec<Finding> {
        self.rows.iter().filter_map(|(table, rows)| self.finding(*table, rows, config)).collect()
    }

    fn finding(&self, table: Table, rows: &BTreeMap<String, u64>, config: &Config) -> Option<Finding> {
        let (own, rates) = (config.currency.code(), config.table(table).map(|section| &section.rates)?);
        let is_other = |code: &str| code != own && !code.is_empty();
        if !rows.keys().any(|code| is_other(code)) {
            return None;
        }
        let listed = |wanted: &dyn Fn(&str) -> bool| {
            let mut counts: Vec<(&String, &u64)> = rows.iter().filter(|(code, _)| wanted(code)).collect();
            counts.sort_by_key(|(code, n)| (std::cmp::Reverse(**n), (*code).clone()));
            let shown = |(code, n): &(&String, &u64)| {
                if code.is_empty() {
                    format!("without a code ({})", grouped(**n))
                } else {
                    format!("{code} ({})", grouped(**n))
                }
            };
            let n_more = counts.len().saturating_sub(MOST_SHOWN);
            let list: Vec<String> = counts.iter().take(MOST_SHOWN).map(shown).collect();
            list.join(", ") + &if n_more > 0 { format!(" and {n_more} more") } else { String::new() }
        };
        let has_rate = |code: &str| code == own || rates.contains_key(code);
        let count = rows.iter().filter(|(code, _)| !has_rate(code)).map(|(_, n)| n).sum::<u64>();
        let column = self.sources.get(&table).map_or("currency", String::as_str);
        let name = table.name();
        if count == 0 {
            let converted: u64 = rows.iter().filter(|(code, _)| is_other(code)).map(|(_, n)| n).sum();
            let message = format!(
                "amounts of {} are converted to {own} at the `rates` of the config, each rounded to minor units, half to \
                 even: {}",
                counted(converted, "row"),
                listed(&is_other)
            );
            let finding = Finding::new("converted_amounts", name, Severity::Recommendation, message);
            return Some(finding.of_column("currency").counting(converted));
        }
        let message = format!(
            "`{column}` names the currency of the amounts, and {} are not in {own}, that of the config: {}",
            counted(rows.iter().filter(|(code, _)| code.as_str() != own).map(|(_, n)| n).sum(), "row"),
            listed(&|code| code != own && !has_rate(code))
        );
        let finding =
            Finding::new("mixed_currencies", name, Severity::Error, message).of_column("currency").counting(count);
        Some(finding.with_hint(hint(table, column, rows, own)))
    }
}

/// Currencies that a message lists.
const MOST_SHOWN: usize = 8;

fn hint(table: Table, column: &str, rows: &BTreeMap<String, u64>, own: &str) -> String {
    let name = table.name();
    if let [code] = rows.keys().collect::<Vec<_>>().as_slice()
        && !code.is_empty()
    {
        return format!(
            "write `currency = \"{code}\"` at the top of the config, or map `currency = \"'{own}'\"` if it is wrong"
        );
    }
    let code = rows.keys().find(|code| code.as_str() != own && !code.is_empty()).map_or("USD", String::as_str);
    format!(
        "write `filter = \"\\\"{column}\\\" = '{own}'\"` in `[{name}]` to leave the others out; or map `currency = \"{column}\"` \
         and write what one unit is worth in {own} in `[{name}.rates]`, such as `{code} = 0.92`"
    )
}
