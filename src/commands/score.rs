//! `retain score`: the nightly job with the champion.

use serde_json::json;

use super::job::{self, Session, Today, print, write_json};
use super::{champion, remarks, summary};
use crate::cli::{Job, Talk};
use crate::error::Failure;
use crate::output::stage_csv_and_parquet;
use crate::pipeline::{self, RankedList, Scored};
use crate::registry::Version;
use crate::timeline::EventLog;
use crate::units::Timestamp;

pub(super) fn run(arguments: &Job, talk: Talk, now: Timestamp) -> Result<(), Failure> {
    // What does not need the data fails before they are read.
    let config = job::configure(&Job { threads: None, ..arguments.copied() })?;
    let version = champion::load(&config)?;
    let (mut session, log) = job::start(arguments, talk, now, Today::OfTheClock)?;
    session.require_fresh()?;
    let list = score_and_write(&mut session, &log, &version, "score")?;
    let printed = print(&summary::of_list(&session, &version, &list));
    // The process ends here, and the kernel takes its memory back at once; for a million customers the allocator would
    // first be given back every text by itself.
    std::mem::forget((list, log));
    printed
}

/// Ranks the present customers and writes the list and the manifest of the run.
pub(super) fn score_and_write(
    session: &mut Session,
    log: &EventLog,
    version: &Version,
    command: &str,
) -> Result<RankedList, Failure> {
    use crate::pipeline::Observer;
    let scored = pipeline::score(&session.config, log, version, session.as_of, &session.watch)?;
    champion::tell_not_used(&scored.not_used);
    let Scored { list, valuing, .. } = scored;
    remarks::tell_later_opt_outs(log, &list, session.as_of);
    session.watch.begin("reporting and writing", 1);
    let folder = &session.folder;
    // The list waits for the disk for a while.
    let (written, value) =
        rayon::join(|| stage_csv_and_parquet("list", list.pieces(), folder), || valuing.report(&list));
    let (files, mut staged) = written?;
    let value = value.map_err(|error| error.to_string());
    let mut files = files.to_vec();
    if let Ok(report) = &value {
        let path = session.folder.join("value.json");
        staged.add(&path, |writer| write_json(writer, report))?;
        files.push(path);
    }
    if let Err(why) = &value {
        tracing::warn!("warning[no_value_model]: {why}; value at stake is the margin of the past year");
    }
    let more = json!({
        "model_version": version.manifest.version,
        "population": list.population,
        "rows": list.rows.len(),
        "mean_churn_probability": summary::mean_probability(&list),
        "value_at_stake": summary::value_in_words(&session.config, &value),
        "convergence": version.manifest.notes.convergence,
        "verdict": version.manifest.verdict,
        "leak_guard": version.manifest.leak_guard,
        "sampled": version.manifest.training.sampled,
    });
    session.conclude(command, more, staged, files)?;
    Ok(list)
}
