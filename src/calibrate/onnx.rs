//! A calibrated model as an ONNX graph: from the features of a row and the day of its cutoff to the probability of churning.
//!
//! What a cutoff adds for all its customers (the level of churn and the shift that keeps the number expected to leave) is the
//! outcome of a search, which a graph cannot make. It is a table with an entry for each day instead, so that nothing is
//! approximated; a day outside of it has no probability.

use jiff::Span;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Calibrator, Map};
use crate::features::{CHURN_PROBABILITY, CUTOFF_DAY};
use crate::learn::{GraphRows, Model};
use crate::onnx::{Attribute, Graph, Kind, Tensor, Value};
use crate::timeline::Cutoff;

/// A graph that scores customers at any cutoff from `first` to `last`. Its inputs are [`CUTOFF_DAY`] and the features that the
/// model uses, in single precision with NaN where one is missing; its output is [`CHURN_PROBABILITY`].
#[must_use]
pub fn onnx_graph(model: &Model, calibrator: &Calibrator, [first, last]: [Date; 2]) -> Graph {
    let mut graph = Graph::default();
    let day = graph.input(CUTOFF_DAY, Kind::Whole);
    let rows = GraphRows::of(&mut graph, &model.used_features(), &day);
    let deviations = model.onnx_deviations(&mut graph, &rows);
    let mapped = calibrator.map.onnx(&mut graph, &deviations);
    let levels = Levels::of(model, calibrator, [first, last]).onnx(&mut graph, &day);
    let log_odds = graph.apply("Add", &[&mapped, &levels]);
    let probability = graph.apply("Sigmoid", &[&log_odds]);
    graph.output(CHURN_PROBABILITY, Kind::Double, &probability);
    graph
}

/// What is added for all customers of a cutoff, day by day.
struct Levels {
    first_day: i64,
    log_odds: Vec<f64>,
}

impl Levels {
    fn of(model: &Model, calibrator: &Calibrator, [first, last]: [Date; 2]) -> Self {
        let of_day = |date: Date| {
            let level = model.base_log_odds(Cutoff::at_start_of(date, &TimeZone::UTC));
            calibrator.at(level).of_everyone()
        };
        let days = first.series(Span::new().days(1)).take_while(|date| *date <= last);
        let first_day = Cutoff::at_start_of(first, &TimeZone::UTC).day().into();
        Self { first_day, log_odds: days.map(of_day).collect() }
    }

    fn onnx(&self, graph: &mut Graph, day: &Value) -> Value {
        let whole = |graph: &mut Graph, number: i64| graph.constant(&Tensor::Whole(number));
        let n_days = i64::try_from(self.log_odds.len()).unwrap_or(i64::MAX);
        let (first, nothing, last) =
            (whole(graph, self.first_day), whole(graph, 0), whole(graph, n_days.saturating_sub(1)));
        let place = graph.apply("Sub", &[day, &first]);
        let nearest = graph.apply("Max", &[&place, &nothing]);
        let nearest = graph.apply("Min", &[&nearest, &last]);
        let is_inside = graph.apply("Equal", &[&nearest, &place]);
        let table = graph.constant(&Tensor::Doubles(self.log_odds.clone()));
        let level = graph.apply_with("Gather", &[&table, &nearest], &[("axis", Attribute::Whole(0))]);
        let unknown = graph.scalar(f64::NAN);
        graph.apply("Where", &[&is_inside, &level, &unknown])
    }
}

impl Map {
    /// Adds what becomes of deviations.
    fn onnx(&self, graph: &mut Graph, deviations: &Value) -> Value {
        match self {
            Self::None => deviations.clone(),
            Self::Line { slope } => scaled(graph, deviations, *slope),
            Self::Beta { a, b } => {
                let above = softplus(graph, deviations);
                let turned = graph.apply("Neg", &[deviations]);
                let below = softplus(graph, &turned);
                let (above, below) = (scaled(graph, &above, *b), scaled(graph, &below, *a));
                graph.apply("Sub", &[&above, &below])
            }
            Self::Isotonic { points } => curve(graph, deviations, points),
        }
    }
}

fn scaled(graph: &mut Graph, value: &Value, by: f64) -> Value {
    let by = graph.scalar(by);
    graph.apply("Mul", &[value, &by])
}

/// `max(z, 0) + ln(1 + exp(-|z|))`, which does not overflow.
fn softplus(graph: &mut Graph, z: &Value) -> Value {
    let (nothing, one) = (graph.scalar(0.0), graph.scalar(1.0));
    let (above, size) = (graph.apply("Max", &[z, &nothing]), graph.apply("Abs", &[z]));
    let turned = graph.apply("Neg", &[&size]);
    let small = graph.apply("Exp", &[&turned]);
    let sum = graph.apply("Add", &[&small, &one]);
    let rest = graph.apply("Log", &[&sum]);
    graph.apply("Add", &[&above, &rest])
}

/// A curve through points: a straight line as steep as no calibration, which turns at each point by as much as the slopes
/// before and behind it differ.
fn curve(graph: &mut Graph, deviations: &Value, points: &[[f64; 2]]) -> Value {
    let Some([x, y]) = points.first() else { return deviations.clone() };
    let slope = |pair: &[[f64; 2]]| match pair {
        [[x0, y0], [x1, y1]] => (y1 - y0) / (x1 - x0),
        _ => 1.0,
    };
    let slopes: Vec<f64> = [1.0].into_iter().chain(points.windows(2).map(slope)).chain([1.0]).collect();
    let turns: Vec<f64> =
        slopes.windows(2).map(|pair| pair.last().unwrap_or(&1.0) - pair.first().unwrap_or(&1.0)).collect();
    let moved = graph.scalar(y - x);
    let line = graph.apply("Add", &[deviations, &moved]);
    let (axis, nothing) = (graph.constant(&Tensor::Wholes(vec![1])), graph.scalar(0.0));
    let places = graph.constant(&Tensor::Doubles(points.iter().map(|[x, _]| *x).collect()));
    let turns = graph.constant(&Tensor::Doubles(turns));
    let standing = graph.apply("Unsqueeze", &[deviations, &axis]);
    let behind = graph.apply("Sub", &[&standing, &places]);
    let behind = graph.apply("Max", &[&behind, &nothing]);
    let turned = graph.apply("MatMul", &[&behind, &turns]);
    graph.apply("Add", &[&line, &turned])
}
