//! How customers moved between the stages since the last list.

use serde_json::Value;

use super::document::{count, items, text};
use super::figure::{DataTable, Figure, day};
use super::input::PageInput;
use crate::charts::{Cell, GridChart, GridRow, grid};
use crate::text::{counted, grouped};

/// The stages in the order of a customer's life, and how each is called.
const STAGES: [(&str, &str); 6] = [
    ("new", "new"),
    ("repeat", "repeat"),
    ("loyal", "loyal"),
    ("won_back", "won back"),
    ("at_risk", "at risk"),
    ("dormant", "dormant"),
];
/// Those who were on no list before, and those who are on none now.
const NOT_YET: &str = "on no list";
const NO_LONGER: &str = "gone";

/// Customers by their stage on the last list and now; absent without an earlier list.
pub(super) fn moves(input: &PageInput<'_>) -> Option<Figure> {
    let transitions = items(input.report?, "/transitions").iter();
    let transitions: Vec<&Value> = transitions.filter(|one| one["kind"] == "life_cycle_stage").collect();
    let stages = transitions.first()?;
    let since = day(text(stages, "/since")?);
    let moves = items(stages, "/moves");
    let n_of = |from: Option<&str>, to: Option<&str>| {
        let pair = moves.iter().find(|one| one["from"].as_str() == from && one["to"].as_str() == to);
        pair.and_then(|one| count(one, "/n_customers")).unwrap_or(0)
    };
    let (mut n_both, mut n_moved, mut most) = (0, 0, ("", "", 0));
    for (from, from_says) in STAGES {
        for (to, to_says) in STAGES {
            let n = n_of(Some(from), Some(to));
            n_both += n;
            if from != to {
                n_moved += n;
                most = if n > most.2 { (from_says, to_says, n) } else { most };
            }
        }
    }
    if n_both == 0 {
        return None;
    }
    let often = if most.2 > 0 {
        format!(", most often from {} to {} ({})", most.0, most.1, grouped(most.2))
    } else {
        String::new()
    };
    let heading =
        format!("Since {since}, {} of {} changed their stage{often}", grouped(n_moved), counted(n_both, "customer"));
    let from = STAGES.iter().map(|(name, says)| (Some(*name), *says)).chain([(None, NOT_YET)]);
    let to: Vec<(Option<&str>, &str)> =
        STAGES.iter().map(|(name, says)| (Some(*name), *says)).chain([(None, NO_LONGER)]).collect();
    let row = |(from, says): (Option<&str>, &str)| {
        let n_row: u64 = to.iter().map(|(to, _)| n_of(from, *to)).sum();
        let cell = |(to, to_says): &(Option<&str>, &str)| {
            let n = n_of(from, *to);
            (n > 0).then(|| Cell {
                share: n as f64 / n_row as f64,
                text: grouped(n),
                says: format!("{} from {says} to {to_says}", counted(n, "customer")),
            })
        };
        GridRow { name: says.to_owned(), cells: to.iter().map(cell).collect() }
    };
    let chart = GridChart {
        title: &format!("{heading}. A grid of customers by stage then and now."),
        across: "stage now",
        down: "stage then",
        columns: to.iter().map(|(_, says)| (*says).to_owned()).collect(),
        row_height: 28.0,
        rows: from.map(row).collect(),
    };
    let says = |name: Option<&str>, absent: &str| name.map_or_else(|| absent.to_owned(), |name| name.replace('_', " "));
    let table = items(input.report?, "/transitions").iter().flat_map(|kind| {
        let which = text(kind, "/kind").unwrap_or_default().replace('_', " ");
        let row = move |one: &Value| {
            let n = count(one, "/n_customers").map_or_else(String::new, grouped);
            [which.clone(), says(one["from"].as_str(), NOT_YET), says(one["to"].as_str(), NO_LONGER), n]
        };
        items(kind, "/moves").iter().map(row)
    });
    let table = DataTable::new(&heading, ["Kind", "Then", "Now", "Customers"], table);
    Some(Figure {
        id: "f-moves",
        sentence: "Read a row to the right: where the customers of a stage are now, the darker the larger their share. On the diagonal \
                   nothing changed. The table also has the RFM segments."
            .to_owned(),
        population: format!("Everyone on the list or the win-back list of {since} or of {}", day(input.as_of())),
        svg: grid(&chart),
        table,
        heading,
    })
}
