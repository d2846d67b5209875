//! A forest in the JSON format of `XGBoost`, so that other systems can score with it.

use serde_json::{Value, json};

use super::forest::{Forest, Node, Tree};

/// The parent of a root.
const NO_PARENT: i32 = i32::MAX;

/// The model file: its margin of a row is `base_log_odds` plus the row's deviation.
///
/// # Source
/// `XGBoost` 3 documentation, "Introduction to Model IO", JSON schema.
pub(super) fn document(forest: &Forest, features: &[String], base_log_odds: f64) -> Value {
    // The base stands in a tree of one leaf: `base_score` would have to pass through a probability and lose digits.
    #[expect(clippy::cast_possible_truncation, reason = "the format holds single precision")]
    let base = (base_log_odds - forest.mean()) as f32;
    let leaf = Node { feature: 0, threshold: 0.0, missing_left: true, children: [0, 0], value: base, cover: 1.0 };
    let n_features = forest.n_features();
    let mut trees = vec![tree(0, &[leaf], n_features)];
    trees.extend(forest.trees().iter().map(Tree::nodes).enumerate().map(|(i, nodes)| tree(i + 1, nodes, n_features)));
    let n_trees = trees.len();
    let model = json!({
        "gbtree_model_param": {"num_parallel_tree": "1", "num_trees": n_trees.to_string()},
        "iteration_indptr": (0..=n_trees).collect::<Vec<_>>(),
        "tree_info": vec![0; n_trees],
        "trees": trees,
    });
    json!({
        "version": [3, 0, 0],
        "learner": {
            "attributes": {},
            "feature_names": features,
            "feature_types": vec!["float"; n_features],
            "gradient_booster": {"name": "gbtree", "model": model},
            "learner_model_param": {
                "base_score": "5E-1",
                "boost_from_average": "0",
                "num_class": "0",
                "num_feature": n_features.to_string(),
                "num_target": "1",
            },
            "objective": {"name": "binary:logistic", "reg_loss_param": {"scale_pos_weight": "1"}},
        },
    })
}

fn tree(id: usize, nodes: &[Node], n_features: usize) -> Value {
    fn column<T>(nodes: &[Node], of: impl Fn(&Node) -> T) -> Vec<T> {
        nodes.iter().map(of).collect()
    }
    let child =
        |node: &Node, side: usize| i32::try_from(node.children[side]).ok().filter(|child| *child > 0).unwrap_or(-1);
    let mut parents = vec![NO_PARENT; nodes.len()];
    for (at, node) in nodes.iter().enumerate().filter(|(_, node)| !node.is_leaf()) {
        node.children.iter().for_each(|child| parents[*child] = i32::try_from(at).unwrap_or(NO_PARENT));
    }
    let empty: [i32; 0] = [];
    json!({
        "id": id,
        "tree_param": {
            "num_deleted": "0",
            "num_feature": n_features.to_string(),
            "num_nodes": nodes.len().to_string(),
            "size_leaf_vector": "1",
        },
        "left_children": column(nodes, |node| child(node, 0)),
        "right_children": column(nodes, |node| child(node, 1)),
        "parents": parents,
        "split_indices": column(nodes, |node| node.feature),
        "split_conditions": column(nodes, |node| if node.is_leaf() { node.value } else { node.threshold }),
        "split_type": vec![0; nodes.len()],
        "default_left": column(nodes, |node| u8::from(node.missing_left)),
        "base_weights": column(nodes, |node| node.value),
        "loss_changes": vec![0.0; nodes.len()],
        "sum_hessian": column(nodes, |node| node.cover),
        "categories": empty,
        "categories_nodes": empty,
        "categories_segments": empty,
        "categories_sizes": empty,
    })
}
