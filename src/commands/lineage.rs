//! What a run reads and writes, told to other systems: `OpenLineage` events as files and to a server, where the config names them.
//! They say nothing of customers: of an error they have the code and its meaning, of columns how many cells are filled.
//!
//! # Source
//! `OpenLineage` (2023), specification 2-0-2: `RunEvent` and the facets that are named by their addresses.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::config_file;
use super::printing::{shown, write_json};
use super::report::{LIST, WINBACK};
use super::session::{FILES, Session};
use crate::cli::Job;
use crate::config::{Config, Table};
use crate::error::{ERROR_CODES, Failure};
use crate::files::write_whole;
use crate::pipeline::LIST_COLUMNS;
use crate::text::uuid;
use crate::units::Timestamp;
use crate::web::{WebAddress, post_json};

const SPEC: &str = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";
const FACETS: &str = "https://openlineage.io/spec/facets";
const PRODUCER: &str = concat!("urn:retain:", env!("CARGO_PKG_VERSION"));

/// The commands whose runs are told.
const COMMANDS: [&str; 4] = ["run", "score", "train", "backtest"];

/// Where servers of `OpenLineage` take events, if an address names no path; and the variable with a key for them.
const USUAL_PATH: &str = "/api/v1/lineage";
const KEY: &str = "OPENLINEAGE_API_KEY";

/// How long a run waits for a server, for each event.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether this process has told of the end of its run: what goes wrong later takes no file back.
static IS_COMPLETE: AtomicBool = AtomicBool::new(false);

/// Letters of the name of a run that are in the names of its files.
const SHORT: usize = 8;

/// The events of a run.
#[derive(Debug)]
pub(super) struct Lineage {
    folder: Option<PathBuf>,
    /// The environment variable with the address of a server.
    url_env: Option<String>,
    run_id: String,
    now: Timestamp,
    /// What all of its events have in common.
    job: Value,
    inputs: Vec<(Table, Value)>,
}

/// What kind of event it is.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Start,
    Complete,
    Fail,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Start => "START",
            Self::Complete => "COMPLETE",
            Self::Fail => "FAIL",
        }
    }
}

/// Runs a command between the event of its start and the one of its end.
pub(super) fn around(
    job: &Job,
    command: &str,
    now: Timestamp,
    run: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    // What is wrong with a config is told by the command itself.
    let Some(lineage) = config_file::configure(job).ok().and_then(|config| Lineage::of(&config, command, now)) else {
        return run();
    };
    let begun = Instant::now();
    lineage.tell(Kind::Start, Duration::ZERO, &json!({}));
    let outcome = run();
    if let Err(failure) = &outcome
        && !IS_COMPLETE.load(Ordering::Relaxed)
    {
        let code = failure.report().code();
        let meaning = ERROR_CODES.iter().find(|known| known.code == code).map_or("", |known| known.meaning);
        let message = json!({ "message": format!("{code}: {meaning}"), "programmingLanguage": "RUST" });
        let message = facet("1-0-0", "ErrorMessageRunFacet", message);
        lineage.tell(Kind::Fail, begun.elapsed(), &json!({ "facets": { "errorMessage": message } }));
    }
    outcome
}

/// Tells that the files of a run, which its manifest lists, have appeared.
pub(super) fn complete(session: &Session, command: &str, manifest: &Value) {
    let Some(lineage) = Lineage::of(&session.config, command, session.now) else { return };
    let seconds: f64 = session.watch.finish().iter().map(|stage| stage.seconds).sum();
    let elapsed = Duration::try_from_secs_f64(seconds).unwrap_or_default();
    let files = manifest[FILES].as_array();
    let outputs: Vec<Value> = files.into_iter().flatten().map(|file| output(session, file, manifest)).collect();
    let day = session.as_of.at().to_string();
    let nominal = facet("1-0-1", "NominalTimeRunFacet", json!({ "nominalStartTime": day }));
    let inputs: Vec<Value> = lineage.inputs.iter().map(|(table, input)| measured(session, *table, input)).collect();
    let more = json!({ "facets": { "nominalTime": nominal }, "inputs": inputs, "outputs": outputs });
    lineage.tell(Kind::Complete, elapsed, &more);
    IS_COMPLETE.store(true, Ordering::Relaxed);
}

/// A facet with where it is specified.
fn facet(version: &str, name: &str, mut facet: Value) -> Value {
    facet["_producer"] = json!(PRODUCER);
    facet["_schemaURL"] = json!(format!("{FACETS}/{version}/{name}.json#/$defs/{name}"));
    facet
}

fn schema(fields: &[Value]) -> Value {
    facet("1-0-0", "SchemaDatasetFacet", json!({ "fields": fields }))
}

impl Lineage {
    /// The events of a command; `None` where the config names nobody for them.
    fn of(config: &Config, command: &str, now: Timestamp) -> Option<Self> {
        let (folder, url_env) = (config.output.lineage.clone(), config.output.lineage_url_env.clone());
        if !COMMANDS.contains(&command) || (folder.is_none() && url_env.is_none()) {
            return None;
        }
        let content = json!([command, config, now.0]).to_string();
        let run_id = uuid(blake3::hash(content.as_bytes()).as_bytes());
        let job = json!({ "namespace": "retain", "name": format!("{}.{command}", config.name) });
        let inputs = Table::ALL.into_iter().flat_map(|table| of_table(config, table)).collect();
        Some(Self { folder, url_env, run_id, now, job, inputs })
    }

    fn file_name(&self, kind: Kind) -> String {
        let time = self.now.to_string().replace(['-', ':'], "");
        let short = self.run_id.get(..SHORT).unwrap_or_default();
        format!("{time}-{short}-{}.json", kind.name())
    }

    /// A list matters more than what is told of it.
    fn tell(&self, kind: Kind, elapsed: Duration, more: &Value) {
        let event = self.event(kind, elapsed, more);
        let written = self.folder.as_deref().map_or(Ok(()), |folder| self.write(folder, kind, &event));
        let sent = self.url_env.as_deref().map_or(Ok(()), |variable| send(variable, &event));
        for untold in [written, sent].into_iter().filter_map(Result::err) {
            tracing::warn!("warning[no_lineage]: the event {} of this run is not told to {untold}", kind.name());
        }
    }

    fn event(&self, kind: Kind, elapsed: Duration, more: &Value) -> Value {
        let micros = i64::try_from(elapsed.as_micros()).unwrap_or(i64::MAX);
        let inputs: Vec<&Value> = self.inputs.iter().map(|(_, input)| input).collect();
        let mut event = json!({
            "eventType": kind.name(),
            "eventTime": Timestamp(self.now.0.saturating_add(micros)).to_string(),
            "producer": PRODUCER,
            "schemaURL": SPEC,
            "run": { "runId": self.run_id, "facets": more["facets"].as_object().cloned().unwrap_or_default() },
            "job": self.job,
            "inputs": inputs,
            "outputs": [],
        });
        for part in ["inputs", "outputs"] {
            if let Some(value) = more.get(part) {
                event[part] = value.clone();
            }
        }
        event
    }

    fn write(&self, folder: &Path, kind: Kind, event: &Value) -> Result<(), String> {
        let path = folder.join(self.file_name(kind));
        write_whole(&path, |writer| write_json(writer, event)).map_err(|error| format!("`{}`: {error}", shown(folder)))
    }
}

/// Sends an event to the server whose address an environment variable holds.
fn send(variable: &str, event: &Value) -> Result<(), String> {
    let the_server = |why: &str| format!("the server of `{variable}`: {why}");
    let Ok(text) = std::env::var(variable) else { return Err(the_server("the environment variable is not set")) };
    let Some(address) = WebAddress::of_text(&text, USUAL_PATH) else {
        let why =
            "it holds no address such as http://localhost:5000, without user and password; what it holds is not shown";
        return Err(the_server(why));
    };
    let key = std::env::var(KEY).ok().filter(|key| !key.is_empty());
    let sent = post_json(&address, key.as_deref(), event.to_string().as_bytes(), PATIENCE);
    sent.map_err(|error| the_server(&error.to_string()))
}

/// The datasets of a table, by the columns of the mapping.
fn of_table(config: &Config, table: Table) -> Vec<(Table, Value)> {
    let Some(section) = config.table(table) else { return Vec::new() };
    let field =
        |(name, from): (&String, &String)| json!({ "name": name, "description": format!("mapped from `{from}`") });
    let facets = json!({ "schema": schema(&section.columns.iter().map(field).collect::<Vec<_>>()) });
    let dataset =
        |namespace: &str, name: String| (table, json!({ "namespace": namespace, "name": name, "facets": facets }));
    if section.postgres.is_some() {
        return vec![dataset("postgres", format!("{}.{}", config.name, table.name()))];
    }
    section.paths.iter().map(|path| dataset("file", shown_whole(path))).collect()
}

/// The path from the root, as other systems know it.
fn shown_whole(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

/// An input with how many rows it had and how many cells were filled; a table of several files is measured as a whole.
fn measured(session: &Session, table: Table, input: &Value) -> Value {
    let accounts = session.provenance.accounts.as_array();
    let rows = accounts.into_iter().flatten().find(|account| account["table"] == table.name());
    let counts = session.census.as_ref().and_then(|census| census.filled(table.name()));
    let (n_known, columns) = counts.unwrap_or_default();
    let metric = |(name, n_filled): (&str, u64)| {
        (name.to_owned(), json!({ "count": n_filled, "nullCount": n_known.saturating_sub(n_filled) }))
    };
    let columns: Map<String, Value> = columns.into_iter().map(metric).collect();
    let mut metrics = json!({ "columnMetrics": columns });
    if let Some(rows) = rows {
        metrics["rowCount"] = rows["rows_in"].clone();
    }
    let mut input = input.clone();
    let name = "DataQualityMetricsInputDatasetFacet";
    input["inputFacets"] = json!({ "dataQualityMetrics": facet("1-0-2", name, metrics) });
    input
}

/// A file that a run left.
fn output(session: &Session, file: &Value, manifest: &Value) -> Value {
    let name = file["name"].as_str().unwrap_or_default();
    let mut dataset = json!({ "namespace": "file", "name": shown_whole(&session.folder.join(name)) });
    let stem = name.split('.').next().unwrap_or_default();
    let rows = match stem {
        LIST => &manifest["rows"],
        WINBACK => &manifest["winback_rows"],
        _ => return dataset,
    };
    let field = |column: &crate::pipeline::ListColumn| json!({ "name": column.name, "description": format!("{} ({})", column.meaning, column.unit) });
    dataset["facets"] = json!({ "schema": schema(&LIST_COLUMNS.iter().map(field).collect::<Vec<_>>()) });
    let statistics = json!({ "rowCount": rows, "size": file["size"] });
    let statistics = facet("1-0-2", "OutputStatisticsOutputDatasetFacet", statistics);
    dataset["outputFacets"] = json!({ "outputStatistics": statistics });
    dataset
}
