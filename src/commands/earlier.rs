//! The newest earlier list of the shop, found in the folder of its runs.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

use super::printing::shown;
use super::report::{LIST, WINBACK};
use super::session::{FILES, LONGEST_MANIFEST, MANIFEST, Session};
use crate::config::Config;
use crate::decide::{RfmSegment, Stage, Suppression};
use crate::files::{Seal, read_short};
use crate::output::{Columns, Format, Values, file_name, read_some_columns};
use crate::pipeline::{EarlierList, EarlierRow, Moved};
use crate::timeline::date_of;

/// The columns of a list that are compared; the last four are absent in lists from before they were written.
const COLUMNS: [&str; 11] = [
    "customer_id",
    "group",
    "suppressed_code",
    "churn_probability",
    "days_since_last_order",
    "life_cycle_stage",
    "rfm_segment",
    "stage_since",
    "stage_before",
    "segment_since",
    "segment_before",
];

/// The list of the newest day before the one of the session; each folder that cannot be used is told and passed by. Only
/// folders that are called by their day are looked at, so that it does not depend on what else lies there.
pub(super) fn newest(session: &Session) -> Option<EarlierList> {
    let as_of = session.as_of.date();
    let mut earlier = folders(&session.config).into_iter().rev().filter(|(day, _)| *day < as_of);
    earlier.find_map(|(day, folder)| match read(&folder, day, &session.config.name) {
        Ok(list) => Some(list),
        Err(Unusable::NoList) => None,
        Err(Unusable::Damaged(why)) => {
            tracing::warn!(
                "warning[earlier_list]: the list in {} is not used to tell what changed: {why}; the one before it is taken\n\
                 hint: score that day again, or remove the folder",
                shown(&folder)
            );
            None
        }
    })
}

/// The day of the newest list of the shop, if there is one.
pub(super) fn newest_day(config: &Config) -> Option<Date> {
    let mut newest = folders(config).into_iter().rev();
    newest.find_map(|(day, folder)| manifest_of(&folder, day, &config.name).ok().map(|_| day))
}

/// The folders of runs that are called by a day, the earliest first.
fn folders(config: &Config) -> Vec<(Date, PathBuf)> {
    let day = |path: &PathBuf| path.file_name()?.to_str()?.parse::<Date>().ok();
    let Ok(entries) = std::fs::read_dir(config.output.dir.join(&config.name)) else { return Vec::new() };
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    let mut folders: Vec<(Date, PathBuf)> = paths.filter_map(|path| Some((day(&path)?, path))).collect();
    folders.sort();
    folders
}

/// Why a folder has no list to compare with.
enum Unusable {
    /// A run that makes none, or of another shop.
    NoList,
    /// One that is not what a run left.
    Damaged(String),
}

fn damaged(why: impl Into<String>) -> Unusable {
    Unusable::Damaged(why.into())
}

/// The manifest of a run that made lists of a day.
fn manifest_of(folder: &Path, day: Date, name: &str) -> Result<Value, Unusable> {
    let path = folder.join(MANIFEST);
    let text = read_short(&path, LONGEST_MANIFEST).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Unusable::NoList,
        _ => damaged(format!("its {MANIFEST} cannot be read: {error}")),
    })?;
    let manifest: Value =
        serde_json::from_slice(&text).map_err(|error| damaged(format!("its {MANIFEST} is no JSON: {error}")))?;
    let word = |key: &str| manifest[key].as_str().unwrap_or_default();
    if !["run", "score"].contains(&word("command")) || word("name") != name {
        return Err(Unusable::NoList);
    }
    if word("as_of") != day.to_string() {
        return Err(damaged(format!("its {MANIFEST} is of another day")));
    }
    Ok(manifest)
}

fn read(folder: &Path, day: Date, name: &str) -> Result<EarlierList, Unusable> {
    let manifest = manifest_of(folder, day, name)?;
    let word = |key: &str| manifest[key].as_str().unwrap_or_default();
    let mut rows = BTreeMap::new();
    for (list, is_winback) in [(LIST, false), (WINBACK, true)] {
        let file = file_name(list, Format::Parquet);
        require_intact(&manifest, folder, &file)?;
        let columns = read_some_columns(&folder.join(&file), &COLUMNS)
            .map_err(|error| damaged(format!("{file} cannot be read: {}", error.report())))?;
        add_rows(&columns, is_winback, &mut rows).ok_or_else(|| damaged(format!("{file} lacks columns")))?;
    }
    Ok(EarlierList { as_of: day, model_version: word("model_version").to_owned(), rows })
}

/// Refuses a file that is not the one of which the manifest has the hash.
fn require_intact(manifest: &Value, folder: &Path, file: &str) -> Result<(), Unusable> {
    let mut seals = manifest[FILES].as_array().into_iter().flatten().filter_map(|seal| Seal::deserialize(seal).ok());
    let seal = seals.find(|seal| seal.name == file).ok_or_else(|| damaged(format!("its {MANIFEST} has no {file}")))?;
    if seal.is_intact(folder) { Ok(()) } else { Err(damaged(format!("{file} is missing or was changed"))) }
}

/// Adds the rows of one of the lists; `None` if a column is missing or of another kind.
fn add_rows(columns: &Columns, is_winback: bool, rows: &mut BTreeMap<String, EarlierRow>) -> Option<()> {
    let texts = |name: &str| match columns.get(name)? {
        Values::Text(texts) => Some(texts),
        _ => None,
    };
    let numbers = |name: &str| match columns.get(name)? {
        Values::Number(numbers) => Some(numbers),
        _ => None,
    };
    let (ids, groups, codes) = (texts("customer_id")?, texts("group")?, texts("suppressed_code")?);
    let (stages, segments) = (texts("life_cycle_stage")?, texts("rfm_segment")?);
    let (churn, silence) = (numbers("churn_probability")?, numbers("days_since_last_order")?);
    for (place, id) in ids.iter().enumerate() {
        let row = EarlierRow {
            is_winback,
            rank: i64::try_from(place).ok()? + 1,
            churn_probability: (*churn.get(place)?)?,
            is_treated: groups.get(place)?.as_deref() == Some("treat"),
            suppressed: codes.get(place)?.as_deref().and_then(Suppression::named),
            days_since_last_order: whole((*silence.get(place)?)?),
            stage: stages.get(place)?.as_deref().and_then(Stage::named),
            rfm: segments.get(place)?.as_deref().and_then(RfmSegment::named),
            stage_moved: moved(columns, ["stage_since", "stage_before"], place, Stage::named),
            rfm_moved: moved(columns, ["segment_since", "segment_before"], place, RfmSegment::named),
        };
        rows.insert(id.clone()?, row);
    }
    Some(())
}

/// The move that a row tells of; `None` where it tells of none.
fn moved<T>(
    columns: &Columns,
    [since, before]: [&str; 2],
    place: usize,
    named: impl Fn(&str) -> Option<T>,
) -> Option<Moved<T>> {
    let (Values::Day(days), Values::Text(words)) = (columns.get(since)?, columns.get(before)?) else { return None };
    let since = date_of((*days.get(place)?)?)?;
    Some(Moved { since, before: named(words.get(place)?.as_deref()?)? })
}

#[expect(clippy::cast_possible_truncation, reason = "days that were written as whole numbers")]
fn whole(days: f64) -> i64 {
    days as i64
}
