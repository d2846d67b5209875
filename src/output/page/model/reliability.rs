//! Whether probabilities mean what they say.

use serde_json::Value;

use super::super::document::{Estimate, count, items, number};
use super::super::figure::{DataTable, Figure, percent};
use super::test_words::{INTERVAL, population};
use crate::charts::{Curve, CurveChart, Frame, Point};
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
    let point = |(n, mean, rate): &(u64, f64, Estimate)| {
        let says = format!("said {}, came {}, {} rows", percent(*mean), percent(rate.estimate), grouped(*n));
        Point::new(*mean, rate.estimate, says).within(rate.interval)
    };
    let title = format!("{heading}. Share that churned over the probability that was said, in ten groups.");
    let frame = Frame::of_shares("probability of churn, as said", "share that churned");
    let drawn = vec![
        Curve::straight("as said", [0.0, 0.0], [1.0, 1.0]),
        Curve::dots("main", found.iter().map(point).collect()),
    ];
    let chart = CurveChart::new(&title, frame, drawn).across(1.0).up_to_one();
    let table = found.iter().map(|(n, mean, rate)| [grouped(*n), percent(*mean), percent(rate.estimate), rate.text()]);
    Some(Figure {
        id: "f-reliability".into(),
        sentence: format!(
            "Each dot is a tenth of the rows, ordered by probability. On the dashed line the probability is exactly right. {INTERVAL}"
        ),
        population: population(evaluation),
        svg: chart.draw(),
        table: DataTable::new(&heading, ["Rows", "Said", "Came", "Share that came, with interval"], table),
        heading,
    })
}
