//! `retain simulate`: a shop with known truth, as files.

use crate::cli::{self, Simulate};
use crate::error::Failure;
use crate::output::{Format, write_table};
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
    for table in shop.tables() {
        write_table(table, &arguments.out, format)?;
        cli::print_message(&format!(
            "wrote {} rows to {}",
            table.n_rows(),
            arguments.out.join(format!("{}.{}", table.name, format.extension())).display()
        ));
    }
    Ok(())
}
