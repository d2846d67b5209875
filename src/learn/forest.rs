//! Trees as plain numbers: what a boosted model consists of once the library that grew it is done. What is read from a
//! file is checked before it is used.

use serde::{Deserialize, Serialize};

/// The deepest tree that is read.
pub(super) const MAX_DEPTH: usize = 6;

/// The largest leaf that is read, in log-odds.
const LARGEST_LEAF: f32 = 1e6;

/// A node of a tree; a leaf has no children.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Node {
    /// Position of the feature that is tested.
    pub(super) feature: usize,
    /// A smaller value goes left.
    pub(super) threshold: f32,
    /// Where a missing value goes.
    pub(super) missing_left: bool,
    /// Left and right child; 0 in a leaf, because nothing leads back to the root.
    pub(super) children: [usize; 2],
    /// What a leaf adds to the log-odds.
    pub(super) value: f32,
    /// Information of the training rows that reached it.
    pub(super) cover: f32,
}

impl Node {
    pub(super) const fn is_leaf(&self) -> bool {
        self.children[0] == 0
    }

    /// Whether a row goes left.
    #[inline]
    pub(super) fn goes_left(&self, row: &[f32]) -> bool {
        let value = row[self.feature];
        // Without a branch, which would be guessed wrongly half of the time; a value that is missing is not less.
        (value < self.threshold) | (value.is_nan() & self.missing_left)
    }

    /// Sets a bit of the outcomes of rows that go left, given their values of the feature.
    pub(super) fn put_outcomes(&self, values: &[f32], bit: usize, outcomes: &mut [u8]) {
        // Without a branch; a value that is missing is not less.
        let missing = u8::from(self.missing_left);
        for (outcome, value) in outcomes.iter_mut().zip(values) {
            let left = u8::from(*value < self.threshold) | (u8::from(value.is_nan()) & missing);
            *outcome |= left << bit;
        }
    }
}

/// A tree; children come after their parents.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tree {
    nodes: Vec<Node>,
}

impl Tree {
    pub(super) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    #[inline]
    fn value(&self, row: &[f32]) -> f64 {
        let mut node = &self.nodes[0];
        while !node.is_leaf() {
            node = &self.nodes[node.children[usize::from(!node.goes_left(row))]];
        }
        f64::from(node.value)
    }

    /// Tests on the longest way to a leaf.
    pub(super) fn depth(&self) -> usize {
        let mut depths = vec![0; self.nodes.len()];
        for (at, node) in self.nodes.iter().enumerate().filter(|(_, node)| !node.is_leaf()) {
            node.children.iter().for_each(|child| depths[*child] = depths[at] + 1);
        }
        depths.into_iter().max().unwrap_or_default()
    }

    /// Mean of the leaves, each counted by the information that reached it.
    fn mean(&self) -> f64 {
        let mut means: Vec<f64> = self.nodes.iter().map(|node| f64::from(node.value)).collect();
        for (at, node) in self.nodes.iter().enumerate().rev().filter(|(_, node)| !node.is_leaf()) {
            let [left, right] = node.children;
            let share = self.share_left(node);
            means[at] = share * means[left] + (1.0 - share) * means[right];
        }
        means[0]
    }

    /// Share of a node's information that went left.
    pub(super) fn share_left(&self, node: &Node) -> f64 {
        let [left, right] = node.children.map(|child| f64::from(self.nodes[child].cover));
        left / (left + right)
    }

    /// What is wrong with the tree, if anything.
    fn problem(&self, n_features: usize) -> Option<String> {
        let mut depth = vec![0; self.nodes.len()];
        let mut has_parent = vec![false; self.nodes.len()];
        for (at, node) in self.nodes.iter().enumerate() {
            let numbers_fit = node.value.abs() <= LARGEST_LEAF && node.cover > 0.0 && node.cover.is_finite();
            if !numbers_fit || node.threshold.is_nan() {
                return Some(format!("node {at} has numbers that no tree has"));
            }
            if node.is_leaf() {
                continue;
            }
            if node.feature >= n_features || node.children.iter().any(|child| *child <= at || *child >= depth.len()) {
                return Some(format!("node {at} leads nowhere"));
            }
            for child in node.children {
                if std::mem::replace(&mut has_parent[child], true) {
                    return Some(format!("node {child} is reached twice"));
                }
                depth[child] = depth[at] + 1;
            }
        }
        match depth.iter().max() {
            None => Some("a tree has no node".to_owned()),
            Some(deepest) if *deepest > MAX_DEPTH => Some(format!("a tree is {deepest} tests deep")),
            Some(_) => None,
        }
    }
}

/// Trees whose leaves add up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "StoredForest", into = "StoredForest")]
pub(super) struct Forest {
    n_features: usize,
    trees: Vec<Tree>,
    /// Sum over the first trees of their means, for each number of trees from 0.
    means: Vec<f64>,
}

impl Forest {
    /// No trees: everybody is average.
    pub(super) fn empty(n_features: usize) -> Self {
        Self { n_features, trees: Vec::new(), means: vec![0.0] }
    }

    /// Adds trees given as nodes, or says what is wrong with them.
    pub(super) fn extend(&mut self, trees: Vec<Vec<Node>>) -> Result<(), String> {
        for nodes in trees {
            let tree = Tree { nodes };
            if let Some(problem) = tree.problem(self.n_features) {
                return Err(problem);
            }
            self.means.push(self.mean() + tree.mean());
            self.trees.push(tree);
        }
        Ok(())
    }

    pub(super) const fn n_features(&self) -> usize {
        self.n_features
    }

    pub(super) fn trees(&self) -> &[Tree] {
        &self.trees
    }

    /// What the trees say of an average customer.
    pub(super) fn mean(&self) -> f64 {
        self.means[self.trees.len()]
    }

    /// The only feature that each tree tests, none for a lone leaf; `None` if a tree tests several.
    pub(super) fn single_features(&self) -> Option<Vec<Option<usize>>> {
        let only = |tree: &Tree| {
            let mut tested = tree.nodes.iter().filter(|node| !node.is_leaf()).map(|node| node.feature);
            let first = tested.next();
            tested.all(|feature| Some(feature) == first).then_some(first)
        };
        self.trees.iter().map(only).collect()
    }

    /// Whether a test reads a feature.
    pub(super) fn tests(&self, feature: usize) -> bool {
        let mut nodes = self.trees.iter().flat_map(|tree| &tree.nodes);
        nodes.any(|node| !node.is_leaf() && node.feature == feature)
    }

    /// How far a tree's value of a row is from its mean.
    pub(super) fn deviation_of(&self, tree: usize, row: &[f32]) -> f64 {
        self.trees[tree].value(row) - (self.means[tree + 1] - self.means[tree])
    }

    /// Keeps the first trees only.
    pub(super) fn truncate(&mut self, n_trees: usize) {
        self.trees.truncate(n_trees);
        self.means.truncate(self.trees.len() + 1);
    }

    /// How far the log-odds of a row, which has a value for each feature, are from those of an average customer.
    #[cfg(test)]
    pub(super) fn deviation(&self, row: &[f32]) -> f64 {
        sum(&self.trees, row) - self.mean()
    }
}

/// What trees say of a row together.
#[cfg(test)]
fn sum(trees: &[Tree], row: &[f32]) -> f64 {
    trees.iter().map(|tree| tree.value(row)).sum()
}

/// A forest as it is written: one array for each property of the nodes.
#[derive(Serialize, Deserialize)]
struct StoredForest {
    n_features: usize,
    trees: Vec<StoredTree>,
}

#[derive(Serialize, Deserialize)]
struct StoredTree {
    feature: Vec<usize>,
    threshold: Vec<f32>,
    missing_left: Vec<u8>,
    left: Vec<usize>,
    right: Vec<usize>,
    value: Vec<f32>,
    cover: Vec<f32>,
}

impl From<Forest> for StoredForest {
    fn from(forest: Forest) -> Self {
        fn column<T>(tree: &Tree, of: impl Fn(&Node) -> T) -> Vec<T> {
            tree.nodes.iter().map(of).collect()
        }
        let stored = |tree: &Tree| StoredTree {
            feature: column(tree, |node| node.feature),
            threshold: column(tree, |node| node.threshold),
            missing_left: column(tree, |node| u8::from(node.missing_left)),
            left: column(tree, |node| node.children[0]),
            right: column(tree, |node| node.children[1]),
            value: column(tree, |node| node.value),
            cover: column(tree, |node| node.cover),
        };
        Self { n_features: forest.n_features, trees: forest.trees.iter().map(stored).collect() }
    }
}

impl TryFrom<StoredForest> for Forest {
    type Error = String;

    fn try_from(stored: StoredForest) -> Result<Self, String> {
        let trees: Result<Vec<_>, String> = stored.trees.iter().map(StoredTree::nodes).collect();
        let mut forest = Self::empty(stored.n_features);
        forest.extend(trees?)?;
        Ok(forest)
    }
}

impl StoredTree {
    fn nodes(&self) -> Result<Vec<Node>, String> {
        let n = self.feature.len();
        let others = [self.threshold.len(), self.missing_left.len(), self.left.len(), self.right.len()];
        if others.into_iter().chain([self.value.len(), self.cover.len()]).any(|other| other != n) {
            return Err("the arrays of a tree differ in length".to_owned());
        }
        let node = |at: usize| Node {
            feature: self.feature[at],
            threshold: self.threshold[at],
            missing_left: self.missing_left[at] != 0,
            children: [self.left[at], self.right[at]],
            value: self.value[at],
            cover: self.cover[at],
        };
        Ok((0..n).map(node).collect())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::learn::walk::Walk;

    pub(in super::super) const fn leaf(value: f32, cover: f32) -> Node {
        Node { feature: 0, threshold: 0.0, missing_left: true, children: [0, 0], value, cover }
    }

    pub(in super::super) const fn test(feature: usize, threshold: f32, children: [usize; 2], cover: f32) -> Node {
        Node { feature, threshold, missing_left: false, children, value: 0.0, cover }
    }

    /// Two tests: x0 < 1, and right of it x1 < 5.
    pub(in super::super) fn small() -> Forest {
        let nodes =
            vec![test(0, 1.0, [1, 2], 8.0), leaf(-1.0, 2.0), test(1, 5.0, [3, 4], 6.0), leaf(0.5, 3.0), leaf(2.0, 3.0)];
        forest(2, vec![nodes, vec![leaf(0.25, 8.0)]])
    }

    pub(in super::super) fn forest(n_features: usize, trees: Vec<Vec<Node>>) -> Forest {
        let mut forest = Forest::empty(n_features);
        forest.extend(trees).unwrap();
        forest
    }

    #[test]
    fn a_row_finds_its_leaves() {
        let forest = small();
        // Mean: 2/8 (-1) + 3/8 (0.5) + 3/8 (2) + 0.25 = 0.9375.
        assert!((forest.mean() - 0.9375).abs() < 1e-12);
        let value = |row: [f32; 2]| forest.deviation(&row) + forest.mean();
        assert!((value([0.0, 9.0]) + 0.75).abs() < 1e-12);
        assert!((value([1.0, 4.9]) - 0.75).abs() < 1e-12, "equal goes right");
        assert!((value([f32::NAN, f32::NAN]) - 2.25).abs() < 1e-12, "missing goes where it went in training");
        let last = sum(&forest.trees[1..], &[0.0, 9.0]);
        assert!((last - 0.25).abs() < 1e-12);
        let walk = Walk::of(&forest.trees, &[Some(2), Some(0)]);
        let rows = [[0.0, 9.0], [1.0, 4.9], [f32::NAN, f32::NAN]];
        let moved = rows.map(|row| [row[1], 0.0, row[0]]);
        let walked = walk.sums(&moved.each_ref().map(|row| row.as_slice()));
        for (walked, row) in walked.iter().zip(&rows) {
            assert_eq!(walked.to_bits(), sum(&forest.trees, row).to_bits(), "the same features from other places");
        }
    }

    #[test]
    fn a_forest_comes_back_from_a_file_and_a_damaged_one_does_not() {
        let text = serde_json::to_string(&small()).unwrap();
        assert_eq!(serde_json::from_str::<Forest>(&text).unwrap(), small());
        for (from, to) in
            [("[1,0,3,0,0]", "[1,0,2,0,0]"), ("[1,0,3,0,0]", "[1,0,9,0,0]"), ("[0,0,1,0,0]", "[0,0,7,0,0]")]
        {
            assert!(text.contains(from), "{text}");
            let error = serde_json::from_str::<Forest>(&text.replace(from, to)).unwrap_err();
            assert!(error.to_string().contains("leads nowhere"), "{error}");
        }
        assert!(serde_json::from_str::<Forest>(&text.replace("[0.25]", "[0.25,1.0]")).is_err());
    }
}
