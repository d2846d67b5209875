//! `retain score`: the nightly job with the champion.

use super::config_file;
use std::path::PathBuf;

use serde_json::json;

use super::gates::Gates;
use super::job::{self, Task, Today};
use super::night_file::NIGHT;
use super::printing::{print, write_json};
use super::report::{self, Documents};
use super::session::Session;
use super::{champion, earlier, eligibility, lineage, metrics, performance, remarks, sink, summary};
use crate::cli::{Nightly, OutputOptions};
use crate::config::Config;
use crate::error::Failure;
use crate::files::{Ready, Staged};
use crate::output::{
    DETAILED_ROWS, Format, INTERVIEWS, columns_of, stage_csv_and_parquet, stage_json_lines, stage_table,
};
use crate::pipeline::{self, Beside, Changes, Holds, ListRow, Lists, RankedList, Scored};
use crate::registry::Version;
use crate::table::Table;
use crate::timeline::EventLog;
use crate::units::Timestamp;
use crate::value::ValueReport;

/// The files of a list, and of the win-back list beside it.
pub(super) const FILES: &[&str] = &[
    "list.csv",
    "list.parquet",
    "list.jsonl",
    "winback.csv",
    "winback.parquet",
    "winback.jsonl",
    "changes.csv",
    "changes.parquet",
    "interviews.csv",
    "interviews.parquet",
    report::SHEET,
    report::VALUE,
    report::REPORT,
    report::DETAILS,
    report::PAGE,
    NIGHT,
    performance::FILE,
    metrics::FILE,
];

pub(super) fn run(Nightly { job, accepted }: &Nightly, talk: OutputOptions, now: Timestamp) -> Result<(), Failure> {
    // What does not need the data fails before they are read.
    let config = config_file::configure(job)?;
    let version = champion::scorer(&config, now)?;
    sink::require(&config)?;
    let plan = Task { today: Today::OfTheClock, files: Some(FILES) };
    let (mut session, log) = job::start(job, talk, now, plan)?;
    session.require_fresh()?;
    let gates = Gates::of_feeds((&session, &log), accepted, version.profile.as_ref())?;
    let (lists, came_true) = score_and_write(&mut session, &log, (&version, &gates), "score", job::appear)?;
    let printed = print(&(summary::of_lists(&session, &version, &lists) + &came_true));
    // The process ends here, and the kernel takes its memory back at once; for a million customers the allocator would
    // first be given back every text by itself.
    std::mem::forget((lists, log));
    printed
}

/// What the manifest says of a simple rule that made the list; null for a learnt model.
fn simple_rule(version: &Version) -> serde_json::Value {
    version.manifest.simple_rule.as_ref().map_or(serde_json::Value::Null, |rule| {
        json!({
            "rule": rule,
            "version": version.manifest.version,
            "grade": version.manifest.verdict.grade,
            "why": "no learnt model has passed the gate, and there is no champion that can score",
            "way_on": summary::WAY_ON,
        })
    })
}

/// Ranks the present customers, and has the list and the manifest of the run published. Beside the lists it tells what came
/// of the last one whose label window has ended.
pub(super) fn score_and_write(
    session: &mut Session,
    log: &EventLog,
    (version, gates): (&Version, &Gates),
    command: &str,
    publish: impl FnOnce(Ready) -> Result<(), Failure>,
) -> Result<(Lists, String), Failure> {
    use crate::pipeline::Progress;
    let owners = session.owners(log);
    let conditions = eligibility::conditions(&session.config)?;
    let hold = |rows: &Table<'_>| Ok(conditions.hold(rows)?);
    let holds: Option<Holds<'_>> = if conditions.is_empty() { None } else { Some(&hold) };
    let beside = Beside { contacts: &session.contacts, owners: &owners, holds };
    let scored = pipeline::score(&session.config, log, version, session.as_of, beside, &session.watch)?;
    champion::report_not_used(&scored.not_used);
    let Scored { list, winback, valuing, features, comebacks, associations, .. } = scored;
    let (lists, changes) = with_changes(session, log, Lists { list, winback });
    session.changes = changes.as_ref().map(|changes| (changes.since, changes.counts.clone()));
    let table = changes.as_ref().map(|changes| pipeline::change_table(&lists, changes));
    let interviews = interviews(session, log, &lists);
    let beside = beside_lists(table.as_ref(), interviews.as_ref());
    let track = performance::track(session, log, (version, gates.past()), &lists);
    let mut night = gates.of_lists(session, &lists, (version, features.as_ref()), track.lists.clone());
    night.record["performance"] = track.record();
    track.report();
    remark(session, log, version, &lists);
    session.watch.begin("reporting and writing", 1);
    let staged = session.stage()?;
    let config = &session.config;
    let asked = (session.as_of, &version.model.rule);
    let shop = || pipeline::run_report(config, log, asked, (&lists, changes.as_ref(), &associations));
    // The disk is waited for on one side, and the other reckons.
    let (files, (value, shop)) = rayon::join(
        || stage_lists(config, &lists, (version, &beside), &staged),
        || (valuing.report(&lists.customers()), shop()),
    );
    let mut files = files?;
    let value = value.map_err(|error| error.to_string());
    files.extend(stage_value(&value, &staged)?);
    files.push(track.stage(&staged)?);
    let metrics = metrics::text(session, &lists, &night, &track);
    files.push(staged.add(metrics::FILE, |writer| std::io::Write::write_all(writer, metrics.as_bytes()))?);
    files.push(staged.add(NIGHT, |writer| write_json(writer, &night.night))?);
    if let Some(shop) = &shop {
        files.push(staged.add(report::REPORT, |writer| write_json(writer, shop))?);
    }
    let mut more = entries(session, log, (version, &lists), &value);
    more["monitor"] = night.record.clone();
    more["comebacks"] = json!({ "n": comebacks.n(), "cells": comebacks.figures() });
    more["changes"] =
        json!(changes.as_ref().map(|changes| json!({ "since": changes.since, "counts": changes.counts })));
    if session.config.output.page_rows > 0 {
        let documents = Documents {
            manifest: session.manifest(command, more.clone()),
            value: value.as_ref().ok().map(|report| json!(report)),
            report: shop.as_ref().map(|shop| json!(shop)),
            model: Some(json!(version.manifest)),
            evaluation: Some(json!(version.evaluation)),
            monitor: Some(report::monitored(&night.night, Some(version))),
            interviews: interviews.as_ref().map(|drawn| columns_of(drawn, usize::MAX)).transpose()?,
        };
        files.extend(stage_page(session, log, &lists, &documents, &staged)?);
    }
    session.conclude_with((command, more), staged, files, |session, ready, manifest| {
        sink::store(session, &lists, manifest)?;
        publish(ready).map(|()| lineage::complete(session, command, manifest))
    })?;
    Ok((lists, track.page()))
}

/// What else is to be said of the lists.
fn remark(session: &Session, log: &EventLog, version: &Version, lists: &Lists) {
    remarks::report_later_opt_outs(log, lists, session.as_of);
    remarks::report_heads(version);
    remarks::report_unknown_actions(&session.contacts, &session.config);
}

/// The report about value; where there is none, it is told.
fn stage_value(value: &Result<ValueReport, String>, staged: &Staged) -> Result<Option<PathBuf>, Failure> {
    match value {
        Ok(report) => Ok(Some(staged.add(report::VALUE, |writer| write_json(writer, report))?)),
        Err(why) => {
            tracing::warn!("warning[no_value_model]: {why}; value at stake is the margin of the past year");
            Ok(None)
        }
    }
}

/// Lost customers to ask, if the config wants any.
fn interviews<'l>(session: &Session, log: &EventLog, lists: &'l Lists) -> Option<Table<'l>> {
    let is_wanted = session.config.output.interview_rows > 0;
    is_wanted.then(|| pipeline::interview_table(&session.config, log, lists))
}

/// The tables that stand beside the lists, with their names.
fn beside_lists<'t>(
    changes: Option<&'t Table<'t>>,
    interviews: Option<&'t Table<'t>>,
) -> Vec<(&'static str, &'t Table<'t>)> {
    let tables = [(report::CHANGES, changes), (INTERVIEWS, interviews)];
    tables.into_iter().filter_map(|(name, table)| Some((name, table?))).collect()
}

/// The lists with the columns that the config carries along, and what changed since the last ones.
fn with_changes(session: &Session, log: &EventLog, mut lists: Lists) -> (Lists, Option<Changes>) {
    for list in [&mut lists.list, &mut lists.winback] {
        let customers = list.rows.iter().map(|row| row.customer_id.as_str());
        list.carried = session.carried.at(session.as_of, customers);
        // What is read behind them is sensitive.
        list.carried.truncate(session.config.output.carry.len());
    }
    let earlier = earlier::newest(session);
    let changes = earlier.map(|earlier| pipeline::compare(&session.config, log, &mut lists, &earlier));
    (lists, changes)
}

/// The lists in every form that the config asks for, and the tables beside them.
fn stage_lists(
    config: &Config,
    lists: &Lists,
    (version, beside): (&Version, &[(&str, &Table<'_>)]),
    staged: &Staged,
) -> Result<Vec<PathBuf>, Failure> {
    let flavour = config.output.csv;
    // The list waits for the disk for a while.
    let stage = |name, list: &RankedList| stage_csv_and_parquet(name, list.pieces(), flavour, staged);
    let (files, sheet) = rayon::join(
        || Ok::<_, Failure>([stage(report::LIST, &lists.list)?, stage(report::WINBACK, &lists.winback)?]),
        || report::stage_sheet_of(config, lists, (version, beside), staged),
    );
    let mut files = files?.concat();
    files.extend(sheet?);
    for (name, table) in beside {
        files.extend(stage_csv_and_parquet(name, std::iter::once((*table).clone()), flavour, staged)?);
    }
    if config.output.jsonl {
        files.push(stage_json_lines(report::LIST, lists.list.pieces(), staged)?);
        files.push(stage_json_lines(report::WINBACK, lists.winback.pieces(), staged)?);
    }
    Ok(files)
}

/// What the manifest says of the lists and the model behind them.
fn entries(
    session: &Session,
    log: &EventLog,
    (version, lists): (&Version, &Lists),
    value: &Result<ValueReport, String>,
) -> serde_json::Value {
    json!({
        "model_version": version.manifest.model_version(),
        "simple_rule": simple_rule(version),
        "population": lists.list.population,
        "eligible": lists.n_eligible(),
        "rows": lists.list.rows.len(),
        "winback_rows": lists.winback.rows.len(),
        "heads": version.manifest.heads,
        "returns": log.return_counts(),
        "mean_churn_probability": lists.mean_churn_probability(),
        "value_at_stake": summary::value_in_words(&session.config, value),
        "decisions": lists.list.decisions.summary,
        "convergence": version.manifest.notes.convergence,
        "verdict": version.manifest.verdict,
        "leak_guard": version.manifest.leak_guard,
        "sampled": version.manifest.training.sampled,
    })
}

/// The page of the run, and what it shows of its first customers in detail.
fn stage_page(
    session: &Session,
    log: &EventLog,
    lists: &Lists,
    documents: &Documents,
    staged: &Staged,
) -> Result<[PathBuf; 2], Failure> {
    let first = [&lists.list, &lists.winback].into_iter().flat_map(|list| list.rows.iter().take(DETAILED_ROWS));
    let rows: Vec<&ListRow> = first.collect();
    let details = pipeline::details(&session.config, log, session.as_of, &rows);
    let n_rows = session.config.output.page_rows as usize;
    let shown = |list: &RankedList| {
        let first = list.pieces().next().map(|piece| columns_of(&piece, n_rows)).transpose()?;
        Ok::<_, Failure>(report::Shown { rows: first.unwrap_or_default(), total: list.rows.len() })
    };
    let shown = [shown(&lists.list)?, shown(&lists.winback)?];
    let table = stage_table(&details, Format::Parquet, staged)?;
    Ok([table, report::stage_page(&shown, &columns_of(&details, usize::MAX)?, documents, staged)?])
}
