use proptest::prelude::*;

use super::*;
use crate::maths::random::noise::draw;

/// So many customers with a choice for each of three actions; actions 0 and 1 share a channel.
fn problem(seed: u64, n_customers: u64, limits: &Limits) -> Problem {
    let mut problem = Problem::new(limits.clone());
    for customer in 0..n_customers {
        problem.add((0..3_usize).map(|action| {
            let number = |what: u64| draw(seed * 1_000_003 + customer * 31 + action as u64 * 7 + what);
            Choice { gain: 20.0 * number(1) - 4.0, cost: 1.0 + 5.0 * number(2) * action as f64, action }
        }));
    }
    problem
}

fn limits(budget: Option<f64>, capacities: [u32; 4]) -> Limits {
    Limits { budget, capacities: capacities.to_vec(), of_action: vec![vec![0, 3], vec![1, 3], vec![2]] }
}

/// The best of all choices that keep the limits.
fn brute_force(problem: &Problem, customer: usize, left: &problem::Left) -> f64 {
    if customer == problem.n_customers() {
        return 0.0;
    }
    let mut best = brute_force(problem, customer + 1, left);
    for choice in problem.of(customer).iter().filter(|choice| problem.fits(choice, left)) {
        let mut after = left.clone();
        problem.take(choice, &mut after);
        best = best.max(choice.gain + brute_force(problem, customer + 1, &after));
    }
    best
}

fn counts(problem: &Problem, allocation: &Allocation) -> [u32; 3] {
    let mut counts = [0; 3];
    for place in allocation.chosen.iter().flatten() {
        counts[problem.choices[*place].action] += 1;
    }
    counts
}

fn keeps(problem: &Problem, allocation: &Allocation) -> bool {
    let [first, second, third] = counts(problem, allocation);
    let rooms = &problem.limits.capacities;
    first <= rooms[0]
        && second <= rooms[1]
        && third <= rooms[2]
        && first + second <= rooms[3]
        && problem.limits.budget.is_none_or(|budget| allocation.cost <= budget * (1.0 + 1e-9))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn small_problems_are_solved_like_brute_force(
        seed in 0_u64..10_000, n in 1_u64..7, budget in proptest::option::of(0.0..20.0_f64), rooms in prop::array::uniform4(0_u32..4),
    ) {
        let problem = problem(seed, n, &limits(budget, rooms));
        let found = allocate(&problem);
        prop_assert!(keeps(&problem, &found));
        let best = brute_force(&problem, 0, &problem.everything());
        prop_assert!((found.gain - best).abs() < 1e-9, "{} {best}", found.gain);
        prop_assert!(found.bound >= best - 1e-9 && found.gap() < 1e-9, "{found:?}");
    }

    #[test]
    fn a_larger_budget_never_gains_less(seed in 0_u64..10_000, budget in 1.0..40.0_f64, more in 0.0..10.0_f64) {
        let gain = |budget| allocate(&problem(seed, 10, &limits(Some(budget), [3, 3, 3, 5]))).gain;
        prop_assert!(gain(budget + more) >= gain(budget) - 1e-9);
    }

    #[test]
    fn a_higher_cost_never_adds_a_customer_to_an_action(seed in 0_u64..10_000, rise in 0.01..6.0_f64, action in 0_usize..3) {
        let before = problem(seed, 10, &limits(None, [3, 3, 3, 5]));
        let mut dearer = Problem::new(before.limits.clone());
        for customer in 0..before.n_customers() {
            dearer.add(before.of(customer).iter().map(|choice| {
                let own = if choice.action == action { rise } else { 0.0 };
                Choice { gain: choice.gain - own, cost: choice.cost + own, ..*choice }
            }));
        }
        let n = |problem: &Problem| counts(problem, &allocate(problem))[action];
        prop_assert!(n(&dearer) <= n(&before));
    }
}

#[test]
fn many_customers_are_within_a_thousandth_of_the_best_and_threads_change_nothing() {
    let problem = problem(7, 30_000, &limits(Some(20_000.0), [4_000, 3_000, 2_500, 6_000]));
    let run =
        |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| allocate(&problem));
    let found = run(1);
    assert_eq!(found, run(3));
    assert!(keeps(&problem, &found));
    assert!(found.gap() < 1e-3, "{}", found.gap());
    assert!(found.prices.budget > 0.0, "{:?}", found.prices);
}

#[test]
fn what_does_not_bind_has_no_price() {
    let problem = problem(3, 2_000, &limits(Some(1e9), [5_000; 4]));
    let found = allocate(&problem);
    assert!(found.prices.budget.abs() < 1e-300 && found.prices.capacities.iter().all(|price| price.abs() < 1e-300));
    assert!(found.gap() < 1e-12, "{}", found.gap());
    let none = allocate(&Problem::new(Limits::default()));
    assert_eq!((none.gain, none.bound, none.gap()), (0.0, 0.0, 0.0));
}
