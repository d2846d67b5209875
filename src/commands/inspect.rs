//! `retain inspect`: describes files or a shop, and proposes mapping, horizon and active window.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::config_file;
use super::drafting;
use super::error::JobError;
use super::inputs::{Inputs, is_same_file};
use super::inspect_page;
use super::inspect_report::{ReadTable, Report, Shop, Source};
use super::job::{self, Today};
use super::printing;
use super::printing::print;
use crate::cli::{Inspect, OutputOptions, Watch};
use crate::config::{Config, ConfigError, DraftChurn, DraftInput, draft, with_churn};
use crate::error::Failure;
use crate::files::write_whole;
use crate::ingest::{self, TypedTable};
use crate::pipeline::Progress;
use crate::profile::{self, ProfileSettings, Proposal};
use crate::timeline::EventLog;
use crate::units::{Currency, Days, Timestamp};
use crate::validate;

/// Where a config is drafted, unless the command line says otherwise.
const CONFIG: &str = "retain.toml";
/// Rows of a table that are shown as they are read.
const PREVIEWED: usize = 5;
/// Stands for a horizon that nobody has chosen yet: no figure depends on it.
const NOT_CHOSEN: Days = Days(1);

pub(super) fn run(arguments: &Inspect, talk: OutputOptions, now: Timestamp) -> Result<(), Failure> {
    if let Some(path) = arguments.out.as_ref().filter(|path| path.exists() && !arguments.force) {
        return Err(JobError::Exists { path: path.clone() }.into());
    }
    let watch = Watch::new(talk);
    let (mut report, outcome) =
        if arguments.files.is_empty() { of_config(arguments, now, &watch) } else { of_files(arguments, now, &watch) }?;
    let _stages = watch.finish();
    report.failure = outcome.as_ref().err().map(ToString::to_string);
    if arguments.json {
        printing::print_json(&report)?;
    } else {
        print(&inspect_page::page(&report))?;
    }
    outcome
}

/// A report, and what kept it from being whole.
type Reported = (Report, Result<(), Failure>);

/// Describes the shop of a config; writes a copy with the proposal in it only if asked.
fn of_config(arguments: &Inspect, now: Timestamp, watch: &Watch) -> Result<Reported, Failure> {
    let (path, text) = config_file::config_text(arguments.config.as_deref())?;
    let (mut config, present) = config_of(&text, &path)?;
    config.as_of = arguments.as_of.or(config.as_of);
    if let Some(out) = arguments.out.as_ref().filter(|out| !is_same_file(out, &path)) {
        Inputs::of_config(&config, &path).refuse_file(out)?;
    }
    let _fetched = job::fetch(&mut config, watch)?;
    let shop = look(&config, present, (now, watch))?;
    let mut report = Report::new(config.name.clone(), Some(config.currency.code().to_owned()));
    let mut outcome = report.take(Ok(shop));
    if let Some(out) = &arguments.out {
        let edited = days_of(report.proposal()).map(|days| edited((&path, &text), out, days));
        match edited {
            Some(Ok(text)) => {
                write_whole_text(out, &text)?;
                report.written = Some(out.display().to_string());
            }
            // The lines are printed all the same, to be put in by hand.
            Some(Err(error)) => outcome = Err(error.into()),
            None => report.not_written = Some(format!("`{}`, because no horizon is recommended", out.display())),
        }
    }
    Ok((report, outcome))
}

/// The config, and the horizon and active window in it; a config that lacks the horizon alone is taken without.
fn config_of(text: &str, path: &Path) -> Result<(Config, Option<(Days, Days)>), Failure> {
    match Config::from_toml(text, path) {
        Ok(config) => {
            let present = (config.churn.horizon_days, config.churn.active_days);
            Ok((config, Some(present)))
        }
        Err(ConfigError::Violations { violations, .. })
            if violations.iter().all(|violation| violation.place().key == "churn.horizon_days") =>
        {
            Ok((Config::from_toml(&with_churn(text, NOT_CHOSEN, NOT_CHOSEN), path)?, None))
        }
        Err(error) => Err(error.into()),
    }
}

/// The text of the config with the days put in, if it then says so.
fn edited((path, text): (&Path, &str), out: &Path, (horizon, active): (Days, Days)) -> Result<String, JobError> {
    let refused = |why: String| JobError::NotEdited { path: out.to_owned(), why };
    let folder = |file: &Path| std::path::absolute(file).ok().and_then(|file| file.parent().map(Path::to_owned));
    if folder(path) != folder(out) {
        let why = format!("its paths would be counted from another folder than those of `{}`", path.display());
        return Err(refused(why));
    }
    let text = with_churn(text, horizon, active);
    let is_so = |config: Config| (config.churn.horizon_days, config.churn.active_days) == (horizon, active);
    if Config::from_toml(&text, path).is_ok_and(is_so) {
        Ok(text)
    } else {
        Err(refused(format!("`{}` does not write `[churn]` as a section of its own", path.display())))
    }
}

/// A currency that no column gave away.
const NO_CURRENCY: &str = "currency = \"\"";

/// Describes files that no config maps yet, and drafts one.
fn of_files(arguments: &Inspect, now: Timestamp, watch: &Watch) -> Result<Reported, Failure> {
    watch.begin("looking at the files", 1);
    let out = arguments.out.clone().unwrap_or_else(|| PathBuf::from(CONFIG));
    let input = drafting::looked_at(&arguments.files, arguments.name.as_deref(), &out)?;
    let sources = sources(&input)?;
    let mut report = Report::new(input.name.clone(), None);
    let not_used = input.not_used().into_iter();
    report.not_used = not_used.map(|file| format!("{}, which {}", file.path, file.why)).collect();
    let is_mapped = sources.iter().all(|source| source.missing.is_empty());
    report.sources = sources;
    let outcome = if is_mapped {
        let text = draft(&input, None);
        let shop = provisional(&text, &out).and_then(|mut config| {
            config.as_of = arguments.as_of;
            if text.contains(NO_CURRENCY) {
                // XXX is the code for no currency in ISO 4217.
                let code = input.usual_currency().unwrap_or_else(|| "XXX".to_owned());
                config.currency = Currency::from_code(&code).unwrap_or(config.currency);
            }
            look(&config, None, (now, watch))
        });
        report.take(shop)
    } else {
        Ok(())
    };
    let churn =
        report.proposal().map(|proposal| DraftChurn { days: days_of(Some(proposal)), why: proposal.why.clone() });
    let text = draft(&input, churn.as_ref());
    report.to_fill_in = text.lines().filter(|line| line.contains("# fill in")).map(str::to_owned).collect();
    if out.exists() && !arguments.force {
        report.not_written = Some(format!("`{}`, because it exists (`--force` replaces it)", out.display()));
    } else {
        write_whole_text(&out, &text)?;
        report.written = Some(out.display().to_string());
    }
    Ok((report, outcome))
}

/// The tables in figures. The files of one table share one mapping; the first is the one shown.
fn sources(input: &DraftInput) -> Result<Vec<Source>, Failure> {
    let mut sources = Vec::new();
    for table in &input.tables {
        let Some(first) = table.files.first() else { continue };
        let profile = ingest::profile_source(Path::new(&first.path))?;
        let looks_like = input.looks_like(table.table);
        let mapping = input.proposed_mapping(table.table);
        sources.push(Source::new(table.table, profile, mapping, looks_like, &first.peek.columns));
    }
    Ok(sources)
}

/// The draft as a config that can be read before a person has filled in currency and horizon: no figure shown depends on
/// them, but that amounts have two decimals.
fn provisional(text: &str, out: &Path) -> Result<Config, Failure> {
    let text = text.replace(NO_CURRENCY, "currency = \"EUR\"");
    Ok(Config::from_toml(&with_churn(&text, NOT_CHOSEN, NOT_CHOSEN), out)?)
}

/// Reads and checks the tables and inspects them; data that a job would refuse are described all the same.
fn look(config: &Config, present: Option<(Days, Days)>, (now, watch): (Timestamp, &Watch)) -> Result<Shop, Failure> {
    watch.begin("reading and checking", 1);
    let profile = |table: &TypedTable| {
        let preview = table.preview(PREVIEWED, &config.timezone, &config.currency);
        (table.profile(&config.timezone, &config.currency), preview)
    };
    let (loaded, profiles) =
        validate::load_and_look(config, now, |tables| tables.iter().map(profile).collect::<Vec<_>>())?;
    let as_of = job::as_of(config, job::last_purchase(&loaded), Today::AfterTheData, now);
    let tables = loaded.accounts.into_iter().zip(profiles);
    let tables = tables.map(|(account, (profile, preview))| ReadTable { account, profile, preview }).collect();
    watch.begin("counting", 1);
    let log = EventLog::build(loaded.tables, &config.timezone)?;
    let inspection = as_of.and_then(|as_of| {
        profile::profile(
            &log,
            &ProfileSettings {
                as_of,
                zone: config.timezone.clone(),
                minor_per_major: config.currency.minor_per_major(),
                gap: config.churn.gap_days,
                min_purchases: config.churn.min_purchases,
                step: config.panel.step_days,
                max_cutoffs: config.panel.max_cutoffs,
                min_span_horizons: config.validate.min_span_horizons,
                min_customers: config.validate.min_customers,
                present,
                follow_up: config.churn.follow_up_days,
            },
        )
    });
    Ok(Shop { as_of: as_of.map(crate::timeline::Cutoff::date), tables, findings: loaded.findings, inspection })
}

fn days_of(proposal: Option<&Proposal>) -> Option<(Days, Days)> {
    proposal.and_then(|proposal| proposal.horizon_days.zip(proposal.active_days))
}

fn write_whole_text(path: &Path, text: &str) -> Result<(), Failure> {
    Ok(write_whole(path, |writer| writer.write_all(text.as_bytes()))?)
}

impl Report {
    fn new(name: String, currency: Option<String>) -> Self {
        Self {
            format: 1,
            retain_version: env!("CARGO_PKG_VERSION"),
            name,
            currency,
            sources: Vec::new(),
            not_used: Vec::new(),
            to_fill_in: Vec::new(),
            shop: None,
            failure: None,
            churn: None,
            written: None,
            not_written: None,
        }
    }

    /// Takes what was read of the shop; the error is what kept it from being read, or from having anything to tell.
    fn take(&mut self, shop: Result<Shop, Failure>) -> Result<(), Failure> {
        let shop = self.shop.insert(shop?);
        let is_empty = shop.inspection.is_none();
        self.churn = days_of(self.proposal())
            .map(|(horizon, active)| format!("[churn]\nhorizon_days = {}\nactive_days = {}\n", horizon.0, active.0));
        if is_empty { Err(JobError::NoPurchases.into()) } else { Ok(()) }
    }

    fn proposal(&self) -> Option<&Proposal> {
        Some(&self.shop.as_ref()?.inspection.as_ref()?.proposal)
    }
}
