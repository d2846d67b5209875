//! Newton's method: for one unknown, and with halved steps for several.
//!
//! Ours: Newton's method of `argmin` halves no step, and its line searches ask for the gradient where the loss alone decides.

use super::special::probability;

/// First and second derivative of a convex function of one unknown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slope {
    pub(crate) gradient: f64,
    pub(crate) information: f64,
}

/// When the search for one unknown ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Steps at most.
    pub(crate) steps: u32,
    /// No step is longer.
    pub(crate) longest: f64,
    /// A shorter step is the last one.
    pub(crate) step: f64,
    /// Where the gradient is smaller, nothing is left to do.
    pub(crate) gradient: f64,
}

impl Limits {
    /// For log-odds, to the last digits that matter.
    pub(crate) const OF_LOG_ODDS: Self = Self { steps: 50, longest: 1.0, step: 1e-12, gradient: 0.0 };
}

/// Where the search for one unknown ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Minimum {
    pub(crate) at: f64,
    /// At the last point looked at: `at` itself, if the gradient ended the search.
    pub(crate) slope: Slope,
}

/// The minimum of a convex function of one unknown.
pub(crate) fn minimum(start: f64, limits: Limits, slope_at: impl Fn(f64) -> Slope) -> Minimum {
    let mut found = Minimum { at: start, slope: Slope { gradient: f64::INFINITY, information: 0.0 } };
    for _ in 0..limits.steps {
        found.slope = slope_at(found.at);
        if found.slope.gradient.abs() < limits.gradient {
            break;
        }
        let step = (found.slope.gradient / found.slope.information).clamp(-limits.longest, limits.longest);
        found.at -= step;
        if step.abs() < limits.step {
            break;
        }
    }
    found
}

/// The shift after which the probabilities of some log-odds sum to `target`.
pub(crate) fn shift_to(target: f64, log_odds: &[f64], limits: Limits) -> f64 {
    let slope_at = |shift: f64| {
        let add = |(sum, information): (f64, f64), z: &f64| {
            let p = probability(z + shift);
            (sum + p, information + p * (1.0 - p))
        };
        let (sum, information) = log_odds.iter().fold((0.0, 0.0), add);
        // Where all probabilities are 0 or 1 the step is as long as is allowed.
        Slope { gradient: sum - target, information: f64::max(information, 1e-9) }
    };
    minimum(0.0, limits, slope_at).at
}

/// A convex function of several unknowns.
pub(crate) trait Convex {
    /// A place, or a step between two.
    type Point;

    /// Its value at a point.
    fn loss(&self, at: &Self::Point) -> f64;

    /// Newton's step, which is taken away from `at`; `None` where the second derivatives are not positive definite.
    fn step(&self, at: &Self::Point) -> Option<Self::Point>;

    /// `at` less a share of a step.
    fn less(&self, at: &Self::Point, step: &Self::Point, share: f64) -> Self::Point;
}

const MAX_STEPS: usize = 50;
const MAX_HALVINGS: i32 = 20;

/// The minimum of a convex function: a step that does not lower it is halved, and one that lowers it by less than
/// `tolerance` is the last. `None` where no step is defined.
pub(crate) fn descend<F: Convex + ?Sized>(function: &F, start: F::Point, tolerance: f64) -> Option<F::Point> {
    let mut loss = function.loss(&start);
    let mut at = start;
    for _ in 0..MAX_STEPS {
        let step = function.step(&at)?;
        let halved = (0..MAX_HALVINGS).map(|halvings| function.less(&at, &step, 0.5_f64.powi(halvings)));
        let mut tried = halved.map(|next| (function.loss(&next), next));
        let Some((next_loss, next)) = tried.find(|(next_loss, _)| *next_loss < loss) else { break };
        let gained = loss - next_loss;
        (at, loss) = (next, next_loss);
        if gained < tolerance {
            break;
        }
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shift_meets_its_target() {
        let log_odds = [-1.0, 0.0, 2.0];
        let shift = shift_to(2.4, &log_odds, Limits::OF_LOG_ODDS);
        assert!((log_odds.iter().map(|z| probability(z + shift)).sum::<f64>() - 2.4).abs() < 1e-9);
        assert!(shift_to(3.0, &log_odds, Limits { steps: 5, ..Limits::OF_LOG_ODDS }) <= 5.0);
    }

    struct Valley;

    impl Convex for Valley {
        type Point = f64;

        fn loss(&self, at: &f64) -> f64 {
            at.cosh().ln()
        }

        fn step(&self, at: &f64) -> Option<f64> {
            Some(at.sinh() * at.cosh()).filter(|step| step.is_finite())
        }

        fn less(&self, at: &f64, step: &f64, share: f64) -> f64 {
            at - share * step
        }
    }

    /// From 3 a whole step would lead to -98.
    #[test]
    fn steps_that_overshoot_are_halved() {
        assert!(descend(&Valley, 3.0, 1e-13).unwrap().abs() < 1e-6);
        assert_eq!(descend(&Valley, 1e3, 1e-13), None);
    }
}
