//! Whether probabilities mean what they say.

use serde_json::Value;

use super::super::document::{Estimate, count, items, number};
use super::super::figure::{DataTable, Figure, percent};
use super::test_words::{INTERVAL, population};
use crate::charts::{Curve, CurveChart, Frame, Point, Unit, curves};
use crate::text::grouped;

pub(super) fn reliability(evaluation: &Value) -> Option<Figure> {
    let bins = items(evaluation, "/calibration/overall/bins");
    let bin = |bin: &Value| {
        Some((count(bin, "/n")?, number(bin, "/mean_probability")?, Estimate::at(bin, "/observed_rate")?))
    };
    let found: Vec<(u64, f64, Estimate)> = bins.iter().filter_map(bin).collect();
    let off = found.iter().map(|(_, mean, rate)| (rate.estimate - mean).abs()).fold(0.0, f64::max);
    if found.is_empty() {
        return None;
    }
    let points = (100.0 * off).round();
    let heading = if off < 0.1 {
        format!("What the model says is what comes: no tenth is off by more than {points} points")
    } else {
        format!("The probabilities are off by up to {points} points")
    };
    let point = |(n, mean, rate): &(u64, f64, Estimate)| Point {
        x: *mean,
        y: rate.estimate,
        interval: rate.interval,
        says: format!("said {}, came {}, {} rows", percent(*mean), percent(rate.estimate), grouped(*n)),
    };
    let ideal = [0.0, 1.0].map(|end| Point { x: end, y: end, interval: None, says: String::new() });
    let frame = Frame {
        x_title: "probability of churn, as said",
        x_unit: Unit::Share,
        y_title: "share that churned",
        y_unit: Unit::Share,
    };
    let series = |name, class, points, is_joined| Curve { name, class, points, is_joined, is_dotted: !is_joined };
    let chart = CurveChart {
        title: &format!("{heading}. Share that churned over the probability that was said, in ten groups."),
        frame,
        across: Some([0.0, 1.0]),
        up: Some([0.0, 1.0]),
        curves: vec![
            series("as said", "reference", ideal.to_vec(), true),
            series("", "main", found.iter().map(point).collect(), false),
        ],
    };
    let table = found.iter().map(|(n, mean, rate)| [grouped(*n), percent(*mean), percent(rate.estimate), rate.text()]);
    Some(Figure {
        id: "f-reliability",
        sentence: format!(
            "Each dot is a tenth of the rows, ordered by probability. On the dashed line the probability is exactly right. {INTERVAL}"
        ),
        population: population(evaluation),
        svg: curves(&chart),
        table: DataTable::new(&heading, ["Rows", "Said", "Came", "Share that came, with interval"], table),
        heading,
    })
}
