//! `retain features`: the dictionary of features, and the feature table at given days.

use jiff::civil::Date;

use super::config_file;
use super::job::{self, Task, Today};
use super::printing::{print, shown};
use super::shop::Shop;
use crate::cli::{Features, Job, OutputOptions};
use crate::config::Config;
use crate::dataset::{Block, BlockWork};
use crate::error::Failure;
use crate::features::{FeatureSchema, dictionary};
use crate::output::{FeatureSheet, PackedRows, stage_features};
use crate::pipeline::{self, Progress, WantedFeatures};
use crate::text::counted;
use crate::timeline::{Cutoff, EventLog, ShopCensus};
use crate::units::Timestamp;

const TASK: Task = Task { today: Today::AfterTheData, files: Some(&["features.parquet"]) };

pub(super) fn run(arguments: &Features, talk: OutputOptions, now: Timestamp) -> Result<(), Failure> {
    if arguments.describe { describe(arguments) } else { table(arguments, talk, now) }
}

/// The dictionary; where a config is named, with the custom features.
fn describe(arguments: &Features) -> Result<(), Failure> {
    if arguments.config.is_none() {
        return print(&dictionary(&[]));
    }
    let job = Job { config: arguments.config.clone(), as_of: None, out: None, threads: None };
    print(&dictionary(&config_file::configure(&job)?.features.custom))
}

fn table(arguments: &Features, talk: OutputOptions, now: Timestamp) -> Result<(), Failure> {
    let job = Job {
        config: arguments.config.clone(),
        as_of: arguments.as_of.iter().max().copied(),
        out: arguments.out.clone(),
        threads: arguments.threads,
    };
    let mut counted_so_far = Counted::default();
    let (mut session, mut shop) = Shop::open(&job, arguments.memory, (talk, now, TASK), &mut |config, log| {
        match cutoffs(arguments, config, None).as_slice() {
            // Only when all of the data are read it is known which day comes after them.
            [] => Ok(()),
            named => counted_so_far.add(config, log, (named, &arguments.only)),
        }
    })?;
    let config = &session.config;
    let cutoffs = cutoffs(arguments, config, Some(session.as_of));
    session.watch.begin("features", 1);
    if counted_so_far.schema.is_none() {
        shop.each_part(config, |log| counted_so_far.add(config, log, (&cutoffs, &arguments.only)))?;
    }
    let Counted { schema, census } = counted_so_far;
    let schema = schema.unwrap_or_default();
    let contexts = census.contexts(&cutoffs);
    let sheet = FeatureSheet::new(&schema, &cutoffs)?;
    let staged = session.stage()?;
    let mut n_rows = 0_u64;
    let path = stage_features(&sheet, &staged, |file| {
        shop.each_part(config, |log| {
            let watch = &session.watch;
            let pack = |block: &Block| {
                watch.during("encoding features", || {
                    let rows = sheet.pack(block, log.customer_ids())?;
                    Ok((rows, block.n_bytes()))
                })
            };
            let append = |rows: PackedRows| {
                n_rows += rows.len() as u64;
                let n_bytes = rows.n_bytes();
                watch.during("writing features", || file.append(rows).map(|()| ((), n_bytes)))
            };
            let fold = |work: &mut dyn FnMut()| watch.time("folding and encoding features", work);
            let features = WantedFeatures { schema: &schema, cutoffs: &cutoffs, contexts: &contexts };
            pipeline::feature_table(config, log, features, &BlockWork { around: fold, pack }, append)
        })
    })?;
    let more = serde_json::json!({ "rows": n_rows });
    session.conclude(("features", more), staged, vec![path.clone()], job::appear)?;
    let n_columns = sheet.n_columns() as u64;
    print(&format!("{} of {} in {}\n", counted(n_rows, "row"), counted(n_columns, "column"), shown(&path)))
}

/// What the first pass over a shop gathers.
#[derive(Default)]
struct Counted {
    schema: Option<FeatureSchema>,
    census: ShopCensus,
}

impl Counted {
    fn add(&mut self, config: &Config, log: &EventLog, (cutoffs, only): (&[Cutoff], &[String])) -> Result<(), Failure> {
        let schema = pipeline::feature_schema(config, log, only)?;
        self.census.merge(pipeline::feature_census(config, log, &schema, cutoffs)?);
        self.schema = Some(schema);
        Ok(())
    }
}

/// The days that are asked for, ascending; without any, the as-of day of the config, or else `usual`.
fn cutoffs(arguments: &Features, config: &Config, usual: Option<Cutoff>) -> Vec<Cutoff> {
    let at = |day: &Date| Cutoff::at_start_of(*day, &config.timezone);
    let mut cutoffs: Vec<Cutoff> = arguments.as_of.iter().map(at).collect();
    if cutoffs.is_empty() {
        cutoffs.extend(config.as_of.as_ref().map(at).or(usual));
    }
    cutoffs.sort_unstable();
    cutoffs.dedup();
    cutoffs
}
