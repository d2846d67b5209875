//! `retain run`: check, train, judge, score, and a closing summary.

use super::config_file;
use super::gates::Gates;
use super::job;
use super::printing::print;
use super::score::{self, score_and_write};
use super::session::Session;
use super::train::train_and_register;
use super::{champion, sink, summary};
use crate::cli::{NightlyRun, OutputOptions};
use crate::error::Failure;
use crate::registry::{Registry, Version};
use crate::units::Timestamp;

pub(super) fn run(arguments: &NightlyRun, talk: OutputOptions, now: Timestamp) -> Result<(), Failure> {
    sink::require(&config_file::configure(&arguments.learning.job)?)?;
    let (mut session, log) = job::start_learning(&arguments.learning, talk, now, score::FILES)?;
    session.require_fresh()?;
    let gates = Gates::of_feeds((&session, &log), &arguments.accepted, None)?;
    let trained = train_and_register(&session, &log)?;
    let refused = trained.refusal();
    let verdict = match &refused {
        Ok(()) => format!("promoted: {}", trained.challenge()),
        Err(refusal) => refusal.to_string(),
    };
    // Who may make the list, the first that can: the new model, or else the champion, or else the best simple rule.
    let champion = if refused.is_ok() { None } else { of_champion(&session, now)? };
    let stand_ins = || champion.iter().chain(&trained.rule).collect();
    let scorers: Vec<&Version> = if refused.is_ok() { vec![&trained.version] } else { stand_ins() };
    for version in scorers {
        champion::report_rule(version);
        // The list and the model behind it become true together.
        match score_and_write(&mut session, &log, (version, &gates), "run", |ready| trained.publish(ready, now)) {
            Err(error) if refused.is_err() && champion::is_unfit(&error) => report_unfit(&error),
            list => {
                let (lists, came_true) = list?;
                print(&(summary::of_run(&session, version, &verdict, &lists) + &came_true))?;
                break;
            }
        }
    }
    Ok(refused?)
}

/// The champion, where the new model may not score, if it can.
fn of_champion(session: &Session, now: Timestamp) -> Result<Option<Version>, Failure> {
    let registry = Registry::new(&session.config.models.dir, &session.config.name);
    if registry.champion().is_ok_and(|champion| champion.is_none()) {
        return Ok(None);
    }
    match champion::load(&session.config, now) {
        Err(error) if champion::is_unfit(&error) => {
            report_unfit(&error);
            Ok(None)
        }
        champion => {
            // The team gets its list from the model that may score; the exit code tells of the one that may not.
            tracing::warn!("warning: the new model is not promoted; the list comes from the champion");
            champion.map(Some)
        }
    }
}

fn report_unfit(error: &Failure) {
    tracing::warn!(
        "warning[no_list]: the new model is not promoted, and the champion makes no list because it cannot score: {}",
        error.report()
    );
}
