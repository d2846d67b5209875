//! `retain report`: the page of a past run, made again; and what people open of every run, the page and the spreadsheet.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::error::JobError;
use super::night_file::night_of;
use super::printing::{print, shown, write_json};
use super::session::{FILES, MANIFEST};
use crate::cli;
use crate::config::Config;
use crate::decide::Group;
use crate::error::Failure;
use crate::files::{OutputFolder, Staged, read_short};
use crate::monitor::{MonitorReport, Night};
use crate::output::{
    BacktestInput, Columns, Format, INTERVIEWS, OutputError, PageInput, PageList, Sheet, SheetColumn, Stated,
    backtest_page, file_name, page, read_columns, stage_sheet,
};
use crate::pipeline::{LIST_COLUMNS, Lists};
use crate::registry::{Registry, Version};
use crate::table::Table;
use crate::text::grouped;
use crate::timeline::day_of;
use crate::units::Timestamp;

/// The page of a run.
pub(super) const PAGE: &str = "report.html";
/// What a backtest leaves: every figure, and its page.
pub(super) const BACKTEST: &str = "backtest.json";
pub(super) const BACKTEST_PAGE: &str = "backtest.html";
/// The spreadsheet of a run.
pub(super) const SHEET: &str = "list.xlsx";
/// What the page tells of the first customers beside the list.
pub(super) const DETAILS: &str = "details.parquet";
/// What its customers are worth.
pub(super) const VALUE: &str = "value.json";
/// What the shop as a whole was like.
pub(super) const REPORT: &str = "report.json";
/// The two lists of a run.
pub(super) const LIST: &str = "list";
pub(super) const WINBACK: &str = "winback";
/// What changed since an earlier list.
pub(super) const CHANGES: &str = "changes";

/// Bytes of a document at most.
const MOST_BYTES: u64 = 256 << 20;

/// The documents behind a page.
pub(super) struct Documents {
    pub(super) manifest: Value,
    pub(super) value: Option<Value>,
    pub(super) report: Option<Value>,
    pub(super) model: Option<Value>,
    pub(super) evaluation: Option<Value>,
    pub(super) monitor: Option<Value>,
    pub(super) interviews: Option<Columns>,
}

/// The first rows of a list.
pub(super) struct Shown {
    pub(super) rows: Columns,
    /// Rows of the whole list.
    pub(super) total: usize,
}

/// Makes the page of a past run again.
pub(super) fn run(arguments: &cli::Report, now: Timestamp) -> Result<(), Failure> {
    let folder = arguments.run.as_path();
    let lacks = |what: &str| JobError::NoRun { folder: folder.to_owned(), lacks: what.to_owned() };
    if !folder.is_dir() {
        return Err(JobError::NoFolder { folder: folder.to_owned() }.into());
    }
    let manifest = document(folder, MANIFEST)?.ok_or_else(|| lacks("manifest.json"))?;
    let command = manifest["command"].as_str().unwrap_or_default();
    if command == "backtest" {
        return backtest_again(folder, now, manifest);
    }
    if !["run", "score"].contains(&command) {
        return Err(lacks(&format!("a list (it was left by `retain {command}`)")).into());
    }
    let [list, winback] = [LIST, WINBACK].map(|list| file_name(list, Format::Parquet));
    for name in [list.as_str(), winback.as_str(), DETAILS] {
        if !folder.join(name).is_file() {
            return Err(lacks(name).into());
        }
    }
    let n_rows = manifest.pointer("/config/output/page_rows").and_then(Value::as_u64).filter(|rows| *rows > 0);
    let n_rows = n_rows.and_then(|rows| usize::try_from(rows).ok()).unwrap_or(crate::output::PAGE_ROWS);
    let shown = |name: &str| read_columns(&folder.join(name), n_rows).map(|(rows, total)| Shown { rows, total });
    let lists = [shown(&list)?, shown(&winback)?];
    let (details, _) = read_columns(&folder.join(DETAILS), usize::MAX)?;
    let version = stored_version(&manifest);
    let documents = Documents {
        value: document(folder, VALUE)?,
        report: document(folder, REPORT)?,
        model: version.as_ref().map(|version| json!(version.manifest)),
        evaluation: version.as_ref().map(|version| json!(version.evaluation)),
        monitor: night_of(folder).map(|night| monitored(&night, version.as_ref())),
        interviews: interviews_of(folder)?,
        manifest: manifest.clone(),
    };
    exchange(folder, now, manifest, PAGE, |staged| stage_page(&lists, &details, &documents, staged))
}

/// Makes the page of a past backtest again.
fn backtest_again(folder: &Path, now: Timestamp, manifest: Value) -> Result<(), Failure> {
    let lacks = || JobError::NoRun { folder: folder.to_owned(), lacks: BACKTEST.to_owned() };
    let backtest = document(folder, BACKTEST)?.ok_or_else(lacks)?;
    let shown = manifest.clone();
    exchange(folder, now, manifest, BACKTEST_PAGE, |staged| stage_backtest_page(&backtest, &shown, staged))
}

/// Puts a page in the place of the one of that name, in the folder and in its manifest.
fn exchange(
    folder: &Path,
    now: Timestamp,
    mut manifest: Value,
    name: &str,
    stage: impl FnOnce(&Staged) -> Result<PathBuf, Failure>,
) -> Result<(), Failure> {
    let output = OutputFolder::claim(folder, now)?;
    let staged = Staged::among_others(output.path())?;
    let path = stage(&staged)?;
    if let Some(files) = manifest[FILES].as_array_mut() {
        files.retain(|file| file["name"] != name);
        files.extend(staged.seals().iter().map(|seal| json!(seal)));
        files.sort_by(|a, b| a["name"].as_str().cmp(&b["name"].as_str()));
    }
    staged.add(MANIFEST, |writer| write_json(writer, &manifest))?;
    staged.commit()?;
    print(&format!("{}\n", shown(&path)))
}

/// Stages the page of a backtest, and tells the path that it will have.
pub(super) fn stage_backtest_page(backtest: &Value, manifest: &Value, staged: &Staged) -> Result<PathBuf, Failure> {
    let page = backtest_page(&BacktestInput { backtest, manifest });
    let page =
        page.map_err(|error| OutputError::Page { page: BACKTEST_PAGE.to_owned(), message: error.to_string() })?;
    Ok(staged.add(BACKTEST_PAGE, |writer| std::io::Write::write_all(writer, page.as_bytes()))?)
}

/// The lost customers worth an interview; `None` where the run drew none.
fn interviews_of(folder: &Path) -> Result<Option<Columns>, Failure> {
    let path = folder.join(file_name(INTERVIEWS, Format::Parquet));
    if !path.is_file() {
        return Ok(None);
    }
    read_columns(&path, usize::MAX).map(|(drawn, _)| Some(drawn))
}

/// What a night tells of its model.
pub(super) fn monitored(night: &Night, version: Option<&Version>) -> Value {
    json!(MonitorReport::of(night, version.and_then(|version| version.profile.as_ref())))
}

/// A JSON document of a folder; `None` where there is none.
fn document(folder: &Path, name: &str) -> Result<Option<Value>, Failure> {
    let path = folder.join(name);
    let failed = |source| JobError::Document { path: path.clone(), source };
    match read_short(&path, MOST_BYTES) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes).map_err(|error| failed(error.into()))?)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(error).into()),
    }
}

/// The model that made the list, if it is still where it was.
fn stored_version(manifest: &Value) -> Option<Version> {
    let text = |pointer: &str| manifest.pointer(pointer).and_then(Value::as_str);
    let (models, name) = (text("/config/models/dir")?, text("/name")?);
    let version = text("/simple_rule/version").or_else(|| text("/model_version"))?;
    let loaded = Registry::new(Path::new(models), name).load(version);
    if let Err(error) = &loaded {
        tracing::warn!("warning[no_model]: the page is made without the figures of the model: {}", error.report());
    }
    loaded.ok()
}

/// Stages the page of a run, and tells the path that it will have.
pub(super) fn stage_page(
    [list, winback]: &[Shown; 2],
    details: &Columns,
    documents: &Documents,
    staged: &Staged,
) -> Result<PathBuf, Failure> {
    let meanings: Vec<(&str, &str)> = LIST_COLUMNS.iter().map(|column| (column.name, column.meaning)).collect();
    let as_of = documents.manifest["as_of"].as_str().and_then(|day| day.parse().ok());
    let input = PageInput {
        list: &list.rows,
        total: list.total,
        further: &[PageList {
            title: "To win back",
            probability: "gone_probability",
            rows: &winback.rows,
            total: winback.total,
        }],
        details,
        interviews: documents.interviews.as_ref(),
        manifest: &documents.manifest,
        value: documents.value.as_ref(),
        report: documents.report.as_ref(),
        model: documents.model.as_ref(),
        evaluation: documents.evaluation.as_ref(),
        monitor: documents.monitor.as_ref(),
        meanings: &meanings,
        today: as_of.map_or(0, day_of),
    };
    let page = page(&input).map_err(|error| OutputError::Page { page: PAGE.to_owned(), message: error.to_string() })?;
    Ok(staged.add(PAGE, |writer| std::io::Write::write_all(writer, page.as_bytes()))?)
}

/// Stages the list as a spreadsheet, if the config wants one, and says what it leaves out.
pub(super) fn stage_sheet_of(
    config: &Config,
    lists: &Lists,
    (version, more): (&Version, &[(&str, &Table<'_>)]),
    staged: &Staged,
) -> Result<Option<PathBuf>, Failure> {
    let Lists { list, winback } = lists;
    let (n_rows, total) = (config.output.sheet_rows as usize, list.rows.len());
    if n_rows == 0 {
        return Ok(None);
    }
    if n_rows < total {
        let [shown, of] = [n_rows, total].map(|n| grouped(n as u64));
        tracing::info!(
            "note[sheet]: {SHEET} has the first {shown} of {of} rows, as `output.sheet_rows` says; Excel opens 1,048,575 below a \
             header at most\nhint: list.csv and list.parquet have all rows"
        );
    }
    let columns = LIST_COLUMNS.iter();
    let columns: Vec<SheetColumn<'_>> =
        columns.map(|column| SheetColumn { name: column.name, unit: column.unit, meaning: column.meaning }).collect();
    let summary = summary(config, lists, version);
    let sheet = Sheet { file: SHEET, as_of: list.as_of, n_rows, columns: &columns, summary: &summary };
    stage_sheet(&sheet, [list.pieces(), winback.pieces()], more, staged).map(Some)
}

/// What stands on the sheet about the run.
fn summary(config: &Config, Lists { list, winback }: &Lists, version: &Version) -> Vec<(&'static str, Stated)> {
    let sum =
        |of: fn(&crate::pipeline::ListRow) -> f64| Stated::Money(list.rows.iter().map(of).sum(), list.currency.clone());
    let rows = || list.rows.iter().chain(&winback.rows);
    let plan = &list.decisions.summary;
    let money = |major: f64| Stated::Money(major, list.currency.clone());
    let n_of = |group| Stated::Count(rows().filter(|row| row.decision.group == group).count() as u64);
    let (n_shown, n_all) = (config.output.sheet_rows as usize, list.rows.len());
    let shown = (n_shown < n_all).then_some(("Rows of it here; list.csv has all", Stated::Count(n_shown as u64)));
    let words = |text: &str| Stated::Text(text.to_owned());
    let of_lists = [
        ("Shop", words(&config.name)),
        ("As of", Stated::Text(format!("{}: what happened on that day or later is not in it", list.as_of))),
        ("Population", words(&list.population)),
        ("Customers on the list", Stated::Count(n_all as u64)),
    ];
    let of_run = [
        ("Win-back list, more likely left", Stated::Count(winback.rows.len() as u64)),
        ("Value at stake, all of the list", sum(|row| row.prospect.value_at_stake)),
        ("Expected loss, all of the list", sum(|row| row.prospect.expected_loss())),
        ("To contact, both lists", n_of(Group::Treat)),
        ("Expected gain of that, costs off", money(plan.net_gain)),
        ("Expected costs of that", money(plan.contact_cost + plan.incentive_cost)),
        ("Left alone to measure by", n_of(Group::Control)),
        ("Others without a contact", n_of(Group::Suppressed)),
        ("Model", Stated::Text(version.manifest.model_version())),
        ("Grade", Stated::Text(version.manifest.verdict.to_string())),
        ("Question", words(&version.manifest.training.question)),
        ("Columns", words("each is explained in the sheet `Columns`")),
    ];
    of_lists.into_iter().chain(shown).chain(of_run).collect()
}
