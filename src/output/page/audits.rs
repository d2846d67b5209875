//! Whether the model is as right about one group of customers as about another, attribute by attribute.

use serde_json::Value;

use super::document::{count, items, number, text};
use super::figure::{DataTable, Figure, percent};
use crate::charts::{Row, RowChart, Unit, rows};
use crate::text::{counted, grouped};

/// A figure for each sensitive attribute of the config.
pub(super) fn audits(backtest: &Value) -> impl Iterator<Item = Figure> {
    items(backtest, "/group_audits").iter().enumerate().filter_map(|(nth, audit)| figure(nth, audit))
}

/// A group with figures of its own.
struct Group<'a> {
    name: &'a str,
    n_rows: u64,
    n_customers: u64,
    predicted: f64,
    realised: f64,
    realised_interval: [f64; 2],
    selected: f64,
    selected_interval: [f64; 2],
}

impl<'a> Group<'a> {
    /// `None` for one that is too small for figures.
    fn of(group: &'a Value) -> Option<Self> {
        let share = |name: &str| number(group, &format!("/figures/{name}"));
        let interval = |name: &str| {
            let bound = |end: u8| number(group, &format!("/figures/{name}/{end}"));
            bound(0).zip(bound(1)).map(|(low, high)| [low, high])
        };
        Some(Self {
            name: text(group, "/group")?,
            n_rows: count(group, "/n_rows")?,
            n_customers: count(group, "/n_customers")?,
            predicted: share("predicted")?,
            realised: share("realised")?,
            realised_interval: interval("realised_interval")?,
            selected: share("selected")?,
            selected_interval: interval("selected_interval")?,
        })
    }

    fn is_calibrated(&self) -> bool {
        let [low, high] = self.realised_interval;
        (low..=high).contains(&self.predicted)
    }

    fn row(&self) -> Row {
        let off = if self.is_calibrated() { "" } else { ": outside" };
        Row {
            name: format!("{}, {}", self.name, counted(self.n_customers, "customer")),
            value: self.realised,
            interval: Some(self.realised_interval),
            note: format!("{} churned, {} predicted{off}", percent(self.realised), percent(self.predicted)),
            is_main: self.is_calibrated(),
        }
    }

    fn cells(&self) -> [String; 7] {
        let range = |[low, high]: [f64; 2]| format!("{} to {}", percent(low), percent(high));
        [
            self.name.to_owned(),
            grouped(self.n_rows),
            grouped(self.n_customers),
            percent(self.predicted),
            format!("{} ({})", percent(self.realised), range(self.realised_interval)),
            format!("{} ({})", percent(self.selected), range(self.selected_interval)),
            if self.is_calibrated() { "within" } else { "outside" }.to_owned(),
        ]
    }
}

fn figure(nth: usize, audit: &Value) -> Option<Figure> {
    let attribute = text(audit, "/attribute")?;
    let (n_groups, found) = (items(audit, "/groups").len(), items(audit, "/groups").iter().filter_map(Group::of));
    let found: Vec<Group<'_>> = found.collect();
    let off: Vec<&str> = found.iter().filter(|group| !group.is_calibrated()).map(|group| group.name).collect();
    let heading = match off.as_slice() {
        _ if found.is_empty() => format!("By {attribute}: no group has customers enough for figures"),
        [] => format!("By {attribute}: in every group what was predicted lies within what came"),
        names => format!("By {attribute}: what was predicted lies outside what came in {}", names.join(", ")),
    };
    let head = [
        "Group",
        "Rows",
        "Customers",
        "Predicted to churn",
        "Churned (95 % interval)",
        "In the first tenth (95 % interval)",
        "Predicted, beside what came",
    ];
    let chart = RowChart {
        title: &format!("{heading}. Share that churned by group, with intervals."),
        axis: "share that churned, 95 % interval (Wilson, by customers)",
        unit: Unit::Share,
        range: Some([0.0, 1.0]),
        has_bars: false,
        reference: None,
        rows: found.iter().map(Group::row).collect(),
    };
    let n_small = n_groups - found.len();
    let small =
        if n_small > 0 { " Small groups stand together, and have no figures if they are too few even so." } else { "" };
    Some(Figure {
        id: format!("f-audit-{nth}").into(),
        sentence: format!(
            "No feature reads this attribute. The table also has the share of each group in the first tenth of the list.{small} A \
             difference may have other causes than the attribute, and none is no proof of fairness."
        ),
        population: format!(
            "{} at {}",
            text(audit, "/population").unwrap_or_default(),
            counted(count(audit, "/n_cutoffs").unwrap_or(0), "test cutoff")
        ),
        svg: if found.is_empty() { String::new() } else { rows(&chart) },
        table: DataTable::new(&heading, head, found.iter().map(Group::cells)),
        heading,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_group_that_is_off_is_named_and_a_small_one_has_no_row() {
        let figures = |predicted: f64| {
            json!({ "predicted": predicted, "realised": 0.4, "realised_interval": [0.35, 0.45],
                "selected": 0.1, "selected_interval": [0.07, 0.13] })
        };
        let group = |name: &str, figures: Value| json!({ "group": name, "n_values": 1, "n_rows": 900, "n_customers": 300, "figures": figures });
        let groups =
            json!([group("<f>", figures(0.5)), group("m", figures(0.41)), group("(small groups)", Value::Null)]);
        let audit = json!({ "attribute": "gender", "population": "everyone", "n_cutoffs": 4, "groups": groups });
        let found: Vec<Figure> = audits(&json!({ "group_audits": [audit.clone(), audit] })).collect();
        assert_eq!(found.iter().map(|figure| figure.id.as_ref()).collect::<Vec<_>>(), ["f-audit-0", "f-audit-1"]);
        let figure = &found[0];
        assert_eq!(figure.heading, "By gender: what was predicted lies outside what came in <f>");
        assert_eq!(figure.population, "everyone at 4 test cutoffs");
        assert!(figure.svg.contains("&lt;f&gt;, 300 customers") && figure.svg.contains("50 % predicted: outside"));
        assert_eq!(figure.table.rows.len(), 2);
        assert_eq!(figure.table.rows[1][4], "40 % (35 % to 45 %)");
        assert_eq!(audits(&json!({})).count(), 0);
    }
}
