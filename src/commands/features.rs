//! `retain features`: the dictionary of features, and the feature table at given days.

use super::job::{self, Session, Today, print, shown};
use super::shop::Shop;
use crate::cli::{Features, Job, Talk};
use crate::dataset::Block;
use crate::error::Failure;
use crate::features::dictionary;
use crate::files::Staged;
use crate::output::{FeatureSheet, PackedRows, stage_features};
use crate::pipeline::{self, Observer};
use crate::text::counted;
use crate::timeline::{Cutoff, ShopCensus};
use crate::units::Timestamp;

pub(super) fn run(arguments: &Features, talk: Talk, now: Timestamp) -> Result<(), Failure> {
    if arguments.describe { describe(arguments) } else { table(arguments, talk, now) }
}

/// The dictionary; where a config is named, with the features of the shop's own.
fn describe(arguments: &Features) -> Result<(), Failure> {
    if arguments.config.is_none() {
        return print(&dictionary(&[]));
    }
    let job = Job { config: arguments.config.clone(), as_of: None, out: None, threads: None };
    print(&dictionary(&job::configure(&job)?.features.custom))
}

fn table(arguments: &Features, talk: Talk, now: Timestamp) -> Result<(), Failure> {
    let job = Job {
        config: arguments.config.clone(),
        as_of: arguments.as_of.iter().max().copied(),
        out: arguments.out.clone(),
        threads: arguments.threads,
    };
    let (mut session, mut shop) = Shop::open(&job, arguments.memory, (talk, now, Today::AfterTheData))?;
    let cutoffs = cutoffs(arguments, &session);
    let config = &session.config;
    session.watch.begin("features", 1);
    let mut schema = None;
    let mut census = ShopCensus::default();
    shop.each_part(config, |log| {
        let known = pipeline::feature_schema(config, log, &arguments.only)?;
        census.merge(pipeline::feature_census(config, log, (&known, &cutoffs))?);
        schema = Some(known);
        Ok(())
    })?;
    let schema = schema.unwrap_or_default();
    let contexts = census.contexts(&cutoffs);
    let sheet = FeatureSheet::new(&schema, &cutoffs)?;
    let mut staged = Staged::default();
    let mut n_rows = 0_u64;
    let path = stage_features(&sheet, &session.folder, &mut staged, |file| {
        shop.each_part(config, |log| {
            let pack = |block: &Block| sheet.pack(block, log.customer_ids());
            let append = |rows: PackedRows| {
                n_rows += rows.len() as u64;
                file.append(rows)
            };
            pipeline::feature_table(config, log, (&schema, &cutoffs, &contexts), (pack, append))
        })
    })?;
    session.conclude("features", serde_json::json!({ "rows": n_rows }), staged, vec![path.clone()])?;
    let n_columns = sheet.n_columns() as u64;
    print(&format!("{} of {} in {}\n", counted(n_rows, "row"), counted(n_columns, "column"), shown(&path)))
}

/// The days that are asked for, ascending; the as-of day if none is.
fn cutoffs(arguments: &Features, session: &Session) -> Vec<Cutoff> {
    let zone = &session.config.timezone;
    let mut cutoffs: Vec<Cutoff> = arguments.as_of.iter().map(|day| Cutoff::at_start_of(*day, zone)).collect();
    if cutoffs.is_empty() {
        cutoffs.push(session.as_of);
    }
    cutoffs.sort_unstable();
    cutoffs.dedup();
    cutoffs
}
