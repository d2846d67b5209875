//! The nights before: what earlier runs left beside the folder of this one, for the gates.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::night_file::{NIGHT, bytes_of, night_of};
use super::printing::shown;
use super::report::{LIST, WINBACK};
use super::session::{MANIFEST, Session};
use crate::cli::ALARM;
use crate::decide::Suppression;
use crate::monitor::{FIRST_PLACES, Night, PastList};
use crate::output::{Format, Values, file_name, read_some_columns};
use crate::timeline::date_of;

/// A night before.
pub(super) struct PastNight {
    pub(super) folder: PathBuf,
    pub(super) night: Night,
    /// What churn meant.
    pub(super) churn: Value,
}

/// The nights of the shop before the day of the session, the earliest first; of two lists for a day, the one in the folder
/// of that name.
pub(super) fn before(session: &Session) -> Vec<PastNight> {
    let beside = session.folder.parent().unwrap_or(Path::new("."));
    let entries = std::fs::read_dir(beside).into_iter().flatten().filter_map(Result::ok);
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| has_list(path)).collect();
    folders.sort();
    let (mut nights, mut unreadable) = (Vec::new(), Vec::new());
    for folder in folders {
        let Some(churn) = churn_of_list(session, &folder) else { continue };
        match night_of(&folder) {
            Some(night) => nights.push(PastNight { folder, night, churn }),
            None => unreadable.push(folder),
        }
    }
    report_unreadable(&unreadable, nights.is_empty());
    report_clock(session, nights.iter().map(|past| past.night.as_of_day).max());
    nights.retain(|past| past.night.as_of_day < session.as_of.day());
    // Folders are named after their days: the last of a day is kept.
    nights.sort_by_key(|past| past.night.as_of_day);
    nights.reverse();
    nights.dedup_by_key(|past| past.night.as_of_day);
    nights.reverse();
    report_missed(session, &nights.iter().map(|past| past.night.as_of_day).collect::<Vec<_>>());
    nights
}

/// Tells that the clock gives a day before that of a list; a day that is named is meant.
fn report_clock(session: &Session, newest_day: Option<i32>) {
    let newest = newest_day.filter(|day| *day > session.as_of.day()).and_then(date_of);
    if let (Some(newest), None) = (newest, session.config.as_of) {
        tracing::warn!(
            "warning[clock_back]: there is a list of {newest}, and this machine's clock says {}; tonight's list is of the \
             earlier day\nhint: set the clock right, or name the day with `--as-of`",
            session.as_of.date()
        );
    }
}

/// Nights that say how often lists are made.
const LEAST_NIGHTS: usize = 4;

/// Tells that lists are missing, where they have come at a steady pace.
fn report_missed(session: &Session, days: &[i32]) {
    let mut steps: Vec<i32> = days.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let Some(last) = days.last().filter(|_| days.len() >= LEAST_NIGHTS) else { return };
    steps.sort_unstable();
    let usual = steps.get(steps.len() / 2).copied().unwrap_or(1);
    let since = session.as_of.day() - last;
    if since > 2 * usual {
        let date = date_of(*last).unwrap_or_default();
        tracing::warn!(
            "note[missed_nights]: the last list before this one is of {date}, {since} days ago, and lists have come every \
             {usual} day{}; if nights were missed, look why the job did not run",
            if usual == 1 { "" } else { "s" }
        );
    }
}

/// Whether a run has left its list in a folder.
fn has_list(folder: &Path) -> bool {
    folder.join(MANIFEST).is_file() && folder.join(file_name(LIST, Format::Parquet)).is_file()
}

/// What churn meant in a folder, if a list of the shop is in it.
fn churn_of_list(session: &Session, folder: &Path) -> Option<Value> {
    let manifest: Value = serde_json::from_slice(&bytes_of(&folder.join(MANIFEST))?).ok()?;
    let is_list = ["run", "score"].contains(&manifest["command"].as_str().unwrap_or_default());
    (manifest["name"] == session.config.name.as_str() && is_list).then(|| manifest["config"]["churn"].clone())
}

/// Tells once of lists that tonight is not held against.
fn report_unreadable(folders: &[PathBuf], are_all: bool) {
    let Some(last) = folders.last() else { return };
    let of = match folders.len() {
        1 => String::new(),
        n => format!(" and those of {} more lists", n - 1),
    };
    let then = if are_all {
        "tonight is compared with no night, and what was lost since is not noticed"
    } else {
        "tonight is not compared with those nights"
    };
    tracing::warn!(
        target: ALARM,
        "warning[unreadable_night]: `{}`{of} cannot be read: gone, damaged or of another version; {then}",
        shown(&last.join(NIGHT))
    );
}

/// The day so many whole days before another.
#[expect(clippy::cast_possible_truncation, reason = "a number beyond the range of days becomes its end")]
pub(super) const fn days_before(day: i32, days: f64) -> i32 {
    day.saturating_sub(days as i32)
}

impl PastNight {
    /// The customers in the first places of its list; `None` if the list is gone.
    pub(super) fn first_customers(&self) -> Option<Vec<String>> {
        let mut customer_ids = self.list(LIST)?.customer_ids;
        customer_ids.truncate(FIRST_PLACES);
        Some(customer_ids)
    }

    /// The customers of both of its lists; `None` if they are gone.
    pub(super) fn lists(&self) -> Option<PastList> {
        let [mut all, winback] = [self.list(LIST)?, self.list(WINBACK)?];
        all.customer_ids.extend(winback.customer_ids);
        all.churn_probabilities.extend(winback.churn_probabilities);
        Some(all)
    }

    /// The customers of both of its lists with the day of their last order then, counted from 1970-01-01; `None` if they are gone.
    pub(super) fn last_orders(&self) -> Option<Vec<(String, i32)>> {
        let mut all = Vec::new();
        for name in [LIST, WINBACK] {
            let path = self.folder.join(file_name(name, Format::Parquet));
            let columns = read_some_columns(&path, &["customer_id", "days_since_last_order"]).ok()?;
            let (Values::Text(ids), Values::Number(days)) =
                (columns.get("customer_id")?, columns.get("days_since_last_order")?)
            else {
                return None;
            };
            let day = |since: f64| days_before(self.night.as_of_day, since);
            all.extend(ids.iter().zip(days).filter_map(|(id, since)| Some((id.clone()?, day((*since)?)))));
        }
        Some(all)
    }

    /// Who had opted out on either of its lists; `None` if they are gone.
    pub(super) fn opted_out(&self) -> Option<Vec<String>> {
        let mut all = Vec::new();
        for name in [LIST, WINBACK] {
            let path = self.folder.join(file_name(name, Format::Parquet));
            let columns = read_some_columns(&path, &["customer_id", "suppressed_code"]).ok()?;
            let (Values::Text(ids), Values::Text(codes)) =
                (columns.get("customer_id")?, columns.get("suppressed_code")?)
            else {
                return None;
            };
            let out = Some(Suppression::OptedOut.name());
            all.extend(
                ids.iter().zip(codes).filter(|(_, code)| code.as_deref() == out).filter_map(|(id, _)| id.clone()),
            );
        }
        Some(all)
    }

    fn list(&self, name: &str) -> Option<PastList> {
        let path = self.folder.join(file_name(name, Format::Parquet));
        let columns = read_some_columns(&path, &["customer_id", "churn_probability"]).ok()?;
        match (columns.get("customer_id")?, columns.get("churn_probability")?) {
            (Values::Text(ids), Values::Number(probabilities)) => Some(PastList {
                customer_ids: ids.iter().flatten().cloned().collect(),
                churn_probabilities: probabilities.iter().flatten().copied().collect(),
            }),
            _ => None,
        }
        .filter(|list| list.customer_ids.len() == list.churn_probabilities.len())
    }
}
