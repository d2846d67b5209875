//! How jobs on real data begin: the config, the checked data, the as-of day, the folder of the run.

use std::path::PathBuf;

use jiff::civil::Date;
use serde_json::json;

use super::config_file::{config_path, configure};
use super::error::JobError;
use super::inputs::Inputs;
use super::printing::shown;
use super::session::{MANIFEST, Session, TIMINGS, rejects};
use crate::cli::{Job, Learning, OutputOptions, Watch};
use crate::config::Config;
use crate::error::Failure;
use crate::files::{OutputFolder, Ready, ScratchFolder, Staged, require_writable, stale, sweep};
use crate::ingest::{self, Account, Carried, Fetched};
use crate::monitor::{Census, Delivered};
use crate::output::stage_rejects;
use crate::pipeline::{Progress, Provenance};
use crate::registry::{Mended, Registry, Writing};
use crate::text::counted;
use crate::timeline::{Calendar, ContactLog, Cutoff, EventLog, date_of};
use crate::units::{Days, Timestamp};
use crate::validate::{self, AsOf, Loaded, Severity};

/// What kind of job it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Task {
    pub(super) today: Today,
    /// The files that it may write beside those of every job; `None` if it only looks, and leaves rejected rows at most.
    pub(super) files: Option<&'static [&'static str]>,
}

impl Task {
    /// The names of all files that it may write.
    fn names(&self) -> Vec<String> {
        let own = self.files.unwrap_or_default().iter().copied().chain([MANIFEST, TIMINGS]).map(str::to_owned);
        own.chain(rejects()).collect()
    }
}

/// The day that a job takes for today where neither the command line nor the config names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Today {
    /// The day after the last purchase.
    AfterTheData,
    /// The day of the clock.
    OfTheClock,
}

/// Reads the config, makes sure that the outputs can be written, reads and checks the data, tells what became of every row,
/// writes the rejected ones, and refuses data that may not be used.
pub(super) fn start(
    job: &Job,
    talk: OutputOptions,
    now: Timestamp,
    plan: Task,
) -> Result<(Session, EventLog), Failure> {
    let mut config = configure(job)?;
    require_output(job, &config, plan)?;
    let watch = Watch::new(talk);
    let fetched = fetch(&mut config, &watch)?;
    watch.begin("reading and checking", 1);
    let loaded = validate::load(&config, now)?;
    let last_purchase = last_purchase(&loaded);
    let opening = Opening { config, watch, last_purchase, plan, now, fetched };
    let (mut session, loaded) = begin(job, loaded, opening)?;
    let Loaded { tables, dictionaries, carried, contacts, accounts, .. } = loaded;
    (session.carried, session.contacts) = (carried, contacts);
    if plan.files.is_some() {
        let delivered = accounts.iter().map(delivered).collect();
        session.census = Some(Census::of(&tables, delivered, session.as_of, &session.config.timezone));
    }
    session.watch.begin("sorting by customer and time", 1);
    let log = EventLog::build(tables, &session.config.timezone)?.naming_categories(dictionaries.categories);
    Ok((session, log.naming_places(dictionaries.channels, dictionaries.regions)))
}

/// How many rows of a table came in, how many of them repeat others, and how many are lost.
fn delivered(account: &Account) -> Delivered {
    let (repeated, rejected) = (account.n_repeated(), account.n_lost());
    Delivered { feed: account.table, rows: account.rows_in, repeated, rejected }
}

/// The same for a job that trains, with the settings that it is to try.
pub(super) fn start_learning(
    learning: &Learning,
    talk: OutputOptions,
    now: Timestamp,
    files: &'static [&'static str],
) -> Result<(Session, EventLog), Failure> {
    let plan = Task { today: Today::AfterTheData, files: Some(files) };
    let (mut session, log) = start(&learning.job, talk, now, plan)?;
    let tuning = &mut session.config.tuning;
    tuning.trials = learning.tune.unwrap_or(tuning.trials);
    Ok((session, log))
}

/// What a session begins with, beside the checked data.
pub(super) struct Opening {
    pub(super) config: Config,
    pub(super) watch: Watch,
    pub(super) last_purchase: Option<Timestamp>,
    pub(super) plan: Task,
    pub(super) now: Timestamp,
    /// What queries gave.
    pub(super) fetched: Option<ScratchFolder>,
}

/// Runs the queries of a config, and puts files in their place that are removed with the folder. Its name is always the same,
/// so that nothing that is said of them differs from run to run.
pub(super) fn fetch(config: &mut Config, watch: &Watch) -> Result<Option<ScratchFolder>, Failure> {
    if !ingest::has_queries(config) {
        return Ok(None);
    }
    watch.begin("asking the database", 1);
    let folder = ScratchFolder::named(&config.output.dir, "postgres")?;
    for Fetched { table, n_rows, .. } in ingest::fetch(config, folder.path())? {
        tracing::info!("{}: {} from PostgreSQL", table.name(), counted(n_rows, "row"));
    }
    Ok(Some(folder))
}

/// Reports what became of every row, writes the rejected ones, and refuses data that may not be used.
pub(super) fn begin(
    job: &Job,
    loaded: Loaded,
    Opening { config, watch, last_purchase, plan, now, fetched }: Opening,
) -> Result<(Session, Loaded), Failure> {
    if plan.files.is_some() || loaded.is_refused() {
        report(&loaded);
    } else {
        mention(&loaded);
    }
    require_a_day_that_came(&config, now)?;
    let as_of = as_of(&config, last_purchase, plan.today, now);
    let folder = folder_of(job, &config, as_of.map(Cutoff::date));
    inputs_of(job, &config).refuse(&folder, &plan.names())?;
    let is_written = plan.files.is_some() || !loaded.rejects.is_empty();
    if is_written {
        // What an interrupted promotion left is reported by the folder of its list, as it is now.
        registry(&config, now)?;
    }
    let output = is_written.then(|| OutputFolder::claim(&folder, now)).transpose()?;
    if let Some(holder) = output.as_ref().and_then(OutputFolder::stale_holder) {
        tracing::warn!("note[stale_lock]: `{}`: {}", shown(&folder), stale(holder));
    }
    // Scratch folders with customers' rows lie there.
    let n_swept = sweep(&config.output.dir) + output.as_ref().map_or(0, OutputFolder::n_swept);
    if let Some(n) = Some(n_swept).filter(|n| *n > 0) {
        tracing::info!("note[leftovers]: {} of killed runs removed", counted(n as u64, "leftover"));
    }
    let rejected = write_rejects(&loaded, output.as_ref())?;
    let findings = json!(loaded.findings);
    let provenance = Provenance { inputs: json!(loaded.fingerprints), accounts: json!(loaded.accounts) };
    let loaded = loaded.accepted();
    if loaded.is_err() && !rejected.is_empty() {
        let paths: Vec<String> = rejected.iter().map(|(_, path)| shown(path)).collect();
        tracing::info!("rejected rows are listed in {}", paths.join(", "));
    }
    let loaded = loaded?;
    if let Some(day) = as_of {
        let is_of_the_clock = plan.today == Today::OfTheClock;
        validate::require_a_feed(&loaded.pace, AsOf { day, is_of_the_clock }, &config.validate)?;
    }
    let (Some(as_of), Some(last_purchase)) = (as_of, last_purchase) else { return Err(JobError::NoPurchases.into()) };
    let session = Session {
        config,
        as_of,
        last_purchase,
        now,
        watch,
        folder,
        output,
        carried: Carried::default(),
        contacts: ContactLog::default(),
        changes: None,
        provenance,
        findings,
        census: None,
        written: Vec::new(),
        rejected,
        _fetched: fetched,
    };
    Ok((session, loaded))
}

/// Refuses, before anything is read, outputs that would do harm or cannot be written.
pub(super) fn require_output(job: &Job, config: &Config, plan: Task) -> Result<(), Failure> {
    let folder = job.out.clone().unwrap_or_else(|| config.output.dir.join(&config.name));
    if job.out.is_some() {
        inputs_of(job, config).refuse(&folder, &plan.names())?;
    }
    if let Some(folder) = &config.output.lineage {
        inputs_of(job, config).refuse(folder, &["event.json".to_owned()])?;
    }
    if plan.files.is_some() {
        require_writable(&folder)?;
    }
    Ok(())
}

/// What the job reads.
pub(super) fn inputs_of(job: &Job, config: &Config) -> Inputs {
    Inputs::of_config(config, &config_path(job.config.as_deref()))
}

/// The models of the shop, and what had to be mended there told.
pub(super) fn registry(config: &Config, now: Timestamp) -> Result<Registry, Failure> {
    let registry = Registry::new(&config.models.dir, &config.name);
    report_mended(&registry.settle(now)?);
    Ok(registry)
}

/// Begins to write to the models of the shop, and tells what had to be mended there.
pub(super) fn write_registry(registry: &Registry, now: Timestamp) -> Result<Writing, Failure> {
    let writing = registry.write(now)?;
    report_mended(writing.mended());
    Ok(writing)
}

fn report_mended(mended: &[Mended]) {
    for mended in mended {
        tracing::warn!("note[registry_mended]: {mended}");
    }
}

/// The instant of the last purchase.
pub(super) fn last_purchase(loaded: &Loaded) -> Option<Timestamp> {
    loaded.tables.purchases.purchased_at.iter().max().copied()
}

/// The as-of day: of the config or the command line, else of the clock or after the data; `None` without data.
pub(super) fn as_of(config: &Config, last_purchase: Option<Timestamp>, today: Today, now: Timestamp) -> Option<Cutoff> {
    let as_of = match today {
        Today::OfTheClock => Some(as_of_day(config, now)),
        Today::AfterTheData => last_purchase.map(|last| as_of_day(config, last).after(Days(1), &config.timezone)),
    };
    config.as_of.map(|date| Cutoff::at_start_of(date, &config.timezone)).or(as_of)
}

/// Refuses a day that is named and has not come. Tomorrow is allowed: the day of today's rows ends at its midnight.
fn require_a_day_that_came(config: &Config, now: Timestamp) -> Result<(), JobError> {
    let (Some(as_of), today) = (config.as_of, as_of_day(config, now)) else { return Ok(()) };
    let latest = today.after(Days(1), &config.timezone).date();
    if as_of <= latest { Ok(()) } else { Err(JobError::NotCome { as_of, today: today.date() }) }
}

fn report(loaded: &Loaded) {
    for account in &loaded.accounts {
        tracing::info!("{account}");
    }
    for finding in &loaded.findings {
        match finding.severity {
            Severity::Error => tracing::error!(rule = finding.rule, "{finding}"),
            Severity::Warning => tracing::warn!(rule = finding.rule, "{finding}"),
            Severity::Recommendation => tracing::info!(rule = finding.rule, "{finding}"),
        }
    }
}

/// Of data that stand, to somebody who asks about one customer: only that there is something to read about them.
fn mention(loaded: &Loaded) {
    let n = loaded.findings.len() as u64;
    if n > 0 {
        tracing::info!("note[findings]: {} about the data; `retain check` tells them", counted(n, "finding"));
    }
}

/// The local midnight at the start of the day of an instant.
fn as_of_day(config: &Config, instant: Timestamp) -> Cutoff {
    let date = date_of(Calendar::new(&config.timezone).day(instant));
    Cutoff::at_start_of(date.unwrap_or(Date::MAX), &config.timezone)
}

fn folder_of(job: &Job, config: &Config, as_of: Option<Date>) -> PathBuf {
    let day = as_of.map_or_else(|| "no-data".to_owned(), |date| date.to_string());
    job.out.clone().unwrap_or_else(|| config.output.dir.join(&config.name).join(day))
}

/// Writes the rejected rows at once, because data that are refused leave nothing else; under a name of their own, because an
/// earlier run may have left others, which its manifest seals.
fn write_rejects(loaded: &Loaded, output: Option<&OutputFolder>) -> Result<Vec<(String, PathBuf)>, Failure> {
    let Some(output) = output.filter(|_| !loaded.rejects.is_empty()) else { return Ok(Vec::new()) };
    let staged = Staged::among_others(output.path())?;
    let written = loaded.rejects.iter().map(|rows| stage_rejects(rows, &staged)).collect::<Result<_, _>>()?;
    staged.commit()?;
    Ok(written)
}

/// Lets the files of a run appear, without a change of the champion.
pub(super) fn appear(ready: Ready) -> Result<(), Failure> {
    Ok(ready.take_place()?)
}
