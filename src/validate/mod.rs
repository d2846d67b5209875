//! Whether data may be used: one file per check family, each a line in `CHECKS`. Checks reject rows and write findings;
//! they correct nothing but what a finding names.

mod after_now;
mod amounts;
mod bridges;
mod bundles;
mod categories;
mod causes;
mod cents;
mod changed_orders;
mod checked;
mod consent;
mod contacts;
mod costs;
mod counted_pieces;
mod counted_twice;
mod currencies;
mod customer_ids;
mod discount_lines;
mod discounts_left;
mod duplicates;
mod error;
mod examples;
mod feed;
mod file_orders;
mod finding;
mod forms;
mod id_groups;
mod instalments;
mod joined_lines;
mod layout;
mod lines_as_orders;
mod lone_returns;
mod loose_ids;
mod losses;
mod magnitudes;
mod mending;
mod newest_rows;
mod no_goods;
mod nobody;
mod opt_outs;
mod order_amounts;
mod order_discounts;
mod order_numbers;
mod order_parts;
mod order_signs;
mod order_totals;
mod other_ids;
mod pace;
mod parts;
mod phone_ids;
mod pieces_back;
mod placeholders;
mod rejected_states;
mod relations;
mod same_moments;
mod scales;
mod sensitive;
mod shop_totals;
mod silence;
mod sizes;
mod sold_twice;
mod suborders;
mod tally;
mod thin_weeks;
mod ticket_states;
mod time;
mod turnover_share;
mod typing;
mod unknown_states;
mod unpaid;
mod unusual_dates;
mod volume;

use jiff::civil::Time;
use polars::prelude::DataFrame;

use crate::config::{Config, Table};
use crate::error::Failure;
use crate::ingest::{self, Account, Carried, CustomCells, Dictionaries, Fingerprint, IngestError, Read, TypedTable};
use crate::timeline::ContactLog;
use crate::timeline::columns::Tables;
use crate::units::Timestamp;
use causes::in_order;
use checked::Checked;
use examples::Shown;
use shop_totals::ShopTotals;
use tally::Tallies;

pub use error::DataError;
pub use feed::require_fresh;
pub use finding::{Finding, Severity};
pub use pace::{AsOf, Pace};
pub use parts::{CheckedPart, Together, load_part};
pub use silence::require_a_feed;

/// The families of checks that look at rows, in the order in which they run: rows are rejected before they are compared
/// and counted. Those that look at the shop as a whole follow, see [`ShopTotals::findings`](shop_totals::ShopTotals::findings).
const CHECKS: &[fn(&mut Checked<'_>)] = &[
    forms::check,
    typing::check,
    changed_orders::check,
    duplicates::check,
    opt_outs::check,
    time::check,
    amounts::check,
    order_amounts::share_out,
    order_discounts::take_off,
    costs::check,
    relations::check,
    contacts::check,
];

/// Tables that were read and checked.
#[derive(Debug)]
pub struct Loaded {
    /// The used rows as plain columns.
    pub tables: Tables,
    /// What the codes in them mean.
    pub dictionaries: Dictionaries,
    /// What became of the rows of each table.
    pub accounts: Vec<Account>,
    /// What the checks found, errors first.
    pub findings: Vec<Finding>,
    /// Rejected rows of each table that has any.
    pub rejects: Vec<DataFrame>,
    /// The files that were read.
    pub fingerprints: Vec<Fingerprint>,
    /// How much the shop sold when.
    pub pace: Pace,
    /// What the list shows of customers as it is.
    pub carried: Carried,
    /// Who was contacted when.
    pub contacts: ContactLog,
}

impl Loaded {
    /// Whether a finding forbids the use of the data.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// The same data, if no finding forbids their use.
    ///
    /// # Errors
    /// `DataError::Refused` with the findings of severity error.
    pub fn accepted(self) -> Result<Self, DataError> {
        let errors = self.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let findings: Vec<Finding> = errors.cloned().collect();
        if findings.is_empty() { Ok(self) } else { Err(DataError::Refused { findings }) }
    }
}

/// Reads the tables of the config, checks them, and hands over what may be used.
///
/// `now` is the clock of `main`: rows after it are rejected. Findings of severity error do not end this function, so that
/// a report can show all of them; [`Loaded::accepted`] does.
///
/// # Errors
/// An [`IngestError`] if a table cannot be read at all.
pub fn load(config: &Config, now: Timestamp) -> Result<Loaded, Failure> {
    load_and_look(config, now, |_| ()).map(|(loaded, ())| loaded)
}

/// Does what [`load`] does with columns in memory, which have no fingerprints.
///
/// # Errors
/// An [`IngestError`] if a table cannot be read at all.
pub fn load_frames(config: &Config, now: Timestamp, frames: &[(Table, DataFrame)]) -> Result<Loaded, Failure> {
    let mut checked = check(config, now, ingest::read_frames(config, frames)?)?;
    // No list comes of columns in memory, and a part of a shop may have no opt-outs.
    checked.outcome.totals.statements = opt_outs::Statements::default();
    let (tables, dictionaries) = ingest::columns(config, checked.tables);
    let (accounts, mut findings, rejects, pace) = checked.outcome.completed(config, now);
    Shown::of(config)?.guard(&mut findings);
    Ok(Loaded {
        tables,
        dictionaries,
        accounts,
        findings,
        rejects,
        fingerprints: Vec::new(),
        pace,
        carried: Carried::default(),
        contacts: ContactLog::default(),
    })
}

/// Does what [`load`] does, and shows the checked tables before they are handed over.
///
/// # Errors
/// An [`IngestError`] if a table cannot be read at all.
pub fn load_and_look<T>(
    config: &Config,
    now: Timestamp,
    look: impl FnOnce(&[TypedTable]) -> T,
) -> Result<(Loaded, T), Failure> {
    let shown = Shown::of(config)?;
    let read = ingest::read(config)?;
    let files = read.files.clone();
    let (fingerprints, checked) = rayon::join(|| ingest::fingerprints(files), || check(config, now, read));
    let (fingerprints, checked) = (fingerprints?, checked?);
    let seen = look(&checked.tables);
    let (carried, contacts) = (Carried::of(&checked.tables), ingest::contacts(&checked.tables));
    let (tables, dictionaries) = ingest::columns(config, checked.tables);
    let looks = checked.outcome.totals.looks_of_ids(&checked.outcome.accounts);
    let (accounts, mut findings, rejects, pace) = checked.outcome.completed(config, now);
    other_ids::name_better(config, looks, &mut findings)?;
    bridges::name(config, &accounts, &mut findings);
    in_order(&mut findings, &accounts);
    shown.guard(&mut findings);
    Ok((Loaded { tables, dictionaries, accounts, findings, rejects, fingerprints, pace, carried, contacts }, seen))
}

/// Checked tables and what the checks say about them.
struct CheckVerdict {
    tables: Vec<TypedTable>,
    outcome: CheckOutcome,
}

/// What checks say of a shop or a part of it.
#[derive(Debug, Default)]
struct CheckOutcome {
    accounts: Vec<Account>,
    tallies: Tallies,
    rejects: Vec<DataFrame>,
    totals: ShopTotals,
    custom_cells: Vec<CustomCells>,
}

impl CheckOutcome {
    /// The accounts, what is to be said of the shop, errors first, and the rejected rows.
    fn completed(self, config: &Config, now: Timestamp) -> (Vec<Account>, Vec<Finding>, Vec<DataFrame>, Pace) {
        let mut findings = self.tallies.findings(&self.accounts);
        findings.extend(self.totals.findings(config, as_of(config, now)));
        findings.extend(self.totals.of_customers(config, &self.accounts));
        findings.extend(volume::rejected_shares(&self.accounts, config));
        let after_now = after_now::finding(&self.accounts, &findings, now);
        findings.extend(after_now);
        findings.extend(sensitive::finding(config));
        in_order(&mut findings, &self.accounts);
        (self.accounts, findings, self.rejects, self.totals.pace)
    }
}

fn check(config: &Config, now: Timestamp, read: Read) -> Result<CheckVerdict, IngestError> {
    let mut checked = Checked { config, now, tables: read.tables, tallies: Tallies::default() };
    for check in CHECKS {
        check(&mut checked);
    }
    let Checked { tables, tallies, .. } = checked;
    let accounts = tables.iter().map(TypedTable::account).collect::<Result<Vec<_>, _>>()?;
    let rejects = tables.iter().map(TypedTable::rejected_rows).collect::<Result<Vec<_>, _>>()?;
    let rejects = rejects.into_iter().flatten().collect();
    let totals = ShopTotals::of(&tables, config, now);
    let custom_cells = tables.iter().flat_map(|table| table.custom_cells.iter().cloned()).collect();
    Ok(CheckVerdict { tables, outcome: CheckOutcome { accounts, tallies, rejects, totals, custom_cells } })
}

/// The instant the run takes for now.
fn as_of(config: &Config, now: Timestamp) -> Timestamp {
    config.as_of.map_or(now, |date| midnight(config, date))
}

/// Local midnight at the start of a day.
fn midnight(config: &Config, date: jiff::civil::Date) -> Timestamp {
    let local = date.to_datetime(Time::midnight());
    let instant = config.timezone.to_ambiguous_zoned(local).compatible().map(|zoned| zoned.timestamp());
    Timestamp(instant.map_or(i64::MAX, jiff::Timestamp::as_microsecond))
}

#[cfg(test)]
mod tests;
