//! Who gets which action under a budget and capacities: at most one action a customer, the largest total gain, with a
//! bound on what any other choice could have gained.
//!
//! The prices of budget and capacities come from the Lagrangian dual (Fisher 1981, Management Science 27(1)), the choice
//! from a greedy order at these prices; small problems are then searched to the end.

mod dual;
mod exact;
mod greedy;
mod problem;

pub use problem::{Choice, Limits, Prices, Problem};

/// Who gets which action.
#[derive(Debug, Clone, PartialEq)]
pub struct Allocation {
    /// For each customer, the place of the choice among all choices.
    pub chosen: Vec<Option<usize>>,
    /// Sum of gains, in major units.
    pub gain: f64,
    /// Sum of costs, in major units.
    pub cost: f64,
    /// No choice gains more.
    pub bound: f64,
    /// What one more unit of each limit would bring.
    pub prices: Prices,
}

impl Allocation {
    /// How far the choice may be from the best one, as a share of the best.
    #[must_use]
    pub fn gap(&self) -> f64 {
        if self.bound > 0.0 { ((self.bound - self.gain) / self.bound).max(0.0) } else { 0.0 }
    }
}

/// The best choice that is found, the same for any number of threads.
#[must_use]
pub fn allocate(problem: &Problem) -> Allocation {
    let prices = dual::prices(problem);
    let greedy = greedy::allocate(problem, &prices);
    let bound = dual::bound(problem, &prices).max(problem.gain(&greedy));
    let (chosen, bound) = exact::improve(problem, &prices, greedy, bound);
    let (gain, cost) = (problem.gain(&chosen), problem.cost(&chosen));
    Allocation { chosen, gain, cost, bound, prices }
}

#[cfg(test)]
mod tests;
