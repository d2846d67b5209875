//! What the model finds at every threshold: the ROC curve and the precision-recall curve.

use serde_json::Value;

use super::super::document::{Estimate, count, items, number, text};
use super::super::figure::{DataTable, Figure, percent};
use super::test_words::{learner_name, main_learner, population};
use crate::charts::{Curve, CurveChart, Frame, Point};

/// A point of a stored curve: how far across, and its height with the interval.
type Placed = (f64, Estimate);

/// The curves of one kind: that of the model, and that of the best baseline.
struct Drawn<'e> {
    main: Vec<Placed>,
    other: Option<(&'e str, Vec<Placed>)>,
}

const BAND: &str = "The band is the 95 % interval from customers drawn anew, at each place of its own.";

/// The share of those who left that is found, by the share of those who stayed that is called.
pub(super) fn roc(evaluation: &Value) -> Option<Figure> {
    let drawn = drawn(evaluation, "roc")?;
    let tenth = height_at(&drawn.main, 0.1)?;
    let heading = format!(
        "Where one in ten of those who stayed is called, {} of those who left are found",
        percent(tenth.estimate)
    );
    let auc = figure_text(evaluation, "auc");
    let frame = Frame::of_shares(
        "false positive rate: called, of those who stayed",
        "true positive rate: called, of those who left",
    );
    let title = format!("{heading}. ROC curve, mean over the test cutoffs.");
    let svg = drawn.svg(&title, frame, Curve::straight("chance", [0.0, 0.0], [1.0, 1.0]));
    let table = drawn.table(["False positive rate", "True positive rate", "Interval", "Best simple rule"], &heading);
    Some(Figure {
        id: "f-roc".into(),
        sentence: format!(
            "ROC curve: each place is a threshold on the probability. The area below is the AUC, {auc}; the dashed line is chance. {BAND}"
        ),
        population: population(evaluation),
        svg,
        table,
        heading,
    })
}

/// How many of those called left, by the share of those who left that is called.
pub(super) fn precision_recall(evaluation: &Value) -> Option<Figure> {
    let drawn = drawn(evaluation, "precision_recall")?;
    let half = height_at(&drawn.main, 0.5)?;
    let base = base_rate(evaluation)?;
    let heading = format!(
        "To find half of those who left, {} of those called are right; at random it would be {}",
        percent(half.estimate),
        percent(base)
    );
    let area = figure_text(evaluation, "average_precision");
    let frame = Frame::of_shares("recall: called, of those who left", "precision: left, of those called");
    let rate = format!("base rate {}", percent(base));
    let title = format!("{heading}. Precision-recall curve, mean over the test cutoffs.");
    let svg = drawn.svg(&title, frame, Curve::straight(&rate, [0.0, base], [1.0, base]));
    let table = drawn.table(["Recall", "Precision", "Interval", "Best simple rule"], &heading);
    Some(Figure {
        id: "f-precision".into(),
        sentence: format!(
            "The area below is the average precision, {area}; the dashed line is the share that left, which calling at random \
             would find. {BAND}"
        ),
        population: population(evaluation),
        svg,
        table,
        heading,
    })
}

/// A mean figure of the model, with its interval.
fn figure_text(evaluation: &Value, name: &str) -> String {
    let figure = main_learner(evaluation).and_then(|main| Estimate::at(main, &format!("/mean/{name}")));
    figure.map_or_else(|| "not known".to_owned(), |figure| figure.text())
}

/// The mean over the test cutoffs of the share that left, as the curves are means over them.
fn base_rate(evaluation: &Value) -> Option<f64> {
    let cutoffs = items(evaluation, "/population/cutoffs").iter();
    let rates: Vec<f64> = cutoffs
        .filter(|cutoff| {
            let (n, left) = (count(cutoff, "/n").unwrap_or(0), count(cutoff, "/n_churned").unwrap_or(0));
            left > 0 && left < n
        })
        .filter_map(|cutoff| number(cutoff, "/churn_rate"))
        .collect();
    (!rates.is_empty()).then(|| rates.iter().sum::<f64>() / rates.len() as f64)
}

/// The curves of one kind; `None` where the files of the model are of an earlier version without them.
fn drawn<'e>(evaluation: &'e Value, kind: &str) -> Option<Drawn<'e>> {
    let main = text(evaluation, "/main")?;
    let of = |curves: &'e Value| -> Option<(&'e str, Vec<Placed>)> {
        let point = |point: &Value| Some((number(point, "/at")?, Estimate::at(point, "/value")?));
        let points: Vec<Placed> = items(curves, &format!("/{kind}")).iter().filter_map(point).collect();
        (points.len() > 1).then_some((text(curves, "/learner")?, points))
    };
    let mut found: Vec<(&str, Vec<Placed>)> = items(evaluation, "/curves").iter().filter_map(of).collect();
    let place = found.iter().position(|(learner, _)| *learner == main)?;
    let (_, main) = found.swap_remove(place);
    Some(Drawn { main, other: found.pop() })
}

fn height_at(points: &[Placed], at: f64) -> Option<Estimate> {
    points.iter().find(|(x, _)| (x - at).abs() < 1e-9).map(|(_, height)| *height)
}

impl Drawn<'_> {
    /// The chart, with a line to compare the curves with.
    fn svg(&self, title: &str, frame: Frame<'_>, reference: Curve<'_>) -> String {
        let point = |(x, height): &Placed, has_band: bool| {
            Point::new(*x, height.estimate, "").within(height.interval.filter(|_| has_band))
        };
        let mut drawn = vec![reference];
        if let Some((learner, points)) = &self.other {
            let points = points.iter().map(|placed| point(placed, false)).collect();
            // What stands in brackets is told by the table and the other figures; here it would find no room.
            let name = learner_name(learner);
            drawn.push(Curve::line(name.split(" (").next().unwrap_or(name), "other", points));
        }
        drawn.push(Curve::line("the model", "main", self.main.iter().map(|placed| point(placed, true)).collect()));
        CurveChart::new(title, frame, drawn).across(1.0).up_to_one().draw()
    }

    /// Every tenth place.
    fn table(&self, head: [&str; 4], heading: &str) -> DataTable {
        let other = |at: f64| self.other.as_ref().and_then(|(_, points)| height_at(points, at));
        let row = |(at, height): &Placed| {
            let interval = height.interval.map(|[low, high]| format!("{} to {}", percent(low), percent(high)));
            let other = other(*at).map_or_else(String::new, |height| percent(height.estimate));
            [percent(*at), percent(height.estimate), interval.unwrap_or_default(), other]
        };
        DataTable::new(heading, head, self.main.iter().step_by(10).map(row))
    }
}
