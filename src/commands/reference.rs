//! `retain config-reference` and `retain features`: what the config and the catalogue say of themselves.

use std::fmt::Write;

use crate::cli;
use crate::config;
use crate::error::Failure;
use crate::features::{Absent, catalogue};
use crate::output::OutputError;

pub(super) fn config() -> Result<(), Failure> {
    print(&config::reference())
}

pub(super) fn features() -> Result<(), Failure> {
    let mut page = "| feature | family | window | absent | needs | meaning |\n|---|---|---|---|---|---|\n".to_owned();
    for feature in catalogue() {
        let window = feature.window.days().map_or_else(|| "all".to_owned(), |days| days.to_string());
        let absent = match feature.absent {
            Absent::Zero => "0",
            Absent::Missing => "missing",
        };
        let needs = feature.needs.map_or("", |input| input.input());
        let (name, family, meaning) = (feature.name, feature.family.code(), feature.meaning);
        // Writing to a string does not fail.
        let _ = writeln!(page, "| `{name}` | {family} | {window} | {absent} | {needs} | {meaning} |");
    }
    print(&page)
}

fn print(text: &str) -> Result<(), Failure> {
    let failed = |source| OutputError::Write { path: "standard output".into(), source };
    Ok(cli::print_data(text).map_err(failed)?)
}
