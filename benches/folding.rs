//! Folding alone, in wall time: `cargo bench --bench folding -- CONFIG DAY...` reads a shop, sorts it, folds every feature at
//! the days, and drops the rows where `retain features` encodes and writes them.

use std::io::Write;
use std::time::Instant;

use jiff::civil::date;
use retain::config::Config;
use retain::dataset::{Block, BlockWork};
use retain::error::Failure;
use retain::pipeline::{self, WantedFeatures};
use retain::timeline::{Cutoff, EventLog};
use retain::validate;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs of the folding; the first clears the memory that the others use again.
const RUNS: usize = 3;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let mut out = std::io::stdout();
    let [path, days @ ..] = arguments.as_slice() else {
        writeln!(std::io::stderr(), "nothing measured: `CONFIG DAY...` is wanted")?;
        return Ok(());
    };
    let config = Config::from_toml_beside(&std::fs::read_to_string(path)?, path.as_ref(), &retain::features::is_taken)?;
    let mut told = |what: &str, began: Instant| writeln!(out, "{what}: {:.2} s", began.elapsed().as_secs_f64());
    let began = Instant::now();
    let end = Cutoff::at_start_of(date(2100, 1, 1), &config.timezone).at();
    let loaded = validate::load(&config, end).map_err(told_as_text)?;
    let loaded = loaded.accepted()?;
    told("reading and checking", began)?;
    let began = Instant::now();
    let log = EventLog::build(loaded.tables, &config.timezone)?.naming_categories(loaded.dictionaries.categories);
    told("sorting by customer and time", began)?;
    let days = days.iter().map(|day| Ok(Cutoff::at_start_of(day.parse()?, &config.timezone)));
    let mut cutoffs = days.collect::<Result<Vec<Cutoff>, jiff::Error>>()?;
    cutoffs.sort_unstable();
    let schema = pipeline::feature_schema(&config, &log, &[]).map_err(told_as_text)?;
    let began = Instant::now();
    let census = pipeline::feature_census(&config, &log, &schema, &cutoffs).map_err(told_as_text)?;
    let contexts = census.contexts(&cutoffs);
    told("counting the shop", began)?;
    for _ in 0..RUNS {
        let began = Instant::now();
        let mut n_rows = 0;
        let count = |block: &Block| Ok::<usize, Failure>(block.customers.len());
        let add = |rows: usize| {
            n_rows += rows;
            Ok(())
        };
        let at_once = |work: &mut dyn FnMut()| work();
        let features = WantedFeatures { schema: &schema, cutoffs: &cutoffs, contexts: &contexts };
        pipeline::feature_table(&config, &log, features, &BlockWork { around: at_once, pack: count }, add)
            .map_err(told_as_text)?;
        told(&format!("folding {n_rows} rows of {} features", schema.len()), began)?;
    }
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "an error is handed over")]
fn told_as_text(failure: Failure) -> String {
    failure.to_string()
}
