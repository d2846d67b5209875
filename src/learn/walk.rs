//! Trees made ready for many rows: every row takes as many steps as the tree is deep, a leaf leading to itself, so that the
//! processor has no end of a path to guess, and follows several rows through a tree at once.

use super::forest::Tree;

/// Rows that are led through a tree at once.
pub(super) const ROWS: usize = 8;

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

    /// What the trees say of each of at most [`ROWS`] rows together, summed tree after tree.
    pub(super) fn sums(&self, rows: &[&[f32]]) -> [f64; ROWS] {
        let mut sums = [NOTHING; ROWS];
        for &(first, depth) in &self.trees {
            let mut at = [first; ROWS];
            for _ in 0..depth {
                for (at, row) in at.iter_mut().zip(rows) {
                    *at = self.steps[*at as usize].next(row);
                }
            }
            for (sum, at) in sums.iter_mut().zip(&at[..rows.len().min(ROWS)]) {
                *sum += f64::from(self.steps[*at as usize].value);
            }
        }
        sums
    }
}

/// The sum of no numbers, as iterators have it.
const NOTHING: f64 = -0.0;

impl Step {
    #[inline]
    fn next(&self, row: &[f32]) -> u32 {
        let value = row[self.place as usize];
        // A value that is missing is not less.
        let goes_left = (value < self.threshold) | (value.is_nan() & self.missing_left);
        self.next[usize::from(!goes_left)]
    }
}

/// Nodes, features and depths of a forest are far fewer.
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
