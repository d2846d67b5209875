//! The only file that knows hessboost: rows go in, trees as plain numbers come out.

use hessboost::config::Monotone;
use hessboost::objective::RegLoss;
use hessboost::prelude::*;

use super::error::LearnError;
use super::forest::{Forest, Node};

/// Rows to learn from.
pub(super) struct Rows<'a> {
    /// `(n_rows, n_features)` row by row, NaN where missing.
    pub(super) values: Vec<f32>,
    pub(super) n_features: usize,
    pub(super) churned: &'a [bool],
    /// Log-odds around which the trees are grown.
    pub(super) base_log_odds: &'a [f64],
}

/// How trees are grown.
#[derive(Debug, Clone)]
pub(super) struct Growth {
    pub(super) seed: u64,
    pub(super) n_trees: usize,
    pub(super) depth: usize,
    /// What each tree adds of what it found.
    pub(super) learning_rate: f64,
    /// L2 penalty of the leaves.
    pub(super) penalty: f64,
    /// Least information (sum of `p (1 - p)`) of a leaf.
    pub(super) leaf_information: f64,
    /// Share of the rows that a tree sees.
    pub(super) row_share: f64,
    /// Share of the features that a tree sees.
    pub(super) feature_share: f64,
    /// Whether a tree may test one feature only.
    pub(super) one_feature_a_tree: bool,
    /// For each feature, whether more of it may never lower the log-odds.
    pub(super) rising: Vec<bool>,
}

/// Bins of a feature: its order matters, its far digits do not.
const BINS: usize = 64;

/// Grows trees; the same for any number of threads.
///
/// # Errors
/// Whatever hessboost refuses.
pub(super) fn grow(learner: &'static str, rows: Rows<'_>, growth: &Growth) -> Result<Forest, LearnError> {
    let n_features = rows.n_features;
    let refused = |message: String| LearnError::Boosting { learner, message };
    let model = train_model(rows, growth).map_err(|error| refused(error.to_string()))?;
    let trees = model.trees().iter().map(|tree| nodes(tree.nodes())).collect();
    Forest::new(n_features, trees).map_err(refused)
}

fn train_model(rows: Rows<'_>, growth: &Growth) -> Result<BoostedModel> {
    let n_rows = rows.churned.len();
    let labels: Vec<f32> = rows.churned.iter().map(|churned| f32::from(u8::from(*churned))).collect();
    #[expect(clippy::cast_possible_truncation, reason = "the library grows trees in single precision")]
    let base: Vec<f32> = rows.base_log_odds.iter().map(|base| *base as f32).collect();
    let n_features = rows.n_features;
    let data = DMatrix::from_dense_vec(rows.values, n_rows, n_features)?.with_labels(&labels)?.with_base_margin(&base)?;
    let rising = growth.rising.iter().map(|rising| if *rising { Monotone::Increasing } else { Monotone::None });
    let mut params = TrainingParams::builder()
        .seed(growth.seed)
        .objective(Objective::BinaryLogistic(RegLoss::default()))
        .tree_method(TreeMethod::Hist)
        .max_bin(BINS)
        .max_depth(growth.depth)
        .eta(growth.learning_rate)
        .lambda(growth.penalty)
        .min_child_weight(growth.leaf_information)
        .subsample(growth.row_share)
        .colsample_bytree(growth.feature_share)
        .monotone_constraints(rising.collect());
    if growth.one_feature_a_tree {
        let alone = (0..n_features).filter_map(|feature| u32::try_from(feature).ok());
        params = params.interaction_constraints(alone.map(|feature| vec![feature]).collect());
    }
    train(&params.build()?, &data, growth.n_trees)
}

/// The nodes that can be reached from the root, parents first.
fn nodes(grown: &[hessboost::tree::Node]) -> Vec<Node> {
    let mut order = vec![0_usize];
    let mut nodes = Vec::with_capacity(grown.len());
    while let Some(node) = order.get(nodes.len()).and_then(|at| grown.get(*at)) {
        let mut children = [0, 0];
        if !node.is_leaf() {
            children = [order.len(), order.len() + 1];
            order.extend([node.left, node.right].map(|child| usize::try_from(child).unwrap_or(usize::MAX)));
        }
        nodes.push(Node {
            feature: node.split_feature as usize,
            threshold: node.split_cond,
            missing_left: node.default_left,
            children,
            value: node.leaf_value,
            cover: node.sum_hess.max(f32::MIN_POSITIVE),
        });
    }
    nodes
}
