//! `retain simulate`: a shop with known truth, as files, with a config that runs on it.

use std::io::Write;

use super::job::print;
use crate::cli::{self, Simulate};
use crate::error::Failure;
use crate::files::Staged;
use crate::output::{Format, stage_table};
use crate::simulate::{ShopParams, simulate};

pub(super) fn run(arguments: &Simulate) -> Result<(), Failure> {
    let params = ShopParams {
        n_customers: arguments.customers,
        days: arguments.days,
        seed: arguments.seed,
        ..ShopParams::default()
    };
    let shop = simulate(&params)?;
    let format = match arguments.format {
        cli::Format::Csv => Format::Csv,
        cli::Format::Parquet => Format::Parquet,
    };
    let mut staged = Staged::default();
    let mut said = String::new();
    for table in shop.tables() {
        let path = stage_table(table, &arguments.out, format, &mut staged)?;
        said.push_str(&format!("wrote {} rows to {}\n", table.n_rows(), path.display()));
    }
    let config = arguments.out.join("retain.toml");
    let text = shop.config(format.extension());
    staged.add(&config, |writer| writer.write_all(text.as_bytes()))?;
    staged.commit()?;
    print(&format!("{said}then: retain run --config {}\n", config.display()))
}
