//! The SQL conditions of a playbook.

use crate::config::Config;
use crate::error::Failure;
use crate::ingest::RowConditions;
use crate::pipeline::condition_rows;

/// Reads the conditions of all actions, in their order.
///
/// # Errors
/// A condition that cannot be read, naming its action.
pub(super) fn conditions(config: &Config) -> Result<RowConditions, Failure> {
    let actions = config.decide.playbook.actions.iter();
    let conditions = actions.map(|action| (format!("action.{}.where", action.name), action.condition.as_deref()));
    Ok(RowConditions::read(conditions, &condition_rows(&[]))?)
}
