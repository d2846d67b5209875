//! The time zone that a column of a source names.

use jiff::tz::TimeZone;

use super::found::DraftColumn;
use super::name_words::in_words;

/// Names of zones as programs show them to people, and those of the zone database.
const NAMES: &[(&str, &str)] = &[
    ("amsterdam", "Europe/Amsterdam"),
    ("arizona", "America/Phoenix"),
    ("atlantic time (canada)", "America/Halifax"),
    ("berlin", "Europe/Berlin"),
    ("brasilia", "America/Sao_Paulo"),
    ("central time (us & canada)", "America/Chicago"),
    ("dublin", "Europe/Dublin"),
    ("eastern time (us & canada)", "America/New_York"),
    ("hawaii", "Pacific/Honolulu"),
    ("london", "Europe/London"),
    ("madrid", "Europe/Madrid"),
    ("melbourne", "Australia/Melbourne"),
    ("mountain time (us & canada)", "America/Denver"),
    ("pacific time (us & canada)", "America/Los_Angeles"),
    ("paris", "Europe/Paris"),
    ("rome", "Europe/Rome"),
    ("sydney", "Australia/Sydney"),
    ("tokyo", "Asia/Tokyo"),
];

/// The column that names one zone in all its rows, and the zone.
pub(super) fn of_columns(columns: &[DraftColumn]) -> Option<(&str, String)> {
    let mut of_zones = columns.iter().filter(|column| names_zones(&column.name));
    let of_column = |column: &DraftColumn| match column.values.as_slice() {
        [only] => zone(&only.value),
        _ => None,
    };
    of_zones.find_map(|column| Some((column.name.as_str(), of_column(column)?)))
}

fn names_zones(name: &str) -> bool {
    let words = in_words(name).join(" ");
    ["time zone", "timezone", "zeitzone", "fuseau horaire", "zona horaria", "tijdzone"].contains(&words.as_str())
}

fn zone(written: &str) -> Option<String> {
    let small = written.trim().to_lowercase();
    let known = NAMES.iter().find(|(name, _)| *name == small).map(|(_, zone)| (*zone).to_owned());
    known.or_else(|| TimeZone::get(written.trim()).ok().map(|_| written.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::found::ValueCount;

    #[test]
    fn a_zone_that_stands_in_all_rows_is_found() {
        let of = |name: &str, values: &[&str]| {
            let value = |value: &&str| ValueCount { value: (*value).to_owned(), rows: 1 };
            let values = values.iter().map(value).collect();
            of_columns(&[DraftColumn { name: name.to_owned(), values, ..DraftColumn::default() }]).map(|found| found.1)
        };
        assert_eq!(of("Time Zone", &["Eastern Time (US & Canada)"]).as_deref(), Some("America/New_York"));
        assert_eq!(of("timezone", &["Europe/Vienna"]).as_deref(), Some("Europe/Vienna"));
        assert_eq!(of("Time Zone", &["Moon"]), None);
        assert_eq!(of("Time Zone", &["London", "Paris"]), None);
        assert_eq!(of("Time", &["London"]), None);
    }
}
