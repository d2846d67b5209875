//! The nights before: what earlier runs left beside the folder of this one, for the gates.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::job::{MANIFEST, Session, shown};
use super::night_file::{NIGHT, bytes_of, night_of};
use super::report::{LIST, WINBACK};
use crate::monitor::{FIRST_PLACES, Night, PastList};
use crate::output::{Format, Values, file_name, read_some_columns};

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
    let mut folders: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| path.join(NIGHT).is_file()).collect();
    folders.sort();
    let mut nights: Vec<PastNight> = folders.into_iter().filter_map(|folder| read(session, folder)).collect();
    nights.retain(|past| past.night.as_of_day < session.as_of.day());
    // Folders are named after their days: the last of a day is kept.
    nights.sort_by_key(|past| past.night.as_of_day);
    nights.reverse();
    nights.dedup_by_key(|past| past.night.as_of_day);
    nights.reverse();
    nights
}

fn read(session: &Session, folder: PathBuf) -> Option<PastNight> {
    let manifest: Value = serde_json::from_slice(&bytes_of(&folder.join(MANIFEST))?).ok()?;
    let is_list = ["run", "score"].contains(&manifest["command"].as_str().unwrap_or_default());
    if manifest["name"] != session.config.name.as_str() || !is_list {
        return None;
    }
    let Some(night) = night_of(&folder) else {
        tracing::warn!(
            "warning[unreadable_night]: `{}` is damaged or of another version; tonight is not compared with that night",
            shown(&folder.join(NIGHT))
        );
        return None;
    };
    Some(PastNight { folder, night, churn: manifest["config"]["churn"].clone() })
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
