//! The course of what the strongest features add to the risk, over their values.

use serde_json::Value;

use super::super::document::{count, items, number, text};
use super::super::figure::{DataTable, Figure, Small, capital, day};
use super::super::input::PageInput;
use super::course::Course;
use super::test_words::spoken;
use crate::charts::{Curve, CurveChart, Frame, Point, Unit};
use crate::features;
use crate::text::{counted, grouped};

/// Features that are shown.
const SHOWN: usize = 6;
/// Letters of a name on an axis at most: a shop may give its own features any name.
const AXIS_LETTERS: usize = 44;

/// A chart for each of the strongest features of the model.
pub(super) fn shapes(input: &PageInput<'_>) -> Small {
    let drivers = input.model.and_then(|model| model.pointer("/card/drivers"));
    let Some(drivers) = drivers.filter(|drivers| !items(drivers, "/shapes").is_empty()) else {
        return Small::default();
    };
    let found: Vec<Shape<'_>> =
        items(drivers, "/shapes").iter().filter_map(|shape| Shape::of(shape, input.currency())).take(SHOWN).collect();
    let population = population(drivers);
    let figures: Vec<Figure> = found.iter().enumerate().map(|(nth, shape)| shape.figure(nth, &population)).collect();
    Small {
        title: format!("How the risk goes with {}, the strongest first", counted(figures.len() as u64, "feature")),
        sentence: "Customers are those of the latest day that the model learnt from. They are ordered by the value of the feature and cut into \
                   groups of about the same number; a dot is the mean of what the feature adds to the log-odds of leaving in a group, at \
                   its median. Zero is the average customer of training; 0.69 more doubles the odds. The band holds eight of ten \
                   customers of a group: where it is wide, the effect depends on what else is known of them. Each chart has a scale of \
                   its own. These are exact contributions of the whole model, of which the reasons of the list are made; they say what \
                   the model has learnt, not what a contact would change."
            .to_owned(),
        figures,
    }
}

fn population(drivers: &Value) -> String {
    let [n, of] = ["/n_customers", "/of_customers"].map(|at| count(drivers, at).unwrap_or(0));
    let whom = if n < of {
        format!("a sample of {} of {}", grouped(n), counted(of, "customer"))
    } else {
        counted(n, "customer")
    };
    format!("{whom} on {}", day(text(drivers, "/cutoff").unwrap_or_default()))
}

/// A group of customers with neighbouring values.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Step {
    from: f64,
    median: f64,
    to: f64,
    n: u64,
    n_churned: u64,
    log_odds: f64,
    low: f64,
    high: f64,
}

impl Step {
    fn of(step: &Value) -> Option<Self> {
        let at = |name: &str| number(step, &format!("/{name}"));
        Some(Self {
            from: at("from")?,
            median: at("median")?,
            to: at("to")?,
            n: count(step, "/n")?,
            n_churned: count(step, "/n_churned")?,
            log_odds: at("log_odds")?,
            low: at("low")?,
            high: at("high")?,
        })
    }
}

/// The course of one feature.
struct Shape<'a> {
    feature: &'a str,
    /// The currency of an amount.
    currency: Option<&'a str>,
    measured: Option<features::Unit>,
    unit: Unit,
    strength: f64,
    steps: Vec<Step>,
    /// Customers without a value, those of them who churned, and what is added.
    missing: Option<(u64, u64, f64)>,
}

impl<'a> Shape<'a> {
    fn of(shape: &'a Value, currency: &'a str) -> Option<Self> {
        let feature = text(shape, "/feature")?;
        let measured = features::find(feature).map(|known| known.unit);
        let missing = || {
            Some((
                count(shape, "/missing/n")?,
                count(shape, "/missing/n_churned")?,
                number(shape, "/missing/log_odds")?,
            ))
        };
        let steps: Vec<Step> = items(shape, "/steps").iter().filter_map(Step::of).collect();
        (steps.len() > 1).then(|| Self {
            feature,
            currency: (measured == Some(features::Unit::Amount)).then_some(currency),
            measured,
            unit: if measured == Some(features::Unit::Share) { Unit::Share } else { Unit::Number },
            strength: number(shape, "/mean_absolute_log_odds").unwrap_or(0.0),
            steps,
            missing: missing(),
        })
    }

    fn figure(&self, nth: usize, population: &str) -> Figure {
        let heading = format!("{}: {}", capital(&spoken(self.feature)), Course::of(&self.heights()).words());
        let axis = self.axis();
        let frame = Frame { x_title: &axis, x_unit: self.unit, y_title: "added to the log-odds", y_unit: Unit::Number };
        let point = |step: &Step| Point::new(step.median, step.log_odds, self.says(step));
        let banded = self.steps.iter().map(|step| point(step).within(Some([step.low, step.high]))).collect();
        let ends = [self.steps.first(), self.steps.last()].map(|step| step.map_or(0.0, |step| step.median));
        let curves = vec![
            Curve::straight("", [ends[0].min(0.0), 0.0], [ends[1].max(0.0), 0.0]),
            Curve::line("", "main", banded),
            Curve::dots("main", self.steps.iter().map(point).collect()),
        ];
        let title = format!("{heading}. What it adds to the log-odds, by its value.");
        let chart = CurveChart::new(&title, frame, curves);
        Figure {
            id: format!("f-shape-{nth}").into(),
            sentence: self.sentence(),
            population: population.to_owned(),
            svg: chart.draw(),
            table: self.table(&heading),
            heading,
        }
    }

    fn heights(&self) -> Vec<f64> {
        self.steps.iter().map(|step| step.log_odds).collect()
    }

    /// Its name and what it is measured in.
    fn axis(&self) -> String {
        let suffix = self.measured.map_or("", features::Unit::suffix);
        let name = spoken(self.feature.strip_suffix(suffix).unwrap_or(self.feature));
        let short: String = name.chars().take(AXIS_LETTERS).collect();
        let cut = if short.len() < name.len() { "\u{2026}" } else { "" };
        let unit = self.currency.or_else(|| self.measured.map(words_of));
        let unit = unit.map_or_else(String::new, |unit| format!(", {unit}"));
        format!("{short}{cut}{unit}")
    }

    /// A value with its unit.
    fn value(&self, value: f64) -> String {
        let number = self.unit.text(value);
        self.currency.map_or_else(|| number.clone(), |currency| format!("{currency} {number}"))
    }

    fn says(&self, step: &Step) -> String {
        let range = if step.from < step.to {
            format!("{} to {}", self.value(step.from), self.value(step.to))
        } else {
            self.value(step.from)
        };
        format!("{range}: {} for {}", signed(step.log_odds), counted(step.n, "customer"))
    }

    /// What it is, where it takes most away and adds most, and how strong it is.
    fn sentence(&self) -> String {
        let meaning = features::find(self.feature).map_or_else(
            || "Defined in the config of the shop. ".to_owned(),
            // In full it stands in the dictionary of features.
            |known| {
                let first = known.meaning.split([';', ':', '(', '.']).next().unwrap_or_default();
                format!("{}. ", capital(first.trim_end()))
            },
        );
        let by_height = |a: &&Step, b: &&Step| a.log_odds.total_cmp(&b.log_odds);
        let (lowest, highest) = (self.steps.iter().min_by(by_height), self.steps.iter().max_by(by_height));
        let course = lowest.zip(highest).map_or_else(String::new, |(low, high)| {
            format!(
                "Lowest at about {} ({}, {}), highest at about {} ({}, {}); {:.2} up or down on average.",
                self.value(low.median),
                signed(low.log_odds),
                odds(low.log_odds),
                self.value(high.median),
                signed(high.log_odds),
                odds(high.log_odds),
                self.strength
            )
        });
        let missing = self.missing.map_or_else(String::new, |(n, _, log_odds)| {
            format!(" Not known of {}: {}.", counted(n, "customer"), signed(log_odds))
        });
        format!("{meaning}{course}{missing}")
    }

    fn table(&self, heading: &str) -> DataTable {
        let left = |n_churned: u64, n: u64| super::super::figure::percent(n_churned as f64 / (n as f64).max(1.0));
        let row = |step: &Step| {
            [
                self.value(step.from),
                self.value(step.to),
                grouped(step.n),
                signed(step.log_odds),
                format!("{} to {}", signed(step.low), signed(step.high)),
                odds(step.log_odds),
                left(step.n_churned, step.n),
            ]
        };
        let missing = self.missing.map(|(n, n_churned, log_odds)| {
            let [none, unknown] = ["", "not known"].map(str::to_owned);
            [unknown, none.clone(), grouped(n), signed(log_odds), none, odds(log_odds), left(n_churned, n)]
        });
        let head = ["From", "To", "Customers", "Added, mean", "Eight of ten", "Odds", "Left, as it came"];
        DataTable::new(heading, head, self.steps.iter().map(row).chain(missing))
    }
}

/// What a feature is measured in.
const fn words_of(unit: features::Unit) -> &'static str {
    match unit {
        features::Unit::Days => "days",
        features::Unit::Count | features::Unit::Number => "number",
        features::Unit::Amount => "major units of the currency",
        features::Unit::Share => "share",
        features::Unit::Ratio => "ratio",
        features::Unit::PerMonth => "a month",
        features::Unit::Sd => "standard deviations",
        features::Unit::Level => "points",
        features::Unit::Nats => "nats",
        features::Unit::Years => "years",
    }
}

/// Log-odds with their sign.
fn signed(log_odds: f64) -> String {
    let text = format!("{:.2}", log_odds.abs());
    let sign = if text == "0.00" {
        ""
    } else if log_odds < 0.0 {
        "\u{2212}"
    } else {
        "+"
    };
    format!("{sign}{text}")
}

fn odds(log_odds: f64) -> String {
    format!("odds\u{a0}\u{d7}\u{a0}{:.2}", log_odds.exp())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_driver_has_its_line_with_a_band_and_the_same_figures_as_a_table() {
        let step = |from: f64, log_odds: f64| {
            json!({ "from": from, "median": from + 5.0, "to": from + 9.0, "n": 40, "n_churned": 10, "log_odds": log_odds,
                    "low": log_odds - 0.1, "high": log_odds + 0.1 })
        };
        let shape = json!({
            "feature": "recency_days", "mean_absolute_log_odds": 0.5, "steps": [step(0.0, -0.6), step(10.0, 0.1), step(20.0, 0.5)],
            "missing": { "n": 30, "n_churned": 3, "log_odds": 0.2 },
        });
        let shape = Shape::of(&shape, "EUR").unwrap();
        let figure = shape.figure(0, "120 customers");
        assert_eq!(figure.heading, "Recency days: the larger, the higher the risk");
        assert_eq!(shape.axis(), "recency, days");
        assert_eq!(["<circle", "band main", "curve main"].map(|mark| figure.svg.matches(mark).count()), [3, 1, 1]);
        let said = "Lowest at about 5 (\u{2212}0.60, odds\u{a0}\u{d7}\u{a0}0.55), highest at about 25 (+0.50, odds\u{a0}\u{d7}\u{a0}1.65); 0.50 up or down on average";
        assert!(
            figure.sentence.contains(said) && figure.sentence.ends_with("Not known of 30 customers: +0.20."),
            "{}",
            figure.sentence
        );
        let row =
            ["0", "9", "40", "\u{2212}0.60", "\u{2212}0.70 to \u{2212}0.50", "odds\u{a0}\u{d7}\u{a0}0.55", "25 %"];
        assert_eq!((figure.table.rows.len(), figure.table.rows[0].as_slice()), (4, &row.map(str::to_owned)[..]));
    }

    #[test]
    fn a_long_name_of_a_shop_is_cut_on_the_axis() {
        let step = json!({ "from": 0, "median": 0, "to": 0, "n": 1, "n_churned": 0, "log_odds": 0.0, "low": 0.0, "high": 0.0 });
        let shape = json!({ "feature": "x".repeat(90), "steps": [step, step] });
        let shape = Shape::of(&shape, "EUR").unwrap();
        assert_eq!(shape.axis().chars().count(), AXIS_LETTERS + 1);
        assert!(shape.sentence().starts_with("Defined in the config"), "{}", shape.sentence());
    }
}
