//! Small problems searched to the end: branch and bound with the bound of the dual.

use super::dual::reduced;
use super::problem::{Left, Prices, Problem};

/// Customers up to whom a search is tried.
const MOST_CUSTOMERS: usize = 500;
/// Branches after which the search gives up.
const MOST_BRANCHES: u32 = 50_000;

/// A search under way.
struct Search<'p> {
    problem: &'p Problem,
    prices: &'p Prices,
    /// For each customer, in the order in which they are decided, the choices, the best first, with what they gain beyond
    /// their prices.
    options: Vec<(usize, Vec<(usize, f64)>)>,
    /// What the customers from each place on may gain beyond prices.
    to_come: Vec<f64>,
    branches: u32,
    chosen: Vec<Option<usize>>,
    best: Vec<Option<usize>>,
    best_gain: f64,
}

/// A better choice if there is one, and the bound, which is the choice's own gain where the search came to its end.
pub(super) fn improve(
    problem: &Problem,
    prices: &Prices,
    chosen: Vec<Option<usize>>,
    bound: f64,
) -> (Vec<Option<usize>>, f64) {
    let gain = problem.gain(&chosen);
    if problem.n_customers() > MOST_CUSTOMERS || bound <= gain {
        return (chosen, bound);
    }
    let mut search = Search::of(problem, prices, chosen, gain);
    let is_complete = search.decide(0, 0.0, &problem.everything());
    let bound = if is_complete { search.best_gain } else { bound };
    (search.best, bound)
}

impl<'p> Search<'p> {
    fn of(problem: &'p Problem, prices: &'p Prices, best: Vec<Option<usize>>, best_gain: f64) -> Self {
        let of_actions = prices.of_actions(&problem.limits);
        let options_of = |customer: usize| {
            let value = |place: usize| Some((place, reduced(problem.choice(place)?, prices.budget, &of_actions)));
            let mut options: Vec<(usize, f64)> = problem.places(customer).filter_map(value).collect();
            options.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            (customer, options)
        };
        let mut options: Vec<(usize, Vec<(usize, f64)>)> = (0..problem.n_customers()).map(options_of).collect();
        let most = |options: &[(usize, f64)]| options.first().map_or(0.0, |(_, value)| value.max(0.0));
        // Who matters most is decided first, so that bad branches end early.
        options.sort_by(|a, b| most(&b.1).total_cmp(&most(&a.1)).then(a.0.cmp(&b.0)));
        let mut to_come = vec![0.0; options.len() + 1];
        for at in (0..options.len()).rev() {
            to_come[at] = to_come[at + 1] + most(&options[at].1);
        }
        let chosen = vec![None; problem.n_customers()];
        Self { problem, prices, options, to_come, branches: 0, chosen, best, best_gain }
    }

    /// Decides the customers from a place on; whether nothing was left out.
    fn decide(&mut self, at: usize, gain: f64, left: &Left) -> bool {
        self.branches += 1;
        if self.branches > MOST_BRANCHES {
            return false;
        }
        if gain + self.to_come[at] + self.worth(left) <= self.best_gain * (1.0 + 1e-12) {
            return true;
        }
        let Some((customer, options)) = self.options.get(at).cloned() else {
            // What is left of a limit counts in the bound, not in the gain.
            if gain > self.best_gain {
                self.best.clone_from(&self.chosen);
                self.best_gain = gain;
            }
            return true;
        };
        let mut is_complete = true;
        for (place, _) in options {
            let Some(choice) = self.problem.choice(place).filter(|choice| self.problem.fits(choice, left)) else {
                continue;
            };
            let mut after = left.clone();
            self.problem.take(choice, &mut after);
            self.chosen[customer] = Some(place);
            is_complete &= self.decide(at + 1, gain + choice.gain, &after);
            self.chosen[customer] = None;
        }
        is_complete & self.decide(at + 1, gain, left)
    }

    /// What is left of the limits, at their prices.
    fn worth(&self, left: &Left) -> f64 {
        let rooms = left.capacities.iter().zip(&self.prices.capacities);
        let budget = if self.prices.budget > 0.0 { self.prices.budget * left.budget } else { 0.0 };
        budget + rooms.map(|(room, price)| f64::from(*room) * price).sum::<f64>()
    }
}
