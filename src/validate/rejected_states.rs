//! Rejected purchases that a column of states tells from the others: no accident took them, they were never finished.

use std::collections::BTreeMap;

use super::finding::{Finding, Severity};
use super::mending::filter;
use crate::config::{Config, Table};
use crate::ingest::{Account, ColumnForm, Reason, Says, TypedTable, is_purchase, none_of};
use crate::text::{counted, verb};

/// The rule: it says which rows are lost.
pub(super) const REJECTED_STATES: &str = "rejected_states";

/// Fewer lost rows are an accident.
const LEAST_ROWS: u64 = 20;

/// Of the rows with a state the share that is lost, and of the lost rows the share that such states have.
const ALL_BUT: f64 = 0.95;

/// States that a message shows.
const SHOWN: usize = 5;

/// Used and lost rows with a value.
#[derive(Debug, Clone, Copy, Default)]
struct Fate {
    used: u64,
    lost: u64,
}

/// What became of the purchases with each value of the columns that nothing reads.
#[derive(Debug, Clone, Default)]
pub(super) struct RejectedStates {
    columns: BTreeMap<String, BTreeMap<String, Fate>>,
    lost: u64,
}

impl RejectedStates {
    pub(super) fn of(purchases: &TypedTable) -> Self {
        let is_lost = |row: &usize| purchases.reason(*row).is_some_and(Reason::is_loss);
        let lost: Vec<usize> = (0..purchases.n_rows()).filter(is_lost).collect();
        let mut found = Self { lost: lost.len() as u64, ..Self::default() };
        if lost.is_empty() {
            return found;
        }
        for column in purchases.watched.iter().filter(|column| column.watched.says == Says::State) {
            let mut fates: BTreeMap<u32, Fate> = BTreeMap::new();
            let code = |row: &usize| column.code(*row);
            lost.iter().filter_map(code).for_each(|code| fates.entry(code).or_default().lost += 1);
            purchases
                .used_rows()
                .filter_map(|row| code(&row))
                .for_each(|code| fates.entry(code).or_default().used += 1);
            let named = fates.into_iter().filter_map(|(code, fate)| Some((column.word_of(code)?.to_owned(), fate)));
            found.columns.insert(column.watched.name.clone(), named.collect());
        }
        found
    }

    /// Adds other customers.
    pub(super) fn add(&mut self, other: Self) {
        self.lost += other.lost;
        for (column, own) in other.columns {
            let sum = self.columns.entry(column).or_default();
            for (value, fate) in own {
                let known = sum.entry(value).or_default();
                *known = Fate { used: known.used + fate.used, lost: known.lost + fate.lost };
            }
        }
    }

    /// The states that nearly all lost rows have and hardly any other.
    pub(super) fn finding(&self, config: &Config, account: Option<&Account>) -> Option<Finding> {
        let account = account.filter(|_| self.lost >= LEAST_ROWS)?;
        self.columns.iter().find_map(|(name, fates)| {
            let is_lost = |fate: &Fate| fate.lost as f64 >= ALL_BUT * (fate.used + fate.lost) as f64 && fate.lost > 0;
            let states: Vec<(&str, u64)> = fates
                .iter()
                // Rows that are paid were lost for another reason.
                .filter(|(value, fate)| is_lost(fate) && !is_purchase(value))
                .map(|(value, fate)| (value.as_str(), fate.lost))
                .collect();
            let count: u64 = states.iter().map(|(_, lost)| lost).sum();
            let tells = (count as f64) >= ALL_BUT * self.lost as f64 && fates.values().any(|fate| !is_lost(fate));
            let texts: Vec<&str> = states.iter().map(|(value, _)| *value).collect();
            let shown: Vec<String> = texts.iter().take(SHOWN).map(|value| format!("`{value}`")).collect();
            let message = format!(
                "{} rejected {} the `{name}` {}, which no other purchase has: they were never finished",
                counted(count, "purchase"),
                verb(count, "has", "have"),
                shown.join(" or ")
            );
            let is_too_much = account.rejected_share() > config.validate.max_rejected_share;
            let severity = if is_too_much { Severity::Error } else { Severity::Warning };
            let condition = none_of(name, &texts, ColumnForm { is_text: true, has_empty: true });
            let hint = format!("set them aside: {}", filter(config, &condition));
            let finding = Finding::new(REJECTED_STATES, Table::Purchases.name(), severity, message);
            tells.then(|| finding.of_column(name).counting(count).with_hint(hint))
        })
    }
}
