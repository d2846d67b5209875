//! `retain backtest`: rolling origin over the test cutoffs, retraining before each.

use std::io::Write;

use super::job;
use crate::cli::{self, Job};
use crate::error::Failure;
use crate::output::{OutputError, write_whole};
use crate::pipeline;
use crate::timeline::EventLog;
use crate::units::Timestamp;

pub(super) fn run(arguments: &Job, now: Timestamp) -> Result<(), Failure> {
    let (config, loaded) = job::load(arguments, now)?;
    let log = EventLog::build(loaded.accepted()?.tables)?;
    let as_of = job::as_of(&config, &log)?;
    let backtest = pipeline::backtest(&config, &log, as_of)?;
    let folder = arguments.out.clone().unwrap_or_else(|| config.output.dir.join(&config.name));
    let path = folder.join("backtest.json");
    write_whole(&path, |writer| {
        serde_json::to_writer_pretty(&mut *writer, &backtest.evaluation)?;
        writer.write_all(b"\n")
    })?;
    let failed = |source| OutputError::Write { path: "standard output".into(), source };
    cli::print_data(&backtest.evaluation.to_string()).map_err(failed)?;
    cli::print_message(&format!("\nwrote {}", path.display()));
    Ok(())
}
