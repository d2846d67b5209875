//! What the rows of a table come to: its account, how many orders or complaints they are, and which of them were bought.

use std::collections::BTreeSet;

use super::account::{About, Account, Reason};
use super::error::IngestError;
use super::events::{Events, Numbered};
use super::table::TypedTable;
use crate::config::Table;

/// Which rows give nothing back. It has its columns at hand: a look for them by name costs more than the answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bought<'t> {
    returns: &'t [u8],
    amounts: &'t [i64],
}

impl Bought<'_> {
    /// Whether a row gives nothing back.
    pub(crate) fn holds(&self, row: usize) -> bool {
        match (self.returns.get(row), self.amounts.get(row)) {
            (Some(flag), _) => *flag != 1,
            (None, Some(amount)) => *amount >= 0,
            (None, None) => true,
        }
    }
}

impl TypedTable {
    /// The account of the table.
    ///
    /// # Errors
    /// `IngestError::Unbalanced` if a row got lost: a bug.
    pub fn account(&self) -> Result<Account, IngestError> {
        let cut = || self.origins.iter().flat_map(|origin| &origin.cut).map(|line| line.reason);
        let n_cut = cut().count();
        let n_sound: usize = self.origins.iter().map(|origin| origin.n_rows).sum();
        let reasons: BTreeSet<Reason> = cut().collect();
        let count = |reason: Reason| (reason, cut().filter(|other| *other == reason).count() as u64);
        let rejected = reasons.into_iter().map(count).chain(self.verdicts.counts()).collect();
        let used = self.used_rows().count() as u64;
        Account::balanced(self.table(), (n_sound + n_cut) as u64, (used, self.about()), rejected)
    }

    fn about(&self) -> About {
        let codes = self.codes("customer_id");
        let bought_rows = self.bought();
        // Whether a customer gave something back, or bought.
        let mut seen = vec![(false, false); self.names("customer_id").len()];
        for row in self.used_rows() {
            let code = codes.get(row).and_then(|code| usize::try_from(*code).ok());
            if let Some((returned, bought)) = code.and_then(|code| seen.get_mut(code)) {
                let is_bought = bought_rows.holds(row);
                *bought |= is_bought;
                *returned |= !is_bought;
            }
        }
        About {
            customers: seen.iter().filter(|(_, bought)| *bought).count() as u64,
            returns_only: seen.iter().filter(|(returned, bought)| *returned && !bought).count() as u64,
            events: self.events().map(|events| events.distinct),
        }
    }

    /// Which rows give nothing back.
    pub(crate) fn bought(&self) -> Bought<'_> {
        match self.table() {
            Table::Purchases => Bought { returns: self.flags("is_return"), amounts: self.money("amount") },
            _ => Bought { returns: &[], amounts: &[] },
        }
    }

    /// The number of the complaint or the order of each row; empty if rows have none.
    pub(super) fn event_keys(&self) -> &[u64] {
        self.keys(if self.table() == Table::Complaints { "complaint_id" } else { "order_id" })
    }

    /// Complaints of the table of complaints, orders of others; `None` if rows have no number of them.
    pub(crate) fn events(&self) -> Option<&Events> {
        let keys = self.event_keys();
        let count = || {
            let times = self.times(if self.table() == Table::Complaints { "opened_at" } else { "purchased_at" });
            let bought = self.bought();
            let rows = Numbered { keys, customers: self.codes("customer_id"), times };
            Events::count(rows, |row| self.verdicts.is_used(row), |row| bought.holds(row))
        };
        (!keys.is_empty()).then(|| self.events.get_or_init(count))
    }
}
