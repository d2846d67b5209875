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

/// Customers by stage on two lists.
struct Moves<'r>(&'r [Value]);

impl Moves<'_> {
    /// Customers of a pair of stages; `None` stands for those on no list.
    fn n(&self, from: Option<&str>, to: Option<&str>) -> u64 {
        let pair = self.0.iter().find(|one| one["from"].as_str() == from && one["to"].as_str() == to);
        pair.and_then(|one| count(one, "/n_customers")).unwrap_or(0)
    }

    /// How many changed their stage, in a sentence; `None` where nobody is on both lists.
    fn heading(&self, since: &str) -> Option<String> {
        let pairs = STAGES.iter().flat_map(|from| STAGES.iter().map(move |to| (from, to)));
        let (mut n_both, mut n_moved, mut most) = (0, 0, None);
        for (from, to) in pairs {
            let n = self.n(Some(from.0), Some(to.0));
            n_both += n;
            if from.0 != to.0 {
                n_moved += n;
                most = most.filter(|(_, _, largest)| *largest >= n).or((n > 0).then_some((from.1, to.1, n)));
            }
        }
        let often =
            most.map_or_else(String::new, |(from, to, n)| format!(", most often from {from} to {to} ({})", grouped(n)));
        let n_moved = grouped(n_moved);
        (n_both > 0)
            .then(|| format!("Since {since}, {n_moved} of {} changed their stage{often}", counted(n_both, "customer")))
    }

    /// The grid of stages then by stages now.
    fn svg(&self, heading: &str) -> String {
        let stages = || STAGES.iter().map(|(name, says)| (Some(*name), *says));
        let to: Vec<(Option<&str>, &str)> = stages().chain([(None, NO_LONGER)]).collect();
        let row = |(from, says): (Option<&str>, &str)| {
            let n_row: u64 = to.iter().map(|(to, _)| self.n(from, *to)).sum();
            let cell = |(to, to_says): &(Option<&str>, &str)| {
                let n = self.n(from, *to);
                (n > 0).then(|| Cell {
                    share: n as f64 / n_row as f64,
                    lines: vec![grouped(n)],
                    says: format!("{} from {says} to {to_says}", counted(n, "customer")),
                })
            };
            GridRow { name: says.to_owned(), cells: to.iter().map(cell).collect() }
        };
        grid(&GridChart {
            title: &format!("{heading}. A grid of customers by stage then and now."),
            across: "stage now",
            down: "stage then",
            columns: to.iter().map(|(_, says)| (*says).to_owned()).collect(),
            row_height: 28.0,
            rows: stages().chain([(None, NOT_YET)]).map(row).collect(),
        })
    }
}

/// Customers by their stage on the last list and now; absent without an earlier list.
pub(super) fn moves(input: &PageInput<'_>) -> Option<Figure> {
    let transitions = items(input.report?, "/transitions");
    let stages = transitions.iter().find(|one| one["kind"] == "life_cycle_stage")?;
    let since = day(text(stages, "/since")?);
    let moves = Moves(items(stages, "/moves"));
    let heading = moves.heading(&since)?;
    let head = ["Kind", "Then", "Now", "Customers"];
    Some(Figure {
        id: "f-moves".into(),
        sentence: "Read a row to the right: where the customers of a stage are now, the darker the larger their share. On the diagonal \
                   nothing changed. The table also has the RFM segments."
            .to_owned(),
        population: format!("Everyone on the list or the win-back list of {since} or of {}", day(input.as_of())),
        svg: moves.svg(&heading),
        table: DataTable::new(&heading, head, transitions.iter().flat_map(cells)),
        heading,
    })
}

/// The pairs of one kind of segments as cells.
fn cells(kind: &Value) -> Vec<[String; 4]> {
    let which = text(kind, "/kind").unwrap_or_default().replace('_', " ");
    let says = |name: Option<&str>, absent: &str| name.map_or_else(|| absent.to_owned(), |name| name.replace('_', " "));
    let row = |one: &Value| {
        let n = count(one, "/n_customers").map_or_else(String::new, grouped);
        [which.clone(), says(one["from"].as_str(), NOT_YET), says(one["to"].as_str(), NO_LONGER), n]
    };
    items(kind, "/moves").iter().map(row).collect()
}
