//! Owns the race of purchase and death at exponential times whose rates are gamma variables over customers: the
//! integral behind every Pareto/NBD figure, without hypergeometric functions.
//!
//! With a purchase rate of shape n and scale A and a death rate of shape s and scale B, the chance of no purchase in a
//! span t while active is `G = (A/(A+t))^n (B/(B+t))^s + int_0^t s/(B+u) (A/(A+u))^n (B/(B+u))^s du`: silent and still
//! active, or dead at u and silent before. All terms are positive. The integral is taken over `v = ln(1 + u / c)` with c
//! the smaller scale, in which the integrand is smooth, and cut where it has become negligible.

use crate::maths::quadrature::{Nodes, Rule};

/// Shapes and scales of both rates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Race {
    pub(super) purchase_shape: f64,
    pub(super) purchase_scale: f64,
    pub(super) death_shape: f64,
    pub(super) death_scale: f64,
}

/// The two parts of G, and moments of the time of death over the second.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Silence {
    /// Silent and active all the span.
    pub(super) active: f64,
    /// Dead within the span and silent before.
    pub(super) dead: f64,
    /// `ln(1 + u / A)` and `1 / (A + u)`, summed over the dead part.
    pub(super) purchase_moments: [f64; 2],
    /// `ln(1 + u / B)` and `1 / (B + u)`, summed over the dead part.
    pub(super) death_moments: [f64; 2],
}

/// A point of the integral.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) time: f64,
    /// Its weight in `du`.
    pub(super) width: f64,
    pub(super) log_purchase: f64,
    pub(super) log_death: f64,
}

/// The integrand is left out where it has fallen by this exponent.
const NEGLIGIBLE: f64 = 45.0;

/// Longest piece of the logarithmic axis for one rule.
const LONGEST: f64 = 4.0;

impl Race {
    fn smaller_scale(&self) -> f64 {
        self.purchase_scale.min(self.death_scale)
    }

    /// Time and logarithms at a place of the logarithmic axis.
    fn moment(&self, v: f64, width: f64) -> Moment {
        let c = self.smaller_scale();
        let grown = c * v.exp();
        let time = grown - c;
        let stretched = width * grown;
        // Plain logarithms: they enter as exponents, where an absolute error of 1e-16 is none.
        let log = |scale: f64| ((scale - c + grown) / scale).ln();
        let (log_purchase, log_death) = if self.purchase_scale <= self.death_scale {
            (v, log(self.death_scale))
        } else {
            (log(self.purchase_scale), v)
        };
        Moment { time, width: stretched, log_purchase, log_death }
    }

    /// How far the logarithm of the integrand over v has fallen at v.
    fn fall(&self, v: f64) -> f64 {
        let at = self.moment(v, 1.0);
        self.purchase_shape * at.log_purchase + (self.death_shape + 1.0) * at.log_death - v
    }

    /// The part of the axis up to `length` on which the integrand matters, and how far it falls there.
    fn extent(&self, length: f64) -> (f64, f64) {
        let fall = self.fall(length);
        if fall <= NEGLIGIBLE {
            return (length, fall);
        }
        let (mut low, mut high) = (0.0, length);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            let fall = self.fall(middle);
            if fall < NEGLIGIBLE {
                low = middle;
            } else if fall > NEGLIGIBLE + 15.0 {
                high = middle;
            } else {
                return (middle, fall);
            }
        }
        (high, self.fall(high))
    }

    /// Calls `f` at every point of the integral from 0 to `span`.
    pub(super) fn over_deaths(&self, span: f64, finer: u32, mut f: impl FnMut(&Moment)) {
        let (length, fall) = self.extent((span / self.smaller_scale()).ln_1p());
        let (nodes, pieces) = plan(length, fall);
        let pieces = pieces * finer;
        let width = length / f64::from(pieces);
        let rule: &Rule = nodes.rule();
        for piece in 0..pieces {
            let start = width * f64::from(piece);
            for (node, weight) in rule {
                f(&self.moment(start + width * node, width * weight));
            }
        }
    }

    /// Density of death at a moment, times the chance of silence before it.
    fn silent_death(&self, at: &Moment) -> f64 {
        let exponent = self.purchase_shape * at.log_purchase + self.death_shape * at.log_death;
        at.width * self.death_shape / (self.death_scale + at.time) * (-exponent).exp()
    }

    /// Density of death at a moment.
    pub(super) fn death(&self, at: &Moment) -> f64 {
        at.width * self.death_shape / (self.death_scale + at.time) * (-self.death_shape * at.log_death).exp()
    }

    /// Both parts of G for a span that is not negative.
    pub(super) fn silence(&self, span: f64) -> Silence {
        let mut silence = Silence { active: self.silent_and_active(span), ..Silence::default() };
        if span > 0.0 {
            self.over_deaths(span, 1, |at| silence.dead += self.silent_death(at));
        }
        silence
    }

    /// The same with the moments that derivatives need.
    pub(super) fn silence_with_moments(&self, span: f64) -> Silence {
        let mut silence = Silence { active: self.silent_and_active(span), ..Silence::default() };
        if span > 0.0 {
            self.over_deaths(span, 1, |at| {
                let weight = self.silent_death(at);
                silence.dead += weight;
                silence.purchase_moments[0] += weight * at.log_purchase;
                silence.purchase_moments[1] += weight / (self.purchase_scale + at.time);
                silence.death_moments[0] += weight * at.log_death;
                silence.death_moments[1] += weight / (self.death_scale + at.time);
            });
        }
        silence
    }

    /// Silent and active all the span: the first part of G.
    pub(super) fn silent_and_active(&self, span: f64) -> f64 {
        let exponent = self.purchase_shape * (span / self.purchase_scale).ln_1p();
        (-exponent - self.death_shape * (span / self.death_scale).ln_1p()).exp()
    }
}

/// How many nodes a piece needs, from its length and from how far the integrand falls.
fn plan(length: f64, fall: f64) -> (Nodes, u32) {
    if length <= 3.0 && fall <= 5.0 {
        (Nodes::Eight, 1)
    } else if length <= LONGEST && fall <= 16.0 {
        (Nodes::Sixteen, 1)
    } else {
        let mut pieces = 1;
        while length > LONGEST * f64::from(pieces) && pieces < 64 {
            pieces += 1;
        }
        (Nodes::ThirtyTwo, pieces)
    }
}

impl Silence {
    /// G itself.
    pub(super) fn total(&self) -> f64 {
        self.active + self.dead
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn race(purchase_shape: f64, purchase_scale: f64, death_shape: f64, death_scale: f64) -> Race {
        Race { purchase_shape, purchase_scale, death_shape, death_scale }
    }

    /// Equal scales have a closed form: `s / (n + s) (1 - (A / (A + t))^(n + s))`.
    #[test]
    fn equal_scales_agree_with_the_closed_form() {
        for (n, s, scale, span) in [
            (0.55, 0.6, 11.0, 39.0),
            (450.0, 3.0, 0.1, 30.0),
            (26.5, 0.6, 5.0, 0.2),
            (1e4, 2.0, 9.0, 90.0),
            (0.1, 0.1, 1e-4, 50.0),
        ] {
            let dead = race(n, scale, s, scale).silence(span).dead;
            let exact = s / (n + s) * -(-(n + s) * (span / scale).ln_1p()).exp_m1();
            assert!((dead / exact - 1.0).abs() < 1e-8, "{n} {s} {scale} {span}: {dead} {exact}");
        }
    }

    #[test]
    fn unequal_scales_agree_with_a_fine_integral() {
        for (n, a, s, b, span) in [
            (0.55, 10.6, 0.6, 11.7, 39.0),
            (460.0, 0.008, 3.0, 2.8, 30.0),
            (0.5, 40.0, 0.2, 1e-3, 80.0),
            (30.0, 30.0, 5.0, 200.0, 52.0),
        ] {
            let race = race(n, a, s, b);
            let (mut fine, coarse) = (0.0, race.silence(span).dead);
            race.over_deaths(span, 16, |at| fine += race.silent_death(at));
            assert!((coarse / fine - 1.0).abs() < 1e-8, "{n} {a} {s} {b}: {coarse} {fine}");
        }
    }
}
