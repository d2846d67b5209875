//! Whether predicted margins came true at past days: by tenth of what was predicted, and for the first of the list.

use serde_json::Value;

use super::document::{Estimate, count, items, number, text};
use super::figure::{DataTable, Figure, day, money, rounded};
use super::model::INTERVAL;
use crate::charts::{Curve, CurveChart, Frame, Point, Row, RowChart, Unit, rows};
use crate::text::{counted, grouped};

const TENTHS: usize = 10;

/// Some rows, predicted and come.
struct Group<'b> {
    name: &'b str,
    n_rows: u64,
    predicted: f64,
    came: Estimate,
    /// Absent where nothing came.
    ratio: Option<Estimate>,
}

impl<'b> Group<'b> {
    fn of(group: &'b Value) -> Option<Self> {
        Some(Self {
            name: text(group, "/name")?,
            n_rows: count(group, "/n_rows")?,
            predicted: number(group, "/mean_predicted")?,
            came: Estimate::at(group, "/mean_actual")?,
            ratio: Estimate::at(group, "/predicted_over_actual"),
        })
    }

    fn cells(&self, currency: &str) -> [String; 5] {
        let amount = |sum: f64| money(currency, sum);
        let range = self.came.interval.map(|[low, high]| format!(" ({} to {})", amount(low), amount(high)));
        [
            self.name.to_owned(),
            grouped(self.n_rows),
            amount(self.predicted),
            amount(self.came.estimate) + &range.unwrap_or_default(),
            self.ratio.map_or_else(|| "-".to_owned(), |ratio| ratio.text()),
        ]
    }

    fn row(&self, days: u64) -> Option<Row> {
        let ratio = self.ratio?;
        let is_right = ratio.interval.is_some_and(|[low, high]| (low..=high).contains(&1.0));
        Some(Row {
            name: format!("{}, {}", self.name, counted(days, "day")),
            value: ratio.estimate,
            interval: ratio.interval,
            note: format!("{}, {}{}", ratio.text(), counted(self.n_rows, "row"), if is_right { "" } else { ": off" }),
            is_main: is_right,
        })
    }
}

const HEAD: [&str; 5] =
    ["Customers", "Rows", "Mean margin predicted", "Mean margin that came (95 % interval)", "Predicted over came"];

/// A figure of each span of time, then those first on the list.
pub(super) fn calibrated_values(backtest: &Value, currency: &str) -> Vec<Figure> {
    let windows = items(backtest, "/value_calibration/windows");
    let by_tenth = windows.iter().filter_map(|window| by_tenth(window, currency));
    by_tenth.chain(first_of_list(windows, currency)).collect()
}

fn groups<'b>(window: &'b Value, kind: &str) -> Vec<Group<'b>> {
    items(window, "/groups").iter().filter_map(Group::of).filter(|group| group.name.starts_with(kind)).collect()
}

/// Predicted and actual margin of each tenth, the highest predicted first.
fn by_tenth(window: &Value, currency: &str) -> Option<Figure> {
    let days = count(window, "/days")?;
    let tenths = groups(window, "tenth ");
    let (first, span) = (tenths.first().filter(|_| tenths.len() == TENTHS)?, counted(days, "day"));
    let heading = format!(
        "The tenth with the most to come was to bring {} each in {span}, and brought {}",
        rounded(currency, first.predicted),
        rounded(currency, first.came.estimate)
    );
    let place = |nth: usize| (nth + 1) as f64;
    let points = |of: fn(&Group<'_>) -> (f64, Option<[f64; 2]>), word: &str| -> Vec<Point> {
        let point = |(nth, group): (usize, &Group<'_>)| {
            let (height, interval) = of(group);
            let says = format!("{}: {} {word}", group.name, money(currency, height));
            Point::new(place(nth), height, says).within(interval)
        };
        tenths.iter().enumerate().map(point).collect()
    };
    let curves = vec![
        Curve::dotted("predicted", "other", points(|group| (group.predicted, None), "predicted")),
        Curve::dotted("came", "main", points(|group| (group.came.estimate, group.came.interval), "came")),
    ];
    let title = format!("{heading}. Predicted and actual margin of a customer by tenth of what was predicted.");
    let axis = format!("net margin of a customer, {currency}");
    let names = [0, 3, 6, 9].map(|nth| (place(nth), (nth + 1).to_string()));
    let frame = Frame::of_numbers("tenth of the customers, the most predicted first", &axis);
    let chart = CurveChart::new(&title, frame, curves).named(names.to_vec());
    Some(Figure {
        id: format!("f-value-{days}").into(),
        sentence: format!(
            "Net margin in the {span} after each test cutoff, not discounted, by the models of that day. Dots above those of what came: \
             too much was predicted. {INTERVAL}"
        ),
        population: population(window),
        svg: chart.draw(),
        table: DataTable::new(&heading, HEAD, tenths.iter().map(|group| group.cells(currency))),
        heading,
    })
}

/// Predicted over actual margin of those first on the list, in each span of time.
fn first_of_list(windows: &[Value], currency: &str) -> Option<Figure> {
    let all: Vec<(u64, Group<'_>)> = windows
        .iter()
        .filter_map(|window| Some((count(window, "/days")?, groups(window, "first "))))
        .flat_map(|(days, groups)| groups.into_iter().map(move |group| (days, group)))
        .collect();
    let drawn: Vec<Row> = all.iter().filter_map(|(days, group)| group.row(*days)).collect();
    let (days, fifty) = all.iter().find(|(_, group)| group.name.starts_with("first 50 ") && group.ratio.is_some())?;
    let heading = format!(
        "The first 50 of the list were to bring {} each in {}, and brought {}",
        rounded(currency, fifty.predicted),
        counted(*days, "day"),
        rounded(currency, fifty.came.estimate)
    );
    let most = drawn.iter().filter_map(|row| row.interval).map(|[_, high]| high).fold(2.0, f64::max);
    let chart = RowChart {
        title: &format!("{heading}. Predicted over actual margin of the first of the list, with intervals."),
        axis: "predicted over actual margin; 1 is right",
        unit: Unit::Number,
        range: Some([0.0, most]),
        has_bars: false,
        reference: Some(1.0),
        rows: drawn,
    };
    let row = |(days, group): &(u64, Group<'_>)| {
        let [name, n, predicted, came, ratio] = group.cells(currency);
        [format!("{name}, {}", counted(*days, "day")), n, predicted, came, ratio]
    };
    let whom: Vec<String> = windows.iter().map(population).collect();
    Some(Figure {
        id: "f-value-first".into(),
        sentence: format!(
            "The lists are those that each test cutoff would have had. Above 1 too much was predicted; grey is off. {INTERVAL}"
        ),
        population: whom.join(". "),
        svg: rows(&chart),
        table: DataTable::new(&heading, HEAD, all.iter().map(row)),
        heading,
    })
}

fn population(window: &Value) -> String {
    let cutoffs = items(window, "/cutoffs");
    let at = |cutoff: Option<&Value>| cutoff.and_then(Value::as_str).map(day).unwrap_or_default();
    let when = match cutoffs {
        [one] => format!("on {}", at(Some(one))),
        all => format!("on {} from {} to {}", counted(all.len() as u64, "day"), at(all.first()), at(all.last())),
    };
    format!(
        "Over {}: {} of {} {when}; {}",
        counted(count(window, "/days").unwrap_or(0), "day"),
        counted(count(window, "/n_rows").unwrap_or(0), "row"),
        counted(count(window, "/n_customers").unwrap_or(0), "customer"),
        text(window, "/population").unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn group(name: &str, predicted: f64, ratio: &Value) -> Value {
        let came = json!({ "estimate": 20.0, "low": 15.0, "high": 26.0 });
        json!({ "name": name, "n_rows": 40, "mean_predicted": predicted, "mean_actual": came, "predicted_over_actual": ratio })
    }

    #[test]
    fn tenths_and_those_first_on_the_list_are_drawn_with_what_came() {
        let off = json!({ "estimate": 1.5, "low": 1.2, "high": 2.4 });
        let tenths = (1..=10).map(|tenth| group(&format!("tenth {tenth}"), 30.0 - f64::from(tenth), &Value::Null));
        let firsts = [10, 50, 100].map(|first| group(&format!("first {first} of list"), 30.0, &off));
        let groups: Vec<Value> = tenths.chain(firsts).collect();
        let window = json!({ "days": 60, "population": "everyone", "cutoffs": ["2025-01-01", "2025-02-01"], "n_rows": 400,
            "n_customers": 300, "groups": groups });
        let report = json!({ "value_calibration": { "windows": [window] } });
        let figures = calibrated_values(&report, "EUR");
        assert_eq!(
            figures.iter().map(|figure| figure.id.as_ref()).collect::<Vec<_>>(),
            ["f-value-60", "f-value-first"]
        );
        assert_eq!(
            figures[0].heading,
            "The tenth with the most to come was to bring EUR 29 each in 60 days, and brought EUR 20"
        );
        assert_eq!(figures[0].svg.matches("<circle").count(), 20);
        assert_eq!(figures[0].table.rows[0][3], "EUR 20 (EUR 15 to EUR 26)");
        assert!(figures[1].svg.contains("1.500 [1.200, 2.400], 40 rows: off"), "{}", figures[1].svg);
        assert!(figures[1].population.contains("on 2 days from 1 January 2025 to 1 February 2025"));
        assert!(calibrated_values(&json!({}), "EUR").is_empty());
    }
}
