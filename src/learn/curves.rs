//! Trees that test one feature each, added up to one curve a feature: what explainable boosting says, as a person reads it.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::forest::Forest;

/// Curves that are kept: the others are weaker.
const MOST_CURVES: usize = 20;

/// What a feature adds to the log-odds, step by step.
///
/// # Source
/// Lou, Caruana and Gehrke (2012), KDD, 150-158: generalised additive models of shallow trees of one feature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// The feature.
    pub feature: String,
    /// Mean distance from zero of what it adds, over the training rows.
    pub mean_absolute_log_odds: f64,
    /// Where the steps are, ascending: step `i` holds values from `edges[i - 1]` to below `edges[i]`.
    pub edges: Vec<f32>,
    /// What is added on each step, one more than there are edges; what all trees say of an average customer is left out.
    pub log_odds: Vec<f64>,
    /// Training rows on each step.
    pub rows: Vec<usize>,
    /// What is added where the feature is missing.
    pub missing_log_odds: f64,
    /// Training rows in which it is.
    pub missing_rows: usize,
}

/// The strongest curves over rows given one after the other; none if a tree tests several features.
pub(super) fn strongest(forest: &Forest, features: &[String], values: &[f32]) -> Vec<Curve> {
    let Some(tested) = forest.single_features() else { return Vec::new() };
    let of_feature = |feature: usize| {
        let trees: Vec<usize> = (0..tested.len()).filter(|tree| tested[*tree] == Some(feature)).collect();
        let column = values.iter().skip(feature).step_by(features.len()).copied();
        (!trees.is_empty()).then(|| curve(forest, (feature, &features[feature]), &trees, column))
    };
    let mut curves: Vec<Curve> = (0..features.len()).into_par_iter().filter_map(of_feature).collect();
    curves.sort_by(|a, b| b.mean_absolute_log_odds.total_cmp(&a.mean_absolute_log_odds));
    curves.truncate(MOST_CURVES);
    curves
}

fn curve(forest: &Forest, (feature, name): (usize, &str), trees: &[usize], column: impl Iterator<Item = f32>) -> Curve {
    let nodes = trees.iter().flat_map(|tree| forest.trees()[*tree].nodes());
    let mut edges: Vec<f32> = nodes.filter(|node| !node.is_leaf()).map(|node| node.threshold).collect();
    edges.sort_by(f32::total_cmp);
    edges.dedup();
    let mut row = vec![f32::NAN; forest.n_features()];
    let mut at = |value: f32| {
        row[feature] = value;
        trees.iter().map(|tree| forest.deviation_of(*tree, &row)).sum::<f64>()
    };
    let log_odds: Vec<f64> = std::iter::once(f32::NEG_INFINITY).chain(edges.iter().copied()).map(&mut at).collect();
    let missing_log_odds = at(f32::NAN);
    let (mut rows, mut missing_rows) = (vec![0; log_odds.len()], 0);
    for value in column {
        if value.is_nan() {
            missing_rows += 1;
        } else {
            rows[edges.partition_point(|edge| *edge <= value)] += 1;
        }
    }
    let n = rows.iter().sum::<usize>() + missing_rows;
    let steps = rows.iter().zip(&log_odds).map(|(rows, log_odds)| *rows as f64 * log_odds.abs()).sum::<f64>();
    let mean_absolute_log_odds = (steps + missing_rows as f64 * missing_log_odds.abs()) / (n as f64).max(1.0);
    Curve { feature: name.to_owned(), mean_absolute_log_odds, edges, log_odds, rows, missing_log_odds, missing_rows }
}

#[cfg(test)]
mod tests {
    use super::super::forest::tests::{forest, leaf, small, test};
    use super::*;

    fn names() -> Vec<String> {
        vec!["a".to_owned(), "b".to_owned()]
    }

    /// Two trees over `a` (steps at 1 and 5) and one over `b`; missing values go right.
    fn additive() -> Forest {
        let first = vec![test(0, 1.0, [1, 2], 4.0), leaf(-1.0, 2.0), leaf(1.0, 2.0)];
        let second = vec![test(0, 5.0, [1, 2], 4.0), leaf(0.0, 3.0), leaf(2.0, 1.0)];
        let third = vec![test(1, 0.0, [1, 2], 4.0), leaf(0.25, 2.0), leaf(0.75, 2.0)];
        forest(2, vec![first, second, third, vec![leaf(0.5, 4.0)]])
    }

    #[test]
    fn trees_of_a_feature_add_up_to_steps_by_hand() {
        let rows = [0.0, 1.0, 4.9, -1.0, 5.0, 0.0, f32::NAN, 1.0];
        let curves = strongest(&additive(), &names(), &rows);
        let a = &curves[0];
        assert_eq!((a.feature.as_str(), a.edges.as_slice(), a.rows.as_slice()), ("a", &[1.0, 5.0][..], &[1, 1, 1][..]));
        // Means 0 and 0.5: -1 - 0.5, 1 - 0.5, 1 + 2 - 0.5; missing goes right twice.
        assert_eq!((a.log_odds.as_slice(), a.missing_log_odds, a.missing_rows), (&[-1.5, 0.5, 2.5][..], 2.5, 1));
        assert!((a.mean_absolute_log_odds - 7.0 / 4.0).abs() < 1e-12);
        assert_eq!((curves[1].log_odds.as_slice(), curves[1].rows.as_slice()), (&[-0.25, 0.25][..], &[1, 3][..]));
    }

    #[test]
    fn curves_add_up_to_what_the_forest_says() {
        let (forest, names) = (additive(), names());
        for row in [[0.0, -3.0], [1.0, 0.0], [7.0, 2.0]] {
            let curves = strongest(&forest, &names, &row);
            let step = |curve: &Curve| curve.rows.iter().position(|rows| *rows == 1).map(|step| curve.log_odds[step]);
            let sum: f64 = curves.iter().filter_map(step).sum();
            assert!((sum - forest.deviation(&row)).abs() < 1e-12, "{row:?}");
        }
    }

    #[test]
    fn trees_of_several_features_have_no_curves() {
        assert_eq!(strongest(&small(), &names(), &[0.0, 0.0]), []);
    }
}
