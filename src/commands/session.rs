//! A job whose data were read and checked, until its files stand.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde_json::json;

use super::manifest::{Data, Manifest};
use super::printing::write_json;
use crate::cli::Watch;
use crate::config::{Config, Table};
use crate::error::Failure;
use crate::files::{FileError, OutputFolder, Ready, ScratchFolder, Staged, read_short};
use crate::ingest::Carried;
use crate::monitor::Census;
use crate::output::{refused_file_name, reject_file_name};
use crate::pipeline::{ChangeCounts, Provenance};
use crate::timeline::{ContactLog, Cutoff, EventLog};
use crate::units::Timestamp;
use crate::validate::{self, DataError};

/// What every job writes that does not only look.
pub(super) const MANIFEST: &str = "manifest.json";
/// Bytes of it at most: what is larger is none of ours.
pub(super) const LONGEST_MANIFEST: u64 = 1 << 26;
/// Where it has the hashes of the other files.
pub(super) const FILES: &str = "files";
/// How long each stage took.
pub(super) const TIMINGS: &str = "timings.json";

/// The names of all lists of rejected rows.
pub(super) fn rejects() -> Vec<String> {
    let of_table = |table: Table| [reject_file_name(table.name()), refused_file_name(table.name())];
    Table::ALL.into_iter().flat_map(of_table).collect()
}

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
    /// The same, kept from other runs; a job that only looks has none.
    pub(super) output: Option<OutputFolder>,
    /// What the list shows of customers as it is.
    pub(super) carried: Carried,
    /// Who was contacted when.
    pub(super) contacts: ContactLog,
    /// What changed since the list of an earlier day, if there is one.
    pub(super) changes: Option<(Date, ChangeCounts)>,
    /// What is known of the input, for manifests.
    pub(super) provenance: Provenance,
    pub(super) findings: serde_json::Value,
    /// The feeds by day; a job that only looks has none.
    pub(super) census: Option<Census>,
    /// Files already written.
    pub(super) written: Vec<PathBuf>,
    /// The lists of rejected rows, by table, which get their names with the other files of the run.
    pub(super) rejected: Vec<(String, PathBuf)>,
    /// What queries gave, removed at the end.
    pub(super) _fetched: Option<ScratchFolder>,
}

impl Session {
    /// Refuses to go on with purchases that end too long before the as-of day.
    pub(super) fn require_fresh(&self) -> Result<(), DataError> {
        let config = &self.config;
        validate::require_fresh(self.last_purchase, self.as_of.at(), &config.validate, &config.timezone)
    }

    /// Who looks after each customer, by customer number; empty where the config names no column.
    pub(super) fn owners(&self, log: &EventLog) -> Vec<Option<String>> {
        let Some(owners) = &self.config.decide.owners else { return Vec::new() };
        let carried = self.carried.at(self.as_of, log.customer_ids().iter().map(String::as_str));
        carried.into_iter().find(|(name, _)| *name == owners.column).map(|(_, texts)| texts).unwrap_or_default()
    }

    /// Begins the files of the run.
    pub(super) fn stage(&self) -> Result<Staged, FileError> {
        self.output.as_ref().map_or_else(|| Staged::among_others(&self.folder), OutputFolder::stage)
    }

    /// Writes what the run was and how long it took, and has all of its files published, which are reported in `files`.
    pub(super) fn conclude(
        &mut self,
        what: (&str, serde_json::Value),
        staged: Staged,
        files: Vec<PathBuf>,
        publish: impl FnOnce(Ready) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.conclude_with(what, staged, files, |_, ready, _| publish(ready))
    }

    /// The same, with the manifest shown to `publish`: all files are whole, and none has its place yet.
    pub(super) fn conclude_with(
        &mut self,
        (command, more): (&str, serde_json::Value),
        mut staged: Staged,
        files: Vec<PathBuf>,
        publish: impl FnOnce(&Self, Ready, &serde_json::Value) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        // Times differ from run to run and stand apart, so that all else can be compared.
        let timings = json!({ "format": 1, "stages": self.watch.finish() });
        self.written.extend(self.stage_rejected(&staged)?);
        let mut manifest = self.manifest(command, more);
        manifest[FILES] = json!(staged.seals());
        staged.add(TIMINGS, |writer| write_json(writer, &timings))?;
        staged.leave_behind(self.of_earlier_run(command));
        // Lists of rejected rows that are not staged tell of other rows, perhaps of a run that was refused.
        staged.leave_behind(rejects());
        let path = staged.add(MANIFEST, |writer| write_json(writer, &manifest))?;
        publish(self, staged.ready()?, &manifest)?;
        self.written.extend(files);
        self.written.push(path);
        Ok(())
    }

    /// What the run was, its files aside.
    pub(super) fn manifest(&self, command: &str, more: serde_json::Value) -> serde_json::Value {
        let Provenance { inputs, accounts } = &self.provenance;
        let run = (&self.config, self.as_of.date().to_string(), self.now.to_string());
        let data = Data { inputs, accounts, findings: &self.findings };
        let mut manifest = json!(Manifest::new(command, run, data));
        if let (Some(manifest), serde_json::Value::Object(more)) = (manifest.as_object_mut(), more) {
            manifest.extend(more);
        }
        manifest
    }

    /// Stages the lists of rejected rows under the names that a run gives them.
    fn stage_rejected(&self, staged: &Staged) -> Result<Vec<PathBuf>, FileError> {
        let stage = |(table, path): &(String, PathBuf)| {
            let mut list = std::fs::File::open(path).map_err(FileError::reading(path))?;
            staged.add(&reject_file_name(table), |writer| std::io::copy(&mut list, writer).map(|_| ()))
        };
        self.rejected.iter().map(stage).collect()
    }

    /// The files in the folder that an earlier run of the same kind left and this one does not write anew.
    fn of_earlier_run(&self, command: &str) -> Vec<String> {
        let manifest = read_short(&self.folder.join(MANIFEST), LONGEST_MANIFEST).unwrap_or_default();
        let Ok(earlier) = serde_json::from_slice::<serde_json::Value>(&manifest) else { return Vec::new() };
        let is_list = |command: &str| ["run", "score"].contains(&command);
        let earlier_command = earlier["command"].as_str().unwrap_or_default();
        if earlier_command != command && !(is_list(command) && is_list(earlier_command)) {
            return Vec::new();
        }
        let names = earlier["files"].as_array().into_iter().flatten().filter_map(|file| file["name"].as_str());
        // A manifest is data: only a plain name is a file of the folder.
        let is_plain = |name: &&str| Path::new(name).file_name().is_some_and(|last| *last == **name);
        names.filter(is_plain).map(str::to_owned).collect()
    }
}
