//! Whom a list finds, over its length.

use serde_json::Value;

use super::super::document::{Estimate, items, number};
use super::super::figure::{DataTable, Figure, percent};
use super::test_words::{INTERVAL, main_learner, population};
use crate::charts::{Curve, CurveChart, Frame, Point};

pub(super) fn gain(evaluation: &Value) -> Option<Figure> {
    let main = main_learner(evaluation)?;
    let of = |learner: &Value, what: &str| -> Vec<(f64, Estimate)> {
        let pairs = items(learner, &format!("/mean/{what}")).iter();
        pairs.filter_map(|pair| Some((number(pair, "/fraction")?, Estimate::at(pair, "/value")?))).collect()
    };
    let (churners, margin) = (of(main, "gain"), of(main, "value_captured"));
    let tenth = churners.iter().find(|pair| (pair.0 - 0.1).abs() < 1e-9)?;
    let lift = tenth.1.estimate / tenth.0;
    let heading = format!(
        "The first tenth by probability holds {} of those who left, {lift:.1} times chance",
        percent(tenth.1.estimate)
    );
    let points = |pairs: &[(f64, Estimate)]| -> Vec<Point> {
        let point = |(x, figure): &(f64, Estimate)| {
            let says = format!("first {}: {}", percent(*x), percent(figure.estimate));
            Point::new(*x, figure.estimate, says).within(figure.interval)
        };
        pairs.iter().map(point).collect()
    };
    let last = churners.last()?.0;
    let mut drawn = vec![Curve::straight("chance", [0.0, 0.0], [last, last])];
    if !margin.is_empty() {
        drawn.push(Curve::dotted("margin of those who left", "other", points(&margin)));
    }
    drawn.push(Curve::dotted("customers who left", "main", points(&churners)));
    let title = format!("{heading}. Shares captured over the length of the list.");
    let frame = Frame::of_shares("first share of the customers, by order of the model", "share of all who left");
    let chart = CurveChart::new(&title, frame, drawn).across(last).up_to_one();
    let table = churners.iter().enumerate().map(|(place, (fraction, figure))| {
        let money = margin.get(place).map_or_else(String::new, |(_, figure)| figure.text());
        [percent(*fraction), figure.text(), format!("{:.2}", figure.estimate / fraction), money]
    });
    let table = DataTable::new(&heading, ["First", "Share of those who left", "Lift", "Share of their margin"], table);
    Some(Figure {
        id: "f-gain".into(),
        sentence: format!(
            "Customers who left are counted in the order of their probability; their margin in the order of expected loss. {INTERVAL}"
        ),
        population: population(evaluation),
        svg: chart.draw(),
        table,
        heading,
    })
}
