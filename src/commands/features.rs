//! `retain features`: the dictionary of features, and the feature table at given days.

use super::job::{self, Today, print, shown};
use crate::cli::{Features, Job, Talk};
use crate::error::Failure;
use crate::features::dictionary;
use crate::files::Staged;
use crate::output::stage_stream;
use crate::pipeline;
use crate::text::counted;
use crate::timeline::Cutoff;
use crate::units::Timestamp;

pub(super) fn run(arguments: &Features, talk: Talk, now: Timestamp) -> Result<(), Failure> {
    if arguments.describe { describe(arguments) } else { table(arguments, talk, now) }
}

/// The dictionary; where a config is named, with the features of the shop's own.
fn describe(arguments: &Features) -> Result<(), Failure> {
    if arguments.config.is_none() {
        return print(&dictionary(&[]));
    }
    let job = Job { config: arguments.config.clone(), as_of: None, out: None, threads: None };
    print(&dictionary(&job::configure(&job)?.features.custom))
}

fn table(arguments: &Features, talk: Talk, now: Timestamp) -> Result<(), Failure> {
    let job = Job {
        config: arguments.config.clone(),
        as_of: arguments.as_of.iter().max().copied(),
        out: arguments.out.clone(),
        threads: arguments.threads,
    };
    let (mut session, log) = job::start(&job, talk, now, Today::AfterTheData)?;
    let mut cutoffs: Vec<Cutoff> =
        arguments.as_of.iter().map(|day| Cutoff::at_start_of(*day, &session.config.timezone)).collect();
    if cutoffs.is_empty() {
        cutoffs.push(session.as_of);
    }
    let mut staged = Staged::default();
    let (mut n_rows, mut n_columns) = (0_u64, 0_u64);
    let path = stage_stream("features", &session.folder, &mut staged, |emit| {
        pipeline::feature_table(&session.config, &log, (&cutoffs, &arguments.only), &session.watch, |table| {
            (n_rows, n_columns) = (n_rows + table.n_rows() as u64, table.columns.len() as u64);
            emit(table)
        })
    })?;
    session.conclude("features", serde_json::json!({ "rows": n_rows }), staged, vec![path.clone()])?;
    print(&format!("{} of {} in {}\n", counted(n_rows, "row"), counted(n_columns, "column"), shown(&path)))
}
