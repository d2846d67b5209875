//! The prices of budget and capacities: the minimum of the Lagrangian dual, by Newton's method on a smoothed form that is
//! sharpened step by step.
//!
//! Ours: the dual has as many variables as limits and a million kinked terms; solvers of linear programmes would see twelve
//! million variables.

use ndarray::{Array1, Array2};
use rayon::prelude::*;

use super::problem::{Choice, Prices, Problem};
use crate::maths::cholesky::Cholesky;

/// Customers whose terms are summed in one go.
const BLOCK: usize = 4096;
/// Customers on whom prices are found first.
const SAMPLE: usize = 50_000;
/// Temperatures, from a typical gain down by this factor so many times.
const COOLING: f64 = 0.25;
const STEPS: u32 = 9;
/// Last temperatures that see everyone.
const WITH_EVERYONE: u32 = 2;
/// Steps of Newton's method at one temperature, on a sample and with everyone.
const MAX_NEWTON: u32 = 25;
const MAX_NEWTON_WITH_EVERYONE: u32 = 6;
const MAX_HALVINGS: u32 = 12;
/// Newton's method ends when a step promises less than this part of the value.
const TOLERANCE: f64 = 1e-8;

/// A smoothed dual and its derivatives by the prices.
struct Evaluation {
    value: f64,
    gradient: Array1<f64>,
    hessian: Array2<f64>,
}

/// The dual of a problem on every so many-th customer.
struct Dual<'p> {
    problem: &'p Problem,
    stride: usize,
    /// What there is of each limit, for as many customers as are looked at.
    supply: Array1<f64>,
}

/// Prices near those that minimise the dual.
pub(super) fn prices(problem: &Problem) -> Prices {
    let n_prices = problem.limits.capacities.len() + 1;
    let mut at = Array1::zeros(n_prices);
    let best: Vec<f64> = (0..problem.n_customers()).filter_map(|customer| largest_gain(problem.of(customer))).collect();
    let typical = best.iter().sum::<f64>() / best.len().max(1) as f64;
    if (problem.limits.budget.is_some() || n_prices > 1) && typical > 0.0 {
        let sample = Dual::of(problem, (problem.n_customers() / SAMPLE).max(1));
        let everyone = Dual::of(problem, 1);
        let mut temperature = typical;
        for step in 0..STEPS {
            let dual = if step + WITH_EVERYONE < STEPS { &sample } else { &everyone };
            let is_sampled = sample.stride > 1;
            let most = if is_sampled && dual.stride == 1 { MAX_NEWTON_WITH_EVERYONE } else { MAX_NEWTON };
            at = dual.minimum(at, temperature, most);
            temperature *= COOLING;
        }
    }
    let sharp = |at: &Array1<f64>| Prices { budget: at[0], capacities: at.iter().skip(1).copied().collect() };
    // Prices below what rounding and smoothing leave are none: a limit that does not bind has none.
    let found = sharp(&at);
    let free = sharp(&at.mapv(|price| if price < typical * 1e-6 { 0.0 } else { price }));
    if bound(problem, &free) <= bound(problem, &found) { free } else { found }
}

/// The dual at some prices: no choice gains more.
pub(super) fn bound(problem: &Problem, prices: &Prices) -> f64 {
    let of_actions = prices.of_actions(&problem.limits);
    let best = |customer: usize| {
        let reduced = problem.of(customer).iter().map(|choice| reduced(choice, prices.budget, &of_actions));
        reduced.fold(0.0, f64::max)
    };
    let customers: Vec<usize> = (0..problem.n_customers()).step_by(BLOCK).collect();
    let of_block = |start: &usize| (*start..(*start + BLOCK).min(problem.n_customers())).map(best).sum::<f64>();
    let blocks: Vec<f64> = customers.par_iter().map(of_block).collect();
    let rooms = problem.limits.capacities.iter().map(|room| f64::from(*room));
    let of_limits: f64 = rooms.zip(&prices.capacities).map(|(room, price)| room * price).sum();
    blocks.iter().sum::<f64>() + of_limits + problem.limits.budget.unwrap_or(0.0) * prices.budget
}

/// What a choice gains beyond what it uses at some prices.
pub(super) fn reduced(choice: &Choice, budget: f64, of_actions: &[f64]) -> f64 {
    choice.gain - budget * choice.cost - of_actions.get(choice.action).copied().unwrap_or(0.0)
}

fn largest_gain(choices: &[Choice]) -> Option<f64> {
    choices.iter().map(|choice| choice.gain).reduce(f64::max)
}

impl<'p> Dual<'p> {
    fn of(problem: &'p Problem, stride: usize) -> Self {
        let n_seen = problem.n_customers().div_ceil(stride);
        let share = n_seen as f64 / problem.n_customers().max(1) as f64;
        let rooms = problem.limits.capacities.iter().map(|room| f64::from(*room) * share);
        let supply = std::iter::once(problem.limits.budget.unwrap_or(0.0) * share).chain(rooms).collect();
        Self { problem, stride, supply }
    }

    /// Newton's method with prices that are not negative.
    ///
    /// # Source
    /// Bertsekas (1982), SIAM Journal on Control and Optimization 20(2): projected Newton steps.
    fn minimum(&self, start: Array1<f64>, temperature: f64, most_steps: u32) -> Array1<f64> {
        let mut at = start;
        let mut now = self.evaluate(&at, temperature);
        for _ in 0..most_steps {
            let has_price = |place: usize| place > 0 || self.problem.limits.budget.is_some();
            let free: Vec<usize> = (0..at.len())
                .filter(|place| has_price(*place) && (at[*place] > 0.0 || now.gradient[*place] < 0.0))
                .collect();
            let Some(step) = feasible_step(&now, &at, free) else { break };
            let promised = -step.dot(&now.gradient);
            if promised <= TOLERANCE * now.value.abs() {
                break;
            }
            let Some((next, there)) = self.along(&at, &step, &now, temperature) else { break };
            (at, now) = (next, there);
        }
        at
    }

    /// The first point on the way of a step that lies enough lower.
    fn along(
        &self,
        at: &Array1<f64>,
        step: &Array1<f64>,
        now: &Evaluation,
        temperature: f64,
    ) -> Option<(Array1<f64>, Evaluation)> {
        let mut length = 1.0;
        for _ in 0..MAX_HALVINGS {
            let next = (at + &(step * length)).mapv(|price| price.max(0.0));
            let there = self.evaluate(&next, temperature);
            let descent = now.gradient.dot(&(&next - at));
            if there.value <= now.value + 1e-4 * descent && there.value < now.value {
                return Some((next, there));
            }
            length *= 0.4;
        }
        None
    }

    fn evaluate(&self, at: &Array1<f64>, temperature: f64) -> Evaluation {
        let prices = Prices { budget: at[0], capacities: at.iter().skip(1).copied().collect() };
        let of_actions = prices.of_actions(&self.problem.limits);
        let n_seen = self.problem.n_customers().div_ceil(self.stride);
        let starts: Vec<usize> = (0..n_seen).step_by(BLOCK).collect();
        let of_block = |start: &usize| {
            let mut sums = Evaluation::zero(at.len());
            let mut term = Term { temperature, weights: Vec::new(), mean: Array1::zeros(at.len()) };
            for seen in *start..(*start + BLOCK).min(n_seen) {
                let choices = self.problem.of(seen * self.stride);
                let reduced = choices.iter().map(|choice| reduced(choice, prices.budget, &of_actions));
                term.add(self.problem, choices, reduced, &mut sums);
            }
            sums
        };
        // Blocks are summed in their order, so that threads change no digit.
        let blocks: Vec<Evaluation> = starts.par_iter().map(of_block).collect();
        let mut sums = Evaluation::zero(at.len());
        for block in blocks {
            sums.value += block.value;
            sums.gradient += &block.gradient;
            sums.hessian += &block.hessian;
        }
        sums.value += self.supply.dot(at);
        sums.gradient += &self.supply;
        sums
    }
}

impl Evaluation {
    fn zero(n: usize) -> Self {
        Self { value: 0.0, gradient: Array1::zeros(n), hessian: Array2::zeros((n, n)) }
    }
}

/// The term of one customer: the smoothed largest of what its choices gain beyond their prices, and of nothing.
struct Term {
    temperature: f64,
    weights: Vec<f64>,
    mean: Array1<f64>,
}

impl Term {
    fn add(
        &mut self,
        problem: &Problem,
        choices: &[Choice],
        reduced: impl Iterator<Item = f64>,
        sums: &mut Evaluation,
    ) {
        self.weights.clear();
        self.weights.extend(reduced);
        let largest = self.weights.iter().copied().fold(0.0, f64::max);
        let mut total = (-largest / self.temperature).exp();
        for weight in &mut self.weights {
            *weight = ((*weight - largest) / self.temperature).exp();
            total += *weight;
        }
        sums.value += largest + self.temperature * total.ln();
        self.mean.fill(0.0);
        for (choice, weight) in choices.iter().zip(&self.weights) {
            let share = weight / total;
            if share < 1e-15 {
                continue;
            }
            let used = |place: usize| if place == 0 { choice.cost } else { 1.0 };
            let places =
                || std::iter::once(0).chain(problem.capacities_of(choice.action).iter().map(|place| place + 1));
            for place in places() {
                self.mean[place] += share * used(place);
                for other in places() {
                    sums.hessian[[place, other]] += share * used(place) * used(other) / self.temperature;
                }
            }
        }
        sums.gradient -= &self.mean;
        self.spread(sums);
    }

    /// What the mean takes from the second moments.
    fn spread(&self, sums: &mut Evaluation) {
        for (place, mean) in self.mean.indexed_iter().filter(|(_, mean)| **mean != 0.0) {
            for (other, their) in self.mean.indexed_iter() {
                sums.hessian[[place, other]] -= mean * their / self.temperature;
            }
        }
    }
}

/// The step of Newton's method that leaves no price of 0 for one below: such prices stay, one after the other, and the step is
/// that of the rest. Cut off at 0 instead, a step may lead uphill.
fn feasible_step(now: &Evaluation, at: &Array1<f64>, mut free: Vec<usize>) -> Option<Array1<f64>> {
    loop {
        let step = newton_step(now, &free)?;
        let n_before = free.len();
        free.retain(|place| at[*place] > 0.0 || step[*place] >= 0.0);
        if free.len() == n_before {
            return Some(step);
        }
    }
}

/// The step of Newton's method for the prices that are free; the curvature is raised until it can be inverted.
fn newton_step(now: &Evaluation, free: &[usize]) -> Option<Array1<f64>> {
    if free.is_empty() {
        return None;
    }
    let n = free.len();
    let gradient = Array1::from_shape_fn(n, |row| -now.gradient[free[row]]);
    let largest = free.iter().map(|place| now.hessian[[*place, *place]]).fold(0.0, f64::max);
    let mut ridge = 1e-9;
    while ridge < 1e6 {
        let curved = Array2::from_shape_fn((n, n), |(row, column)| {
            let raised = if row == column {
                ridge * now.hessian[[free[row], free[row]]] + 1e-12 * largest + 1e-300
            } else {
                0.0
            };
            now.hessian[[free[row], free[column]]] + raised
        });
        if let Some(factor) = Cholesky::with_pivots(curved, 1e-12) {
            let solved = factor.solve(&gradient);
            let mut step = Array1::zeros(now.gradient.len());
            for (place, value) in free.iter().zip(&solved) {
                step[*place] = *value;
            }
            return step.iter().all(|value| f64::is_finite(*value)).then_some(step);
        }
        ridge *= 100.0;
    }
    None
}
