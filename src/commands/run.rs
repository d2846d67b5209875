//! `retain run`: check, train, judge, score, and a closing summary.

use super::job::{self, print};
use super::score::score_and_write;
use super::summary;
use super::train::train_and_register;
use crate::cli::{Learning, Talk};
use crate::error::Failure;
use crate::registry::{CHAMPION, Registry};
use crate::units::Timestamp;

pub(super) fn run(arguments: &Learning, talk: Talk, now: Timestamp) -> Result<(), Failure> {
    let (mut session, log) = job::start_learning(arguments, talk, now)?;
    session.require_fresh()?;
    let trained = train_and_register(&session, &log)?;
    let refused = trained.refusal();
    let verdict = match &refused {
        Ok(()) => format!("promoted: {}", trained.challenge()),
        Err(refusal) => refusal.to_string(),
    };
    let version = if refused.is_ok() {
        trained.version
    } else {
        let registry = Registry::new(&session.config.models.dir, &session.config.name);
        if registry.champion()?.is_none() {
            return Ok(refused?);
        }
        // The team gets its list from the model that may score; the exit code tells of the one that may not.
        tracing::warn!("warning: the new model is not promoted; the list comes from the champion");
        registry.load(CHAMPION)?
    };
    let list = score_and_write(&mut session, &log, &version, "run")?;
    print(&summary::of_run(&session, (&version, &verdict), &list))?;
    Ok(refused?)
}
