//! Time and gap of a plan: `cargo bench --bench decisions -- [CUSTOMERS] [ACTIONS]`, a million and twelve if not given. Gains
//! are such that budget, three channels and half of the actions bind.

use std::io::Write;
use std::time::Instant;

use retain::decide::{Choice, Limits, Problem, allocate};

/// A number in [0, 1) without pattern, of its arguments alone.
fn noise(customer: u64, action: u64, what: u64) -> f64 {
    let mut hash = (customer * 64 + action * 4 + what).wrapping_add(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((hash ^ (hash >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

fn main() -> std::io::Result<()> {
    let numbers: Vec<u32> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let (n_customers, n_actions) =
        (numbers.first().copied().unwrap_or(1_000_000), numbers.get(1).copied().unwrap_or(12));
    let hundredths = |n: u32| n_customers / 100 * n;
    let limited: Vec<usize> = (0_usize..).zip(0..n_actions).map(|(action, _)| action).collect();
    let limits = Limits {
        budget: Some(0.6 * f64::from(n_customers)),
        capacities: [15; 3].into_iter().chain((0..n_actions).map(|action| 2 + action)).map(hundredths).collect(),
        of_action: limited.iter().map(|action| vec![action % 3, 3 + action]).collect(),
    };
    let mut problem = Problem::new(limits);
    for customer in 0..u64::from(n_customers) {
        let value = 300.0 * noise(customer, 0, 3).powi(3);
        problem.add((0_u64..).zip(&limited).map(|(number, action)| Choice {
            gain: value * (0.05 + 0.1 * noise(customer, number, 0)) - 2.0 * noise(customer, number, 1),
            cost: 0.3 + 4.0 * noise(customer, number, 2),
            action: *action,
        }));
    }
    let start = Instant::now();
    let found = allocate(&problem);
    let seconds = start.elapsed().as_secs_f64();
    let n_chosen = found.chosen.iter().flatten().count();
    writeln!(
        std::io::stdout(),
        "{n_customers} customers x {n_actions} actions: {seconds:.2} s, {n_chosen} contacted, gain {:.0}, within {:.4} % of the best",
        found.gain,
        100.0 * found.gap()
    )
}
