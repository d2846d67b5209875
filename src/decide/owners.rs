//! People who look after customers, each of whom can only contact so many.

use std::collections::BTreeMap;

use super::allocation::{Allocation, Problem};
use super::candidate::Candidate;

/// The customers who are too many for those who look after them: of each the ones that bring least beyond what they use, ties
/// by the order of the customers.
pub(super) fn beyond_owners(
    candidates: &[Candidate<'_>],
    (problem, allocation): (&Problem, &Allocation),
    per_owner: u32,
) -> Vec<usize> {
    let mut of_owner: BTreeMap<u32, Vec<(f64, usize)>> = BTreeMap::new();
    for (place, (candidate, chosen)) in candidates.iter().zip(&allocation.chosen).enumerate() {
        let choice = chosen.and_then(|chosen| problem.choice(chosen));
        if let (Some(owner), Some(choice)) = (candidate.owner, choice) {
            let value = allocation.prices.reduced(choice, problem.limits());
            of_owner.entry(owner).or_default().push((value, place));
        }
    }
    let beyond = |mut own: Vec<(f64, usize)>| {
        own.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        own.into_iter().skip(per_owner as usize).map(|(_, place)| place)
    };
    of_owner.into_values().flat_map(beyond).collect()
}
