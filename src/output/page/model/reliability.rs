//! Whether probabilities mean what they say.

use serde_json::Value;

use super::super::document::{Estimate, count, items, number};
use super::super::figure::{DataTable, Figure, percent};
use super::test_words::{INTERVAL, population};
use crate::charts::{Curve, CurveChart, Frame, Point};
use crate::text::grouped;

/// Rows of which about the same was said: how many, what was said, and the share of which it came.
pub(in crate::output::page) type Bin = (u64, f64, Estimate);

/// By how many points the worst group is off.
pub(in crate::output::page) fn points_off(bins: &[Bin]) -> f64 {
    let off = bins.iter().map(|(_, mean, rate)| (rate.estimate - mean).abs()).fold(0.0, f64::max);
    (100.0 * off).round()
}

/// Ends of both axes: rare outcomes would crowd in a corner of the last.
const ENDS: [f64; 3] = [0.25, 0.5, 1.0];

/// Groups as dots beside the line on which what was said is exactly right.
pub(in crate::output::page) fn chart_of(bins: &[Bin], title: &str, frame: Frame<'_>) -> String {
    let point = |(n, mean, rate): &Bin| {
        let says = format!("said {}, came {}, {} rows", percent(*mean), percent(rate.estimate), grouped(*n));
        Point::new(*mean, rate.estimate, says).within(rate.interval)
    };
    let highest = |(_, mean, rate): &Bin| rate.interval.map_or(rate.estimate, |[_, high]| high).max(*mean);
    let most = bins.iter().map(highest).fold(0.0, f64::max);
    let end = ENDS.into_iter().find(|end| most <= *end).unwrap_or(1.0);
    let drawn =
        vec![Curve::straight("as said", [0.0, 0.0], [end, end]), Curve::dots("main", bins.iter().map(point).collect())];
    CurveChart { up: Some([0.0, end]), ..CurveChart::new(title, frame, drawn).across(end) }.draw()
}

/// The same as rows.
pub(in crate::output::page) fn table_of(bins: &[Bin], heading: &str) -> DataTable {
    let row = |(n, mean, rate): &Bin| [grouped(*n), percent(*mean), percent(rate.estimate), rate.text()];
    DataTable::new(heading, ["Rows", "Said", "Came", "Share that came, with interval"], bins.iter().map(row))
}

pub(super) fn reliability(evaluation: &Value) -> Option<Figure> {
    let bins = items(evaluation, "/calibration/overall/bins");
    let bin = |bin: &Value| {
        Some((count(bin, "/n")?, number(bin, "/mean_probability")?, Estimate::at(bin, "/observed_rate")?))
    };
    let found: Vec<Bin> = bins.iter().filter_map(bin).collect();
    if found.is_empty() {
        return None;
    }
    let points = points_off(&found);
    let heading = if points < 10.0 {
        format!("What the model says is what comes: no tenth is off by more than {points} points")
    } else {
        format!("The probabilities are off by up to {points} points")
    };
    let title = format!("{heading}. Share that churned over the probability that was said, in ten groups.");
    let frame = Frame::of_shares("probability of churn, as said", "share that churned");
    Some(Figure {
        id: "f-reliability".into(),
        sentence: format!(
            "Each dot is a tenth of the rows, ordered by probability. On the dashed line the probability is exactly right. {INTERVAL}"
        ),
        population: population(evaluation),
        svg: chart_of(&found, &title, frame),
        table: table_of(&found, &heading),
        heading,
    })
}
