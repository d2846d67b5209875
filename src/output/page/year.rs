//! What the manager sees of the shop as a whole: the past year beside the one before, and how each quarter's customers came
//! again.

use serde_json::Value;

use super::document::{count, items, number, text};
use super::figure::{DataTable, Figure, Tile, day, money, percent, rounded};
use super::input::PageInput;
use super::months::{Course, course};
use crate::charts::{Cell, GridChart, GridRow, Unit, grid};
use crate::text::grouped;

/// Key figures of the past year, with the year before where history reaches so far.
pub(super) fn key_figures(input: &PageInput<'_>) -> Option<DataTable> {
    let years = items(input.report?, "/years");
    let (past, before) = (years.first()?, years.get(1));
    let rows = FIGURES.iter().filter_map(|figure| figure.row(past, before, input.currency()));
    let span = |year: &Value| {
        let of = |pointer: &str| text(year, pointer).map(day).unwrap_or_default();
        format!("{} to {}", of("/from"), of("/until"))
    };
    let compared = before.map_or_else(
        || "History is too short for a year before it.".to_owned(),
        |before| format!("The year before: {}.", span(before)),
    );
    let sentence = format!(
        "All customers, as known on {}. The past year: {}. {compared} The end of a year is not part of it.",
        day(input.as_of()),
        span(past)
    );
    let heading = heading(past, before, input.currency());
    let table = DataTable::new(&heading, ["Figure", "Past year", "Year before", "Change"], rows);
    (!table.rows.is_empty()).then(|| table.saying(&sentence))
}

/// The main figures of the past year, each with the year before beside it; none where history does not reach so far.
pub(super) fn tiles(input: &PageInput<'_>) -> Vec<Tile> {
    let years = input.report.map(|report| items(report, "/years")).unwrap_or_default();
    let [past, before, ..] = years else { return Vec::new() };
    let currency = input.currency();
    let tile = |(pointer, name): &(&str, &str)| {
        let figure = FIGURES.iter().find(|figure| figure.pointer == *pointer)?;
        let now = number(past, pointer)?;
        let [_, value, then, change] = figure.row(past, Some(before), currency)?;
        let note = match number(before, pointer) {
            Some(then) if matches!(figure.form, Form::Money) => {
                format!("{} in the year before: {change}", rounded(currency, then))
            }
            Some(_) => format!("{then} in the year before: {change}"),
            None => "history is too short to tell it of the year before".to_owned(),
        };
        let mut tile = match figure.form {
            Form::Money => Tile::of_money(currency, now, name, note),
            _ => Tile::new(value, name, note),
        };
        let course = course(input, pointer.trim_start_matches('/'), |value| figure.written(value, currency));
        if let Some(Course { svg, span }) = course {
            (tile.spark, tile.span) = (svg, span);
        }
        Some(tile)
    };
    TILES.iter().filter_map(tile).collect()
}

/// The figures that have a tile, and what is said of them there.
const TILES: [(&str, &str); 3] = [
    ("/net_spend", "of sales in the past year, net of returns"),
    ("/customers", "customers bought in the past year"),
    ("/retention_rate", "of the customers of the year before bought again"),
];

/// How sales and the number of buyers changed, the larger change first.
fn heading(past: &Value, before: Option<&Value>, currency: &str) -> String {
    let of = |pointer: &str| {
        let then = before.and_then(|before| number(before, pointer)).filter(|then| *then > 0.0);
        number(past, pointer).map(|now| (now, then))
    };
    let (sales, buyers) = (of("/net_spend"), of("/customers"));
    let mut changes: Vec<(f64, String)> = Vec::new();
    if let Some((now, Some(then))) = sales {
        let (rate, now) = (now / then - 1.0, rounded(currency, now));
        let said = match rate {
            same if same.abs() < SAME => format!("sales stayed about the same ({now})"),
            more if more > 0.0 => format!("sales rose by {:.0} % to {now}", 100.0 * more),
            less => format!("sales fell by {:.0} % to {now}", -100.0 * less),
        };
        changes.push((rate.abs(), said));
    }
    if let Some((now, Some(then))) = buyers {
        let (rate, now, then) = (now / then - 1.0, Unit::Number.text(now), Unit::Number.text(then));
        let said = match rate {
            same if same.abs() < SAME => format!("about as many customers bought ({now} after {then})"),
            more if more > 0.0 => format!("{:.0} % more customers bought ({now})", 100.0 * more),
            less => format!("{:.0} % fewer customers bought ({now})", -100.0 * less),
        };
        changes.push((rate.abs(), said));
    }
    changes.sort_by(|a, b| b.0.total_cmp(&a.0));
    let changes: Vec<String> = changes.into_iter().map(|(_, said)| said).collect();
    if !changes.is_empty() {
        return format!("Against the year before, {}", changes.join(", and "));
    }
    let n = buyers.map(|(now, _)| format!("{} customers bought in the past year", Unit::Number.text(now)));
    let spent = sales.map_or_else(String::new, |(now, _)| format!(", for {}", money(currency, now)));
    n.map_or_else(|| "The year in figures".to_owned(), |n| n + &spent)
}

/// A smaller change is called the same.
const SAME: f64 = 0.01;

/// How a figure is written, and how its change.
#[derive(Clone, Copy)]
enum Form {
    Count,
    Money,
    /// Changes in points.
    Share,
    Days,
    /// A figure with one decimal.
    Rate,
}

struct KeyFigure {
    name: &'static str,
    pointer: &'static str,
    form: Form,
}

const fn figure(name: &'static str, pointer: &'static str, form: Form) -> KeyFigure {
    KeyFigure { name, pointer, form }
}

const FIGURES: &[KeyFigure] = &[
    figure("Customers who bought", "/customers", Form::Count),
    figure("of them for the first time", "/new_customers", Form::Count),
    figure("Days on which a customer bought, over all customers", "/visits", Form::Count),
    figure("Spend net of returns", "/net_spend", Form::Money),
    figure("Customers who bought on a second day", "/repeat_rate", Form::Share),
    figure("Retention: customers of the year before who bought again", "/retention_rate", Form::Share),
    figure("Churn: those who did not", "/churn_rate", Form::Share),
    figure("Complaints opened", "/complaints/opened", Form::Count),
    figure("Complaints per 100 such days", "/complaints/per_hundred_visits", Form::Rate),
    figure("Complaints that are still open", "/complaints/still_open", Form::Count),
    figure("Median days to the first response", "/complaints/days_to_response/p50", Form::Days),
    figure("Median days to a resolution", "/complaints/days_to_resolve/p50", Form::Days),
];

impl KeyFigure {
    fn written(&self, value: f64, currency: &str) -> String {
        match self.form {
            Form::Count => Unit::Number.text(value),
            Form::Money => money(currency, value),
            Form::Share => percent(value),
            Form::Days | Form::Rate => format!("{value:.1}"),
        }
    }

    /// `None` where the past year does not have it.
    fn row(&self, past: &Value, before: Option<&Value>, currency: &str) -> Option<[String; 4]> {
        let now = number(past, self.pointer)?;
        let then = before.and_then(|before| number(before, self.pointer));
        let written = |value: f64| self.written(value, currency);
        let change = |then: f64| match self.form {
            Form::Share => signed(&format!("{:+.1} points", 100.0 * (now - then))),
            _ if then > 0.0 && (now / then - 1.0).abs() < SAME => "about the same".to_owned(),
            _ if then > 0.0 => signed(&format!("{:+.0} %", 100.0 * (now / then - 1.0))),
            _ => "–".to_owned(),
        };
        let absent = || "–".to_owned();
        let (before, change) = (then.map_or_else(absent, written), then.map_or_else(absent, change));
        Some([self.name.to_owned(), written(now), before, change])
    }
}

/// Cohorts and quarters on the page at most: the newest.
const SHOWN: usize = 12;
/// A cohort of fewer customers says nothing.
const FEWEST: u64 = 20;

/// The share of each quarter's new customers who bought in the quarters after it.
pub(super) fn cohorts(input: &PageInput<'_>) -> Option<Figure> {
    let report = input.report?;
    let shares = |cohort: &Value| -> Vec<f64> {
        items(cohort, "/bought_in_quarter").iter().filter_map(Value::as_f64).take(SHOWN).collect()
    };
    let cohort =
        |cohort: &Value| Some((text(cohort, "/quarter")?.to_owned(), count(cohort, "/customers")?, shares(cohort)));
    let found: Vec<(String, u64, Vec<f64>)> = items(report, "/cohorts")
        .iter()
        .filter_map(cohort)
        .filter(|(_, n, shares)| *n >= FEWEST && !shares.is_empty())
        .collect();
    let found = found.get(found.len().saturating_sub(SHOWN)..)?;
    let n_quarters = found.iter().map(|(_, _, shares)| shares.len()).max()?;
    let most = found.iter().flat_map(|(_, _, shares)| shares).copied().fold(0.0, f64::max);
    let (first, newest) = (found.first()?, found.last()?);
    let heading = format!(
        "Of the new customers of {}, {} bought again in the next quarter; of those of {}, {}",
        first.0,
        percent(*first.2.first()?),
        newest.0,
        percent(*newest.2.first()?)
    );
    let cell = |name: &str, after: usize, share: f64| Cell {
        share: if most > 0.0 { share / most } else { 0.0 },
        lines: vec![format!("{:.0}", 100.0 * share)],
        says: format!("{name}: {} bought {after} quarters later", percent(share)),
    };
    let row = |(name, n, shares): &(String, u64, Vec<f64>)| GridRow {
        name: format!("{name} ({})", grouped(*n)),
        cells: shares.iter().enumerate().map(|(place, share)| Some(cell(name, place + 1, *share))).collect(),
    };
    let chart = GridChart {
        title: &format!("{heading}. A grid of shares by the quarter of the first order and quarters after it."),
        across: "quarters after it",
        down: "first order in (customers)",
        columns: (1..=n_quarters).map(|after| after.to_string()).collect(),
        row_height: 24.0,
        rows: found.iter().map(row).collect(),
    };
    let table = found.iter().flat_map(|(name, n, shares)| {
        let of = |(place, share): (usize, &f64)| [name.clone(), grouped(*n), (place + 1).to_string(), percent(*share)];
        shares.iter().enumerate().map(of).collect::<Vec<_>>()
    });
    let head = ["First order in", "Customers", "Quarters after it", "Bought in that quarter"];
    Some(Figure {
        id: "f-quarters".into(),
        sentence: "Per cent of the customers who came in a quarter that bought in each quarter after it. Read a row to the right to see \
                   customers fade; read a column down to see whether newer customers stay better or worse. A quarter that has not \
                   ended is left out. New is whose first order in the data is of the quarter. The quarter in which the data begin is \
                   left out, as everybody is new in it; the quarters after it still count some as new who had bought before."
            .to_owned(),
        population: format!(
            "{}; at most the newest {SHOWN} quarters, without those of fewer than {FEWEST} new customers",
            text(report, "/population").unwrap_or_default()
        ),
        svg: grid(&chart),
        table: DataTable::new(&heading, head, table),
        heading,
    })
}

/// A change with the minus sign of print, which is as wide as the plus.
fn signed(change: &str) -> String {
    change.replacen('-', "\u{2212}", 1)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_tile_has_its_figure() {
        let known = |pointer: &str| FIGURES.iter().any(|figure| figure.pointer == pointer);
        assert!(TILES.iter().all(|(pointer, _)| known(pointer)));
    }

    #[test]
    fn the_heading_says_what_changed_most() {
        let year = |customers: f64, spend: f64| json!({ "customers": customers, "net_spend": spend });
        let said = |past: &Value, before: Option<&Value>| heading(past, before, "EUR");
        let before = year(4_000.0, 8_000.0);
        assert_eq!(
            said(&year(4_004.0, 7_200.0), Some(&before)),
            "Against the year before, sales fell by 10 % to EUR 7,200, and about as many customers bought (4,004 after 4,000)"
        );
        assert_eq!(
            said(&year(5_000.0, 8_400.0), Some(&before)),
            "Against the year before, 25 % more customers bought (5,000), and sales rose by 5 % to EUR 8,400"
        );
        assert_eq!(said(&before, None), "4,000 customers bought in the past year, for EUR 8,000");
        assert_eq!(said(&json!({}), Some(&before)), "The year in figures");
    }
}
