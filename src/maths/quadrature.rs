//! Numerical integration: Gauss-Legendre rules, and means over a beta distribution.
//!
//! Ours: the rules of `gauss-quad` 0.2 differ in the last digit of nearly every node, and its crate is larger than the thirty
//! lines that find them.

use std::sync::LazyLock;

use super::special::{logistic, softplus};

/// Nodes in (0, 1) and weights that sum to 1.
pub(crate) type Rule = Vec<(f64, f64)>;

static RULE_3: LazyLock<Rule> = LazyLock::new(|| gauss_legendre(3));
static RULE_7: LazyLock<Rule> = LazyLock::new(|| gauss_legendre(7));
static RULE_8: LazyLock<Rule> = LazyLock::new(|| gauss_legendre(8));
static RULE_16: LazyLock<Rule> = LazyLock::new(|| gauss_legendre(16));
static RULE_32: LazyLock<Rule> = LazyLock::new(|| gauss_legendre(32));

/// How finely an interval is integrated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nodes {
    Three,
    Seven,
    Eight,
    Sixteen,
    ThirtyTwo,
}

impl Nodes {
    /// The rule of that many nodes.
    pub(crate) fn rule(self) -> &'static Rule {
        match self {
            Self::Three => &RULE_3,
            Self::Seven => &RULE_7,
            Self::Eight => &RULE_8,
            Self::Sixteen => &RULE_16,
            Self::ThirtyTwo => &RULE_32,
        }
    }
}

/// Gauss-Legendre rule on (0, 1): roots of the Legendre polynomial by Newton's method.
fn gauss_legendre(n: u32) -> Rule {
    let node = |i: u32| {
        let mut z = (std::f64::consts::PI * (f64::from(i) + 0.75) / (f64::from(n) + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..50 {
            let (value, derivative) = legendre(n, z);
            slope = derivative;
            let step = value / derivative;
            z -= step;
            if step.abs() < 1e-16 {
                break;
            }
        }
        (f64::midpoint(1.0, -z), 1.0 / ((1.0 - z * z) * slope * slope))
    };
    (0..n).map(node).collect()
}

/// The Legendre polynomial of degree `n` and its derivative.
fn legendre(n: u32, z: f64) -> (f64, f64) {
    let (mut before, mut now) = (0.0, 1.0);
    for j in 0..n {
        let j = f64::from(j);
        (before, now) = (now, ((2.0 * j + 1.0) * z * now - j * before) / (j + 1.0));
    }
    (now, f64::from(n) * (z * now - before) / (z * z - 1.0))
}

#[cfg(test)]
/// Integral of `f` from `low` to `high`.
pub(crate) fn integrate(low: f64, high: f64, nodes: Nodes, f: impl Fn(f64) -> f64) -> f64 {
    let width = high - low;
    nodes.rule().iter().map(|(node, weight)| weight * f(low + width * node)).sum::<f64>() * width
}

/// Log-weights this far below the largest are left out.
const NEGLIGIBLE: f64 = 45.0;
const MAX_NODES: u32 = 20_000;

/// Mean of `f(p)` for p from a beta distribution: the trapezoid rule over log-odds, where the density is smooth.
///
/// Weights are normalised by their own sum, so the result lies between the least and the largest value of `f`.
///
/// # Source
/// Trefethen and Weideman (2014), SIAM Review 56(3), on the trapezoid rule for analytic functions.
pub(crate) fn beta_mean(a: f64, b: f64, f: impl Fn(f64) -> f64) -> f64 {
    let centre = (a / b).ln();
    let step = (0.3 * (1.0 / a + 1.0 / b).sqrt()).min(0.25);
    let log_weight = |log_odds: f64| {
        let softplus = softplus(-log_odds);
        -a * softplus - b * (log_odds + softplus)
    };
    let top = log_weight(centre);
    let (mut sum, mut weights) = (0.0, 0.0);
    for direction in [1.0, -1.0] {
        let first = u32::from(direction < 0.0);
        for i in first..MAX_NODES {
            let log_odds = centre + direction * step * f64::from(i);
            let below_top = log_weight(log_odds) - top;
            if below_top < -NEGLIGIBLE {
                break;
            }
            let weight = below_top.exp();
            sum += weight * f(logistic(log_odds));
            weights += weight;
        }
    }
    sum / weights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_exact_for_polynomials() {
        for (nodes, degree) in
            [(Nodes::Three, 5), (Nodes::Seven, 13), (Nodes::Eight, 15), (Nodes::Sixteen, 31), (Nodes::ThirtyTwo, 63)]
        {
            let integral = integrate(0.0, 1.0, nodes, |z| z.powi(degree));
            assert!((integral - 1.0 / f64::from(degree + 1)).abs() < 1e-14, "{nodes:?}");
        }
        assert!((integrate(1.0, 3.0, Nodes::Sixteen, f64::exp) - (3.0_f64.exp() - 1.0_f64.exp())).abs() < 1e-12);
    }

    #[test]
    fn moments_of_the_beta_distribution_are_found() {
        for (a, b) in [(0.8, 2.5), (0.05, 0.4), (500.0, 20.0), (1e-2, 1e4), (1e5, 1e5)] {
            let mean = beta_mean(a, b, |p| p);
            assert!((mean - a / (a + b)).abs() < 1e-10 * (1.0 + mean), "{a} {b} {mean}");
            let square = beta_mean(a, b, |p| p * p);
            assert!((square - a * (a + 1.0) / ((a + b) * (a + b + 1.0))).abs() < 1e-10, "{a} {b} {square}");
        }
    }
}
