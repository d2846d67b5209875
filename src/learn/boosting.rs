//! The only file that knows hessboost: rows go in, trees as plain numbers come out.

use hessboost::config::Monotone;
use hessboost::data::BinnedMatrix;
use hessboost::error::HessboostError;
use hessboost::objective::RegLoss;
use hessboost::prelude::*;

use super::error::LearnError;
use super::forest::Node;

/// How trees are grown.
#[derive(Debug, Clone)]
pub(super) struct Growth {
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

/// Binned rows on which trees grow.
pub(super) struct Grower {
    learner: &'static str,
    data: BinnedMatrix,
}

impl Grower {
    /// Bins rows given one after the other, NaN where a value is missing; without weights all count alike.
    ///
    /// # Errors
    /// Whatever hessboost refuses.
    pub(super) fn new(
        learner: &'static str,
        values: Vec<f32>,
        n_features: usize,
        (churned, weights): (&[bool], Vec<f64>),
    ) -> Result<Self, LearnError> {
        let labels: Vec<f32> = churned.iter().map(|churned| f32::from(u8::from(*churned))).collect();
        #[expect(clippy::cast_possible_truncation, reason = "the library grows trees in single precision")]
        let weights: Vec<f32> = weights.into_iter().map(|weight| weight as f32).collect();
        let binned = DMatrix::from_dense_vec(values, churned.len(), n_features)
            .and_then(|data| if weights.is_empty() { Ok(data) } else { data.with_weights(&weights) })
            .and_then(|data| BinnedMatrix::new(&data, BINS))
            .and_then(|data| data.with_labels(&labels));
        Ok(Self { learner, data: binned.map_err(|error| refused(learner, &error))? })
    }

    /// Grows trees around known log-odds of the rows; the same for any number of threads.
    ///
    /// # Errors
    /// Whatever hessboost refuses.
    pub(super) fn grow(
        &self,
        base_log_odds: &[f64],
        growth: &Growth,
        n_trees: usize,
        seed: u64,
    ) -> Result<Vec<Vec<Node>>, LearnError> {
        #[expect(clippy::cast_possible_truncation, reason = "the library grows trees in single precision")]
        let base: Vec<f32> = base_log_odds.iter().map(|base| *base as f32).collect();
        let n_features = self.data.n_cols();
        let model = params(growth, n_features, seed)
            .and_then(|params| train(&params, &self.data.clone().with_base_margin(&base)?, n_trees))
            .map_err(|error| refused(self.learner, &error))?;
        Ok(model.trees().iter().map(|tree| nodes(tree.nodes())).collect())
    }
}

fn refused(learner: &'static str, error: &HessboostError) -> LearnError {
    LearnError::Boosting { learner, message: error.to_string() }
}

fn params(growth: &Growth, n_features: usize, seed: u64) -> Result<TrainingParams> {
    let rising = growth.rising.iter().map(|rising| if *rising { Monotone::Increasing } else { Monotone::None });
    let mut params = TrainingParams::builder()
        .seed(seed)
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
    params.build()
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
