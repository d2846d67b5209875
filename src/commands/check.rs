//! `retain check`: the data contract alone.

use serde_json::json;

use super::job::{self, Today, print, shown};
use crate::cli::{Job, Talk};
use crate::error::Failure;
use crate::files::Staged;
use crate::text::counted;
use crate::units::Timestamp;

pub(super) fn run(arguments: &Job, talk: Talk, now: Timestamp) -> Result<(), Failure> {
    let (mut session, log) = job::start(arguments, talk, now, Today::AfterTheData)?;
    let n_findings = session.findings.as_array().map_or(0, Vec::len) as u64;
    session.conclude("check", json!({ "customers": log.customer_ids().len() }), Staged::default(), Vec::new())?;
    print(&format!(
        "the data may be used: {}, {}\n",
        counted(log.customer_ids().len() as u64, "customer"),
        counted(n_findings, "finding")
    ))?;
    tracing::info!("files are in {}", shown(&session.folder));
    Ok(())
}
