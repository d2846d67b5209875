//! Whether the probabilities of the four outcomes came true at past days.

use serde_json::Value;

use super::document::{Estimate, count, items, number, text};
use super::figure::{DataTable, Figure, capital, day, percent};
use super::model::{Bin, INTERVAL, chart_of, points_off, table_of};
use crate::charts::{Frame, Row, RowChart, Unit, rows};
use crate::text::{counted, grouped};

/// Each outcome as a follow-up shows it, and how it is called here.
const OUTCOMES: [(&str, &str); 4] =
    [("never", "never back"), ("quiet", "quiet, then back"), ("last", "bought a last time"), ("staying", "staying")];

/// One outcome, said and come.
struct Held<'b> {
    name: &'static str,
    id: &'static str,
    said: f64,
    came: Estimate,
    outcome: &'b Value,
}

impl<'b> Held<'b> {
    fn of(outcome: &'b Value) -> Option<Self> {
        let word = text(outcome, "/outcome")?;
        let (id, name) = OUTCOMES.into_iter().find(|(known, _)| *known == word)?;
        Some(Self { name, id, said: number(outcome, "/said")?, came: Estimate::at(outcome, "/came")?, outcome })
    }

    fn is_calibrated(&self) -> bool {
        self.came.interval.is_some_and(|[low, high]| (low..=high).contains(&self.said))
    }

    fn rows(&self) -> [Row; 2] {
        let off = if self.is_calibrated() { "" } else { ": outside" };
        let row = |name: String, value: f64, interval: Option<[f64; 2]>, off: &str, is_main: bool| Row {
            note: format!("{}{off}", percent(value)),
            name,
            value,
            interval,
            is_main,
        };
        [
            row(format!("{}, as it came", self.name), self.came.estimate, self.came.interval, "", true),
            row(format!("{}, as said", self.name), self.said, None, off, false),
        ]
    }

    fn cells(&self, n_rows: &str) -> [String; 5] {
        let range = self.came.interval.map(|[low, high]| format!("{} to {}", percent(low), percent(high)));
        let beside = if self.is_calibrated() { "within" } else { "outside" };
        let [said, came] = [self.said, self.came.estimate].map(percent);
        [
            self.name.to_owned(),
            n_rows.to_owned(),
            said,
            format!("{came} ({})", range.unwrap_or_default()),
            beside.to_owned(),
        ]
    }

    /// The outcome by tenth of what was said.
    fn by_tenth(&self, population: &str) -> Option<Figure> {
        let bin =
            |tenth: &Value| Some((count(tenth, "/n_rows")?, number(tenth, "/said")?, Estimate::at(tenth, "/came")?));
        let bins: Vec<Bin> = items(self.outcome, "/tenths").iter().filter_map(bin).collect();
        if bins.is_empty() {
            return None;
        }
        let (name, points) = (capital(self.name), points_off(&bins));
        let heading = if points < 10.0 {
            format!("{name}: no tenth is off by more than {points} points")
        } else {
            format!("{name}: the probabilities are off by up to {points} points")
        };
        let title = format!("{heading}. Share of which it came over the probability that was said, in ten groups.");
        let frame = Frame::of_shares("probability, as said", "share of which it came");
        Some(Figure {
            id: format!("f-outcome-{}", self.id).into(),
            sentence: format!(
                "Each dot is a tenth of the rows by this probability. On the dashed line it is exactly right. {INTERVAL}"
            ),
            population: population.to_owned(),
            svg: chart_of(&bins, &title, frame),
            table: table_of(&bins, &heading),
            heading,
        })
    }
}

/// All four outcomes, then each by tenth; nothing where no follow-up has ended or no model of outcomes could be learnt.
pub(super) fn calibrated_outcomes(backtest: &Value) -> Vec<Figure> {
    let Some(report) = backtest.pointer("/outcome_calibration").filter(|report| report.is_object()) else {
        return Vec::new();
    };
    let found: Vec<Held<'_>> = items(report, "/outcomes").iter().filter_map(Held::of).collect();
    let population = population(report);
    let whole = all_four(report, &found, &population);
    whole.into_iter().chain(found.iter().filter_map(|said| said.by_tenth(&population))).collect()
}

fn all_four(report: &Value, found: &[Held<'_>], population: &str) -> Option<Figure> {
    let never = found.iter().find(|said| said.id == "never")?;
    let of_hundred = |share: f64| format!("{:.0}", 100.0 * share);
    let heading = format!(
        "Of 100 customers {} never came back, where {} were said to",
        of_hundred(never.came.estimate),
        of_hundred(never.said)
    );
    let chart = RowChart {
        title: &format!("{heading}. Said and come of four outcomes, with intervals."),
        axis: "share of the customers, 95 % interval",
        unit: Unit::Share,
        range: Some([0.0, 1.0]),
        has_bars: false,
        reference: None,
        rows: found.iter().flat_map(Held::rows).collect(),
    };
    let n_rows = grouped(count(report, "/n_rows").unwrap_or(0));
    let head = ["Outcome", "Rows", "Said", "Came (95 % interval)", "Said, beside what came"];
    Some(Figure {
        id: "f-outcomes".into(),
        sentence: format!(
            "Never back are those who had left or are leaving; a last time bought those who leave after another order. Who had left \
             before the day no data show, so the list's gone and leaving are held against both together. What is said of a follow-up is \
             tested here; the list then takes into account that a slow customer may only be silent in it. {INTERVAL}"
        ),
        population: population.to_owned(),
        svg: rows(&chart),
        table: DataTable::new(&heading, head, found.iter().map(|said| said.cells(&n_rows))),
        heading,
    })
}

fn population(report: &Value) -> String {
    let cutoffs: Vec<String> = items(report, "/cutoffs").iter().filter_map(Value::as_str).map(day).collect();
    format!(
        "Test cutoffs whose follow-up has ended ({}): {} of {}; {}",
        cutoffs.join(", "),
        counted(count(report, "/n_rows").unwrap_or(0), "row"),
        counted(count(report, "/n_customers").unwrap_or(0), "customer"),
        text(report, "/population").unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_outcome_that_was_said_too_often_is_named_outside() {
        let tenth = json!({ "n_rows": 50, "said": 0.4, "came": { "estimate": 0.26, "low": 0.2, "high": 0.33 } });
        let outcome = |name: &str, said: f64| json!({ "outcome": name, "said": said, "came": { "estimate": 0.3, "low": 0.25, "high": 0.35 }, "tenths": [tenth] });
        let report = json!({ "outcome_calibration": {
            "population": "everyone", "cutoffs": ["2025-01-01"], "n_rows": 500, "n_customers": 500,
            "outcomes": [outcome("never", 0.4), outcome("staying", 0.3), outcome("unknown", 0.3)],
        } });
        let figures = calibrated_outcomes(&report);
        let ids: Vec<&str> = figures.iter().map(|figure| figure.id.as_ref()).collect();
        assert_eq!(ids, ["f-outcomes", "f-outcome-never", "f-outcome-staying"]);
        assert_eq!(figures[0].heading, "Of 100 customers 30 never came back, where 40 were said to");
        assert_eq!(figures[0].table.rows[0][4], "outside");
        assert_eq!(figures[0].table.rows[1][4], "within");
        assert_eq!(figures[1].heading, "Never back: the probabilities are off by up to 14 points");
        assert!(figures[1].population.contains("1 January 2025") && figures[0].svg.contains("40 %: outside"));
        assert!(calibrated_outcomes(&json!({})).is_empty());
        assert!(calibrated_outcomes(&json!({ "outcome_calibration": null })).is_empty());
    }
}
