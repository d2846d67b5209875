//! `retain backtest`: rolling origin over the test cutoffs, retraining before each.

use serde_json::json;

use super::job::{self, Today, print, shown, write_json};
use super::remarks;
use crate::cli::{Job, Talk};
use crate::error::Failure;
use crate::files::Staged;
use crate::output::{Format, stage_table};
use crate::pipeline;
use crate::units::Timestamp;

pub(super) fn run(arguments: &Job, talk: Talk, now: Timestamp) -> Result<(), Failure> {
    let (mut session, log) = job::start(arguments, talk, now, Today::AfterTheData)?;
    let backtest = pipeline::backtest(&session.config, &log, session.as_of, &session.watch)?;
    let mut staged = Staged::default();
    let path = session.folder.join("backtest.json");
    staged.add(&path, |writer| write_json(writer, &backtest.evaluation))?;
    let predictions = stage_table(&backtest.predictions, &session.folder, Format::Parquet, &mut staged)?;
    remarks::tell(&backtest.leak_guard, backtest.sampled);
    let more = json!({
        "verdict": backtest.evaluation.verdict,
        "leak_guard": backtest.leak_guard,
        "sampled": backtest.sampled,
    });
    session.conclude("backtest", more, staged, vec![path, predictions])?;
    print(&backtest.evaluation.to_string())?;
    tracing::info!("\nfiles are in {}", shown(&session.folder));
    Ok(())
}
