//! Exact Shapley values of trees: what each feature adds to the log-odds of a row.
//!
//! A leaf is reached through tests of at most [`MAX_DEPTH`] features. What it adds to each of them depends only on which
//! of these features lead a row towards it. Leaves that share most of their tests are taken together: what they add is
//! summed once for every outcome of their tests and then looked up for every row.

use rayon::prelude::*;

use super::forest::{Forest, MAX_DEPTH, Node, Tree};

/// Tests of leaves that are taken together at most: as many as an outcome has bits.
const MOST_TESTS: usize = 8;

/// Outcomes of a group's tests.
const OUTCOMES: usize = 1 << MOST_TESTS;

/// Rows that are read together.
const BLOCK_ROWS: usize = 512;

/// Something for each outcome of a group's tests.
type ByOutcome = [f64; OUTCOMES];

/// A leaf reaches the row through tests of one feature.
#[derive(Debug, Clone, Copy)]
struct PathStep {
    feature: usize,
    /// The tests of the feature on the path, as bits of the group's tests.
    tests: usize,
    /// Those of them that must go left.
    left: usize,
    /// Share of the training rows that pass all of them, each test taken by itself.
    share: f64,
}

/// What a leaf adds to the features on its path, for each set of them that leads a row towards it.
struct LeafTable {
    value: f64,
    steps: Vec<PathStep>,
    /// `(sets, features)`.
    parts: Vec<f64>,
}

/// What neighbouring leaves of a tree add to the features of their tests, for each outcome of these.
struct LeafGroup {
    tests: Vec<Node>,
    /// The value of the leaf that is reached; 0 if it is none of these.
    leaf: Box<ByOutcome>,
    /// What is added to each feature.
    parts: Vec<(usize, Box<ByOutcome>)>,
}

/// What the trees of a forest add to each feature.
///
/// # Source
/// Lundberg and others (2020), Nature Machine Intelligence 2, 56-67, algorithm 1 (path-dependent Shapley values); Yang
/// (2021), Fast `TreeSHAP`, section 3 (tables of leaves).
pub(super) struct Attribution {
    n_features: usize,
    mean: f64,
    groups: Vec<LeafGroup>,
}

/// Rows of which trees are asked together, and what they say: each feature's values lie side by side.
struct Block {
    n_rows: usize,
    /// `(n_features, n_rows)`.
    values: Vec<f32>,
    /// What the trees add to each feature, `(n_features, n_rows)`.
    parts: Vec<f64>,
    /// Sums of the leaves that are reached.
    leaves: Vec<f64>,
    outcomes: Vec<u8>,
}

impl Attribution {
    pub(super) fn of(forest: &Forest) -> Self {
        let mut groups = Vec::new();
        for tree in forest.trees() {
            divide(tree, 0, &mut Vec::with_capacity(MAX_DEPTH), &mut groups);
        }
        Self { n_features: forest.n_features(), mean: forest.mean(), groups }
    }

    /// The deviation of each row and its parts, `(n_rows, n_features)`, which sum to it. `value` reads a feature of a row.
    pub(super) fn explain(&self, n_rows: usize, value: impl Fn(usize, usize) -> f32 + Sync) -> (Vec<f64>, Vec<f64>) {
        let width = self.n_features;
        let (mut deviations, mut parts) = (vec![0.0; n_rows], vec![0.0; n_rows * width]);
        let blocks = deviations.par_chunks_mut(BLOCK_ROWS).zip(parts.par_chunks_mut((BLOCK_ROWS * width).max(1)));
        blocks.enumerate().for_each(|(number, (deviations, parts))| {
            let block = self.ask(deviations.len(), |row, feature| value(number * BLOCK_ROWS + row, feature));
            for (deviation, leaves) in deviations.iter_mut().zip(&block.leaves) {
                *deviation = leaves - self.mean;
            }
            for (feature, column) in block.parts.chunks(block.n_rows).enumerate() {
                for (row, part) in parts.chunks_mut(width).zip(column) {
                    row[feature] = *part;
                }
            }
        });
        (deviations, parts)
    }

    fn ask(&self, n_rows: usize, value: impl Fn(usize, usize) -> f32) -> Block {
        let mut block = Block {
            n_rows,
            values: (0..self.n_features)
                .flat_map(|feature| (0..n_rows).map(move |row| (row, feature)))
                .map(|(row, feature)| value(row, feature))
                .collect(),
            parts: vec![0.0; n_rows * self.n_features],
            leaves: vec![0.0; n_rows],
            outcomes: vec![0; n_rows],
        };
        self.groups.iter().for_each(|group| group.add(&mut block));
        block
    }
}

/// Divides the leaves below a node into groups; `path` leads to the node, each test with whether it must go left.
fn divide(tree: &Tree, at: usize, path: &mut Vec<(Node, bool)>, groups: &mut Vec<LeafGroup>) {
    if path.len() + n_tests(tree, at) <= MOST_TESTS {
        groups.push(LeafGroup::of(tree, at, path));
        return;
    }
    let node = tree.nodes()[at];
    for (child, left) in node.children.into_iter().zip([true, false]) {
        path.push((node, left));
        divide(tree, child, path, groups);
        path.pop();
    }
}

fn n_tests(tree: &Tree, at: usize) -> usize {
    let node = tree.nodes()[at];
    if node.is_leaf() { 0 } else { 1 + node.children.iter().map(|child| n_tests(tree, *child)).sum::<usize>() }
}

impl LeafGroup {
    fn of(tree: &Tree, at: usize, path: &[(Node, bool)]) -> Self {
        let mut tests = Vec::with_capacity(MOST_TESTS);
        let mut steps: Vec<PathStep> =
            path.iter().map(|(node, left)| PathStep::on(&mut tests, tree, *node)[usize::from(!left)]).collect();
        let mut leaves = Vec::new();
        descend(tree, at, &mut steps, (&mut tests, &mut leaves));
        let mut features: Vec<usize> = tests.iter().map(|test| test.feature).collect();
        features.sort_unstable();
        features.dedup();
        let mut group = Self {
            tests,
            leaf: Box::new([0.0; OUTCOMES]),
            parts: features.into_iter().map(|feature| (feature, Box::new([0.0; OUTCOMES]))).collect(),
        };
        for leaf in &leaves {
            (0..1 << group.tests.len()).for_each(|outcome| leaf.add(outcome, &mut group));
        }
        group
    }

    fn add(&self, block: &mut Block) {
        let n = block.n_rows;
        block.outcomes.fill(0);
        for (bit, test) in self.tests.iter().enumerate() {
            let values = &block.values[test.feature * n..][..n];
            test.put_outcomes(values, bit, &mut block.outcomes);
        }
        for (sum, outcome) in block.leaves.iter_mut().zip(&block.outcomes) {
            *sum += self.leaf[usize::from(*outcome)];
        }
        for (feature, of_outcome) in &self.parts {
            for (part, outcome) in block.parts[feature * n..][..n].iter_mut().zip(&block.outcomes) {
                *part += of_outcome[usize::from(*outcome)];
            }
        }
    }
}

/// Collects the tests and the leaves below a node, to which `steps` lead.
fn descend(tree: &Tree, at: usize, steps: &mut Vec<PathStep>, (tests, leaves): (&mut Vec<Node>, &mut Vec<LeafTable>)) {
    let node = tree.nodes()[at];
    if node.is_leaf() {
        leaves.push(LeafTable::of(f64::from(node.value), steps));
        return;
    }
    for (child, step) in node.children.into_iter().zip(PathStep::on(tests, tree, node)) {
        steps.push(step);
        descend(tree, child, steps, (&mut *tests, &mut *leaves));
        steps.pop();
    }
}

impl PathStep {
    /// The steps to the left and to the right of a test, which becomes one of `tests`.
    fn on(tests: &mut Vec<Node>, tree: &Tree, node: Node) -> [Self; 2] {
        let bit = 1 << tests.len();
        tests.push(node);
        let share = tree.share_left(&node);
        [(bit, share), (0, 1.0 - share)].map(|(left, share)| Self { feature: node.feature, tests: bit, left, share })
    }
}

impl LeafTable {
    fn of(value: f64, path: &[PathStep]) -> Self {
        let mut steps: Vec<PathStep> = Vec::with_capacity(path.len());
        for step in path {
            match steps.iter_mut().find(|known| known.feature == step.feature) {
                Some(known) => {
                    known.tests |= step.tests;
                    known.left |= step.left;
                    known.share *= step.share;
                }
                None => steps.push(*step),
            }
        }
        let n = steps.len();
        let mut parts = Vec::with_capacity(n << n);
        for set in 0..1_usize << n {
            parts.extend((0..n).map(|feature| value * part(&steps, set, feature)));
        }
        Self { value, steps, parts }
    }

    /// Adds what the leaf adds at an outcome of the tests.
    fn add(&self, outcome: usize, group: &mut LeafGroup) {
        let n = self.steps.len();
        let leads = |(place, step): (usize, &PathStep)| usize::from(outcome & step.tests == step.left) << place;
        let set = self.steps.iter().enumerate().map(leads).sum::<usize>();
        if set == (1 << n) - 1 {
            group.leaf[outcome] += self.value;
        }
        for (step, part) in self.steps.iter().zip(&self.parts[set * n..]) {
            if let Some((_, parts)) = group.parts.iter_mut().find(|(feature, _)| *feature == step.feature) {
                parts[outcome] += part;
            }
        }
    }
}

/// The Shapley value of a feature for a leaf worth 1, when the features of `set` lead the row towards it. Where a feature
/// is unknown, rows go on in the shares in which the training rows went.
fn part(steps: &[PathStep], set: usize, feature: usize) -> f64 {
    let others: Vec<usize> = (0..steps.len()).filter(|other| *other != feature).collect();
    let reaches = |place: usize| f64::from(u8::from(set >> place & 1 == 1));
    let mut sum = 0.0;
    for known in 0..1_usize << others.len() {
        let chance = |(bit, place): (usize, &usize)| {
            if known >> bit & 1 == 1 { reaches(*place) } else { steps[*place].share }
        };
        sum += weight(known.count_ones(), others.len()) * others.iter().enumerate().map(chance).product::<f64>();
    }
    sum * (reaches(feature) - steps[feature].share)
}

/// `known! (others - known)! / (others + 1)!`: share of the orders in which exactly these come before the feature.
fn weight(known: u32, others: usize) -> f64 {
    let factorial = |n: usize| (1..=n).map(|i| i as f64).product::<f64>();
    let known = known as usize;
    factorial(known) * factorial(others - known) / factorial(others + 1)
}

#[cfg(test)]
mod tests {
    use super::super::forest::tests::{forest, leaf, small, test};
    use super::*;

    fn parts(forest: &Forest, row: &[f32]) -> Vec<f64> {
        let (deviations, parts) = Attribution::of(forest).explain(1, |_, feature| row[feature]);
        assert_eq!(deviations[0].to_bits(), forest.deviation(row).to_bits(), "the same leaves in the same order");
        parts
    }

    #[test]
    fn a_feature_gets_its_mean_gain_over_the_orders() {
        // Known: nothing 0.6875, x0 = 1 alone 1.25, x1 = 9 alone 2/8 (-1) + 6/8 (2) = 1.25, both 2.
        let parts = parts(&small(), &[1.0, 9.0]);
        let expected = f64::midpoint(1.25 - 0.6875, 2.0 - 1.25);
        assert!((parts[0] - expected).abs() < 1e-12, "{parts:?}");
        assert!((parts[1] - expected).abs() < 1e-12, "{parts:?}");
    }

    #[test]
    fn a_feature_tested_twice_is_one_feature_and_parts_sum_to_the_deviation() {
        let nodes = vec![
            test(0, 1.0, [1, 2], 10.0),
            test(0, 0.0, [3, 4], 4.0),
            test(2, 3.0, [5, 6], 6.0),
            leaf(1.0, 1.0),
            leaf(-2.0, 3.0),
            leaf(0.3, 4.0),
            leaf(0.7, 2.0),
        ];
        let forest = forest(3, vec![nodes]);
        for row in [[-1.0, 0.0, 0.0], [0.5, 0.0, 9.0], [2.0, 0.0, f32::NAN], [f32::NAN, 1.0, 2.0]] {
            let parts = parts(&forest, &row);
            assert!((parts.iter().sum::<f64>() - forest.deviation(&row)).abs() < 1e-12);
            assert!(parts[1].abs() < 1e-12, "a feature without a test adds nothing");
        }
    }
}
