//! Models as operations of an ONNX graph: what they say of rows, measured from their level. Everything that was learnt is in
//! double precision; features come in the single precision that learners see, so that a test of a tree falls as it did here.

use std::collections::BTreeSet;

use super::forecast_model::EDGE;
use super::forest::{Forest, Node};
use super::preparation::ColumnTerms;
use super::{BlendModel, BoostedModel, ForecastModel, LinearModel, Model};
use crate::onnx::{Attribute, Graph, Kind, Tensor, Value};

/// The features of rows in a graph: one input for each, and all of them side by side.
#[derive(Debug)]
pub struct GraphRows {
    features: Vec<String>,
    /// `(n_rows, n_features)`, double precision; absent without features.
    table: Option<Value>,
    /// A zero for each row.
    zeros: Value,
}

impl GraphRows {
    /// Adds an input of single precision for each feature; `per_row` is a column of whole numbers that is there already.
    pub fn of(graph: &mut Graph, features: &BTreeSet<&str>, per_row: &Value) -> Self {
        let nothing = graph.constant(&Tensor::Whole(0));
        let zeros = graph.apply("Mul", &[per_row, &nothing]);
        let zeros = double(graph, &zeros);
        let axis = graph.constant(&Tensor::Wholes(vec![1]));
        let standing = |graph: &mut Graph, name: &&str| {
            let column = graph.input(name, Kind::Single);
            graph.apply("Unsqueeze", &[&column, &axis])
        };
        let columns: Vec<Value> = features.iter().map(|name| standing(graph, name)).collect();
        let table = (!columns.is_empty()).then(|| {
            let beside =
                graph.apply_with("Concat", &columns.iter().collect::<Vec<_>>(), &[("axis", Attribute::Whole(1))]);
            double(graph, &beside)
        });
        Self { features: features.iter().map(|name| (*name).to_owned()).collect(), table, zeros }
    }

    fn place(&self, feature: &str) -> i64 {
        let place = self.features.iter().position(|name| name == feature);
        place.and_then(|place| i64::try_from(place).ok()).unwrap_or_default()
    }

    /// Some columns of the table, `(n_rows, n_columns)`.
    fn columns(&self, graph: &mut Graph, places: Vec<i64>) -> Option<Value> {
        let table = self.table.as_ref().filter(|_| !places.is_empty())?;
        let places = graph.constant(&Tensor::Wholes(places));
        Some(graph.apply_with("Gather", &[table, &places], &[("axis", Attribute::Whole(1))]))
    }
}

impl Model {
    /// Adds how far the log-odds of each row are from the level of its cutoff.
    pub fn onnx_deviations(&self, graph: &mut Graph, rows: &GraphRows) -> Value {
        match self {
            Self::Linear(model) => model.onnx(graph, rows),
            Self::Boosted(model) => model.onnx(graph, rows),
            Self::Forecast(model) => model.onnx(graph, rows),
            Self::Blend(model) => model.onnx(graph, rows),
        }
    }
}

impl BlendModel {
    fn onnx(&self, graph: &mut Graph, rows: &GraphRows) -> Value {
        let mut sum = rows.zeros.clone();
        for member in self.blended() {
            let deviations = member.model.onnx_deviations(graph, rows);
            let weight = graph.scalar(member.weight);
            let part = graph.apply("Mul", &[&deviations, &weight]);
            sum = graph.apply("Add", &[&sum, &part]);
        }
        sum
    }
}

impl LinearModel {
    fn onnx(&self, graph: &mut Graph, rows: &GraphRows) -> Value {
        let (missing, values): (Vec<_>, Vec<_>) =
            self.preparation.terms(&self.weights).partition(|term| term.is_missing);
        let of_values = value_terms(graph, rows, &values);
        let of_missing = missing_terms(graph, rows, &missing);
        let sum = of_values.into_iter().chain(of_missing).reduce(|sum, part| graph.apply("Add", &[&sum, &part]));
        sum.unwrap_or_else(|| rows.zeros.clone())
    }
}

/// The sum over columns of `weight (clamp(tamed value) - mean) / sd`, where a missing value adds nothing.
fn value_terms(graph: &mut Graph, rows: &GraphRows, terms: &[ColumnTerms<'_>]) -> Option<Value> {
    let values = rows.columns(graph, terms.iter().map(|term| rows.place(term.feature)).collect())?;
    let each = |graph: &mut Graph, of: &dyn Fn(&ColumnTerms<'_>) -> f64| {
        graph.constant(&Tensor::Doubles(terms.iter().map(of).collect()))
    };
    let is_missing = graph.apply("IsNaN", &[&values]);
    let nothing = graph.scalar(0.0);
    // Comparisons of what is no number are not the same everywhere.
    let present = graph.apply("Where", &[&is_missing, &nothing, &values]);
    let is_tamed = each(graph, &|term| f64::from(u8::from(term.logarithm)));
    let is_tamed = graph.apply("Greater", &[&is_tamed, &nothing]);
    let logarithms = signed_log(graph, &present);
    let tamed = graph.apply("Where", &[&is_tamed, &logarithms, &present]);
    let (low, high) = (each(graph, &|term| term.low), each(graph, &|term| term.high));
    let clamped = graph.apply("Max", &[&tamed, &low]);
    let clamped = graph.apply("Min", &[&clamped, &high]);
    let (mean, sd) = (each(graph, &|term| term.mean), each(graph, &|term| term.sd));
    let centred = graph.apply("Sub", &[&clamped, &mean]);
    let standard = graph.apply("Div", &[&centred, &sd]);
    let known = graph.apply("Where", &[&is_missing, &nothing, &standard]);
    let weights = each(graph, &|term| term.weight);
    Some(graph.apply("MatMul", &[&known, &weights]))
}

/// The sum over columns of `weight (is missing - mean) / sd`.
fn missing_terms(graph: &mut Graph, rows: &GraphRows, terms: &[ColumnTerms<'_>]) -> Option<Value> {
    let values = rows.columns(graph, terms.iter().map(|term| rows.place(term.feature)).collect())?;
    let is_missing = graph.apply("IsNaN", &[&values]);
    let is_missing = double(graph, &is_missing);
    let weights = graph.constant(&Tensor::Doubles(terms.iter().map(|term| term.weight / term.sd).collect()));
    let sum = graph.apply("MatMul", &[&is_missing, &weights]);
    let base = graph.scalar(terms.iter().map(|term| term.weight * term.mean / term.sd).sum());
    Some(graph.apply("Sub", &[&sum, &base]))
}

/// `sign(x) ln(1 + |x|)`.
fn signed_log(graph: &mut Graph, x: &Value) -> Value {
    let one = graph.scalar(1.0);
    let (sign, size) = (graph.apply("Sign", &[x]), graph.apply("Abs", &[x]));
    let above = graph.apply("Add", &[&size, &one]);
    let logarithm = graph.apply("Log", &[&above]);
    graph.apply("Mul", &[&sign, &logarithm])
}

fn double(graph: &mut Graph, value: &Value) -> Value {
    graph.apply_with("Cast", &[value], &[("to", Attribute::Whole(Kind::Double.code()))])
}

impl ForecastModel {
    fn onnx(&self, graph: &mut Graph, rows: &GraphRows) -> Value {
        let place = self.features.first().map(|feature| rows.place(feature)).into_iter().collect();
        let Some(column) = rows.columns(graph, place) else { return rows.zeros.clone() };
        let axis = graph.constant(&Tensor::Wholes(vec![1]));
        let forecast = graph.apply("Squeeze", &[&column, &axis]);
        let is_missing = graph.apply("IsNaN", &[&forecast]);
        let [low, high, one, centre, nothing] =
            [EDGE, 1.0 - EDGE, 1.0, self.centre, 0.0].map(|number| graph.scalar(number));
        let present = graph.apply("Where", &[&is_missing, &low, &forecast]);
        let at_least = graph.apply("Max", &[&present, &low]);
        let p = graph.apply("Min", &[&at_least, &high]);
        let not_p = graph.apply("Sub", &[&one, &p]);
        let odds = graph.apply("Div", &[&p, &not_p]);
        let log_odds = graph.apply("Log", &[&odds]);
        let deviation = graph.apply("Sub", &[&log_odds, &centre]);
        graph.apply("Where", &[&is_missing, &nothing, &deviation])
    }
}

impl BoostedModel {
    fn onnx(&self, graph: &mut Graph, rows: &GraphRows) -> Value {
        let (features, forest) = self.onnx_parts();
        let (Some(table), false) = (&rows.table, forest.trees().is_empty()) else { return rows.zeros.clone() };
        let places: Vec<i64> = features.iter().map(|feature| rows.place(feature)).collect();
        let sums = graph.apply_learnt("TreeEnsembleRegressor", &[table], &attributes(forest, &places));
        let axis = graph.constant(&Tensor::Wholes(vec![1]));
        let sums = graph.apply("Squeeze", &[&sums, &axis]);
        let sums = double(graph, &sums);
        let mean = graph.scalar(forest.mean());
        graph.apply("Sub", &[&sums, &mean])
    }
}

/// The trees; `places` has the place of each of their features in a row.
///
/// # Source
/// ONNX operators, `ai.onnx.ml.TreeEnsembleRegressor` version 3: with numbers in double precision, a value below the threshold
/// takes the true branch, and so does one that is missing where `nodes_missing_value_tracks_true` says so.
fn attributes(forest: &Forest, places: &[i64]) -> Vec<(&'static str, Attribute)> {
    let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let nodes: Vec<(i64, i64, &Node)> = forest
        .trees()
        .iter()
        .enumerate()
        .flat_map(|(tree, nodes)| {
            nodes.nodes().iter().enumerate().map(move |(at, node)| (whole(tree), whole(at), node))
        })
        .collect();
    let each = |of: &dyn Fn(&(i64, i64, &Node)) -> i64| Attribute::Wholes(nodes.iter().map(of).collect());
    let place = |node: &Node| places.get(node.feature).copied().filter(|_| !node.is_leaf()).unwrap_or_default();
    let threshold = |node: &Node| if node.is_leaf() { 0.0 } else { f64::from(node.threshold) };
    let leaves: Vec<&(i64, i64, &Node)> = nodes.iter().filter(|(_, _, node)| node.is_leaf()).collect();
    let of_leaves =
        |of: &dyn Fn(&(i64, i64, &Node)) -> i64| Attribute::Wholes(leaves.iter().map(|leaf| of(leaf)).collect());
    let doubles = |numbers: Vec<f64>| Attribute::Tensor(Tensor::Doubles(numbers));
    let mode = |(_, _, node): &(i64, i64, &Node)| if node.is_leaf() { "LEAF" } else { "BRANCH_LT" };
    vec![
        ("n_targets", Attribute::Whole(1)),
        ("aggregate_function", Attribute::Text("SUM")),
        ("post_transform", Attribute::Text("NONE")),
        ("nodes_treeids", each(&|(tree, _, _)| *tree)),
        ("nodes_nodeids", each(&|(_, at, _)| *at)),
        ("nodes_featureids", each(&|(_, _, node)| place(node))),
        ("nodes_modes", Attribute::Texts(nodes.iter().map(mode).collect())),
        ("nodes_values_as_tensor", doubles(nodes.iter().map(|(_, _, node)| threshold(node)).collect())),
        ("nodes_truenodeids", each(&|(_, _, node)| whole(node.children[0]))),
        ("nodes_falsenodeids", each(&|(_, _, node)| whole(node.children[1]))),
        ("nodes_missing_value_tracks_true", each(&|(_, _, node)| i64::from(node.missing_left && !node.is_leaf()))),
        ("target_treeids", of_leaves(&|(tree, _, _)| *tree)),
        ("target_nodeids", of_leaves(&|(_, at, _)| *at)),
        ("target_ids", of_leaves(&|_| 0)),
        ("target_weights_as_tensor", doubles(leaves.iter().map(|(_, _, node)| f64::from(node.value)).collect())),
    ]
}
