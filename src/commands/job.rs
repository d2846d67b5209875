//! What jobs on real data have in common: the config, the checked data, the as-of day, the folder of the run.

use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde_json::json;

use super::error::JobError;
use crate::cli::{self, Job, Learning, Talk, Watch};
use crate::config::Config;
use crate::error::Failure;
use crate::features;
use crate::files::Staged;
use crate::output::stage_rejects;
use crate::pipeline::{Observer, Provenance};
use crate::timeline::{Cutoff, EventLog};
use crate::units::{Days, Timestamp};
use crate::validate::{self, DataError, Loaded};

/// The config that is looked for where none is named, and the sample's where there is none.
const CONFIG: &str = "retain.toml";
const SAMPLE: &str = "data/sample/retain.toml";

/// A job whose data were read and checked.
pub(super) struct Session {
    pub(super) config: Config,
    pub(super) as_of: Cutoff,
    /// The instant of the last purchase.
    pub(super) last_purchase: Timestamp,
    pub(super) now: Timestamp,
    pub(super) watch: Watch,
    /// Where the files of the run go.
    pub(super) folder: PathBuf,
    /// What is known of the input, for manifests.
    pub(super) provenance: Provenance,
    pub(super) findings: serde_json::Value,
    /// Files already written.
    pub(super) written: Vec<PathBuf>,
}

/// The day that a job takes for today where neither the command line nor the config names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Today {
    /// The day after the last purchase.
    AfterTheData,
    /// The day of the clock.
    OfTheClock,
}

/// Reads the config, sets the number of threads, reads and checks the data, tells what became of every row, writes the
/// rejected ones, and refuses data that may not be used.
pub(super) fn start(job: &Job, talk: Talk, now: Timestamp, today: Today) -> Result<(Session, EventLog), Failure> {
    let config = configure(job)?;
    let watch = Watch::new(talk);
    watch.begin("reading and checking", 1);
    let loaded = validate::load(&config, now)?;
    let last_purchase = last_purchase(&loaded);
    let (session, loaded) = begin(job, (config, watch), loaded, (last_purchase, today, now))?;
    let Loaded { tables, dictionaries, .. } = loaded;
    session.watch.begin("sorting by customer and time", 1);
    let log = EventLog::build(tables)?.naming_categories(dictionaries.categories);
    Ok((session, log))
}

/// The same for a job that trains, with the settings that it is to try.
pub(super) fn start_learning(learning: &Learning, talk: Talk, now: Timestamp) -> Result<(Session, EventLog), Failure> {
    let (mut session, log) = start(&learning.job, talk, now, Today::AfterTheData)?;
    let tuning = &mut session.config.tuning;
    tuning.trials = learning.tune.unwrap_or(tuning.trials);
    Ok((session, log))
}

/// Tells what became of every row, writes the rejected ones, and refuses data that may not be used.
pub(super) fn begin(
    job: &Job,
    (config, watch): (Config, Watch),
    loaded: Loaded,
    (last_purchase, today, now): (Option<Timestamp>, Today, Timestamp),
) -> Result<(Session, Loaded), Failure> {
    tell(&loaded);
    let as_of = as_of(&config, last_purchase, (today, now));
    let folder = folder_of(job, &config, as_of.map(Cutoff::date));
    let written = write_rejects(&loaded, &folder)?;
    let findings = json!(loaded.findings);
    let provenance = Provenance { inputs: json!(loaded.fingerprints), accounts: json!(loaded.accounts) };
    let loaded = loaded.accepted()?;
    if let Some(as_of) = as_of {
        let is_of_the_clock = today == Today::OfTheClock && config.as_of.is_none();
        validate::require_usual_pace(&loaded.pace, (as_of, is_of_the_clock), &config.validate)?;
    }
    let (Some(as_of), Some(last_purchase)) = (as_of, last_purchase) else { return Err(JobError::NoPurchases.into()) };
    Ok((Session { config, as_of, last_purchase, now, watch, folder, provenance, findings, written }, loaded))
}

/// The instant of the last purchase.
pub(super) fn last_purchase(loaded: &Loaded) -> Option<Timestamp> {
    loaded.tables.purchases.purchased_at.iter().max().copied()
}

/// The as-of day: of the config or the command line, else of the clock or after the data; `None` without data.
pub(super) fn as_of(
    config: &Config,
    last_purchase: Option<Timestamp>,
    (today, now): (Today, Timestamp),
) -> Option<Cutoff> {
    let as_of = match today {
        Today::OfTheClock => Some(as_of_day(config, now)),
        Today::AfterTheData => last_purchase.map(|last| as_of_day(config, last).after(Days(1), &config.timezone)),
    };
    config.as_of.map(|date| Cutoff::at_start_of(date, &config.timezone)).or(as_of)
}

/// Sets the number of threads, if one is given.
pub(super) fn use_threads(threads: Option<usize>) -> Result<(), JobError> {
    let Some(threads) = threads else { return Ok(()) };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    pool.build_global().map_err(|error| JobError::Threads { threads, message: error.to_string() })
}

/// Bytes of a config file at most.
const LONGEST_CONFIG: u64 = 1 << 20;

fn too_long() -> std::io::Error {
    std::io::Error::other(format!("it is longer than {LONGEST_CONFIG} bytes, the most that a config may have"))
}

/// The path and the text of the config file that is named, or of the usual one.
pub(super) fn config_text(named: Option<&Path>) -> Result<(PathBuf, String), JobError> {
    let path = config_path(named);
    let mut text = String::new();
    let read = std::fs::File::open(&path).and_then(|file| file.take(LONGEST_CONFIG + 1).read_to_string(&mut text));
    let read = read.and_then(|_| if text.len() as u64 > LONGEST_CONFIG { Err(too_long()) } else { Ok(()) });
    read.map_err(|source| JobError::Config { path: path.clone(), source })?;
    Ok((path, text))
}

/// The checked config, with what the command line says over it; sets the number of threads.
pub(super) fn configure(job: &Job) -> Result<Config, Failure> {
    use_threads(job.threads)?;
    let (path, text) = config_text(job.config.as_deref())?;
    let mut config = Config::from_toml_beside(&text, &path, &features::is_taken)?;
    config.as_of = job.as_of.or(config.as_of);
    Ok(config)
}

fn config_path(named: Option<&Path>) -> PathBuf {
    let (usual, sample) = (Path::new(CONFIG), Path::new(SAMPLE));
    match named {
        Some(path) => path.to_owned(),
        None if !usual.exists() && sample.exists() => {
            tracing::info!("no `{CONFIG}` here: working on the sample shop, `{SAMPLE}`");
            sample.to_owned()
        }
        None => usual.to_owned(),
    }
}

fn tell(loaded: &Loaded) {
    for account in &loaded.accounts {
        tracing::info!("{account}");
    }
    for finding in &loaded.findings {
        tracing::info!("{finding}");
    }
}

/// The local midnight at the start of the day of an instant.
fn as_of_day(config: &Config, instant: Timestamp) -> Cutoff {
    let zoned = jiff::Timestamp::from_microsecond(instant.0).map(|instant| instant.to_zoned(config.timezone.clone()));
    Cutoff::at_start_of(zoned.map_or(Date::MAX, |zoned| zoned.date()), &config.timezone)
}

fn folder_of(job: &Job, config: &Config, as_of: Option<Date>) -> PathBuf {
    let day = as_of.map_or_else(|| "no-data".to_owned(), |date| date.to_string());
    job.out.clone().unwrap_or_else(|| config.output.dir.join(&config.name).join(day))
}

fn write_rejects(loaded: &Loaded, folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut staged = Staged::default();
    let rejects = loaded.rejects.iter().map(|rows| stage_rejects(rows, folder, &mut staged));
    let written = rejects.collect::<Result<Vec<_>, _>>()?;
    staged.commit()?;
    Ok(written)
}

impl Session {
    /// Refuses to go on with purchases that end too long before the as-of day.
    pub(super) fn require_fresh(&self) -> Result<(), DataError> {
        validate::require_fresh(self.last_purchase, self.as_of.at(), &self.config.validate)
    }

    /// Writes what the run was, in the file that appears last, and tells where the files are.
    pub(super) fn conclude(
        &mut self,
        command: &str,
        more: serde_json::Value,
        mut staged: Staged,
        files: Vec<PathBuf>,
    ) -> Result<(), Failure> {
        self.written.extend(files);
        let path = self.folder.join("manifest.json");
        let mut manifest = json!({
            "format": 1,
            "retain_version": env!("CARGO_PKG_VERSION"),
            "command": command,
            "name": self.config.name,
            "as_of": self.as_of.date(),
            "created_at": self.now.to_string(),
            "config": self.config,
            "inputs": self.provenance.inputs,
            "accounts": self.provenance.accounts,
            "findings": self.findings,
            "stages": self.watch.finish(),
            "files": self.written.iter().filter_map(|path| path.file_name()?.to_str()).collect::<Vec<_>>(),
        });
        if let (Some(manifest), serde_json::Value::Object(more)) = (manifest.as_object_mut(), more) {
            manifest.extend(more);
        }
        staged.add(&path, |writer| write_json(writer, &manifest))?;
        staged.commit()?;
        self.written.push(path);
        Ok(())
    }
}

/// The path as a person would write it here: without detours, and from the present folder where it lies below it.
pub(super) fn shown(path: &Path) -> String {
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    whole.strip_prefix(here).unwrap_or(&whole).display().to_string()
}

/// Indented JSON with a line end.
pub(super) fn write_json(writer: &mut impl std::io::Write, value: &impl serde::Serialize) -> std::io::Result<()> {
    serde_json::to_writer_pretty(&mut *writer, value)?;
    writer.write_all(b"\n")
}

/// Prints a result as JSON.
pub(super) fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| JobError::Output { source: error.into() })?;
    print(&(text + "\n"))
}

/// Prints a result.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    Ok(cli::print_data(text).map_err(|source| JobError::Output { source })?)
}
