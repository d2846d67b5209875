//! `retain check`: the data contract alone.

use serde_json::json;

use super::job::{self, Task, Today, print, shown};
use crate::cli::{Job, OutputOptions};
use crate::error::Failure;
use crate::text::counted;
use crate::units::Timestamp;

pub(super) fn run(arguments: &Job, talk: OutputOptions, now: Timestamp) -> Result<(), Failure> {
    let plan = Task { today: Today::AfterTheData, files: Some(&[]) };
    let (mut session, log) = job::start(arguments, talk, now, plan)?;
    let n_findings = session.findings.as_array().map_or(0, Vec::len) as u64;
    let (staged, more) = (session.stage()?, json!({ "customers": log.customer_ids().len() }));
    session.conclude(("check", more), staged, Vec::new(), job::appear)?;
    print(&format!(
        "the data may be used: {}, {}\n",
        counted(log.customer_ids().len() as u64, "customer"),
        counted(n_findings, "finding")
    ))?;
    tracing::info!("files are in {}", shown(&session.folder));
    Ok(())
}
