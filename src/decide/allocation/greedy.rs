//! From prices to a choice that keeps every limit.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::dual::reduced;
use super::problem::{Left, Prices, Problem};

/// A customer who waits for a choice; the one who would lose most by another comes first, of equals the first customer.
struct Waiting {
    loss: f64,
    customer: usize,
}

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        self.loss.total_cmp(&other.loss).then(other.customer.cmp(&self.customer))
    }
}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Waiting {}

/// Gives each customer the best choice that still fits, those first who would lose most by the next best.
pub(super) fn allocate(problem: &Problem, prices: &Prices) -> Vec<Option<usize>> {
    let of_actions = prices.of_actions(&problem.limits);
    let mut left = problem.everything();
    let best = |customer: usize, left: &Left| best_fitting(problem, (prices, &of_actions), customer, left);
    let waits = |customer: usize| Some(Waiting { loss: best(customer, &left)?.1, customer });
    let mut waiting: BinaryHeap<Waiting> = (0..problem.n_customers()).filter_map(waits).collect();
    let mut chosen = vec![None; problem.n_customers()];
    while let Some(next) = waiting.pop() {
        let Some((place, loss)) = best(next.customer, &left) else { continue };
        // What was best no longer fits, and others may now lose more.
        if loss < next.loss {
            waiting.push(Waiting { loss, ..next });
            continue;
        }
        if let (Some(choice), Some(own)) = (problem.choice(place), chosen.get_mut(next.customer)) {
            problem.take(choice, &mut left);
            *own = Some(place);
        }
    }
    chosen
}

/// The best choice of a customer that fits, and what the next best, or none, would lose at these prices.
fn best_fitting(
    problem: &Problem,
    (prices, of_actions): (&Prices, &[f64]),
    customer: usize,
    left: &Left,
) -> Option<(usize, f64)> {
    let mut best: Option<(usize, f64)> = None;
    let mut second = 0.0_f64;
    for (place, choice) in problem.places(customer).zip(problem.of(customer)) {
        if !problem.fits(choice, left) {
            continue;
        }
        let value = reduced(choice, prices.budget, of_actions);
        match best {
            Some((_, largest)) if value <= largest => second = second.max(value),
            _ => {
                second = best.map_or(second, |(_, largest)| second.max(largest));
                best = Some((place, value));
            }
        }
    }
    best.map(|(place, value)| (place, if value > 0.0 { value - second } else { value }))
}
