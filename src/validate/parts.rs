//! A shop checked part by part of its customers, where it is larger than memory: accounts add up, findings about rows are
//! told once for all parts, and the shop as a whole is judged at the end.

use polars::prelude::DataFrame;

use super::bridges;
use super::causes::in_order;
use super::examples::Shown;
use super::other_ids;
use super::relations::{SHARED_ORDER, shared_orders};
use super::{CheckOutcome, CheckVerdict, Loaded, check};
use crate::config::{Config, Table};
use crate::error::Failure;
use crate::ingest::{self, Account, Carried, CustomCells, Dictionaries, IngestError, Parts, SeenEvents};
use crate::timeline::ContactLog;
use crate::timeline::columns::Tables;
use crate::units::Timestamp;

/// What the checks say of a part.
#[derive(Debug)]
pub struct CheckedPart(CheckOutcome);

/// Reads a part of the customers, checks its rows, and hands over what may be used. Where all parts are checked, one after
/// the other, `seen` has the orders and complaints of those before.
///
/// # Errors
/// An [`IngestError`] if a table cannot be read at all.
pub fn load_part(
    config: &Config,
    now: Timestamp,
    parts: &Parts,
    part: usize,
    seen: Option<&mut SeenEvents>,
) -> Result<(Tables, Dictionaries, CheckedPart), IngestError> {
    let mut checked = check(config, now, ingest::read_part(config, parts, part)?)?;
    if let Some(seen) = seen {
        beside(&mut checked, seen)?;
    }
    let (tables, dictionaries) = ingest::columns(config, checked.tables);
    Ok((tables, dictionaries, CheckedPart(checked.outcome)))
}

/// Corrects what a part says of orders and complaints by those of the parts before.
fn beside(CheckVerdict { tables, outcome }: &mut CheckVerdict, seen: &mut SeenEvents) -> Result<(), IngestError> {
    for table in tables {
        let crossing = seen.add(table)?;
        let own = outcome.accounts.iter_mut().filter(|account| account.table == table.table().name());
        own.for_each(|account| account.without_events(crossing.repeated));
        if table.table() == Table::Purchases {
            outcome.tallies.remove(SHARED_ORDER);
            if let Some(tally) = shared_orders(table, &crossing.shared) {
                outcome.tallies.add(tally);
            }
        }
    }
    Ok(())
}

/// The table that rejected rows are of.
fn table_of(rows: &DataFrame) -> Option<String> {
    let table = rows.column("table").ok()?.str().ok()?.get(0)?;
    Some(table.to_owned())
}

/// What the checks of the parts say together.
#[derive(Debug, Default)]
pub struct Together(CheckOutcome);

impl Together {
    /// Adds a part.
    ///
    /// # Errors
    /// `IngestError::Engine` if the rejected rows of two parts cannot be put together.
    pub fn add(&mut self, CheckedPart(part): CheckedPart) -> Result<(), IngestError> {
        for account in part.accounts {
            self.add_account(account);
        }
        self.0.tallies.add_all(part.tallies);
        for rows in part.rejects {
            self.add_rejects(rows)?;
        }
        CustomCells::add_all(&mut self.0.custom_cells, &part.custom_cells);
        self.0.totals.add(part.totals);
        Ok(())
    }

    fn add_account(&mut self, account: Account) {
        match self.0.accounts.iter_mut().find(|known| known.table == account.table) {
            Some(known) => known.add(&account),
            None => self.0.accounts.push(account),
        }
    }

    fn add_rejects(&mut self, rows: DataFrame) -> Result<(), IngestError> {
        if let Some(known) = self.0.rejects.iter_mut().find(|known| table_of(known) == table_of(&rows)) {
            let stacked = known.vstack_mut(&rows).map(|_| ());
            return stacked.map_err(IngestError::engine("putting rejected rows together"));
        }
        self.0.rejects.push(rows);
        Ok(())
    }

    /// The instant of the last purchase.
    #[must_use]
    pub fn last_purchase(&self) -> Option<Timestamp> {
        self.0.totals.days.span().map(|(_, last)| last)
    }

    /// Judges the shop as a whole. What is returned has no tables: they are in the parts.
    ///
    /// # Errors
    /// An [`IngestError`] if a file can no longer be read.
    pub fn finish(self, config: &Config, now: Timestamp, parts: &Parts) -> Result<Loaded, Failure> {
        CustomCells::refuse_words(&self.0.custom_cells)?;
        let looks = self.0.totals.looks_of_ids(&self.0.accounts);
        let (accounts, mut findings, rejects, pace) = self.0.completed(config, now);
        other_ids::name_better(config, looks, &mut findings)?;
        bridges::name(config, &accounts, &mut findings);
        in_order(&mut findings, &accounts);
        Shown::of(config)?.guard(&mut findings);
        let mut rejects = rejects.iter().map(|rows| parts.in_order(rows)).collect::<Result<Vec<_>, _>>()?;
        rejects
            .sort_by_key(|rows| accounts.iter().position(|account| Some(account.table.to_owned()) == table_of(rows)));
        let fingerprints = ingest::fingerprints(parts.files())?;
        let (tables, dictionaries) = (Tables::default(), Dictionaries::default());
        let (carried, contacts) = (Carried::default(), ContactLog::default());
        Ok(Loaded { tables, dictionaries, accounts, findings, rejects, fingerprints, pace, carried, contacts })
    }
}
