//! `retain simulate`: a shop with known truth, as files, with a config that runs on it.

use std::io::Write;

use super::error::JobError;
use super::printing::print;
use crate::cli::{self, Simulate};
use crate::error::Failure;
use crate::files::{OutputFolder, Staged};
use crate::output::{Format, file_name, stage_table};
use crate::simulate::{CONTACTS, ContactParams, ShopParams, TABLES, simulate};
use crate::units::Timestamp;

const CONFIG: &str = "retain.toml";

pub(super) fn run(arguments: &Simulate, now: Timestamp) -> Result<(), Failure> {
    let params = ShopParams {
        n_customers: arguments.customers,
        days: arguments.days,
        seed: arguments.seed,
        contacts: arguments.contacts.then(ContactParams::default),
        ..ShopParams::default()
    };
    let format = match arguments.format {
        cli::Format::Csv => Format::Csv,
        cli::Format::Parquet => Format::Parquet,
    };
    let tables = TABLES.into_iter().chain(arguments.contacts.then_some(CONTACTS));
    let names = tables.map(|table| file_name(table, format)).chain([CONFIG.to_owned()]);
    let there = names.map(|name| arguments.out.join(name)).find(|path| path.symlink_metadata().is_ok());
    if let Some(path) = there.filter(|_| !arguments.force) {
        return Err(JobError::Exists { path }.into());
    }
    let folder = OutputFolder::claim(&arguments.out, now)?;
    let shop = simulate(&params)?;
    let staged = Staged::among_others(folder.path())?;
    let mut message = String::new();
    for table in shop.tables() {
        stage_table(table, format, &staged)?;
        let path = arguments.out.join(file_name(table.name, format));
        message.push_str(&format!("wrote {} rows to {}\n", table.n_rows(), path.display()));
    }
    let text = shop.config(format.extension());
    staged.add(CONFIG, |writer| writer.write_all(text.as_bytes()))?;
    staged.commit()?;
    print(&format!("{message}then: retain run --config {}\n", arguments.out.join(CONFIG).display()))
}
