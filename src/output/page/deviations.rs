//! What is out of line with the rest of the shop, as rows of words.

use serde_json::Value;

use super::document::{count, items, number, text};
use super::figure::{DataTable, Entry, Section, day, percent};
use super::input::PageInput;
use crate::text::{counted, grouped, verb};

/// What stands out, or that nothing does.
pub(super) fn deviations(input: &PageInput<'_>) -> Option<Section> {
    let report = input.report?.pointer("/deviations").filter(|report| report.is_object())?;
    let found = items(report, "/found");
    let n_tests = count(report, "/n_tests").unwrap_or(0);
    if n_tests == 0 {
        return None;
    }
    let n = found.len() as u64;
    let title = if n == 0 {
        "Nothing is out of line".to_owned()
    } else {
        format!("{} {} out of line with the rest of the shop", counted(n, "group"), verb(n, "is", "are"))
    };
    let rows = found.iter().map(row);
    let head = ["What", "Group", "Out of", "Customers", "Rate", "Interval", "Rest of the shop", "Times", "p, adjusted"];
    Some(Section {
        id: "deviations",
        sentence: sentence(report, n_tests),
        entries: found.iter().map(entry).collect(),
        table: DataTable::new(&title, head, rows),
        is_table: false,
        title,
    })
}

fn sentence(report: &Value, n_tests: u64) -> String {
    let date = |name: &str| day(text(report, &format!("/{name}")).unwrap_or_default());
    let complaints = text(report, "/complaint_population").map_or_else(String::new, |population| {
        format!(
            "; complaints: {population}. A week of the past half year has the customers who complained in it, held against the visits \
             (days on which a customer ordered) of that week and the one before, as complaints come after orders"
        )
    });
    format!(
        "{} of at least {} customers or visits were looked at: categories, channels and regions of the last order, and weeks. \
         Exact tests against the rest; of what is told at most {:.0} % is expected to be chance (Benjamini and Hochberg). From {} until \
         {}, the end left out. Churn: {}{complaints}.",
        counted(n_tests, "group"),
        count(report, "/least_n").unwrap_or(0),
        100.0 * number(report, "/false_discovery_rate").unwrap_or_default(),
        date("from"),
        date("until"),
        text(report, "/churn_population").unwrap_or_default()
    )
}

/// What a group is called for people.
fn name(found: &Value) -> String {
    let name = text(found, "/name").unwrap_or_default();
    match text(found, "/dimension").unwrap_or_default() {
        "week" => format!("week from {}", day(name)),
        dimension => format!("{dimension} {name}"),
    }
}

fn is_week(found: &Value) -> bool {
    text(found, "/dimension") == Some("week")
}

fn entry(found: &Value) -> Entry {
    let of = |pointer: &str| number(found, pointer).unwrap_or_default();
    let (rate, others) = (of("/rate"), of("/others_rate"));
    let n = count(found, "/n").unwrap_or(0);
    let what = match (text(found, "/measure"), is_week(found)) {
        (Some("churn"), _) => format!("{} of {} churned", percent(rate), counted(n, "customer")),
        (_, true) => format!(
            "{} complained in that week, beside {} of it and the week before: {} on 100 visits",
            counted(count(found, "/n_events").unwrap_or(0), "customer"),
            counted(n, "visit"),
            shown(100.0 * rate)
        ),
        (_, false) => format!("{} of {} complained", percent(rate), counted(n, "customer")),
    };
    let rest = if is_week(found) {
        format!("{} in other weeks", shown(100.0 * others))
    } else {
        format!("{} of the rest", percent(others))
    };
    let told = match (text(found, "/measure") == Some("churn"), rate > others) {
        (true, true) => "More churn",
        (true, false) => "Less churn",
        (false, true) => "More complaints",
        (false, false) => "Fewer complaints",
    };
    Entry { name: format!("{told}: {}", name(found)), text: format!("{what}; {rest}. {}", interval(found)) }
}

fn shown(number: f64) -> String {
    format!("{number:.1}")
}

fn interval(found: &Value) -> String {
    let bound = |place: &str| number(found, &format!("/rate_interval/{place}")).unwrap_or_default();
    if is_week(found) {
        return format!("95 % interval {} to {}.", shown(100.0 * bound("0")), shown(100.0 * bound("1")));
    }
    format!("95 % interval {} to {}.", percent(bound("0")), percent(bound("1")))
}

fn row(found: &Value) -> [String; 9] {
    let of = |pointer: &str| number(found, pointer);
    let is_week = is_week(found);
    let rate = |rate: f64| if is_week { format!("{} on 100", shown(100.0 * rate)) } else { percent(rate) };
    let share = |pointer: &str| of(pointer).map_or_else(String::new, rate);
    [
        text(found, "/measure").unwrap_or_default().to_owned(),
        name(found),
        counted(count(found, "/n").unwrap_or(0), if is_week { "visit" } else { "customer" }),
        grouped(count(found, "/n_events").unwrap_or(0)),
        share("/rate"),
        format!("{} to {}", share("/rate_interval/0"), share("/rate_interval/1")),
        share("/others_rate"),
        of("/ratio").map_or_else(String::new, |ratio| format!("{ratio:.2}")),
        of("/adjusted_p_value").map_or_else(String::new, |p| format!("{p:.4}")),
    ]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_week_says_who_complained_in_it_and_beside_which_visits() {
        let found = json!({
            "measure": "complaints", "dimension": "week", "name": "2025-04-02", "n": 234, "n_events": 0,
            "rate": 0.0, "rate_interval": [0.0, 0.018], "others_rate": 0.043, "ratio": 0.0, "adjusted_p_value": 0.02,
        });
        assert_eq!(
            entry(&found).text,
            "0 customers complained in that week, beside 234 visits of it and the week before: 0.0 on 100 visits; 4.3 in other \
             weeks. 95 % interval 0.0 to 1.8."
        );
        let row = row(&found);
        assert_eq!([&row[2], &row[3], &row[4], &row[6]], ["234 visits", "0", "0.0 on 100", "4.3 on 100"]);
    }
}
