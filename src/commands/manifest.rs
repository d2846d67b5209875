//! What every run leaves of itself, `manifest.json`: what all commands have in common. What a command adds stands beside it.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::config::Config;
use crate::files::Seal;
use crate::ingest::{Account, Fingerprint};
use crate::validate::Finding;

/// Version of the form; it rises when an earlier reader would misunderstand.
const FORMAT: u32 = 1;

/// `manifest.json`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "`manifest.json`: what a run was; each command adds keys of its own")]
pub(super) struct Manifest<'m> {
    /// Version of this form.
    format: u32,
    /// Version of the program.
    retain_version: &'static str,
    /// The command: `run`, `score`, `train`, `backtest`, `check` or `features`.
    command: &'m str,
    /// The `name` of the config.
    name: &'m str,
    /// The day of the run.
    #[schemars(extend("format" = "date"))]
    as_of: String,
    /// When the run began, in UTC.
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    /// The checked config with every default.
    #[schemars(with = "Map<String, Value>")]
    config: &'m Config,
    /// The files that were read.
    #[schemars(with = "Vec<Fingerprint>")]
    inputs: &'m Value,
    /// What became of every row, by table.
    #[schemars(with = "Vec<Account>")]
    accounts: &'m Value,
    /// What the checks found.
    #[schemars(with = "Vec<Finding>")]
    findings: &'m Value,
    /// The files that the run left; the manifest and the timings aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<Vec<Seal>>,
}

impl<'m> Manifest<'m> {
    /// The manifest of a run of a command, its files aside.
    pub(super) fn new(
        command: &'m str,
        (config, as_of, created_at): (&'m Config, String, String),
        data: Data<'m>,
    ) -> Self {
        let Data { inputs, accounts, findings } = data;
        let (retain_version, name) = (env!("CARGO_PKG_VERSION"), config.name.as_str());
        Self {
            format: FORMAT,
            retain_version,
            command,
            name,
            as_of,
            created_at,
            config,
            inputs,
            accounts,
            findings,
            files: None,
        }
    }
}

/// What is known of the data of a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Data<'m> {
    /// The files that were read.
    pub(super) inputs: &'m Value,
    /// What became of every row.
    pub(super) accounts: &'m Value,
    /// What the checks found.
    pub(super) findings: &'m Value,
}

/// The JSON Schema of `manifest.json`, indented.
#[must_use]
pub fn manifest_schema() -> Value {
    schemars::schema_for!(Manifest<'static>).to_value()
}
