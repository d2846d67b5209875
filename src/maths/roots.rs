//! Where an increasing function takes a value. Ours, because no crate of the project looks for a root between bounds, and two
//! thousand are found for the intervals of one list.

/// Share of the span within which a root lies.
const TOLERANCE: f64 = 1e-14;

/// More than any function needs: halving alone takes 48.
const MOST_LOOKS: usize = 200;

/// The root in `[0, span]` of an increasing `f(t) = target`; a bound where the target lies outside.
///
/// # Source
/// Chandrupatla (1997), Advances in Engineering Software 28, 145-149: a parabola through three points where it can be trusted, half
/// the way where not.
pub(crate) fn increasing(span: f64, target: f64, f: impl Fn(f64) -> f64) -> f64 {
    let look = |t: f64| (t, f(t) - target);
    let (mut newest, mut other) = (look(span), look(0.0));
    if other.1 >= 0.0 || span.is_nan() || span <= 0.0 {
        return 0.0;
    }
    if newest.1.is_nan() || newest.1 <= 0.0 {
        return span;
    }
    let mut share = 0.5;
    for _ in 0..MOST_LOOKS {
        let found = look(newest.0 + share * (other.0 - newest.0));
        // The root stays between the newest point and the other.
        let third = if (found.1 > 0.0) == (newest.1 > 0.0) { newest } else { std::mem::replace(&mut other, newest) };
        newest = found;
        let least = TOLERANCE * span / (other.0 - newest.0).abs();
        if least > 0.5 || newest.1 == 0.0 || newest.1.is_nan() {
            break;
        }
        share = step([newest, other, third]).unwrap_or(0.5).clamp(least, 1.0 - least);
    }
    if newest.1.abs() < other.1.abs() { newest.0 } else { other.0 }
}

/// How far to go from the newest point to the other, by the parabola through all three; `None` where it bends too much.
fn step([(x1, f1), (x2, f2), (x3, f3)]: [(f64, f64); 3]) -> Option<f64> {
    let (xi, phi) = ((x1 - x2) / (x3 - x2), (f1 - f2) / (f3 - f2));
    let is_safe = phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi;
    let parabola = || f1 / (f2 - f1) * f3 / (f2 - f3) + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2);
    is_safe.then(parabola)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn roots_are_found_in_few_looks() {
        type Function = fn(f64) -> f64;
        let functions: [(&str, Function); 6] = [
            ("line", |t| t),
            ("curve", |t| 1.0 - (-t).exp()),
            ("late", |t| (t / 10.0).powi(40)),
            ("early", |t| t.powf(0.02)),
            ("step", |t| f64::from(u8::from(t >= 3.3))),
            ("kink", |t| (t - 9.999).max(0.001 * t)),
        ];
        for (name, f) in functions {
            for share in [1e-6, 0.1, 0.5, 0.9, 0.999] {
                let (target, looks) = (f(0.0) + share * (f(10.0) - f(0.0)), Cell::new(0));
                let seen = |t| {
                    looks.set(looks.get() + 1);
                    f(t)
                };
                let root = increasing(10.0, target, seen);
                let (before, behind) = (f((root - 1e-12).max(0.0)), f(root + 1e-12));
                assert!(before <= target && target <= behind, "{name} {share}: {root}");
                let most = if ["early", "step"].contains(&name) { 50 } else { 15 };
                assert!(looks.get() <= most, "{name} {share}: {}", looks.get());
            }
        }
    }

    #[test]
    fn what_lies_outside_is_a_bound() {
        let roots = [(5.0, -1.0), (5.0, 7.0), (0.0, 1.0), (f64::NAN, 1.0)]
            .map(|(span, target)| increasing(span, target, |t| t));
        assert_eq!(roots.map(f64::to_bits), [0.0, 5.0, 0.0, 0.0].map(f64::to_bits));
        assert_eq!(increasing(5.0, 1.0, |_| f64::NAN).to_bits(), 5.0_f64.to_bits());
    }
}
