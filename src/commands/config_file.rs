//! The config of a job: the file that is named or the usual one, with its playbook and what the command line says over it.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::eligibility;
use super::error::JobError;
use crate::cli::Job;
use crate::config::{Config, Playbook};
use crate::error::Failure;
use crate::features;

/// The config that is looked for where none is named, and the sample's where there is none.
const CONFIG: &str = "retain.toml";
const SAMPLE: &str = "data/sample/retain.toml";

/// Bytes of a config file at most.
const LONGEST_CONFIG: u64 = 1 << 20;

fn too_long() -> std::io::Error {
    std::io::Error::other(format!("it is longer than {LONGEST_CONFIG} bytes, the most that a config may have"))
}

/// The path and the text of the config file that is named, or of the usual one.
pub(super) fn config_text(named: Option<&Path>) -> Result<(PathBuf, String), JobError> {
    let path = config_path(named);
    if named.is_none() && path == Path::new(SAMPLE) {
        static TOLD: std::sync::Once = std::sync::Once::new();
        TOLD.call_once(|| tracing::info!("no `{CONFIG}` here: working on the sample shop, `{SAMPLE}`"));
    }
    let text = short_text(&path).map_err(|source| JobError::Config { path: path.clone(), source })?;
    Ok((path, text))
}

/// The text of a file that cannot be long.
fn short_text(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?.take(LONGEST_CONFIG + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LONGEST_CONFIG { Err(too_long()) } else { Ok(text) }
}

/// The checked config with the playbook that it names, and with what the command line says over it.
pub(super) fn configure(job: &Job) -> Result<Config, Failure> {
    let (path, text) = config_text(job.config.as_deref())?;
    let mut config = Config::from_toml_beside(&text, &path, &features::is_taken)?;
    if let Some(path) = &config.decide.playbook_path {
        let text = short_text(path).map_err(|source| JobError::Playbook { path: path.clone(), source })?;
        config.decide.playbook = Playbook::from_toml(&text, path)?.in_currency(config.currency.code());
        eligibility::conditions(&config)?;
    }
    config.as_of = job.as_of.or(config.as_of);
    Ok(config)
}

/// The config file that is named, or the usual one.
pub(super) fn config_path(named: Option<&Path>) -> PathBuf {
    let (usual, sample) = (Path::new(CONFIG), Path::new(SAMPLE));
    let unnamed = if !usual.exists() && sample.exists() { sample } else { usual };
    named.unwrap_or(unnamed).to_owned()
}
