//! `retain check`: the data contract alone.

use super::job;
use crate::cli::{self, Job};
use crate::error::Failure;
use crate::units::Timestamp;

pub(super) fn run(arguments: &Job, now: Timestamp) -> Result<(), Failure> {
    let (_, loaded) = job::load(arguments, now)?;
    let findings = loaded.findings.len();
    loaded.accepted()?;
    cli::print_message(&format!("the data may be used; findings: {findings}"));
    Ok(())
}
