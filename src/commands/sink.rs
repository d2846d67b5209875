//! The database that gets each list too, where the config names one.

use crate::config::Config;
use crate::database::Address;
use crate::error::Failure;
use crate::output::{StoredRun, store_run};
use crate::pipeline::Lists;
use crate::text::counted;

use super::report::{LIST, WINBACK};
use super::session::Session;

/// The key that names the variable with the address.
const ASKED_BY: &str = "output.postgres.url_env";

/// Connects once, so that a wrong address is told before the work and not after it.
pub(super) fn require(config: &Config) -> Result<(), Failure> {
    let Some(output) = &config.output.postgres else { return Ok(()) };
    Address::of_environment(&output.url_env, ASKED_BY)?.connect()?;
    Ok(())
}

/// Stores the lists of a run with its manifest, if the config names a database.
pub(super) fn store(session: &Session, lists: &Lists, manifest: &serde_json::Value) -> Result<(), Failure> {
    let Some(output) = &session.config.output.postgres else { return Ok(()) };
    let address = Address::of_environment(&output.url_env, ASKED_BY)?;
    let run = StoredRun { schema: &output.schema, shop: &session.config.name, as_of: session.as_of.date(), manifest };
    let n_rows = store_run(
        &address,
        &run,
        [
            (LIST, Box::new(lists.list.pieces()) as Box<dyn Iterator<Item = _>>),
            (WINBACK, Box::new(lists.winback.pieces())),
        ],
    )?;
    tracing::info!("{} stored in the schema `{}` of PostgreSQL", counted(n_rows, "row"), output.schema);
    Ok(())
}
