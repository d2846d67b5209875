//! What came of past lists, beside what their probabilities had promised.

use serde_json::Value;

use super::super::document::{count, items, number, text};
use super::super::figure::{DataTable, Figure, day};
use super::super::input::PageInput;
use crate::charts::{Row, RowChart, Unit, rows};
use crate::text::{counted, grouped};

/// Lists that are drawn.
const SHOWN: usize = 12;

/// A list whose label window has ended.
struct Matured<'m> {
    as_of: &'m str,
    list: &'m Value,
    /// Observed to expected, and the bounds of its interval.
    ratio: [f64; 3],
}

impl Matured<'_> {
    fn is_off(&self) -> bool {
        let [_, low, high] = self.ratio;
        !(low..=high).contains(&1.0)
    }

    fn figure(&self, pointer: &str) -> String {
        number(self.list, pointer).map_or_else(|| "-".to_owned(), |figure| format!("{figure:.3}"))
    }

    fn count(&self, pointer: &str) -> u64 {
        count(self.list, pointer).unwrap_or(0)
    }
}

/// Past lists by what came of them; before one has matured, that nothing is known yet.
pub(super) fn past_lists(input: &PageInput<'_>) -> Option<Figure> {
    let lists = items(input.monitor?, "/lists");
    let mut matured: Vec<Matured<'_>> = lists.iter().filter_map(matured).collect();
    let Some(newest) = matured.last() else { return Some(none_yet(input, lists)) };
    let heading = format!(
        "Of the list of {}, {} churned where {} were expected",
        day(newest.as_of),
        grouped(newest.count("/realised/churned")),
        grouped(newest.count("/realised/expected"))
    );
    let table = DataTable::new(
        &heading,
        [
            "List of",
            "Model",
            "Customers",
            "Churned",
            "Expected",
            "Ratio, with interval",
            "AUC",
            "AUC expected",
            "Log-loss",
            "Log-loss expected",
        ],
        matured.iter().rev().map(table_row).collect::<Vec<_>>(),
    );
    let n_matured = matured.len();
    let shown = matured.split_off(n_matured.saturating_sub(SHOWN));
    let most = shown.iter().map(|list| list.ratio[2]).fold(1.5, f64::max);
    let chart = RowChart {
        title: &format!("{heading}. Observed to expected churners by list."),
        axis: "churned, of those expected to; 1 is as expected",
        unit: Unit::Number,
        range: Some([0.0, most]),
        has_bars: false,
        reference: Some(1.0),
        rows: shown.iter().rev().map(row).collect(),
    };
    Some(Figure {
        id: "f-past".into(),
        sentence: format!(
            "{} of {} so far {} run through the horizon; the newest comes first. Lines hold the ratio in 95 of 100 cases if customers \
             leave independently; a season moves it further. Grey is off.",
            grouped(n_matured as u64),
            counted(lists.len() as u64, "list"),
            if n_matured == 1 { "has" } else { "have" }
        ),
        population: "Everyone on both lists of each day who is still in the data; contacts of the team may have kept some of them"
            .to_owned(),
        svg: rows(&chart),
        table,
        heading,
    })
}

fn matured(list: &Value) -> Option<Matured<'_>> {
    let bound = |place: usize| list.pointer("/observed_to_expected")?.get(place)?.as_f64();
    Some(Matured { as_of: text(list, "/as_of")?, list, ratio: [bound(0)?, bound(1)?, bound(2)?] })
}

fn row(list: &Matured<'_>) -> Row {
    let [ratio, low, high] = list.ratio;
    Row {
        name: format!("{}, {}", day(list.as_of), counted(list.count("/realised/n"), "customer")),
        value: ratio,
        interval: Some([low, high]),
        note: format!("{ratio:.2}; AUC {} ({} expected)", list.figure("/realised/auc"), list.figure("/expected/auc")),
        is_main: !list.is_off(),
    }
}

fn table_row(list: &Matured<'_>) -> [String; 10] {
    let [ratio, low, high] = list.ratio;
    [
        list.as_of.to_owned(),
        text(list.list, "/model_version").unwrap_or_default().to_owned(),
        grouped(list.count("/realised/n")),
        grouped(list.count("/realised/churned")),
        grouped(list.count("/realised/expected")),
        format!("{ratio:.2} [{low:.2}, {high:.2}]"),
        list.figure("/realised/auc"),
        list.figure("/expected/auc"),
        list.figure("/realised/log_loss"),
        list.figure("/expected/log_loss"),
    ]
}

/// What is said before a list has matured.
fn none_yet(input: &PageInput<'_>, lists: &[Value]) -> Figure {
    let first = lists.first().and_then(|list| text(list, "/as_of")).unwrap_or_else(|| input.as_of());
    let window = |name: &str| count(input.manifest, &format!("/config/churn/{name}")).unwrap_or(0);
    let days = window("horizon_days") + window("gap_days");
    Figure {
        id: "f-past".into(),
        heading: "What came of past lists is not known yet".to_owned(),
        sentence: format!(
            "The first list is that of {}. What came of it can be told {} later, by a list of that day or after; until then the \
             test above is all that is known.",
            day(first),
            counted(days, "day")
        ),
        population: format!("{} so far", counted(lists.len() as u64, "list")),
        svg: String::new(),
        table: DataTable::default(),
    }
}
