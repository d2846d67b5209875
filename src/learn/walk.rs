//! Trees made ready for many rows: every row takes as many steps as the tree is deep, a leaf leading to itself, so that the
//! processor has no end of a path to guess and follows several trees at once.

use super::forest::Tree;

/// Some trees, reading their features from given places of a row.
pub(super) struct Walk {
    steps: Vec<Step>,
    /// First step and depth of each tree.
    trees: Vec<(u32, u32)>,
}

#[derive(Debug, Clone, Copy)]
struct Step {
    place: u32,
    threshold: f32,
    next: [u32; 2],
    value: f32,
    missing_left: bool,
}

impl Walk {
    /// `places` has the place of each feature in a row; features that no test reads need none.
    pub(super) fn of(trees: &[Tree], places: &[Option<usize>]) -> Self {
        let mut walk = Self { steps: Vec::new(), trees: Vec::with_capacity(trees.len()) };
        for tree in trees {
            walk.push(tree, places);
        }
        walk
    }

    fn push(&mut self, tree: &Tree, places: &[Option<usize>]) {
        let first = small(self.steps.len());
        for (at, node) in tree.nodes().iter().enumerate() {
            let next = if node.is_leaf() { [at, at] } else { node.children };
            // A leaf tests nothing, whatever its feature says.
            let place = places.get(node.feature).copied().flatten().unwrap_or_default();
            self.steps.push(Step {
                place: small(place),
                threshold: node.threshold,
                next: next.map(|child| first + small(child)),
                value: node.value,
                missing_left: node.missing_left,
            });
        }
        self.trees.push((first, small(tree.depth())));
    }

    /// What the trees say of a row together.
    pub(super) fn sum(&self, row: &[f32]) -> f64 {
        let leaf = |&(first, depth): &(u32, u32)| {
            let end = (0..depth).fold(first, |at, _| {
                let step = &self.steps[at as usize];
                let value = row[step.place as usize];
                // A value that is missing is not less.
                let goes_left = (value < step.threshold) | (value.is_nan() & step.missing_left);
                step.next[usize::from(!goes_left)]
            });
            f64::from(self.steps[end as usize].value)
        };
        self.trees.iter().map(leaf).sum()
    }
}

/// Nodes, features and depths of a forest are far fewer.
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
